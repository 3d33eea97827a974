/* SPDX-License-Identifier: Apache-2.0 */
/* Which release of CRI-O it is: named, reported by Nodes or by the installed CRI-O, or assumed. */
#include <errno.h>

#include "api/context.h"
#include "config/installed.h"
#include "inherit/lookup.h"
#include "kube/cluster.h"

/* What a Node says of its CRI-O. */
struct node_release {
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

static struct node_release ask_node(const struct heir_kube_object *node)
{
	struct node_release found = {.node = node};
	struct heir_str build;

	found.where = heir_kube_crio_of(node, &build);
	if (!heir_version_of_build(build, &found.version, &found.text))
		found.node = NULL;
	return found;
}

/* What the first of the pool says, and the first that says another thing. */
static void ask_nodes(
	const struct heir_ctx *ctx, struct node_release *ret_one, struct node_release *ret_other)
{
	uint32_t n = ctx->kube ? heir_kube_n(ctx->kube, HEIR_KUBE_NODE) : 0;

	*ret_one = *ret_other = (struct node_release){.node = NULL};
	for (uint32_t i = 0; i < n && !ret_other->node; i++) {
		const struct heir_kube_object *node = heir_kube_at(ctx->kube, HEIR_KUBE_NODE, i);
		struct node_release found = ask_node(node);

		/* Whose it is takes longest to say. */
		if (!found.node || (ret_one->node && heir_str_eq(found.text, ret_one->text)) ||
			!is_of_pool(ctx, node))
			continue;
		*(ret_one->node ? ret_other : ret_one) = found;
	}
}

bool heir_ctx_version_of_nodes(const struct heir_ctx *ctx, struct heir_version *ret)
{
	struct node_release one, other;

	ask_nodes(ctx, &one, &other);
	if (!one.node || !heir_release_of(one.version))
		return false;
	*ret = one.version;
	return true;
}

static int take_theirs(struct heir_ctx *ctx)
{
	struct node_release one, other;

	ask_nodes(ctx, &one, &other);
	if (!one.node)
		return heir_ctx_fail(ctx, -EINVAL,
			"--crio-version auto: no Node of the pool reports a release of CRI-O: name "
			"the release");
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

static int doubt_newest(
	struct heir_ctx *ctx, const struct node_release *one, const struct node_release *other)
{
	unsigned newest = heir_release_newest()->minor;
	const struct node_release *contrary = one->node && one->version.minor != newest ? one
					      : other->node && other->version.minor != newest
						      ? other
						      : NULL;
	struct heir_diag *diag;

	if (!contrary)
		return 0;
	diag = heir_object_fault(&ctx->core, contrary->node, HEIR_RULE_RELEASE_DIFFERS,
		contrary->where,
		"$.status.nodeInfo.containerRuntimeVersion: the node runs CRI-O %.*s, but heir "
		"checks for 1.%u",
		HEIR_STR_ARG(contrary->text), newest);
	if (!diag)
		return -ENOMEM;
	diag->help = "name the release with --crio-version";
	return 0;
}

/* What the CRI-O of this machine says. 0; 1 with *ret_why, which is NULL without memory, if it does
 * not say what is needed; -errno of that in any case. */
static int ask_machine(struct heir_ctx *ctx, struct heir_version *ret, const char **ret_why)
{
	const char *dirs = ctx->assume.path ? ctx->assume.path : HEIR_DEFAULT_PATH, *error = NULL;
	uint64_t begun = heir_trace_begin(&ctx->trace);
	int r = heir_installed_version(
		dirs, ctx->cache, &ctx->settings_arena, &ctx->trace, ret, &error);

	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_probe, "crio", r < 0 ? "failed" : "ran",
		"%s", error ? error : "--version");
	*ret_why = error;
	return r;
}

int heir_ctx_ask_machine(struct heir_ctx *ctx)
{
	const char *error;
	int r;

	if (ctx->version_from != HEIR_VERSION_MACHINE)
		return 0;
	r = ask_machine(ctx, &ctx->where.version, &error);
	return r < 0 ? heir_ctx_fail(
			       ctx, r, "--crio-version auto: %s", error ? error : "out of memory")
		     : 0;
}

void heir_ctx_assume_release(struct heir_ctx *ctx)
{
	if (ctx->version_from != HEIR_VERSION_UNSET)
		return;
	ctx->where.version = (struct heir_version){heir_release_newest()->minor, HEIR_PATCH_LAST};
	ctx->where.version_assumed = true;
	ctx->version_why = "";
}

static void take(struct heir_ctx *ctx, struct heir_version version, const char *why)
{
	ctx->where.version = version;
	ctx->where.version_assumed = false;
	ctx->version_why = why;
}

/* No caller named a release. */
static int find_release(struct heir_ctx *ctx)
{
	struct heir_version version;
	struct node_release one, other;
	const char *error;
	int r;

	heir_ctx_assume_release(ctx);
	ask_nodes(ctx, &one, &other);
	if (one.node && !other.node && heir_release_of(one.version)) {
		take(ctx, one.version, "reported by the Nodes of the pool");
		return 0;
	}
	if (one.node)
		return doubt_newest(ctx, &one, &other);
	if (ctx->version_else.minor > 0) {
		take(ctx, ctx->version_else, "the release of the other target");
		return 0;
	}
	if (ctx->n_inputs > 0 || ctx->core.root.fd >= 0) {
		if (ctx->root_version.minor > 0)
			take(ctx, ctx->root_version, "recorded by heir collect");
		return 0;
	}
	r = ask_machine(ctx, &version, &error);
	if (r == 0)
		take(ctx, version, "reported by the CRI-O of this machine");
	else if (error && r != -ENOENT)
		ctx->version_why = error;
	return r == -ENOMEM ? r : 0;
}

int heir_ctx_choose_release(struct heir_ctx *ctx)
{
	switch (ctx->version_from) {
	case HEIR_VERSION_NODES:
		return take_theirs(ctx);
	case HEIR_VERSION_UNSET:
		return find_release(ctx);
	case HEIR_VERSION_NAMED:
	case HEIR_VERSION_MACHINE:
		break;
	}
	return 0;
}

int heir_ctx_demand_release(struct heir_ctx *ctx)
{
	if (!ctx->where.version_assumed)
		return 0;
	return heir_ctx_fail(ctx, -EINVAL,
		"the release of CRI-O is not known%s%s: name it with --crio-version X.Y",
		ctx->version_why[0] ? ": " : "", ctx->version_why);
}

void heir_set_release_of(struct heir_ctx *ctx, const struct heir_ctx *other)
{
	ctx->version_else = other->where.version_assumed ? (struct heir_version){.minor = 0}
							 : other->where.version;
}

const char *heir_assumed_release(struct heir_ctx *ctx, const char **ret_why)
{
	if (!ctx->where.version_assumed)
		return NULL;
	if (ret_why)
		*ret_why = ctx->version_why[0] ? ctx->version_why : NULL;
	return heir_arena_printf(&ctx->settings_arena, "1.%u", ctx->where.version.minor);
}
