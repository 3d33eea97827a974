/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers: a table like that of `heir show`, then each with its values. */
#include "inherit/order.h"
#include "inherit/pending.h"
#include "model/bound.h"
#include "report/html.h"
#include "report/page.h"
#include "report/show.h"

static const char *const titles[] = {"Handler", "Runtime", "Type", "Root", "Via", "From"};

static int print_string(
	struct heir_page_printer *p, const struct heir_handler *handler, enum heir_field field)
{
	const struct heir_late_target *now = NULL;
	struct heir_origin origin;
	struct heir_str words;
	int r = heir_view_field(p->part->view, handler, field, &origin);

	if (r == 0)
		r = heir_bound_value(&p->part->view->core->values, NULL, &origin);
	if (r < 0)
		return r;
	heir_out_addz(p->out, "<td>");
	if (origin.value.string.len > 0)
		heir_html_element(p->out, "code", NULL, origin.value.string);
	else
		heir_out_addz(p->out, "\xe2\x80\x93");
	if (field == HEIR_FIELD_runtime_path)
		r = heir_seen_late_of(
			&p->late, heir_view_result(p->part->view, handler), &now, &words);
	if (r < 0)
		return r;
	if (now) {
		heir_out_addz(p->out, "<br>");
		heir_html_text(p->out, words);
	}
	heir_out_addz(p->out, "</td>");
	return 0;
}

static int print_origin(struct heir_page_printer *p, const struct heir_handler *handler)
{
	const struct heir_view *view = p->part->view;
	const struct heir_result *result = heir_view_result(view, handler);
	_cleanup_(heir_buf_release) struct heir_buf from = HEIR_BUF_NULL;
	struct heir_origin path;
	int r = heir_view_field(view, handler, HEIR_FIELD_runtime_path, &path);

	if (r < 0)
		return r;
	heir_html_elementz(p->out, "td", NULL, heir_show_via(result, &path));
	heir_out_addz(p->out, "<td>");
	if (path.kind == HEIR_KIND_INHERITED) {
		heir_page_link(p, result->parent->handler->name);
	} else {
		r = heir_show_from(view, handler, &path, &from);
		if (r == 0)
			heir_html_element(p->out, "code", NULL, heir_buf_str(&from));
	}
	heir_out_addz(p->out, "</td>");
	return r;
}

static int print_reason(struct heir_page_printer *p, const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

	heir_diff_reason_words(&words, diag);
	heir_out_addz(p->out, "<strong class=\"bad\">dropped:</strong> ");
	heir_html_text(p->out, heir_buf_str(&words));
	heir_out_addz(p->out, " ");
	heir_page_rule(p, diag->rule);
	heir_out_addz(p->out, " ");
	return words.failed ? heir_buf_error(&words) : heir_page_place(p, diag->where);
}

/* By which the filter tells handlers apart. */
static const char *row_class(const struct heir_page_printer *p, const struct heir_handler *handler)
{
	bool differs = heir_page_change(p, handler) != HEIR_CHANGE_NONE;

	if (heir_view_result(p->part->view, handler)->dropped)
		return differs ? "is-dropped is-changed" : "is-dropped";
	if (heir_view_is_pending(p->part->view, handler))
		return differs ? "is-pending is-changed" : "is-pending";
	return differs ? "is-changed" : "is-other";
}

/* Style alone does it: there is no script. */
static void print_filter(struct heir_page_printer *p)
{
	static const struct {
		const char *class, *words;
		bool compared;
	} choices[] = {
		{"all", "all", false},
		{"dropped", "dropped", false},
		{"pending", "pending", false},
		{"changed", "changed", true},
	};

	heir_out_addz(p->out, "<fieldset class=\"filter\">\n<legend>Show</legend>\n");
	for (unsigned i = 0; i < ARRAY_LEN(choices); i++)
		if (p->changes || !choices[i].compared)
			heir_out_printf(p->out,
				"<label><input type=\"radio\" name=\"p%zu-filter\" "
				"class=\"only-%s\"%s> %s</label>\n",
				p->number, choices[i].class, i == 0 ? " checked" : "",
				choices[i].words);
	heir_out_addz(p->out, "</fieldset>\n");
}

static int print_row(struct heir_page_printer *p, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(p->part->view, handler);
	int r = 0;

	heir_out_printf(p->out, "<tr class=\"%s\"><th scope=\"row\">", row_class(p, handler));
	heir_page_link(p, handler->name);
	heir_page_badges(p, handler, true);
	heir_out_addz(p->out, "</th>");
	if (result->dropped) {
		heir_out_addz(p->out, "<td colspan=\"5\">");
		r = print_reason(p, result->dropped);
		heir_out_addz(p->out, "</td></tr>\n");
		return r;
	}
	r = print_string(p, handler, HEIR_FIELD_runtime_path);
	if (r == 0)
		r = print_string(p, handler, HEIR_FIELD_runtime_type);
	if (r == 0)
		r = print_string(p, handler, HEIR_FIELD_runtime_root);
	if (r == 0)
		r = print_origin(p, handler);
	heir_out_addz(p->out, "</tr>\n");
	return r;
}

static int print_table(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	int r = 0;

	heir_out_printf(p->out,
		"<section class=\"wide\" tabindex=\"0\" "
		"aria-labelledby=\"p%zu-table p%zu\">\n"
		"<table class=\"handlers\">\n<caption id=\"p%zu-table\">What the handlers resolve "
		"to</caption>\n<thead><tr>",
		p->number, p->number, p->number);
	for (unsigned i = 0; i < ARRAY_LEN(titles); i++)
		heir_out_printf(p->out, "<th scope=\"col\">%s</th>", titles[i]);
	heir_out_addz(p->out, "</tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < view->n_handlers && r == 0 && p->out->error == 0; i++)
		r = print_row(p, view->handlers[i]);
	heir_out_addz(p->out, "</tbody>\n</table>\n</section>\n");
	if (view->pending)
		heir_out_addz(p->out, "<p>Pending: " HEIR_PENDING_WORDS " (heir apply, heir "
				      "render).</p>\n");
	return r;
}

/* Where there are too many for their lineage. */
static int print_values(struct heir_page_printer *p, const struct heir_handler *handler)
{
	heir_out_addz(p->out, "<table class=\"rows\">\n<tbody>\n");
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		struct heir_origin origin;
		int r = heir_view_field(p->part->view, handler, f, &origin);

		if (r == 0)
			r = heir_bound_value(&p->part->view->core->values, NULL, &origin);
		if (r < 0)
			return r;
		if (origin.kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin.value))
			continue;
		heir_out_addz(p->out, "<tr>");
		heir_out_addz(p->out, "<th scope=\"row\">");
		heir_html_text(p->out, heir_fields[f].name);
		heir_out_addz(p->out, "</th>");
		heir_view_value(&text, &origin.value);
		heir_html_element(p->out, "td", NULL, heir_buf_str(&text));
		heir_buf_clear(&text);
		heir_view_origin_words(&text, &origin);
		heir_html_element(p->out, "td", "dim", heir_buf_str(&text));
		heir_out_addz(p->out, "</tr>\n");
		if (text.failed)
			return heir_buf_error(&text);
	}
	heir_out_addz(p->out, "</tbody>\n</table>\n");
	return 0;
}

static int print_handler(struct heir_page_printer *p, const struct heir_handler *handler)
{
	const struct heir_view *view = p->part->view;
	const struct heir_result *result = heir_view_result(view, handler);
	const struct heir_result *base = heir_result_base(result);
	int r = 0;

	heir_out_printf(p->out, "<details class=\"handler %s\">\n<summary><h4 id=\"p%zu-h%u\">",
		row_class(p, handler), p->number, handler->id);
	heir_html_name(p->out, handler->name);
	heir_out_addz(p->out, "</h4>");
	heir_page_badges(p, handler, false);
	if (result->dropped)
		heir_out_addz(p->out, " <strong class=\"bad\">dropped</strong>");
	heir_out_addz(p->out, "</summary>\n<p>");
	if (result->dropped)
		r = print_reason(p, result->dropped);
	else if (base) {
		heir_out_addz(p->out, "Inherits from ");
		heir_page_link(p, base->handler->name);
		heir_out_printf(p->out, " by %s.", heir_via_name(result->via));
	} else
		heir_out_addz(p->out, "Does not inherit.");
	heir_out_addz(p->out, "</p>\n");
	if (r == 0)
		r = view->n_handlers > HEIR_PAGE_MAX_EXPLAINED ? print_values(p, handler)
							       : heir_page_lineage(p, handler);
	heir_out_addz(p->out, "</details>\n");
	return r;
}

int heir_page_handlers(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	int r;

	r = heir_seen_late_read(&p->late, view);
	heir_page_heading(p, "handlers", "Handlers");
	print_filter(p);
	if (r == 0)
		r = print_table(p);
	if (view->n_handlers > HEIR_PAGE_MAX_EXPLAINED)
		heir_out_addz(p->out,
			"<p>With this many handlers, the page shows values without their origin. "
			"Run <code>heir explain HANDLER</code> for the origin.</p>\n");
	for (uint32_t i = 0; i < view->n_handlers && r == 0 && p->out->error == 0; i++) {
		if (i % 64 == 0)
			heir_trace_wait(view->core->trace, "the page: handler %u of %u", i,
				view->n_handlers);
		r = print_handler(p, view->handlers[i]);
		heir_core_forget_values(view->core);
	}
	heir_page_end(p);
	return r;
}

int heir_page_drop_in(struct heir_page_printer *p)
{
	const struct heir_page_node *part = p->part;
	struct heir_html_pipe pipe;

	if (!part->drop_in.p && !part->refused)
		return 0;
	heir_page_heading(p, "drop-in", "The drop-in that heir would write");
	if (part->refused) {
		heir_out_addz(p->out, "<p class=\"bad\">None: ");
		heir_html_textz(p->out, part->refused);
		heir_out_addz(p->out, "</p>\n");
	} else {
		heir_out_addz(p->out, "<details class=\"file\">\n<summary><h4>");
		heir_html_element(p->out, "code", NULL, heir_str_from(part->drop_in_path));
		heir_out_addz(p->out, "</h4></summary>\n<pre class=\"drop-in\" tabindex=\"0\">");
		heir_html_pipe_init(&pipe, p->out);
		heir_out_show_lines(&pipe.text, part->drop_in);
		heir_html_pipe_finish(&pipe);
		heir_out_addz(p->out, "</pre>\n</details>\n");
	}
	heir_page_end(p);
	return 0;
}
