/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/reload.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "apply/drift.h"
#include "apply/fetch.h"
#include "base/file.h"
#include "node/probe.h"

static int fail(struct heir_reloading *reloading, const char *fmt, ...) _printf_(2, 3);

static int fail(struct heir_reloading *reloading, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	reloading->fault = heir_arena_vprintf(&reloading->applying->core->arena, fmt, args);
	va_end(args);
	return reloading->fault ? -EIO : -ENOMEM;
}

/* Runs systemctl. The status that it ended with; -EIO with `fault`; -ENOMEM. */
static int systemctl(struct heir_reloading *reloading, const char *const *args)
{
	/* CRI-O may have much to tidy up when it stops. */
	enum { MOST_MS = 180000, MOST_OUTPUT = 64 << 10 };
	struct heir_arena *arena = &reloading->applying->core->arena;
	struct heir_str output;
	const char *path;
	int fd = heir_probe_find(reloading->dirs, "systemctl", arena, &path), r;

	if (fd == -ENOMEM)
		return fd;
	if (fd < 0)
		return fail(
			reloading, "no systemctl that only root may write in %s", reloading->dirs);
	r = heir_probe_run_for(fd, args, MOST_MS, MOST_OUTPUT, arena, &output);
	close(fd);
	if (r >= 0 || r == -ENOMEM)
		return r;
	return fail(reloading, "%s %s crio: %s", path, args[1], heir_file_error(r));
}

int heir_reload_is_running(struct heir_reloading *reloading)
{
	static const char *const args[] = {"systemctl", "is-active", "crio", NULL};
	int r = systemctl(reloading, args);

	return r < 0 ? r : r == 0;
}

int heir_reload_run(struct heir_reloading *reloading)
{
	/* try-: nothing is started that did not run. */
	static const char *const verbs[] = {
		[HEIR_RELOAD_SIGHUP] = "reload", [HEIR_RELOAD_RESTART] = "try-restart"};
	const char *const args[] = {"systemctl", verbs[reloading->how], "crio", NULL};
	int r = systemctl(reloading, args);

	return r <= 0 ? r : fail(reloading, "systemctl %s crio ended with status %d", args[1], r);
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
	int r;

	heir_arena_init(&arena);
	r = heir_fetch(reloading->fetch, reloading->socket, &arena, &text, &error);
	if (r < 0 && r != -ENOMEM)
		r = fail(reloading, "%s", error);
	*ret_answered = r == 0;
	if (r == 0)
		r = heir_live_init(&live, text, applying->rendering.config->where.version);
	if (r == -EBADMSG)
		r = fail(reloading, "its answer: %s", live.error);
	if (r == 0)
		r = heir_drift_init(&drift, &applying->views[1], &applying->after.res, &live);
	if (r == 0)
		r = judge(reloading, &drift);
	heir_arena_release(&arena);
	return r;
}

int heir_reload_verify(struct heir_reloading *reloading)
{
	enum { MOST_MS = 10000, PAUSE_MS = 250 };
	bool answered, restarted = reloading->how == HEIR_RELOAD_RESTART;
	int r = look(reloading, &answered);

	/* systemd waits for a start to be done, and for no reload: nothing tells its end. */
	for (unsigned waited = 0; r == -EIO && !(restarted && answered) && waited < MOST_MS;
		waited += PAUSE_MS) {
		poll(NULL, 0, PAUSE_MS);
		r = look(reloading, &answered);
	}
	return r;
}
