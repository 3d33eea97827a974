/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a cluster. */
#include "report/fleet.h"

#include <errno.h>

#include "api/context.h"

static int compare(struct heir_ctx *ctx)
{
	struct heir_fleet fleet = {.core = &ctx->core};
	int r = heir_ctx_read_inputs(ctx);

	if (r == 0 && heir_kube_n(ctx->kube, HEIR_KUBE_NODE) == 0)
		return heir_ctx_fail(ctx, -EINVAL, "the objects contain no Node");
	if (r == 0)
		r = heir_fleet_compare(&fleet, ctx->kube, &ctx->where, ctx->pool);
	if (r == 0 && fleet.n_nodes == 0)
		return heir_ctx_fail(ctx, -EINVAL, "no Node belongs to the pool \"%s\"", ctx->pool);
	if (r == 0)
		ctx->fleet = fleet;
	return r;
}

int heir_fleet(struct heir_ctx *ctx)
{
	uint64_t begun = heir_trace_begin(&ctx->trace);
	int r;

	heir_ctx_forget(ctx);
	if (ctx->core.root.fd >= 0)
		return heir_ctx_fail(
			ctx, -EINVAL, "a directory has no Nodes, which are objects of a cluster");
	heir_ctx_begin_trace(ctx);
	r = compare(ctx);
	if (r < 0) {
		if (r == -ENOMEM)
			heir_ctx_fail(ctx, r, "out of memory");
		return r;
	}
	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_step, "fleet", "done", "nodes: %u",
		ctx->fleet.n_nodes);
	/* Of objects that cannot be read it is not known what they say. */
	ctx->fleet_differs = ctx->fleet.n_differing > 0 || heir_ctx_refused(ctx);
	return ctx->fleet_differs;
}

int heir_report_fleet(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r;

	if (!ctx->fleet.kube)
		return heir_ctx_fail(ctx, -EINVAL, "no nodes are compared yet");
	r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(MARKDOWN));
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = style->format == HEIR_FORMAT_JSON       ? heir_fleet_json(&ctx->fleet, &out)
	    : style->format == HEIR_FORMAT_MARKDOWN ? heir_fleet_markdown(&ctx->fleet, &out)
						    : heir_fleet_text(&ctx->fleet, &out);
	return heir_ctx_end(ctx, &out, r);
}
