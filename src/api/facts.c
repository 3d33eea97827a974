/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the node. */
#include "report/facts.h"

#include <errno.h>

#include "api/context.h"

/* Words for a name that the facts do not have. */
static int no_such_fact(struct heir_ctx *ctx, struct heir_gatherer *gatherer,
	const struct heir_facts *given, struct heir_arena *arena, struct heir_str name)
{
	struct heir_facts all;
	struct heir_near near;
	int r = 0;

	if (heir_feature_known(name))
		return heir_ctx_fail(
			ctx, -ENOENT, "the node has no fact \"%.*s\"", HEIR_STR_ARG(name));
	if (given)
		all = *given;
	else
		r = heir_gather_all(gatherer, &all);
	if (r == 0)
		r = heir_fact_nearest(&all, name, arena, &near);
	return r == 0 ? heir_ctx_no_such(ctx, "unknown fact", &near) : r;
}

static int print_all(struct heir_ctx *ctx, const struct heir_facts *given,
	struct heir_gatherer *gatherer, struct heir_out *out)
{
	struct heir_facts all;
	int r = 0;

	if (given)
		all = *given;
	else
		r = heir_gather_all(gatherer, &all);
	/* Of another machine nothing is run. */
	if (r == 0 && !given && ctx->core.root.fd < 0 && ctx->n_inputs == 0)
		r = heir_ctx_runtimes(ctx, gatherer->arena, &all);
	return r < 0 ? r : heir_facts_print(&all, out);
}

int heir_report_facts(struct heir_ctx *ctx, const char *fact, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	_cleanup_(heir_arena_release) struct heir_arena arena;
	const struct heir_facts *given = ctx->assume.facts;
	struct heir_gatherer gatherer;
	struct heir_fact found;
	struct heir_out out;
	int r;

	heir_arena_init(&arena);
	heir_gatherer_init(&gatherer, &ctx->core.root, &arena);
	gatherer.trace = &ctx->trace;
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	if (!given && ctx->n_inputs > 0 && ctx->core.root.fd < 0)
		return heir_ctx_fail(ctx, -ENOENT, "objects alone contain no node facts");
	if (fact)
		r = heir_fact_find(given ? given : &gatherer.facts, heir_str_from(fact), &found);
	if (r == 0 && fact && !found.feature)
		r = no_such_fact(ctx, &gatherer, given, &arena, heir_str_from(fact));
	if (r < 0)
		return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
	heir_out_init(&out, style, write, data);
	r = fact ? heir_fact_print(&found, &out) : print_all(ctx, given, &gatherer, &out);
	return heir_ctx_end(ctx, &out, r);
}
