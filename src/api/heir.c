/* SPDX-License-Identifier: Apache-2.0 */
/* The public face: a context holds the settings, what was read, and what came of it. */
#include "heir/heir.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "base/utf8.h"
#include "inherit/pending.h"
#include "report/diagnostics.h"
#include "start/start.h"
#include "unit/parts.h"

const char *heir_nearest(const char *wanted, const char *const *names, size_t n)
{
	struct heir_near near = heir_near_to(heir_str_from(wanted), NULL);

	for (size_t i = 0; i < n; i++)
		heir_near_try(&near, heir_str_from(names[i]));
	return near.best.p;
}

unsigned heir_release_minor(size_t i)
{
	return i < heir_n_releases ? heir_releases[i].minor : 0;
}

int heir_ctx_new(struct heir_ctx **ret)
{
	struct heir_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	heir_arena_init(&ctx->settings_arena);
	heir_core_init(&ctx->core);
	ctx->selecting = HEIR_SELECTING;
	ctx->n_refs = 1;
	ctx->lock = HEIR_APPLY_LOCK_NULL;
	heir_ctx_assume_release(ctx);
	ctx->view = (struct heir_view){
		.core = &ctx->core, .config_dir = "", .stops = &ctx->config.stops};
	ctx->where.getenv = heir_ctx_getenv;
	ctx->where.getenv_data = ctx;
	*ret = ctx;
	return 0;
}

void heir_ctx_forget(struct heir_ctx *ctx)
{
	struct heir_root root = ctx->core.root;

	ctx->core.lost = NULL;
	root.problem = 0;
	heir_ctx_forget_answers(ctx);
	heir_memo_release(&ctx->kept);
	heir_view_release(&ctx->view);
	heir_diags_release(&ctx->check_stops);
	heir_resolution_release(&ctx->resolution);
	heir_config_release(&ctx->config);
	heir_runtimes_release(&ctx->runtimes);
	heir_monitors_release(&ctx->monitors);
	ctx->asks_monitors = false;
	heir_map_release(&ctx->watch.reported);
	ctx->kube = heir_kube_free(ctx->kube);
	ctx->meant_pool = NULL;
	ctx->pools = NULL;
	ctx->n_pools = 0;
	if (root.overlay == &ctx->overlay)
		root.overlay = NULL;
	heir_overlay_release(&ctx->overlay);
	ctx->os_from = HEIR_OS_FROM_NONE;
	ctx->core.root = HEIR_ROOT_NULL;
	heir_core_release(&ctx->core);
	heir_core_init(&ctx->core);
	ctx->core.selecting = ctx->selecting;
	ctx->core.root = root;
	/* Questions may be asked of a context that holds nothing. */
	ctx->view = (struct heir_view){
		.core = &ctx->core, .config_dir = "", .stops = &ctx->config.stops};
	ctx->stage = HEIR_STAGE_NEW;
	ctx->fixes.n = 0;
	ctx->checked = false;
	ctx->fleet = (struct heir_fleet){.kube = NULL};
}

static void forget_file_env(struct heir_ctx *ctx)
{
	free(ctx->file_env.items);
	heir_map_release(&ctx->file_env.by_name);
	ctx->file_env = (struct heir_unit_vars){.items = NULL};
}

struct heir_ctx *heir_ctx_ref(struct heir_ctx *ctx)
{
	if (ctx)
		ctx->n_refs++;
	return ctx;
}

struct heir_ctx *heir_ctx_unref(struct heir_ctx *ctx)
{
	if (!ctx || --ctx->n_refs > 0)
		return NULL;
	heir_ctx_forget(ctx);
	heir_close_archives(ctx);
	heir_apply_unlock(&ctx->lock);
	heir_core_release(&ctx->core);
	heir_fixes_release(&ctx->fixes);
	forget_file_env(ctx);
	heir_arena_release(&ctx->settings_arena);
	free(ctx->env);
	free(ctx->globs);
	free(ctx->without);
	free(ctx->inputs);
	free(ctx);
	return NULL;
}

int heir_ctx_fail_of(struct heir_ctx *ctx, int error)
{
	if (error != -ENOMEM && ctx->core.lost)
		return heir_ctx_fail(ctx, error, "cannot look up %s: %s", ctx->core.lost,
			heir_file_error(error));
	return heir_ctx_fail(ctx, error, "out of memory");
}

int heir_ctx_trouble(struct heir_ctx *ctx)
{
	if (ctx->core.root.problem && !ctx->core.lost)
		ctx->core.lost = ctx->core.root.troubled;
	return ctx->core.root.problem;
}

const char *heir_error(const struct heir_ctx *ctx)
{
	return ctx->error ? ctx->error : "";
}

const char *heir_error_detail(const struct heir_ctx *ctx, size_t i)
{
	for (size_t n = 0; ctx->details && ctx->details[n]; n++)
		if (n == i)
			return ctx->details[n];
	return NULL;
}

int heir_ctx_fail(struct heir_ctx *ctx, int error, const char *fmt, ...)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL, shown = HEIR_BUF_NULL;
	va_list args;

	ctx->details = NULL;
	va_start(args, fmt);
	heir_buf_vmessage(&text, fmt, args);
	va_end(args);
	heir_utf8_show(&shown, heir_buf_str(&text));
	shown.failed |= text.failed;
	ctx->error = shown.p && !shown.failed
			     ? heir_arena_strndup(&ctx->settings_arena, shown.p, shown.len)
			     : NULL;
	if (!ctx->error)
		ctx->error = "out of memory";
	return error;
}

int heir_ctx_no_such(struct heir_ctx *ctx, const char *words, const struct heir_near *near)
{
	if (!near->best.p)
		return heir_ctx_fail(
			ctx, -ENOENT, "%s \"%.*s\"", words, HEIR_STR_ARG(near->wanted));
	return heir_ctx_fail(ctx, -ENOENT, "%s \"%.*s\" (did you mean \"%.*s\"?)", words,
		HEIR_STR_ARG(near->wanted), HEIR_STR_ARG(near->best));
}

int heir_ctx_check_size(struct heir_ctx *ctx, const void *filled, size_t size, size_t known)
{
	const char *bytes = filled;

	if (size < known)
		return heir_ctx_fail(
			ctx, -EINVAL, "a struct has no size, or one that is too small");
	for (size_t i = known; i < size; i++)
		if (bytes[i] != 0)
			return heir_ctx_fail(ctx, -E2BIG,
				"a struct has a field that libheir %s does not know",
				heir_version());
	return 0;
}

int heir_ctx_check_format(struct heir_ctx *ctx, const struct heir_style *style, unsigned formats)
{
	int r = heir_ctx_check_size(ctx, style, style->size, sizeof(*style));

	if (r < 0)
		return r;
	if ((unsigned)style->format < 32 && formats >> style->format & 1)
		return 0;
	return heir_ctx_fail(ctx, -EINVAL, "this report has no such format");
}

int heir_ctx_end(struct heir_ctx *ctx, struct heir_out *out, int r)
{
	int finished = heir_out_finish(out);

	/* What was printed is no longer asked for. */
	heir_core_forget_values(&ctx->core);
	r = r < 0 ? r : finished;
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}

const char *heir_ctx_getenv(void *data, const char *name)
{
	const struct heir_ctx *ctx = data;
	const struct heir_unit_var *var;
	size_t len = strlen(name);

	for (size_t i = ctx->n_env; i-- > 0;)
		if (strncmp(ctx->env[i], name, len) == 0 && ctx->env[i][len] == '=')
			return ctx->env[i] + len + 1;
	var = heir_env_get(&ctx->file_env, heir_str_from(name));
	if (var)
		return var->value.p;
	return ctx->getenv ? ctx->getenv(ctx->getenv_data, name) : NULL;
}

static int read_file_env(struct heir_ctx *ctx)
{
	struct heir_str text = HEIR_STR("");
	uint64_t begun = heir_trace_begin(&ctx->trace);
	int r;

	forget_file_env(ctx);
	r = heir_file_read(&ctx->core.root, HEIR_ENV_FILE, &ctx->core.arena, &text);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	heir_trace_report_read(&ctx->trace, begun, HEIR_TRACE_file, HEIR_ENV_FILE, r, text.len);
	if (r < 0)
		return r == -ENOMEM
			       ? r
			       : heir_ctx_fail(ctx, r, "%s: %s", HEIR_ENV_FILE, heir_file_error(r));
	return heir_env_read(&ctx->core.arena, text, HEIR_SOURCE_NONE, &ctx->file_env);
}

/* A name that means no file would change nothing, and tell nothing. */
static int check_without(struct heir_ctx *ctx)
{
	for (size_t i = 0; i < ctx->n_without; i++)
		if (!ctx->config.left_out[i])
			return heir_ctx_fail(ctx, -EINVAL,
				"cannot leave out \"%s\": neither CRI-O nor heir reads this file",
				ctx->without[i]);
	return 0;
}

int heir_load(struct heir_ctx *ctx)
{
	uint64_t begun = heir_trace_begin(&ctx->trace);
	int r;

	ctx->applied = HEIR_APPLY_FAILED;
	ctx->drifted = HEIR_DRIFT_FAILED;
	heir_ctx_forget(ctx);
	heir_gatherer_init(&ctx->live, &ctx->core.root, &ctx->core.arena);
	heir_runtimes_init(&ctx->runtimes, &ctx->core.arena, ctx->cache);
	ctx->live.runtimes = &ctx->runtimes;
	heir_monitors_init(&ctx->monitors, &ctx->core.arena);
	heir_ctx_begin_trace(ctx);
	r = heir_ctx_ask_machine(ctx);
	if (r == 0)
		r = heir_ctx_read_objects(ctx);
	if (r == 0)
		r = read_file_env(ctx);
	if (r == 0)
		r = heir_ctx_choose_release(ctx);
	if (r == 0)
		r = heir_ctx_choose_os(ctx);
	if (r < 0 && r != -ENOMEM)
		return r;
	heir_ctx_trace_settings(ctx);
	if (r == 0)
		r = heir_config_load(&ctx->config, &ctx->core, &ctx->where);
	if (r == 0)
		heir_ctx_trace_path(ctx);
	if (r == 0 && ctx->kube) {
		struct heir_diag *refused = heir_ctx_refused(ctx);

		/* What the MCO refuses never reaches the node. */
		if (refused)
			heir_config_set_fatal(&ctx->config, refused);
	}
	if (r == 0)
		r = heir_view_init(&ctx->view, &ctx->core, &ctx->config, NULL);
	if (r < 0) {
		heir_ctx_forget(ctx);
		return heir_ctx_fail(ctx, r, "out of memory");
	}
	ctx->n_load_diags = ctx->core.diags.n_made;
	ctx->stage = HEIR_STAGE_LOADED;
	r = check_without(ctx);
	if (r < 0)
		return r;
	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_step, "load", "done", "%s", "");
	if (ctx->config.io_error)
		return heir_ctx_fail(
			ctx, ctx->config.io_error, "%s", heir_file_error(ctx->config.io_error));
	return 0;
}

static bool is_this_machine(const struct heir_ctx *ctx)
{
	return ctx->core.root.fd < 0 && !heir_root_is_assumed(&ctx->core.root);
}

struct heir_assume heir_ctx_assume(struct heir_ctx *ctx)
{
	struct heir_assume all = ctx->assume;

	if (!all.facts && is_this_machine(ctx))
		all.facts = &ctx->live.facts;
	all.monitors = ctx->asks_monitors ? &ctx->monitors : NULL;
	if (ctx->assume.facts && ctx->watched.watch)
		all.facts = &ctx->watched;
	return all;
}

int heir_ctx_find_pending(struct heir_ctx *ctx)
{
	const struct heir_resolution *stock;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED || ctx->view.pending ||
		!heir_pending_may_be(&ctx->resolution))
		return 0;
	r = heir_ctx_resolve_stock(ctx, &stock);
	if (r == 0)
		r = heir_pending_find(&ctx->resolution, stock, &ctx->view.pending);
	return r < 0 ? heir_ctx_fail_of(ctx, r) : 0;
}

int heir_resolve(struct heir_ctx *ctx)
{
	uint64_t begun = heir_trace_begin(&ctx->trace);
	struct heir_assume assumed;
	int r = 0;

	if (ctx->stage == HEIR_STAGE_NEW)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded yet");
	/* Who asks may have come since. */
	heir_ctx_begin_trace(ctx);
	assumed = heir_ctx_assume(ctx);
	heir_ctx_forget_answers(ctx);
	heir_memo_release(&ctx->kept);
	heir_view_release(&ctx->view);
	heir_resolution_release(&ctx->resolution);
	heir_diags_forget(&ctx->core.diags, ctx->n_load_diags);
	r = heir_start_resolve(&ctx->resolution, &ctx->config, &assumed);
	if (r == 0)
		r = heir_view_init(&ctx->view, &ctx->core, &ctx->config, &ctx->resolution);
	if (r == 0)
		r = heir_ctx_trouble(ctx);
	if (r < 0) {
		/* Half a resolution answers nothing. */
		heir_ctx_fail_of(ctx, r);
		heir_ctx_forget(ctx);
		return r;
	}
	ctx->n_resolve_diags = ctx->core.diags.n_made;
	ctx->stage = HEIR_STAGE_RESOLVED;
	heir_trace_report(&ctx->trace, begun, HEIR_TRACE_step, "resolve", "done", "handlers: %zu",
		(size_t)ctx->config.n_handlers);
	return 0;
}

bool heir_ctx_ask_monitors(struct heir_ctx *ctx)
{
	bool is_new = ctx->stage != HEIR_STAGE_NEW && !ctx->asks_monitors && !ctx->kube &&
		      is_this_machine(ctx);

	ctx->asks_monitors |= is_new;
	return is_new;
}
