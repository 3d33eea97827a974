/* SPDX-License-Identifier: Apache-2.0 */
/* For comments on changes and for tickets. */
#include "report/fleet.h"
#include "report/markdown.h"

static int print_difference(const struct heir_fleet *fleet, const struct heir_fleet_group *group,
	const struct heir_fleet_difference *difference, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r;

	heir_out_printf(out, "| %s |", heir_fleet_kind_name(difference->kind));
	heir_markdown_cell(out, difference->handler.p ? difference->handler : HEIR_STR("-"));
	heir_markdown_cell(out, heir_str_from(heir_fleet_pool_name(fleet, group->profile->pool)));
	heir_fleet_alike(fleet, group, &buf);
	heir_buf_addz(&buf, ": ");
	heir_fleet_names(fleet, group, &buf);
	r = heir_markdown_buf_cell(out, &buf);
	heir_markdown_cell(out, heir_str_from(difference->message));
	if (r == 0)
		r = heir_fleet_place(fleet, difference->where, &buf);
	if (r == 0)
		r = heir_markdown_buf_cell(out, &buf);
	heir_out_addz(out, "\n");
	return r;
}

static int print_differences(const struct heir_fleet *fleet, struct heir_out *out)
{
	int r = 0;

	if (fleet->n_differing == 0)
		return 0;
	heir_out_addz(out, "\n| kind | handler | pool | nodes | difference | place |\n");
	heir_markdown_rule(out, 6);
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
	int r = 0;

	heir_out_addz(out, "|");
	heir_markdown_cell(out, heir_str_from(class->class.name));
	heir_markdown_cell(out, class->class.handler);
	for (uint32_t i = 0; i < fleet->n_pools && r == 0; i++) {
		heir_fleet_have(&class->counts[i], &buf);
		r = heir_markdown_buf_cell(out, &buf);
	}
	heir_fleet_waiting(class, &buf);
	if (r == 0)
		r = heir_markdown_buf_cell(out, &buf);
	heir_out_addz(out, "\n");
	return r;
}

static int print_classes(const struct heir_fleet *fleet, struct heir_out *out)
{
	int r = 0;

	if (fleet->n_classes == 0)
		return 0;
	heir_out_addz(out, "\n| RuntimeClass | handler |");
	for (uint32_t i = 0; i < fleet->n_pools; i++)
		heir_markdown_cell(out, heir_str_from(heir_fleet_pool_name(fleet, i)));
	heir_out_addz(out, " pending pods |\n");
	heir_markdown_rule(out, fleet->n_pools + 3);
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
		heir_markdown_text(out, heir_buf_str(&text));
		heir_out_addz(out, "\n");
		heir_buf_clear(&text);
	}
	return r == 0 ? heir_buf_error(&text) : r;
}
