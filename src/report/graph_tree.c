/* SPDX-License-Identifier: Apache-2.0 */
/* Roots stand at the margin, children under them. What lies deeper than a terminal shows goes on
 * at the margin again, so that a chain costs a line a handler and no more. */
#include <errno.h>
#include <stdlib.h>

#include "inherit/order.h"
#include "report/graph.h"
#include "report/pending.h"

enum { DEEPEST = 16 };

struct tree {
	const struct heir_graph *graph;
	struct heir_out *out;
	uint32_t depth;
	bool more[DEEPEST + 1];           /* by depth: brothers come below */
	const struct heir_result **later; /* whose children go on at the margin */
	uint32_t n_later, n_pending;
};

static const struct heir_graph_node *node_of(const struct tree *t, const struct heir_result *result)
{
	return &t->graph->nodes[result->handler->id];
}

static void print_branches(struct tree *t)
{
	bool ascii = t->out->style.ascii;

	for (uint32_t d = 1; d <= t->depth; d++) {
		bool is_own = d == t->depth;

		if (is_own && t->more[d])
			heir_out_addz(t->out, ascii ? "|- " : "\xe2\x94\x9c\xe2\x94\x80 ");
		else if (is_own)
			heir_out_addz(t->out, ascii ? "\\- " : "\xe2\x94\x94\xe2\x94\x80 ");
		else if (t->more[d])
			heir_out_addz(t->out, ascii ? "|  " : "\xe2\x94\x82  ");
		else
			heir_out_addz(t->out, "   ");
	}
}

static void print_colored(struct tree *t, enum heir_color color, const char *words)
{
	heir_out_color(t->out, color);
	heir_out_addz(t->out, words);
	heir_out_color(t->out, HEIR_COLOR_NONE);
}

static void print_name(struct tree *t, const struct heir_result *result)
{
	struct heir_str name = result->handler->name;

	heir_out_cell(t->out, name.len ? name : HEIR_STR("\"\""), 0, HEIR_COLOR_BOLD);
}

/* The line of a handler. `again`: it closes its cycle. */
static int print_line(struct tree *t, const struct heir_result *result, bool again)
{
	struct heir_graph_label label;
	int r = heir_graph_label(t->graph, result, &label);

	if (r < 0)
		return r;
	print_branches(t);
	print_name(t, result);
	if (label.is_default)
		heir_out_addz(t->out, " (default)");
	if (t->depth > 0) {
		heir_out_addz(t->out, " (");
		print_colored(t, HEIR_COLOR_CYAN, heir_via_name(result->via));
		heir_out_addz(t->out, ")");
	}
	if (label.is_pending) {
		heir_out_addz(t->out, " ");
		print_colored(t, HEIR_COLOR_YELLOW, HEIR_PENDING_MARK);
		t->n_pending++;
	}
	if (again) {
		heir_out_addz(t->out, "  ");
		print_colored(t, HEIR_COLOR_RED, "again: a cycle");
	} else if (label.diag) {
		heir_out_addz(t->out, "  ");
		print_colored(t, HEIR_COLOR_RED, "dropped:");
		heir_out_addz(t->out, " ");
		heir_out_show(t->out, heir_str_from(label.diag->text));
	} else if (label.shown.len > 0) {
		heir_out_addz(t->out, "  ");
		heir_out_cell(t->out, label.shown, 0, HEIR_COLOR_DIM);
	}
	return 0;
}

/* The next handler to print after `at`, below it if `down`; NULL: the tree is done. */
static const struct heir_result *advance(struct tree *t, const struct heir_result *at, bool down)
{
	if (down) {
		t->depth++;
		at = node_of(t, at)->child;
	} else {
		while (t->depth > 0 && !node_of(t, at)->sibling) {
			at = heir_result_base(at);
			t->depth--;
		}
		at = t->depth > 0 ? node_of(t, at)->sibling : NULL;
	}
	if (at)
		t->more[t->depth] = node_of(t, at)->sibling != NULL;
	return at;
}

/* A root with all below it, or the rest of a tree that went too deep. */
static int print_tree(struct tree *t, const struct heir_result *root, bool goes_on)
{
	bool again = false, down = true;

	t->depth = 0;
	if (goes_on) {
		print_name(t, root);
		heir_out_addz(t->out, " (goes on)\n");
	}
	for (const struct heir_result *at = root; at; at = advance(t, at, down)) {
		int r = 0;

		again = t->depth > 0 && node_of(t, at)->is_entry;
		down = !again && node_of(t, at)->child;
		if (t->depth > 0 || !goes_on)
			r = print_line(t, at, again);
		if (r < 0 || t->out->error < 0)
			return r;
		if (down && t->depth == DEEPEST) {
			heir_out_addz(t->out, "  continued below");
			t->later[t->n_later++] = at;
			down = false;
		}
		if (t->depth > 0 || !goes_on)
			heir_out_addz(t->out, "\n");
	}
	return 0;
}

int heir_graph_tree(const struct heir_graph *graph, struct heir_out *out)
{
	struct tree t = {.graph = graph, .out = out};
	uint32_t n = graph->view->n_handlers;
	int r = 0;

	t.later = calloc(n ? n : 1, sizeof(const struct heir_result *));
	if (!t.later)
		return -ENOMEM;
	for (uint32_t i = 0, done = 0; i < n && r == 0 && out->error == 0; i++) {
		const struct heir_result *at =
			heir_view_result(graph->view, graph->view->handlers[i]);

		if (node_of(&t, at)->is_root)
			r = print_tree(&t, at, false);
		while (done < t.n_later && r == 0 && out->error == 0)
			r = print_tree(&t, t.later[done++], true);
	}
	if (t.n_pending > 0)
		heir_out_addz(out, "\n");
	heir_pending_footer(out, t.n_pending, HEIR_PENDING_MARK " ");
	free(t.later);
	return r;
}
