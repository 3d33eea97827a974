/* SPDX-License-Identifier: Apache-2.0 */
#include "report/graph.h"

int heir_graph_print(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out)
{
	_cleanup_(heir_graph_release) struct heir_graph graph = {.view = view};
	int r = 0;

	/* Without handlers a document of Graphviz or Mermaid is still one. */
	if (!view->fatal)
		r = heir_graph_init(&graph, view, selection);
	if (r < 0)
		return r;
	switch (out->style.format) {
	case HEIR_FORMAT_DOT:
		return heir_graph_dot(&graph, out);
	case HEIR_FORMAT_JSON:
		return heir_graph_json(&graph, out);
	case HEIR_FORMAT_MERMAID:
		return heir_graph_mermaid(&graph, out);
	default:
		return heir_graph_tree(&graph, out);
	}
}
