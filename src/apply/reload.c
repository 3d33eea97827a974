/* SPDX-License-Identifier: Apache-2.0 */
/* systemctl changes the state of CRI-O and reports it; only CRI-O's own answer proves that the new
 * configuration is in use. Everything is bounded by time. */
#include "apply/reload.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "apply/fetch.h"
#include "apply/process.h"
#include "base/file.h"
#include "node/probe.h"

static int fail_reload(struct heir_reloading *reloading, const char *fmt, ...) _printf_(2, 3);

static int fail_reload(struct heir_reloading *reloading, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	reloading->fault = heir_arena_vmessage(&reloading->applying->core->arena, fmt, args);
	va_end(args);
	return reloading->fault ? -EIO : -ENOMEM;
}

/* Runs systemctl. Returns its exit status; -ENOENT if it does not exist; -EIO with `fault`;
 * -ENOMEM. */
static int run_systemctl(
	struct heir_reloading *reloading, const char *const *args, struct heir_str *ret)
{
	/* CRI-O may need time to stop cleanly. */
	enum { MAX_MS = 180000, MAX_OUTPUT = 64 << 10 };
	struct heir_arena *arena = &reloading->applying->core->arena;
	const struct heir_trace *trace = reloading->applying->core->trace;
	uint64_t begun;
	const char *path;
	int fd = heir_probe_find(reloading->dirs, "systemctl", arena, &path), r;

	if (fd == -ENOMEM || fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail_reload(reloading, "systemctl in %s is writable by non-root users",
			reloading->dirs);
	begun = heir_trace_begin(trace);
	r = heir_probe_run_for(fd, args, MAX_MS, MAX_OUTPUT, arena, trace, ret);
	close(fd);
	heir_trace_report(trace, begun, HEIR_TRACE_probe, path, r < 0 ? "failed" : "ran",
		"%s crio: %s%d", args[1], r < 0 ? "error " : "status ", r < 0 ? -r : r);
	if (r >= 0 || r == -ENOMEM)
		return r;
	return fail_reload(reloading, "%s %s crio: %s", path, args[1], heir_file_error(r));
}

/* ---- The unit ---- */

/* Returns the value of a line "NAME=VALUE" of the output, "" if there is none, NULL without
 * memory. */
static const char *unit_property(struct heir_arena *arena, struct heir_str output, const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < output.len;) {
		const char *line = output.p + at, *end = memchr(line, '\n', output.len - at);
		size_t n = end ? (size_t)(end - line) : output.len - at;

		if (n > len && line[len] == '=' && memcmp(line, name, len) == 0)
			return heir_arena_strndup(arena, line + len + 1, n - len - 1);
		at += n + 1;
	}
	return "";
}

/* Gets the state of the unit from systemd. Returns 0; -ENOENT if there is no systemctl; -EIO with
 * `fault`; -ENOMEM. */
static int get_unit_state(struct heir_reloading *reloading)
{
	static const char *const args[] = {"systemctl", "show", "crio.service",
		"--property=ActiveState,SubState,Result", NULL};
	struct heir_arena *arena = &reloading->applying->core->arena;
	struct heir_unit_state *state = &reloading->state;
	struct heir_str output = HEIR_STR("");
	int r = run_systemctl(reloading, args, &output);

	/* Without a running systemd, `show` fails. */
	*state = (struct heir_unit_state){"", "", ""};
	if (r != 0)
		return r > 0 ? -ENOENT : r;
	state->active = unit_property(arena, output, "ActiveState");
	state->sub = unit_property(arena, output, "SubState");
	state->result = unit_property(arena, output, "Result");
	return state->active && state->sub && state->result ? 0 : -ENOMEM;
}

static bool is_active_state(const struct heir_reloading *reloading, const char *active)
{
	return strcmp(reloading->state.active, active) == 0;
}

/* "crio.service is failed (start-limit-hit)" */
static int fail_of_state(struct heir_reloading *reloading)
{
	const struct heir_unit_state *state = &reloading->state;
	bool plain = state->result[0] == '\0' || strcmp(state->result, "success") == 0;

	return fail_reload(reloading, "crio.service is %s (%s)",
		state->active[0] ? state->active : "in an unknown state",
		plain ? state->sub : state->result);
}

static bool is_no_process(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -ECONNREFUSED;
}

/* systemd says that CRI-O is running. Checks whether it can be queried. */
static int judge_socket(struct heir_reloading *reloading)
{
	pid_t pid;
	int r;

	if (!reloading->fetch || access(reloading->fetch, X_OK) < 0)
		return fail_reload(reloading,
			"CRI-O is running, and without %s heir cannot check that it has the new "
			"handlers",
			reloading->fetch ? reloading->fetch : "heir-fetch");
	/* Between stop and start no process listens. */
	if (!is_active_state(reloading, "active"))
		return 1;
	r = heir_process_of(reloading->socket, &pid);
	return r == 0 ? 1
		      : fail_reload(reloading,
				"crio.service is active, and its socket %s cannot be used: %s",
				reloading->socket, heir_file_error(r));
}

int heir_reload_is_running(struct heir_reloading *reloading)
{
	pid_t pid = 0;
	int r = get_unit_state(reloading);

	if (r < 0 && r != -ENOENT)
		return r;
	if (is_active_state(reloading, "active") || is_active_state(reloading, "reloading") ||
		is_active_state(reloading, "activating"))
		return judge_socket(reloading);
	r = heir_process_of(reloading->socket, &pid);
	/* Process 1 has the socket of a service that is not started yet. */
	if (is_no_process(r) || (r == 0 && pid == 1))
		return 0;
	if (r < 0)
		return fail_reload(reloading, "%s: %s", reloading->socket, heir_file_error(r));
	return fail_reload(reloading,
		"CRI-O runs as process %d and not as crio.service, so systemd cannot restart it; "
		"use --reload none and restart it yourself",
		(int)pid);
}

/* Makes systemd do something with the unit. Returns 0; -EIO with `fault`; -ENOMEM. */
static int run_unit_command(struct heir_reloading *reloading, const char *verb)
{
	const char *const args[] = {"systemctl", verb, "crio.service", NULL};
	struct heir_str output;
	int r = run_systemctl(reloading, args, &output);

	if (r == -ENOENT)
		return fail_reload(reloading, "systemctl is gone");
	return r <= 0 ? r
		      : fail_reload(reloading, "systemctl %s crio ended with status %d", verb, r);
}

/* Checks that the unit is running. Returns 0; -EIO with `fault`; -ENOMEM. */
static int expect_active(struct heir_reloading *reloading)
{
	int r = get_unit_state(reloading);

	if (r == -ENOENT)
		return fail_reload(reloading, "systemctl does not show crio.service");
	if (r < 0)
		return r;
	return is_active_state(reloading, "active") ? 0 : fail_of_state(reloading);
}

int heir_reload_run(struct heir_reloading *reloading)
{
	/* try-: does not start a unit that is not running. */
	static const char *const verbs[] = {
		[HEIR_RELOAD_SIGHUP] = "reload", [HEIR_RELOAD_RESTART] = "try-restart"};
	int ordered = run_unit_command(reloading, verbs[reloading->how]), r;
	const char *fault = reloading->fault;

	if (ordered == -ENOMEM)
		return ordered;
	r = expect_active(reloading);
	if (r == -ENOMEM || ordered == 0)
		return r;
	return r == 0 ? fail_reload(reloading, "%s", fault)
		      : fail_reload(reloading, "%s: %s", fault, reloading->fault);
}

/* ---- Looking ---- */

static bool is_promised(const struct heir_reloading *reloading, struct heir_str name)
{
	const struct heir_rendering *rendering = &reloading->applying->rendering;

	for (uint32_t i = 0; i < rendering->n_handlers; i++)
		if (heir_str_eq(rendering->handlers[i]->handler->name, name))
			return true;
	return false;
}

/* Returns 0, or -EIO with `fault`. */
static int judge_drift(struct heir_reloading *reloading, const struct heir_drift *drift)
{
	const struct heir_rendering *rendering = &reloading->applying->rendering;
	bool restarted = reloading->how == HEIR_RELOAD_RESTART;

	if (drift->default_differs && rendering->settings >> HEIR_SETTING_default_runtime & 1)
		return fail_reload(reloading, "its default_runtime is \"%.*s\"",
			HEIR_STR_ARG(drift->live->default_name));
	for (uint32_t i = 0; i < drift->n_handlers; i++) {
		const struct heir_drift_handler *handler = &drift->handlers[i];
		uint32_t fields = handler->fields & ~(restarted ? 0 : handler->lost);

		if (!is_promised(reloading, handler->name))
			continue;
		if (handler->kind == HEIR_DRIFT_MISSING)
			return fail_reload(reloading, "it lacks handler \"%.*s\"",
				HEIR_STR_ARG(handler->name));
		if (fields)
			return fail_reload(reloading, "handler \"%.*s\" has another %s",
				HEIR_STR_ARG(handler->name),
				heir_fields[__builtin_ctz(fields)].name.p);
	}
	return 0;
}

/* Queries CRI-O once and compares. Returns 0, even if it differs (then `fault` says how); -EIO
 * with `fault` if there is no valid answer; -ENOMEM. */
static int ask_config(
	struct heir_reloading *reloading, struct heir_deadline deadline, struct heir_before *ret)
{
	struct heir_applying *applying = reloading->applying;
	_cleanup_(heir_drift_release) struct heir_drift drift = {.handlers = NULL};
	const struct heir_trace *trace = applying->core->trace;
	struct heir_str text = HEIR_STR_NULL;
	const char *error;
	uint64_t begun = heir_trace_begin(trace);
	int r;

	reloading->sum = (struct heir_drift_sum){.known = false};
	r = heir_fetch_ids(reloading->fetch, reloading->socket, HEIR_FETCH_CONFIG, NULL,
		heir_deadline_left(deadline, HEIR_FETCH_MS), &ret->arena, trace, &text, &error);
	heir_trace_report_read(trace, begun, HEIR_TRACE_probe, reloading->socket, r, text.len);
	if (r < 0 && r != -ENOMEM) {
		if (r == -ETIMEDOUT || r == -EFBIG || r == -EBADMSG)
			ret->silent = error;
		return fail_reload(reloading, "%s", error);
	}
	if (r < 0)
		return r;
	ret->answered = true;
	r = heir_live_init(&ret->live, text, applying->rendering.config->where.version);
	if (r == -EBADMSG)
		return fail_reload(reloading, "its answer: %s", ret->live.error);
	if (r == 0)
		r = heir_drift_init(&drift, &applying->views[1], &applying->after.res, &ret->live);
	if (r < 0)
		return r;
	ret->known = true;
	heir_drift_sum(&drift, &reloading->sum);
	r = judge_drift(reloading, &drift);
	ret->differs = r == -EIO;
	ret->reloaded = drift.reloaded;
	return r == -EIO ? 0 : r;
}

/* One round of heir_reload_verify(). *ret_answered: CRI-O answered. */
static int query_drift(
	struct heir_reloading *reloading, struct heir_deadline deadline, bool *ret_answered)
{
	_cleanup_(heir_before_release) struct heir_before now = HEIR_BEFORE_NULL;
	int r;

	heir_arena_init(&now.arena);
	r = ask_config(reloading, deadline, &now);
	*ret_answered = now.answered;
	return r == 0 && now.differs ? -EIO : r;
}

void heir_before_release(struct heir_before *before)
{
	heir_live_release(&before->live);
	heir_arena_release(&before->arena);
	*before = HEIR_BEFORE_NULL;
}

/* Returns whether a signal that ends the program is pending. */
static bool is_stop_requested(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
		       sigismember(&pending, SIGHUP) == 1);
}

enum { MAX_MS = 10000, PAUSE_MS = 250 };

int heir_before_init(struct heir_before *before, struct heir_reloading *reloading)
{
	int r;

	*before = HEIR_BEFORE_NULL;
	heir_arena_init(&before->arena);
	if (!reloading->fetch || access(reloading->fetch, X_OK) < 0)
		return 0;
	r = ask_config(reloading, heir_deadline_in(HEIR_FETCH_MS), before);
	if (r == 0 && before->differs)
		before->stale = reloading->fault;
	else if (r == 0 && before->reloaded)
		before->stale = "it received a SIGHUP after its start";
	return r == -EIO ? 0 : r;
}

int heir_reload_verify(struct heir_reloading *reloading)
{
	struct heir_deadline deadline = heir_deadline_in(MAX_MS);
	bool answered, restarted = reloading->how == HEIR_RELOAD_RESTART;
	int r = query_drift(reloading, deadline, &answered);

	/* systemd waits until a start is finished, but a reload has no end that it knows of. */
	while (r == -EIO && !(restarted && answered) && heir_deadline_left(deadline, 1) > 0) {
		if (is_stop_requested())
			return fail_reload(
				reloading, "%s, and heir was interrupted", reloading->fault);
		heir_trace_wait(reloading->applying->core->trace,
			"CRI-O on %s to have the handlers", reloading->socket);
		poll(NULL, 0, heir_deadline_left(deadline, PAUSE_MS));
		if (heir_deadline_left(deadline, 1) > 0)
			r = query_drift(reloading, deadline, &answered);
	}
	return r;
}

/* ---- Back ---- */

static int restart_back(struct heir_reloading *reloading)
{
	/* systemd does not start a unit that failed too often. Whether this succeeds does not
	 * matter. */
	int r = run_unit_command(reloading, "reset-failed");

	if (r == -ENOMEM)
		return r;
	r = run_unit_command(
		reloading, reloading->how == HEIR_RELOAD_RESTART ? "restart" : "reload-or-restart");
	if (r < 0)
		return r;
	return expect_active(reloading);
}

int heir_reload_back(struct heir_reloading *reloading)
{
	struct heir_deadline deadline;
	bool answered = false;
	int r = restart_back(reloading);

	if (r < 0)
		return r;
	deadline = heir_deadline_in(MAX_MS);
	while (heir_deadline_left(deadline, 1) > 0) {
		/* What it has does not matter: it cannot be what was promised. */
		r = query_drift(reloading, deadline, &answered);
		if (r == -ENOMEM || answered)
			return answered ? 0 : r;
		poll(NULL, 0, heir_deadline_left(deadline, PAUSE_MS));
	}
	return r;
}
