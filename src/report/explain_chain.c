/* SPDX-License-Identifier: Apache-2.0 */
/* The chain, drawn as a tree: a line for what each handler says, the words of the files beside it.
 */
#include <inttypes.h>
#include <stdint.h>

#include "report/explain_parts.h"

/* Of a long chain the beginning and the end are shown. */
enum { FIRST_STEPS = 10, LAST_STEPS = 5, INDENT = 3, FLAT_STEPS = 6, LEAST_NAME = 16 };

/* The tree itself is never cut, but the names in it are. */
static const struct heir_grid_shape shape = {3, {SIZE_MAX, 18, 24}, false};

/* "   └─ NAME", at the depth at which it is shown. A deep tree is indented less. */
static const char *branch(
	struct heir_explainer *e, uint32_t n_steps, uint32_t depth, struct heir_str name)
{
	size_t indent = n_steps > FLAT_STEPS ? 1 : INDENT, edge = e->out->style.width;
	struct heir_buf buf = HEIR_BUF_NULL;

	if (depth > 0) {
		heir_buf_fill(&buf, ' ', (depth - 1) * indent);
		heir_buf_addz(&buf, e->out->style.ascii ? "\\- " : "\xe2\x94\x94\xe2\x94\x80 ");
	}
	heir_grid_elide(e->out, &buf, name, edge ? MAX(edge / 4, (size_t)LEAST_NAME) : 0);
	return heir_explain_take(e, &buf);
}

static void add_row(struct heir_explainer *e, const char *name, const char *place, const char *text,
	enum heir_color color)
{
	struct heir_grid_row row = {{name, place, text}, {HEIR_COLOR_BOLD, HEIR_COLOR_DIM, color}};

	heir_grid_add(&e->grid, &row);
}

static uint32_t depth_of(uint32_t step, uint32_t n)
{
	if (n <= FIRST_STEPS + LAST_STEPS || step < FIRST_STEPS)
		return step;
	return step - (n - FIRST_STEPS - LAST_STEPS) + 1;
}

/* The rows of one handler: why it was asked, to whom it leads, what it has itself. */
static void add_step(
	struct heir_explainer *e, const struct heir_lineage_field *f, uint32_t i, uint32_t n)
{
	const struct heir_lineage *lineage = e->lineage;
	const struct heir_step *step = &lineage->chain[i];
	struct heir_str handler = step->result->handler->name;
	const char *name = branch(e, n, depth_of(i, n), handler.len ? handler : HEIR_STR("\"\""));
	const char *rest = "";

	if (step->as_default) {
		add_row(e, name,
			lineage->default_note ? lineage->default_note
					      : heir_explain_place(e, &lineage->default_where),
			lineage->default_text, HEIR_COLOR_NONE);
		name = rest;
	}
	if (step->text && (i + 1 < n || !f || f->origin.kind == HEIR_KIND_UNSET)) {
		add_row(e, name, heir_explain_place(e, &step->where), step->text, HEIR_COLOR_NONE);
		name = rest;
	}
	for (uint32_t s = 0; f && s < f->n_shares; s++)
		if (f->shares[s].step == i) {
			add_row(e, name, heir_explain_place(e, &f->shares[s].where),
				f->shares[s].text, HEIR_COLOR_GREEN);
			name = rest;
		}
	if (lineage->cycle && i + 1 == lineage->n_chain)
		add_row(e, name, "", "again: a cycle", HEIR_COLOR_RED);
	else if (name != rest)
		add_row(e, name, heir_explain_place(e, &step->table), step->table_text,
			HEIR_COLOR_NONE);
}

static const char *ordinal(uint32_t n)
{
	if (n % 100 >= 11 && n % 100 <= 13)
		return "th";
	return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

/* What gave the value where no table did. */
static void add_end(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	const struct heir_step *lender = &e->lineage->chain[f->n_steps - 1];
	struct heir_str name = lender->result->handler->name;
	uint32_t depth = depth_of(f->n_steps - 1, f->n_steps) + 1;
	const char *path =
		f->origin.value.type == HEIR_TYPE_STRING
			? HEIR_EXPLAIN_WORDS(e, "%.*s", HEIR_STR_ARG(f->origin.value.string))
			: "";

	switch (f->lent) {
	case HEIR_KIND_PATH:
		add_row(e, branch(e, f->n_steps, depth, HEIR_STR("$PATH")), path,
			/* Of a monitor the search is not recorded. */
			f->n_directories == 0
				? "not set; the first one in $PATH"
				: HEIR_EXPLAIN_WORDS(e,
					  "%.*s sets no runtime_path; %" PRIu32 "%s of %" PRIu32
					  " directories %s it",
					  HEIR_STR_ARG(name), f->n_looked, ordinal(f->n_looked),
					  f->n_directories, f->assumed ? "probably has" : "has"),
			HEIR_COLOR_GREEN);
		break;
	case HEIR_KIND_CANDIDATE:
		add_row(e, branch(e, f->n_steps, depth, HEIR_STR("candidate")), path,
			"chosen among runtime_candidates", HEIR_COLOR_GREEN);
		break;
	case HEIR_KIND_DEFAULT:
		add_row(e, branch(e, f->n_steps, depth, HEIR_STR("CRI-O")), "(default)",
			HEIR_EXPLAIN_WORDS(e, "%s takes %s", heir_explain_release(e), f->text),
			HEIR_COLOR_GREEN);
		break;
	default:
		break;
	}
}

void heir_explain_chain(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	uint32_t n = f ? f->n_steps : e->lineage->n_chain;
	uint32_t left_out = n > FIRST_STEPS + LAST_STEPS ? n - FIRST_STEPS - LAST_STEPS : 0;

	for (uint32_t i = 0; i < n; i++) {
		if (left_out > 0 && i == FIRST_STEPS) {
			add_row(e,
				branch(e, n, FIRST_STEPS,
					heir_str_from(HEIR_EXPLAIN_WORDS(
						e, "... %" PRIu32 " more", left_out))),
				"", "", HEIR_COLOR_NONE);
			i += left_out;
		}
		add_step(e, f, i, n);
	}
	if (f)
		add_end(e, f);
	heir_grid_print(&e->grid, NULL, &shape);
}
