/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a resolved context. */
#include <errno.h>
#include <string.h>

#include "api/context.h"
#include "base/buf.h"
#include "base/macro.h"
#include "model/finding.h"
#include "report/show.h"

/* A terminated copy that lives as long as what was read: one for each `key`, an address within what
 * the text is about, as long as that says the same. */
static int keep_for(struct heir_ctx *ctx, const void *key, struct heir_str s, const char **ret)
{
	const struct heir_str *known = s.p ? heir_memo_get(&ctx->kept, key) : NULL;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	*ret = known && known->len == s.len ? known->p : NULL;
	if (!s.p || *ret)
		return 0;
	heir_buf_add_text(&text, s);
	if (!text.failed)
		*ret = heir_arena_strndup(&ctx->core.arena, text.p, text.len);
	return *ret ? heir_memo_put(&ctx->kept, key, (struct heir_str){*ret, s.len}) : -ENOMEM;
}

static int keep(struct heir_ctx *ctx, struct heir_str s, const char **ret)
{
	return keep_for(ctx, s.p, s, ret);
}

static int fill_diagnostic(
	struct heir_ctx *ctx, const struct heir_diag *diag, struct heir_diagnostic *ret)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf targets = HEIR_BUF_NULL;
	int r = heir_finding_read(&ctx->view, diag, &finding);

	*ret = (struct heir_diagnostic){.rule = finding.rule,
		.severity = finding.severity,
		.level = finding.level,
		.help = diag->help,
		.where = finding.spot.where};
	if (r == 0)
		r = keep_for(ctx, diag, heir_buf_str(&finding.words), &ret->message);
	if (r == 0)
		r = keep(ctx, diag->handler, &ret->handler);
	heir_view_targets(&ctx->view, diag->targets, &targets);
	/* Without the blank and the parentheses. */
	if (r == 0 && targets.len > 3)
		r = keep_for(ctx, &diag->targets, (struct heir_str){targets.p + 2, targets.len - 3},
			&ret->targets);
	return r;
}

size_t heir_n_diagnostics(struct heir_ctx *ctx)
{
	return ctx->core.diags.n;
}

int heir_diagnostic_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret)
{
	if (i >= ctx->core.diags.n)
		return -ERANGE;
	heir_findings_sort(&ctx->core);
	return fill_diagnostic(ctx, ctx->core.diags.items[i], ret);
}

bool heir_fatal(struct heir_ctx *ctx, struct heir_diagnostic *ret)
{
	const struct heir_diags *stops = ctx->view.stops;
	const struct heir_diag *fatal = stops->n > 0 ? stops->items[0] : NULL;

	if (fatal && ret && fill_diagnostic(ctx, fatal, ret) < 0)
		*ret = (struct heir_diagnostic){.rule = heir_rules[fatal->rule].id,
			.severity = 'F',
			.level = "error",
			.message = "out of memory"};
	return fatal != NULL;
}

size_t heir_n_stops(struct heir_ctx *ctx)
{
	return ctx->view.stops->n;
}

int heir_stop_at(struct heir_ctx *ctx, size_t i, struct heir_diagnostic *ret)
{
	return i < ctx->view.stops->n ? fill_diagnostic(ctx, ctx->view.stops->items[i], ret)
				      : -ERANGE;
}

const char *heir_verdict(struct heir_ctx *ctx)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const char *verdict = NULL;

	heir_view_verdict(&ctx->view, &text);
	if (!text.failed && text.len == 0)
		return "";
	return text.failed || keep_for(ctx, ctx, heir_buf_str(&text), &verdict) < 0 ? NULL
										    : verdict;
}

const char *heir_default_runtime(struct heir_ctx *ctx)
{
	const char *name = NULL;

	if (ctx->stage != HEIR_STAGE_RESOLVED || ctx->view.fatal)
		return NULL;
	return keep(ctx, ctx->resolution.default_runtime, &name) < 0 ? NULL : name;
}

size_t heir_n_handlers(struct heir_ctx *ctx)
{
	return ctx->stage == HEIR_STAGE_RESOLVED ? ctx->view.n_handlers : 0;
}

int heir_handler_at(struct heir_ctx *ctx, size_t i, struct heir_handler_info *ret)
{
	const struct heir_result *result;
	int r;

	if (i >= heir_n_handlers(ctx))
		return -ERANGE;
	result = heir_view_result(&ctx->view, ctx->view.handlers[i]);
	*ret = (struct heir_handler_info){
		.dropped = result->dropped != NULL, .via = heir_via_name(result->via)};
	if (result->dropped)
		ret->reason = result->dropped->text;
	r = keep(ctx, ctx->view.handlers[i]->name, &ret->name);
	if (r == 0 && result->parent)
		r = keep(ctx, result->parent->handler->name, &ret->parent);
	return r;
}

int heir_handler_find(struct heir_ctx *ctx, const char *name, size_t *ret)
{
	struct heir_str want = heir_str_from(name);
	size_t low = 0, high = heir_n_handlers(ctx);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = heir_str_cmp(ctx->view.handlers[middle]->name, want);

		if (order == 0) {
			*ret = middle;
			return 0;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -ENOENT;
}

size_t heir_n_fields(void)
{
	return HEIR_N_SHOWN_FIELDS;
}

const char *heir_field_name(size_t field)
{
	return field < HEIR_N_SHOWN_FIELDS ? heir_fields[field].name.p : NULL;
}

int heir_field_find(const char *name, size_t *ret)
{
	bool exact;
	enum heir_field field = heir_field_by_name(heir_str_from(name), &exact);

	if (field >= HEIR_N_SHOWN_FIELDS)
		return -ENOENT;
	*ret = field;
	return 0;
}

const char *heir_field_help(size_t field)
{
	return field < HEIR_N_SHOWN_FIELDS ? heir_fields[field].help : NULL;
}

int heir_handler_field(struct heir_ctx *ctx, size_t i, size_t field, struct heir_field_value *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const char *key;
	struct heir_origin origin;
	int r;

	static_assert(sizeof(struct heir_result) >= HEIR_N_SHOWN_FIELDS, "an address a field");
	if (i >= heir_n_handlers(ctx) || field >= HEIR_N_SHOWN_FIELDS)
		return -ERANGE;
	r = heir_view_field(&ctx->view, ctx->view.handlers[i], (enum heir_field)field, &origin);
	if (r < 0)
		return r;
	if (origin.kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin.value))
		return -ENOENT;
	*ret = (struct heir_field_value){.kind = heir_kind_name(origin.kind)};
	key = (const char *)heir_view_result(&ctx->view, ctx->view.handlers[i]) + field;
	heir_view_value(&text, &origin.value);
	heir_core_forget_values(&ctx->core);
	r = heir_buf_error(&text);
	if (r == 0)
		r = keep_for(ctx, key, heir_buf_str(&text), &ret->text);
	if (r == 0 && origin.from)
		r = keep(ctx, origin.from->name, &ret->from);
	return r == 0 ? heir_view_locate(&ctx->view, heir_view_origin_place(&ctx->view, &origin),
				&ret->where)
		      : r;
}
