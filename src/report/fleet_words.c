/* SPDX-License-Identifier: Apache-2.0 */
/* What the printers of a fleet say in the same words. */
#include "report/fleet.h"

enum { MAX_NAMES = 5 };

const char *heir_fleet_pool_name(const struct heir_fleet *fleet, uint32_t pool)
{
	return fleet->pools[pool].name ? fleet->pools[pool].name : "-";
}

void heir_fleet_counts(const struct heir_fleet *fleet, struct heir_buf *buf)
{
	heir_buf_printf(buf, "%u %s", fleet->n_nodes, fleet->n_nodes == 1 ? "node" : "nodes");
	if (fleet->n_differing == 0)
		heir_buf_addz(buf, ", no difference");
	else
		heir_buf_printf(buf, ", %u %s", fleet->n_differing,
			fleet->n_differing == 1 ? "differs" : "differ");
	for (unsigned kind = 0, n = 0; kind < HEIR_FLEET_N_KINDS; kind++)
		if (fleet->n_kinds[kind] > 0)
			heir_buf_printf(buf, "%s%u %s", n++ ? ", " : ": ", fleet->n_kinds[kind],
				heir_fleet_kind_name((enum heir_fleet_kind)kind));
}

void heir_fleet_alike(
	const struct heir_fleet *fleet, const struct heir_fleet_group *group, struct heir_buf *buf)
{
	uint32_t of = fleet->pools[group->profile->pool].n_nodes;

	heir_buf_printf(buf, "%u of %u %s%s", group->n_nodes, of, of == 1 ? "node" : "nodes",
		group->n_nodes > 1 ? " alike" : "");
}

void heir_fleet_names(
	const struct heir_fleet *fleet, const struct heir_fleet_group *group, struct heir_buf *buf)
{
	uint32_t n = MIN(group->n_nodes, (uint32_t)MAX_NAMES);

	for (uint32_t i = 0; i < n; i++)
		heir_buf_printf(buf, "%s%s", i ? ", " : "",
			fleet->nodes[fleet->order[group->first + i]].object->id.name);
	if (group->n_nodes > n)
		heir_buf_printf(buf, " and %u more", group->n_nodes - n);
}

int heir_fleet_place(const struct heir_fleet *fleet, struct heir_place place, struct heir_buf *buf)
{
	const struct heir_view view = {
		.core = fleet->core, .config_dir = heir_where_config_dir(&fleet->where)};

	if (place.source == HEIR_SOURCE_NONE)
		return 0;
	return heir_view_place(&view, buf, place, false);
}

void heir_fleet_have(const struct heir_fleet_count *count, struct heir_buf *buf)
{
	if (count->of == 0)
		heir_buf_addc(buf, '-');
	else
		heir_buf_printf(buf, "%u of %u", count->have, count->of);
}

void heir_fleet_waiting(const struct heir_fleet_class *class, struct heir_buf *buf)
{
	uint32_t n = MIN(class->n_waiting, (uint32_t)HEIR_FLEET_MAX_WAITING);

	for (uint32_t i = 0; i < n; i++)
		heir_buf_printf(buf, "%s%.*s/%.*s", i ? ", " : "",
			HEIR_STR_ARG(class->waiting[i].namespace),
			HEIR_STR_ARG(class->waiting[i].name));
	if (class->n_waiting > n)
		heir_buf_printf(buf, " and %u more", class->n_waiting - n);
}

bool heir_fleet_doubt(const struct heir_fleet *fleet, unsigned i, struct heir_buf *buf)
{
	uint32_t n;

	if (i == 0) {
		heir_buf_addz(buf, "which handler is the default: a Node reports it without its "
				   "name");
		return true;
	}
	if (i == 1) {
		heir_buf_addz(buf, "a SIGHUP since CRI-O's start: then a Node reports the files, "
				   "not what runs (run heir drift on the node)");
		return true;
	}
	if (i == 2 && fleet->n_more_classes > 0) {
		heir_buf_printf(
			buf, "%u RuntimeClasses, which are not checked", fleet->n_more_classes);
		return true;
	}
	i -= 2 + (fleet->n_more_classes > 0);
	for (unsigned unknown = HEIR_FLEET_KNOWN + 1; unknown < HEIR_FLEET_N_UNKNOWNS; unknown++) {
		n = fleet->n_unknown[unknown];
		if (n == 0 || i-- > 0)
			continue;
		heir_buf_printf(buf, "%u %s: %s", n, n == 1 ? "node" : "nodes",
			heir_fleet_unknown_words((enum heir_fleet_unknown)unknown));
		return true;
	}
	return false;
}
