/* SPDX-License-Identifier: Apache-2.0 */
/* The graph for programs that draw: Graphviz and Mermaid. Nodes are numbered and names stand in
 * labels only, escaped, so that a name is never taken for more than a name. An arrow leads from a
 * handler to whom it inherits from. */
#include <inttypes.h>

#include "base/utf8.h"
#include "inherit/order.h"
#include "report/graph.h"

/* How a language of drawings writes it. */
struct dialect {
	const char *head, *tail;
	const char *newline; /* in a label */
	const char *node;    /* between the number of a node and its label */
	const char *end, *end_default, *end_dropped;
	/* Adds text that is harmless for terminals so that it stands in a label as it is. */
	void (*add)(struct heir_out *out, struct heir_str text);
	void (*edge)(struct heir_out *out, uint32_t from, uint32_t to, const char *via);
};

/* A backslash begins an escape in a label of Graphviz, an ampersand an entity. */
static void add_dot(struct heir_out *out, struct heir_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			heir_out_addz(out, "\\");
		heir_out_add(out, (struct heir_str){text.p + i, 1});
		if (text.p[i] == '&')
			heir_out_addz(out, "amp;");
	}
}

static void edge_dot(struct heir_out *out, uint32_t from, uint32_t to, const char *via)
{
	heir_out_printf(out, "\tn%" PRIu32 " -> n%" PRIu32 " [label=\"%s\"]\n", from, to, via);
}

static const struct dialect dot = {
	.head = "digraph handlers {\n"
		"\trankdir=BT\n"
		"\tnode [shape=box, fontname=\"sans-serif\"]\n"
		"\tedge [fontname=\"sans-serif\", fontsize=10]\n",
	.tail = "}\n",
	.newline = "\\n",
	.node = " [label=\"",
	.end = "\"]\n",
	.end_default = "\", style=bold]\n",
	.end_dropped = "\", style=dashed, color=red]\n",
	.add = add_dot,
	.edge = edge_dot,
};

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c & 0x80) || strchr(" -._/,()", c);
}

/* Mermaid looks into labels for Markdown, comments, directives and HTML: of ASCII only what is none
 * of that is written as it is. */
static void add_mermaid(struct heir_out *out, struct heir_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_plain(text.p[i]))
			heir_out_add(out, (struct heir_str){text.p + i, 1});
		else
			heir_out_printf(out, "#%d;", text.p[i]);
}

static void edge_mermaid(struct heir_out *out, uint32_t from, uint32_t to, const char *via)
{
	heir_out_printf(out, "\tn%" PRIu32 " -->|%s| n%" PRIu32 "\n", from, via, to);
}

static const struct dialect mermaid = {
	.head = "flowchart BT\n",
	/* A class "default" would be that of every node. */
	.tail = "\tclassDef standard stroke-width:3px\n"
		"\tclassDef dropped stroke:#c00,stroke-dasharray:4\n",
	.newline = "<br/>",
	.node = "[\"",
	.end = "\"]\n",
	.end_default = "\"]:::standard\n",
	.end_dropped = "\"]:::dropped\n",
	.add = add_mermaid,
	.edge = edge_mermaid,
};

struct drawing {
	const struct heir_graph *graph;
	const struct dialect *dialect;
	struct heir_out *out;
};

static int add(struct drawing *d, struct heir_str text)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_utf8_show(&shown, text);
	d->dialect->add(d->out, heir_buf_str(&shown));
	return heir_buf_error(&shown);
}

static uint32_t number_of(const struct drawing *d, const struct heir_result *result)
{
	return d->graph->nodes[result->handler->id].number;
}

static int draw_node(struct drawing *d, const struct heir_result *result)
{
	const struct dialect *dialect = d->dialect;
	struct heir_str name = result->handler->name;
	struct heir_graph_label label;
	int r = heir_graph_label(d->graph, result, &label);

	if (r < 0)
		return r;
	heir_out_printf(d->out, "\tn%" PRIu32 "%s", number_of(d, result), dialect->node);
	r = add(d, name.len ? name : HEIR_STR("\"\""));
	if (r == 0 && label.is_default)
		r = add(d, HEIR_STR(" (default)"));
	if (r == 0 && label.is_pending)
		r = add(d, HEIR_STR(" (pending)"));
	if (label.diag || label.shown.len > 0)
		heir_out_addz(d->out, dialect->newline);
	if (r == 0 && label.diag)
		r = add(d, HEIR_STR("dropped: "));
	if (r == 0)
		r = add(d, label.diag ? heir_str_from(label.diag->text) : label.shown);
	heir_out_addz(d->out, label.diag         ? dialect->end_dropped
			      : label.is_default ? dialect->end_default
						 : dialect->end);
	return r;
}

static int draw(struct drawing *d)
{
	const struct heir_view *view = d->graph->view;
	int r = 0;

	heir_out_addz(d->out, d->dialect->head);
	for (uint32_t i = 0; i < view->n_handlers && r == 0 && d->out->error == 0; i++) {
		const struct heir_result *at = heir_view_result(view, view->handlers[i]);

		if (d->graph->nodes[at->handler->id].drawn)
			r = draw_node(d, at);
	}
	for (uint32_t i = 0; i < view->n_handlers && r == 0 && d->out->error == 0; i++) {
		const struct heir_result *at = heir_view_result(view, view->handlers[i]);
		const struct heir_result *base = heir_result_base(at);

		if (base && d->graph->nodes[at->handler->id].drawn)
			d->dialect->edge(d->out, number_of(d, at), number_of(d, base),
				heir_via_name(at->via));
	}
	heir_out_addz(d->out, d->dialect->tail);
	return r;
}

int heir_graph_dot(const struct heir_graph *graph, struct heir_out *out)
{
	return draw(&(struct drawing){graph, &dot, out});
}

int heir_graph_mermaid(const struct heir_graph *graph, struct heir_out *out)
{
	return draw(&(struct drawing){graph, &mermaid, out});
}
