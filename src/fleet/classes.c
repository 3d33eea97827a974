/* SPDX-License-Identifier: Apache-2.0 */
/* RuntimeClasses by pool: on how many nodes a pod of the class would find its handler. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/parts.h"

/* Limit of nodes checked for all classes with selectors; further ones are skipped. */
#define MAX_STEPS UINT64_C(20000000)

static int compare_class_names(const void *a, const void *b)
{
	const struct heir_fleet_class *x = a, *y = b;

	return strcmp(x->class.name, y->class.name);
}

/* A class without a selector applies to all nodes, and nodes with the same profile have the same
 * handlers. */
static void count_profiles(const struct heir_fleet *fleet, struct heir_fleet_class *class)
{
	for (uint32_t i = 0; i < fleet->n_profiles; i++) {
		const struct heir_fleet_profile *profile = &fleet->profiles[i];

		class->counts[profile->pool].of += profile->n_nodes;
		if (heir_fleet_reports(profile, class->class.handler))
			class->counts[profile->pool].have += profile->n_nodes;
	}
}

static void count_nodes(const struct heir_fleet *fleet, struct heir_fleet_class *class)
{
	for (uint32_t i = 0; i < fleet->n_nodes; i++) {
		const struct heir_fleet_profile *profile =
			&fleet->profiles[fleet->nodes[i].profile];

		if (!heir_runtime_class_selects(fleet->core, &class->class, fleet->nodes[i].object))
			continue;
		class->counts[profile->pool].of++;
		class->counts[profile->pool].have +=
			heir_fleet_reports(profile, class->class.handler) != NULL;
	}
}

/* Counts, per pool, the nodes on which a pod of the class would find its handler. */
static int add_class(
	struct heir_fleet *fleet, const struct heir_kube_object *object, uint64_t *steps)
{
	struct heir_fleet_class *class = &fleet->classes[fleet->n_classes];

	bool selects;

	heir_runtime_class_read(object, &class->class);
	selects = class->class.selects && class->class.selects->first;

	if (class->class.handler.len == 0)
		return 0;
	if (selects && *steps + fleet->n_nodes > MAX_STEPS) {
		fleet->n_more_classes++;
		return 0;
	}
	*steps += selects ? fleet->n_nodes : 0;
	class->counts =
		heir_arena_zalloc(fleet->arena, fleet->n_pools + 1u, sizeof(*class->counts));
	if (!class->counts)
		return -ENOMEM;
	if (selects)
		count_nodes(fleet, class);
	else
		count_profiles(fleet, class);
	fleet->n_classes++;
	return 0;
}

static void add_waiting(struct heir_fleet_class *class, const struct heir_pod *pod)
{
	if (class->n_waiting < HEIR_FLEET_MAX_WAITING)
		class->waiting[class->n_waiting] = *pod;
	class->n_waiting++;
}

/* Finds pending pods of each class. */
static int find_waiting(struct heir_fleet *fleet)
{
	_cleanup_(heir_map_release) struct heir_map classes = HEIR_MAP_NULL;
	uint32_t n = heir_kube_n(fleet->kube, HEIR_KUBE_POD), at;
	bool is_new;
	int r = 0;

	for (uint32_t i = 0; i < fleet->n_classes && r == 0; i++)
		r = heir_map_put(
			&classes, heir_str_from(fleet->classes[i].class.name), i, &at, &is_new);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct heir_pod pod;

		heir_pod_read(heir_kube_at(fleet->kube, HEIR_KUBE_POD, i), &pod);
		at = pod.waits && pod.runtime_class.len > 0
			     ? heir_map_get(&classes, pod.runtime_class)
			     : HEIR_MAP_NONE;
		if (at != HEIR_MAP_NONE)
			add_waiting(&fleet->classes[at], &pod);
	}
	return r;
}

int heir_fleet_classify(struct heir_fleet *fleet)
{
	uint32_t n = heir_kube_n(fleet->kube, HEIR_KUBE_CLASS);
	uint32_t max = MIN(n, (uint32_t)HEIR_FLEET_MAX_CLASSES);
	uint64_t steps = 0;
	int r = 0;

	fleet->classes = heir_arena_zalloc(fleet->arena, max + 1u, sizeof(*fleet->classes));
	if (!fleet->classes)
		return -ENOMEM;
	fleet->n_more_classes = n - max;
	for (uint32_t i = 0; i < max && r == 0; i++)
		r = add_class(fleet, heir_kube_at(fleet->kube, HEIR_KUBE_CLASS, i), &steps);
	if (r == 0 && fleet->n_classes > 1)
		qsort(fleet->classes, fleet->n_classes, sizeof(*fleet->classes),
			compare_class_names);
	return r == 0 ? find_waiting(fleet) : r;
}
