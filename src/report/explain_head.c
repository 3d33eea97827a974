/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at the beginning: the answer. */
#include <string.h>

#include "inherit/pending.h"
#include "report/explain_parts.h"

static const char *handler_key(struct heir_explainer *e)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_view_key(&buf, e->lineage->result->handler->name);
	return heir_explain_take(e, &buf);
}

const char *heir_explain_kind(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	switch (f->origin.kind) {
	case HEIR_KIND_INHERITED:
		return HEIR_EXPLAIN_WORDS(
			e, "inherited from %.*s", HEIR_STR_ARG(f->origin.from->name));
	case HEIR_KIND_EXPLICIT:
		return f->decided_by && strcmp(f->decided_by, "explicit") != 0
			       ? HEIR_EXPLAIN_WORDS(e, "set by %s", f->decided_by)
			       : "set in its own table";
	case HEIR_KIND_CANDIDATE:
		return "chosen among runtime_candidates";
	case HEIR_KIND_PATH:
		return "found in $PATH";
	case HEIR_KIND_BUILTIN:
		return "built into CRI-O";
	case HEIR_KIND_DEFAULT:
		return "CRI-O's default";
	default:
		return "";
	}
}

/* Two texts on a line, the second on one of its own where they do not fit. */
static void print_pair(
	struct heir_explainer *e, const char *first, const char *second, enum heir_color color)
{
	enum { GAP = 8, LESS = 2, INDENT = 4 };
	size_t width = heir_grid_width(e->out, heir_str_from(second)), edge = e->out->style.width;
	size_t at = heir_grid_wrap(e->out, 0, heir_str_from(first), HEIR_COLOR_BOLD);

	if (width > 0 && (edge == 0 || at + GAP + width <= edge))
		heir_out_fill(e->out, ' ', GAP);
	else if (width > 0 && at + LESS + width <= edge)
		heir_out_fill(e->out, ' ', LESS);
	else if (width > 0) {
		heir_out_addz(e->out, "\n");
		heir_out_fill(e->out, ' ', INDENT);
	}
	heir_grid_wrap(e->out, INDENT, heir_str_from(second), color);
	heir_out_addz(e->out, "\n");
}

/* The reason, with what lies behind it. */
const char *heir_explain_reason(struct heir_explainer *e, const struct heir_diag *reason)
{
	if (reason->rule == HEIR_RULE_PARENT_DROPPED && reason->notes)
		return HEIR_EXPLAIN_WORDS(e, "%s (%s)", reason->text, reason->notes->text);
	return reason->text;
}

static bool is_pending(const struct heir_explainer *e)
{
	return heir_view_is_pending(e->lineage->view, e->lineage->result->handler);
}

/* "gpu is dropped: REASON  [rule]", or that CRI-O does not start at all. */
static void print_reason(struct heir_explainer *e)
{
	const struct heir_diag *reason = e->lineage->reason;
	const char *what;

	if (!reason)
		return;
	what = e->lineage->dropped ? HEIR_EXPLAIN_WORDS(e, "%s is dropped", handler_key(e))
				   : heir_view_fatal_words(e->lineage->view, reason);
	heir_grid_wrap(e->out, 0,
		heir_str_from(HEIR_EXPLAIN_WORDS(e, "%s: %s [%s]", what,
			heir_explain_reason(e, reason), heir_rules[reason->rule].id)),
		HEIR_COLOR_RED);
	heir_out_addz(e->out, "\n");
}

void heir_explain_field_head(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	const char *key = handler_key(e), *field = heir_fields[f->field].name.p;

	print_reason(e);
	if (f->text)
		print_pair(e, HEIR_EXPLAIN_WORDS(e, "%s.%s = %s", key, field, f->text),
			HEIR_EXPLAIN_WORDS(e, "%s%s", heir_explain_kind(e, f),
				is_pending(e) ? "; pending: " HEIR_PENDING_WORDS : ""),
			HEIR_COLOR_CYAN);
	else
		print_pair(e,
			HEIR_EXPLAIN_WORDS(e, "%s.%s is not %s", key, field,
				e->lineage->unresolved || e->lineage->result->lost ? "resolved"
										   : "set"),
			"", HEIR_COLOR_NONE);
	heir_out_addz(e->out, "\n");
}

/* ---- The whole handler, in one sentence ---- */

static const struct heir_lineage_field *path_of(const struct heir_lineage *lineage)
{
	for (uint32_t i = 0; i < lineage->n_fields; i++)
		if (lineage->fields[i].field == HEIR_FIELD_runtime_path && lineage->fields[i].text)
			return &lineage->fields[i];
	return NULL;
}

/* Why it is that binary: "inherited from crun by inherit", "set in 50-gpu.conf:3". */
static const char *path_origin(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	const struct heir_result *result = e->lineage->result;

	if (f->origin.kind == HEIR_KIND_INHERITED)
		return HEIR_EXPLAIN_WORDS(e, "%s by %s", heir_explain_kind(e, f),
			result->via == HEIR_VIA_IMPLICIT ? "implicit_inherit"
							 : heir_via_name(result->via));
	if (f->origin.kind == HEIR_KIND_EXPLICIT && f->where.file &&
		(!f->decided_by || strcmp(f->decided_by, "explicit") == 0))
		return HEIR_EXPLAIN_WORDS(e, "set in %s:%u",
			heir_view_short_path(e->lineage->view, f->where.file), f->where.line);
	return heir_explain_kind(e, f);
}

void heir_explain_handler_head(struct heir_explainer *e)
{
	const struct heir_lineage *lineage = e->lineage;
	const struct heir_lineage_field *path = path_of(lineage);
	bool is_default = lineage->result == lineage->view->res->default_result;
	const char *who, *does, *words;

	print_reason(e);
	if (!lineage->reason) {
		who = HEIR_EXPLAIN_WORDS(e, is_default ? "%s, the default," : "%s", handler_key(e));
		does = is_pending(e) ? "is pending: it will run" : "runs";
		words = path ? HEIR_EXPLAIN_WORDS(e, "%s %s %.*s, %s%s%s", who, does,
				       HEIR_STR_ARG(path->origin.value.string),
				       path_origin(e, path), is_pending(e) ? "; " : "",
				       is_pending(e) ? HEIR_PENDING_WORDS : "")
			     : HEIR_EXPLAIN_WORDS(e, "%s has no runtime_path", who);
		heir_grid_wrap(e->out, 0, heir_str_from(words), HEIR_COLOR_BOLD);
		heir_out_addz(e->out, "\n");
	}
	heir_out_addz(e->out, "\n");
}
