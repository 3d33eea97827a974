/* SPDX-License-Identifier: Apache-2.0 */
#include "report/explain_grid.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/vec.h"

/* Without an edge there is nothing to fit into, but one long cell should not push the others far.
 */
enum { MARGIN = 2, LABEL = 10, GAP = 2, WIDEST_UNBOUNDED = 60, LEAST_WRAPPED = 24, FOLDED = 4 };

void heir_grid_add(struct heir_grid *grid, const struct heir_grid_row *row)
{
	if (HEIR_RESERVE(grid->rows, grid->n, grid->size) < 0) {
		grid->error = -ENOMEM;
		return;
	}
	grid->rows[grid->n++] = *row;
}

void heir_grid_release(struct heir_grid *grid)
{
	free(grid->rows);
	grid->rows = NULL;
	grid->n = grid->size = 0;
}

size_t heir_grid_label(struct heir_out *out, const char *label)
{
	heir_out_fill(out, ' ', MARGIN);
	heir_out_cell(out, heir_str_from(label), LABEL + GAP, HEIR_COLOR_DIM);
	return MARGIN + LABEL + GAP;
}

size_t heir_grid_width(struct heir_out *out, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (s.len == 0)
		return 0;
	heir_utf8_show(&buf, s);
	if (!buf.failed)
		return heir_out_width(out, heir_buf_str(&buf));
	out->error = out->error ? out->error : -ENOMEM;
	return 0;
}

void heir_grid_elide(struct heir_out *out, struct heir_buf *buf, struct heir_str s, size_t width)
{
	size_t before = buf->len;

	if (s.len == 0)
		return;
	heir_elide(out, buf, s, width);
	if (buf->failed || buf->len == before)
		out->error = out->error ? out->error : -ENOMEM;
}

static void print_word(struct heir_out *out, struct heir_str word, size_t room)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	heir_grid_elide(out, &buf, word, room);
	heir_out_add(out, heir_buf_str(&buf));
}

size_t heir_grid_wrap(struct heir_out *out, size_t at, struct heir_str text, enum heir_color color)
{
	size_t edge = out->style.width, column = at, used = 0;
	size_t room = edge > at ? edge - at : 0;

	if (color != HEIR_COLOR_NONE)
		heir_out_color(out, color);
	while (used < text.len) {
		const char *blank = memchr(text.p + used, ' ', text.len - used);
		size_t len = blank ? (size_t)(blank - text.p) - used : text.len - used;
		struct heir_str word = {text.p + used, len};
		size_t width = heir_grid_width(out, word);

		if (used > 0 && edge > 0 && column + 1 + width > edge &&
			room >= LEAST_WRAPPED / 2) {
			heir_out_addz(out, "\n");
			heir_out_fill(out, ' ', at);
			column = at;
		} else if (used > 0) {
			heir_out_addz(out, " ");
			column++;
		}
		print_word(out, word, at > 0 ? room : 0);
		column += at > 0 && room > 0 ? MIN(width, room) : width;
		used += len + 1;
	}
	if (color != HEIR_COLOR_NONE)
		heir_out_color(out, HEIR_COLOR_NONE);
	return column;
}

static struct heir_str cell_of(const struct heir_grid_row *row, unsigned column)
{
	return heir_str_from(row->cells[column] ? row->cells[column] : "");
}

static size_t column_width(const struct heir_grid *grid, unsigned column)
{
	size_t widest = 0;

	for (size_t i = 0; i < grid->n; i++) {
		size_t width = heir_grid_width(grid->out, cell_of(&grid->rows[i], column));

		widest = MAX(widest, width);
	}
	return widest;
}

/* The widths of the columns, made to fit by taking from the widest first. */
static void measure(const struct heir_grid *grid, const struct heir_grid_shape *shape, unsigned n,
	size_t margin, size_t widths[])
{
	size_t edge = grid->out->style.width, line = margin + (size_t)(n - 1) * GAP;

	for (unsigned c = 0; c < n; c++) {
		size_t widest = column_width(grid, c), most = edge ? edge : WIDEST_UNBOUNDED;

		most = MAX(most, shape->least[c]);
		widths[c] = MIN(widest, most);
		line += widths[c];
	}
	while (edge > 0 && line > edge) {
		unsigned widest = n;

		for (unsigned c = 0; c < n; c++)
			if (widths[c] > shape->least[c] &&
				(widest == n || widths[c] > widths[widest]))
				widest = c;
		if (widest == n)
			break;
		widths[widest]--;
		line--;
	}
}

/* The cells of a row but the last; returns the column behind them. */
static size_t print_cells(
	struct heir_grid *grid, const struct heir_grid_row *row, unsigned n, const size_t widths[])
{
	struct heir_out *out = grid->out;
	size_t used = 0;

	for (unsigned c = 0; c < n; c++) {
		_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
		size_t width;

		heir_grid_elide(out, &buf, cell_of(row, c), out->style.width ? widths[c] : 0);
		heir_out_cell(out, heir_buf_str(&buf), widths[c], row->colors[c]);
		heir_out_fill(out, ' ', GAP);
		width = heir_grid_width(out, heir_buf_str(&buf));
		used += MAX(widths[c], width) + GAP;
	}
	return used;
}

static void print_row(struct heir_grid *grid, const struct heir_grid_row *row, unsigned n,
	size_t margin, const size_t widths[], bool fold)
{
	struct heir_out *out = grid->out;
	unsigned last = n - 1;
	size_t at, rest;

	while (last > 0 && cell_of(row, last).len == 0)
		last--;
	rest = heir_grid_width(out, cell_of(row, last));
	at = margin;
	for (unsigned c = 0; c < last; c++)
		at += widths[c] + GAP;
	if (!fold || last + 1 < n || at + rest <= out->style.width) {
		at = margin + print_cells(grid, row, last, widths);
		heir_grid_wrap(out, at, cell_of(row, last), row->colors[last]);
	} else {
		at = margin + print_cells(grid, row, last - 1, widths);
		heir_grid_wrap(out, at, cell_of(row, last - 1), row->colors[last - 1]);
		heir_out_addz(out, "\n");
		heir_out_fill(out, ' ', margin + FOLDED);
		heir_grid_wrap(out, margin + FOLDED, cell_of(row, last), row->colors[last]);
	}
	heir_out_addz(out, "\n");
}

/* Whether a row would be wider than the terminal, were nothing cut. */
static bool is_wide(const struct heir_grid *grid, unsigned n, size_t margin)
{
	size_t line = margin + (size_t)(n - 1) * GAP;

	for (unsigned c = 0; c < n; c++)
		line += column_width(grid, c);
	return grid->out->style.width > 0 && line > grid->out->style.width;
}

void heir_grid_print(struct heir_grid *grid, const char *label, const struct heir_grid_shape *shape)
{
	size_t margin = label ? MARGIN + LABEL + GAP : MARGIN, widths[HEIR_GRID_COLUMNS] = {0};
	bool fold = !grid->print && shape->fold && is_wide(grid, shape->n, margin);

	if (grid->print) {
		grid->print(grid, label, shape);
		grid->n = 0;
		return;
	}
	/* What is folded does not press upon the others. */
	measure(grid, shape, shape->n - fold, margin, widths);
	for (size_t i = 0; i < grid->n; i++) {
		if (label && i == 0)
			heir_grid_label(grid->out, label);
		else
			heir_out_fill(grid->out, ' ', margin);
		print_row(grid, &grid->rows[i], shape->n, margin, widths, fold);
	}
	grid->n = 0;
}
