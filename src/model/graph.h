/* SPDX-License-Identifier: Apache-2.0 */
/* Who inherits from whom, drawn: `heir graph`. Everybody has one parent at most, so the graph is a
 * forest except for cycles; one edge of each cycle leads back to its first member. */
#ifndef HEIR_MODEL_GRAPH_H
#define HEIR_MODEL_GRAPH_H

#include "model/late.h"
#include "model/view.h"

struct heir_graph_node {
	/* Those below are in byte order of their names; NULL: none. */
	const struct heir_result *child;   /* the first of whom inherits from it */
	const struct heir_result *sibling; /* the next with the same parent */
	uint32_t number;                   /* in byte order, of those that are drawn */
	bool drawn;
	bool is_root;  /* it has no parent, or its cycle is entered here */
	bool is_entry; /* the latter: drawn as a root, and as a child once more */
	bool in_cycle;
	bool is_above, is_below; /* a handler that was named, or that itself */
};

struct heir_graph {
	const struct heir_view *view;
	struct heir_graph_node *nodes; /* by the handlers' ids */
	struct heir_seen_late late;
};

/* The handlers of `selection`, all those that they inherit from and that inherit from them. Needs
 * a resolved view that is not fatal. 0 or -ENOMEM; release in any case. */
int heir_graph_init(
	struct heir_graph *graph, const struct heir_view *view, struct heir_selection selection);
void heir_graph_release(struct heir_graph *graph);

/* What is drawn next to the name of a handler. */
struct heir_graph_label {
	bool is_default, is_pending;
	struct heir_str path;  /* where it is not the parent's; else, or for none, "" */
	struct heir_str shown; /* that, or what a handler that is bound late runs now */
	const struct heir_late_target *late; /* NULL: it is not bound late */
	const struct heir_diag *diag;        /* why it is dropped; NULL: it is not */
};

/* 0 or -ENOMEM. */
int heir_graph_label(const struct heir_graph *graph, const struct heir_result *result,
	struct heir_graph_label *ret);

#endif
