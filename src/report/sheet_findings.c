/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, with the lines of the files, and what the rules that found it mean. */
#include "check/pages.h"
#include "report/diagnostics.h"
#include "report/findings.h"
#include "report/html.h"
#include "report/sheet.h"

static const char *level_class(enum heir_rule rule)
{
	switch (heir_rule_level(rule)[0]) {
	case 'e':
		return "bad";
	case 'w':
		return "warn";
	default:
		return "note";
	}
}

/* "50-gpu.conf:3:11: " as text, without the colon that ends it. */
static int print_place(struct heir_sheet_printer *p, struct heir_location where)
{
	const struct heir_view *view = p->part->view;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	if (!where.file)
		return 0;
	if (where.holder.input)
		heir_buf_printf(&text, "%s (%s %s, %s)", where.holder.input, where.holder.kind,
			where.holder.name, where.file);
	else
		heir_buf_addz(&text, heir_view_short_path(view, where.file));
	if (where.line > 0)
		heir_buf_printf(&text, ":%u:%u", where.line, where.column);
	heir_out_addz(p->out, " <code class=\"place\">");
	heir_html_text(p->out, heir_buf_str(&text));
	heir_out_addz(p->out, "</code>");
	return heir_buf_error(&text);
}

static void print_excerpt(struct heir_sheet_printer *p, const struct heir_diag *diag, uint32_t line)
{
	struct heir_html_pipe pipe;

	heir_out_addz(p->out, "<pre class=\"excerpt\">");
	heir_html_pipe_init(&pipe, p->out);
	heir_print_excerpt(p->part->view, diag->where, line, &pipe.text);
	heir_html_pipe_finish(&pipe);
	heir_out_addz(p->out, "</pre>\n");
}

static int print_notes(struct heir_sheet_printer *p, const struct heir_diag *diag)
{
	int r = 0;

	if (!diag->notes && !diag->help)
		return 0;
	heir_out_addz(p->out, "<ul class=\"asides\">\n");
	for (const struct heir_note *note = diag->notes; note && r == 0; note = note->next) {
		struct heir_location where;

		r = heir_view_locate(p->part->view, note->where, &where);
		heir_out_addz(p->out, "<li>");
		heir_html_textz(p->out, note->text);
		if (r == 0)
			r = print_place(p, where);
		heir_out_addz(p->out, "</li>\n");
	}
	if (diag->help) {
		heir_out_addz(p->out, "<li><strong>Help:</strong> ");
		heir_html_textz(p->out, diag->help);
		heir_out_addz(p->out, "</li>\n");
	}
	heir_out_addz(p->out, "</ul>\n");
	return r;
}

static int print_finding(struct heir_sheet_printer *p, const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	struct heir_location where;
	int r = heir_diagnostic_words(diag, &words);

	if (r == 0)
		r = heir_diagnostic_locate(p->part->view, diag, &where);
	if (r < 0)
		return r;
	heir_out_printf(p->out, "<li class=\"finding %s\">\n<p><span class=\"level\">%s</span> ",
		level_class(diag->rule), heir_rule_level(diag->rule));
	heir_html_text(p->out, heir_buf_str(&words));
	heir_out_addz(p->out, "</p>\n<p class=\"about\">");
	heir_sheet_rule(p, diag->rule);
	r = print_place(p, where);
	heir_out_addz(p->out, "</p>\n");
	if (r == 0 && where.line > 0)
		print_excerpt(p, diag, where.line);
	if (r == 0)
		r = print_notes(p, diag);
	heir_out_addz(p->out, "</li>\n");
	return r;
}

int heir_sheet_findings(struct heir_sheet_printer *p)
{
	const struct heir_diags *diags = &p->part->view->core->diags;
	int r = 0;

	heir_sheet_heading(p, "findings", "Findings");
	heir_sort_diagnostics(p->part->view->core);
	if (diags->n == 0)
		heir_out_addz(p->out, "<p>Nothing is wrong with the files.</p>\n");
	else
		heir_out_addz(p->out, "<ul class=\"findings\">\n");
	for (uint32_t i = 0; i < diags->n && r == 0 && p->out->error == 0; i++)
		r = print_finding(p, diags->items[i]);
	if (diags->n > 0)
		heir_out_addz(p->out, "</ul>\n");
	heir_sheet_end(p);
	return r;
}

/* ---- Rules ---- */

static void print_example(
	struct heir_out *out, const char *title, const struct heir_page_file *files, const char *at)
{
	struct heir_html_pipe pipe;

	heir_html_elementz(out, "h4", NULL, title);
	heir_out_addz(out, "<pre>");
	heir_html_pipe_init(&pipe, out);
	heir_rules_files(&pipe.text, files, at);
	heir_html_pipe_finish(&pipe);
	heir_out_addz(out, "</pre>\n");
}

static void print_rule(struct heir_out *out, enum heir_rule rule)
{
	const struct heir_page *page = &heir_pages[rule];
	const char *id = heir_rules[rule].id;

	heir_out_printf(out,
		"<details class=\"ruling\">\n<summary><h3 id=\"rule-%s\">%s</h3> "
		"<span class=\"%s\">%s</span></summary>\n",
		id, id, level_class(rule), heir_rules_severity(&heir_rules[rule]));
	heir_html_elementz(out, "p", "meaning", heir_rules[rule].help);
	heir_html_elementz(out, "p", NULL, page->what);
	print_example(out, "Wrong", page->wrong, page->at);
	print_example(out, "Right", page->right, NULL);
	heir_out_addz(out, "</details>\n");
}

int heir_sheet_rules(struct heir_sheet_printer *p)
{
	bool any = false;

	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		any = any || p->rules[rule];
	if (!any)
		return 0;
	heir_out_addz(p->out, "<section class=\"part\" aria-labelledby=\"rules\">\n"
			      "<h2 id=\"rules\">What the rules mean</h2>\n");
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		if (p->rules[rule])
			print_rule(p->out, rule);
	heir_out_addz(p->out, "</section>\n");
	return 0;
}
