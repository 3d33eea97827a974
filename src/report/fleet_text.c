/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "report/fleet.h"

static const enum heir_color colors[HEIR_FLEET_N_KINDS] = {
	[HEIR_FLEET_WILL_NOT_START] = HEIR_COLOR_RED,
	[HEIR_FLEET_MISSING] = HEIR_COLOR_RED,
	[HEIR_FLEET_UNSUPPORTED] = HEIR_COLOR_RED,
	[HEIR_FLEET_BEHIND] = HEIR_COLOR_YELLOW,
	[HEIR_FLEET_EXTRA] = HEIR_COLOR_YELLOW,
};

enum { INDENT = 2, KIND_WIDTH = 14, GAP = 2 };

/* ---- Nodes ---- */

static int print_difference(const struct heir_fleet *fleet,
	const struct heir_fleet_difference *difference, size_t width, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = heir_fleet_place(fleet, difference->where, &place);

	if (r < 0)
		return r;
	heir_out_fill(out, ' ', INDENT);
	heir_out_cell(out, heir_str_from(heir_fleet_kind_name(difference->kind)), KIND_WIDTH,
		colors[difference->kind]);
	heir_out_fill(out, ' ', GAP);
	heir_out_cell(out, difference->handler.p ? difference->handler : HEIR_STR("-"), width,
		HEIR_COLOR_BOLD);
	heir_out_fill(out, ' ', GAP);
	heir_out_show(out, heir_str_from(difference->message));
	if (place.len > 0) {
		heir_out_addz(out, " (");
		heir_out_show(out, heir_buf_str(&place));
		heir_out_addz(out, ")");
	}
	heir_out_addz(out, "\n");
	return 0;
}

/* What the nodes are, on one line. */
static void print_says(const struct heir_fleet_profile *profile, struct heir_out *out)
{
	struct heir_str parts[] = {
		profile->kube_node.crio, profile->kube_node.os, profile->kube_node.current};
	bool first = true;

	heir_out_fill(out, ' ', INDENT);
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].len == 0)
			continue;
		heir_out_addz(out, first ? "" : ", ");
		heir_out_addz(out, i == 0 ? "CRI-O " : "");
		heir_out_show(out, parts[i]);
		first = false;
	}
	heir_out_addz(out, first ? "nothing is reported\n" : "\n");
}

static int print_group(
	const struct heir_fleet *fleet, const struct heir_fleet_group *group, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf alike = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf names = HEIR_BUF_NULL;
	size_t width = 1;
	int r = 0;

	heir_fleet_alike(fleet, group, &alike);
	heir_fleet_names(fleet, group, &names);
	if (alike.failed || names.failed)
		return -ENOMEM;
	heir_out_addz(out, "\n");
	heir_out_cell(out, heir_str_from(heir_fleet_pool_name(fleet, group->profile->pool)), 0,
		HEIR_COLOR_BOLD);
	heir_out_printf(out, "  %s: ", alike.p);
	heir_out_show(out, heir_buf_str(&names));
	heir_out_addz(out, "\n");
	print_says(group->profile, out);
	for (uint32_t i = 0; i < group->n_differences; i++)
		width = MAX(width, heir_shown_width(out, group->differences[i].handler));
	for (uint32_t i = 0; i < group->n_differences && r == 0; i++)
		r = print_difference(fleet, &group->differences[i], width, out);
	if (group->n_differences == 0) {
		heir_out_fill(out, ' ', INDENT);
		if (group->profile->unknown == HEIR_FLEET_KNOWN)
			heir_out_addz(out, "as expected");
		else
			heir_out_printf(out, "cannot be judged: %s",
				heir_fleet_unknown_words(group->profile->unknown));
		heir_out_addz(out, "\n");
	}
	return r;
}

/* ---- RuntimeClasses ---- */

enum { MAX_COLUMNS = 16 };

/* The columns: class, handler, each pool, and the pods that wait. */
struct grid {
	struct heir_buf *cells; /* by rows; the first has the titles */
	size_t *width;
	uint32_t n_columns, n_rows, n_pools;
};

static void grid_release(struct grid *grid)
{
	for (size_t i = 0; grid->cells && i < (size_t)grid->n_columns * grid->n_rows; i++)
		heir_buf_release(&grid->cells[i]);
	free(grid->cells);
	free(grid->width);
}

static void fill_row(const struct heir_fleet *fleet, const struct grid *grid, uint32_t row)
{
	struct heir_buf *cells = grid->cells + (size_t)row * grid->n_columns;
	const struct heir_fleet_class *class = row ? &fleet->classes[row - 1] : NULL;

	heir_buf_addz(&cells[0], class ? class->class.name : "RUNTIMECLASS");
	heir_buf_adds(&cells[1], class ? class->class.handler : HEIR_STR("HANDLER"));
	for (uint32_t i = 0; i < grid->n_pools; i++)
		if (class)
			heir_fleet_have(&class->counts[i], &cells[2 + i]);
		else
			heir_buf_addz(&cells[2 + i], heir_fleet_pool_name(fleet, i));
	if (class)
		heir_fleet_waiting(class, &cells[2 + grid->n_pools]);
	else
		heir_buf_addz(&cells[2 + grid->n_pools], "PENDING PODS");
}

static int fill(const struct heir_fleet *fleet, struct grid *grid, const struct heir_out *out)
{
	grid->cells = calloc((size_t)grid->n_columns * grid->n_rows, sizeof(*grid->cells));
	grid->width = calloc(grid->n_columns, sizeof(*grid->width));
	if (!grid->cells || !grid->width)
		return -ENOMEM;
	for (uint32_t row = 0; row < grid->n_rows; row++)
		fill_row(fleet, grid, row);
	for (size_t i = 0; i < (size_t)grid->n_columns * grid->n_rows; i++) {
		size_t *width = &grid->width[i % grid->n_columns];

		if (grid->cells[i].failed)
			return -ENOMEM;
		*width = MAX(*width, heir_shown_width(out, heir_buf_str(&grid->cells[i])));
	}
	return 0;
}

static void print_row(const struct grid *grid, uint32_t row, struct heir_out *out)
{
	const struct heir_buf *cells = grid->cells + (size_t)row * grid->n_columns;
	uint32_t last = grid->n_columns - 1;

	while (last > 0 && cells[last].len == 0)
		last--;
	for (uint32_t i = 0; i <= last; i++) {
		heir_out_cell(out, heir_buf_str(&cells[i]), i < last ? grid->width[i] : 0,
			row ? HEIR_COLOR_NONE : HEIR_COLOR_BOLD);
		if (i < last)
			heir_out_fill(out, ' ', GAP);
	}
	heir_out_addz(out, "\n");
}

static int print_classes(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(grid_release) struct grid grid = {.cells = NULL,
		.n_pools = MIN(fleet->n_pools, (uint32_t)MAX_COLUMNS),
		.n_rows = fleet->n_classes + 1};
	int r;

	if (fleet->n_classes == 0)
		return 0;
	grid.n_columns = grid.n_pools + 3;
	r = fill(fleet, &grid, out);
	if (r < 0)
		return r;
	heir_out_addz(out, "\n");
	for (uint32_t row = 0; row < grid.n_rows; row++)
		print_row(&grid, row, out);
	if (fleet->n_pools > grid.n_pools)
		heir_out_printf(out, "and %u more pools, which --format json lists\n",
			fleet->n_pools - grid.n_pools);
	return 0;
}

static int print_doubts(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	heir_out_addz(out, "\nheir cannot know:\n");
	for (unsigned i = 0; heir_fleet_doubt(fleet, i, &text); i++) {
		heir_out_fill(out, ' ', INDENT);
		heir_out_show(out, heir_buf_str(&text));
		heir_out_addz(out, "\n");
		heir_buf_clear(&text);
	}
	return heir_buf_error(&text);
}

int heir_fleet_text(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf counts = HEIR_BUF_NULL;
	int r;

	heir_fleet_counts(fleet, &counts);
	r = heir_buf_error(&counts);
	heir_out_add(out, heir_buf_str(&counts));
	heir_out_addz(out, "\n");
	for (uint32_t i = 0; i < fleet->n_groups && r == 0; i++)
		r = print_group(fleet, &fleet->groups[i], out);
	if (r == 0)
		r = print_classes(fleet, out);
	return r == 0 ? print_doubts(fleet, out) : r;
}
