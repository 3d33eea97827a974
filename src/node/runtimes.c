/* SPDX-License-Identifier: Apache-2.0 */
#include "node/runtimes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "node/probe.h"

enum { MOST_OUTPUT_OF_VERSION = 64 << 10 };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Sets the state, and the words for it, which are NULL where memory ran out. */
static int settle(
	struct heir_runtime_facts *runtime, enum heir_runtime_state state, const char *trouble)
{
	runtime->state = state;
	runtime->trouble = trouble;
	return trouble ? 0 : -ENOMEM;
}

/* It could not be run, or not to its end. */
static int fail(struct heir_runtime_facts *runtime, int error, struct heir_arena *arena)
{
	const char *words;

	switch (error) {
	case -ENOMEM:
		return error;
	case -EPERM:
		words = "it is not run: others than root may write it, or a directory above it";
		break;
	case -ETIMEDOUT:
		words = heir_arena_printf(
			arena, "\"features\" did not end in %d s", HEIR_PROBE_MS / 1000);
		break;
	case -EFBIG:
		words = heir_arena_printf(arena, "\"features\" prints more than %d MiB",
			HEIR_RUNTIME_MOST_OUTPUT >> 20);
		break;
	default:
		words = heir_arena_printf(arena, "it cannot be run: %s", heir_file_error(error));
	}
	return settle(runtime, HEIR_RUNTIME_FAILED, words);
}

/* The first line of `--version`, if it says anything: it is only for people. */
static int ask_version(
	int fd, const char *path, struct heir_arena *arena, struct heir_runtime_facts *runtime)
{
	const char *const args[] = {path, "--version", NULL};
	struct heir_str output;
	size_t len = 0;
	int r = heir_probe_run(fd, args, MOST_OUTPUT_OF_VERSION, arena, &output);

	if (r != 0)
		return r == -ENOMEM ? r : 0;
	while (len < output.len && len < HEIR_RUNTIME_MOST_VERSION && output.p[len] != '\n' &&
		output.p[len] != '\0')
		len++;
	if (len == 0)
		return 0;
	runtime->version = heir_arena_strndup(arena, output.p, len);
	return runtime->version ? 0 : -ENOMEM;
}

static int read_answer(
	struct heir_str output, struct heir_arena *arena, struct heir_runtime_facts *runtime)
{
	struct heir_features *features = NULL;
	const char *error = NULL;
	int r;

	/* As youki did before 0.5.2. */
	if (output.len == 0)
		return settle(runtime, HEIR_RUNTIME_OLD, "\"features\" prints nothing");
	r = heir_features_parse(output, arena, &features, &error);
	if (r == -EINVAL)
		return settle(runtime, HEIR_RUNTIME_OLD,
			heir_arena_printf(
				arena, "what \"features\" prints is no answer: %s", error));
	runtime->features = features;
	runtime->state = HEIR_RUNTIME_TELLS;
	return r;
}

static int ask(const char *path, struct heir_arena *arena, struct heir_runtime_facts *runtime)
{
	const char *const args[] = {path, "features", NULL};
	_cleanup_(close_fd) int fd = heir_probe_open(path);
	struct heir_str output;
	int r;

	if (fd < 0)
		return fail(runtime, fd, arena);
	r = heir_probe_run(fd, args, HEIR_RUNTIME_MOST_OUTPUT, arena, &output);
	if (r < 0)
		return fail(runtime, r, arena);
	if (r > 0)
		r = settle(runtime, HEIR_RUNTIME_OLD,
			heir_arena_printf(arena, "\"features\" ended with status %d", r));
	else
		r = read_answer(output, arena, runtime);
	return r == 0 && runtime->state == HEIR_RUNTIME_OLD ? ask_version(fd, path, arena, runtime)
							    : r;
}

void heir_runtimes_init(struct heir_runtimes *runtimes, struct heir_arena *arena)
{
	*runtimes = (struct heir_runtimes){.arena = arena};
}

void heir_runtimes_release(struct heir_runtimes *runtimes)
{
	heir_map_release(&runtimes->known);
	free(runtimes->asked);
	*runtimes = (struct heir_runtimes){.arena = runtimes->arena};
}

static int reserve(struct heir_runtimes *runtimes)
{
	uint32_t size = runtimes->size ? runtimes->size * 2 : 8;
	const struct heir_runtime_facts **longer;

	if (runtimes->n < runtimes->size)
		return 0;
	longer = reallocarray(runtimes->asked, size, sizeof(const struct heir_runtime_facts *));
	if (!longer)
		return -ENOMEM;
	runtimes->asked = longer;
	runtimes->size = size;
	return 0;
}

int heir_runtimes_get(
	struct heir_runtimes *runtimes, struct heir_str path, const struct heir_runtime_facts **ret)
{
	uint32_t at = heir_map_get(&runtimes->known, path);
	struct heir_runtime_facts *runtime;
	bool is_new;
	char *copy;
	int r;

	if (at != HEIR_MAP_NONE) {
		*ret = runtimes->asked[at];
		return 0;
	}
	runtime = heir_arena_new(runtimes->arena, struct heir_runtime_facts);
	copy = heir_arena_strndup(runtimes->arena, path.p, path.len);
	if (!runtime || !copy)
		return -ENOMEM;
	runtime->path = (struct heir_str){copy, path.len};
	r = reserve(runtimes);
	if (r == 0)
		r = ask(copy, runtimes->arena, runtime);
	if (r == 0)
		r = heir_map_put(&runtimes->known, runtime->path, runtimes->n, &at, &is_new);
	if (r < 0)
		return r;
	runtimes->asked[runtimes->n++] = runtime;
	*ret = runtime;
	return 0;
}
