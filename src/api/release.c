/* SPDX-License-Identifier: Apache-2.0 */
/* Which release of CRI-O the nodes run whose objects were read. */
#include <errno.h>

#include "api/context.h"
#include "kube/cluster.h"

/* What a Node says of its CRI-O. */
struct told {
	const struct heir_kube_object *node; /* NULL: none says anything */
	const struct heir_tree_node *where;
	struct heir_str text; /* "1.30.4" */
	struct heir_version version;
};

static bool is_of_pool(const struct heir_ctx *ctx, const struct heir_kube_object *node)
{
	const char *pool = heir_kube_pool_of(ctx->kube, node);

	return pool && ctx->meant_pool && strcmp(pool, ctx->meant_pool) == 0;
}

static struct told ask_node(const struct heir_kube_object *node)
{
	struct told told = {.node = node};
	struct heir_str build;

	told.where = heir_kube_crio_of(node, &build);
	if (!heir_version_of_build(build, &told.version, &told.text))
		told.node = NULL;
	return told;
}

/* What the first of the pool says, and the first that says another thing. */
static void ask_nodes(const struct heir_ctx *ctx, struct told *ret_one, struct told *ret_other)
{
	uint32_t n = ctx->kube ? heir_kube_n(ctx->kube, HEIR_KUBE_NODE) : 0;

	*ret_one = *ret_other = (struct told){.node = NULL};
	for (uint32_t i = 0; i < n && !ret_other->node; i++) {
		const struct heir_kube_object *node = heir_kube_at(ctx->kube, HEIR_KUBE_NODE, i);
		struct told told = ask_node(node);

		/* Whose it is takes longest to say. */
		if (!told.node || (ret_one->node && heir_str_eq(told.text, ret_one->text)) ||
			!is_of_pool(ctx, node))
			continue;
		*(ret_one->node ? ret_other : ret_one) = told;
	}
}

static int take_theirs(struct heir_ctx *ctx)
{
	struct told one, other;

	ask_nodes(ctx, &one, &other);
	if (!one.node)
		return heir_ctx_fail(ctx, -EINVAL,
			"--crio-version auto: no Node of the pool is among the objects and tells "
			"its "
			"CRI-O: name the release");
	if (other.node)
		return heir_ctx_fail(ctx, -EINVAL,
			"--crio-version auto: Node \"%s\" runs CRI-O %.*s, and \"%s\" %.*s: name "
			"the release",
			one.node->id.name, HEIR_STR_ARG(one.text), other.node->id.name,
			HEIR_STR_ARG(other.text));
	if (!heir_release_of(one.version))
		return heir_ctx_fail(ctx, -EINVAL,
			"--crio-version auto: Node \"%s\" runs CRI-O %.*s, and heir knows 1.%u to "
			"1.%u: name the nearest",
			one.node->id.name, HEIR_STR_ARG(one.text), heir_releases[0].minor,
			heir_release_newest()->minor);
	ctx->where.version = one.version;
	return 0;
}

static int doubt_newest(struct heir_ctx *ctx)
{
	unsigned newest = heir_release_newest()->minor;
	struct told one, other;
	const struct told *contrary;
	struct heir_diag *diag;

	ask_nodes(ctx, &one, &other);
	contrary = one.node && one.version.minor != newest       ? &one
		   : other.node && other.version.minor != newest ? &other
								 : NULL;
	if (!contrary)
		return 0;
	diag = heir_object_fault(&ctx->core, contrary->node, HEIR_RULE_RELEASE_DIFFERS,
		contrary->where,
		"$.status.nodeInfo.containerRuntimeVersion: it runs CRI-O %.*s, and this is about "
		"1.%u",
		HEIR_STR_ARG(contrary->text), newest);
	if (!diag)
		return -ENOMEM;
	diag->help = "name the release with --crio-version, or take that of the nodes with "
		     "--crio-version auto";
	return 0;
}

int heir_ctx_choose_release(struct heir_ctx *ctx)
{
	switch (ctx->version_from) {
	case HEIR_VERSION_NODES:
		return take_theirs(ctx);
	case HEIR_VERSION_NEWEST:
		return doubt_newest(ctx);
	case HEIR_VERSION_NAMED:
	case HEIR_VERSION_MACHINE:
		break;
	}
	return 0;
}
