/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a handler, each with its lineage on a click. The words are those of `heir explain`,
 * whose rows become tables here. */
#include <string.h>

#include "report/explain_parts.h"
#include "report/html.h"
#include "report/page.h"
#include "report/show.h"

const char *heir_page_class(enum heir_color color)
{
	static const char *const classes[] = {
		[HEIR_COLOR_NONE] = NULL,
		[HEIR_COLOR_BOLD] = NULL,
		[HEIR_COLOR_DIM] = "dim",
		[HEIR_COLOR_RED] = "bad",
		[HEIR_COLOR_GREEN] = "ok",
		[HEIR_COLOR_YELLOW] = "warn",
		[HEIR_COLOR_CYAN] = "note",
	};

	return classes[color];
}

/* The branch that a name of the chain hangs on is drawn, and not read out. */
static void print_first(struct heir_out *out, const char *cell)
{
	static const char twig[] = "\xe2\x94\x94\xe2\x94\x80 ";
	size_t blanks = strspn(cell, " "), len = 0;

	if (strncmp(cell + blanks, twig, strlen(twig)) == 0)
		len = blanks + strlen(twig);
	if (len > 0)
		heir_out_addz(out, "<span class=\"twig\" aria-hidden=\"true\">");
	heir_out_add(out, (struct heir_str){cell, len});
	if (len > 0)
		heir_out_addz(out, "</span>");
	heir_html_textz(out, cell + len);
}

static void print_cell(struct heir_out *out, const char *cell, enum heir_color color, bool first)
{
	const char *class = heir_page_class(color);

	heir_out_addz(out, "<td");
	if (class)
		heir_out_printf(out, " class=\"%s\"", class);
	heir_out_addz(out, ">");
	if (first)
		print_first(out, cell);
	else
		heir_html_textz(out, cell);
	heir_out_addz(out, "</td>");
}

static void print_label(struct heir_out *out, const char *label)
{
	heir_out_addz(out, "<p class=\"label\">");
	heir_html_textz(out, label);
	heir_out_addz(out, "</p>\n");
}

/* Rows that heir explain would align. */
static void print_rows(
	struct heir_grid *grid, const char *label, const struct heir_grid_shape *shape)
{
	struct heir_out *out = grid->out;

	if (grid->n == 0)
		return;
	if (label)
		print_label(out, label);
	heir_out_addz(out, "<table class=\"rows\" role=\"presentation\">\n<tbody>\n");
	for (size_t i = 0; i < grid->n; i++) {
		const struct heir_grid_row *row = &grid->rows[i];

		heir_out_addz(out, "<tr>");
		for (unsigned c = 0; c < shape->n; c++)
			print_cell(out, row->cells[c] ? row->cells[c] : "", row->colors[c], c == 0);
		heir_out_addz(out, "</tr>\n");
	}
	heir_out_addz(out, "</tbody>\n</table>\n");
}

static void print_decision(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	const char *before = "";

	heir_out_addz(e->out, "<p class=\"decision\">");
	if (f->decided_by) {
		heir_out_addz(e->out, "Decided by <strong>");
		heir_html_textz(e->out, heir_explain_rule(f->decided_by));
		heir_out_addz(e->out, "</strong>");
	} else {
		heir_out_addz(e->out, "No rule sets it");
	}
	for (uint32_t i = 0; i < f->n_rulings; i++) {
		if (f->rulings[i].outcome == HEIR_RULED_DECIDES)
			continue;
		heir_out_addz(e->out, i && before[0] ? before : " \xe2\x80\x94 ");
		heir_html_textz(e->out, heir_explain_rule(f->rulings[i].rule));
		heir_out_addz(e->out, ": ");
		heir_html_textz(e->out, f->rulings[i].text);
		before = " \xc2\xb7 ";
	}
	heir_out_addz(e->out, "</p>\n");
}

static void print_looked(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	bool found;
	const char *words = heir_explain_looked(e, f, &found);

	if (!words)
		return;
	heir_out_printf(
		e->out, "<p class=\"decision\">$PATH: <span class=\"%s\">", found ? "ok" : "warn");
	heir_html_textz(e->out, words);
	heir_out_addz(e->out, "</span></p>\n");
}

static void print_field(struct heir_explainer *e, const struct heir_lineage_field *f)
{
	heir_out_addz(e->out, "<details class=\"value\">\n<summary><code class=\"key\">");
	heir_html_text(e->out, heir_fields[f->field].name);
	heir_out_addz(e->out, "</code> <code>");
	heir_html_textz(e->out, f->text ? f->text : "not set");
	heir_out_addz(e->out, "</code> <span class=\"dim\">");
	heir_html_textz(e->out, f->text ? heir_explain_kind(e, f) : "");
	heir_out_addz(e->out, "</span></summary>\n<div class=\"lineage\">\n");
	heir_explain_chain(e, f);
	print_decision(e, f);
	heir_explain_candidates(e, f);
	print_looked(e, f);
	heir_explain_items(e, f);
	heir_explain_written(e, "Written", f->written, f->n_written);
	heir_out_addz(e->out, "</div>\n</details>\n");
}

static void print_whole(struct heir_explainer *e)
{
	const struct heir_lineage *lineage = e->lineage;
	const char *stock = heir_explain_stock_words(e, NULL);

	for (uint32_t i = 0; i < lineage->n_fields; i++)
		print_field(e, &lineage->fields[i]);
	heir_explain_conditions(e);
	if (heir_explain_asks_default(lineage, lineage->n_chain))
		heir_explain_written(e, "The default runtime", lineage->default_written,
			lineage->n_default_written);
	if (!stock)
		return;
	heir_out_addz(e->out, "<p class=\"stock\">Without heir: ");
	heir_html_textz(e->out, stock);
	heir_out_addz(e->out, "</p>\n");
}

int heir_page_lineage(struct heir_page_printer *p, const struct heir_handler *handler)
{
	struct heir_lineage lineage;
	int r = heir_lineage_init(
		&lineage, p->part->view, p->part->stock, handler, HEIR_N_FIELDS, true);

	if (r == 0) {
		struct heir_explainer e = {.lineage = &lineage,
			.out = p->out,
			.grid = {.out = p->out, .print = print_rows}};

		heir_arena_init(&e.arena);
		print_whole(&e);
		heir_grid_release(&e.grid);
		heir_arena_release(&e.arena);
		r = e.grid.error;
	}
	heir_lineage_release(&lineage);
	return r;
}
