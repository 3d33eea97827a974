/* SPDX-License-Identifier: Apache-2.0 */
/* What differs from what was before. */
#include <errno.h>
#include <inttypes.h>

#include "report/html.h"
#include "report/page.h"

static const struct {
	const char *sign, *class;
} looks[HEIR_N_CHANGES] = {
	[HEIR_CHANGE_NONE] = {" ", "none"},
	[HEIR_CHANGE_ADDED] = {"+", "ok"},
	[HEIR_CHANGE_REMOVED] = {"\xe2\x88\x92", "bad"},
	[HEIR_CHANGE_CHANGED] = {"~", "warn"},
	[HEIR_CHANGE_BROKEN] = {"!", "bad"},
	[HEIR_CHANGE_FIXED] = {"*", "ok"},
};

static void print_cell(struct heir_out *out, const char *tag, const struct heir_diff_row *row)
{
	heir_out_addz(out, "<td>");
	if (row->value.len > 0) {
		heir_out_printf(out, "<%s>", tag);
		/* Where a value may be broken it has a newline. */
		heir_html_blanked(out, heir_buf_str(&row->value), '\n');
		heir_out_printf(out, "</%s>", tag);
	}
	if (row->origin.len > 0)
		heir_html_element(out, "span", "dim", heir_buf_str(&row->origin));
	heir_out_addz(out, "</td>");
}

/* Takes the rows over. */
static void print_row(
	struct heir_out *out, struct heir_str name, struct heir_diff_row rows[HEIR_N_SIDES])
{
	heir_out_addz(out, "<tr><th scope=\"row\">");
	heir_html_element(out, "code", NULL, name);
	heir_out_addz(out, "</th>");
	print_cell(out, "del", &rows[HEIR_LEFT]);
	print_cell(out, "ins", &rows[HEIR_RIGHT]);
	heir_out_addz(out, "</tr>\n");
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		heir_diff_row_release(&rows[side]);
}

static void print_titles(struct heir_out *out, const char *caption, struct heir_str name)
{
	heir_out_addz(out, "<table class=\"changes\">\n<caption class=\"hidden\">");
	heir_html_textz(out, caption);
	heir_html_text(out, name);
	heir_out_addz(out, "</caption>\n<thead><tr><th scope=\"col\">Field</th><th "
			   "scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead>\n"
			   "<tbody>\n");
}

static int print_field(
	struct heir_page_printer *p, const struct heir_diff_handler *handler, enum heir_field field)
{
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	struct heir_origin origins[HEIR_N_SIDES];
	int r = heir_diff_origins(p->part->diff, handler, field, origins);

	if (r == 0)
		r = heir_diff_bound(p->part->diff, &p->out->room, origins);
	if (r == 0)
		r = heir_diff_rows(p->part->diff, handler, field, origins, rows);
	/* "not set" says nothing where the handler is not there at all. */
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		if (!handler->handler[side])
			heir_buf_clear(&rows[side].value);
	print_row(p->out, heir_fields[field].name, rows);
	return r;
}

static int print_reason(struct heir_page_printer *p, const struct heir_diff_handler *handler)
{
	static const char *const words[HEIR_N_SIDES] = {"Before: ", "After: "};

	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		const struct heir_diag *diag = handler->dropped[side];

		if (!diag)
			continue;
		heir_diff_reason_words(&text, diag);
		if (text.failed)
			return heir_buf_error(&text);
		heir_out_printf(p->out, "<p>%sdropped, ", words[side]);
		heir_html_text(p->out, heir_buf_str(&text));
		heir_out_addz(p->out, " ");
		heir_page_rule(p, diag->rule);
		heir_out_addz(p->out, "</p>\n");
	}
	return 0;
}

static void print_pods(struct heir_page_printer *p, const struct heir_pod_count *counts, uint32_t n,
	const char *which)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += counts[i].n;
	if (sum == 0)
		return;
	heir_out_printf(p->out, "<p class=\"pods\"><b>%" PRIu64 " pod%s</b> %s", sum,
		sum == 1 ? "" : "s", which);
	for (uint32_t i = 0; i < n; i++) {
		heir_out_addz(p->out, i ? ", " : " ");
		heir_html_text(p->out, counts[i].namespace);
		heir_out_printf(p->out, " %" PRIu32, counts[i].n);
	}
	heir_out_addz(p->out, "</p>\n");
}

static void print_pods_of(struct heir_page_printer *p, const struct heir_diff_handler *handler)
{
	const struct heir_pod_count *counts;
	uint32_t n;

	counts = heir_diff_pods(p->part->diff, handler, false, &n);
	print_pods(p, counts, n, "by namespace:");
	counts = heir_diff_pods(p->part->diff, handler, true, &n);
	print_pods(p, counts, n, "without RuntimeClass, by namespace:");
}

/* The names of handlers that change in the same way. Of many, the rest waits for a click. */
static void print_names(struct heir_page_printer *p, uint32_t at)
{
	enum { MAX_NAMES = 12 };
	const struct heir_diff_handler *handlers = p->part->diff->handlers;
	const struct heir_diff_handler *first = &handlers[at];
	uint32_t n = 0, left = 0;

	heir_out_printf(p->out, "<h4><span class=\"sign %s\" aria-hidden=\"true\">%s</span> ",
		looks[first->change].class, looks[first->change].sign);
	do {
		heir_out_addz(p->out, n++ ? ", " : "");
		heir_page_link(p, handlers[at].name);
		at = handlers[at].next;
	} while (at && n < MAX_NAMES);
	for (uint32_t i = at; i; i = handlers[i].next)
		left++;
	if (left > 0)
		heir_out_printf(p->out, " and %" PRIu32 " more", left);
	heir_out_printf(p->out, " <span class=\"%s\">%s</span></h4>\n", looks[first->change].class,
		heir_change_name(first->change));
	if (left == 0)
		return;
	heir_out_printf(p->out,
		"<details class=\"more\">\n<summary>The other %" PRIu32
		" that change in the same way</summary>\n<p>",
		left);
	for (const char *before = ""; at; at = handlers[at].next, before = ", ") {
		heir_out_addz(p->out, before);
		heir_page_link(p, handlers[at].name);
	}
	heir_out_addz(p->out, "</p>\n</details>\n");
}

/* A handler, with the others that change in the same way. */
static int print_handler(struct heir_page_printer *p, uint32_t at)
{
	const struct heir_diff_handler *handler = &p->part->diff->handlers[at];
	uint32_t shown;
	int r = heir_diff_shown(p->part->diff, handler, &shown);

	if (r < 0)
		return r;
	heir_out_addz(p->out, "<div class=\"changed\">\n");
	print_names(p, at);
	r = print_reason(p, handler);
	if (shown)
		print_titles(p->out, "Fields of ", handler->name);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (shown >> f & 1)
			r = print_field(p, handler, f);
	if (shown)
		heir_out_addz(p->out, "</tbody>\n</table>\n");
	print_pods_of(p, handler);
	heir_out_addz(p->out, "</div>\n");
	return r;
}

static int print_default(struct heir_page_printer *p)
{
	struct heir_diff_row rows[HEIR_N_SIDES] = {
		{HEIR_BUF_NULL, HEIR_BUF_NULL}, {HEIR_BUF_NULL, HEIR_BUF_NULL}};
	const struct heir_pod_count *counts;
	uint32_t n;
	int r = heir_diff_default_rows(p->part->diff, rows);

	heir_out_addz(p->out, "<div class=\"changed\">\n<h4>The default runtime</h4>\n");
	print_titles(p->out, "The default runtime", HEIR_STR(""));
	print_row(p->out, HEIR_STR("default_runtime"), rows);
	heir_out_addz(p->out, "</tbody>\n</table>\n");
	counts = heir_pods_of(&p->part->diff->pods, HEIR_STR(""), &n);
	print_pods(p, counts, n, "without RuntimeClass, by namespace:");
	heir_out_addz(p->out, "</div>\n");
	return r;
}

static int print_side(struct heir_page_printer *p, enum heir_side side)
{
	_cleanup_(heir_buf_release) struct heir_buf what_if = HEIR_BUF_NULL;
	const struct heir_diff *diff = p->part->diff;
	struct heir_version version = diff->view[side]->config->where.version;

	heir_out_printf(p->out, "<dt>%s</dt><dd>", side == HEIR_LEFT ? "Before" : "After");
	heir_html_element(p->out, "bdi", NULL,
		heir_str_from(diff->root[side] ? diff->root[side] : "this machine"));
	heir_out_printf(p->out, ", CRI-O 1.%u", version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_out_printf(p->out, ".%u", version.patch);
	if (heir_diff_what_if(diff->view[side], &what_if) < 0)
		return -ENOMEM;
	heir_html_text(p->out, heir_buf_str(&what_if));
	if (diff->view[side]->fatal) {
		heir_out_addz(p->out, " <strong class=\"bad\">");
		heir_html_textz(
			p->out, heir_view_fatal_words(diff->view[side], diff->view[side]->fatal));
		heir_out_addz(p->out, "</strong>: ");
		heir_html_textz(p->out, diff->view[side]->fatal->text);
	}
	heir_out_addz(p->out, "</dd>\n");
	return 0;
}

int heir_page_changes(struct heir_page_printer *p)
{
	const struct heir_diff *diff = p->part->diff;
	int r = 0;

	heir_page_heading(p, "changes", "Changes");
	heir_out_addz(p->out, "<dl class=\"sides\">\n");
	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = print_side(p, side);
	heir_out_addz(p->out, "</dl>\n");
	if (heir_diff_is_empty(diff))
		heir_out_addz(p->out, "<p>No handler differs.</p>\n");
	if (diff->default_differs)
		r = print_default(p);
	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && p->out->error == 0; i++) {
		if (diff->handlers[i].follows)
			continue;
		r = print_handler(p, i);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	heir_page_end(p);
	return r;
}
