/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/apply.h"

#include <errno.h>

#include "api/context.h"
#include "apply/guard.h"
#include "base/file.h"
#include "base/txn.h"

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
		return heir_ctx_fail(ctx, -ECANCELED, "%s", applying->refused);
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
		"containers live under handlers that would change: %.*s; --force changes them "
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

/* What is to be told before anything is done, and then the deed. */
static int act(struct heir_ctx *ctx, const struct heir_applying *applying,
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
	if (!how->dry_run) {
		r = write_it(ctx, applying);
		if (r < 0)
			return r;
		print_done(applying, out);
	}
	return 1;
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
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT));
	if (r < 0)
		return r;
	if (ctx->view.fatal)
		return heir_ctx_fail(ctx, -ECANCELED, "CRI-O would not start on these files");
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
