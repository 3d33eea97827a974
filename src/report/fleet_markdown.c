/* SPDX-License-Identifier: Apache-2.0 */
/* For comments on changes and for tickets. Foreign text is shown as anywhere, and then escaped: of
 * ASCII punctuation nothing is left that Markdown or HTML would obey. */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "report/fleet.h"

static int print_escaped(struct heir_out *out, struct heir_str text)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_utf8_show(&shown, text);
	for (size_t i = 0; i < shown.len; i++) {
		if (strchr("\\`*_{}[]<>()#+!|~&$@", shown.p[i]))
			heir_out_addz(out, "\\");
		heir_out_add(out, (struct heir_str){shown.p + i, 1});
	}
	return heir_buf_error(&shown);
}

static int print_cell(struct heir_out *out, struct heir_str text)
{
	int r;

	heir_out_addz(out, " ");
	r = print_escaped(out, text);
	heir_out_addz(out, " |");
	return r;
}

static int print_buf_cell(struct heir_out *out, struct heir_buf *buf)
{
	int r = buf->failed ? -ENOMEM : print_cell(out, heir_buf_str(buf));

	heir_buf_clear(buf);
	return r;
}

static int print_difference(const struct heir_fleet *fleet, const struct heir_fleet_group *group,
	const struct heir_fleet_difference *difference, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r;

	heir_out_printf(out, "| %s |", heir_fleet_kind_name(difference->kind));
	r = print_cell(out, difference->handler.p ? difference->handler : HEIR_STR("-"));
	if (r == 0)
		r = print_cell(
			out, heir_str_from(heir_fleet_pool_name(fleet, group->profile->pool)));
	heir_fleet_alike(fleet, group, &buf);
	heir_buf_addz(&buf, ": ");
	heir_fleet_names(fleet, group, &buf);
	if (r == 0)
		r = print_buf_cell(out, &buf);
	if (r == 0)
		r = print_cell(out, heir_str_from(difference->message));
	if (r == 0)
		r = heir_fleet_place(fleet, difference->where, &buf);
	if (r == 0)
		r = print_buf_cell(out, &buf);
	heir_out_addz(out, "\n");
	return r;
}

static int print_differences(const struct heir_fleet *fleet, struct heir_out *out)
{
	int r = 0;

	if (fleet->n_differing == 0)
		return 0;
	heir_out_addz(out, "\n| kind | handler | pool | nodes | difference | place |\n"
			   "|---|---|---|---|---|---|\n");
	for (uint32_t g = 0; g < fleet->n_groups; g++)
		for (uint32_t i = 0; i < fleet->groups[g].n_differences && r == 0; i++)
			r = print_difference(
				fleet, &fleet->groups[g], &fleet->groups[g].differences[i], out);
	return r;
}

static int print_class(
	const struct heir_fleet *fleet, const struct heir_fleet_class *class, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r;

	heir_out_addz(out, "|");
	r = print_cell(out, heir_str_from(class->class.name));
	if (r == 0)
		r = print_cell(out, class->class.handler);
	for (uint32_t i = 0; i < fleet->n_pools && r == 0; i++) {
		heir_fleet_have(&class->counts[i], &buf);
		r = print_buf_cell(out, &buf);
	}
	heir_fleet_waiting(class, &buf);
	if (r == 0)
		r = print_buf_cell(out, &buf);
	heir_out_addz(out, "\n");
	return r;
}

static int print_classes(const struct heir_fleet *fleet, struct heir_out *out)
{
	int r = 0;

	if (fleet->n_classes == 0)
		return 0;
	heir_out_addz(out, "\n| RuntimeClass | handler |");
	for (uint32_t i = 0; i < fleet->n_pools && r == 0; i++)
		r = print_cell(out, heir_str_from(heir_fleet_pool_name(fleet, i)));
	heir_out_addz(out, " pods that wait |\n|---|---|");
	for (uint32_t i = 0; i < fleet->n_pools; i++)
		heir_out_addz(out, "---|");
	heir_out_addz(out, "---|\n");
	for (uint32_t i = 0; i < fleet->n_classes && r == 0; i++)
		r = print_class(fleet, &fleet->classes[i], out);
	return r;
}

int heir_fleet_markdown(const struct heir_fleet *fleet, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r;

	heir_fleet_counts(fleet, &text);
	heir_out_printf(out, "**%s**\n", text.failed ? "" : text.p);
	heir_buf_clear(&text);
	r = print_differences(fleet, out);
	if (r == 0)
		r = print_classes(fleet, out);
	heir_out_addz(out, "\nheir cannot know:\n\n");
	for (unsigned i = 0; r == 0 && heir_fleet_doubt(fleet, i, &text); i++) {
		heir_out_addz(out, "- ");
		r = print_escaped(out, heir_buf_str(&text));
		heir_out_addz(out, "\n");
		heir_buf_clear(&text);
	}
	return r == 0 ? heir_buf_error(&text) : r;
}
