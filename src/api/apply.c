/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/apply.h"

#include <errno.h>
#include <unistd.h>

#include "api/context.h"
#include "apply/fetch.h"
#include "apply/guard.h"
#include "apply/managed.h"
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

/* Does nobody else look after the file? */
static int judge_owner(struct heir_ctx *ctx, const struct heir_applying *applying)
{
	const char *path = applying->rendering.path;
	bool managed;
	int r = heir_managed_brings(&ctx->core.root, path, &managed);

	if (r < 0 || !managed)
		return r;
	return heir_ctx_fail(ctx, -ECANCELED,
		"nothing is written: a MachineConfig brings %s, and the machine-config-daemon "
		"would put its own back (" HEIR_MANAGED_CONFIG "); change the MachineConfig: heir "
		"render --format machineconfig",
		path);
}

/* Where CRI-O listens; NULL: no memory. */
static const char *socket_of(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	return how->socket ? how->socket : heir_fetch_socket(&ctx->config);
}

static struct heir_guard_asked whom_to_ask(struct heir_ctx *ctx, const struct heir_apply_how *how)
{
	return (struct heir_guard_asked){
		.live = ctx->core.root.fd < 0, .fetch = how->fetch, .socket = socket_of(ctx, how)};
}

static const char *show_risk(struct heir_arena *arena, const struct heir_risk *risk)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL, shown = HEIR_BUF_NULL;

	heir_risk_words(risk, &words);
	heir_utf8_show(&shown, heir_buf_str(&words));
	return words.failed || shown.failed ? NULL : heir_arena_strndup(arena, shown.p, shown.len);
}

/* A line for each of the first risks, for heir_error_detail(). */
static int set_details(struct heir_ctx *ctx, const struct heir_guard *found)
{
	enum { MOST = 10 };
	struct heir_arena *arena = &ctx->settings_arena;
	uint32_t n = MIN(found->n, (uint32_t)MOST);
	const char **lines = heir_arena_zalloc(arena, MOST + 2, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		lines[i] = show_risk(arena, &found->items[i]);
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

/* Would CRI-O lose a living container? 0, or -ENOTEMPTY with the reason. */
static int guard(struct heir_ctx *ctx, const struct heir_applying *applying,
	const struct heir_apply_how *how)
{
	_cleanup_(heir_guard_release) struct heir_guard found = HEIR_GUARD_NULL;
	int r = heir_guard_init(&found, applying, whom_to_ask(ctx, how));

	if (r == -EIO)
		return heir_ctx_fail(ctx, -ENOTEMPTY,
			"nothing is written: the living containers cannot be listed: %s",
			found.fault);
	if (r == 0 && found.n == 0 && applying->late && !how->dry_run) {
		r = heir_late_seed(applying->late, &found.containers);
		if (r < 0)
			return heir_ctx_fail(
				ctx, r, "%s: %s", HEIR_LATE_RECORDS, heir_file_error(r));
	}
	if (r < 0 || found.n == 0)
		return r;
	heir_ctx_fail(ctx, -ENOTEMPTY,
		"nothing is written: CRI-O could no longer operate %u living container%s or pod%s",
		found.n, found.n == 1 ? "" : "s", found.n == 1 ? "" : "s");
	r = set_details(ctx, &found);
	return r < 0 ? r : -ENOTEMPTY;
}

/* 0, or -ECANCELED or -ENOTEMPTY with the reason. */
static int judge(struct heir_ctx *ctx, const struct heir_applying *applying,
	const struct heir_apply_how *how)
{
	bool matters = false;
	int r;

	if (applying->refused)
		return heir_ctx_fail(ctx, -ECANCELED, "nothing is written: %s", applying->refused);
	if (!heir_applying_changes(applying))
		return 0;
	r = judge_owner(ctx, applying);
	if (r < 0 || how->force)
		return r;
	r = heir_applying_matters(applying, &matters);
	return r == 0 && matters ? guard(ctx, applying, how) : r;
}

/* `undoable`: it may have to be taken back. */
static int write_it(struct heir_ctx *ctx, struct heir_applying *applying, bool undoable)
{
	const char *path = applying->rendering.path;
	int r = undoable ? heir_applying_prepare(applying) : 0;

	if (r == 0)
		r = heir_applying_write(applying);
	if (r == 0)
		return 0;
	/* Behind the rename. */
	if (heir_applying_look(applying) == 0)
		return heir_ctx_fail(ctx, r,
			"%s is written, but a crash may lose it, and CRI-O was not told: %s", path,
			heir_txn_error(r));
	/* -EINVAL is the caller's own mistake. */
	return heir_ctx_fail(
		ctx, r == -EINVAL ? -EEXIST : r, "cannot write %s: %s", path, heir_txn_error(r));
}

static void print_done(const struct heir_applying *applying, struct heir_out *out)
{
	uint32_t n = applying->rendering.n_handlers;

	heir_out_show(out, heir_str_from(applying->rendering.path));
	heir_out_printf(out, ": written, with %u handler%s\n", n, n == 1 ? "" : "s");
}

/* ---- Telling CRI-O ---- */

/* Can CRI-O be told and asked? Before anything is written. 1; 0 it does not run; -ECANCELED. */
static int can_tell(struct heir_ctx *ctx, struct heir_reloading *reloading)
{
	int r = reloading->fetch && access(reloading->fetch, X_OK) == 0 ? 0 : -ENOENT;

	if (r < 0)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: without %s nobody can ask whether CRI-O took it",
			reloading->fetch ? reloading->fetch : "heir-fetch");
	r = heir_reload_is_running(reloading);
	return r == -EIO
		       ? heir_ctx_fail(ctx, -ECANCELED, "nothing is written: %s", reloading->fault)
		       : r;
}

static int take_back(struct heir_ctx *ctx, struct heir_reloading *reloading)
{
	struct heir_applying *applying = reloading->applying;
	const char *fault = reloading->fault, *again = "", *kept;
	int r = heir_applying_restore(applying, &kept);

	ctx->apply_drift.known = false;
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return heir_ctx_fail(ctx, -EIO,
			"CRI-O did not take it: %s; and %s cannot be taken back: %s%s%s", fault,
			applying->rendering.path, heir_txn_error(r),
			kept ? "; what was there is in " : "", kept ? kept : "");
	ctx->applied = HEIR_APPLY_TAKEN_BACK;
	r = heir_reload_back(reloading);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		again = reloading->fault;
	return heir_ctx_fail(ctx, -ECANCELED, "taken back: CRI-O did not take it: %s%s%s", fault,
		again[0] ? "; and then " : "", again);
}

/* How CRI-O is told, or would be, and why so. */
static void print_choice(const struct heir_ctx *ctx, enum heir_reload how, bool chosen,
	const char *would, struct heir_out *out)
{
	const struct heir_version version = ctx->where.version;
	const char *fault = heir_release_of(version)->reload_fault;

	heir_out_printf(
		out, "CRI-O %s %s", would, how == HEIR_RELOAD_SIGHUP ? "reloaded" : "restarted");
	if (fault && (chosen || how == HEIR_RELOAD_SIGHUP))
		heir_out_printf(out, ": after a reload of CRI-O 1.%u %s", version.minor, fault);
}

static int tell_crio(struct heir_ctx *ctx, const struct heir_apply_how *how,
	struct heir_reloading *reloading, struct heir_out *out)
{
	int r = heir_reload_run(reloading);

	if (r == 0)
		r = heir_reload_verify(reloading);
	ctx->apply_drift = reloading->sum;
	if (r == -EIO)
		return take_back(ctx, reloading);
	if (r < 0)
		return r;
	print_choice(ctx, reloading->how, how->reload == HEIR_RELOAD_AUTO, "is", out);
	heir_out_printf(out, "\nCRI-O %s\n",
		reloading->how == HEIR_RELOAD_SIGHUP ? "lists them" : "has them");
	r = heir_applying_look(reloading->applying);
	return r < 0 ? heir_ctx_fail(ctx, r,
			       "%s: %s: somebody else, a MachineConfig daemon maybe, looks after "
			       "it",
			       reloading->applying->rendering.path, heir_txn_error(r))
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

static void print_late(const struct heir_applying *applying, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

	if (!applying->late)
		return;
	heir_late_plan_words(applying->late, &words);
	heir_out_add(out, heir_buf_str(&words));
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
static int move_late(struct heir_ctx *ctx, struct heir_applying *applying, struct heir_out *out)
{
	int r = write_late(ctx, applying);

	if (r < 0)
		return r;
	print_late(applying, out);
	heir_out_addz(
		out, "CRI-O is not restarted: new containers of these handlers follow at once\n");
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

/* Writes, and tells CRI-O where it runs and would do other than it does. */
static int write_and_tell(struct heir_ctx *ctx, struct heir_applying *applying,
	const struct heir_apply_how *how, struct heir_out *out)
{
	struct heir_reloading reloading = {.applying = applying,
		.dirs = ctx->assume.path ? ctx->assume.path : HEIR_DEFAULT_PATH,
		.fetch = how->fetch,
		.socket = socket_of(ctx, how),
		.how = choose(ctx, how)};
	bool matters = false;
	int running = 0, r = reloading.socket ? 0 : -ENOMEM;

	if (r == 0 && how->reload != HEIR_RELOAD_NONE)
		r = heir_applying_matters(applying, &matters);
	if (r == 0 && matters)
		r = running = can_tell(ctx, &reloading);
	if (r >= 0)
		r = write_late(ctx, applying);
	if (r < 0)
		return r;
	r = write_it(ctx, applying, running);
	if (r < 0)
		return r;
	print_done(applying, out);
	print_late(applying, out);
	if (running)
		return tell_crio(ctx, how, &reloading, out);
	if (how->reload != HEIR_RELOAD_NONE)
		heir_out_addz(out, matters ? "CRI-O does not run: it has them when it starts\n"
					   : "CRI-O does the same as before, and is not told\n");
	return 0;
}

/* What would be done. */
static int tell_of(struct heir_ctx *ctx, struct heir_applying *applying,
	const struct heir_apply_how *how, struct heir_out *out)
{
	bool matters = false;
	int r = 0;

	if (heir_applying_changes(applying))
		r = heir_applying_text(applying, how->root, out);
	print_late(applying, out);
	if (r == 0 && how->reload != HEIR_RELOAD_NONE)
		r = heir_applying_matters(applying, &matters);
	if (r == 0 && matters) {
		print_choice(
			ctx, choose(ctx, how), how->reload == HEIR_RELOAD_AUTO, "would be", out);
		heir_out_addz(out, "\n");
	}
	return r;
}

/* What is to be told before anything is done, and then the deed. */
static int act(struct heir_ctx *ctx, struct heir_applying *applying,
	const struct heir_apply_how *how, struct heir_out *out)
{
	bool moves = !heir_applying_changes(applying) && late_changes(applying);
	bool changes = moves || heir_applying_changes(applying);
	int r = 0, judged = judge(ctx, applying, how);

	if (judged == -ENOMEM)
		return judged;
	if (!changes && judged == 0 && !how->again)
		heir_out_addz(out, "nothing to change\n");
	else if (how->dry_run && changes)
		r = tell_of(ctx, applying, how, out);
	if (r == 0)
		r = judged;
	if (r < 0 || !changes)
		return r;
	if (how->dry_run)
		return 1;
	if (moves)
		r = move_late(ctx, applying, out);
	else
		r = write_and_tell(ctx, applying, how, out);
	end_late(applying, r);
	return r < 0 ? r : 1;
}

/* For whoever asks later; that it was taken back is remembered by then. */
static void conclude(struct heir_ctx *ctx, const struct heir_apply_how *how, int r)
{
	if (r >= 0)
		ctx->applied = r || how->again ? HEIR_APPLY_WRITTEN : HEIR_APPLY_UNCHANGED;
	else if ((r == -ECANCELED || r == -ENOTEMPTY) && ctx->applied != HEIR_APPLY_TAKEN_BACK)
		ctx->applied = HEIR_APPLY_REFUSED;
}

int heir_apply(struct heir_ctx *ctx, const struct heir_apply_how *how,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_applying_release) struct heir_applying applying = HEIR_APPLYING_NULL;
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	struct heir_late_plan late = {.n = 0};
	struct heir_out out;
	int r, finished;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	if (ctx->core.root.overlay)
		return heir_ctx_fail(ctx, -EINVAL, "objects cannot be written to");
	if (ctx->where.as == HEIR_AS_STOCK || ctx->assume.default_runtime)
		return heir_ctx_fail(ctx, -EINVAL,
			"what is written is what heir says of the files, without %s",
			ctx->assume.default_runtime ? "a supposed default_runtime" : "--as stock");
	if (ctx->core.root.fd >= 0 && how->reload != HEIR_RELOAD_NONE)
		return heir_ctx_fail(ctx, -EINVAL, "only this machine's CRI-O can be told");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT));
	if (r < 0)
		return r;
	ctx->applied = HEIR_APPLY_FAILED;
	ctx->apply_drift.known &= how->again;
	if (ctx->view.stops->n > 0)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: CRI-O would not start on these files: %s",
			ctx->view.stops->items[0]->text);
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	r = bind_late(ctx, how, &late, &overlay);
	if (r == 0) {
		ctx->core.root.overlay = overlay.n > 0 ? &overlay : NULL;
		r = heir_applying_init(
			&applying, &ctx->config, &ctx->resolution, &assumed, heir_version());
		ctx->core.root.overlay = NULL;
		applying.late = &late;
	}
	heir_late_unbind(&ctx->resolution);
	heir_out_init(&out, style, write, data);
	if (r == 0)
		r = act(ctx, &applying, how, &out);
	conclude(ctx, how, r);
	finished = heir_out_finish(&out);
	if (r == -ENOMEM)
		return heir_ctx_fail(ctx, r, "out of memory");
	return r < 0 || finished == 0 ? r : finished;
}
