/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes objects as the files of a node: what HEIR_INPUT names is read, put together for the
 * pool, and laid over the root. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"

int heir_ctx_add_input(struct heir_ctx *ctx, const char *name)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r;

	/* "auto" is the release of the node that is looked at. */
	if (ctx->version_from == HEIR_VERSION_MACHINE && ctx->core.root.fd < 0)
		ctx->version_from = HEIR_VERSION_NODES;
	if (strcmp(name, "-") == 0 && !ctx->standard_input.p && !heir_archive_dir(ctx, name)) {
		r = heir_file_read_buf(STDIN_FILENO, HEIR_TREE_MAX_TEXT, &text);
		if (r == 0)
			r = heir_text_copy(
				heir_buf_str(&text), &ctx->settings_arena, &ctx->standard_input);
		if (r < 0)
			return heir_ctx_fail(ctx, r, "standard input: %s", heir_file_error(r));
	}
	return heir_ctx_append(&ctx->inputs, &ctx->n_inputs, name);
}

static int read_named(struct heir_ctx *ctx, const char *name)
{
	const char *failed = NULL, *dir = heir_archive_dir(ctx, name);
	int r;

	if (!dir && strcmp(name, "-") == 0)
		return heir_kube_read(ctx->kube, name, ctx->standard_input);
	r = heir_kube_read_path(ctx->kube, dir ? dir : name, name, &failed);
	return r < 0 && r != -ENOMEM ? heir_ctx_fail(ctx, r, "%s: %s", failed, heir_file_error(r))
				     : r;
}

int heir_add_objects(struct heir_ctx *ctx, const char *name, const char *text, size_t len)
{
	struct heir_given_text *given =
		heir_arena_new(&ctx->settings_arena, struct heir_given_text);
	int r;

	if (ctx->core.root.fd >= 0)
		return heir_ctx_fail(ctx, -EINVAL, "objects and a root cannot be combined");
	if (!given)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	given->name = heir_arena_strndup(&ctx->settings_arena, name, strlen(name));
	given->next = ctx->texts;
	r = given->name ? heir_text_copy((struct heir_str){len ? text : "", len},
				  &ctx->settings_arena, &given->text)
			: -ENOMEM;
	if (r == 0)
		r = heir_ctx_append(&ctx->inputs, &ctx->n_inputs, given->name);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "out of memory");
	ctx->texts = given;
	return 0;
}

static int read_input(struct heir_ctx *ctx, const char *name)
{
	for (const struct heir_given_text *given = ctx->texts; given; given = given->next)
		if (given->name == name)
			return heir_kube_read(ctx->kube, name, given->text);
	return read_named(ctx, name);
}

/* The pools as "gpu, worker"; of very many the first. */
static const char *join_pools(struct heir_ctx *ctx)
{
	enum { LIMIT = 20 };
	const char *list = "";

	for (uint32_t i = 0; i < ctx->n_pools && i < LIMIT && list; i++)
		list = heir_arena_concat(&ctx->core.arena, list, i ? ", " : "", ctx->pools[i]);
	if (list && ctx->n_pools > LIMIT)
		list = heir_arena_concat(&ctx->core.arena, list, ", ", "...");
	return list ? list : "";
}

static bool has_pool(const struct heir_ctx *ctx, const char *name)
{
	for (uint32_t i = 0; i < ctx->n_pools; i++)
		if (strcmp(ctx->pools[i], name) == 0)
			return true;
	return false;
}

/* A pool that was named: any, unless the objects tell which ones there are. What a pool of which
 * nothing is known takes are the MachineConfigs of workers and its own. */
static int judge_pool(struct heir_ctx *ctx)
{
	if (has_pool(ctx, ctx->pool) || heir_kube_n(ctx->kube, HEIR_KUBE_POOL) == 0)
		return 0;
	return heir_ctx_fail(ctx, -EINVAL, "the objects have no pool \"%s\"; there are: %s",
		ctx->pool, join_pools(ctx));
}

bool heir_pool_is_known(const struct heir_ctx *ctx)
{
	return ctx->stage == HEIR_STAGE_NEW || !ctx->kube || !ctx->pool ||
	       has_pool(ctx, ctx->pool) || strcmp(ctx->pool, "master") == 0 ||
	       strcmp(ctx->pool, "worker") == 0;
}

/* Objects without anything to judge are an error, because the path may be wrong. Findings
 * about the objects are reported first. */
static int judge_objects(struct heir_ctx *ctx)
{
	if (ctx->core.root.fd >= 0 || heir_ctx_refused(ctx))
		return 0;
	if (heir_kube_n(ctx->kube, HEIR_KUBE_CONFIG) == 0 &&
		heir_kube_n(ctx->kube, HEIR_KUBE_CTRCFG) == 0) {
		const char *kind = heir_kube_other_kind(ctx->kube);

		return heir_ctx_fail(ctx, -EINVAL,
			"%s%sthe objects contain no MachineConfig, and --root is not given%s%s",
			ctx->n_inputs == 1 ? ctx->inputs[0] : "", ctx->n_inputs == 1 ? ": " : "",
			kind ? "; the first object is of kind " : "", kind ? kind : "");
	}
	if (!ctx->meant_pool && heir_kube_n(ctx->kube, HEIR_KUBE_CONFIG) > 0)
		return heir_ctx_fail(ctx, -EINVAL,
			"no MachineConfig has the label machineconfiguration.openshift.io/role, so "
			"no pool selects any");
	return ctx->meant_pool ? 0
			       : heir_ctx_fail(ctx, -EINVAL,
					 "the objects name no pool: name one with --pool");
}

/* The pool whose node it is: the one that was named, or that must be meant. */
static int choose_pool(struct heir_ctx *ctx)
{
	int r = heir_kube_pools(ctx->kube, &ctx->pools, &ctx->n_pools);

	if (r < 0)
		return r;
	ctx->meant_pool = ctx->pool ? ctx->pool : heir_kube_pool_meant(ctx->pools, ctx->n_pools);
	if (ctx->pool) {
		r = judge_pool(ctx);
		return r == 0 ? judge_objects(ctx) : r;
	}
	if (!ctx->meant_pool && ctx->n_pools > 1)
		return heir_ctx_fail(ctx, -EINVAL,
			"the objects are for several pools; name one with --pool: %s",
			join_pools(ctx));
	return judge_objects(ctx);
}

int heir_ctx_read_inputs(struct heir_ctx *ctx)
{
	int r = heir_kube_new(&ctx->core, &ctx->kube);

	for (size_t i = 0; i < ctx->n_inputs && r == 0; i++)
		r = read_input(ctx, ctx->inputs[i]);
	return r;
}

int heir_ctx_read_objects(struct heir_ctx *ctx)
{
	int r = 0;

	if (ctx->n_inputs == 0)
		return 0;
	r = heir_ctx_read_inputs(ctx);
	if (r == 0)
		r = choose_pool(ctx);
	if (r == 0 && ctx->meant_pool)
		heir_trace_report(&ctx->trace, 0, HEIR_TRACE_pool, ctx->meant_pool, "used", "%s",
			ctx->pool ? "as given" : "what the objects are for");
	if (r == 0 && ctx->meant_pool)
		r = heir_kube_files(ctx->kube, ctx->meant_pool, &ctx->overlay);
	if (r < 0)
		return r;
	ctx->overlay.alone = ctx->core.root.fd < 0;
	ctx->core.root.overlay = &ctx->overlay;
	return 0;
}

size_t heir_n_pools(const struct heir_ctx *ctx)
{
	return ctx->n_pools;
}

const char *heir_pool_at(const struct heir_ctx *ctx, size_t i)
{
	return i < ctx->n_pools ? ctx->pools[i] : NULL;
}

bool heir_assumes_programs(const struct heir_ctx *ctx)
{
	return ctx->core.root.only != NULL;
}

bool heir_pool_is_empty(const struct heir_ctx *ctx)
{
	return ctx->kube && ctx->stage != HEIR_STAGE_NEW && ctx->overlay.n == 0 &&
	       !heir_ctx_refused(ctx);
}

struct heir_diag *heir_ctx_refused(const struct heir_ctx *ctx)
{
	const struct heir_diags *diags = &ctx->core.diags;

	for (uint32_t i = 0; i < diags->n; i++) {
		struct heir_diag *diag = diags->items[i];
		uint32_t source = diag->where.source;

		if (heir_rules[diag->rule].severity == 'F' && source != HEIR_SOURCE_NONE &&
			ctx->core.sources.items[source].scope == HEIR_SCOPE_OBJECT)
			return diag;
	}
	return NULL;
}
