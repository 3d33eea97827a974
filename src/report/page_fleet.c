/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of the cluster: which differ from their configuration, and where pods find the handlers
 * of their RuntimeClasses. */
#include <errno.h>

#include "report/fleet.h"
#include "report/html.h"
#include "report/page.h"

enum { MAX_ROWS = 500, MAX_POOLS = 30 };

static int print_cell(struct heir_out *out, struct heir_buf *buf)
{
	int r = heir_buf_error(buf);

	heir_html_element(out, "td", NULL, heir_buf_str(buf));
	heir_buf_clear(buf);
	return r;
}

static int print_difference(const struct heir_fleet *fleet, const struct heir_fleet_group *group,
	const struct heir_fleet_difference *difference, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r;

	heir_out_printf(out, "<tr><th scope=\"row\" class=\"%s\">%s</th><td>",
		difference->kind < HEIR_FLEET_BEHIND ? "bad" : "warn",
		heir_fleet_kind_name(difference->kind));
	if (difference->handler.p)
		heir_html_name(out, difference->handler);
	heir_out_addz(out, "</td>");
	heir_html_elementz(out, "td", NULL, heir_fleet_pool_name(fleet, group->profile->pool));
	heir_fleet_alike(fleet, group, &buf);
	heir_buf_addz(&buf, ": ");
	heir_fleet_names(fleet, group, &buf);
	r = print_cell(out, &buf);
	heir_buf_addz(&buf, difference->message);
	if (r == 0)
		r = print_cell(out, &buf);
	if (r == 0)
		r = heir_fleet_place(fleet, difference->where, &buf);
	if (r == 0)
		r = print_cell(out, &buf);
	heir_out_addz(out, "</tr>\n");
	return r;
}

static void begin_table(struct heir_out *out, const char *id, const char *caption)
{
	heir_out_printf(out,
		"<section class=\"wide\" tabindex=\"0\" aria-labelledby=\"%s\">\n"
		"<table>\n<caption id=\"%s\">%s</caption>\n<thead><tr>",
		id, id, caption);
}

static void print_titles(struct heir_out *out, const char *const *titles, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		heir_out_printf(out, "<th scope=\"col\">%s</th>", titles[i]);
}

static int print_differences(const struct heir_fleet *fleet, struct heir_out *out)
{
	static const char *const titles[] = {
		"Kind", "Handler", "Pool", "Nodes", "Difference", "Place"};
	uint32_t rows = 0, left = 0;
	int r = 0;

	if (fleet->n_differing == 0)
		return 0;
	begin_table(out, "fleet-differences", "Differences, worst first");
	print_titles(out, titles, ARRAY_LEN(titles));
	heir_out_addz(out, "</tr></thead>\n<tbody>\n");
	for (uint32_t g = 0; g < fleet->n_groups; g++)
		for (uint32_t i = 0; i < fleet->groups[g].n_differences && r == 0; i++)
			if (rows++ < MAX_ROWS)
				r = print_difference(fleet, &fleet->groups[g],
					&fleet->groups[g].differences[i], out);
			else
				left++;
	heir_out_addz(out, "</tbody>\n</table>\n</section>\n");
	if (left > 0)
		heir_out_printf(
			out, "<p>And %u more, which <code>heir fleet</code> lists.</p>\n", left);
	return r;
}

static int print_class(const struct heir_fleet_class *class, uint32_t n_pools, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r = 0;

	heir_out_addz(out, "<tr><th scope=\"row\">");
	heir_html_name(out, heir_str_from(class->class.name));
	heir_out_addz(out, "</th><td>");
	heir_html_name(out, class->class.handler);
	heir_out_addz(out, "</td>");
	for (uint32_t i = 0; i < n_pools && r == 0; i++) {
		heir_fleet_have(&class->counts[i], &buf);
		r = print_cell(out, &buf);
	}
	heir_fleet_waiting(class, &buf);
	if (r == 0)
		r = print_cell(out, &buf);
	heir_out_addz(out, "</tr>\n");
	return r;
}

static int print_classes(const struct heir_fleet *fleet, struct heir_out *out)
{
	static const char *const titles[] = {"RuntimeClass", "Handler"};
	uint32_t n_pools = MIN(fleet->n_pools, (uint32_t)MAX_POOLS);
	int r = 0;

	if (fleet->n_classes == 0)
		return 0;
	begin_table(out, "fleet-classes", "Nodes that have the handler, by pool");
	print_titles(out, titles, ARRAY_LEN(titles));
	for (uint32_t i = 0; i < n_pools; i++) {
		heir_out_addz(out, "<th scope=\"col\">");
		heir_html_textz(out, heir_fleet_pool_name(fleet, i));
		heir_out_addz(out, "</th>");
	}
	heir_out_addz(out, "<th scope=\"col\">Pending pods</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < fleet->n_classes && i < MAX_ROWS && r == 0; i++)
		r = print_class(&fleet->classes[i], n_pools, out);
	heir_out_addz(out, "</tbody>\n</table>\n</section>\n");
	return r;
}

int heir_page_fleet(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r;

	heir_out_addz(out, "<section class=\"part\" aria-labelledby=\"fleet\">\n"
			   "<h2 id=\"fleet\">Nodes of the cluster</h2>\n");
	heir_fleet_counts(fleet, &text);
	heir_html_element(out, "p", NULL, heir_buf_str(&text));
	heir_buf_clear(&text);
	heir_out_addz(out, "\n");
	r = print_differences(fleet, out);
	if (r == 0)
		r = print_classes(fleet, out);
	heir_out_addz(out, "<p>heir cannot know:</p>\n<ul>\n");
	for (unsigned i = 0; heir_fleet_doubt(fleet, i, &text); i++) {
		heir_html_element(out, "li", NULL, heir_buf_str(&text));
		heir_out_addz(out, "\n");
		heir_buf_clear(&text);
	}
	heir_out_addz(out, "</ul>\n</section>\n");
	return r == 0 ? heir_buf_error(&text) : r;
}
