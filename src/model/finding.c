/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- In their order ---- */

static int by_place(const void *a, const void *b)
{
	const struct heir_diag *x = *(struct heir_diag *const *)a,
			       *y = *(struct heir_diag *const *)b;

	if (x->where.source != y->where.source)
		return x->where.source < y->where.source ? -1 : 1;
	if (x->where.at != y->where.at)
		return x->where.at < y->where.at ? -1 : 1;
	if (x->path || y->path) {
		int order = strcmp(x->path ? x->path : "", y->path ? y->path : "");

		if (order)
			return order;
	}
	if (x->rule != y->rule)
		return (int)x->rule - (int)y->rule;
	return x->number < y->number ? -1 : x->number > y->number;
}

void heir_findings_sort(struct heir_core *core)
{
	struct heir_diags *diags = &core->diags;

	/* A caller that iterates by number calls this each time. */
	if (diags->n > 1 && diags->n_sorted != diags->n)
		qsort(diags->items, diags->n, sizeof(*diags->items), by_place);
	diags->n_sorted = diags->n;
}

struct heir_finding_counts heir_findings_count(const struct heir_diags *diags)
{
	struct heir_finding_counts counts = {0, 0, 0};

	for (uint32_t i = 0; i < diags->n; i++) {
		char level = heir_rule_level(diags->items[i]->rule)[0];

		counts.errors += level == 'e';
		counts.warnings += level == 'w';
		counts.notes += level == 'n';
	}
	return counts;
}

/* ---- Places ---- */

/* The object where one holds the file; else the place itself. */
static void find_open(const struct heir_view *view, struct heir_place place, struct heir_spot *spot)
{
	const struct heir_holder *holder = &spot->where.holder;

	spot->open = spot->where;
	spot->is_input = true;
	if (holder->input)
		spot->open = (struct heir_location){.file = holder->input,
			.line = holder->line,
			.column = holder->column,
			.end_line = holder->line,
			.end_column = holder->column};
	else
		spot->is_input = place.source != HEIR_SOURCE_NONE &&
				 view->core->sources.items[place.source].scope == HEIR_SCOPE_OBJECT;
}

int heir_spot_of(const struct heir_view *view, struct heir_place place, struct heir_spot *ret)
{
	int r;

	*ret = (struct heir_spot){.is_input = false};
	r = heir_view_locate(view, place, &ret->where);
	if (r == 0)
		find_open(view, place, ret);
	return r;
}

int heir_finding_spot(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_spot *ret)
{
	uint32_t source = diag->where.source;
	int r = 0;

	*ret = (struct heir_spot){.is_input = false};
	/* One about a file as a whole has the file and no line; what contains the file is reported.
	 */
	if (!diag->path || (source != HEIR_SOURCE_NONE && view->core->sources.items[source].object))
		r = heir_view_locate(view, diag->where, &ret->where);
	if (r < 0)
		return r;
	if (diag->path) {
		struct heir_location *where = &ret->where;

		where->file = diag->path;
		where->line = where->column = where->end_line = where->end_column = 0;
	}
	find_open(view, diag->where, ret);
	return 0;
}

void heir_spot_path(const struct heir_view *view, const struct heir_spot *spot, const char *root,
	struct heir_buf *buf)
{
	const char *path = spot->open.file;

	if (spot->is_input) {
		heir_buf_addz(buf, path);
		return;
	}
	if (root && (root[0] != '/' || view->root)) {
		while (root[0] == '.' && root[1] == '/') {
			root += 2;
			while (root[0] == '/')
				root++;
		}
		if (root[0] != '\0' && strcmp(root, ".") != 0) {
			size_t len = strlen(root);

			while (len > 0 && root[len - 1] == '/')
				len--;
			heir_buf_add(buf, root, len);
			heir_buf_addc(buf, '/');
		}
	}
	while (path[0] == '/')
		path++;
	heir_buf_addz(buf, path);
}

/* ---- The record ---- */

int heir_finding_words(const struct heir_diag *diag, struct heir_buf *buf)
{
	if (heir_rules[diag->rule].severity == 'D' && diag->handler.p)
		heir_buf_message(buf, "handler \"%.*s\" is dropped: ", HEIR_STR_ARG(diag->handler));
	heir_buf_addz(buf, diag->text);
	return heir_buf_error(buf);
}

int heir_finding_read(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_finding *ret)
{
	const struct heir_rule_row *rule = &heir_rules[diag->rule];
	int r;

	*ret = (struct heir_finding){.diag = diag,
		.rule = rule->id,
		.level = heir_rule_level(diag->rule),
		.severity = rule->severity};
	r = heir_finding_words(diag, &ret->words);
	return r == 0 ? heir_finding_spot(view, diag, &ret->spot) : r;
}

void heir_finding_release(struct heir_finding *finding)
{
	heir_buf_release(&finding->words);
}

int heir_finding_line(
	const struct heir_view *view, const struct heir_finding *finding, struct heir_buf *buf)
{
	const struct heir_location *where = &finding->spot.where;

	heir_buf_adds(buf, heir_buf_str(&finding->words));
	if (where->holder.input) {
		heir_buf_printf(
			buf, " (%s %s, %s", where->holder.kind, where->holder.name, where->file);
		if (where->line > 0)
			heir_buf_printf(buf, ":%" PRIu32 ":%" PRIu32, where->line, where->column);
		heir_buf_addc(buf, ')');
	}
	heir_view_targets(view, finding->diag->targets, buf);
	if (finding->diag->help)
		heir_buf_printf(buf, " (help: %s)", finding->diag->help);
	return heir_buf_error(buf);
}
