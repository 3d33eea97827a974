/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the drop-in, telling CRI-O, and the way back. */
#include <errno.h>

#include "api/apply_run.h"
#include "base/file.h"
#include "base/txn.h"

/* `undoable`: a rollback may follow. */
static int write_it(struct heir_apply_run *run, bool undoable)
{
	struct heir_applying *applying = run->applying;
	const char *path = applying->rendering.path;
	int r = undoable ? heir_applying_prepare(applying) : 0;

	if (r == 0)
		r = heir_applying_write(applying);
	if (r == 0)
		return 0;
	/* Behind the rename. */
	if (heir_applying_verify(applying) == 0)
		return heir_ctx_fail(run->ctx, r,
			"%s is written but may not survive a crash, and CRI-O was not reloaded: %s",
			path, heir_txn_error(r));
	/* -EINVAL is the caller's own mistake. */
	return heir_ctx_fail(run->ctx, r == -EINVAL ? -EEXIST : r, "cannot write %s: %s", path,
		heir_txn_error(r));
}

static void print_done(const struct heir_apply_run *run)
{
	uint32_t n = run->applying->rendering.n_handlers;

	heir_out_show(run->out, heir_str_from(run->applying->rendering.path));
	heir_out_printf(run->out, ": written, with %u handler%s\n", n, n == 1 ? "" : "s");
}

/* Puts the old file back. 0; -EIO with the reason; -ENOMEM. */
static int restore(struct heir_apply_run *run, const char *fault)
{
	const char *kept;
	int r = run->writes ? heir_applying_restore(run->applying, &kept) : 0;

	run->ctx->apply_drift.known = false;
	if (r == 0 || r == -ENOMEM)
		return r;
	return heir_ctx_fail(run->ctx, -EIO, "%s; and %s cannot be rolled back: %s%s%s", fault,
		run->applying->rendering.path, heir_txn_error(r),
		kept ? "; the old text is in " : "", kept ? kept : "");
}

/* CRI-O does not have what was promised. */
static int roll_back(struct heir_apply_run *run)
{
	struct heir_reloading *reloading = &run->reloading;
	const char *fault = heir_arena_printf(&run->ctx->core.arena,
		"CRI-O rejected the new configuration: %s", reloading->fault);
	int r = fault ? restore(run, fault) : -ENOMEM;

	if (r < 0)
		return r;
	if (!run->writes)
		return heir_ctx_fail(run->ctx, -EIO,
			"CRI-O was restarted but does not match the files: %s. Read "
			"`journalctl -u crio`",
			reloading->fault);
	r = heir_reload_back(reloading);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return heir_ctx_fail(run->ctx, -EIO,
			"rolled back, but CRI-O is not running: %s; %s. Read `journalctl -u crio`, "
			"fix the cause, then run `systemctl reset-failed crio && systemctl "
			"restart crio`",
			reloading->fault, fault);
	run->ctx->applied = HEIR_APPLY_ROLLED_BACK;
	return heir_ctx_fail(run->ctx, -ECANCELED, "rolled back: %s", fault);
}

static void print_notified(struct heir_apply_run *run)
{
	unsigned tenths = (unsigned)((run->outcome.ms + 50) / 100);
	uint32_t n = run->outcome.confirmed;

	heir_out_printf(run->out, "CRI-O %s (%u.%u s), %u handler%s confirmed\n",
		run->outcome.action, tenths / 10, tenths % 10, n, n == 1 ? "" : "s");
}

/* A container may have been made since the first look: while CRI-O has not been told the old file
 * is all that it takes to go back. */
static int guard_again(struct heir_apply_run *run)
{
	const char *before =
		run->writes ? "rolled back before CRI-O was reloaded" : "CRI-O is not restarted";
	int r = run->how->force ? 0 : heir_apply_guard(run, before), restored;

	if (r == 0 || r == -ENOMEM)
		return r;
	restored = restore(run, heir_error(run->ctx));
	if (restored < 0)
		return restored;
	if (run->writes)
		run->ctx->applied = HEIR_APPLY_ROLLED_BACK;
	return r;
}

static int notify_crio(struct heir_apply_run *run)
{
	struct heir_reloading *reloading = &run->reloading;
	int64_t begun;
	int r = guard_again(run);

	if (r < 0)
		return r;
	begun = heir_now_ms();
	r = heir_reload_run(reloading);
	if (r == 0)
		r = heir_reload_verify(reloading);
	run->ctx->apply_drift = reloading->sum;
	if (r == -EIO)
		return roll_back(run);
	if (r < 0)
		return r;
	run->outcome.action = reloading->how == HEIR_RELOAD_SIGHUP ? "reloaded" : "restarted";
	run->outcome.ms = heir_now_ms() - begun;
	run->outcome.confirmed = run->applying->rendering.n_handlers;
	print_notified(run);
	r = heir_applying_verify(run->applying);
	return r < 0 ? heir_ctx_fail(run->ctx, r,
			       "%s: %s: another program, such as the machine-config-daemon, "
			       "writes it too",
			       run->applying->rendering.path, heir_txn_error(r))
		     : 0;
}

/* Writes, and tells CRI-O if it runs and would do other than it does. */
int heir_apply_write_and_notify(struct heir_apply_run *run)
{
	int r = heir_apply_write_late(run->ctx, run->applying);

	if (r == 0 && run->writes)
		r = write_it(run, run->running);
	if (r < 0)
		return r;
	if (run->writes)
		print_done(run);
	heir_apply_print_late(run);
	if (run->running)
		return notify_crio(run);
	if (run->how->reload != HEIR_RELOAD_NONE)
		heir_out_addz(run->out,
			run->matters
				? "CRI-O is not running: the handlers take effect when it starts\n"
				: "CRI-O is not reloaded: its handlers do not change\n");
	return 0;
}

/* Can CRI-O be told and asked? Before anything is written. 0 or -ECANCELED. */
int heir_apply_find_crio(struct heir_apply_run *run)
{
	int r;

	if (run->how->reload == HEIR_RELOAD_NONE || !run->matters)
		return 0;
	r = heir_reload_is_running(&run->reloading);
	if (r == -EIO)
		return heir_ctx_fail(
			run->ctx, -ECANCELED, "nothing is written: %s", run->reloading.fault);
	run->running = r > 0;
	return r < 0 ? r : 0;
}
