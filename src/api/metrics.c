/* SPDX-License-Identifier: Apache-2.0 */
#include "apply/metrics.h"

#include "api/context.h"
#include "report/fleet.h"

int heir_report_metrics(struct heir_ctx *ctx, enum heir_metrics_of of, int64_t time,
	heir_write_fn write, void *data)
{
	bool apply = of == HEIR_METRICS_APPLY;
	struct heir_metrics metrics = {of, ctx->stage == HEIR_STAGE_RESOLVED ? &ctx->view : NULL,
		apply ? &ctx->apply_drift : &ctx->drift, apply ? ctx->applied : ctx->drifted, time};
	struct heir_style style = {.format = HEIR_FORMAT_TEXT};
	struct heir_out out;

	if (of == HEIR_METRICS_FLEET) {
		heir_out_init(&out, &style, write, data);
		return heir_ctx_end(ctx, &out,
			heir_fleet_metrics(ctx->fleet.kube ? &ctx->fleet : NULL, ctx->fleet_differs,
				time, &out));
	}
	heir_out_init(&out, &style, write, data);
	return heir_ctx_end(ctx, &out, heir_metrics_text(&metrics, &out));
}
