/* SPDX-License-Identifier: Apache-2.0 */
/* heir_fix() and what belongs to it. check/fixer.h selects the fixes; this file writes them. */
#include "check/fixer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "api/context.h"
#include "base/txn.h"
#include "report/diagnostics.h"
#include "report/fixes.h"

int heir_fix(struct heir_ctx *ctx)
{
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	struct heir_version versions[HEIR_MAX_TARGETS];
	int r;

	for (uint32_t i = 0; i < ctx->n_targets; i++)
		versions[i] = ctx->targets[i].version;
	if (!ctx->checked)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is checked yet");
	if (ctx->core.root.overlay)
		return heir_ctx_fail(ctx, -EINVAL, "objects cannot be fixed in place");
	if (ctx->n_without > 0)
		return heir_ctx_fail(
			ctx, -EINVAL, "files cannot be fixed while other files are left out");
	/* path-copies-default would compare with a default that no file sets. */
	if (ctx->assume.default_runtime)
		return heir_ctx_fail(
			ctx, -EINVAL, "files cannot be fixed for an assumed default_runtime");
	r = heir_ctx_demand_release(ctx);
	if (r < 0)
		return r;
	heir_fixes_release(&ctx->fixes);
	heir_findings_sort(&ctx->core);
	r = heir_fixes_init(
		&ctx->fixes, &ctx->core, &ctx->config, &assumed, versions, ctx->n_targets);
	if (r == 0)
		return 0;
	heir_fixes_release(&ctx->fixes);
	return heir_ctx_fail(ctx, r, "%s", heir_txn_error(r));
}

size_t heir_n_fixes(struct heir_ctx *ctx)
{
	return ctx->fixes.n;
}

int heir_fix_at(struct heir_ctx *ctx, size_t i, struct heir_fix_info *ret)
{
	if (i >= ctx->fixes.n)
		return -ERANGE;
	*ret = (struct heir_fix_info){ctx->fixes.items[i].number, ctx->fixes.items[i].why};
	return 0;
}

static bool is_same_dir(struct heir_ctx *ctx, const char *a, const char *b)
{
	struct stat x, y;

	return heir_root_stat(&ctx->core.root, a, &x) == 0 &&
	       heir_root_stat(&ctx->core.root, b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* A directory for the temporary, in which CRI-O does not read every name: that of crio.conf, or the
 * one above the drop-ins, by the file system's word, for a path may end in "." or lead through
 * links. 0, or -errno where there is none. */
static int directory_beside(
	struct heir_ctx *ctx, const struct heir_fixed_file *file, char ret[PATH_MAX])
{
	const struct heir_where *where = &ctx->config.where;
	const char *dropins = heir_where_config_dir(where);
	const char *sources = heir_where_source_dir(where);
	const char *dir = file->scope == HEIR_SCOPE_HEIR ? sources : dropins;
	const char *slash = strrchr(file->path, '/');
	int n = snprintf(ret, PATH_MAX, "%.*s/", slash ? (int)(slash - file->path) : 0, file->path);

	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	if (file->scope == HEIR_SCOPE_CONF && !is_same_dir(ctx, ret, dropins))
		return 0;
	n = snprintf(ret, PATH_MAX, "%s/..", dir);
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	return is_same_dir(ctx, ret, dir) ? -ENOTDIR : 0;
}

static int write_file(struct heir_ctx *ctx, struct heir_fixed_file *file)
{
	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
	char beside[PATH_MAX];
	int r = directory_beside(ctx, file, beside);

	if (r == 0)
		r = heir_txn_begin(&txn, &ctx->core.root, beside, file->path, &file->before);
	if (r == 0)
		r = heir_txn_write(&txn, file->after);
	return r == 0 ? heir_txn_commit(&txn) : r;
}

/* Marks every fix of the file as not made. */
static void reject_fixes(struct heir_fixes *fixes, uint32_t file, const char *why)
{
	for (uint32_t i = 0; i < fixes->n; i++)
		if (!fixes->items[i].why && fixes->items[i].file == file)
			fixes->items[i].why = why;
}

int heir_write_fixes(struct heir_ctx *ctx)
{
	struct heir_fixes *fixes = &ctx->fixes;
	int r = 0;

	for (uint32_t i = 0; i < fixes->n_files; i++) {
		struct heir_fixed_file *file = &fixes->files[i];

		if (file->written)
			continue;
		if (r == 0) {
			r = write_file(ctx, file);
			if (r < 0)
				heir_ctx_fail(ctx, r, "cannot write %s: %s", file->path,
					heir_txn_error(r));
		}
		file->written = r == 0;
		if (r < 0)
			reject_fixes(fixes, i, "the file could not be written");
	}
	return r;
}

void heir_try_fixes(struct heir_ctx *ctx)
{
	ctx->core.root.overlay = &ctx->fixes.overlay;
}

int heir_report_patch(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT));

	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_print_patch(&ctx->fixes, &out);
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_fixes(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT));

	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_print_fixes(&ctx->view, &ctx->fixes, &out);
	return heir_ctx_end(ctx, &out, r);
}
