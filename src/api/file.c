/* SPDX-License-Identifier: Apache-2.0 */
#include "api/context.h"
#include "base/output.h"

static mode_t mode_of(const struct heir_ctx *ctx)
{
	struct heir_root root = ctx->core.root;

	return ctx->stage == HEIR_STAGE_NEW ? 07777 : heir_sources_mode(&ctx->core.sources, &root);
}

void heir_write_also(struct heir_ctx *ctx, const struct heir_ctx *other)
{
	ctx->kept_from |= (mode_t)~mode_of(other) & 07777;
}

int heir_write_file(struct heir_ctx *ctx, const char *path, unsigned mode, bool is_public,
	const char *text, size_t len)
{
	const struct heir_output_how how = {.config_dir = ctx->where.config_dir,
		.mode = mode & 0777,
		.is_public = is_public,
		.mask = mode_of(ctx) & ~ctx->kept_from};
	const char *words;
	int r = heir_output_write(path, &how, (struct heir_str){text, len}, &words);

	return r < 0 ? heir_ctx_fail(ctx, r, "%s: %s", path, words) : 0;
}
