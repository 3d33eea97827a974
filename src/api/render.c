/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in, and what it is wrapped in. */
#include "render/render.h"

#include <errno.h>
#include <string.h>

#include "api/context.h"
#include "apply/late.h"
#include "base/file.h"
#include "base/utf8.h"
#include "report/out.h"
#include "report/render_json.h"

/* An object's name in Kubernetes, of at most that length: small letters, digits, '-' and '.', and
 * neither of these two at an end or beside a '.'. */
static bool is_name(const char *z, size_t most)
{
	size_t len = strlen(z);

	if (len == 0 || len > most)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool inside = i > 0 && i + 1 < len && z[i - 1] != '.' && z[i + 1] != '.';

		if (!((z[i] >= 'a' && z[i] <= 'z') || (z[i] >= '0' && z[i] <= '9') ||
			    (inside && (z[i] == '-' || z[i] == '.'))))
			return false;
	}
	return true;
}

static int check_names(struct heir_ctx *ctx, const char *pool, const char *name)
{
	if (!is_name(pool, 63))
		return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not a valid name of a pool", pool);
	if (!is_name(name, 253))
		return heir_ctx_fail(
			ctx, -EINVAL, "\"%s\" is not a valid name of a MachineConfig", name);
	if (!heir_utf8_is_valid(heir_str_from(heir_where_config_dir(&ctx->config.where))))
		return heir_ctx_fail(ctx, -EINVAL, "the directory of drop-ins is not UTF-8: \"%s\"",
			heir_where_config_dir(&ctx->config.where));
	return 0;
}

#define LATE_PATH "/etc/tmpfiles.d/heir-late.conf"

/* Binds the handlers that can be bound late, whose links `overlay` lays over the node, and writes
 * the file that makes them. */
static int bind_late(struct heir_ctx *ctx, struct heir_overlay *overlay, struct heir_buf *ret)
{
	struct heir_late_plan plan;
	struct heir_late old;
	uint32_t n = 0;
	int r = heir_late_read(&ctx->core.root, &ctx->core.arena, &old);

	if (r == 0)
		r = heir_late_bind(&ctx->resolution, &old, &n);
	if (r == 0 && n == 0)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is rendered: no handler can be bound late: none of type \"oci\" "
			"inherits its runtime_path");
	/* The node is another one: its runtimes are not asked. */
	if (r == 0)
		r = heir_late_plan_init(&plan, &ctx->resolution, &old, ctx->late_runtime, false);
	if (r == 0)
		r = heir_late_overlay_links(&ctx->resolution, overlay);
	return r == 0 ? heir_late_tmpfiles(&plan, ret) : r;
}

static int print(struct heir_ctx *ctx, const struct heir_rendering *rendering, const char *pool,
	const char *name, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r = 0;

	switch (out->style.format) {
	case HEIR_FORMAT_JSON:
		return heir_rendering_json(&ctx->view, rendering, out);
	case HEIR_FORMAT_MACHINECONFIG:
		r = heir_render_machineconfig(rendering, pool, name, &buf);
		break;
	case HEIR_FORMAT_IGNITION:
		r = heir_render_ignition(rendering, &buf);
		break;
	case HEIR_FORMAT_TMPFILES:
		heir_out_add(out, rendering->late_text);
		break;
	default:
		heir_out_add(out, rendering->text);
	}
	/* What heir wraps it in, heir reads as an object of a node. */
	if (r == 0 && buf.len > HEIR_FILE_MAX)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is rendered: the object would be larger than %u MiB, more than "
			"heir reads",
			(unsigned)(HEIR_FILE_MAX >> 20));
	if (r == 0)
		heir_out_add(out, heir_buf_str(&buf));
	return r;
}

static int print_rendering(struct heir_ctx *ctx, const struct heir_rendering *rendering,
	const char *pool, const char *name, const struct heir_style *style, heir_write_fn write,
	void *data)
{
	struct heir_out out;
	int r;

	if (rendering->refused)
		return heir_ctx_fail(
			ctx, -ECANCELED, "nothing is rendered: %s", rendering->refused);
	heir_out_init(&out, style, write, data);
	/* The text is a drop-in, TOML. */
	if (out.style.format == HEIR_FORMAT_TEXT)
		out.style.format = HEIR_FORMAT_TOML;
	r = print(ctx, rendering, pool, name, &out);
	return heir_ctx_end(ctx, &out, r);
}

static int render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	const struct heir_rendering *rendering;
	int r = heir_ctx_rendering(ctx, &rendering);

	return r == 0 ? print_rendering(ctx, rendering, pool, name, style, write, data) : r;
}

/* The same with handlers bound late, which the context does not keep. */
static int render_late(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_rendering_release) struct heir_rendering rendering = HEIR_RENDERING_NULL;
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	_cleanup_(heir_buf_release) struct heir_buf late = HEIR_BUF_NULL;
	const struct heir_overlay *laid = ctx->core.root.overlay;
	const struct heir_assume assumed = heir_ctx_assume(ctx);
	int r;

	heir_ctx_forget_answers(ctx);
	heir_diags_forget(&ctx->core.diags, ctx->n_resolve_diags);
	r = bind_late(ctx, laid ? &ctx->overlay : &overlay, &late);
	if (!laid)
		ctx->core.root.overlay = &overlay;
	if (r == 0)
		r = (ctx->flatten ? heir_render_flat : heir_render)(
			&rendering, &ctx->config, &ctx->resolution, &assumed, heir_version());
	ctx->core.root.overlay = laid;
	rendering.late_path = LATE_PATH;
	rendering.late_text = heir_buf_str(&late);
	if (r == 0)
		r = print_rendering(ctx, &rendering, pool, name, style, write, data);
	heir_late_unbind(&ctx->resolution);
	return r;
}

int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_buf_release) struct heir_buf own = HEIR_BUF_NULL;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TOML) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(MACHINECONFIG) |
			HEIR_FORMAT_BIT(IGNITION) | HEIR_FORMAT_BIT(TMPFILES));
	if (r < 0)
		return r;
	if (style->format == HEIR_FORMAT_TMPFILES && !ctx->late_runtime)
		return heir_ctx_fail(
			ctx, -EINVAL, "tmpfiles output needs handlers that are bound late");
	if (ctx->where.as == HEIR_AS_STOCK)
		return heir_ctx_fail(ctx, -EINVAL,
			"an unmodified CRI-O needs no drop-in: render and --as stock cannot "
			"be combined");
	if (ctx->resolution.stops.n > 0)
		return 0;
	pool = pool ? pool : ctx->meant_pool ? ctx->meant_pool : "worker";
	if (!name) {
		heir_buf_printf(&own, "99-%s-heir", pool);
		name = own.failed ? NULL : own.p;
	}
	if (!name)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	if (style->format == HEIR_FORMAT_MACHINECONFIG || style->format == HEIR_FORMAT_IGNITION)
		r = check_names(ctx, pool, name);
	if (r == 0)
		r = (ctx->late_runtime ? render_late : render)(ctx, pool, name, style, write, data);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
