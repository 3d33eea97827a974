/* SPDX-License-Identifier: Apache-2.0 */
/* The running containers of this machine. */
#include <errno.h>

#include "api/context.h"
#include "apply/containers_print.h"
#include "apply/fetch.h"
#include "inherit/late.h"

enum { MAX_MS = 10000 };

/* Every runtime_root that a handler has, has kept since it was bound late, or has by default. */
static int find_roots(struct heir_ctx *ctx, struct heir_containers_query *query)
{
	struct heir_arena *arena = &ctx->core.arena;
	struct heir_str *roots;
	struct heir_late late;
	int r = heir_late_read(&ctx->core.root, arena, &late);

	if (r < 0)
		return r;
	roots = heir_arena_zalloc(arena, ctx->config.n_handlers + late.n + 2u, sizeof(*roots));
	if (!roots)
		return -ENOMEM;
	roots[query->n_roots++] = HEIR_STR("/run/crun");
	roots[query->n_roots++] = HEIR_STR("/run/runc");
	for (uint32_t i = 0; i < late.n; i++)
		if (late.items[i].root.len > 0)
			roots[query->n_roots++] = late.items[i].root;
	for (uint32_t i = 0; i < ctx->config.n_handlers && ctx->resolution.results; i++) {
		struct heir_origin root;

		r = heir_result_get(&ctx->resolution, &ctx->resolution.results[i],
			HEIR_FIELD_runtime_root, &root);
		if (r < 0)
			return r;
		if (root.kind != HEIR_KIND_UNSET && root.value.string.len > 0)
			roots[query->n_roots++] = root.value.string;
	}
	query->roots = roots;
	return 0;
}

int heir_report_containers(struct heir_ctx *ctx, const char *fetch, const char *socket,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_containers_release) struct heir_containers list = HEIR_CONTAINERS_NULL;
	struct heir_containers_query query = {.root = &ctx->core.root,
		.live = ctx->core.root.fd < 0,
		.fetch = fetch,
		.deadline = heir_deadline_in(MAX_MS),
		.trace = &ctx->trace};
	struct heir_out out;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	if (ctx->core.root.overlay)
		return heir_ctx_fail(ctx, -EINVAL, "objects have no containers");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	query.socket = socket ? socket : heir_fetch_socket(&ctx->config);
	query.runroot = heir_fetch_runroot(&ctx->config, &query.runroot_is_set);
	r = query.socket && query.runroot ? find_roots(ctx, &query) : -ENOMEM;
	if (r == 0)
		r = heir_containers_init(&list, &query);
	if (r == -EIO)
		return heir_ctx_fail(ctx, r, "cannot list the running containers: %s", list.fault);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "out of memory");
	heir_out_init(&out, style, write, data);
	if (style->format == HEIR_FORMAT_JSON)
		r = heir_containers_json(&list, &ctx->core.root, &out);
	else
		r = heir_containers_text(&list, &ctx->core.root, &out);
	return heir_ctx_end(ctx, &out, r);
}
