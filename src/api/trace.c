/* SPDX-License-Identifier: Apache-2.0 */
/* Reports to the trace callback what heir reads and runs. */
#include "api/context.h"
#include "inherit/lookup.h"

static void forward_event(void *data, const struct heir_traced *traced)
{
	const struct heir_ctx *ctx = data;
	const struct heir_trace_event event = {
		traced->kind, traced->name, traced->outcome, traced->why, traced->ns};

	ctx->traced_by(ctx->traced_by_data, &event);
}

static void wait(void *data, const char *what)
{
	const struct heir_ctx *ctx = data;

	ctx->waits(ctx->waits_data, what);
}

void heir_set_trace(struct heir_ctx *ctx, heir_trace_fn trace, void *data)
{
	ctx->traced_by = trace;
	ctx->traced_by_data = data;
	ctx->trace.report = trace ? forward_event : NULL;
	ctx->trace.data = ctx;
}

void heir_set_wait(struct heir_ctx *ctx, heir_wait_fn waits, void *data)
{
	ctx->waits = waits;
	ctx->waits_data = data;
	ctx->trace.wait = waits ? wait : NULL;
	ctx->trace.data = ctx;
}

void heir_ctx_trace_settings(struct heir_ctx *ctx)
{
	static const char *const why[] = {
		[HEIR_VERSION_UNSET] = "the newest release that heir knows",
		[HEIR_VERSION_NAMED] = "as given",
		[HEIR_VERSION_MACHINE] = "reported by the CRI-O of this machine",
		[HEIR_VERSION_NODES] = "reported by the Nodes of the pool",
	};
	struct heir_version version = ctx->where.version;
	const char *release;

	if (!ctx->traced_by)
		return;
	release = version.patch == HEIR_PATCH_LAST
			  ? heir_arena_printf(&ctx->core.arena, "1.%u", version.minor)
			  : heir_arena_printf(
				    &ctx->core.arena, "1.%u.%u", version.minor, version.patch);

	heir_trace_report(&ctx->trace, 0, HEIR_TRACE_release, release ? release : "", "used", "%s",
		ctx->version_from == HEIR_VERSION_UNSET && !ctx->where.version_assumed
			? ctx->version_why
			: why[ctx->version_from]);
	if (ctx->overlay.os)
		heir_trace_report(&ctx->trace, 0, HEIR_TRACE_os, ctx->overlay.os->name, "used",
			"%s", heir_os_from_words(ctx->os_from));
	if (!ctx->assume.facts && (ctx->core.root.fd >= 0 || ctx->n_inputs > 0))
		heir_trace_report(&ctx->trace, 0, HEIR_TRACE_facts, "of the node", "skipped",
			"not this machine, and --facts is not given");
}

void heir_ctx_trace_path(struct heir_ctx *ctx)
{
	const char *path = ctx->assume.path, *why = "as given";

	if (!ctx->traced_by)
		return;
	if (!path && ctx->config.path) {
		path = ctx->config.path;
		why = "as crio.service sets it";
	} else if (!path) {
		path = heir_lookup_default(&ctx->core.root);
		why = "default of crio.service";
	}
	heir_trace_report(&ctx->trace, 0, HEIR_TRACE_path, path, "used", "%s", why);
}

void heir_ctx_begin_trace(struct heir_ctx *ctx)
{
	ctx->watched.watch = NULL;
	if (!ctx->traced_by && !ctx->waits)
		return;
	ctx->core.trace = ctx->live.trace = ctx->runtimes.trace = ctx->monitors.trace =
		ctx->watch.trace = &ctx->trace;
	if (!ctx->traced_by)
		return;
	if (ctx->assume.facts) {
		ctx->watched = *ctx->assume.facts;
		ctx->watched.watch = &ctx->watch;
	}
}
