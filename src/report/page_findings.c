/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, with the lines of the files, and what the rules that found it mean. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "check/pages.h"
#include "report/diagnostics.h"
#include "report/findings.h"
#include "report/html.h"
#include "report/page.h"

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
static int print_place(struct heir_page_printer *p, struct heir_location where)
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

/* ---- What was found before, too ---- */

/* By what they say rather than by where: lines move. */
struct known {
	struct heir_arena arena;
	struct heir_map map; /* how many there are */
};

static int make_key(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_buf *buf)
{
	struct heir_location where;
	int r = heir_diagnostic_locate(view, diag, &where);

	if (r < 0)
		return r;
	heir_buf_addz(buf, heir_rules[diag->rule].id);
	heir_buf_addc(buf, '\n');
	heir_buf_addz(buf, where.file ? where.file : "");
	heir_buf_addc(buf, '\n');
	return heir_diagnostic_words(diag, buf);
}

static int know(struct known *known, const struct heir_view *view, const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
	int r = make_key(view, diag, &key);
	uint32_t n;
	bool is_new;
	char *copy;

	if (r < 0)
		return r;
	copy = heir_arena_strndup(&known->arena, key.p, key.len);
	if (!copy)
		return -ENOMEM;
	key.len = MIN(key.len, strlen(copy));
	r = heir_map_put(&known->map, (struct heir_str){copy, key.len}, 1, &n, &is_new);
	if (r == 0 && !is_new)
		heir_map_replace(&known->map, (struct heir_str){copy, key.len}, n + 1);
	return r;
}

static int know_all(struct known *known, const struct heir_view *view)
{
	const struct heir_diags *diags = &view->core->diags;
	int r = 0;

	heir_arena_init(&known->arena);
	for (uint32_t i = 0; i < diags->n && r == 0; i++)
		r = know(known, view, diags->items[i]);
	return r;
}

/* Takes one of that kind away. */
static int is_known(
	struct known *known, const struct heir_view *view, const struct heir_diag *diag, bool *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
	int r = make_key(view, diag, &key);
	uint32_t n;

	if (r < 0)
		return r;
	n = heir_map_get(&known->map, heir_buf_str(&key));
	*ret = n != HEIR_MAP_NONE && n > 0;
	if (*ret)
		heir_map_replace(&known->map, heir_buf_str(&key), n - 1);
	return 0;
}

static void release(struct known *known)
{
	heir_map_release(&known->map);
	heir_arena_release(&known->arena);
}

/* ---- The list ---- */

static int print_head(struct heir_page_printer *p, const struct heir_diag *diag, bool is_new)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	int r = heir_diagnostic_words(diag, &words);

	if (r < 0)
		return r;
	heir_out_printf(p->out, "<li class=\"finding %s\">\n<p>", level_class(diag->rule));
	if (is_new)
		heir_out_addz(p->out, "<span class=\"badge new\">new</span> ");
	heir_out_printf(p->out, "<span class=\"level\">%s</span> ", heir_rule_level(diag->rule));
	heir_html_text(p->out, heir_buf_str(&words));
	heir_out_addz(p->out, "</p>\n");
	return 0;
}

static int print_finding(struct heir_page_printer *p, const struct heir_diag *diag, bool is_new)
{
	struct heir_location where;
	int r = heir_diagnostic_locate(p->part->view, diag, &where);

	if (r == 0)
		r = print_head(p, diag, is_new);
	if (r < 0)
		return r;
	heir_out_addz(p->out, "<p class=\"about\">");
	heir_page_rule(p, diag->rule);
	r = print_place(p, where);
	heir_out_addz(p->out, "</p>\n");
	if (r == 0 && where.line > 0)
		print_excerpt(p, diag, where.line);
	if (r == 0)
		r = print_notes(p, diag);
	heir_out_addz(p->out, "</li>\n");
	return r;
}

struct level {
	char letter; /* the first of its name */
	const char *one, *many;
};

static uint32_t count_level(const struct heir_diags *diags, char letter)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < diags->n; i++)
		n += heir_rule_level(diags->items[i]->rule)[0] == letter;
	return n;
}

/* Those of a level, which many of wait for a click. `known` NULL: nothing is compared. */
static int print_level(struct heir_page_printer *p, const struct level *level, struct known *known)
{
	enum { MANY = 20 };
	const struct heir_diags *diags = &p->part->view->core->diags;
	uint32_t n = count_level(diags, level->letter);
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
			r = is_known(known, p->part->view, diags->items[i], &was);
		if (r == 0)
			r = print_finding(p, diags->items[i], !was);
	}
	heir_out_addz(p->out, "</ul>\n</details>\n");
	return r;
}

/* What was found before and is no more. */
static void print_gone(struct heir_page_printer *p, const struct known *known)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < known->map.size; i++)
		n += known->map.entries[i].key.p ? known->map.entries[i].value : 0;
	if (n == 0)
		return;
	heir_out_addz(p->out, "<p>");
	heir_page_count(p->out, n, "finding is gone that there was before",
		"findings are gone that there were before");
	heir_out_addz(p->out, ".</p>\n");
}

static int print_levels(struct heir_page_printer *p)
{
	static const struct level levels[] = {
		{'e', "error", "errors"}, {'w', "warning", "warnings"}, {'n', "note", "notes"}};
	const struct heir_diff *diff = p->part->diff;
	struct known known = {.map = HEIR_MAP_NULL};
	int r = diff ? know_all(&known, diff->view[HEIR_LEFT]) : 0;

	for (unsigned i = 0; i < ARRAY_LEN(levels) && r == 0; i++)
		r = print_level(p, &levels[i], diff ? &known : NULL);
	if (diff) {
		if (r == 0)
			print_gone(p, &known);
		release(&known);
	}
	return r;
}

int heir_page_findings(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	int r;

	heir_page_heading(p, "findings", "Findings");
	heir_sort_diagnostics(view->core);
	if (view->core->diags.n == 0)
		heir_out_addz(p->out, "<p>Nothing is wrong with the files.</p>\n");
	else if (p->part->stock && !view->fatal)
		heir_out_addz(p->out,
			"<p class=\"dim\">As an unmodified CRI-O reads these files: it gives a "
			"handler what heir says by the drop-in that <code>heir render</code> "
			"writes.</p>\n");
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
		id, id, level_class(rule), heir_rules_severity(&heir_rules[rule]));
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
