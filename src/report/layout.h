/* SPDX-License-Identifier: Apache-2.0 */
/* Where the boxes of a drawn forest stand, and how the lines between them run. Roots are at the
 * left, children right of their parent, the first one beside it. */
#ifndef HEIR_REPORT_LAYOUT_H
#define HEIR_REPORT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define HEIR_LAYOUT_NONE UINT32_MAX

struct heir_layout_box {
	uint32_t parent; /* its number; HEIR_LAYOUT_NONE: a root */
	/* A root without children, or one of many brothers without children: several stand in a
	 * row. */
	bool shares_row;
	uint32_t column, row; /* what heir_layout() finds */
};

struct heir_layout {
	struct heir_layout_box *boxes;
	uint32_t n;
	uint32_t n_columns, n_rows;
};

/* In a row that several share. */
enum { HEIR_LAYOUT_ABREAST = 4 };

/* Places the boxes, which stand in preorder: each before its children, a child with all below it
 * before the next; those that share rows are the last of their parent's children, or of the roots.
 * One pass, no memory. */
void heir_layout(struct heir_layout *layout);

/* In units of the drawing. */
enum { HEIR_LAYOUT_CORNERS = 5 };

struct heir_layout_scale {
	uint32_t width, height; /* of a box */
	uint32_t gap, space;    /* between two columns, and two rows */
};

struct heir_layout_point {
	uint32_t x, y;
};

/* The left upper corner of a box. */
struct heir_layout_point heir_layout_corner(
	const struct heir_layout_scale *scale, const struct heir_layout_box *box);
/* The line from a child to its parent: horizontal and vertical pieces between the points, of which
 * it returns how many. Lines that lead to the same parent may run together; no others touch, and
 * none enters a box. */
unsigned heir_layout_line(const struct heir_layout_scale *scale,
	const struct heir_layout_box *child, const struct heir_layout_box *parent,
	struct heir_layout_point ret[HEIR_LAYOUT_CORNERS]);

#endif
