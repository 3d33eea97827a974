/* SPDX-License-Identifier: Apache-2.0 */
/* `heir upgrade`: contexts that were loaded, against releases and operating systems. */
#include "report/upgrade.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "kube/cluster.h"

int heir_ctx_read_targets(
	struct heir_ctx *ctx, const char *text, struct heir_target ret[HEIR_MAX_TARGETS])
{
	struct heir_str bad = HEIR_STR_NULL;
	int n = heir_targets_read(text, ret, &bad);

	if (n == -E2BIG)
		return heir_ctx_fail(
			ctx, -EINVAL, "\"%s\" has more than %d targets", text, HEIR_MAX_TARGETS);
	if (n < 0)
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%.*s\" is not a release or a range of releases (expected CRI-O 1.%u to "
			"1.%u or OpenShift %s to %s, as in 1.36, 4.18..5.1 or 1.34,4.22)",
			HEIR_STR_ARG(bad), heir_releases[0].minor, heir_release_newest()->minor,
			heir_openshifts[0].name, heir_openshifts[heir_n_openshifts - 1].name);
	return n;
}

/* Each release with each of the operating systems, or with none. */
static int make_targets(struct heir_ctx *ctx, const char *to, const char *const *oses,
	size_t n_oses, struct heir_upgrade_target **ret, size_t *ret_n)
{
	struct heir_target releases[HEIR_MAX_TARGETS];
	int n = heir_ctx_read_targets(ctx, to, releases), r = 0;
	size_t each = n_oses ? n_oses : 1;
	struct heir_upgrade_target *targets;

	if (n < 0)
		return n;
	targets = calloc((size_t)n * each, sizeof(*targets));
	if (!targets)
		return -ENOMEM;
	*ret = targets;
	*ret_n = (size_t)n * each;
	for (size_t o = 0; o < n_oses && r == 0; o++)
		r = heir_ctx_read_os(ctx, oses[o], &targets[o].os);
	for (size_t i = 0; i < *ret_n; i++)
		targets[i] = (struct heir_upgrade_target){releases[i / each], targets[i % each].os};
	return r;
}

static uint32_t count_nodes(const struct heir_ctx *ctx)
{
	uint32_t n = 0;

	for (uint32_t i = 0; ctx->kube && i < heir_kube_n(ctx->kube, HEIR_KUBE_NODE); i++) {
		const char *pool =
			heir_kube_pool_of(ctx->kube, heir_kube_at(ctx->kube, HEIR_KUBE_NODE, i));

		n += pool && ctx->meant_pool && strcmp(pool, ctx->meant_pool) == 0;
	}
	return n;
}

/* The release that runs now: as it was named, as Nodes tell it, or else the one before the first
 * target. */
static void find_release(struct heir_ctx *ctx, const struct heir_upgrade_target *targets, size_t n,
	struct heir_upgrade_part *part)
{
	uint16_t first = targets[0].release.version.minor;

	part->version = ctx->where.version;
	part->version_from = "as given";
	if (ctx->version_from == HEIR_VERSION_UNSET && !ctx->where.version_assumed)
		part->version_from = ctx->version_why;
	if (!ctx->where.version_assumed)
		return;
	/* Nodes that differ: an upgrade is under way. */
	part->version_from = "reported by the first Node";
	if (heir_ctx_version_of_nodes(ctx, &part->version))
		return;
	for (size_t i = 1; i < n; i++)
		if (targets[i].release.version.minor < first)
			first = targets[i].release.version.minor;
	if (first > heir_releases[0].minor)
		first--;
	part->version = (struct heir_version){first, HEIR_PATCH_LAST};
	part->version_from = "assumed: the release before the target";
}

/* The image now, and on targets that name none. */
static void find_os(const struct heir_ctx *ctx, struct heir_upgrade_part *part)
{
	const struct heir_openshift *ocp = heir_openshift_of_crio(part->version);
	enum heir_os_from from;

	if (!ctx->kube || ctx->core.root.fd >= 0)
		return;
	part->os = heir_ctx_os_of_objects(ctx, true, &from);
	part->os_from = heir_os_from_words(from);
	if (!part->os && ocp && ocp->os) {
		part->os = heir_os_find(heir_str_from(ocp->os));
		part->os_from = heir_os_from_words(HEIR_OS_FROM_RELEASE);
	}
	part->os_then = heir_ctx_os_of_objects(ctx, false, &from);
	part->os_then_from = part->os_then ? heir_os_from_words(from) : NULL;
	part->os_by_release = true;
}

static int make_parts(const struct heir_diff_side *sides, size_t n,
	const struct heir_upgrade_target *targets, size_t n_targets, struct heir_assume *assumed,
	struct heir_upgrade_part *parts)
{
	for (size_t i = 0; i < n; i++) {
		struct heir_ctx *ctx = sides[i].ctx;
		struct heir_upgrade_part *part = &parts[i];

		if (ctx->stage == HEIR_STAGE_NEW)
			return heir_ctx_fail(sides[0].ctx, -EINVAL, "nothing is loaded yet");
		assumed[i] = heir_ctx_assume(ctx);
		*part = (struct heir_upgrade_part){.root = sides[i].root,
			.pool = ctx->kube ? ctx->meant_pool : NULL,
			.n_nodes = count_nodes(ctx),
			.core = &ctx->core,
			.overlay = &ctx->overlay,
			.config = &ctx->config,
			.assume = &assumed[i],
			.kube = ctx->kube};
		find_release(ctx, targets, n_targets, part);
		find_os(ctx, part);
	}
	return 0;
}

static int print(struct heir_ctx *ctx, const struct heir_upgrade *upgrade,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r;

	heir_out_init(&out, style, write, data);
	if (style->format == HEIR_FORMAT_JSON)
		r = heir_upgrade_json(upgrade, &out);
	else if (style->format == HEIR_FORMAT_SARIF)
		r = heir_upgrade_sarif(upgrade, heir_version(), &out);
	else if (style->format == HEIR_FORMAT_MARKDOWN)
		r = heir_upgrade_markdown(upgrade, &out);
	else
		r = heir_upgrade_text(upgrade, &out);
	return heir_ctx_end(ctx, &out, r);
}

static int report(const struct heir_diff_side *sides, size_t n,
	const struct heir_upgrade_target *targets, size_t n_targets, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_upgrade_part *parts = calloc(n, sizeof(*parts));
	struct heir_assume *assumed = calloc(n, sizeof(*assumed));
	struct heir_upgrade upgrade = {.parts = NULL};
	int r = parts && assumed ? 0 : -ENOMEM;

	if (r == 0)
		r = make_parts(sides, n, targets, n_targets, assumed, parts);
	if (r == 0) {
		r = heir_upgrade_init(&upgrade, parts, n, targets, n_targets);
		if (r == 0)
			r = print(sides[0].ctx, &upgrade, style, write, data);
		if (r == 0)
			r = upgrade.verdict >= HEIR_UPGRADE_LOST;
		heir_upgrade_release(&upgrade);
	}
	free(parts);
	free(assumed);
	return r;
}

int heir_report_upgrade(const struct heir_diff_side *parts, size_t n, const char *to,
	const char *const *oses, size_t n_oses, const struct heir_style *style, heir_write_fn write,
	void *data)
{
	struct heir_upgrade_target *targets = NULL;
	struct heir_ctx *ctx = parts[0].ctx;
	size_t n_targets = 0;
	int r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(SARIF) |
			HEIR_FORMAT_BIT(MARKDOWN));

	if (r == 0)
		r = make_targets(ctx, to, oses, n_oses, &targets, &n_targets);
	if (r == 0)
		r = report(parts, n, targets, n_targets, style, write, data);
	free(targets);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
