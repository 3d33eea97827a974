/* SPDX-License-Identifier: Apache-2.0 */
/* Each monitor is run once per process; the result is kept by path. */
#include "node/monitors.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "node/probe.h"
#include "node/semver.h"

enum { MAX_OUTPUT = 64 << 10 };

/* Reads a word between blanks, like strings.Fields for ASCII. At the end it is empty. */
static struct heir_str next_field(struct heir_str *text)
{
	struct heir_str word;
	size_t from = 0, to;

	while (from < text->len && heir_ascii_is_space(text->p[from]))
		from++;
	for (to = from; to < text->len && !heir_ascii_is_space(text->p[to]);)
		to++;
	word = (struct heir_str){text->p + from, to - from};
	*text = (struct heir_str){text->p + to, text->len - to};
	return word;
}

const char *heir_monitor_problem(struct heir_str output)
{
	struct heir_str word = HEIR_STR("");

	for (int i = 0; i < 3; i++) {
		word = next_field(&output);
		if (word.len == 0)
			return "prints fewer than three words";
	}
	return heir_semver_is_strict(word) ? NULL : "prints a third word that is not a version";
}

/* Returns whether running it failed because of the monitor, not because of this process. */
static bool is_its_fault(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -ENOEXEC ||
	       error == -ELIBBAD || error == -ELOOP || error == -ETIMEDOUT;
}

static const char *explain_monitor_error(struct heir_arena *arena, int r)
{
	if (r == -ETIMEDOUT)
		return heir_arena_printf(arena, "did not end in %d s", HEIR_PROBE_MS / 1000);
	if (r < 0)
		return heir_arena_printf(arena, "cannot be run: %s", heir_file_error(r));
	return heir_arena_printf(arena, "ended with status %d", r);
}

/* Runs `MONITOR --version` and interprets the result. */
static int ask_monitor(struct heir_monitors *monitors, const char *path, const char **ret)
{
	const char *const args[] = {path, "--version", NULL};
	_cleanup_(heir_fd_close) int fd = heir_probe_open(path);
	uint64_t begun = heir_trace_begin(monitors->trace);
	struct heir_str output = HEIR_STR("");
	int r = fd < 0 ? fd
		       : heir_probe_run_both(fd, args, HEIR_PROBE_MS, MAX_OUTPUT, monitors->arena,
				 monitors->trace, &output);

	*ret = NULL;
	if (r == -ENOMEM)
		return r;
	heir_trace_report(monitors->trace, begun, HEIR_TRACE_probe, path, r < 0 ? "failed" : "ran",
		"--version: %s%d", r < 0 ? "error " : "status ", r < 0 ? -r : r);
	if (r == 0)
		*ret = heir_monitor_problem(output);
	else if (r > 0 || is_its_fault(r))
		*ret = explain_monitor_error(monitors->arena, r);
	return r != 0 && !*ret && (r > 0 || is_its_fault(r)) ? -ENOMEM : 0;
}

void heir_monitors_init(struct heir_monitors *monitors, struct heir_arena *arena)
{
	*monitors = (struct heir_monitors){.arena = arena};
}

void heir_monitors_release(struct heir_monitors *monitors)
{
	heir_map_release(&monitors->known);
	free(monitors->problems);
	*monitors = (struct heir_monitors){.arena = monitors->arena, .trace = monitors->trace};
}

int heir_monitors_ask(struct heir_monitors *monitors, struct heir_str path, const char **ret)
{
	uint32_t at = heir_map_get(&monitors->known, path);
	const char *problem = NULL;
	bool is_new;
	char *copy;
	int r;

	if (at != HEIR_MAP_NONE) {
		*ret = monitors->problems[at];
		return 0;
	}
	copy = heir_arena_strndup(monitors->arena, path.p, path.len);
	r = copy ? HEIR_RESERVE(monitors->problems, monitors->n, monitors->size) : -ENOMEM;
	if (r == 0)
		r = ask_monitor(monitors, copy, &problem);
	if (r == 0)
		r = heir_map_put(&monitors->known, (struct heir_str){copy, path.len}, monitors->n,
			&at, &is_new);
	if (r < 0)
		return r;
	monitors->problems[monitors->n++] = problem;
	*ret = problem;
	return 0;
}
