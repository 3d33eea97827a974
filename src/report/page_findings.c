/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, with the lines of the files, and what the rules that found it mean. */
#include <errno.h>
#include <string.h>

#include "check/pages.h"
#include "model/known.h"
#include "report/diagnostics.h"
#include "report/findings.h"
#include "report/html.h"
#include "report/page.h"

static const char *level_class(const char *level)
{
	switch (level[0]) {
	case 'e':
		return "bad";
	case 'w':
		return "warn";
	default:
		return "note";
	}
}

/* "50-gpu.conf:3:11: " as text, without the colon that ends it. */
static int print_place(struct heir_page_printer *p, const struct heir_location *where)
{
	const struct heir_view *view = p->part->view;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	if (!where->file)
		return 0;
	if (where->holder.input)
		heir_buf_printf(&text, "%s (%s %s, %s)", where->holder.input, where->holder.kind,
			where->holder.name, where->file);
	else
		heir_buf_addz(&text, heir_view_short_path(view, where->file));
	if (where->line > 0)
		heir_buf_printf(&text, ":%u:%u", where->line, where->column);
	heir_out_addz(p->out, " <code class=\"place\">");
	heir_html_text(p->out, heir_buf_str(&text));
	heir_out_addz(p->out, "</code>");
	return heir_buf_error(&text);
}

static void print_excerpt(struct heir_page_printer *p, const struct heir_diag *diag, uint32_t line)
{
	struct heir_excerpt excerpt;

	heir_excerpt_of(p->part->view, diag->where, line, &excerpt);
	heir_out_printf(p->out, "<pre class=\"excerpt\"><span class=\"dim\">%u |</span> ", line);
	heir_html_blanked(p->out, excerpt.before, '\t');
	heir_out_addz(p->out, "<mark>");
	heir_html_blanked(p->out, excerpt.marked, '\t');
	heir_out_addz(p->out, "</mark>");
	heir_html_blanked(p->out, excerpt.after, '\t');
	heir_out_addz(p->out, "</pre>\n");
}

static int print_notes(struct heir_page_printer *p, const struct heir_diag *diag)
{
	int r = 0;

	if (!diag->notes && !diag->help)
		return 0;
	heir_out_addz(p->out, "<ul class=\"asides\">\n");
	for (const struct heir_note *note = diag->notes; note && r == 0; note = note->next) {
		struct heir_spot spot;

		r = heir_spot_of(p->part->view, note->where, &spot);
		heir_out_addz(p->out, "<li>");
		heir_html_textz(p->out, note->text);
		if (r == 0)
			r = print_place(p, &spot.where);
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

/* ---- The list ---- */

static int print_finding(struct heir_page_printer *p, const struct heir_diag *diag, bool is_new)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	const struct heir_location *where = &finding.spot.where;
	int r = heir_finding_read(p->part->view, diag, &finding);

	if (r < 0)
		return r;
	heir_out_printf(p->out, "<li class=\"finding %s\">\n<p>", level_class(finding.level));
	if (is_new)
		heir_out_addz(p->out, "<span class=\"badge new\">new</span> ");
	heir_out_printf(p->out, "<span class=\"level\">%s</span> ", finding.level);
	heir_html_text(p->out, heir_buf_str(&finding.words));
	heir_out_addz(p->out, "</p>\n<p class=\"about\">");
	heir_page_rule(p, diag->rule);
	r = print_place(p, where);
	heir_out_addz(p->out, "</p>\n");
	if (r == 0 && where->line > 0)
		print_excerpt(p, diag, where->line);
	if (r == 0)
		r = print_notes(p, diag);
	heir_out_addz(p->out, "</li>\n");
	return r;
}

struct level {
	char letter; /* the first of its name */
	const char *one, *many;
	uint32_t n;
};

/* Those of a level, which many of wait for a click. `known` NULL: nothing is compared. */
static int print_level(
	struct heir_page_printer *p, const struct level *level, struct heir_known *known)
{
	enum { MANY = 20 };
	const struct heir_diags *diags = &p->part->view->core->diags;
	uint32_t n = level->n;
	int r = 0;

	if (n == 0)
		return 0;
	heir_out_printf(
		p->out, "<details class=\"level\"%s>\n<summary><h4>", n > MANY ? "" : " open");
	heir_page_count(p->out, n, level->one, level->many);
	heir_out_addz(p->out, "</h4></summary>\n<ul class=\"findings\">\n");
	for (uint32_t i = 0; i < diags->n && r == 0 && p->out->error == 0; i++) {
		bool was = true;

		if (heir_rule_level(diags->items[i]->rule)[0] != level->letter)
			continue;
		if (known)
			r = heir_known_take(known, p->part->view->core, diags->items[i], &was);
		if (r == 0)
			r = print_finding(p, diags->items[i], !was);
	}
	heir_out_addz(p->out, "</ul>\n</details>\n");
	return r;
}

/* What was found before and is no more. */
static void print_gone(struct heir_page_printer *p, const struct heir_known *known)
{
	uint32_t n = heir_known_left(known);

	if (n == 0)
		return;
	heir_out_addz(p->out, "<p>");
	heir_page_count(p->out, n, "earlier finding is gone", "earlier findings are gone");
	heir_out_addz(p->out, ".</p>\n");
}

static int print_levels(struct heir_page_printer *p)
{
	struct heir_finding_counts counts = heir_findings_count(&p->part->view->core->diags);
	const struct level levels[] = {{'e', "error", "errors", counts.errors},
		{'w', "warning", "warnings", counts.warnings},
		{'n', "note", "notes", counts.notes}};
	const struct heir_diff *diff = p->part->diff;
	struct heir_known known;
	int r = diff ? heir_known_init(&known, diff->view[HEIR_LEFT]->core) : 0;

	for (unsigned i = 0; i < ARRAY_LEN(levels) && r == 0; i++)
		r = print_level(p, &levels[i], diff ? &known : NULL);
	if (diff) {
		if (r == 0)
			print_gone(p, &known);
		heir_known_release(&known);
	}
	return r;
}

int heir_page_findings(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	int r;

	heir_page_heading(p, "findings", "Findings");
	heir_findings_sort(view->core);
	if (view->core->diags.n == 0)
		heir_out_addz(p->out, "<p>heir found no problem in the files.</p>\n");
	else if (p->part->stock && !view->fatal)
		heir_out_addz(p->out, "<p class=\"dim\">Findings are about an unmodified CRI-O "
				      "with these files. The drop-in that <code>heir render</code> "
				      "writes gives it the values that heir resolves.</p>\n");
	r = print_levels(p);
	heir_page_end(p);
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
	const struct heir_rule_page *page = &heir_rule_pages[rule];
	const char *id = heir_rules[rule].id;

	heir_out_printf(out,
		"<details class=\"ruling\">\n<summary><h3 id=\"rule-%s\">%s</h3> "
		"<span class=\"%s\">%s</span></summary>\n",
		id, id, level_class(heir_rule_level(rule)), heir_rules_severity(&heir_rules[rule]));
	heir_html_elementz(out, "p", "meaning", heir_rules[rule].help);
	heir_html_elementz(out, "p", NULL, page->what);
	print_example(out, "Wrong", page->wrong, page->at);
	print_example(out, "Right", page->right, NULL);
	heir_out_addz(out, "</details>\n");
}

int heir_page_rules(struct heir_page_printer *p)
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
