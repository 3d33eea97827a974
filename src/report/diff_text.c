/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "report/diff.h"
#include "report/pending.h"

enum { INDENT = 4 };

/* A line that is continued, indented, where the terminal ends. */
struct line {
	struct heir_out *out;
	size_t column, indent;
};

static void put(struct line *line, struct heir_str s, size_t gap, enum heir_color color)
{
	size_t width = heir_shown_width(line->out, s), most = line->out->style.width;

	if (most && line->column > line->indent && line->column + gap + width > most) {
		heir_out_addz(line->out, "\n");
		heir_out_fill(line->out, ' ', line->indent);
		line->column = line->indent;
	} else {
		heir_out_fill(line->out, ' ', gap);
		line->column += gap;
	}
	heir_out_cell(line->out, s, 0, color);
	line->column += width;
}

/* A text that may be broken at each `mark`, which counts as a blank; `gap` columns away from what
 * stands before it. */
static void put_pieces(struct line *line, struct heir_str text, char mark, size_t gap)
{
	while (text.len > 0) {
		const char *end = memchr(text.p, mark, text.len);
		size_t len = end ? (size_t)(end - text.p) : text.len;

		put(line, (struct heir_str){text.p, len}, gap, HEIR_COLOR_NONE);
		gap = 1;
		len += end != NULL;
		text.p += len;
		text.len -= len;
	}
}

static void put_words(struct line *line, struct heir_str text, size_t gap)
{
	put_pieces(line, text, ' ', gap);
}

static void print_row(struct heir_out *out, const struct heir_diff_row *row, size_t column)
{
	struct line line = {out, column, column + 2};

	put_pieces(&line, heir_buf_str(&row->value), '\n', 0);
	if (row->origin.len > 0)
		put(&line, heir_buf_str(&row->origin), 2, HEIR_COLOR_DIM);
	heir_out_addz(out, "\n");
}

/* "NAME    OLD  origin" and below it "     -> NEW  origin", the values in one column. */
static void print_rows(struct heir_out *out, struct heir_str name, size_t width, size_t indent,
	const struct heir_diff_row rows[HEIR_N_SIDES])
{
	static const char arrow[] = " -> ";
	size_t column = indent + width + strlen(arrow);

	heir_out_fill(out, ' ', indent);
	heir_out_cell(out, name, width + strlen(arrow), HEIR_COLOR_CYAN);
	print_row(out, &rows[HEIR_LEFT], column);
	heir_out_fill(out, ' ', indent + width);
	heir_out_addz(out, arrow);
	print_row(out, &rows[HEIR_RIGHT], column);
}

/* ---- Handlers ---- */

/* What a handler has that the other side does not define: one line a field. */
static void print_only(
	struct heir_out *out, enum heir_field field, size_t width, const struct heir_diff_row *row)
{
	static const char equals[] = " = ";

	heir_out_fill(out, ' ', INDENT);
	heir_out_cell(out, heir_fields[field].name, width, HEIR_COLOR_CYAN);
	heir_out_addz(out, equals);
	print_row(out, row, INDENT + width + strlen(equals));
}

int heir_diff_shown(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, uint32_t *ret)
{
	enum heir_side only = handler->handler[HEIR_LEFT] ? HEIR_LEFT : HEIR_RIGHT;

	*ret = handler->fields;
	if (handler->change != HEIR_CHANGE_ADDED && handler->change != HEIR_CHANGE_REMOVED)
		return 0;
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origins[HEIR_N_SIDES];
		int r = heir_diff_origins(diff, handler, f, origins);

		if (r < 0)
			return r;
		if (origins[only].kind == HEIR_KIND_DEFAULT)
			*ret &= ~(UINT32_C(1) << f);
	}
	return 0;
}

static int print_field(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, size_t width, struct heir_out *out)
{
	struct heir_origin origins[HEIR_N_SIDES];
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	int r = heir_diff_origins(diff, handler, field, origins);

	if (r == 0)
		r = heir_diff_bound(diff, &out->room, origins);
	if (r == 0)
		r = heir_diff_rows(diff, handler, field, origins, rows);
	if (r == 0) {
		if (!handler->handler[HEIR_LEFT])
			print_only(out, field, width, &rows[HEIR_RIGHT]);
		else if (!handler->handler[HEIR_RIGHT])
			print_only(out, field, width, &rows[HEIR_LEFT]);
		else
			print_rows(out, heir_fields[field].name, width, INDENT, rows);
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

/* " REASON (place)", the latter unless it is for several handlers. */
static int put_reason(
	struct line *line, const struct heir_view *view, const struct heir_diag *diag, bool grouped)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = 0;

	heir_diff_reason_words(&words, diag);
	if (grouped) {
		/* Each has a place of its own. */
	} else if (diag->where.source != HEIR_SOURCE_NONE) {
		heir_buf_addc(&place, '(');
		r = heir_view_place(view, &place, diag->where, false);
		heir_buf_addc(&place, ')');
	} else if (diag->path) {
		heir_buf_printf(&place, "(%s)", heir_view_short_path(view, diag->path));
	}
	if (r == 0 && (words.failed || place.failed))
		r = -ENOMEM;
	if (r < 0)
		return r;
	put_words(line, heir_buf_str(&words), 1);
	if (place.len > 0)
		put(line, heir_buf_str(&place), 1, HEIR_COLOR_DIM);
	return 0;
}

const char *heir_diff_change_words(const struct heir_diff_handler *handler)
{
	bool was = handler->dropped[HEIR_LEFT], is = handler->dropped[HEIR_RIGHT];

	switch (handler->change) {
	case HEIR_CHANGE_ADDED:
		return is ? "added, but dropped:" : "added";
	case HEIR_CHANGE_REMOVED:
		return was ? "removed; it was dropped:" : "removed";
	case HEIR_CHANGE_BROKEN:
		return "broken:";
	case HEIR_CHANGE_FIXED:
		return "fixed; it was dropped:";
	default:
		return is ? "still dropped:" : "changed";
	}
}

static int put_change(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct line *line)
{
	const struct heir_diag *old = handler->dropped[HEIR_LEFT],
			       *new = handler->dropped[HEIR_RIGHT];
	int r = 0;

	put_words(line, heir_str_from(heir_diff_change_words(handler)), 2);
	if (new)
		r = put_reason(line, diff->view[HEIR_RIGHT], new, handler->grouped);
	if (new &&old && r == 0)
		put_words(line, HEIR_STR("before:"), 1);
	if (old && r == 0)
		r = put_reason(line, diff->view[HEIR_LEFT], old, handler->grouped);
	return r;
}

/* "    pods    12: training 9, vision 3" */
static void print_pods(
	const struct heir_pod_count *counts, uint32_t n, const char *which, struct heir_out *out)
{
	struct line line = {out, 0, 2 * INDENT};
	char number[32];
	uint64_t sum = 0;

	if (n == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		sum += counts[i].n;
	heir_out_fill(out, ' ', INDENT);
	line.column = INDENT;
	snprintf(number, sizeof(number), "%" PRIu64 " pod%s", sum, sum == 1 ? "" : "s");
	put(&line, heir_str_from(number), 0, HEIR_COLOR_BOLD);
	put_words(&line, heir_str_from(which), 1);
	for (uint32_t i = 0; i < n; i++) {
		put(&line, counts[i].namespace, 1, HEIR_COLOR_NONE);
		snprintf(
			number, sizeof(number), "%" PRIu32 "%s", counts[i].n, i + 1 < n ? "," : "");
		put(&line, heir_str_from(number), 1, HEIR_COLOR_NONE);
	}
	heir_out_addz(out, "\n");
}

static void print_pods_of(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct heir_out *out)
{
	const struct heir_pod_count *counts;
	uint32_t n;

	counts = heir_diff_pods(diff, handler, false, &n);
	print_pods(counts, n, "by namespace:", out);
	counts = heir_diff_pods(diff, handler, true, &n);
	print_pods(counts, n, "without RuntimeClass, by namespace:", out);
}

/* The lines below the name. */
static int print_body(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct heir_out *out)
{
	size_t width = 0;
	uint32_t shown;
	int r = heir_diff_shown(diff, handler, &shown);

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (shown >> f & 1)
			width = MAX(width, heir_fields[f].name.len);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (shown >> f & 1)
			r = print_field(diff, handler, f, width, out);
	print_pods_of(diff, handler, out);
	return r;
}

/* A handler, and the others that change in the same way. */
static int print_handler(const struct heir_diff *diff, uint32_t at, struct heir_out *out)
{
	static const struct {
		const char *sign;
		enum heir_color color;
	} looks[HEIR_N_CHANGES] = {
		[HEIR_CHANGE_NONE] = {" ", HEIR_COLOR_NONE},
		[HEIR_CHANGE_ADDED] = {"+", HEIR_COLOR_GREEN},
		[HEIR_CHANGE_REMOVED] = {"-", HEIR_COLOR_RED},
		[HEIR_CHANGE_CHANGED] = {"~", HEIR_COLOR_YELLOW},
		[HEIR_CHANGE_BROKEN] = {"!", HEIR_COLOR_RED},
		[HEIR_CHANGE_FIXED] = {"*", HEIR_COLOR_GREEN},
	};
	const struct heir_diff_handler *handler = &diff->handlers[at];
	struct line line = {out, 0, INDENT};
	int r;

	heir_out_addz(out, "\n");
	put(&line, heir_str_from(looks[handler->change].sign), 0, looks[handler->change].color);
	do {
		struct heir_str name = diff->handlers[at].name;

		put(&line, name.len ? name : HEIR_STR("\"\""), 1, HEIR_COLOR_BOLD);
		at = diff->handlers[at].next;
		if (at)
			put(&line, HEIR_STR(","), 0, HEIR_COLOR_NONE);
	} while (at);
	r = put_change(diff, handler, &line);
	heir_out_addz(out, "\n");
	return r == 0 ? print_body(diff, handler, out) : r;
}

static int print_handlers(const struct heir_diff *diff, struct heir_out *out)
{
	int r = 0;

	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && out->error == 0; i++) {
		if (diff->handlers[i].follows)
			continue;
		r = print_handler(diff, i, out);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	return r;
}

/* ---- The whole ---- */

static int print_side(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	const struct heir_where *where = &diff->view[side]->config->where;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_buf_addz(&text, side == HEIR_LEFT ? "--- " : "+++ ");
	heir_buf_addz(&text, where->as == HEIR_AS_STOCK ? "stock, " : "heir, ");
	heir_diff_add_version(&text, where->version);
	heir_buf_addz(&text, ", ");
	heir_buf_addz(&text, diff->root[side] ? diff->root[side] : "this machine");
	if (heir_diff_what_if(diff->view[side], &text) < 0)
		return -ENOMEM;
	heir_out_cell(out, heir_buf_str(&text), 0, HEIR_COLOR_BOLD);
	heir_out_addz(out, "\n");
	return 0;
}

static int print_default(const struct heir_diff *diff, struct heir_out *out)
{
	static const struct heir_str name = {"default_runtime", sizeof("default_runtime") - 1};
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	const struct heir_pod_count *counts;
	uint32_t n;
	int r = heir_diff_default_rows(diff, rows);

	if (r == 0) {
		heir_out_addz(out, "\n");
		print_rows(out, name, name.len, 0, rows);
		counts = heir_pods_of(&diff->pods, HEIR_STR(""), &n);
		print_pods(counts, n, "without RuntimeClass, by namespace:", out);
	}
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
	return r;
}

static int print_fatal(const struct heir_diff *diff, enum heir_side side, struct heir_out *out)
{
	struct line line = {out, 0, INDENT};
	int r;

	heir_out_addz(out, "\n");
	put(&line, side == HEIR_LEFT ? HEIR_STR("---") : HEIR_STR("+++"), 0, HEIR_COLOR_RED);
	put_words(&line,
		heir_str_from(heir_view_fatal_words(diff->view[side], diff->view[side]->fatal)), 1);
	heir_out_addz(out, ":");
	line.column++;
	r = put_reason(&line, diff->view[side], diff->view[side]->fatal, false);
	heir_out_addz(out, "\n");
	return r;
}

/* "3 handlers differ (2 changed, 1 fixed), 5 do not" */
static void print_count(const struct heir_diff *diff, struct heir_out *out)
{
	uint32_t n[HEIR_N_CHANGES] = {0};
	const char *before = " (";

	for (uint32_t i = 0; i < diff->n_handlers; i++)
		n[diff->handlers[i].change]++;
	heir_out_addz(out, "\n");
	if (diff->n_handlers == 0) {
		heir_out_printf(out, "no handler differs (%" PRIu32 " compared)\n", diff->n_same);
		return;
	}
	heir_out_printf(out, "%" PRIu32 " handler%s", diff->n_handlers,
		diff->n_handlers == 1 ? " differs" : "s differ");
	for (unsigned change = HEIR_CHANGE_ADDED; change < HEIR_N_CHANGES; change++)
		if (n[change] > 0) {
			heir_out_printf(out, "%s%" PRIu32 " %s", before, n[change],
				heir_change_name(change));
			before = ", ";
		}
	heir_out_printf(
		out, "), %" PRIu32 " %s not\n", diff->n_same, diff->n_same == 1 ? "does" : "do");
}

/* Below the count: what of the new side is not on its node yet. */
static void print_pending(const struct heir_diff *diff, struct heir_out *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < diff->n_handlers; i++)
		n += heir_diff_is_pending(diff, &diff->handlers[i]);
	heir_pending_footer(out, n, n == diff->n_handlers ? "" : "some are ");
}

int heir_diff_text(const struct heir_diff *diff, struct heir_out *out)
{
	bool starts = true;
	int r = 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = print_side(diff, side, out);
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		if (diff->view[side]->fatal) {
			starts = false;
			r = print_fatal(diff, side, out);
		}
	if (r == 0 && diff->default_differs)
		r = print_default(diff, out);
	if (r == 0)
		r = print_handlers(diff, out);
	if (r == 0 && starts)
		print_count(diff, out);
	if (r == 0 && starts)
		print_pending(diff, out);
	return r;
}
