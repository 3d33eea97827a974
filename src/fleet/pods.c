/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what pods require with the handlers of their nodes, and finds pods that wait. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "fleet/parts.h"

enum { MAX_CLASSES_OF_HANDLER = 16 };

/* Pods without a node, and the classes that they name; NULL: none, so any node will do. */
struct demand {
	struct heir_str handler;
	enum heir_pod_feature feature;
	struct heir_place where; /* of the first pod */
	const struct heir_kube_object *classes[MAX_CLASSES_OF_HANDLER];
	uint32_t n_classes;
};

struct search {
	struct heir_fleet *fleet;
	struct heir_fleet_unsupported_list *ret;
	struct heir_map nodes;   /* by name */
	struct heir_map demands; /* by handler and feature */
	struct demand *items;
	uint32_t n, size;
};

static void search_release(struct search *search)
{
	heir_map_release(&search->nodes);
	heir_map_release(&search->demands);
	free(search->items);
}

/* Returns the handler of a pod; .p is NULL if its RuntimeClass is not among the objects. */
static struct heir_str handler_of(const struct heir_fleet *fleet, const struct heir_pod *pod,
	const struct heir_kube_object **ret_class)
{
	struct heir_runtime_class class = {.handler = HEIR_STR_NULL};

	*ret_class = NULL;
	if (pod->runtime_class.len == 0)
		return HEIR_STR("");
	*ret_class = heir_kube_find(fleet->kube, HEIR_KUBE_CLASS, pod->runtime_class);
	if (*ret_class)
		heir_runtime_class_read(*ret_class, &class);
	return class.handler;
}

/* ---- On a node ---- */

static int add_unsupported(struct search *search, uint32_t node, enum heir_pod_feature feature,
	struct heir_str handler, struct heir_place where)
{
	struct heir_fleet_unsupported_list *ret = search->ret;
	const struct heir_fleet_reported *reported = heir_fleet_reports(
		&search->fleet->profiles[search->fleet->nodes[node].profile], handler);

	if (!reported || reported->features[feature] != 0)
		return 0;
	if (HEIR_RESERVE(ret->items, ret->n, ret->size) < 0)
		return -ENOMEM;
	ret->items[ret->n++] =
		(struct heir_fleet_unsupported){node, feature, reported->name, where};
	return 0;
}

/* ---- On none yet ---- */

/* Returns the demand for a handler and feature of pods that have no node yet. */
static int find_demand(struct search *search, struct heir_str handler,
	enum heir_pod_feature feature, struct heir_place where, struct demand **ret)
{
	struct heir_str key = heir_str_from(heir_arena_printf(
		search->fleet->arena, "%u %.*s", (unsigned)feature, HEIR_STR_ARG(handler)));
	uint32_t at;
	bool is_new;
	int r = key.p ? heir_map_put(&search->demands, key, search->n, &at, &is_new) : -ENOMEM;

	if (r == 0 && is_new && HEIR_RESERVE(search->items, search->n, search->size) < 0)
		return -ENOMEM;
	if (r < 0)
		return r;
	if (is_new)
		search->items[search->n++] =
			(struct demand){.handler = handler, .feature = feature, .where = where};
	*ret = &search->items[at];
	return 0;
}

static int add_demand(struct search *search, struct heir_str handler, enum heir_pod_feature feature,
	struct heir_place where, const struct heir_kube_object *class)
{
	struct demand *demand;
	int r = find_demand(search, handler, feature, where, &demand);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < demand->n_classes; i++)
		if (demand->classes[i] == class)
			return 0;
	if (demand->n_classes < MAX_CLASSES_OF_HANDLER)
		demand->classes[demand->n_classes++] = class;
	return 0;
}

static bool may_come(
	struct heir_core *core, const struct demand *demand, const struct heir_kube_object *node)
{
	struct heir_runtime_class class;

	for (uint32_t i = 0; i < demand->n_classes; i++) {
		if (!demand->classes[i])
			return true;
		heir_runtime_class_read(demand->classes[i], &class);
		if (heir_runtime_class_selects(core, &class, node))
			return true;
	}
	return false;
}

/* Finds handlers of a node that do not support what waiting pods require. */
static int meet_demands(struct search *search, uint32_t node)
{
	const struct heir_fleet *fleet = search->fleet;
	const struct heir_fleet_profile *profile = &fleet->profiles[fleet->nodes[node].profile];
	int r = 0;

	for (uint32_t i = 0; i < profile->n_reported * HEIR_N_POD_FEATURES && r == 0; i++) {
		const struct heir_fleet_reported *reported =
			&profile->reported[i / HEIR_N_POD_FEATURES];
		unsigned feature = i % HEIR_N_POD_FEATURES;
		_cleanup_(heir_buf_release) struct heir_buf key = HEIR_BUF_NULL;
		uint32_t at;

		if (reported->features[feature] != 0)
			continue;
		heir_buf_printf(&key, "%u %.*s", feature, HEIR_STR_ARG(reported->name));
		if (key.failed)
			return -ENOMEM;
		at = heir_map_get(&search->demands, heir_buf_str(&key));
		if (at != HEIR_MAP_NONE &&
			may_come(fleet->core, &search->items[at], fleet->nodes[node].object))
			r = add_unsupported(search, node, (enum heir_pod_feature)feature,
				reported->name, search->items[at].where);
	}
	return r;
}

/* ---- Pods ---- */

/* heir does not predict where a pod with its own nodeSelector will be scheduled. */
static bool is_free(const struct heir_kube_object *object)
{
	return !heir_tree_get(heir_tree_get(object->root, "spec"), "nodeSelector");
}

/* Records what a pod requires: of its node, or of any node if it has none. */
static int ask_for(struct search *search, const struct heir_kube_object *object)
{
	const struct heir_kube_object *class;
	unsigned asks = heir_pod_asks(object);
	struct heir_str handler;
	struct heir_pod pod;
	uint32_t node = HEIR_MAP_NONE;
	int r = 0;

	if (asks == 0)
		return 0;
	heir_pod_read(object, &pod);
	handler = handler_of(search->fleet, &pod, &class);
	if (pod.ended || !handler.p)
		return 0;
	if (pod.node.len > 0)
		node = heir_map_get(&search->nodes, pod.node);
	for (unsigned f = 0; f < HEIR_N_POD_FEATURES && r == 0; f++) {
		if (!(asks >> f & 1))
			continue;
		if (node != HEIR_MAP_NONE)
			r = add_unsupported(
				search, node, (enum heir_pod_feature)f, handler, object->where);
		else if (pod.node.len == 0 && pod.waits && is_free(object))
			r = add_demand(
				search, handler, (enum heir_pod_feature)f, object->where, class);
	}
	return r;
}

static int by_node(const void *a, const void *b)
{
	const struct heir_fleet_unsupported *x = a, *y = b;
	int order;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	order = heir_str_cmp(x->handler, y->handler);
	if (order)
		return order;
	if (x->feature != y->feature)
		return x->feature < y->feature ? -1 : 1;
	if (x->where.source != y->where.source)
		return x->where.source < y->where.source ? -1 : 1;
	return (x->where.at > y->where.at) - (x->where.at < y->where.at);
}

static void keep_first(struct heir_fleet_unsupported_list *ret)
{
	uint32_t n = 0;

	if (ret->n > 1)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_node);
	for (uint32_t i = 0; i < ret->n; i++)
		if (n == 0 || ret->items[n - 1].node != ret->items[i].node ||
			ret->items[n - 1].feature != ret->items[i].feature ||
			!heir_str_eq(ret->items[n - 1].handler, ret->items[i].handler))
			ret->items[n++] = ret->items[i];
	ret->n = n;
}

int heir_fleet_find_unsupported(struct heir_fleet *fleet, struct heir_fleet_unsupported_list *ret)
{
	_cleanup_(search_release) struct search search = {
		.fleet = fleet, .ret = ret, .nodes = HEIR_MAP_NULL, .demands = HEIR_MAP_NULL};
	uint32_t n = heir_kube_n(fleet->kube, HEIR_KUBE_POD), at;
	bool is_new;
	int r = 0;

	for (uint32_t i = 0; n > 0 && i < fleet->n_nodes && r == 0; i++)
		r = heir_map_put(&search.nodes, heir_str_from(fleet->nodes[i].object->id.name), i,
			&at, &is_new);
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = ask_for(&search, heir_kube_at(fleet->kube, HEIR_KUBE_POD, i));
	for (uint32_t i = 0; search.n > 0 && i < fleet->n_nodes && r == 0; i++)
		r = meet_demands(&search, i);
	if (r == 0)
		keep_first(ret);
	return r;
}
