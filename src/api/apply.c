/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/apply.h"

#include <errno.h>
#include <unistd.h>

#include "api/context.h"
#include "apply/fetch.h"
#include "apply/guard.h"
#include "apply/managed.h"
#include "apply/outcome.h"
#include "apply/reload.h"
#include "base/file.h"
#include "base/txn.h"
#include "base/utf8.h"
#include "inherit/lookup.h"

int heir_lock(struct heir_ctx *ctx, unsigned ms)
{
	const char *dir = heir_where_config_dir(&ctx->where);
	int r;

	if (ctx->lock.fd >= 0)
		return 0;
	r = heir_apply_lock(&ctx->lock, &ctx->core.root, dir, ms, &ctx->trace);
	if (r == -EAGAIN)
		return heir_ctx_fail(
			ctx, r, "another heir apply is at work on %s, and has not ended", dir);
	if (r < 0)
		return heir_ctx_fail(
			ctx, r, "cannot lock %s through /run/heir: %s", dir, heir_file_error(r));
	return 0;
}

void heir_unlock(struct heir_ctx *ctx)
{
	heir_apply_unlock(&ctx->lock);
}

/* One call of heir_apply(). */
struct run {
	struct heir_ctx *ctx;
	struct heir_applying *applying;
	const struct heir_apply_how *how;
	struct heir_out *out;
	struct heir_reloading reloading;
	struct heir_outcome outcome;
	struct heir_late_plan late;
	struct heir_before before; /* what the running CRI-O has */
	bool edited;               /* the files were edited since it started: only it differs */
	bool writes;               /* the drop-in changes */
	bool matters;              /* CRI-O would do other than it does */
	bool running;              /* and runs, and is to be told */
};

/* ---- What may not be done ---- */

/* Is the file somebody else's? */
static int judge_owner(struct run *run)
{
	const char *path = run->applying->rendering.path;
	bool managed;
	int r = heir_managed_brings(&run->ctx->core.root, path, &managed);

	if (r < 0 || !managed)
		return r;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: a MachineConfig brings %s, and the machine-config-daemon "
		"would put its own back (" HEIR_MANAGED_CONFIG "); change the MachineConfig: heir "
		"render --format machineconfig",
		path);
}

/* Handlers that the old drop-in defines, and that CRI-O would no longer have. */
static int judge_lost(struct run *run)
{
	_cleanup_(heir_buf_release) struct heir_buf names = HEIR_BUF_NULL;
	const struct heir_applying *applying = run->applying;

	if (applying->n_lost == 0 || run->how->allow_removal)
		return 0;
	for (uint32_t i = 0; i < applying->n_lost; i++) {
		const struct heir_result *result =
			heir_resolution_find(&run->ctx->resolution, applying->lost[i]);

		heir_buf_printf(
			&names, "%s\"%.*s\"", i ? ", " : "", HEIR_STR_ARG(applying->lost[i]));
		if (result && result->dropped)
			heir_buf_printf(&names, " (%s)", result->dropped->text);
	}
	if (names.failed)
		return -ENOMEM;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: CRI-O would lose what %s defines now: %.*s; "
		"--allow-removal removes it",
		applying->rendering.path, HEIR_STR_ARG(heir_buf_str(&names)));
}

/* Where CRI-O listens; NULL: no memory. */
static const char *socket_of(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	return how->socket ? how->socket : heir_fetch_socket(&ctx->config);
}

static struct heir_guard_asked whom_to_ask(struct run *run)
{
	return (struct heir_guard_asked){.live = run->ctx->core.root.fd < 0,
		.fetch = run->how->fetch,
		.socket = run->reloading.socket,
		.before = run->before.known ? &run->before.live : NULL};
}

/* A line for each of the first risks, for heir_error_detail(). */
static int set_details(struct heir_ctx *ctx, const struct heir_guard *found)
{
	enum { LIMIT = 10 };
	struct heir_arena *arena = &ctx->settings_arena;
	uint32_t n = MIN(found->n, (uint32_t)LIMIT);
	const char **lines = heir_arena_zalloc(arena, LIMIT + 2, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		lines[i] = heir_risk_text(&found->items[i], arena);
		if (!lines[i])
			return -ENOMEM;
	}
	if (found->n > n) {
		lines[n] = heir_arena_printf(arena, "and %u more", found->n - n);
		if (!lines[n])
			return -ENOMEM;
	}
	ctx->details = lines;
	return 0;
}

/* Would CRI-O lose a living container? `before`: what the message begins with. 0, or -ENOTEMPTY
 * with the reason. */
static int guard(struct run *run, const char *before)
{
	_cleanup_(heir_guard_release) struct heir_guard found = HEIR_GUARD_NULL;
	int r = heir_guard_init(&found, run->applying, whom_to_ask(run));

	if (r == -EIO)
		return heir_ctx_fail(run->ctx, -ENOTEMPTY,
			"%s: the living containers cannot be listed: %s", before, found.fault);
	if (r == 0 && found.n == 0 && run->applying->late && !run->how->dry_run) {
		r = heir_late_seed(run->applying->late, &found.containers);
		if (r < 0)
			return heir_ctx_fail(
				run->ctx, r, "%s: %s", HEIR_LATE_RECORDS, heir_file_error(r));
	}
	if (r < 0 || found.n == 0)
		return r;
	heir_ctx_fail(run->ctx, -ENOTEMPTY,
		"%s: CRI-O could no longer operate %u living container%s or pod%s", before, found.n,
		found.n == 1 ? "" : "s", found.n == 1 ? "" : "s");
	r = set_details(run->ctx, &found);
	if (r < 0)
		return r;
	json_decref(run->outcome.risks);
	run->outcome.risks = heir_outcome_risks(&found);
	return run->outcome.risks ? -ENOTEMPTY : -ENOMEM;
}

/* A SIGHUP would not do. */
static int judge_reload(struct run *run)
{
	const struct heir_version version = run->ctx->where.version;
	const char *fault = heir_release_of(version)->reload_fault;

	if (run->how->reload != HEIR_RELOAD_SIGHUP || !run->matters || !fault)
		return 0;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: a SIGHUP does not change the handlers of CRI-O 1.%u: %s; use "
		"--reload restart",
		version.minor, fault);
}

/* 0, or -ECANCELED or -ENOTEMPTY with the reason. */
static int judge(struct run *run)
{
	const struct heir_applying *applying = run->applying;
	int r;

	if (applying->refused)
		return heir_ctx_fail(
			run->ctx, -ECANCELED, "nothing is written: %s", applying->refused);
	if (!run->writes && !run->matters)
		return 0;
	if (run->before.silent && run->matters && !run->how->force)
		return heir_ctx_fail(run->ctx, -ECANCELED,
			"nothing is written: CRI-O does not say what it has: %s",
			run->before.silent);
	r = run->writes ? judge_owner(run) : 0;
	if (r == 0 && run->writes)
		r = judge_lost(run);
	if (r == 0)
		r = judge_reload(run);
	return r == 0 && run->matters && !run->how->force ? guard(run, "nothing is written") : r;
}

/* ---- Writing ---- */

/* `undoable`: a rollback may follow. */
static int write_it(struct run *run, bool undoable)
{
	struct heir_applying *applying = run->applying;
	const char *path = applying->rendering.path;
	int r = undoable ? heir_applying_prepare(applying) : 0;

	if (r == 0)
		r = heir_applying_write(applying);
	if (r == 0)
		return 0;
	/* Behind the rename. */
	if (heir_applying_look(applying) == 0)
		return heir_ctx_fail(run->ctx, r,
			"%s is written, but a crash may lose it, and CRI-O was not told: %s", path,
			heir_txn_error(r));
	/* -EINVAL is the caller's own mistake. */
	return heir_ctx_fail(run->ctx, r == -EINVAL ? -EEXIST : r, "cannot write %s: %s", path,
		heir_txn_error(r));
}

static void print_done(const struct run *run)
{
	uint32_t n = run->applying->rendering.n_handlers;

	heir_out_show(run->out, heir_str_from(run->applying->rendering.path));
	heir_out_printf(run->out, ": written, with %u handler%s\n", n, n == 1 ? "" : "s");
}

/* ---- Telling CRI-O ---- */

/* Puts the old file back. 0; -EIO with the reason; -ENOMEM. */
static int restore(struct run *run, const char *fault)
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
static int roll_back(struct run *run)
{
	struct heir_reloading *reloading = &run->reloading;
	const char *fault = heir_arena_printf(&run->ctx->core.arena,
		"CRI-O rejected the new configuration: %s", reloading->fault);
	int r = fault ? restore(run, fault) : -ENOMEM;

	if (r < 0)
		return r;
	if (!run->writes)
		return heir_ctx_fail(run->ctx, -EIO,
			"CRI-O was restarted, and does not have what the files say: %s. Read "
			"`journalctl -u crio`",
			reloading->fault);
	r = heir_reload_back(reloading);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return heir_ctx_fail(run->ctx, -EIO,
			"rolled back, but CRI-O does not run: %s; %s. Read `journalctl -u crio`, "
			"correct what it names, then run `systemctl reset-failed crio && systemctl "
			"restart crio`",
			reloading->fault, fault);
	run->ctx->applied = HEIR_APPLY_TAKEN_BACK;
	return heir_ctx_fail(run->ctx, -ECANCELED, "rolled back: %s", fault);
}

/* How CRI-O would be told, and why so. */
static void print_choice(struct run *run)
{
	const struct heir_version version = run->ctx->where.version;
	const char *fault = heir_release_of(version)->reload_fault;
	enum heir_reload how = run->reloading.how;

	heir_out_printf(run->out, "CRI-O would be %s",
		how == HEIR_RELOAD_SIGHUP ? "reloaded" : "restarted");
	if (fault && run->how->reload == HEIR_RELOAD_AUTO)
		heir_out_printf(run->out,
			": a SIGHUP does not change the handlers of CRI-O 1.%u: %s", version.minor,
			fault);
	heir_out_addz(run->out, "\n");
}

static void print_told(struct run *run)
{
	unsigned tenths = (unsigned)((run->outcome.ms + 50) / 100);
	uint32_t n = run->outcome.confirmed;

	heir_out_printf(run->out, "CRI-O %s (%u.%u s), %u handler%s confirmed\n", run->outcome.told,
		tenths / 10, tenths % 10, n, n == 1 ? "" : "s");
}

/* A container may have been made since the first look: while CRI-O has not been told the old file
 * is all that it takes to go back. */
static int guard_again(struct run *run)
{
	const char *before =
		run->writes ? "rolled back before CRI-O was told" : "CRI-O is not restarted";
	int r = run->how->force ? 0 : guard(run, before), restored;

	if (r == 0 || r == -ENOMEM)
		return r;
	restored = restore(run, heir_error(run->ctx));
	if (restored < 0)
		return restored;
	if (run->writes)
		run->ctx->applied = HEIR_APPLY_TAKEN_BACK;
	return r;
}

static int tell_crio(struct run *run)
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
	run->outcome.told = reloading->how == HEIR_RELOAD_SIGHUP ? "reloaded" : "restarted";
	run->outcome.ms = heir_now_ms() - begun;
	run->outcome.confirmed = run->applying->rendering.n_handlers;
	print_told(run);
	r = heir_applying_look(run->applying);
	return r < 0 ? heir_ctx_fail(run->ctx, r,
			       "%s: %s: another program, such as the machine-config-daemon, "
			       "writes it too",
			       run->applying->rendering.path, heir_txn_error(r))
		     : 0;
}

static enum heir_reload choose(const struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	if (how->reload != HEIR_RELOAD_AUTO)
		return how->reload;
	return heir_release_of(ctx->where.version)->reload_fault ? HEIR_RELOAD_RESTART
								 : HEIR_RELOAD_SIGHUP;
}

/* ---- Binding late ---- */

static bool late_changes(const struct heir_applying *applying)
{
	const struct heir_late_plan *late = applying->late;

	return late && (late->changes || late->links || late->is_off);
}

static void print_late(const struct run *run)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

	if (!run->applying->late)
		return;
	heir_late_plan_words(run->applying->late, &words);
	if (run->how->late == HEIR_LATE_ON &&
		heir_late_refused_words(&run->ctx->resolution, &words) < 0)
		words.failed = true;
	run->out->buf.failed |= words.failed;
	heir_out_add(run->out, heir_buf_str(&words));
}

/* What heir-runtime needs, before CRI-O is told of it. */
static int write_late(struct heir_ctx *ctx, struct heir_applying *applying)
{
	struct heir_late_plan *late = applying->late;
	int r = 0;

	if (!late || late->n == 0)
		return 0;
	if (late->links)
		r = heir_late_link(late);
	if (r == 0 && late->changes)
		r = heir_late_commit(late);
	return r < 0 ? heir_ctx_fail(ctx, r == -EINVAL ? -EIO : r, "cannot write %s: %s",
			       HEIR_LATE_DIR, heir_file_error(r))
		     : 0;
}

/* After all went well, or not: where the drop-in is not there, nothing leads to the new targets. */
static void end_late(struct heir_applying *applying, int r)
{
	struct heir_late_plan *late = applying->late;

	if (!late)
		return;
	if (r >= 0 && late->is_off)
		heir_late_remove(late);
	else if (r >= 0)
		heir_late_clean(late);
	else if (heir_applying_look(applying) < 0)
		heir_late_undo(late);
}

/* Only the targets change: CRI-O needs not know. */
static int move_late(struct run *run)
{
	int r = write_late(run->ctx, run->applying);

	if (r < 0)
		return r;
	print_late(run);
	heir_out_addz(run->out,
		"CRI-O is not restarted: new containers of these handlers follow at once\n");
	return 0;
}

/* Reads what is in force, and binds the handlers that can be, where that is wanted. With `overlay`
 * in place their links count as files that exist. */
static int bind_late(struct heir_ctx *ctx, const struct heir_apply_how *how,
	struct heir_late_plan *plan, struct heir_overlay *overlay)
{
	struct heir_late old;
	uint32_t n = 0;
	int r = heir_late_read(&ctx->core.root, &ctx->core.arena, &old);
	bool on = how->late == HEIR_LATE_ON || (how->late == HEIR_LATE_KEEP && old.n > 0);

	if (r < 0)
		return r;
	if (on && (!how->runtime || heir_root_find(&ctx->core.root, how->runtime) < 0))
		return heir_ctx_fail(ctx, -ECANCELED, "nothing is written: %s does not exist",
			how->runtime ? how->runtime : "heir-runtime");
	if (on)
		r = heir_late_bind(&ctx->resolution, &old, &n);
	if (r == 0 && how->late == HEIR_LATE_ON && n == 0)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: no handler can be bound late: none of type \"oci\" "
			"inherits "
			"its runtime_path");
	if (r == 0)
		r = heir_late_plan_init(
			plan, &ctx->resolution, &old, how->runtime, ctx->core.root.fd < 0);
	for (uint32_t i = 0; i < ctx->config.n_handlers && r == 0; i++) {
		const struct heir_late_bound *bound = ctx->resolution.results[i].late;
		struct heir_overlay_file link = {.text = HEIR_STR(""), .mode = 0755};

		if (!bound)
			continue;
		link.path = bound->link.p;
		r = heir_overlay_put(overlay, &link);
	}
	return r;
}

/* Writes, and tells CRI-O if it runs and would do other than it does. */
static int write_and_tell(struct run *run)
{
	int r = write_late(run->ctx, run->applying);

	if (r == 0 && run->writes)
		r = write_it(run, run->running);
	if (r < 0)
		return r;
	if (run->writes)
		print_done(run);
	print_late(run);
	if (run->running)
		return tell_crio(run);
	if (run->how->reload != HEIR_RELOAD_NONE)
		heir_out_addz(run->out,
			run->matters ? "CRI-O does not run: it has them when it starts\n"
				     : "CRI-O does the same as before, and is not told\n");
	return 0;
}

/* ---- All of it ---- */

/* Can CRI-O be told and asked? Before anything is written. 0 or -ECANCELED. */
static int find_crio(struct run *run)
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

static void print_lost(struct run *run)
{
	const struct heir_applying *applying = run->applying;

	for (uint32_t i = 0; i < applying->n_lost; i++) {
		heir_out_addz(run->out, "CRI-O would lose handler ");
		heir_out_show(run->out, applying->lost[i]);
		heir_out_addz(run->out, "\n");
	}
}

/* Asks the running CRI-O what it has. The files may have been edited since it started; then it has
 * to be restarted, also if the drop-in stays as it is, because its handlers follow the default. 0
 * or -ENOMEM. */
static int ask_running(struct run *run)
{
	const struct heir_applying *applying = run->applying;
	bool gives = applying->rendering.n_handlers > 0 || applying->rendering.settings != 0;
	int r = 0;

	run->writes = !applying->refused && heir_applying_changes(applying);
	if (run->writes)
		r = heir_applying_matters(applying, &run->matters);
	if (r < 0 || applying->refused || run->ctx->core.root.fd >= 0 || !(run->writes || gives))
		return r;
	r = heir_before_init(&run->before, &run->reloading);
	run->edited = r == 0 && !run->matters && gives && run->before.stale &&
		      run->how->reload != HEIR_RELOAD_NONE;
	run->matters |= run->edited;
	return r;
}

/* What would be done. */
static int print_plan(struct run *run)
{
	int r = run->writes ? heir_applying_text(run->applying, run->how->root, run->out) : 0;

	if (run->edited)
		heir_out_printf(run->out, "the running CRI-O differs from the files: %s\n",
			run->before.stale);
	print_late(run);
	if (r == 0 && run->matters && run->how->reload != HEIR_RELOAD_NONE)
		print_choice(run);
	print_lost(run);
	return r;
}

/* The plan or the deed. */
static int act(struct run *run)
{
	const struct heir_apply_how *how = run->how;
	bool changes;
	int r = ask_running(run), judged;

	if (r < 0)
		return r;
	changes = run->writes || run->matters || late_changes(run->applying);
	judged = judge(run);
	if (judged == -ENOMEM)
		return judged;
	if (!changes && judged == 0 && !how->again)
		heir_out_addz(run->out, "nothing to change\n");
	else if (how->dry_run && changes)
		r = print_plan(run);
	if (r == 0)
		r = judged;
	if (r < 0 || !changes || how->dry_run)
		return r < 0 ? r : changes;
	if (run->writes || run->matters)
		r = find_crio(run);
	if (r == 0)
		r = run->writes || run->matters ? write_and_tell(run) : move_late(run);
	end_late(run->applying, r);
	return r < 0 ? r : 1;
}

/* For heir_report_metrics(); a rollback is remembered by then. */
static void conclude(struct heir_ctx *ctx, const struct heir_apply_how *how, bool writes, int r)
{
	if (r >= 0)
		ctx->applied =
			(r && writes) || how->again ? HEIR_APPLY_WRITTEN : HEIR_APPLY_UNCHANGED;
	else if ((r == -ECANCELED || r == -ENOTEMPTY) && ctx->applied != HEIR_APPLY_TAKEN_BACK)
		ctx->applied = HEIR_APPLY_REFUSED;
}

/* 0, or -EINVAL with the reason: not a node that could be written to. */
static int judge_call(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	if (ctx->core.root.overlay)
		return heir_ctx_fail(ctx, -EINVAL, "objects cannot be written to");
	if (ctx->where.as == HEIR_AS_STOCK || ctx->assume.default_runtime || ctx->n_without > 0)
		return heir_ctx_fail(ctx, -EINVAL,
			"apply writes what heir resolves from the files: it cannot be combined "
			"with %s",
			ctx->where.as == HEIR_AS_STOCK ? "--as stock" : "a what-if");
	if (ctx->core.root.fd >= 0 && how->reload != HEIR_RELOAD_NONE)
		return heir_ctx_fail(ctx, -EINVAL, "only the CRI-O of this machine can be told");
	return heir_ctx_demand_release(ctx);
}

/* The start verdict: a reason why CRI-O would not start on these files, whatever is written; NULL:
 * it would. */
static const char *why_not_started(const struct heir_ctx *ctx)
{
	return ctx->view.stops->n > 0 ? ctx->view.stops->items[0]->text : NULL;
}

static int go(struct run *run)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	struct heir_ctx *ctx = run->ctx;
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	const char *why = why_not_started(ctx);
	int r;

	if (why)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: CRI-O would not start on these files: %s", why);
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	run->reloading = (struct heir_reloading){.applying = run->applying,
		.dirs = ctx->assume.path ? ctx->assume.path : HEIR_DEFAULT_PATH,
		.fetch = run->how->fetch,
		.socket = socket_of(ctx, run->how),
		.how = choose(ctx, run->how)};
	if (!run->reloading.socket)
		return -ENOMEM;
	r = bind_late(ctx, run->how, &run->late, &overlay);
	if (r == 0) {
		ctx->core.root.overlay = overlay.n > 0 ? &overlay : NULL;
		r = heir_applying_init(
			run->applying, &ctx->config, &ctx->resolution, &assumed, heir_version());
		ctx->core.root.overlay = NULL;
		run->applying->late = &run->late;
	}
	heir_late_unbind(&ctx->resolution);
	if (r < 0)
		return r;
	run->outcome.applying = run->applying;
	return act(run);
}

/* What the text says is not wanted. */
static int drop(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return 0;
}

static int print_outcome(struct run *run, struct heir_out *out, int r)
{
	/* Another look that found nothing new is not told. */
	if (r == 0 && run->how->again)
		return 0;
	run->outcome.dry_run = run->how->dry_run;
	run->outcome.result = run->ctx->applied;
	run->outcome.error = r < 0 ? heir_error(run->ctx) : NULL;
	return heir_outcome_json(&run->outcome, out);
}

int heir_apply(struct heir_ctx *ctx, const struct heir_apply_how *how,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_applying_release) struct heir_applying applying = HEIR_APPLYING_NULL;
	struct run run = {
		.ctx = ctx, .applying = &applying, .how = how, .before = HEIR_BEFORE_NULL};
	struct heir_out text, out;
	bool json = style->format == HEIR_FORMAT_JSON;
	int r = judge_call(ctx, how), printed = 0, finished;

	if (r == 0)
		r = heir_ctx_check_format(
			ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	if (heir_ctx_ask_monitors(ctx))
		r = heir_resolve(ctx);
	if (r < 0)
		return r;
	ctx->applied = HEIR_APPLY_FAILED;
	ctx->apply_drift.known &= how->again;
	heir_out_init(&text, style, json ? drop : write, data);
	heir_out_init(&out, style, write, data);
	run.out = &text;
	r = go(&run);
	conclude(ctx, how, run.writes || late_changes(&applying), r);
	if (json && r != -ENOMEM)
		printed = print_outcome(&run, &out, r);
	json_decref(run.outcome.risks);
	heir_before_release(&run.before);
	finished = heir_out_finish(&text);
	if (finished == 0)
		finished = heir_out_finish(&out);
	else
		heir_out_finish(&out);
	if (r == -ENOMEM || printed == -ENOMEM)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	return r < 0 || finished == 0 ? r : finished;
}
