/* SPDX-License-Identifier: Apache-2.0 */
/* The reports: what is asked for is looked up here, and printed by report/. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/macro.h"
#include "check/check.h"
#include "report/cat.h"
#include "report/diagnostics.h"
#include "report/explain.h"
#include "report/explain_key.h"
#include "report/graph.h"
#include "report/schema.h"
#include "report/show.h"

int heir_ctx_no_such_handler(struct heir_ctx *ctx, const char *name)
{
	struct heir_near near = heir_near_to(heir_str_from(name), NULL);
	struct heir_unread unread = {.handler = near.wanted};

	if (heir_check_unread(&ctx->core, &ctx->config, &unread) < 0)
		return heir_ctx_fail_of(ctx, -ENOMEM);
	if (unread.path)
		return heir_ctx_fail(ctx, -ENOENT,
			"no file that CRI-O reads defines a handler \"%s\": it is defined at "
			"%s:%u, in a file that CRI-O never reads",
			name, unread.path, unread.line);
	for (uint32_t i = 0; i < ctx->view.n_handlers; i++)
		heir_near_try(&near, ctx->view.handlers[i]->name);
	return heir_ctx_no_such(ctx, "no file defines a handler", &near);
}

static int no_such_field(struct heir_ctx *ctx, const char *name)
{
	struct heir_near near = heir_near_to(heir_str_from(name), NULL);

	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (f != HEIR_FIELD_disallowed_annotations)
			heir_near_try(&near, heir_fields[f].name);
	return heir_ctx_no_such(ctx, "unknown field", &near);
}

int heir_ctx_match(struct heir_ctx *ctx, const struct heir_view *view, const char *pattern,
	struct heir_map *ret)
{
	int found = 0;

	if (!strpbrk(pattern, "*?[") || heir_config_handler(&ctx->config, heir_str_from(pattern)))
		return 0;
	for (uint32_t i = 0; i < view->n_handlers; i++) {
		struct heir_str name = view->handlers[i]->name;
		char *z = strndup(name.p, name.len);
		bool matches = z && fnmatch(pattern, z, 0) == 0, is_new;
		uint32_t at;

		free(z);
		if (!z || (matches && heir_map_put(ret, name, 0, &at, &is_new) < 0))
			return -ENOMEM;
		found |= matches;
	}
	return found;
}

/* The handlers of these names, each once and in byte order; all for none. The list is freed by the
 * caller. */
static int select_handlers(struct heir_ctx *ctx, const struct heir_view *view,
	const char *const *names, size_t n, struct heir_selection *ret,
	const struct heir_handler ***ret_list)
{
	_cleanup_(heir_map_release) struct heir_map wanted = HEIR_MAP_NULL;
	const struct heir_handler **list;
	uint32_t n_selected = 0, number;
	bool is_new;

	*ret = (struct heir_selection){view->handlers, view->n_handlers};
	if (n == 0 || view->fatal)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct heir_str name = heir_str_from(names[i]);
		int r = heir_ctx_match(ctx, view, names[i], &wanted);

		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (!heir_config_handler(&ctx->config, name))
			return heir_ctx_no_such_handler(ctx, names[i]);
		if (heir_map_put(&wanted, name, 0, &number, &is_new) < 0)
			return -ENOMEM;
	}
	list = calloc(view->n_handlers + 1, sizeof(const struct heir_handler *));
	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < view->n_handlers; i++)
		if (heir_map_get(&wanted, view->handlers[i]->name) != HEIR_MAP_NONE)
			list[n_selected++] = view->handlers[i];
	*ret_list = list;
	*ret = (struct heir_selection){list, n_selected};
	return 0;
}

static int show(struct heir_ctx *ctx, const struct heir_view *view, struct heir_selection selection,
	struct heir_out *out)
{
	int r;

	if (out->style.format == HEIR_FORMAT_JSON)
		r = heir_show_json(view, selection, false, out);
	else if (out->style.format == HEIR_FORMAT_TOML)
		r = heir_show_toml(view, selection, out);
	else
		r = heir_show_table(view, selection, out);
	return heir_ctx_end(ctx, out, r);
}

/* What both ways of showing demand, and the view of that stage. */
static int begin_show(
	struct heir_ctx *ctx, bool loaded, const struct heir_style *style, struct heir_view *ret)
{
	int r;

	if (ctx->stage == HEIR_STAGE_NEW || (!loaded && ctx->stage != HEIR_STAGE_RESOLVED))
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded or resolved yet");
	r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(TOML) |
			HEIR_FORMAT_BIT(WIDE));
	if (r < 0)
		return r;
	r = heir_view_init(ret, &ctx->core, &ctx->config, loaded ? NULL : &ctx->resolution);
	if (r < 0)
		return heir_ctx_fail_of(ctx, r);
	r = loaded ? 0 : heir_ctx_find_pending(ctx);
	ret->pending = loaded ? NULL : ctx->view.pending;
	return r;
}

int heir_report_show(struct heir_ctx *ctx, const char *const *names, size_t n, bool loaded,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	_cleanup_(heir_view_release) struct heir_view view = {.handlers = NULL};
	const struct heir_handler **list = NULL;
	struct heir_selection selection;
	struct heir_out out;
	int r;

	r = begin_show(ctx, loaded, style, &view);
	if (r < 0)
		return r;
	r = select_handlers(ctx, &view, names, n, &selection, &list);
	if (r == 0) {
		heir_out_init(&out, style, write, data);
		r = show(ctx, &view, selection, &out);
	}
	free(list);
	return r;
}

int heir_report_show_all(struct heir_ctx *ctx, bool loaded, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	_cleanup_(heir_view_release) struct heir_view view = {.handlers = NULL};
	struct heir_out out;
	int r;

	r = begin_show(ctx, loaded, style, &view);
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	return heir_ctx_end(ctx, &out, heir_show_all(&view, &out));
}

int heir_report_graph(struct heir_ctx *ctx, const char *const *names, size_t n,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	const struct heir_handler **list = NULL;
	struct heir_selection selection;
	struct heir_out out;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style,
		HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON) | HEIR_FORMAT_BIT(DOT) |
			HEIR_FORMAT_BIT(MERMAID));
	if (r < 0)
		return r;
	r = heir_ctx_find_pending(ctx);
	if (r < 0)
		return r;
	r = select_handlers(ctx, &ctx->view, names, n, &selection, &list);
	if (r == 0) {
		heir_out_init(&out, style, write, data);
		r = heir_graph_print(&ctx->view, selection, &out);
		r = heir_ctx_end(ctx, &out, r);
	}
	free(list);
	return r;
}

static int explain(struct heir_ctx *ctx, const struct heir_explain_request *request,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r;

	heir_out_init(&out, style, write, data);
	r = heir_explain(request, &out);
	return heir_ctx_end(ctx, &out, r);
}

/* With what an unmodified CRI-O would make of the same files, whose diagnostics are not the
 * context's. */
static int explain_with_stock(struct heir_ctx *ctx, struct heir_explain_request request,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	int r = heir_ctx_stock(ctx, &request.stock);

	if (r == 0)
		r = explain(ctx, &request, style, write, data);
	return r == -ENOMEM || (r < 0 && ctx->core.lost) ? heir_ctx_fail_of(ctx, r) : r;
}

int heir_report_explain(struct heir_ctx *ctx, const char *handler, const char *field,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_explain_request request = {.view = &ctx->view, .field = HEIR_N_FIELDS};
	bool exact;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	if (field)
		request.field = heir_field_by_name(heir_str_from(field), &exact);
	if (field && (request.field == HEIR_N_FIELDS ||
			     request.field == HEIR_FIELD_disallowed_annotations))
		return no_such_field(ctx, field);
	request.handler = heir_config_handler(&ctx->config, heir_str_from(handler));
	if (!request.handler)
		return heir_ctx_no_such_handler(ctx, handler);
	r = heir_ctx_find_pending(ctx);
	if (r < 0)
		return r;
	return ctx->where.as == HEIR_AS_HEIR ? explain_with_stock(ctx, request, style, write, data)
					     : explain(ctx, &request, style, write, data);
}

/* The field of a handler, as it was found by its key. */
static int explain_found(struct heir_ctx *ctx, const struct heir_key_found *found,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	char *name = strndup(found->handler.p, found->handler.len);
	int r;

	if (!name)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	r = heir_report_explain(ctx, name,
		found->field < HEIR_N_FIELDS ? heir_fields[found->field].name.p : NULL, style,
		write, data);
	free(name);
	return r;
}

int heir_report_explain_key(struct heir_ctx *ctx, const char *key, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_key_found found;
	struct heir_near near;
	struct heir_out out;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	if (heir_key_search(&ctx->config, key, &found, &near) < 0)
		return heir_ctx_no_such(ctx, "neither a handler nor a key of crio.conf:", &near);
	if (found.handler.p)
		return explain_found(ctx, &found, style, write, data);
	if (found.n_matches > 1)
		return heir_ctx_fail(ctx, -ENOENT,
			"%u keys are called \"%s\": write the table too, as \"%s.%s\"",
			found.n_matches, key, heir_key_table_path(found.row->table),
			found.row->name.p);
	heir_out_init(&out, style, write, data);
	return heir_ctx_end(ctx, &out, heir_explain_key(&ctx->view, &found, &out));
}

int heir_escape(const char *text, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;

	heir_out_init(&out, style, write, data);
	heir_out_show(&out, heir_str_from(text));
	return heir_out_finish(&out);
}

int heir_report_cat(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r;

	if (ctx->stage == HEIR_STAGE_NEW)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded yet");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_cat(&ctx->view, &out);
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_diagnostics(struct heir_ctx *ctx, const char *severities,
	const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT));

	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_print_diagnostics(&ctx->view, severities, &out);
	return heir_ctx_end(ctx, &out, r);
}

int heir_report_schema(
	struct heir_ctx *ctx, const struct heir_style *style, heir_write_fn write, void *data)
{
	struct heir_out out;
	int r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(JSON));

	if (r == 0)
		r = heir_ctx_ask_machine(ctx);
	if (r == 0)
		r = heir_ctx_choose_release(ctx);
	if (r < 0)
		return r;
	heir_out_init(&out, style, write, data);
	r = heir_schema(ctx->where.version, ctx->where.as, &out);
	return heir_ctx_end(ctx, &out, r);
}
