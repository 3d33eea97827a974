/* SPDX-License-Identifier: Apache-2.0 */
/* In preorder a box is the first child of the one before it, or begins a new row:
 * so what hangs on a box has rows of its own, and lines need never cross. A line runs along the
 * parent's own channel, the gap right of its column; those of boxes that share a row come down to
 * them through the space above it. */
#include "report/layout.h"

#include "base/macro.h"

/* How many have come before it in rows that are shared among brothers. */
static uint32_t number_among(const struct heir_layout *layout, uint32_t i, uint32_t before)
{
	const struct heir_layout_box *box = &layout->boxes[i];

	if (i == 0 || !layout->boxes[i - 1].shares_row ||
		layout->boxes[i - 1].parent != box->parent)
		return 0;
	return before + 1;
}

void heir_layout(struct heir_layout *layout)
{
	uint32_t number = 0;

	layout->n_columns = layout->n_rows = 0;
	for (uint32_t i = 0; i < layout->n; i++) {
		struct heir_layout_box *box = &layout->boxes[i];
		bool is_root = box->parent == HEIR_LAYOUT_NONE;

		number = box->shares_row ? number_among(layout, i, number) : 0;
		box->column = is_root ? 0 : layout->boxes[box->parent].column + 1;
		if (number % HEIR_LAYOUT_ABREAST > 0) {
			box->column += number % HEIR_LAYOUT_ABREAST;
			box->row = layout->boxes[i - 1].row;
		} else if (!is_root && i == box->parent + 1) {
			box->row = layout->boxes[box->parent].row;
		} else {
			box->row = layout->n_rows;
		}
		layout->n_rows = MAX(layout->n_rows, box->row + 1);
		layout->n_columns = MAX(layout->n_columns, box->column + 1);
	}
}

struct heir_layout_point heir_layout_corner(
	const struct heir_layout_scale *scale, const struct heir_layout_box *box)
{
	return (struct heir_layout_point){
		scale->gap / 2 + box->column * (scale->width + scale->gap),
		scale->space + box->row * (scale->height + scale->space)};
}

unsigned heir_layout_line(const struct heir_layout_scale *scale,
	const struct heir_layout_box *child, const struct heir_layout_box *parent,
	struct heir_layout_point ret[HEIR_LAYOUT_CORNERS])
{
	struct heir_layout_point from = heir_layout_corner(scale, child);
	struct heir_layout_point to = heir_layout_corner(scale, parent);
	uint32_t channel = to.x + scale->width + scale->gap / 2;
	unsigned n = 0;

	to = (struct heir_layout_point){to.x + scale->width, to.y + scale->height / 2};
	if (child->column > parent->column + 1) {
		from.x += scale->width / 2;
		ret[n++] = from;
		from.y -= scale->space / 2;
	} else {
		from.y += scale->height / 2;
	}
	ret[n++] = from;
	if (from.y != to.y) {
		ret[n++] = (struct heir_layout_point){channel, from.y};
		ret[n++] = (struct heir_layout_point){channel, to.y};
	}
	ret[n++] = to;
	return n;
}
