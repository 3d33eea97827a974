/* SPDX-License-Identifier: Apache-2.0 */
/* A difference for a comment on a pull request: what changes in a table, where it comes from
 * folded, and the new inheritance as a drawing that GitHub and GitLab render. */
#include <errno.h>
#include <inttypes.h>

#include "report/diff.h"
#include "report/graph.h"
#include "report/markdown.h"
#include "report/pending.h"

/* Fills rows with both sides' values of a field. 0 or -ENOMEM; release them in any case. */
static int fill_rows(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, size_t *room, struct heir_diff_row rows[HEIR_N_SIDES])
{
	struct heir_origin origins[HEIR_N_SIDES];
	int r = heir_diff_origins(diff, handler, field, origins);

	if (r == 0)
		r = heir_diff_bound(diff, room, origins);
	return r < 0 ? r : heir_diff_rows(diff, handler, field, origins, rows);
}

/* A value in a cell of its own; rows mark with newlines where a value may be broken. */
static void print_value(struct heir_out *out, struct heir_buf *value, bool defined)
{
	for (size_t i = 0; i < value->len; i++)
		if (value->p[i] == '\n')
			value->p[i] = ' ';
	heir_out_addz(out, " ");
	if (defined)
		heir_markdown_code(out, heir_buf_str(value));
	heir_out_addz(out, " |");
}

/* The handler, with the others that change in the same way, and what becomes of them. */
static int print_names(const struct heir_diff *diff, uint32_t at, struct heir_out *out)
{
	const struct heir_diff_handler *handler = &diff->handlers[at];
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	const struct heir_diag *reason = heir_diff_reason(handler);
	const char *before = "";

	heir_out_addz(out, "| ");
	do {
		struct heir_str name = diff->handlers[at].name;

		heir_out_addz(out, before);
		heir_markdown_code(out, name.len ? name : HEIR_STR("\"\""));
		before = ", ";
		at = diff->handlers[at].next;
	} while (at);
	heir_out_addz(out, " |");
	heir_buf_addz(&words, heir_diff_change_words(handler));
	if (reason) {
		heir_buf_addz(&words, " ");
		heir_diff_reason_words(&words, reason);
	}
	return heir_markdown_buf_cell(out, &words);
}

static int print_field(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, struct heir_out *out)
{
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	int r = fill_rows(diff, handler, field, &out->room, rows);

	if (r == 0) {
		heir_markdown_cell(out, heir_fields[field].name);
		for (unsigned side = 0; side < HEIR_N_SIDES; side++)
			print_value(out, &rows[side].value, handler->handler[side]);
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

/* A line of the table for each field; the names stand in the first. */
static int print_handler(const struct heir_diff *diff, uint32_t at, struct heir_out *out)
{
	const struct heir_diff_handler *handler = &diff->handlers[at];
	bool first = true;
	uint32_t fields;
	int r = heir_diff_shown(diff, handler, &fields);

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++) {
		if (!(fields >> f & 1))
			continue;
		if (first)
			r = print_names(diff, at, out);
		else
			heir_out_addz(out, "| | |");
		first = false;
		if (r == 0)
			r = print_field(diff, handler, f, out);
		heir_out_addz(out, "\n");
	}
	if (first && r == 0) {
		r = print_names(diff, at, out);
		heir_out_addz(out, " | | |\n");
	}
	return r;
}

/* "- `gpu` `runtime_path`: inherited from crun, 50-gpu.conf:2; before: explicit, 40-gpu.conf:1" */
static int print_origins(const struct heir_diff *diff, uint32_t at, struct heir_out *out)
{
	const struct heir_diff_handler *handler = &diff->handlers[at];
	uint32_t fields;
	int r = heir_diff_shown(diff, handler, &fields);

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++) {
		struct heir_diff_row rows[HEIR_N_SIDES] = {
			{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
		const struct heir_buf *old = &rows[HEIR_LEFT].origin,
				      *new = &rows[HEIR_RIGHT].origin;

		r = fields >> f & 1 ? fill_rows(diff, handler, f, &out->room, rows) : 0;
		if (r == 0 && old->len + new->len > 0) {
			heir_out_addz(out, "- ");
			heir_markdown_code(out, handler->name);
			heir_out_addz(out, " ");
			heir_markdown_code(out, heir_fields[f].name);
			heir_out_addz(out, ": ");
			heir_markdown_text(out, heir_buf_str(new));
			heir_out_addz(out, new->len > 0 && old->len > 0 ? "; before: " : "");
			heir_out_addz(out, new->len > 0 ? "" : "before: ");
			heir_markdown_text(out, heir_buf_str(old));
			heir_out_addz(out, "\n");
		}
		for (unsigned side = 0; side < HEIR_N_SIDES; side++)
			heir_diff_row_release(&rows[side]);
	}
	return r;
}

static int print_side(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	const struct heir_where *where = &diff->view[side]->config->where;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_diff_add_version(&text, where->version);
	heir_buf_printf(&text, ", %s, %s", where->as == HEIR_AS_STOCK ? "stock" : "heir",
		diff->root[side] ? diff->root[side] : "this machine");
	if (heir_diff_what_if(diff->view[side], &text) < 0 || text.failed)
		return -ENOMEM;
	heir_out_addz(out, side == HEIR_LEFT ? "- before: " : "- after: ");
	heir_markdown_text(out, heir_buf_str(&text));
	heir_out_addz(out, "\n");
	return 0;
}

/* Which side does not start, and why. */
static int print_fatal(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	const struct heir_diag *fatal = diff->view[side]->fatal;
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

	if (!fatal)
		return 0;
	heir_buf_printf(&words, "%s: ", heir_view_fatal_words(diff->view[side], fatal));
	heir_diff_reason_words(&words, fatal);
	if (words.failed)
		return -ENOMEM;
	heir_out_addz(out, side == HEIR_LEFT ? "\n**Before:** " : "\n**After:** ");
	heir_markdown_text(out, heir_buf_str(&words));
	heir_out_addz(out, "\n");
	return 0;
}

static int print_default(const struct heir_diff *diff, struct heir_out *out)
{
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	int r = heir_diff_default_rows(diff, rows);

	if (r == 0) {
		heir_out_addz(out, "| default\\_runtime | changed | |");
		for (unsigned side = 0; side < HEIR_N_SIDES; side++)
			print_value(out, &rows[side].value, true);
		heir_out_addz(out, "\n");
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

static int print_table(const struct heir_diff *diff, struct heir_out *out)
{
	int r = 0;

	heir_out_addz(out, "\n| handler | change | field | before | after |\n");
	heir_markdown_rule(out, 5);
	if (diff->default_differs)
		r = print_default(diff, out);
	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && out->error == 0; i++)
		if (!diff->handlers[i].follows)
			r = print_handler(diff, i, out);
	return r;
}

static int print_details(const struct heir_diff *diff, struct heir_out *out)
{
	const struct heir_view *after = diff->view[HEIR_RIGHT];
	int r = 0;

	heir_out_addz(out, "\n<details><summary>Where the values come from</summary>\n\n");
	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && out->error == 0; i++)
		if (!diff->handlers[i].follows)
			r = print_origins(diff, i, out);
	heir_out_addz(out, "\n</details>\n");
	if (r == 0 && !after->fatal) {
		struct heir_style style = out->style;
		struct heir_selection all = {after->handlers, after->n_handlers};

		out->style.format = HEIR_FORMAT_MERMAID;
		heir_out_addz(out, "\n<details><summary>Inheritance after the change</summary>"
				   "\n\n```mermaid\n");
		r = heir_graph_print(after, all, out);
		heir_out_addz(out, "```\n\n</details>\n");
		out->style = style;
	}
	return r;
}

int heir_diff_markdown(const struct heir_diff *diff, struct heir_out *out)
{
	uint32_t n_pending = 0;
	int r = 0;

	for (uint32_t i = 0; i < diff->n_handlers; i++)
		n_pending += heir_diff_is_pending(diff, &diff->handlers[i]);
	if (diff->n_handlers == 0)
		heir_out_addz(out, "### No runtime handler differs\n\n");
	else
		heir_out_printf(out, "### %" PRIu32 " runtime handler%s\n\n", diff->n_handlers,
			diff->n_handlers == 1 ? " differs" : "s differ");
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = print_side(diff, side, out);
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = print_fatal(diff, side, out);
	if (r == 0 && (diff->n_handlers > 0 || diff->default_differs))
		r = print_table(diff, out);
	if (n_pending > 0) {
		heir_out_addz(out, "\n");
		heir_pending_footer(
			out, n_pending, n_pending == diff->n_handlers ? "" : "some are ");
	}
	return r == 0 && diff->n_handlers > 0 ? print_details(diff, out) : r;
}
