/* SPDX-License-Identifier: Apache-2.0 */
/* The table is made in two rounds over the handlers, one that measures and one that prints. Of a
 * node's usual few handlers the first round keeps the rows; of very many each row is made twice,
 * so that the table costs no memory. */
#include <errno.h>

#include "base/utf8.h"
#include "inherit/late.h"
#include "model/bound.h"
#include "report/pending.h"
#include "report/show.h"

/* The last one is of the wide table alone. */
enum column { HANDLER, RUNTIME, TYPE, ROOT, VIA, FROM, LAYER, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {
	"HANDLER", "RUNTIME", "TYPE", "ROOT", "VIA", "FROM", "LAYER"};

/* What a narrow terminal does without, in this order: `heir show -o wide` has it. */
static const enum column expendable[] = {TYPE, ROOT};

/* The columns that may become narrower, in this order, and to no less than this. What is wider than
 * its column has the line to itself, and nothing is cut. */
static const struct {
	enum column column;
	size_t least;
} narrowed[] = {{RUNTIME, 13}, {VIA, 12}, {HANDLER, 14}, {FROM, 14}, {VIA, 5}};

enum { GAP = 2, MAX_KEPT = 1000 };

struct table {
	const struct heir_view *view;
	struct heir_out *out;
	unsigned n;            /* columns */
	struct heir_late late; /* what is in force for the handlers that are bound late */
	size_t width[N_COLUMNS];
	bool hidden[N_COLUMNS];
	struct heir_buf cells[N_COLUMNS]; /* of the row at hand, as it will be shown */
	bool keeps;
	struct heir_buf kept; /* the cells of all rows, each ended by a NUL */
	size_t taken;         /* how much of it is printed */
	/* Of the rows of dropped handlers: their names, and the reasons. */
	size_t dropped_width, reason_width;
};

static int string_cell(struct table *t, const struct heir_handler *handler, enum heir_field field,
	enum column column)
{
	struct heir_origin origin;
	int r = heir_view_field(t->view, handler, field, &origin);

	if (r == 0)
		r = heir_bound_value(&t->view->core->values, NULL, &origin);
	if (r < 0)
		return r;
	if (origin.value.string.len > 0)
		heir_utf8_show(&t->cells[column], origin.value.string);
	else
		heir_buf_addz(&t->cells[column], "-");
	return 0;
}

const char *heir_show_via(const struct heir_result *result, const struct heir_origin *path)
{
	switch (path->kind) {
	case HEIR_KIND_INHERITED:
		return heir_via_name(result->via);
	case HEIR_KIND_PATH:
		return "$PATH";
	case HEIR_KIND_UNSET:
		return "-";
	default:
		return heir_kind_name(path->kind);
	}
}

int heir_show_from(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_origin *path, struct heir_buf *cell)
{
	struct heir_place place = heir_view_origin_place(view, path);
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r;

	if (path->kind == HEIR_KIND_INHERITED) {
		heir_bound_name(&text, heir_view_result(view, handler)->parent->handler->name);
		heir_utf8_show(cell, heir_buf_str(&text));
		return text.failed ? -ENOMEM : heir_buf_error(cell);
	}
	if (path->node == 0)
		place = heir_write_key_place(view->config, handler->table);
	r = heir_view_place(view, &text, place, false);
	heir_utf8_show(cell, heir_buf_str(&text));
	return r < 0 ? r : heir_buf_error(cell);
}

/* A handler that is bound late: the runtime that its new containers get now, beside that of the
 * files where it is another one, and the runtime_root that it keeps. */
static int late_cells(struct table *t, const struct heir_result *result)
{
	const struct heir_late_target *now = NULL;
	struct heir_buf *runtime = &t->cells[RUNTIME], *root = &t->cells[ROOT];
	struct heir_str path;
	int r = t->view->res ? heir_late_now(&t->late, t->view->res, result, &now) : 0;

	if (r < 0 || !now)
		return r;
	path = now->runtimes[0].path;
	if (t->view->config->where.as == HEIR_AS_STOCK)
		heir_buf_clear(runtime);
	if (runtime->len > 0 && !heir_str_eq(heir_buf_str(runtime), path))
		heir_buf_addz(runtime, ", now ");
	else
		heir_buf_clear(runtime);
	heir_utf8_show(runtime, path);
	heir_buf_addz(runtime, " (late)");
	if (now->root.len > 0) {
		heir_buf_clear(root);
		heir_utf8_show(root, now->root);
	}
	return 0;
}

/* The layer of the line that gives the path, or of the table that leaves it open. */
static const char *layer_of(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_origin *path)
{
	struct heir_place place = path->node ? heir_view_origin_place(view, path)
					     : heir_write_key_place(view->config, handler->table);

	if (place.source == HEIR_SOURCE_NONE)
		return heir_layer_name(HEIR_LAYER_BUILTIN);
	return heir_layer_name(heir_source_layer(&view->core->sources.items[place.source]));
}

/* Fills the cells of a handler that is not dropped. */
static int fill_row(struct table *t, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(t->view, handler);
	bool is_default = t->view->res && result == t->view->res->default_result;
	struct heir_origin path;
	int r;

	for (unsigned c = 0; c < N_COLUMNS; c++)
		heir_buf_clear(&t->cells[c]);
	heir_utf8_show(&t->cells[HANDLER], handler->name.len ? handler->name : HEIR_STR("\"\""));
	if (is_default)
		heir_buf_addz(&t->cells[HANDLER], " (default)");
	if (heir_view_is_pending(t->view, handler))
		heir_buf_addz(&t->cells[HANDLER], " " HEIR_PENDING_MARK);
	r = heir_view_field(t->view, handler, HEIR_FIELD_runtime_path, &path);
	if (r == 0)
		r = string_cell(t, handler, HEIR_FIELD_runtime_path, RUNTIME);
	if (r == 0)
		r = string_cell(t, handler, HEIR_FIELD_runtime_type, TYPE);
	if (r == 0)
		r = string_cell(t, handler, HEIR_FIELD_runtime_root, ROOT);
	if (r == 0)
		r = late_cells(t, result);
	if (r == 0) {
		heir_buf_addz(&t->cells[VIA], heir_show_via(result, &path));
		r = heir_show_from(t->view, handler, &path, &t->cells[FROM]);
		heir_buf_addz(&t->cells[LAYER], layer_of(t->view, handler, &path));
	}
	for (unsigned c = 0; c < t->n && r == 0; c++)
		r = heir_buf_error(&t->cells[c]);
	return r;
}

static bool is_dropped(const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(view, handler);

	return result && result->dropped;
}

static size_t line_width(const struct table *t)
{
	size_t width = 0;

	for (unsigned c = 0; c < t->n; c++)
		width += t->hidden[c] ? 0 : t->width[c] + (c ? GAP : 0);
	return width;
}

/* Leaves out columns, then narrows them, until a line fits on the terminal. */
static void fit_columns(struct table *t)
{
	for (unsigned i = 0; i < ARRAY_LEN(expendable); i++)
		if (line_width(t) > t->out->style.width)
			t->hidden[expendable[i]] = true;
	for (unsigned i = 0; i < ARRAY_LEN(narrowed); i++) {
		size_t *width = &t->width[narrowed[i].column], line = line_width(t);

		if (line <= t->out->style.width)
			break;
		if (*width > narrowed[i].least)
			*width -= MIN(*width - narrowed[i].least, line - t->out->style.width);
	}
}

/* The reason of a dropped handler, with what lies behind it. */
static int reason_cell(const struct heir_diag *diag, struct heir_buf *buf)
{
	heir_utf8_show(buf, heir_str_from(diag->text));
	if (diag->rule == HEIR_RULE_PARENT_DROPPED && diag->notes) {
		heir_buf_addz(buf, " (");
		heir_utf8_show(buf, heir_str_from(diag->notes->text));
		heir_buf_addz(buf, ")");
	}
	return heir_buf_error(buf);
}

static int measure_dropped(struct table *t, const struct heir_handler *handler)
{
	_cleanup_(heir_buf_release) struct heir_buf reason = HEIR_BUF_NULL;
	int r = reason_cell(heir_view_result(t->view, handler)->dropped, &reason);
	size_t name, words;

	if (r < 0)
		return r;
	name = heir_shown_width(t->out, handler->name);
	words = heir_out_width(t->out, heir_buf_str(&reason));
	t->dropped_width = MAX(t->dropped_width, MIN(name, (size_t)HEIR_BOUND_CELL));
	t->reason_width = MAX(t->reason_width, MIN(words, (size_t)HEIR_BOUND_CELL));
	return 0;
}

static int measure(struct table *t, struct heir_selection selection)
{
	/* A column of dashes says nothing. */
	for (unsigned c = 0; c < t->n; c++) {
		t->width[c] = strlen(titles[c]);
		t->hidden[c] = (c == TYPE || c == ROOT) && t->n < N_COLUMNS;
	}
	for (uint32_t i = 0; i < selection.n; i++) {
		bool dropped = is_dropped(t->view, selection.handlers[i]);
		int r = dropped ? measure_dropped(t, selection.handlers[i])
				: fill_row(t, selection.handlers[i]);

		if (r < 0)
			return r;
		for (unsigned c = 0; c < t->n && !dropped; c++) {
			size_t width = heir_out_width(t->out, heir_buf_str(&t->cells[c]));

			t->width[c] = MAX(t->width[c], MIN(width, (size_t)HEIR_BOUND_CELL));
			t->hidden[c] &= heir_str_eqz(heir_buf_str(&t->cells[c]), "-");
		}
		for (unsigned c = 0; c < t->n && !dropped && t->keeps; c++)
			heir_buf_add(&t->kept, t->cells[c].p, t->cells[c].len + 1);
	}
	if (t->out->style.width > 0 && t->n < N_COLUMNS)
		fit_columns(t);
	return heir_buf_error(&t->kept);
}

static enum heir_color color_of(unsigned column, struct heir_str text)
{
	if (column == HANDLER)
		return HEIR_COLOR_BOLD;
	if (column == VIA && heir_str_starts(text, "in"))
		return HEIR_COLOR_CYAN;
	return column == FROM ? HEIR_COLOR_DIM : HEIR_COLOR_NONE;
}

/* Is it the last one of a line? */
static bool is_last(const struct table *t, unsigned column)
{
	while (++column < t->n)
		if (!t->hidden[column])
			return false;
	return true;
}

/* Where a column begins. */
static size_t start_of(const struct table *t, unsigned column)
{
	size_t start = 0;

	for (unsigned c = 0; c < column; c++)
		start += t->hidden[c] ? 0 : t->width[c] + GAP;
	return start;
}

/* A cell, which holds what can be shown already. */
static void print_cell(struct table *t, unsigned column, struct heir_str text)
{
	enum heir_color color = color_of(column, text);
	size_t width = heir_out_width(t->out, text);

	if (color != HEIR_COLOR_NONE)
		heir_out_color(t->out, color);
	heir_out_add(t->out, text);
	if (color != HEIR_COLOR_NONE)
		heir_out_color(t->out, HEIR_COLOR_NONE);
	if (is_last(t, column))
		return;
	if (t->out->style.width && width > t->width[column]) {
		heir_out_addz(t->out, "\n");
		heir_out_fill(t->out, ' ', start_of(t, column + 1));
		return;
	}
	heir_out_fill(t->out, ' ', MAX(t->width[column], width) + GAP - width);
}

/* The row of a handler, or, where rows are kept, the next one. */
static int print_row(struct table *t, const struct heir_handler *handler)
{
	int r = t->keeps ? 0 : fill_row(t, handler);

	for (unsigned c = 0; c < t->n && r == 0; c++) {
		struct heir_str text = heir_buf_str(&t->cells[c]);

		if (t->keeps) {
			text = heir_str_from(t->kept.p + t->taken);
			t->taken += text.len + 1;
		}
		if (!t->hidden[c])
			print_cell(t, c, text);
	}
	heir_out_addz(t->out, "\n");
	return r;
}

static void print_titles(struct table *t)
{
	for (unsigned c = 0; c < t->n; c++) {
		if (t->hidden[c])
			continue;
		heir_out_color(t->out, HEIR_COLOR_DIM);
		heir_out_addz(t->out, titles[c]);
		heir_out_color(t->out, HEIR_COLOR_NONE);
		if (!is_last(t, c))
			heir_out_fill(t->out, ' ', t->width[c] + GAP - strlen(titles[c]));
	}
	heir_out_addz(t->out, "\n");
}

/* Words from `column` on, in lines that end before the terminal does. */
static void print_wrapped(struct table *t, struct heir_str text, size_t column)
{
	size_t width = t->out->style.width > column + 20 ? t->out->style.width - column : 0;

	while (width > 0 && heir_out_width(t->out, text) > width) {
		size_t end = 0;

		for (size_t i = 1; i < text.len &&
				   heir_out_width(t->out, (struct heir_str){text.p, i}) <= width;
			i++)
			if (text.p[i] == ' ')
				end = i;
		if (end == 0)
			break;
		heir_out_add(t->out, (struct heir_str){text.p, end});
		heir_out_addz(t->out, "\n");
		heir_out_fill(t->out, ' ', column);
		text.p += end + 1;
		text.len -= end + 1;
	}
	heir_out_add(t->out, text);
}

/* "dropped  kata      /usr/bin/kata-runtime does not exist        50-kata.conf:2"; the reason
 * stands under the column of the binaries where the names leave room for that. Where the place does
 * not fit beside it, it has a line of its own. */
static void print_reason(
	struct table *t, struct heir_str reason, struct heir_str place, size_t column)
{
	size_t beyond = column + t->reason_width + GAP;

	if (t->out->style.width && beyond + heir_out_width(t->out, place) > t->out->style.width) {
		print_wrapped(t, reason, column);
		heir_out_addz(t->out, "\n");
		heir_out_fill(t->out, ' ', column);
	} else {
		heir_out_cell(t->out, reason, t->reason_width + GAP, HEIR_COLOR_NONE);
	}
	heir_out_cell(t->out, place, 0, HEIR_COLOR_DIM);
	heir_out_addz(t->out, "\n");
}

static int print_dropped(struct table *t, const struct heir_handler *handler)
{
	static const char word[] = "dropped  ";
	const struct heir_diag *diag = heir_view_result(t->view, handler)->dropped;
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf reason = HEIR_BUF_NULL;
	size_t column = MAX(t->width[HANDLER] + GAP, strlen(word) + t->dropped_width + GAP);
	int r = heir_view_place(t->view, &place, diag->where, false);

	if (r == 0)
		r = reason_cell(diag, &reason);
	if (r < 0)
		return r;
	heir_utf8_show(&shown, heir_buf_str(&place));
	heir_out_color(t->out, HEIR_COLOR_RED);
	heir_out_addz(t->out, word);
	heir_out_color(t->out, HEIR_COLOR_NONE);
	heir_out_cell(t->out, handler->name, column - strlen(word), HEIR_COLOR_BOLD);
	print_reason(t, heir_buf_str(&reason), heir_buf_str(&shown), column);
	return heir_buf_error(&shown);
}

static int print_table(struct table *t, struct heir_selection selection)
{
	uint32_t n_dropped = 0, n_pending = 0;
	int r = measure(t, selection);

	for (uint32_t i = 0; i < selection.n; i++)
		n_dropped += is_dropped(t->view, selection.handlers[i]);
	for (uint32_t i = 0; i < selection.n; i++)
		n_pending += heir_view_is_pending(t->view, selection.handlers[i]);
	if (r == 0 && n_dropped < selection.n)
		print_titles(t);
	for (uint32_t i = 0; i < selection.n && r == 0 && t->out->error == 0; i++)
		if (!is_dropped(t->view, selection.handlers[i]))
			r = print_row(t, selection.handlers[i]);
	for (uint32_t i = 0; i < selection.n && r == 0 && t->out->error == 0; i++)
		if (is_dropped(t->view, selection.handlers[i]))
			r = print_dropped(t, selection.handlers[i]);
	if (r == 0)
		heir_pending_footer(t->out, n_pending, HEIR_PENDING_MARK " ");
	return r;
}

int heir_show_table(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out)
{
	bool wide = out->style.format == HEIR_FORMAT_WIDE;
	struct table t = {
		.view = view, .out = out, .n = N_COLUMNS - !wide, .keeps = selection.n <= MAX_KEPT};
	int r = heir_late_read(&view->core->root, &view->core->arena, &t.late);

	if (r == 0 && !view->fatal)
		r = print_table(&t, selection);

	for (unsigned c = 0; c < N_COLUMNS; c++)
		heir_buf_release(&t.cells[c]);
	heir_buf_release(&t.kept);
	return r;
}
