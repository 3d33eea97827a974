/* SPDX-License-Identifier: Apache-2.0 */
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

static int fail(struct heir_reloading *reloading, const char *fmt, ...) _printf_(2, 3);

static int fail(struct heir_reloading *reloading, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	reloading->fault = heir_arena_vmessage(&reloading->applying->core->arena, fmt, args);
	va_end(args);
	return reloading->fault ? -EIO : -ENOMEM;
}

/* Runs systemctl. The status that it ended with; -ENOENT, there is none; -EIO with `fault`;
 * -ENOMEM. */
static int systemctl(struct heir_reloading *reloading, const char *const *args)
{
	/* CRI-O may have much to tidy up when it stops. */
	enum { MOST_MS = 180000, MOST_OUTPUT = 64 << 10 };
	struct heir_arena *arena = &reloading->applying->core->arena;
	const struct heir_trace *trace = reloading->applying->core->trace;
	struct heir_str output;
	uint64_t begun;
	const char *path;
	int fd = heir_probe_find(reloading->dirs, "systemctl", arena, &path), r;

	if (fd == -ENOMEM || fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail(
			reloading, "no systemctl that only root may write in %s", reloading->dirs);
	begun = heir_trace_begin(trace);
	r = heir_probe_run_for(fd, args, MOST_MS, MOST_OUTPUT, arena, trace, &output);
	close(fd);
	heir_trace_tell(trace, begun, HEIR_TRACE_probe, path, r < 0 ? "failed" : "ran",
		"%s crio: %s%d", args[1], r < 0 ? "error " : "status ", r < 0 ? -r : r);
	if (r >= 0 || r == -ENOMEM)
		return r;
	return fail(reloading, "%s %s crio: %s", path, args[1], heir_file_error(r));
}

int heir_reload_is_running(struct heir_reloading *reloading)
{
	static const char *const args[] = {"systemctl", "is-active", "crio", NULL};
	int r = systemctl(reloading, args);

	reloading->pid = 0;
	if (r <= 0 && r != -ENOENT)
		return r < 0 ? r : 1;
	r = heir_process_of(reloading->socket, &reloading->pid);
	/* 1 is whoever holds the socket for a service that is not started yet. */
	if (r < 0 || reloading->pid <= 1)
		reloading->pid = 0;
	if (reloading->pid == 0 || reloading->how == HEIR_RELOAD_SIGHUP)
		return reloading->pid != 0;
	return fail(reloading,
		"CRI-O runs as process %d, and not by systemd, which alone could restart it: "
		"--reload sighup, or none",
		(int)reloading->pid);
}

/* Has systemd do something to crio.service. 0; -EIO with `fault`; -ENOMEM. */
static int order(struct heir_reloading *reloading, const char *verb)
{
	const char *const args[] = {"systemctl", verb, "crio", NULL};
	int r = systemctl(reloading, args);

	if (r == -ENOENT)
		return fail(reloading, "systemctl is gone");
	return r <= 0 ? r : fail(reloading, "systemctl %s crio ended with status %d", verb, r);
}

static int hang_up(struct heir_reloading *reloading)
{
	int r = heir_process_hang_up(reloading->pid);

	return r == 0 ? 0
		      : fail(reloading, "process %d: %s", (int)reloading->pid, heir_file_error(r));
}

int heir_reload_run(struct heir_reloading *reloading)
{
	/* try-: nothing is started that did not run. */
	static const char *const verbs[] = {
		[HEIR_RELOAD_SIGHUP] = "reload", [HEIR_RELOAD_RESTART] = "try-restart"};

	return reloading->pid ? hang_up(reloading) : order(reloading, verbs[reloading->how]);
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

/* 0; -EIO with `fault`. */
static int judge(struct heir_reloading *reloading, const struct heir_drift *drift)
{
	const struct heir_rendering *rendering = &reloading->applying->rendering;
	bool restarted = reloading->how == HEIR_RELOAD_RESTART;

	if (drift->default_differs && rendering->settings >> HEIR_SETTING_default_runtime & 1)
		return fail(reloading, "its default_runtime is \"%.*s\"",
			HEIR_STR_ARG(drift->live->default_name));
	for (uint32_t i = 0; i < drift->n_handlers; i++) {
		const struct heir_drift_handler *handler = &drift->handlers[i];
		uint32_t fields = handler->fields & ~(restarted ? 0 : handler->lost);

		if (!is_promised(reloading, handler->name))
			continue;
		if (handler->kind == HEIR_DRIFT_MISSING)
			return fail(reloading, "it lacks handler \"%.*s\"",
				HEIR_STR_ARG(handler->name));
		if (fields)
			return fail(reloading, "handler \"%.*s\" has another %s",
				HEIR_STR_ARG(handler->name),
				heir_fields[__builtin_ctz(fields)].name.p);
	}
	return 0;
}

/* As heir_reload_verify(), once; *ret_answered: somebody answered. */
static int look(struct heir_reloading *reloading, bool *ret_answered)
{
	struct heir_applying *applying = reloading->applying;
	_cleanup_(heir_live_release) struct heir_live live = HEIR_LIVE_NULL;
	_cleanup_(heir_drift_release) struct heir_drift drift = {.handlers = NULL};
	struct heir_str text = HEIR_STR_NULL;
	struct heir_arena arena;
	const char *error;
	uint64_t begun;
	int r;

	reloading->sum = (struct heir_drift_sum){.known = false};
	heir_arena_init(&arena);
	begun = heir_trace_begin(applying->core->trace);
	r = heir_fetch(reloading->fetch, reloading->socket, HEIR_FETCH_CONFIG, &arena,
		applying->core->trace, &text, &error);
	heir_trace_tell_read(
		applying->core->trace, begun, HEIR_TRACE_probe, reloading->socket, r, text.len);
	if (r < 0 && r != -ENOMEM)
		r = fail(reloading, "%s", error);
	*ret_answered = r == 0;
	if (r == 0)
		r = heir_live_init(&live, text, applying->rendering.config->where.version);
	if (r == -EBADMSG)
		r = fail(reloading, "its answer: %s", live.error);
	if (r == 0)
		r = heir_drift_init(&drift, &applying->views[1], &applying->after.res, &live);
	if (r == 0) {
		heir_drift_sum(&drift, &reloading->sum);
		r = judge(reloading, &drift);
	}
	heir_arena_release(&arena);
	return r;
}

/* Shall the program end as soon as it may? */
static bool is_asked_to_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
		       sigismember(&pending, SIGHUP) == 1);
}

enum { MOST_MS = 10000, PAUSE_MS = 250 };

int heir_reload_verify(struct heir_reloading *reloading)
{
	bool answered, restarted = reloading->how == HEIR_RELOAD_RESTART;
	int r = look(reloading, &answered);

	/* systemd waits for a start to be done, and for no reload: nothing tells its end. */
	for (unsigned waited = 0; r == -EIO && !(restarted && answered) && waited < MOST_MS;
		waited += PAUSE_MS) {
		if (is_asked_to_end())
			return fail(reloading, "%s, and heir is asked to end", reloading->fault);
		heir_trace_wait(reloading->applying->core->trace,
			"CRI-O on %s to have the handlers", reloading->socket);
		poll(NULL, 0, PAUSE_MS);
		r = look(reloading, &answered);
	}
	return r;
}

/* ---- Back ---- */

static int restart_back(struct heir_reloading *reloading)
{
	int r;

	if (reloading->pid)
		return hang_up(reloading);
	/* One that failed too often systemd would not start; whether it did does not matter. */
	r = order(reloading, "reset-failed");
	if (r == -ENOMEM)
		return r;
	return order(
		reloading, reloading->how == HEIR_RELOAD_RESTART ? "restart" : "reload-or-restart");
}

int heir_reload_back(struct heir_reloading *reloading)
{
	bool answered = false;
	int r = restart_back(reloading);

	if (r < 0)
		return r;
	for (unsigned waited = 0; waited < MOST_MS; waited += PAUSE_MS) {
		/* What it has is another question: it is not what was promised. */
		r = look(reloading, &answered);
		if (r == -ENOMEM || answered)
			return answered ? 0 : r;
		poll(NULL, 0, PAUSE_MS);
	}
	return r;
}
