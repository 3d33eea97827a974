/* SPDX-License-Identifier: Apache-2.0 */
/* `heir blame`: which lines of the files count. */
#include "report/blame.h"

#include <errno.h>

#include "api/context.h"

static int find_source(struct heir_ctx *ctx, const char *name, uint32_t *ret)
{
	struct heir_near near = heir_near_to(heir_str_from(name), NULL);

	for (uint32_t s = 0; s < ctx->config.n_docs; s++) {
		const struct heir_source *source = &ctx->core.sources.items[s];

		if (!heir_blame_has(&ctx->config, s))
			continue;
		if (heir_path_is_named(ctx->view.config_dir, source->path, name)) {
			*ret = s;
			return 0;
		}
		heir_near_try(&near, heir_str_from(heir_view_short_path(&ctx->view, source->path)));
		heir_near_try(&near, heir_str_from(source->path));
	}
	return heir_ctx_no_such(ctx, "neither CRI-O nor heir reads a file", &near);
}

/* The number of lines in a source is known once one was looked for. */
static int check_line(struct heir_ctx *ctx, uint32_t source, uint32_t line)
{
	struct heir_source *item = &ctx->core.sources.items[source];
	struct heir_position last;
	int r;

	if (line == 0)
		return 0;
	r = heir_source_locate(item, &ctx->core.arena, (uint32_t)item->text.len, &last);
	if (r < 0)
		return r;
	if (item->text.len > 0 && item->lines[item->n_lines - 1] < item->text.len)
		last.line++;
	return line < last.line
		       ? 0
		       : heir_ctx_fail(ctx, -ERANGE, "%s has %u lines", item->path, last.line - 1);
}

static int print(struct heir_ctx *ctx, struct heir_blame_request *request,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_depends depends = {.handlers = NULL};
	struct heir_out out;
	int r = 0;

	if (request->line) {
		r = heir_depends_init(&depends, &ctx->view, &request->blame->same, ctx->kube,
			ctx->meant_pool, request->source, request->line);
		request->depends = &depends;
	}
	if (r == 0) {
		heir_out_init(&out, style, write, data);
		r = heir_ctx_end(ctx, &out, heir_blame_print(request, &out));
	}
	heir_depends_release(&depends);
	return r;
}

/* With the verdicts of an unmodified CRI-O. */
static int blame(struct heir_ctx *ctx, const struct heir_config *config,
	const struct heir_resolution *res, struct heir_blame_request *request,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_blame verdicts;
	int r = heir_blame_init(&verdicts, config, res, request->source);

	request->blame = &verdicts;
	if (r == 0)
		r = print(ctx, request, style, write, data);
	heir_blame_release(&verdicts);
	return r;
}

static int blame_as_stock(struct heir_ctx *ctx, struct heir_blame_request *request,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	const struct heir_view *stock;
	int r = heir_ctx_stock(ctx, &stock);

	return r == 0 ? blame(ctx, stock->config, stock->res, request, style, write, data) : r;
}

int heir_report_blame(struct heir_ctx *ctx, const char *file, unsigned line,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_blame_request request = {
		.view = &ctx->view, .source = HEIR_SOURCE_NONE, .line = line};
	int r = 0;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r == 0 && file)
		r = find_source(ctx, file, &request.source);
	if (r == 0 && file)
		r = check_line(ctx, request.source, line);
	if (r < 0)
		return r;
	r = ctx->where.as == HEIR_AS_HEIR
		    ? blame_as_stock(ctx, &request, style, write, data)
		    : blame(ctx, &ctx->config, &ctx->resolution, &request, style, write, data);
	return r == -ENOMEM || (r < 0 && ctx->core.lost) ? heir_ctx_fail_of(ctx, r) : r;
}
