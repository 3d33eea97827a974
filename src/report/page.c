/* SPDX-License-Identifier: Apache-2.0 */
/* The page as a whole: its head, what it is about, its parts one by one, the rules. Anchors are
 * made of numbers, never of names. */
#include "report/page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "inherit/pending.h"
#include "model/bound.h"
#include "report/findings.h"
#include "report/html.h"

void heir_page_count(struct heir_out *out, size_t n, const char *one, const char *many)
{
	heir_out_printf(out, "%zu %s", n, n == 1 ? one : many);
}

void heir_page_heading(struct heir_page_printer *p, const char *word, const char *title)
{
	heir_out_printf(
		p->out, "<section aria-labelledby=\"p%zu-%s p%zu\">\n", p->number, word, p->number);
	heir_out_printf(p->out, "<h3 id=\"p%zu-%s\">%s</h3>\n", p->number, word, title);
}

void heir_page_end(struct heir_page_printer *p)
{
	heir_out_addz(p->out, "</section>\n");
}

int heir_page_place(struct heir_page_printer *p, struct heir_place place)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r = heir_view_place(p->part->view, &text, place, false);

	if (r == 0)
		heir_html_element(p->out, "code", NULL, heir_buf_str(&text));
	return r;
}

void heir_page_rule(struct heir_page_printer *p, enum heir_rule rule)
{
	p->rules[rule] = true;
	heir_out_printf(p->out, "<a class=\"rule\" href=\"#rule-%s\">%s</a>", heir_rules[rule].id,
		heir_rules[rule].id);
}

void heir_page_link(struct heir_page_printer *p, struct heir_str name)
{
	const struct heir_handler *handler = heir_config_handler(p->part->view->config, name);
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	if (!handler) {
		heir_html_name(p->out, name);
		return;
	}
	heir_out_printf(p->out, "<a href=\"#p%zu-h%u\">", p->number, handler->id);
	heir_bound_name(&shown, name);
	p->out->buf.failed |= shown.failed;
	heir_html_name(p->out, shown.p ? heir_buf_str(&shown) : name);
	heir_out_addz(p->out, "</a>");
}

enum heir_change heir_page_change(
	const struct heir_page_printer *p, const struct heir_handler *handler)
{
	return p->changes ? (enum heir_change)p->changes[handler->id] : HEIR_CHANGE_NONE;
}

void heir_page_badges(struct heir_page_printer *p, const struct heir_handler *handler, bool linked)
{
	const struct heir_view *view = p->part->view;
	enum heir_change change = heir_page_change(p, handler);

	if (heir_view_result(view, handler) == view->res->default_result)
		heir_out_addz(p->out, " <span class=\"badge\">default</span>");
	if (heir_view_is_pending(view, handler))
		heir_out_addz(p->out,
			" <span class=\"badge\" title=\"" HEIR_PENDING_WORDS "\">pending</span>");
	if (change != HEIR_CHANGE_NONE && linked)
		heir_out_printf(p->out, " <a class=\"badge\" href=\"#p%zu-changes\">%s</a>",
			p->number, heir_change_name(change));
	else if (change != HEIR_CHANGE_NONE)
		heir_out_printf(
			p->out, " <span class=\"badge\">%s</span>", heir_change_name(change));
}

/* Remembers what becomes of each handler. */
static int note_changes(struct heir_page_printer *p)
{
	const struct heir_diff *diff = p->part->diff;

	if (!diff)
		return 0;
	p->changes = calloc(p->part->view->n_handlers + 1, 1);
	if (!p->changes)
		return -ENOMEM;
	for (uint32_t i = 0; i < diff->n_handlers; i++)
		if (diff->handlers[i].handler[HEIR_RIGHT])
			p->changes[diff->handlers[i].handler[HEIR_RIGHT]->id] =
				(uint8_t)diff->handlers[i].change;
	return 0;
}

/* ---- Sums ---- */

struct sums {
	uint32_t ok, dropped, errors, warnings, notes;
};

static struct sums sums_of(const struct heir_view *view)
{
	const struct heir_diags *diags = &view->core->diags;
	struct sums sums = {0, 0, 0, 0, 0};

	for (uint32_t i = 0; i < view->n_handlers; i++)
		if (heir_view_result(view, view->handlers[i])->dropped)
			sums.dropped++;
		else
			sums.ok++;
	for (uint32_t i = 0; i < diags->n; i++) {
		char level = heir_rule_level(diags->items[i]->rule)[0];

		sums.errors += level == 'e';
		sums.warnings += level == 'w';
		sums.notes += level == 'n';
	}
	return sums;
}

static void print_release(struct heir_out *out, const struct heir_view *view)
{
	struct heir_version version = view->config->where.version;

	heir_out_printf(out, "CRI-O 1.%u", version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_out_printf(out, ".%u", version.patch);
	if (view->config->where.version_assumed)
		heir_out_addz(out, " (assumed)");
}

/* "<a href="#p0-WORD"><b>3</b> WORDS</a>" */
static void print_sum(struct heir_page_printer *p, const char *word, const char *class, uint32_t n,
	const char *one, const char *many)
{
	heir_out_printf(p->out, "<li class=\"%s\"><a href=\"#p%zu-%s\"><b>%u</b> %s</a></li>\n",
		n ? class : "none", p->number, word, n, n == 1 ? one : many);
}

static void print_default(struct heir_page_printer *p)
{
	const struct heir_resolution *res = p->part->view->res;

	heir_out_addz(p->out, "<li class=\"fact\">default runtime ");
	heir_page_link(p, res->default_runtime);
	heir_out_addz(p->out, "</li>\n");
}

static void print_sums(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;
	struct sums sums = sums_of(view);

	heir_out_addz(p->out, "<ul class=\"sums\">\n<li class=\"fact\">");
	print_release(p->out, view);
	if (view->config->where.as == HEIR_AS_STOCK)
		heir_out_addz(p->out, ", as it is without heir");
	heir_out_addz(p->out, "</li>\n");
	if (!view->fatal)
		print_default(p);
	if (!view->fatal) {
		print_sum(p, "handlers", "ok", sums.ok, "handler", "handlers");
		print_sum(p, "handlers", "bad", sums.dropped, "dropped", "dropped");
	}
	print_sum(p, "findings", "bad", sums.errors, "error", "errors");
	print_sum(p, "findings", "warn", sums.warnings, "warning", "warnings");
	print_sum(p, "findings", "note", sums.notes, "note", "notes");
	if (p->part->diff && !p->part->diff->view[HEIR_LEFT]->fatal && !view->fatal)
		print_sum(p, "changes", "change", p->part->diff->n_handlers, "handler differs",
			"handlers differ");
	heir_out_addz(p->out, "</ul>\n");
}

/* ---- Parts ---- */

/* What heir or the MCO refuses: CRI-O is not asked then. */
static void print_fatal(struct heir_page_printer *p)
{
	const struct heir_view *view = p->part->view;

	heir_out_addz(p->out, "<p class=\"fatal\"><strong>");
	heir_html_textz(p->out, heir_view_fatal_words(view, view->fatal));
	heir_out_addz(p->out, ":</strong> ");
	heir_html_textz(p->out, view->fatal->text);
	heir_out_addz(p->out, " ");
	heir_page_rule(p, view->fatal->rule);
	heir_out_addz(p->out, "</p>\n");
}

static int print_stop(
	struct heir_page_printer *p, const struct heir_view *view, const struct heir_diag *stop)
{
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = heir_view_place(view, &place, stop->where, false);

	if (r < 0)
		return r;
	heir_out_addz(p->out, "<li>");
	if (place.len > 0) {
		heir_html_element(p->out, "code", NULL, heir_buf_str(&place));
		heir_out_addz(p->out, " ");
	}
	heir_html_textz(p->out, stop->text);
	heir_out_addz(p->out, " ");
	heir_page_rule(p, stop->rule);
	heir_out_addz(p->out, "</li>\n");
	return 0;
}

/* "1 handler changes", and what stands before it is another of these. */
static void add_outcome(struct heir_buf *buf, uint32_t n, const char *one, const char *many)
{
	if (n > 0)
		heir_buf_printf(
			buf, "%s%" PRIu32 " %s", buf->len ? ", " : "", n, n == 1 ? one : many);
}

/* "2 handlers change, 1 handler is new, nothing breaks". Returns whether something does break: a
 * handler is gone, or would be dropped from here on. */
static bool add_changes(const struct heir_diff *diff, struct heir_buf *buf)
{
	uint32_t n[HEIR_N_CHANGES] = {0}, dead_on_arrival = 0;
	bool breaks;

	for (uint32_t i = 0; i < diff->n_handlers; i++) {
		const struct heir_diff_handler *handler = &diff->handlers[i];
		bool arrives_dropped = handler->change == HEIR_CHANGE_ADDED &&
				       handler->dropped[HEIR_RIGHT] &&
				       !heir_diff_is_pending(diff, handler);

		dead_on_arrival += arrives_dropped;
		n[handler->change] += !arrives_dropped;
	}
	breaks = n[HEIR_CHANGE_BROKEN] + n[HEIR_CHANGE_REMOVED] + dead_on_arrival > 0;
	add_outcome(buf, n[HEIR_CHANGE_BROKEN], "handler breaks", "handlers break");
	add_outcome(buf, n[HEIR_CHANGE_REMOVED], "handler is removed", "handlers are removed");
	add_outcome(buf, dead_on_arrival, "new handler is dropped", "new handlers are dropped");
	add_outcome(buf, n[HEIR_CHANGE_CHANGED], "handler changes", "handlers change");
	add_outcome(buf, n[HEIR_CHANGE_ADDED], "handler is new", "handlers are new");
	add_outcome(buf, n[HEIR_CHANGE_FIXED], "handler is fixed", "handlers are fixed");
	if (diff->default_differs)
		heir_buf_printf(buf, "%sthe default runtime changes", buf->len ? ", " : "");
	if (buf->len == 0)
		heir_buf_addz(buf, "no handler changes");
	else if (!breaks)
		heir_buf_addz(buf, ", nothing breaks");
	return breaks;
}

/* The view that the start verdict is about: what stops a CRI-O without heir counts as well, because
 * the page is about nodes as they are. */
static const struct heir_view *judged_view(const struct heir_page_node *part)
{
	return part->view->stops->n == 0 && part->stock ? part->stock : part->view;
}

bool heir_page_verdict(const struct heir_page_node *part, struct heir_buf *words)
{
	const struct heir_diff *diff = part->diff;
	struct sums sums = sums_of(part->view);
	uint32_t n = sums.ok + sums.dropped;

	if (part->view->stops->n == 0 && part->view->fatal) {
		heir_buf_addz(words, heir_view_fatal_words(part->view, part->view->fatal));
		return true;
	}
	if (judged_view(part)->stops->n > 0) {
		heir_view_verdict(judged_view(part), words);
		return true;
	}
	if (diff && !diff->view[HEIR_LEFT]->fatal)
		return add_changes(diff, words);
	if (sums.dropped == 0)
		heir_buf_addz(words, "CRI-O would start and drop no handler");
	else
		heir_buf_printf(words, "CRI-O would start, but drop %" PRIu32 " of %" PRIu32 " %s",
			sums.dropped, n, n == 1 ? "handler" : "handlers");
	return sums.dropped > 0;
}

/* The sentence with which a part begins whose CRI-O would start. */
static int print_outcome(struct heir_page_printer *p)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	bool is_bad = heir_page_verdict(p->part, &words);

	if (words.failed)
		return -ENOMEM;
	heir_out_printf(p->out, "<p class=\"verdict %s\"><strong>", is_bad ? "bad" : "ok");
	heir_html_text(p->out, heir_buf_str(&words));
	heir_out_addz(p->out, "</strong></p>\n");
	return 0;
}

/* The start verdict, with its reasons. */
static int print_verdict(struct heir_page_printer *p)
{
	enum { MAX_REASONS = 20 };
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	const struct heir_view *view = p->part->view;
	uint32_t n;
	int r = 0;

	if (view->stops->n == 0 && view->fatal) {
		print_fatal(p);
		return 0;
	}
	view = judged_view(p->part);
	n = view->stops->n;
	if (n == 0)
		return print_outcome(p);
	heir_view_verdict(view, &words);
	if (words.failed)
		return -ENOMEM;
	heir_out_addz(p->out, "<div class=\"fatal\"><strong>");
	heir_html_text(p->out, heir_buf_str(&words));
	heir_out_addz(p->out, "</strong>\n<ul>\n");
	for (uint32_t i = 0; r == 0 && i < MIN(n, MAX_REASONS); i++)
		r = print_stop(p, view, view->stops->items[i]);
	if (n > MAX_REASONS)
		heir_out_printf(p->out, "<li>and %u more</li>\n", n - MAX_REASONS);
	heir_out_addz(p->out, "</ul></div>\n");
	return r;
}

static void print_part_name(struct heir_out *out, const struct heir_page_node *part)
{
	if (part->pool) {
		heir_out_addz(out, "Pool ");
		heir_html_element(out, "bdi", NULL, heir_str_from(part->pool));
	} else if (part->root) {
		heir_out_addz(out, "Node ");
		heir_html_element(out, "bdi", NULL, heir_str_from(part->root));
	} else {
		heir_out_addz(out, "This machine");
	}
}

/* What there is to say of a part that is there. */
static int print_sections(struct heir_page_printer *p)
{
	bool fatal = p->part->view->fatal;
	int r = note_changes(p);

	if (r == 0)
		r = print_verdict(p);
	print_sums(p);
	if (p->part->is_new)
		heir_out_addz(p->out, "<p>This pool is new.</p>\n");
	if (r == 0 && p->part->diff)
		r = heir_page_changes(p);
	if (r == 0)
		r = heir_page_findings(p);
	if (r == 0 && !fatal)
		r = heir_page_graph(p);
	if (r == 0 && !fatal)
		r = heir_page_handlers(p);
	if (r == 0)
		r = heir_page_drop_in(p);
	if (r == 0)
		r = heir_page_blame(p);
	free(p->changes);
	p->changes = NULL;
	return r;
}

static int print_part(struct heir_page_printer *p)
{
	int r = 0;

	heir_out_printf(p->out, "<section class=\"part\" aria-labelledby=\"p%zu\">\n", p->number);
	heir_out_printf(p->out, "<h2 id=\"p%zu\">", p->number);
	print_part_name(p->out, p->part);
	heir_out_addz(p->out, "</h2>\n");
	if (p->part->view)
		r = print_sections(p);
	else
		heir_out_addz(p->out, "<p>This pool is removed.</p>\n");
	heir_out_addz(p->out, "</section>\n");
	return r;
}

/* ---- The whole ---- */

static void print_number(struct heir_out *out, const char *class, uint32_t n)
{
	heir_out_printf(out, "<td class=\"%s\">%u</td>", n ? class : "none", n);
}

static void print_line(struct heir_out *out, const struct heir_page_node *part, size_t number)
{
	const struct heir_view *view = part->view;
	struct sums sums;

	heir_out_printf(out, "<tr><th scope=\"row\"><a href=\"#p%zu\">", number);
	print_part_name(out, part);
	heir_out_addz(out, "</a></th>");
	if (!view) {
		heir_out_addz(out, "<td colspan=\"7\">removed</td></tr>\n");
		return;
	}
	sums = sums_of(view);
	heir_out_addz(out, "<td>");
	if (view->fatal)
		heir_html_elementz(out, "strong", "bad", heir_view_fatal_words(view, view->fatal));
	else
		heir_html_name(out, view->res->default_runtime);
	heir_out_addz(out, "</td>");
	print_number(out, "ok", sums.ok);
	print_number(out, "bad", sums.dropped);
	print_number(out, "change", part->diff ? part->diff->n_handlers : 0);
	print_number(out, "bad", sums.errors);
	print_number(out, "warn", sums.warnings);
	print_number(out, "note", sums.notes);
	heir_out_addz(out, "</tr>\n");
}

/* Several parts at a glance. */
static void print_overview(const struct heir_page *page, struct heir_out *out)
{
	static const char *const titles[] = {
		"Default runtime", "Handlers", "Dropped", "Differ", "Errors", "Warnings", "Notes"};

	if (page->n < 2)
		return;
	heir_out_addz(out,
		"<section class=\"wide\" tabindex=\"0\" aria-labelledby=\"overview\">\n"
		"<table class=\"overview\">\n<caption id=\"overview\">At a glance</caption>\n"
		"<thead><tr><td></td>");
	for (unsigned i = 0; i < ARRAY_LEN(titles); i++)
		heir_out_printf(out, "<th scope=\"col\">%s</th>", titles[i]);
	heir_out_addz(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < page->n; i++)
		print_line(out, &page->parts[i], i);
	heir_out_addz(out, "</tbody>\n</table>\n</section>\n");
}

/* Several parts: the verdict on each, before anything else. */
static int print_verdicts(const struct heir_page *page, struct heir_out *out)
{
	if (page->n < 2)
		return 0;
	heir_out_addz(out, "<ul class=\"verdicts\">\n");
	for (size_t i = 0; i < page->n; i++) {
		_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
		bool is_bad = false;

		if (!page->parts[i].view)
			heir_buf_addz(&words, "is removed");
		else
			is_bad = heir_page_verdict(&page->parts[i], &words);
		if (words.failed)
			return -ENOMEM;
		heir_out_printf(out, "<li class=\"verdict %s\"><a href=\"#p%zu\">",
			is_bad ? "bad" : "ok", i);
		print_part_name(out, &page->parts[i]);
		heir_out_addz(out, "</a>: ");
		heir_html_text(out, heir_buf_str(&words));
		heir_out_addz(out, "</li>\n");
	}
	heir_out_addz(out, "</ul>\n");
	return 0;
}

static void print_title(const struct heir_page *page, struct heir_out *out)
{
	if (page->title)
		heir_html_textz(out, page->title);
	else
		heir_out_addz(out, "CRI-O\xe2\x80\x99s runtime handlers");
}

static void print_head(const struct heir_page *page, struct heir_out *out)
{
	heir_out_addz(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			   "&#39;none&#39;; style-src &#39;");
	heir_out_addz(out, heir_page_css_digest);
	heir_out_addz(out, "&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width, "
			   "initial-scale=1\">\n"
			   "<meta name=\"color-scheme\" content=\"light dark\">\n"
			   "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	print_title(page, out);
	heir_out_addz(out, "</title>\n<style>");
	heir_out_addz(out, heir_page_css);
	heir_out_addz(out, "</style>\n</head>\n");
}

static void print_nav_item(struct heir_out *out, size_t number, const char *word, const char *title)
{
	heir_out_printf(out, "<li><a href=\"#p%zu-%s\">%s</a></li>\n", number, word, title);
}

static void print_nav(const struct heir_page *page, struct heir_out *out)
{
	heir_out_addz(out, "<nav aria-label=\"Contents\">\n<ul>\n");
	for (size_t i = 0; i < page->n; i++) {
		const struct heir_page_node *part = &page->parts[i];

		heir_out_printf(out, "<li><a href=\"#p%zu\">", i);
		print_part_name(out, part);
		heir_out_addz(out, "</a>");
		if (!part->view) {
			heir_out_addz(out, "</li>\n");
			continue;
		}
		heir_out_addz(out, "\n<ul>\n");
		if (part->diff)
			print_nav_item(out, i, "changes", "Changes");
		print_nav_item(out, i, "findings", "Findings");
		if (!part->view->fatal) {
			print_nav_item(out, i, "graph", "Inheritance");
			print_nav_item(out, i, "handlers", "Handlers");
		}
		if (part->drop_in.p || part->refused)
			print_nav_item(out, i, "drop-in", "Drop-in");
		if (part->stock_config)
			print_nav_item(out, i, "files", "Files");
		heir_out_addz(out, "</ul></li>\n");
	}
	if (page->fleet)
		heir_out_addz(out, "<li><a href=\"#fleet\">Nodes of the cluster</a></li>\n");
	heir_out_addz(out, "</ul>\n</nav>\n");
}

int heir_page_print(const struct heir_page *page, struct heir_out *out)
{
	struct heir_page_printer p = {.page = page, .out = out};
	int r = 0;

	print_head(page, out);
	heir_out_addz(out, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
			   "<header>\n<h1>");
	print_title(page, out);
	heir_out_addz(out, "</h1>\n</header>\n");
	print_nav(page, out);
	heir_out_addz(out, "<main id=\"main\" tabindex=\"-1\">\n");
	r = print_verdicts(page, out);
	print_overview(page, out);
	if (r == 0 && page->fleet)
		r = heir_page_fleet(page->fleet, out);
	for (; p.number < page->n && r == 0 && out->error == 0; p.number++) {
		p.part = &page->parts[p.number];
		r = print_part(&p);
	}
	if (r == 0)
		r = heir_page_rules(&p);
	heir_out_addz(out, "</main>\n<footer>\n<p>Made by heir ");
	heir_html_textz(out, page->version);
	if (page->date) {
		heir_out_addz(out, " on ");
		heir_html_textz(out, page->date);
	}
	if (page->command) {
		heir_out_addz(out, " with ");
		heir_html_elementz(out, "code", NULL, page->command);
	}
	if (page->commit) {
		heir_out_addz(out, " at commit ");
		heir_html_elementz(out, "code", NULL, page->commit);
	}
	heir_out_addz(out, ". This page loads nothing and runs no script.</p>\n"
			   "</footer>\n</body>\n</html>\n");
	return r < 0 ? r : out->error == -ENOMEM ? -ENOMEM : 0;
}
