/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in, and what it is wrapped in. */
#include "render/render.h"

#include <errno.h>
#include <string.h>

#include "api/context.h"
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

static int render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	const struct heir_rendering *rendering;
	struct heir_out out;
	int r = heir_ctx_rendering(ctx, &rendering);

	if (r < 0)
		return r;
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

int heir_report_render(struct heir_ctx *ctx, const char *pool, const char *name,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_buf_release) struct heir_buf own = HEIR_BUF_NULL;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TOML) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(MACHINECONFIG) |
			HEIR_FORMAT_BIT(IGNITION));
	if (r < 0)
		return r;
	if (ctx->where.as == HEIR_AS_STOCK)
		return heir_ctx_fail(ctx, -EINVAL,
			"what an unmodified CRI-O does needs no rendering: without --as stock");
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
		r = render(ctx, pool, name, style, write, data);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}
