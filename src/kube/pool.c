/* SPDX-License-Identifier: Apache-2.0 */
/* Which MachineConfigs apply to a pool, in which order, and the resulting files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "kube/ctrcfg.h"
#include "kube/ignition.h"
#include "kube/selector.h"
#include "kube/store.h"
#include "node/verdict.h"

/* The label of the cluster's own pools, which most others have too. */
#define POOL_LABEL "pools.operator.machineconfiguration.openshift.io/"
#define BUILTIN_LABEL "machineconfiguration.openshift.io/mco-built-in"

/* ---- Names of pools ---- */

static int add_pool_name(struct heir_kube *kube, struct heir_map *names, struct heir_str name)
{
	struct heir_str copy = {heir_arena_strndup(&kube->core->arena, name.p, name.len), name.len};
	uint32_t at;
	bool is_new;

	if (name.len == 0 || heir_map_get(names, name) != HEIR_MAP_NONE)
		return copy.p ? 0 : -ENOMEM;
	return copy.p ? heir_map_put(names, copy, names->n, &at, &is_new) : -ENOMEM;
}

/* Collects the names of pools from pools, role labels and NodePools. */
static int collect_names(struct heir_kube *kube, struct heir_map *names)
{
	const struct heir_kube_list *pools = &kube->lists[HEIR_KUBE_POOL];
	const struct heir_kube_list *configs = &kube->lists[HEIR_KUBE_CONFIG];
	const struct heir_kube_list *ctrcfgs = &kube->lists[HEIR_KUBE_CTRCFG];
	const struct heir_kube_list *hosted = &kube->lists[HEIR_KUBE_NODE_POOL];
	bool any_pool = false;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < pools->n; i++)
		r = add_pool_name(kube, names, heir_str_from(pools->items[i]->id.name));
	for (uint32_t i = 0; r == 0 && i < configs->n; i++) {
		struct heir_str pool = heir_object_label(configs->items[i], HEIR_KUBE_ROLE);

		heir_kube_is_rendered(configs->items[i], &pool);
		if (!configs->items[i]->hosted_by)
			r = add_pool_name(kube, names, pool);
		any_pool |= configs->items[i]->any_pool;
	}
	for (uint32_t i = 0; r == 0 && i < hosted->n; i++)
		r = add_pool_name(kube, names, heir_str_from(hosted->items[i]->id.name));
	for (uint32_t i = 0; i < ctrcfgs->n; i++)
		any_pool |= ctrcfgs->items[i]->any_pool;
	/* What applies to every pool is for a node without a pool of its own. */
	return r == 0 && any_pool && names->n == 0 ? add_pool_name(kube, names, HEIR_STR("worker"))
						   : r;
}

static int compare_pool_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int heir_kube_pools(struct heir_kube *kube, const char *const **ret, uint32_t *ret_n)
{
	_cleanup_(heir_map_release) struct heir_map names = HEIR_MAP_NULL;
	const char **list;
	uint32_t n = 0;
	int r = collect_names(kube, &names);

	if (r < 0)
		return r;
	list = heir_arena_zalloc(&kube->core->arena, names.n + 1, sizeof(*list)); /* NOLINT */
	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < names.size; i++)
		if (names.entries[i].key.p)
			list[n++] = names.entries[i].key.p;
	qsort(list, n, sizeof(*list), compare_pool_names);
	*ret = list;
	*ret_n = n;
	return 0;
}

const char *heir_kube_pool_meant(const char *const *pools, uint32_t n)
{
	const char *meant = NULL;

	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(pools[i], "master") == 0)
			continue;
		if (meant)
			return NULL;
		meant = pools[i];
	}
	return meant || n == 0 ? meant : pools[0];
}

/* ---- What a pool takes ---- */

struct taking {
	struct heir_kube *kube;
	struct heir_str pool;
	const struct heir_kube_object *object; /* NULL: there is none */
	const struct heir_tree_node *selector; /* of the object; NULL: by role */
	struct heir_kube_selected *list;
	uint32_t n, size;
};

static int add_selected(struct taking *t, const char *name, const struct heir_kube_object *object,
	struct heir_str role)
{
	if (HEIR_RESERVE(t->list, t->n, t->size) < 0)
		return -ENOMEM;
	t->list[t->n++] = (struct heir_kube_selected){name, object, heir_str_eqz(role, "worker")};
	return 0;
}

static bool is_of_the_cluster(struct heir_str pool)
{
	return heir_str_eqz(pool, "master") || heir_str_eqz(pool, "worker") ||
	       heir_str_eqz(pool, "arbiter");
}

/* A custom pool also takes what workers get. */
static bool takes_role(const struct taking *t, struct heir_str role)
{
	return heir_str_eq(role, t->pool) ||
	       (heir_str_eqz(role, "worker") && !is_of_the_cluster(t->pool));
}

bool heir_kube_hosts(const struct heir_kube *kube, struct heir_str pool, const char *config_map)
{
	const struct heir_kube_object *object = heir_kube_find(kube, HEIR_KUBE_NODE_POOL, pool);
	const struct heir_tree_node *list =
		object ? heir_tree_get(heir_tree_get(object->root, "spec"), "config") : NULL;

	if (heir_kube_n(kube, HEIR_KUBE_NODE_POOL) == 0)
		return true;
	heir_tree_foreach(item, list)
	{
		if (heir_str_eqz(heir_node_text(heir_tree_get(item, "name")), config_map))
			return true;
	}
	return false;
}

static bool is_for_pool(const struct taking *t, const struct heir_kube_object *config)
{
	struct heir_labels labels = heir_labels_of(config);

	if (config->hosted_by)
		return heir_kube_hosts(t->kube, t->pool, config->hosted_by);
	if (config->any_pool)
		return true;

	return t->object ? heir_selector_matches(t->kube->core, t->object, t->selector, &labels)
			 : takes_role(t, heir_object_label(config, HEIR_KUBE_ROLE));
}

static bool takes_made(const struct taking *t, struct heir_str pool)
{
	struct heir_labels labels = {.more_key = {HEIR_STR(HEIR_KUBE_ROLE)}, .more_value = {pool}};

	return t->object ? heir_selector_matches(t->kube->core, t->object, t->selector, &labels)
			 : takes_role(t, pool);
}

static int open_pool(struct taking *t)
{
	const struct heir_tree_node *selector;
	bool usable;
	int r;

	t->object = heir_kube_find(t->kube, HEIR_KUBE_POOL, t->pool);
	if (!t->object)
		return 0;
	selector = heir_tree_get(heir_tree_get(t->object->root, "spec"), "machineConfigSelector");
	r = heir_selector_check(
		t->kube->core, t->object, selector, "$.spec.machineConfigSelector", &usable);
	t->selector = usable ? selector : NULL;
	return r;
}

/* Adds the MachineConfigs that are for the pool. */
static int take_sources(struct taking *t)
{
	const struct heir_kube_list *configs = &t->kube->lists[HEIR_KUBE_CONFIG];
	struct heir_str pool;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < configs->n; i++) {
		const struct heir_kube_object *config = configs->items[i];

		if (heir_kube_is_rendered(config, &pool))
			continue;
		if (is_for_pool(t, config))
			r = add_selected(t, config->id.name, config,
				heir_object_label(config, HEIR_KUBE_ROLE));
		else
			heir_trace_report(t->kube->core->trace, 0, HEIR_TRACE_objects,
				config->id.input, "skipped", "%s %s: not for the pool %.*s",
				config->id.kind, config->id.name, HEIR_STR_ARG(t->pool));
	}
	return r;
}

/* ---- Rendered ones ---- */

static int refuse_several(
	struct taking *t, const struct heir_kube_object *one, const struct heir_kube_object *other)
{
	struct heir_core *core = t->kube->core;
	struct heir_diag *diag = heir_object_fault(core, other, HEIR_RULE_OBJECT_AMBIGUOUS, NULL,
		"the pool has several rendered MachineConfigs, and no MachineConfigPool selects "
		"one");

	if (!diag || !heir_diag_note(diag, &core->arena, one->where, "another one"))
		return -ENOMEM;
	diag->help = "keep only one of them, or add the MachineConfigPool";
	return 0;
}

/* Adds the MachineConfig that the MCO merged for a pool: the one it should have, else the only
 * one. */
static int take_rendered_of(
	struct taking *t, struct heir_str wanted, const struct heir_kube_object *object)
{
	const struct heir_kube_list *configs = &t->kube->lists[HEIR_KUBE_CONFIG];
	const struct heir_tree_node *spec = object ? heir_tree_get(object->root, "spec") : NULL;
	struct heir_str named =
		heir_node_text(heir_tree_get(heir_tree_get(spec, "configuration"), "name"));
	const struct heir_kube_object *found = heir_kube_find(t->kube, HEIR_KUBE_CONFIG, named);
	struct heir_str pool;

	if (found && heir_kube_is_rendered(found, &pool))
		return add_selected(t, found->id.name, found, HEIR_STR(""));
	found = NULL;
	for (uint32_t i = 0; i < configs->n; i++) {
		if (!heir_kube_is_rendered(configs->items[i], &pool) || !heir_str_eq(pool, wanted))
			continue;
		if (found)
			return refuse_several(t, found, configs->items[i]);
		found = configs->items[i];
	}
	return found ? add_selected(t, found->id.name, found, HEIR_STR("")) : 0;
}

/* Adds the base for the others: that of the pool, else of workers, for a pool that the MCO has not
 * rendered yet and that takes what workers get. */
static int take_rendered(struct taking *t)
{
	const struct heir_str worker = HEIR_STR("worker");
	uint32_t before = t->n;
	int r = take_rendered_of(t, t->pool, t->object);

	if (r < 0 || t->n > before || heir_str_eq(t->pool, worker) || !takes_made(t, worker))
		return r;
	return take_rendered_of(t, worker, heir_kube_find(t->kube, HEIR_KUBE_POOL, worker));
}

/* Returns whether the MCO's templates are among the objects. */
static bool has_template(const struct taking *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->list[i].object->id.author == HEIR_AUTHOR_TEMPLATE)
			return true;
	return false;
}

/* ---- ContainerRuntimeConfigs ---- */

static int labels_of_pool(struct taking *t, struct heir_str name, struct heir_labels *ret)
{
	const struct heir_kube_object *object = heir_kube_find(t->kube, HEIR_KUBE_POOL, name);
	struct heir_arena *arena = &t->kube->core->arena;
	const char *z, *label;

	if (object) {
		*ret = heir_labels_of(object);
		return 0;
	}
	z = heir_arena_strndup(arena, name.p, name.len);
	label = z ? heir_arena_concat(arena, POOL_LABEL, z, "") : NULL;
	*ret = (struct heir_labels){.more_key = {heir_str_from(label)}};
	if (is_of_the_cluster(name))
		ret->more_key[1] = HEIR_STR(BUILTIN_LABEL);
	return label ? 0 : -ENOMEM;
}

/* A MachineConfig that the MCO made of it earlier is dropped: it will be made again. */
static int take_one_made(
	struct taking *t, const struct heir_ctrcfg_made *made, struct heir_str pool)
{
	if (heir_kube_find(t->kube, HEIR_KUBE_CONFIG, heir_str_from(made->name)))
		for (uint32_t i = 0; i < t->n; i++)
			if (strcmp(t->list[i].name, made->name) == 0) {
				t->list[i].object = made->object;
				return 0;
			}
	return add_selected(t, made->name, made->object, pool);
}

/* Adds those made for a pool whose MachineConfigs this one takes. */
static int take_made_for(struct taking *t, const bool *usable, struct heir_str pool)
{
	struct heir_ctrcfg_made *made;
	struct heir_labels labels;
	uint32_t n;
	int r;

	if (!takes_made(t, pool))
		return 0;
	r = labels_of_pool(t, pool, &labels);
	if (r == 0)
		r = heir_ctrcfg_make(t->kube, usable, pool, &labels, &made, &n);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = take_one_made(t, &made[i], pool);
	return r;
}

static int take_made(struct taking *t)
{
	const bool *usable;
	int r = heir_ctrcfg_judge(t->kube, &usable);

	if (r == 0)
		r = take_made_for(t, usable, t->pool);
	if (r == 0 && !heir_str_eqz(t->pool, "worker"))
		r = take_made_for(t, usable, HEIR_STR("worker"));
	return r;
}

/* ---- Order ---- */

/* Merged ones first, then what workers get, then the pool's own. */
static unsigned merge_rank(const struct heir_kube_selected *taken)
{
	if (taken->object->id.author == HEIR_AUTHOR_RENDERED)
		return 0;
	return taken->first ? 1 : 2;
}

/* Since OpenShift 4.15 what workers get precedes the pool's own, which therefore wins. */
static int compare_selected(const void *a, const void *b)
{
	const struct heir_kube_selected *one = a, *other = b;

	if (merge_rank(one) != merge_rank(other))
		return merge_rank(one) < merge_rank(other) ? -1 : 1;
	return strcmp(one->name, other->name);
}

static int take_configs(struct taking *t)
{
	int r = open_pool(t);

	if (r == 0)
		r = take_sources(t);
	if (r == 0 && !has_template(t))
		r = take_rendered(t);
	if (r == 0)
		r = take_made(t);
	if (r == 0 && t->n > 1)
		qsort(t->list, t->n, sizeof(*t->list), compare_selected);
	return r;
}

/* Computes the list for a pool and caches it. */
static int take_anew(struct heir_kube *kube, const char *pool)
{
	struct heir_arena *arena = &kube->core->arena;
	const char *name = heir_arena_strndup(arena, pool, strlen(pool));
	struct taking t = {.kube = kube, .pool = heir_str_from(name)};
	struct heir_kube_selected *list = NULL;
	int r = name ? take_configs(&t) : -ENOMEM;

	if (r == 0) {
		list = heir_arena_zalloc(arena, t.n + 1, sizeof(*list));
		r = list ? 0 : -ENOMEM;
	}
	if (r == 0) {
		if (t.n > 0)
			memcpy(list, t.list, t.n * sizeof(*list));
		kube->selected_by = name;
		kube->taken = list;
		kube->n_taken = t.n;
	}
	free(t.list);
	return r;
}

int heir_kube_take(struct heir_kube *kube, const char *pool, const struct heir_kube_selected **ret,
	uint32_t *ret_n)
{
	int r = 0;

	if (!kube->selected_by || strcmp(kube->selected_by, pool) != 0)
		r = take_anew(kube, pool);
	if (r < 0)
		return r;
	*ret = kube->taken;
	*ret_n = kube->n_taken;
	return 0;
}

int heir_kube_files(struct heir_kube *kube, const char *pool, struct heir_overlay *ret)
{
	_cleanup_(heir_ignition_release) struct heir_ignition ign;
	const struct heir_kube_selected *list;
	uint32_t n = 0;
	int r;

	heir_ignition_init(&ign, kube->core);
	r = heir_kube_take(kube, pool, &list, &n);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = list[i].object->kind == HEIR_KUBE_CONFIG
			    ? heir_ignition_merge(&ign, list[i].object)
			    : heir_ctrcfg_merge(kube->core, list[i].object, &ign);
	return r == 0 ? heir_ignition_finish(&ign, ret) : r;
}
