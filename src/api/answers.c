/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that take long or much memory: they are made when they are first asked for, and kept
 * until the files are read or resolved again, so that asking again costs nothing. */
#include "api/context.h"
#include "start/start.h"

int heir_ctx_resolve_stock(struct heir_ctx *ctx, const struct heir_resolution **ret)
{
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	struct heir_answers *answers = &ctx->answers;
	uint32_t n_made = ctx->core.diags.n_made;
	int r = 0;

	if (!answers->has_stock) {
		answers->stock = (struct heir_stock){.config = {.core = &ctx->core}};
		r = heir_stock_read(&answers->stock, &ctx->config, NULL);
		if (r == 0)
			r = heir_resolve_config(
				&answers->stock.res, &answers->stock.config, &assumed);
		answers->has_stock = r == 0;
		if (r < 0)
			heir_stock_release(&answers->stock);
	}
	/* What an unmodified CRI-O would find is not a diagnostic of the context. */
	heir_diags_forget(&ctx->core.diags, n_made);
	if (r == 0)
		*ret = &answers->stock.res;
	return r;
}

static int judge_stock(struct heir_ctx *ctx)
{
	struct heir_answers *answers = &ctx->answers;
	const struct heir_resolution *stock;
	uint32_t n_made = ctx->core.diags.n_made;
	int r = heir_ctx_resolve_stock(ctx, &stock);

	if (r < 0)
		return r;
	r = heir_start_judge(&answers->stock.res, &answers->stock.config);
	answers->view = (struct heir_view){.handlers = NULL};
	if (r == 0)
		r = heir_view_init(
			&answers->view, &ctx->core, &answers->stock.config, &answers->stock.res);
	answers->is_judged = r == 0;
	if (r < 0) {
		heir_view_release(&answers->view);
		heir_stock_release(&answers->stock);
		answers->has_stock = false;
	}
	heir_diags_forget(&ctx->core.diags, n_made);
	return r;
}

int heir_ctx_stock(struct heir_ctx *ctx, const struct heir_view **ret)
{
	int r;

	if (ctx->where.as != HEIR_AS_HEIR) {
		*ret = &ctx->view;
		return 0;
	}
	r = ctx->answers.is_judged ? 0 : judge_stock(ctx);
	if (r == 0)
		*ret = &ctx->answers.view;
	return r;
}

int heir_ctx_rendering(struct heir_ctx *ctx, const struct heir_rendering **ret)
{
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	struct heir_answers *answers = &ctx->answers;
	int r;

	/* Its diagnostics must still be those of the context. */
	if (answers->has_rendering && answers->rendered_flat == ctx->flatten &&
		answers->n_diags == ctx->core.diags.n_made) {
		*ret = &answers->rendering;
		return 0;
	}
	if (answers->has_rendering)
		heir_rendering_release(&answers->rendering);
	answers->has_rendering = false;
	answers->rendering = HEIR_RENDERING_NULL;
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	r = (ctx->flatten ? heir_render_flat : heir_render)(
		&answers->rendering, &ctx->config, &ctx->resolution, &assumed, heir_version());
	if (r < 0) {
		heir_rendering_release(&answers->rendering);
		return r;
	}
	answers->has_rendering = true;
	answers->rendered_flat = ctx->flatten;
	answers->n_diags = ctx->core.diags.n_made;
	*ret = &answers->rendering;
	return 0;
}

void heir_ctx_forget_answers(struct heir_ctx *ctx)
{
	if (ctx->answers.is_judged)
		heir_view_release(&ctx->answers.view);
	if (ctx->answers.has_stock)
		heir_stock_release(&ctx->answers.stock);
	if (ctx->answers.has_rendering)
		heir_rendering_release(&ctx->answers.rendering);
	heir_memo_release(&ctx->answers.explanations);
	heir_explained_free(ctx->answers.explained);
	ctx->answers = (struct heir_answers){.has_stock = false};
}
