/* SPDX-License-Identifier: Apache-2.0 */
#include "model/graph.h"

#include <errno.h>
#include <stdlib.h>

#include "inherit/order.h"

static struct heir_graph_node *node_of(struct heir_graph *graph, const struct heir_result *result)
{
	return &graph->nodes[result->handler->id];
}

static const struct heir_result *result_at(const struct heir_graph *graph, uint32_t i)
{
	return heir_view_result(graph->view, graph->view->handlers[i]);
}

/* Draws who was named, and all above and below. */
static void choose(struct heir_graph *graph, struct heir_selection selection)
{
	const struct heir_resolution *res = graph->view->res;
	uint32_t n = graph->view->n_handlers;

	for (uint32_t i = 0; i < selection.n; i++) {
		const struct heir_result *named =
			heir_view_result(graph->view, selection.handlers[i]);

		node_of(graph, named)->is_below = true;
		for (const struct heir_result *at = named; at && !node_of(graph, at)->is_above;
			at = heir_result_base(at))
			node_of(graph, at)->is_above = true;
	}
	/* Parents come first, except in a cycle: the second round has visited all of it. */
	for (uint32_t i = 0; i < 2 * n; i++) {
		const struct heir_result *at = res->order[i % n];
		const struct heir_result *base = heir_result_base(at);

		if (base && node_of(graph, base)->is_below)
			node_of(graph, at)->is_below = true;
	}
	for (uint32_t id = 0; id < n; id++)
		graph->nodes[id].drawn = graph->nodes[id].is_above || graph->nodes[id].is_below;
}

/* Backwards, because each child goes before those that are there. */
static void add_children(struct heir_graph *graph)
{
	for (uint32_t i = graph->view->n_handlers; i-- > 0;) {
		const struct heir_result *at = result_at(graph, i), *base = heir_result_base(at);

		if (!node_of(graph, at)->drawn)
			continue;
		node_of(graph, at)->is_root = !base;
		if (!base)
			continue;
		node_of(graph, at)->sibling = node_of(graph, base)->child;
		node_of(graph, base)->child = at;
	}
}

/* A cycle is entered at the member whose name comes first. A handler below a cycle is dropped
 * for its parent's sake, not as a member. */
static void enter_cycles(struct heir_graph *graph)
{
	for (uint32_t i = 0; i < graph->view->n_handlers; i++) {
		const struct heir_result *first = result_at(graph, i), *at = first;
		struct heir_graph_node *node = node_of(graph, first);

		if (!node->drawn || node->in_cycle || !first->dropped ||
			first->dropped->rule != HEIR_RULE_INHERIT_CYCLE)
			continue;
		node->is_root = node->is_entry = true;
		do {
			node_of(graph, at)->in_cycle = true;
			at = at->parent;
		} while (at != first);
	}
}

static void number(struct heir_graph *graph)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < graph->view->n_handlers; i++) {
		struct heir_graph_node *node = node_of(graph, result_at(graph, i));

		if (node->drawn)
			node->number = n++;
	}
}

int heir_graph_init(
	struct heir_graph *graph, const struct heir_view *view, struct heir_selection selection)
{
	*graph = (struct heir_graph){.view = view};
	graph->nodes = calloc(view->n_handlers ? view->n_handlers : 1, sizeof(*graph->nodes));
	if (!graph->nodes)
		return -ENOMEM;
	choose(graph, selection);
	add_children(graph);
	enter_cycles(graph);
	number(graph);
	return heir_seen_late_read(&graph->late, view);
}

void heir_graph_release(struct heir_graph *graph)
{
	free(graph->nodes);
	graph->nodes = NULL;
}

int heir_graph_label(const struct heir_graph *graph, const struct heir_result *result,
	struct heir_graph_label *ret)
{
	struct heir_origin path;
	int r = heir_result_get(graph->view->res, result, HEIR_FIELD_runtime_path, &path);

	if (r < 0)
		return r;
	*ret = (struct heir_graph_label){.is_default = result == graph->view->res->default_result,
		.is_pending = heir_view_is_pending(graph->view, result->handler),
		.path = HEIR_STR(""),
		.diag = result->dropped};
	if (!result->dropped && path.kind != HEIR_KIND_UNSET && path.kind != HEIR_KIND_INHERITED)
		ret->path = path.value.string;
	ret->shown = ret->path;
	return result->dropped ? 0
			       : heir_seen_late_of(&graph->late, result, &ret->late, &ret->shown);
}
