/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "report/fleet.h"
#include "report/json.h"

static json_t *string_or_null(struct heir_str s)
{
	return s.len > 0 ? heir_json_str(s) : json_null();
}

static json_t *difference_json(
	const struct heir_fleet *fleet, const struct heir_fleet_difference *difference)
{
	const struct heir_view view = {.core = fleet->core, .config_dir = ""};
	json_t *json = heir_json_set(
		json_object(), "kind", json_string(heir_fleet_kind_name(difference->kind)));
	struct heir_location where;

	if (heir_view_locate(&view, difference->where, &where) < 0) {
		json_decref(json);
		return NULL;
	}
	json = heir_json_set(json, "handler", heir_json_str(difference->handler));
	json = heir_json_set(json, "message", heir_json_strz(difference->message));
	json = heir_json_set(json, "file", heir_json_strz(where.file));
	return heir_json_set(json, "line", where.file ? json_integer(where.line) : json_null());
}

static json_t *node_json(const struct heir_fleet *fleet, const struct heir_fleet_group *group,
	const struct heir_fleet_node *node)
{
	const struct heir_fleet_profile *profile = &fleet->profiles[node->profile];
	json_t *json = heir_json_set(json_object(), "name", heir_json_strz(node->object->id.name));
	json_t *differences = json_array();

	json = heir_json_set(json, "pool", heir_json_strz(fleet->pools[profile->pool].name));
	json = heir_json_set(json, "crio_version", string_or_null(profile->kube_node.crio));
	json = heir_json_set(json, "os", string_or_null(profile->kube_node.os));
	json = heir_json_set(json, "current", string_or_null(profile->kube_node.current));
	json = heir_json_set(json, "desired", string_or_null(profile->kube_node.desired));
	for (uint32_t i = 0; i < group->n_differences; i++)
		differences = heir_json_append(
			differences, difference_json(fleet, &group->differences[i]));
	return heir_json_set(json, "differences", differences);
}

static json_t *class_json(const struct heir_fleet *fleet, const struct heir_fleet_class *class)
{
	json_t *json = heir_json_set(json_object(), "name", heir_json_strz(class->class.name));
	json_t *pools = json_array();

	json = heir_json_set(json, "handler", heir_json_str(class->class.handler));
	for (uint32_t i = 0; i < fleet->n_pools; i++) {
		json_t *pool;

		if (class->counts[i].of == 0)
			continue;
		pool = heir_json_set(json_object(), "pool", heir_json_strz(fleet->pools[i].name));
		pool = heir_json_set(pool, "have", json_integer(class->counts[i].have));
		pool = heir_json_set(pool, "of", json_integer(class->counts[i].of));
		pools = heir_json_append(pools, pool);
	}
	return heir_json_set(json, "pools", pools);
}

int heir_fleet_json(const struct heir_fleet *fleet, struct heir_out *out)
{
	const char *before = "\n  ";

	heir_out_addz(out, "{\"schema\": \"heir.fleet/1\",\n \"nodes\": [");
	for (uint32_t g = 0; g < fleet->n_groups; g++) {
		const struct heir_fleet_group *group = &fleet->groups[g];

		for (uint32_t i = 0; i < group->n_nodes && out->error == 0; i++) {
			heir_out_addz(out, before);
			heir_json_print(
				out, node_json(fleet, group,
					     &fleet->nodes[fleet->order[group->first + i]]));
			before = ",\n  ";
		}
	}
	heir_out_addz(out, "],\n \"classes\": [");
	for (uint32_t i = 0; i < fleet->n_classes && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, class_json(fleet, &fleet->classes[i]));
	}
	heir_out_addz(out, "]}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
