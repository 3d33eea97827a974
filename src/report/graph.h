/* SPDX-License-Identifier: Apache-2.0 */
/* The printers of `heir graph`. */
#ifndef HEIR_REPORT_GRAPH_H
#define HEIR_REPORT_GRAPH_H

#include "model/graph.h"
#include "report/out.h"

/* TEXT: a tree, children below their parents. DOT: for Graphviz. MERMAID: for Markdown. JSON:
 * heir.graph/1. Nothing is drawn where `view` is fatal. 0 or -ENOMEM. */
int heir_graph_print(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out);

/* Each for its format. */
int heir_graph_tree(const struct heir_graph *graph, struct heir_out *out);
int heir_graph_dot(const struct heir_graph *graph, struct heir_out *out);
int heir_graph_mermaid(const struct heir_graph *graph, struct heir_out *out);
int heir_graph_json(const struct heir_graph *graph, struct heir_out *out);

#endif
