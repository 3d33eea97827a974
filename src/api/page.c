/* SPDX-License-Identifier: Apache-2.0 */
/* `heir report`: several contexts on one page. */
#include <errno.h>
#include <stdlib.h>

#include "api/context.h"
#include "render/render.h"
#include "report/page.h"

/* What a part of the page is made of besides its context. */
struct made {
	struct heir_diff diff;
	bool has_diff;
};

/* What heir would write, where that is of a length to read. Its diagnostics are no findings of the
 * page. */
static int add_drop_in(struct heir_ctx *ctx, struct heir_page_node *node)
{
	_cleanup_(heir_rendering_release) struct heir_rendering rendering = HEIR_RENDERING_NULL;
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	uint32_t n_diags = ctx->core.diags.n_made;
	int r;

	if (ctx->where.as != HEIR_AS_HEIR || ctx->resolution.fatal ||
		ctx->view.n_handlers > HEIR_PAGE_MAX_EXPLAINED)
		return 0;
	r = heir_render(&rendering, &ctx->config, &ctx->resolution, &assumed, heir_version());
	heir_diags_forget(&ctx->core.diags, n_diags);
	if (r < 0)
		return r;
	node->refused = rendering.refused;
	node->drop_in_path = rendering.path;
	if (rendering.n_handlers > 0 && !rendering.refused)
		node->drop_in = rendering.text;
	return 0;
}

static int make_part(
	const struct heir_page_part *part, struct made *made, struct heir_page_node *ret)
{
	struct heir_ctx *ctx = part->now.ctx;
	const struct heir_view *stock;
	int r;

	*ret = (struct heir_page_node){.pool = part->pool};
	if (!ctx)
		return 0;
	r = heir_ctx_stock(ctx, &stock);
	if (r == 0)
		r = heir_ctx_find_pending(ctx);
	if (r == 0 && part->before.ctx) {
		made->has_diff = true;
		r = heir_ctx_compare(&part->before, &part->now, NULL, &made->diff);
	}
	if (r < 0)
		return r;
	*ret = (struct heir_page_node){.pool = part->pool,
		.is_new = part->is_new,
		.root = part->now.root,
		.view = &ctx->view,
		.stock = stock != &ctx->view && !ctx->resolution.fatal ? stock : NULL,
		.diff = made->has_diff ? &made->diff : NULL,
		.stock_config = stock->config,
		.stock_res = stock->res};
	return add_drop_in(ctx, ret);
}

static void release(struct made *made, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (made[i].has_diff)
			heir_diff_release(&made[i].diff);
	free(made);
}

static int print(struct heir_ctx *ctx, const struct heir_page *page, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	/* It says itself in which encoding it is, whatever the terminal takes. */
	const struct heir_style own = {.format = style->format};
	struct heir_out out;

	heir_out_init(&out, &own, write, data);
	return heir_ctx_end(ctx, &out,
		style->format == HEIR_FORMAT_MARKDOWN ? heir_page_markdown(page, &out)
						      : heir_page_print(page, &out));
}

static bool are_checked(const struct heir_page_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((parts[i].now.ctx && !parts[i].now.ctx->checked) ||
			(parts[i].before.ctx && !parts[i].before.ctx->checked))
			return false;
	return n > 0;
}

/* The nodes of the cluster, where objects are all that is known of it. */
static int compare_nodes(struct heir_ctx *ctx, const char *pool, struct heir_fleet *fleet)
{
	if (!ctx->kube || heir_kube_n(ctx->kube, HEIR_KUBE_NODE) == 0 || ctx->core.root.fd >= 0)
		return 0;
	return heir_fleet_compare(fleet, ctx->kube, &ctx->where, pool);
}

int heir_report_page(const struct heir_page_part *parts, size_t n,
	const struct heir_page_about *about, const struct heir_style *style, heir_write_fn write,
	void *data)
{
	struct heir_ctx *ctx = n > 0 ? parts[0].now.ctx : NULL;
	struct heir_fleet fleet = {.core = ctx ? &ctx->core : NULL};
	struct heir_page page = {.version = heir_version(), .n = n};
	struct heir_page_node *items;
	struct made *made;
	int r;

	if (!ctx)
		return -EINVAL;
	if (!are_checked(parts, n))
		return heir_ctx_fail(ctx, -EINVAL, "nothing is checked yet");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(HTML) | HEIR_FORMAT_BIT(MARKDOWN));
	if (r < 0)
		return r;
	items = calloc(n, sizeof(*items));
	made = calloc(n, sizeof(*made));
	if (!items || !made)
		r = -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++)
		r = make_part(&parts[i], &made[i], &items[i]);
	page.parts = items;
	if (about) {
		page.title = about->title;
		page.command = about->command;
		page.commit = about->commit;
		page.date = about->date;
	}
	if (r == 0)
		r = compare_nodes(ctx, n > 1 ? NULL : ctx->pool, &fleet);
	page.fleet = fleet.n_nodes > 0 ? &fleet : NULL;
	r = r == 0 ? print(ctx, &page, style, write, data) : heir_ctx_fail_of(ctx, r);
	release(made, made ? n : 0);
	free(items);
	return r;
}
