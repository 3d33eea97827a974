/* SPDX-License-Identifier: Apache-2.0 */
/* The rows are made first, for all runtimes, and then printed for as many of them at a time as the
 * terminal has room for. */
#include "report/features.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/vec.h"
#include "report/explain_grid.h"

enum {
	GAP = 2,
	LEAST_COLUMN = 12,
	ENOUGH_COLUMN = 18, /* for "1.0.0 to 1.0.2-dev" */
	LEAST_LABEL = 18
};

struct row {
	struct heir_str label; /* foreign text */
	bool inner;            /* of the row above it, and shown as such */
	struct heir_str *cells;
	struct heir_str all; /* instead of cells: what all of them have, in the first table only */
};

struct table {
	const struct heir_runtime_list *list;
	struct heir_out *out;
	struct heir_arena arena;
	struct row *rows;
	size_t n, size;
	size_t label, column; /* widths; a column's without the gap */
	int error;
};

static void table_release(struct table *t)
{
	heir_arena_release(&t->arena);
	free(t->rows);
}

/* ---- Making the rows ---- */

static struct row *add_row(struct table *t, struct heir_str label, bool inner)
{
	if (HEIR_RESERVE(t->rows, t->n, t->size) < 0) {
		t->error = -ENOMEM;
		return NULL;
	}
	t->rows[t->n] = (struct row){.label = label, .inner = inner};
	t->rows[t->n].cells = heir_arena_zalloc(&t->arena, t->list->n, sizeof(struct heir_str));
	if (!t->rows[t->n].cells) {
		t->error = -ENOMEM;
		return NULL;
	}
	return &t->rows[t->n++];
}

static struct heir_str words(struct table *t, const char *fmt, ...) _printf_(2, 3);

static struct heir_str words(struct table *t, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = heir_arena_vmessage(&t->arena, fmt, args);
	va_end(args);
	if (!text)
		t->error = -ENOMEM;
	return heir_str_from(text);
}

static void add_states(struct table *t)
{
	static const char *const states[] = {[HEIR_RUNTIME_OLD] = "no features",
		[HEIR_RUNTIME_ANSWERS] = "features",
		[HEIR_RUNTIME_FAILED] = "not asked"};
	struct row *row = add_row(t, HEIR_STR("tells"), false);

	for (size_t i = 0; row && i < t->list->n; i++) {
		const struct heir_runtime_facts *runtime = t->list->items[i];

		row->cells[i] = words(
			t, "%s%s", states[runtime->state], runtime->cached ? " (cached)" : "");
	}
}

static void add_versions(struct table *t)
{
	struct row *row = add_row(t, HEIR_STR("OCI version"), false);

	for (size_t i = 0; row && i < t->list->n; i++) {
		const struct heir_features *f = t->list->items[i]->features;

		if (f && f->oci_version_min.p && f->oci_version_max.p)
			row->cells[i] = words(t, "%.*s to %.*s", HEIR_STR_ARG(f->oci_version_min),
				HEIR_STR_ARG(f->oci_version_max));
		else
			row->cells[i] = HEIR_STR("?");
	}
}

static void add_switch(struct table *t, const char *label, enum heir_features_switch_id which)
{
	static const char *const answers[] = {
		[HEIR_UNKNOWN] = "?", [HEIR_NO] = "no", [HEIR_YES] = "yes"};
	struct row *row = add_row(t, heir_str_from(label), false);

	for (size_t i = 0; row && i < t->list->n; i++) {
		const struct heir_features *f = t->list->items[i]->features;

		row->cells[i] = heir_str_from(answers[f ? f->switches[which] : HEIR_UNKNOWN]);
	}
}

/* What is sorted by name in each runtime: a list, or the annotations (`which` is
 * HEIR_N_FEATURES_LISTS). */
struct lists {
	unsigned which;
	size_t *at; /* of each runtime: which is next */
};

static bool is_known(const struct heir_features *f, unsigned which)
{
	return f && (which == HEIR_N_FEATURES_LISTS ? f->annotations_known : f->lists[which].known);
}

static size_t count(const struct heir_features *f, unsigned which)
{
	return which == HEIR_N_FEATURES_LISTS ? f->n_annotations : f->lists[which].n_items;
}

static struct heir_str name_at(const struct heir_features *f, unsigned which, size_t i)
{
	return which == HEIR_N_FEATURES_LISTS ? f->annotations[i].name : f->lists[which].items[i];
}

/* The next name in byte order that any runtime has; false: there are no more. */
static bool next_name(struct table *t, const struct lists *lists, struct heir_str *ret)
{
	bool found = false;

	for (size_t i = 0; i < t->list->n; i++) {
		const struct heir_features *f = t->list->items[i]->features;
		struct heir_str name;

		if (!is_known(f, lists->which) || lists->at[i] >= count(f, lists->which))
			continue;
		name = name_at(f, lists->which, lists->at[i]);
		if (!found || heir_str_cmp(name, *ret) < 0)
			*ret = name;
		found = true;
	}
	return found;
}

/* What the runtime has of a name, and goes past it. */
static struct heir_str take_cell(
	const struct heir_features *f, struct lists *lists, size_t i, struct heir_str name)
{
	size_t at = lists->at[i];

	if (!is_known(f, lists->which))
		return HEIR_STR("?");
	if (at >= count(f, lists->which) || !heir_str_eq(name_at(f, lists->which, at), name))
		return HEIR_STR("-");
	lists->at[i]++;
	return lists->which == HEIR_N_FEATURES_LISTS ? f->annotations[at].value : HEIR_STR("yes");
}

/* Whether the runtimes that tell of it at all say different things. */
static bool differs(struct table *t, unsigned which, const struct heir_str *cells)
{
	const struct heir_str *first = NULL;

	for (size_t i = 0; i < t->list->n; i++) {
		if (!is_known(t->list->items[i]->features, which))
			continue;
		if (first && !heir_str_eq(*first, cells[i]))
			return true;
		first = &cells[i];
	}
	return false;
}

static void add_counts(struct table *t, const char *label, unsigned which)
{
	struct row *row = add_row(t, heir_str_from(label), false);

	for (size_t i = 0; row && i < t->list->n; i++) {
		const struct heir_features *f = t->list->items[i]->features;

		row->cells[i] =
			is_known(f, which) ? words(t, "%zu", count(f, which)) : HEIR_STR("?");
	}
}

/* A row for each name that not all have; the others stand together in one where `lists_all`. */
static void add_list(struct table *t, const char *label, unsigned which, bool lists_all)
{
	_cleanup_(heir_buf_release) struct heir_buf all = HEIR_BUF_NULL;
	struct lists lists = {which, heir_arena_zalloc(&t->arena, t->list->n, sizeof(*lists.at))};
	struct heir_str name;
	struct row *row;

	if (!lists.at)
		t->error = -ENOMEM;
	add_counts(t, label, which);
	while (t->error == 0 && next_name(t, &lists, &name)) {
		row = add_row(t, name, true);
		for (size_t i = 0; row && i < t->list->n; i++)
			row->cells[i] = take_cell(t->list->items[i]->features, &lists, i, name);
		if (!row || differs(t, which, row->cells))
			continue;
		/* The same in each. An annotation's value is printed as well. */
		if (which == HEIR_N_FEATURES_LISTS)
			continue;
		t->n--;
		heir_buf_addz(&all, all.len > 0 ? " " : "");
		heir_buf_adds(&all, name);
	}
	if (t->error == 0 && lists_all && all.len > 0) {
		row = add_row(t, HEIR_STR("all of them"), true);
		if (row)
			row->all = words(t, "%.*s", HEIR_STR_ARG(heir_buf_str(&all)));
	}
	if (all.failed)
		t->error = -ENOMEM;
}

static void add_rows(struct table *t)
{
	add_states(t);
	add_versions(t);
	add_list(t, "mount options", HEIR_MOUNT_OPTIONS, t->list->n == 1);
	add_list(t, "namespaces", HEIR_NAMESPACES, true);
	add_list(t, "capabilities", HEIR_CAPABILITIES, false);
	add_list(t, "seccomp actions", HEIR_SECCOMP_ACTIONS, true);
	add_switch(t, "idmap", HEIR_IDMAP);
	add_switch(t, "cgroup v2", HEIR_CGROUP_V2);
	add_list(t, "annotations", HEIR_N_FEATURES_LISTS, false);
}

/* ---- Printing them ---- */

/* As much as it needs, but no more than two fifths; less where what runtimes say of themselves
 * would be cut: of a long name people know the rest. */
static size_t label_width(const struct table *t, size_t width, size_t cell)
{
	size_t most = MAX(width * 2 / 5, (size_t)LEAST_LABEL);
	size_t cells = t->list->n * (MIN(cell, (size_t)ENOUGH_COLUMN) + GAP);

	if (cells + LEAST_LABEL <= width)
		most = MIN(most, width - cells);
	return MIN(t->label, most);
}

/* How wide the columns may be, and how many there are in a table. */
static size_t measure(struct table *t)
{
	size_t width = t->out->style.width, rest, of_outer = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t label = heir_grid_width(t->out, t->rows[i].label);

		t->label = MAX(t->label, label + (t->rows[i].inner ? GAP : 0));
	}
	for (size_t k = 0; k < t->list->n; k++) {
		size_t cell = heir_grid_width(t->out, t->list->items[k]->path);

		t->column = MAX(t->column, cell);
		for (size_t i = 0; i < t->n; i++) {
			cell = heir_grid_width(t->out, t->rows[i].cells[k]);
			t->column = MAX(t->column, cell);
			of_outer = t->rows[i].inner ? of_outer : MAX(of_outer, cell);
		}
	}
	if (width == 0)
		return t->list->n;
	t->label = label_width(t, width, of_outer);
	rest = width > t->label ? width - t->label : 0;
	if (rest / t->list->n < LEAST_COLUMN + GAP) {
		t->column = MIN(t->column, (size_t)LEAST_COLUMN);
		return MAX(rest / (t->column + GAP), (size_t)1);
	}
	t->column = MIN(t->column, rest / t->list->n - GAP);
	return t->list->n;
}

/* Foreign text in a field of `width` columns, cut where it must be; the last is not filled. */
static void print_cell(
	struct table *t, struct heir_str text, size_t width, bool last, enum heir_color color)
{
	_cleanup_(heir_buf_release) struct heir_buf cut = HEIR_BUF_NULL;
	size_t shown;

	heir_grid_elide(t->out, &cut, text, t->out->style.width ? width : 0);
	shown = heir_grid_width(t->out, heir_buf_str(&cut));
	if (color != HEIR_COLOR_NONE)
		heir_out_color(t->out, color);
	heir_out_add(t->out, heir_buf_str(&cut));
	if (color != HEIR_COLOR_NONE)
		heir_out_color(t->out, HEIR_COLOR_NONE);
	if (!last && shown < width)
		heir_out_fill(t->out, ' ', width - shown);
}

static void print_row(struct table *t, const struct row *row, size_t from, size_t to)
{
	size_t indent = row->inner ? GAP : 0;

	if (row->all.p && from > 0)
		return;
	heir_out_fill(t->out, ' ', indent);
	print_cell(t, row->label, t->label - indent, false,
		row->inner ? HEIR_COLOR_DIM : HEIR_COLOR_NONE);
	if (row->all.p) {
		heir_out_fill(t->out, ' ', GAP);
		heir_grid_wrap(t->out, t->label + GAP, row->all, HEIR_COLOR_DIM);
	}
	for (size_t i = from; i < to && !row->all.p; i++) {
		heir_out_fill(t->out, ' ', GAP);
		print_cell(t, row->cells[i], t->column, i + 1 == to, HEIR_COLOR_NONE);
	}
	heir_out_addz(t->out, "\n");
}

static void print_columns(struct table *t, size_t from, size_t to)
{
	heir_out_addz(t->out, from > 0 ? "\n" : "");
	heir_out_fill(t->out, ' ', t->label);
	for (size_t i = from; i < to; i++) {
		heir_out_fill(t->out, ' ', GAP);
		print_cell(t, t->list->items[i]->path, t->column, i + 1 == to, HEIR_COLOR_BOLD);
	}
	heir_out_addz(t->out, "\n");
	for (size_t i = 0; i < t->n; i++)
		print_row(t, &t->rows[i], from, to);
}

/* Why some have no features. */
static void print_troubles(struct table *t)
{
	bool first = true;

	for (size_t i = 0; i < t->list->n; i++) {
		const struct heir_runtime_facts *runtime = t->list->items[i];

		if (!runtime->problem)
			continue;
		heir_out_addz(t->out, first ? "\n" : "");
		first = false;
		heir_grid_wrap(t->out, 0,
			words(t, "%.*s: %s%s%s", HEIR_STR_ARG(runtime->path), runtime->problem,
				runtime->version ? "; it is " : "",
				runtime->version ? runtime->version : ""),
			HEIR_COLOR_YELLOW);
		heir_out_addz(t->out, "\n");
	}
}

int heir_features_print_table(const struct heir_runtime_list *list, struct heir_out *out)
{
	_cleanup_(table_release) struct table t = {.list = list, .out = out};
	size_t per_table;

	heir_arena_init(&t.arena);
	if (list->n == 0) {
		heir_out_addz(out, "no known runtime is installed\n");
		return 0;
	}
	add_rows(&t);
	if (t.error < 0)
		return t.error;
	per_table = measure(&t);
	for (size_t i = 0; i < list->n; i += per_table)
		print_columns(&t, i, MIN(i + per_table, list->n));
	print_troubles(&t);
	return t.error < 0 || out->error == -ENOMEM ? -ENOMEM : 0;
}
