/* SPDX-License-Identifier: Apache-2.0 */
/* heir_apply(): what is looked at in which order, the plan and the outcome. */
#include "apply/apply.h"

#include <errno.h>

#include "api/apply_run.h"
#include "apply/fetch.h"
#include "base/file.h"

int heir_lock(struct heir_ctx *ctx, unsigned ms)
{
	const char *dir = heir_where_config_dir(&ctx->where);
	int r;

	if (ctx->lock.fd >= 0)
		return 0;
	r = heir_apply_lock(&ctx->lock, &ctx->core.root, dir, ms, &ctx->trace);
	if (r == -EAGAIN)
		return heir_ctx_fail(ctx, r, "another heir apply is running on %s", dir);
	if (r < 0)
		return heir_ctx_fail(
			ctx, r, "cannot lock %s through /run/heir: %s", dir, heir_file_error(r));
	return 0;
}

void heir_unlock(struct heir_ctx *ctx)
{
	heir_apply_unlock(&ctx->lock);
}

/* Where CRI-O listens; NULL: no memory. */
static const char *socket_of(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	return how->socket ? how->socket : heir_fetch_socket(&ctx->config);
}

static enum heir_reload choose(const struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	if (how->reload != HEIR_RELOAD_AUTO)
		return how->reload;
	return heir_release_of(ctx->where.version)->reload_fault ? HEIR_RELOAD_RESTART
								 : HEIR_RELOAD_SIGHUP;
}

/* How CRI-O would be told, and why so. */
static void print_choice(struct heir_apply_run *run)
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

static void print_lost(struct heir_apply_run *run)
{
	const struct heir_applying *applying = run->applying;

	for (uint32_t i = 0; i < applying->n_dropped; i++) {
		heir_out_addz(run->out, "CRI-O would lose handler ");
		heir_out_show(run->out, applying->dropped[i]);
		heir_out_addz(run->out, "\n");
	}
}

/* Asks the running CRI-O what it has. The files may have been edited since it started; then it has
 * to be restarted, also if the drop-in stays as it is, because its handlers follow the default. 0
 * or -ENOMEM. */
static int ask_running(struct heir_apply_run *run)
{
	const struct heir_applying *applying = run->applying;
	bool gives = applying->rendering.n_handlers > 0 || applying->rendering.settings != 0, stale;
	int r = 0;

	run->writes = !applying->refused && heir_applying_changes(applying);
	if (run->writes)
		r = heir_applying_matters(applying, &run->matters);
	if (r < 0 || applying->refused || run->ctx->core.root.fd >= 0 || !(run->writes || gives))
		return r;
	r = heir_before_init(&run->before, &run->reloading);
	stale = r == 0 && !run->matters && gives && run->before.stale;
	run->unnotified = stale && run->how->reload == HEIR_RELOAD_NONE;
	run->edited = stale && !run->unnotified;
	run->matters |= run->edited;
	return r;
}

/* What would be done. */
static int print_plan(struct heir_apply_run *run)
{
	int r = run->writes ? heir_applying_text(run->applying, run->how->root, run->out) : 0;

	if (run->edited)
		heir_out_printf(run->out, "the running CRI-O differs from the files: %s\n",
			run->before.stale);
	heir_apply_print_late(run);
	if (r == 0 && run->matters && run->how->reload != HEIR_RELOAD_NONE)
		print_choice(run);
	print_lost(run);
	return r;
}

/* The plan or the deed. 1: there was something to change; 0; or what failed, with the reason. */
static int plan_or_act(struct heir_apply_run *run)
{
	const struct heir_apply_how *how = run->how;
	bool changes;
	int r = ask_running(run), judged;

	if (r < 0)
		return r;
	changes = run->writes || run->matters || heir_apply_late_changes(run->applying);
	judged = heir_apply_judge(run);
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
		r = heir_apply_find_crio(run);
	if (r == 0)
		r = run->writes || run->matters ? heir_apply_write_and_notify(run)
						: heir_apply_move_late(run);
	heir_apply_end_late(run->applying, r);
	return r < 0 ? r : 1;
}

/* The same, and a warning where CRI-O is not told of files that would cost it containers. */
static int act(struct heir_apply_run *run)
{
	int r = plan_or_act(run);
	int warned =
		r >= 0 && run->unnotified && !run->how->force ? heir_apply_warn_of_restart(run) : 0;

	return warned < 0 ? warned : r;
}

/* For heir_report_metrics(); a rollback is remembered by then. */
static void conclude(struct heir_ctx *ctx, const struct heir_apply_how *how, bool writes, int r)
{
	if (r >= 0)
		ctx->applied =
			(r && writes) || how->again ? HEIR_APPLY_WRITTEN : HEIR_APPLY_UNCHANGED;
	else if ((r == -ECANCELED || r == -ENOTEMPTY) && ctx->applied != HEIR_APPLY_ROLLED_BACK)
		ctx->applied = HEIR_APPLY_REFUSED;
}

/* 0, or -EINVAL with the reason: not a node that could be written to. */
static int judge_call(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	int r = heir_ctx_check_size(ctx, how, how->size, sizeof(*how));

	if (r < 0)
		return r;
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
		return heir_ctx_fail(
			ctx, -EINVAL, "only the CRI-O of this machine can be reloaded");
	return heir_ctx_demand_release(ctx);
}

/* The start verdict: a reason why CRI-O would not start on these files, whatever is written; NULL:
 * it would. */
static const char *why_not_started(const struct heir_ctx *ctx)
{
	return ctx->view.stops->n > 0 ? ctx->view.stops->items[0]->text : NULL;
}

static int go(struct heir_apply_run *run)
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
	r = heir_apply_bind_late(ctx, run->how, &run->late, &overlay);
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

static int print_outcome(struct heir_apply_run *run, struct heir_out *out, int r)
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
	struct heir_apply_run run = {
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
	conclude(ctx, how, run.writes || heir_apply_late_changes(&applying), r);
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
