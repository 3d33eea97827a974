/* SPDX-License-Identifier: Apache-2.0 */
/* The inheritance, drawn: boxes and arrows as SVG, and the tree of `heir graph` as text below. A
 * cycle is cut where it is entered, and a chain that is deeper than a page is wide goes on at the
 * margin; both leave a box that only points to where the handler itself is. */
#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "inherit/order.h"
#include "model/bound.h"
#include "report/graph.h"
#include "report/html.h"
#include "report/layout.h"
#include "report/page.h"

enum { DEEPEST = 8, MANY_LEAVES = 6, MANY_BOXES = 60 };

enum kind {
	OF_HANDLER,
	AGAIN,   /* closes a cycle */
	GOES_ON, /* what hangs on it goes on here */
};

struct box {
	const struct heir_result *result;
	enum kind kind;
};

struct pending {
	const struct heir_result *result;
	uint32_t parent, depth;
	bool shares_row;
};

struct drawing {
	struct heir_page_printer *p;
	struct heir_graph graph;
	struct heir_layout layout;
	struct heir_layout_scale scale;
	struct box *boxes;       /* as those of the layout */
	struct pending *pending; /* the next on top */
	uint32_t n_pending;
	const struct heir_result **later; /* whose children go on at the margin */
	uint32_t n_later;
};

static const struct heir_graph_node *node_of(
	const struct drawing *d, const struct heir_result *result)
{
	return &d->graph.nodes[result->handler->id];
}

static bool is_leaf(const struct drawing *d, const struct heir_result *result)
{
	return !node_of(d, result)->child || node_of(d, result)->is_entry;
}

static uint32_t add_box(struct drawing *d, const struct heir_result *result, enum kind kind,
	uint32_t parent, bool shares_row)
{
	uint32_t i = d->layout.n++;

	d->boxes[i] = (struct box){result, kind};
	d->layout.boxes[i] = (struct heir_layout_box){.parent = parent, .shares_row = shares_row};
	return i;
}

/* Puts the children of one sort on the pile; the first of them has to be on top. */
static void push_children(struct drawing *d, const struct heir_result *result, uint32_t parent,
	uint32_t depth, bool leaves, bool shares_row)
{
	uint32_t from = d->n_pending;

	for (const struct heir_result *at = node_of(d, result)->child; at;
		at = node_of(d, at)->sibling)
		if (is_leaf(d, at) == leaves)
			d->pending[d->n_pending++] =
				(struct pending){at, parent, depth, shares_row};
	for (uint32_t to = d->n_pending; from + 1 < to; from++) {
		struct pending first = d->pending[from];

		d->pending[from] = d->pending[--to];
		d->pending[to] = first;
	}
}

static uint32_t count_leaves(const struct drawing *d, const struct heir_result *result)
{
	uint32_t n = 0;

	for (const struct heir_result *at = node_of(d, result)->child; at;
		at = node_of(d, at)->sibling)
		n += is_leaf(d, at);
	return n;
}

/* Leaves come last, so that they can share rows. */
static void push(
	struct drawing *d, const struct heir_result *result, uint32_t parent, uint32_t depth)
{
	push_children(d, result, parent, depth + 1, true, count_leaves(d, result) >= MANY_LEAVES);
	push_children(d, result, parent, depth + 1, false, false);
}

/* A root's boxes in preorder, or those of the rest of a tree that went too deep. */
static void add_tree(struct drawing *d, const struct heir_result *root, enum kind kind)
{
	push(d, root, add_box(d, root, kind, HEIR_LAYOUT_NONE, false), 0);
	while (d->n_pending > 0) {
		struct pending next = d->pending[--d->n_pending];
		bool again = node_of(d, next.result)->is_entry;
		uint32_t i = add_box(
			d, next.result, again ? AGAIN : OF_HANDLER, next.parent, next.shares_row);

		if (again)
			continue;
		if (next.depth == DEEPEST && node_of(d, next.result)->child)
			d->later[d->n_later++] = next.result;
		else
			push(d, next.result, i, next.depth);
	}
}

static void add_boxes(struct drawing *d)
{
	const struct heir_view *view = d->graph.view;

	for (uint32_t i = 0, done = 0; i < view->n_handlers; i++) {
		const struct heir_result *at = heir_view_result(view, view->handlers[i]);

		if (node_of(d, at)->is_root && node_of(d, at)->child)
			add_tree(d, at, OF_HANDLER);
		while (done < d->n_later)
			add_tree(d, d->later[done++], GOES_ON);
	}
	for (uint32_t i = 0; i < view->n_handlers; i++) {
		const struct heir_result *at = heir_view_result(view, view->handlers[i]);

		if (node_of(d, at)->is_root && !node_of(d, at)->child)
			add_box(d, at, OF_HANDLER, HEIR_LAYOUT_NONE, true);
	}
}

/* ---- Drawing ---- */

static void draw_line(struct drawing *d, uint32_t i)
{
	const struct heir_layout_box *box = &d->layout.boxes[i];
	struct heir_layout_point at[HEIR_LAYOUT_CORNERS];
	unsigned n;

	if (box->parent == HEIR_LAYOUT_NONE)
		return;
	n = heir_layout_line(&d->scale, box, &d->layout.boxes[box->parent], at);
	heir_out_printf(d->p->out, "<path class=\"%s\" marker-end=\"url(#p%zu-arrow)\" d=\"",
		d->boxes[i].kind == AGAIN ? "line again" : "line", d->p->number);
	for (unsigned k = 0; k < n; k++)
		heir_out_printf(d->p->out, "%s%u %u", k ? "L" : "M", at[k].x, at[k].y);
	heir_out_addz(d->p->out, "\"/>\n");
}

/* What is said of a box besides its name. */
static int note_of(const struct drawing *d, uint32_t i, struct heir_buf *buf)
{
	const struct heir_result *result = d->boxes[i].result;
	struct heir_graph_label label;
	int r = heir_graph_label(&d->graph, result, &label);

	if (r < 0)
		return r;
	if (d->boxes[i].kind == AGAIN)
		heir_buf_addz(buf, "again: a cycle");
	else if (d->boxes[i].kind == GOES_ON)
		heir_buf_addz(buf, "goes on");
	else if (label.diag)
		heir_buf_addz(
			buf, node_of(d, result)->in_cycle ? "dropped: in a cycle" : "dropped");
	else {
		enum heir_change change = heir_page_change(d->p, result->handler);

		if (change != HEIR_CHANGE_NONE)
			heir_buf_printf(buf, "%s \xc2\xb7 ", heir_change_name(change));
		if (label.is_default)
			heir_buf_addz(buf, "default");
		else if (heir_result_base(result))
			heir_buf_addz(buf, heir_via_name(result->via));
		if (label.shown.len > 0) {
			heir_buf_addz(buf, buf->len ? " \xc2\xb7 " : "");
			heir_buf_add_text(buf, label.shown);
		}
	}
	return heir_buf_error(buf);
}

static const char *look_of(const struct drawing *d, uint32_t i)
{
	const struct heir_result *result = d->boxes[i].result;

	if (d->boxes[i].kind != OF_HANDLER)
		return "box ghost";
	if (result->dropped)
		return "box gone";
	return result == d->graph.view->res->default_result ? "box main" : "box";
}

/* What the comparison found, as another class of the box. */
static const char *change_of(const struct drawing *d, uint32_t i)
{
	if (d->boxes[i].kind != OF_HANDLER)
		return "";
	switch (heir_page_change(d->p, d->boxes[i].result->handler)) {
	case HEIR_CHANGE_ADDED:
	case HEIR_CHANGE_FIXED:
		return " added";
	case HEIR_CHANGE_CHANGED:
		return " altered";
	default:
		return "";
	}
}

static void print_elided(struct heir_out *out, struct heir_str text, size_t width)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_elide(out, &shown, text, width);
	if (shown.failed)
		out->error = out->error ? out->error : -ENOMEM;
	heir_html_text(out, heir_buf_str(&shown));
}

/* The title, which is read out and shown where the pointer rests, has all that is cut. */
static int print_title(struct drawing *d, uint32_t i, struct heir_str note)
{
	const struct heir_result *result = d->boxes[i].result, *base = heir_result_base(result);
	struct heir_out *out = d->p->out;

	heir_out_addz(out, "<title>");
	heir_html_text(out, result->handler->name.len ? result->handler->name : HEIR_STR("\"\""));
	if (base) {
		heir_out_addz(out, " inherits from ");
		print_elided(out, base->handler->name, HEIR_BOUND_CELL);
	}
	if (note.len > 0)
		heir_out_addz(out, ", ");
	heir_html_text(out, note);
	if (result->dropped && d->boxes[i].kind == OF_HANDLER) {
		heir_out_addz(out, ": ");
		heir_html_textz(out, result->dropped->text);
	}
	heir_out_addz(out, "</title>");
	return 0;
}

static int draw_box(struct drawing *d, uint32_t i)
{
	enum { MARGIN = 20, DIGITS = 10, OF_NAME = 72, OF_NOTE = 60 }; /* a tenth of a unit */
	unsigned room = d->scale.width - MARGIN;
	const struct heir_result *result = d->boxes[i].result;
	struct heir_layout_point at = heir_layout_corner(&d->scale, &d->layout.boxes[i]);
	_cleanup_(heir_buf_release) struct heir_buf note = HEIR_BUF_NULL;
	bool two_lines = d->scale.height > 30;
	struct heir_out *out = d->p->out;
	int r = note_of(d, i, &note);

	if (r < 0)
		return r;
	heir_out_printf(out,
		"<a href=\"#p%zu-h%u\"><svg class=\"%s%s\" x=\"%u\" y=\"%u\" width=\"%u\" "
		"height=\"%u\">",
		d->p->number, result->handler->id, look_of(d, i), change_of(d, i), at.x, at.y,
		d->scale.width, d->scale.height);
	print_title(d, i, heir_buf_str(&note));
	heir_out_printf(out,
		"<rect x=\"2\" y=\"2\" width=\"%u\" height=\"%u\" rx=\"5\"/><text class=\"name\" "
		"x=\"10\" y=\"17\">",
		d->scale.width - 4, d->scale.height - 4);
	print_elided(out, result->handler->name.len ? result->handler->name : HEIR_STR("\"\""),
		room * DIGITS / OF_NAME);
	heir_out_addz(out, "</text>");
	if (two_lines && note.len > 0) {
		heir_out_addz(out, "<text class=\"about\" x=\"10\" y=\"32\">");
		print_elided(out, heir_buf_str(&note), room * DIGITS / OF_NOTE);
		heir_out_addz(out, "</text>");
	}
	heir_out_addz(out, "</svg></a>\n");
	return 0;
}

static void print_legend(struct drawing *d)
{
	static const struct {
		const char *class, *words;
		bool compared;
	} entries[] = {
		{"main", "the default", false},
		{"gone", "dropped", false},
		{"altered", "changed", true},
		{"added", "new or fixed", true},
		{"ghost", "drawn elsewhere", false},
	};

	heir_out_addz(d->p->out, "<p class=\"legend\">An arrow leads to the handler that another "
				 "one inherits from.");
	for (unsigned i = 0; i < ARRAY_LEN(entries); i++)
		if (d->p->changes || !entries[i].compared)
			heir_out_printf(d->p->out, " <span class=\"swatch %s\">%s</span>",
				entries[i].class, entries[i].words);
	heir_out_addz(d->p->out, "</p>\n");
}

static int draw(struct drawing *d)
{
	struct heir_out *out = d->p->out;
	uint32_t width = d->layout.n_columns * (d->scale.width + d->scale.gap);
	uint32_t height = d->layout.n_rows * (d->scale.height + d->scale.space) + d->scale.space;
	size_t k = d->p->number;
	int r = 0;

	heir_out_printf(out,
		"<section class=\"wide drawing\" tabindex=\"0\" "
		"aria-labelledby=\"p%zu-drawn p%zu\">\n<svg class=\"graph\" role=\"group\" "
		"aria-labelledby=\"p%zu-drawn\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u "
		"%u\">\n",
		k, k, k, width, height, width, height);
	heir_out_printf(out,
		"<title id=\"p%zu-drawn\">Inheritance: an arrow leads from a handler to "
		"the one that it inherits from</title>\n",
		k);
	heir_out_printf(out,
		"<defs><marker id=\"p%zu-arrow\" class=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" "
		"refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
		"orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
		k);
	for (uint32_t i = 0; i < d->layout.n; i++)
		draw_line(d, i);
	for (uint32_t i = 0; i < d->layout.n && r == 0 && out->error == 0; i++)
		r = draw_box(d, i);
	heir_out_addz(out, "</svg>\n</section>\n");
	print_legend(d);
	return r;
}

static int lay_out(struct drawing *d)
{
	static const struct heir_layout_scale wide = {208, 42, 44, 14}, tight = {172, 26, 36, 10};
	size_t n = d->graph.view->n_handlers + 1;

	/* A handler is drawn once, and as a box that points to it at most twice more. */
	d->boxes = calloc(3 * n, sizeof(*d->boxes));
	d->layout.boxes = calloc(3 * n, sizeof(*d->layout.boxes));
	d->pending = calloc(n, sizeof(*d->pending));
	d->later = calloc(n, sizeof(const struct heir_result *));
	if (!d->boxes || !d->layout.boxes || !d->pending || !d->later)
		return -ENOMEM;
	add_boxes(d);
	heir_layout(&d->layout);
	d->scale = d->layout.n > MANY_BOXES ? tight : wide;
	return 0;
}

static int print_drawing(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	struct drawing d = {.p = p};
	int r = heir_graph_init(
		&d.graph, view, (struct heir_selection){view->handlers, view->n_handlers});

	if (r == 0)
		r = lay_out(&d);
	if (r == 0)
		r = draw(&d);
	heir_graph_release(&d.graph);
	free(d.boxes);
	free(d.layout.boxes);
	free(d.pending);
	free(d.later);
	return r;
}

static int print_tree(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	struct heir_html_pipe pipe;
	int r;

	heir_out_addz(p->out, "<pre class=\"tree\" tabindex=\"0\">");
	heir_html_pipe_init(&pipe, p->out);
	r = heir_graph_print(
		view, (struct heir_selection){view->handlers, view->n_handlers}, &pipe.text);
	heir_html_pipe_finish(&pipe);
	heir_out_addz(p->out, "</pre>\n");
	return r;
}

int heir_page_graph(struct heir_page_printer *p)
{
	bool drawn = p->part->view->n_handlers <= HEIR_PAGE_MAX_DRAWN;
	int r = 0;

	heir_page_heading(p, "graph", "Inheritance");
	if (drawn)
		r = print_drawing(p);
	else
		heir_out_printf(p->out,
			"<p>More than %d handlers are not drawn; this is the tree of <code>heir "
			"graph</code>.</p>\n",
			HEIR_PAGE_MAX_DRAWN);
	heir_out_printf(p->out, "<details class=\"text\"%s>\n<summary>The same as text</summary>\n",
		drawn ? "" : " open");
	if (r == 0)
		r = print_tree(p);
	heir_out_addz(p->out, "</details>\n");
	heir_page_end(p);
	return r;
}
