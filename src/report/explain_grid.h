/* SPDX-License-Identifier: Apache-2.0 */
/* Aligned columns for reports that have few rows: gathered first, then measured and printed, no
 * wider than the terminal when it can be helped. */
#ifndef HEIR_REPORT_EXPLAIN_GRID_H
#define HEIR_REPORT_EXPLAIN_GRID_H

#include "report/out.h"

enum { HEIR_GRID_COLUMNS = 4 };

struct heir_grid_row {
	const char *cells[HEIR_GRID_COLUMNS]; /* foreign text; NULL: an empty one */
	enum heir_color colors[HEIR_GRID_COLUMNS];
};

struct heir_grid_shape;

struct heir_grid {
	struct heir_out *out;
	struct heir_grid_row *rows;
	size_t n, size;
	int error;
	/* Prints the rows otherwise than as aligned text; NULL: as that. */
	void (*print)(
		struct heir_grid *grid, const char *label, const struct heir_grid_shape *shape);
};

/* The columns, and how narrow each may be made. The last one is not cut but wrapped at its blanks,
 * or with `fold` put on a line of its own where it does not fit. */
struct heir_grid_shape {
	unsigned n;
	size_t least[HEIR_GRID_COLUMNS];
	bool fold;
};

/* What the cells point to must live until heir_grid_print(). Errors are kept in `error`. */
void heir_grid_add(struct heir_grid *grid, const struct heir_grid_row *row);

/* Prints the rows behind the label (NULL: at the margin), and empties the grid. */
void heir_grid_print(
	struct heir_grid *grid, const char *label, const struct heir_grid_shape *shape);
void heir_grid_release(struct heir_grid *grid);

/* heir_shown_width() and heir_elide(), where memory that runs out becomes an error of `out`: what
 * could not be measured must not look measured. */
size_t heir_grid_width(struct heir_out *out, struct heir_str s);
void heir_grid_elide(struct heir_out *out, struct heir_buf *buf, struct heir_str s, size_t width);

/* Starts a line "  label       "; returns the column that it ends in. */
size_t heir_grid_label(struct heir_out *out, const char *label);

/* Prints foreign text from column `at` on, and what does not fit on further lines below it. A word
 * that fits on none is cut, but at the very left, where the answer itself stands. Returns the
 * column behind it. */
size_t heir_grid_wrap(struct heir_out *out, size_t at, struct heir_str text, enum heir_color color);

#endif
