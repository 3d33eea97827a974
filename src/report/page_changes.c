/* SPDX-License-Identifier: Apache-2.0 */
/* What differs from what was before. */
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
	[HEIR_CHANGE_MENDED] = {"*", "ok"},
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

static int print_handler(struct heir_page_printer *p, const struct heir_diff_handler *handler)
{
	uint32_t told;
	int r = heir_diff_told(p->part->diff, handler, &told);

	if (r < 0)
		return r;
	heir_out_printf(p->out,
		"<div class=\"changed\">\n<h4><span class=\"sign %s\" "
		"aria-hidden=\"true\">%s</span> ",
		looks[handler->change].class, looks[handler->change].sign);
	heir_page_link(p, handler->name);
	heir_out_printf(p->out, " <span class=\"%s\">%s</span></h4>\n",
		looks[handler->change].class, heir_change_name(handler->change));
	r = print_reason(p, handler);
	if (told)
		print_titles(p->out, "Fields of ", handler->name);
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && r == 0; f++)
		if (told >> f & 1)
			r = print_field(p, handler, f);
	if (told)
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

static void print_side(struct heir_page_printer *p, enum heir_side side)
{
	const struct heir_diff *diff = p->part->diff;
	struct heir_version version = diff->view[side]->config->where.version;

	heir_out_printf(p->out, "<dt>%s</dt><dd>", side == HEIR_LEFT ? "Before" : "After");
	heir_html_element(p->out, "bdi", NULL,
		heir_str_from(diff->root[side] ? diff->root[side] : "this machine"));
	heir_out_printf(p->out, ", CRI-O 1.%u", version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_out_printf(p->out, ".%u", version.patch);
	if (diff->view[side]->fatal) {
		heir_out_addz(p->out, " <strong class=\"bad\">");
		heir_html_textz(
			p->out, heir_view_fatal_words(diff->view[side], diff->view[side]->fatal));
		heir_out_addz(p->out, "</strong>: ");
		heir_html_textz(p->out, diff->view[side]->fatal->text);
	}
	heir_out_addz(p->out, "</dd>\n");
}

int heir_page_changes(struct heir_page_printer *p)
{
	const struct heir_diff *diff = p->part->diff;
	int r = 0;

	heir_page_heading(p, "changes", "Changes");
	heir_out_addz(p->out, "<dl class=\"sides\">\n");
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		print_side(p, side);
	heir_out_addz(p->out, "</dl>\n");
	if (heir_diff_is_empty(diff))
		heir_out_addz(p->out, "<p>No handler differs.</p>\n");
	if (diff->default_differs)
		r = print_default(p);
	for (uint32_t i = 0; i < diff->n_handlers && r == 0 && p->out->error == 0; i++) {
		r = print_handler(p, &diff->handlers[i]);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	heir_page_end(p);
	return r;
}
