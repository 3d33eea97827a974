/* SPDX-License-Identifier: Apache-2.0 */
/* One context against another. */
#include "report/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"

/* The same strings in a list of its own; NULL for none. 0 or -ENOMEM. */
static int copy_list(const char *const *list, size_t n, const char ***ret)
{
	*ret = NULL;
	if (n == 0)
		return 0;
	*ret = calloc(n, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	memcpy(*ret, list, n * sizeof(**ret));
	return 0;
}

int heir_ctx_copy(const struct heir_ctx *ctx, struct heir_ctx **ret)
{
	struct heir_ctx *copy;
	int r = heir_ctx_new(&copy);

	if (r < 0)
		return r;
	copy->where = ctx->where;
	copy->where.getenv_data = copy;
	copy->version_why = "";
	copy->where.vendor_globs = NULL;
	copy->where.n_vendor_globs = 0;
	copy->where.without = NULL;
	copy->where.n_without = 0;
	copy->assume = ctx->assume;
	copy->facts_of_root = ctx->facts_of_root;
	copy->root_version = ctx->root_version;
	copy->standard_input = ctx->standard_input;
	copy->texts = ctx->texts;
	copy->archives = copy->archives_of_others = ctx->archives;
	copy->about = ctx->about;
	copy->pool = ctx->pool;
	/* There may be a copy for each of many pools. */
	copy->selecting = HEIR_SELECTING / 25;
	copy->cache = ctx->cache;
	copy->flatten = ctx->flatten;
	copy->late_runtime = ctx->late_runtime;
	copy->version_from = ctx->version_from;
	copy->version_else = ctx->version_else;
	copy->ocp = ctx->ocp;
	copy->targets = ctx->targets;
	copy->n_targets = ctx->n_targets;
	copy->os_named = ctx->os_named;
	copy->getenv = ctx->getenv;
	copy->getenv_data = ctx->getenv_data;
	r = copy_list(ctx->env, ctx->n_env, &copy->env);
	if (r == 0) {
		copy->n_env = ctx->n_env;
		r = copy_list(ctx->globs, ctx->n_globs, &copy->globs);
	}
	if (r == 0)
		r = copy_list(ctx->without, ctx->n_without, &copy->without);
	if (r == 0)
		r = copy_list(ctx->inputs, ctx->n_inputs, &copy->inputs);
	if (r == 0) {
		copy->n_inputs = ctx->n_inputs;
		copy->n_globs = copy->where.n_vendor_globs = ctx->n_globs;
		copy->where.vendor_globs = copy->globs;
		copy->n_without = copy->where.n_without = ctx->n_without;
		copy->where.without = copy->without;
		r = heir_root_dup(&ctx->core.root, &copy->core.root);
	}
	if (r < 0)
		heir_ctx_unref(copy);
	else
		*ret = copy;
	return r;
}

static int no_such_handler(
	struct heir_ctx *ctx, const struct heir_view *const views[2], struct heir_str name)
{
	struct heir_near near = heir_near_to(name, NULL);

	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < views[side]->n_handlers; i++)
			heir_near_try(&near, views[side]->handlers[i]->name);
	return heir_ctx_no_such(ctx, "no file of either side defines a handler", &near);
}

/* The names as a set. Each must be a handler's on one side at least, unless the handlers of
 * a side are unknown because it does not start. */
static int select_names(const struct heir_diff_side *left, const struct heir_diff_side *right,
	const char *const *names, size_t n, struct heir_map *ret)
{
	const struct heir_view *const views[] = {&left->ctx->view, &right->ctx->view};
	bool is_known = !views[0]->fatal && !views[1]->fatal, is_new;
	uint32_t at;

	for (size_t i = 0; i < n; i++) {
		struct heir_str name = heir_str_from(names[i]);
		int r = heir_ctx_match(left->ctx, views[0], names[i], ret), more = 0;

		if (r >= 0)
			more = heir_ctx_match(right->ctx, views[1], names[i], ret);
		if (r > 0 || more > 0)
			continue;
		r = r < 0 || more < 0 ? -ENOMEM : heir_map_put(ret, name, 0, &at, &is_new);
		if (r < 0)
			return heir_ctx_fail(left->ctx, r, "out of memory");
		if (is_known && !heir_config_handler(&left->ctx->config, name) &&
			!heir_config_handler(&right->ctx->config, name))
			return no_such_handler(left->ctx, views, name);
	}
	return 0;
}

static int print(struct heir_ctx *ctx, const struct heir_diff *diff, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_out out;
	int r;

	heir_out_init(&out, style, write, data);
	r = style->format == HEIR_FORMAT_JSON       ? heir_diff_json(diff, &out)
	    : style->format == HEIR_FORMAT_MARKDOWN ? heir_diff_markdown(diff, &out)
						    : heir_diff_text(diff, &out);
	return heir_ctx_end(ctx, &out, r);
}

/* Those that run now; where the left side's objects have none, the right side's may. */
static int count_pods(
	struct heir_diff *diff, const struct heir_ctx *left, const struct heir_ctx *right)
{
	int r = heir_pods_init(&diff->pods, left->kube, left->meant_pool);

	return r == 0 && !diff->pods.known
		       ? heir_pods_init(&diff->pods, right->kube, right->meant_pool)
		       : r;
}

int heir_ctx_compare(const struct heir_diff_side *left, const struct heir_diff_side *right,
	const struct heir_map *only, struct heir_diff *diff)
{
	int r = heir_ctx_find_pending(left->ctx);

	if (r == 0)
		r = heir_ctx_find_pending(right->ctx);
	*diff = (struct heir_diff){.handlers = NULL};
	if (r == 0)
		r = heir_diff_init(diff, &left->ctx->view, &right->ctx->view, only);
	if (r == 0)
		r = count_pods(diff, left->ctx, right->ctx);
	if (r == 0)
		r = heir_diff_group(diff);
	diff->root[HEIR_LEFT] = left->root;
	diff->root[HEIR_RIGHT] = right->root;
	return r;
}

int heir_report_diff(const struct heir_diff_side *left, const struct heir_diff_side *right,
	const char *const *names, size_t n, const struct heir_style *style, heir_write_fn write,
	void *data)
{
	_cleanup_(heir_map_release) struct heir_map only = HEIR_MAP_NULL;
	_cleanup_(heir_diff_release) struct heir_diff diff = {.handlers = NULL};
	int r;

	if (left->ctx->stage != HEIR_STAGE_RESOLVED || right->ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(left->ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(left->ctx, style,
		HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(MARKDOWN));
	if (r < 0)
		return r;
	r = select_names(left, right, names, n, &only);
	if (r < 0)
		return r;
	r = heir_ctx_compare(left, right, n ? &only : NULL, &diff);
	if (r == 0)
		r = print(left->ctx, &diff, style, write, data);
	if (r == -ENOMEM)
		return heir_ctx_fail(left->ctx, r, "out of memory");
	return r < 0 ? r : !heir_diff_is_empty(&diff);
}
