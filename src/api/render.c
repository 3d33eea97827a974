/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in, and what it is wrapped in. */
#include "render/render.h"

#include <errno.h>

#include "api/context.h"
#include "report/out.h"

static int print(const struct heir_rendering *rendering, struct heir_out *out)
{
	heir_out_add(out, rendering->text);
	return 0;
}

static int render(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_rendering_release) struct heir_rendering rendering = HEIR_RENDERING_NULL;
	struct heir_out out;
	int r, finished;

	/* Rendering once more tells the same once more. */
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	r = heir_render(&rendering, &ctx->config, &ctx->resolution, &ctx->assume, heir_version());
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = print(&rendering, &out);
	finished = heir_out_finish(&out);
	return r < 0 ? r : finished;
}

int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	int r;

	(void)pool;
	(void)name;
	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	if (ctx->where.as == HEIR_AS_STOCK)
		return heir_ctx_fail(ctx, -EINVAL,
			"what an unmodified CRI-O does needs no rendering: without --as stock");
	if (ctx->view.fatal)
		return 0;
	r = render(ctx, style, write, data);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
