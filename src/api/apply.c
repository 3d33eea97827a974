/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/apply.h"

#include <errno.h>
#include <unistd.h>

#include "api/context.h"
#include "apply/fetch.h"
#include "apply/guard.h"
#include "apply/reload.h"
#include "base/file.h"
#include "base/txn.h"
#include "inherit/lookup.h"

int heir_lock(struct heir_ctx *ctx, unsigned ms)
{
	const char *dir = heir_where_config_dir(&ctx->where);
	int fd;

	if (ctx->lock >= 0)
		return 0;
	fd = heir_apply_lock(&ctx->core.root, dir, ms);
	if (fd == -EAGAIN)
		return heir_ctx_fail(
			ctx, fd, "another heir apply is at work on %s, and has not ended", dir);
	if (fd < 0)
		return heir_ctx_fail(ctx, fd, "%s: %s", dir, heir_file_error(fd));
	ctx->lock = fd;
	return 0;
}

/* 0, or -ECANCELED with the reason. */
static int judge(struct heir_ctx *ctx, const struct heir_applying *applying,
	const struct heir_apply_how *how)
{
	_cleanup_(heir_guard_release) struct heir_guard guard = {.roots = NULL};
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	const char *path = NULL;
	int r;

	if (applying->refused)
		return heir_ctx_fail(ctx, -ECANCELED, "nothing is written: %s", applying->refused);
	if (how->force || !heir_applying_changes(applying))
		return 0;
	r = heir_guard_init(&guard, applying, &path);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", path ? path : "", heir_file_error(r));
	if (guard.n == 0)
		return 0;
	heir_guard_words(&guard, &words);
	if (words.failed)
		return -ENOMEM;
	return heir_ctx_fail(ctx, -ECANCELED,
		"nothing is written: containers live under handlers that would change: %.*s; "
		"--force changes them "
		"all the same",
		HEIR_STR_ARG(heir_buf_str(&words)));
}

static int write_it(struct heir_ctx *ctx, const struct heir_applying *applying)
{
	const char *path = applying->rendering.path;
	int r = heir_applying_write(applying);

	if (r == 0)
		return 0;
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
	const struct heir_applying *applying = reloading->applying;
	const char *fault = reloading->fault, *again = "";
	int r = heir_applying_restore(applying);

	if (r < 0)
		return heir_ctx_fail(ctx, -EIO, "CRI-O did not take it: %s; %s stays: %s", fault,
			applying->rendering.path, heir_txn_error(r));
	r = heir_reload_run(reloading);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		again = reloading->fault;
	return heir_ctx_fail(ctx, -ECANCELED, "taken back: CRI-O did not take it: %s%s%s", fault,
		again[0] ? "; and then " : "", again);
}

static int tell_crio(struct heir_ctx *ctx, const struct heir_apply_how *how,
	struct heir_reloading *reloading, struct heir_out *out)
{
	int r = heir_reload_run(reloading);

	if (r == 0)
		r = heir_reload_verify(reloading);
	if (r == -EIO)
		return take_back(ctx, reloading);
	if (r < 0)
		return r;
	if (reloading->how == HEIR_RELOAD_SIGHUP)
		heir_out_addz(out, "CRI-O is reloaded and lists them; those that are new it may "
				   "not run before a restart (cri-o#10202)\n");
	else
		heir_out_printf(out, "CRI-O is restarted and has them%s\n",
			how->reload == HEIR_RELOAD_AUTO
				? "; after a mere reload it would not run new ones (cri-o#10202)"
				: "");
	return 0;
}

/* Writes, and tells CRI-O where it runs and would do other than it does. */
static int write_and_tell(struct heir_ctx *ctx, struct heir_applying *applying,
	const struct heir_apply_how *how, struct heir_out *out)
{
	/* After a reload it lists handlers that it does not run: facts of every release so far. */
	struct heir_reloading reloading = {applying,
		ctx->assume.path ? ctx->assume.path : HEIR_DEFAULT_PATH, how->fetch, how->socket,
		how->reload == HEIR_RELOAD_AUTO ? HEIR_RELOAD_RESTART : how->reload, NULL};
	bool matters = false;
	int running = 0, r = 0;

	if (how->reload != HEIR_RELOAD_NONE) {
		r = heir_applying_matters(applying, &matters);
		running = r == 0 && matters ? can_tell(ctx, &reloading) : 0;
		if (!reloading.socket)
			reloading.socket = heir_fetch_socket(&ctx->config);
		r = reloading.socket ? r : -ENOMEM;
	}
	if (r == 0)
		r = running < 0 ? running : write_it(ctx, applying);
	if (r < 0)
		return r;
	print_done(applying, out);
	if (running)
		return tell_crio(ctx, how, &reloading, out);
	if (how->reload != HEIR_RELOAD_NONE)
		heir_out_addz(out, matters ? "CRI-O does not run: it has them when it starts\n"
					   : "CRI-O does the same as before, and is not told\n");
	return 0;
}

/* What is to be told before anything is done, and then the deed. */
static int act(struct heir_ctx *ctx, struct heir_applying *applying,
	const struct heir_apply_how *how, struct heir_out *out)
{
	bool changes = heir_applying_changes(applying);
	int r = 0, judged = judge(ctx, applying, how);

	if (judged == -ENOMEM)
		return judged;
	if (!changes && judged == 0)
		heir_out_addz(out, "nothing to change\n");
	else if (how->dry_run && changes)
		r = heir_applying_text(applying, how->root, out);
	if (r == 0)
		r = judged;
	if (r < 0 || !changes)
		return r;
	if (!how->dry_run)
		r = write_and_tell(ctx, applying, how, out);
	return r < 0 ? r : 1;
}

int heir_apply(struct heir_ctx *ctx, const struct heir_apply_how *how,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_applying_release) struct heir_applying applying = HEIR_APPLYING_NULL;
	const struct heir_assume assumed = heir_ctx_assume(ctx);
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
	if (ctx->view.fatal)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: CRI-O would not start on these files");
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	r = heir_applying_init(&applying, &ctx->config, &ctx->resolution, &assumed, heir_version());
	heir_out_init(&out, style, write, data);
	if (r == 0)
		r = act(ctx, &applying, how, &out);
	finished = heir_out_finish(&out);
	if (r == -ENOMEM)
		return heir_ctx_fail(ctx, r, "out of memory");
	return r < 0 || finished == 0 ? r : finished;
}
