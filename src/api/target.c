/* SPDX-License-Identifier: Apache-2.0 */
/* The release of OpenShift and the operating system of the node: as they were named, or as the
 * objects tell them. */
#include "config/target.h"

#include <errno.h>
#include <string.h>

#include "api/context.h"
#include "base/file.h"
#include "kube/cluster.h"

const char *heir_os_from_words(enum heir_os_from from)
{
	static const char *const words[] = {
		[HEIR_OS_FROM_NONE] = "not known",
		[HEIR_OS_FROM_NAMED] = "as given",
		[HEIR_OS_FROM_STREAM] = "osImageStream of the pool",
		[HEIR_OS_FROM_NODES] = "osImage of the pool's Nodes",
		[HEIR_OS_FROM_RELEASE] = "default of the release",
	};

	return words[from];
}

const char *heir_os_from_name(enum heir_os_from from)
{
	static const char *const names[] = {
		[HEIR_OS_FROM_NONE] = NULL,
		[HEIR_OS_FROM_NAMED] = "option",
		[HEIR_OS_FROM_STREAM] = "pool",
		[HEIR_OS_FROM_NODES] = "nodes",
		[HEIR_OS_FROM_RELEASE] = "release",
	};

	return names[from];
}

int heir_ctx_set_ocp(struct heir_ctx *ctx, const char *value)
{
	const struct heir_openshift *ocp = heir_openshift_find(heir_str_from(value));

	if (!ocp)
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%s\" is not a release of OpenShift that heir knows (expected %s to %s)",
			value, heir_openshifts[0].name,
			heir_openshifts[heir_n_openshifts - 1].name);
	ctx->ocp = ocp;
	ctx->targets = NULL;
	ctx->n_targets = 0;
	ctx->where.version = (struct heir_version){ocp->crio, HEIR_PATCH_LAST};
	ctx->where.version_assumed = false;
	ctx->version_from = HEIR_VERSION_NAMED;
	return 0;
}

int heir_ctx_read_os(struct heir_ctx *ctx, const char *value, const struct heir_os **ret)
{
	struct heir_arena *arena = &ctx->settings_arena;
	struct heir_str text = HEIR_STR_NULL;
	struct heir_os *os;
	int r;

	*ret = heir_os_find(heir_str_from(value));
	if (*ret)
		return 0;
	r = heir_ctx_read_named(arena, value, &text);
	if (r == -ENOENT && !strchr(value, '/'))
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%s\" is not an operating system that heir knows, and no such file "
			"exists "
			"(expected rhel-9, rhel-10, scos-10 or a FILE with the paths of an image)",
			value);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", value, heir_file_error(r));
	os = heir_arena_new(arena, struct heir_os);
	if (!os)
		return -ENOMEM;
	os->name = value;
	os->label = value;
	r = heir_os_read(os, arena, text);
	if (r == -EINVAL)
		return heir_ctx_fail(ctx, r,
			"%s: no path in /usr/bin: expected a list of the paths of an image, one "
			"per "
			"line, as rpm -qla prints it",
			value);
	if (r == 0)
		*ret = os;
	return r;
}

int heir_ctx_set_os(struct heir_ctx *ctx, const char *value)
{
	return heir_ctx_read_os(ctx, value, &ctx->os_named);
}

static bool is_of_pool(const struct heir_ctx *ctx, const struct heir_kube_object *node)
{
	const char *pool = heir_kube_pool_of(ctx->kube, node);

	return pool && ctx->meant_pool && strcmp(pool, ctx->meant_pool) == 0;
}

/* What the first Node of the pool says that says anything. */
static const struct heir_os *os_of_nodes(const struct heir_ctx *ctx)
{
	const struct heir_os *os = NULL;

	for (uint32_t i = 0; i < heir_kube_n(ctx->kube, HEIR_KUBE_NODE) && !os; i++) {
		const struct heir_kube_object *node = heir_kube_at(ctx->kube, HEIR_KUBE_NODE, i);

		os = heir_os_of_image(heir_kube_os_image_of(node));
		if (os && !is_of_pool(ctx, node))
			os = NULL;
	}
	return os;
}

static const struct heir_os *os_of_stream(const struct heir_ctx *ctx, bool reached)
{
	const struct heir_kube_object *pool =
		ctx->meant_pool
			? heir_kube_find(ctx->kube, HEIR_KUBE_POOL, heir_str_from(ctx->meant_pool))
			: NULL;

	return pool ? heir_os_find(heir_kube_stream_of(pool, reached, NULL)) : NULL;
}

const struct heir_os *heir_ctx_os_of_objects(
	const struct heir_ctx *ctx, bool reached, enum heir_os_from *ret_from)
{
	const struct heir_os *os = ctx->kube ? os_of_stream(ctx, reached) : NULL;

	*ret_from = HEIR_OS_FROM_STREAM;
	if (!os && ctx->kube) {
		os = os_of_nodes(ctx);
		*ret_from = HEIR_OS_FROM_NODES;
	}
	if (!os)
		*ret_from = HEIR_OS_FROM_NONE;
	return os;
}

/* A Node of the OpenShift that was named has another CRI-O than the table says: it knows better. */
static int check_ocp(struct heir_ctx *ctx)
{
	for (uint32_t i = 0; i < heir_kube_n(ctx->kube, HEIR_KUBE_NODE); i++) {
		const struct heir_kube_object *node = heir_kube_at(ctx->kube, HEIR_KUBE_NODE, i);
		const struct heir_tree_node *where;
		struct heir_str build, text;
		struct heir_version version;

		where = heir_kube_crio_of(node, &build);
		if (!heir_version_of_build(build, &version, &text) ||
			heir_openshift_of_build(build) != ctx->ocp ||
			version.minor == ctx->ocp->crio || !heir_release_of(version) ||
			!is_of_pool(ctx, node))
			continue;
		ctx->where.version = version;
		return heir_object_fault(&ctx->core, node, HEIR_RULE_RELEASE_DIFFERS, where,
			       "$.status.nodeInfo.containerRuntimeVersion: the node runs CRI-O "
			       "%.*s, not 1.%u of OpenShift %s: heir uses the release of the node",
			       HEIR_STR_ARG(text), ctx->ocp->crio, ctx->ocp->name)
			       ? 0
			       : -ENOMEM;
	}
	return 0;
}

/* Do MachineConfigs of the pool ask for packages besides the image? */
static int find_extensions(struct heir_ctx *ctx)
{
	const struct heir_kube_selected *taken;
	uint32_t n = 0;
	int r = ctx->meant_pool ? heir_kube_take(ctx->kube, ctx->meant_pool, &taken, &n) : 0;

	for (uint32_t i = 0; i < n && r == 0; i++)
		ctx->overlay.extended |= heir_kube_is_extended(taken[i].object);
	return r;
}

int heir_ctx_choose_os(struct heir_ctx *ctx)
{
	const struct heir_os *os = ctx->os_named;
	const struct heir_openshift *ocp = ctx->ocp;
	int r = ocp && ctx->kube ? check_ocp(ctx) : 0;

	ctx->os_from = HEIR_OS_FROM_NAMED;
	if (!os && ctx->kube && ctx->core.root.fd < 0) {
		os = heir_ctx_os_of_objects(ctx, false, &ctx->os_from);
		if (!ocp)
			ocp = heir_openshift_of_crio(ctx->where.version);
		if (!os && ocp && ocp->os) {
			os = heir_os_find(heir_str_from(ocp->os));
			ctx->os_from = HEIR_OS_FROM_RELEASE;
		}
	}
	if (!os) {
		ctx->os_from = HEIR_OS_FROM_NONE;
		return r;
	}
	if (r == 0 && ctx->kube)
		r = find_extensions(ctx);
	ctx->overlay.os = os;
	ctx->overlay.os_from = heir_os_from_name(ctx->os_from);
	ctx->core.root.overlay = &ctx->overlay;
	return r;
}
