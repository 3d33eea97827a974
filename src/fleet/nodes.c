/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what Nodes report. Nodes that report the same share a profile. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "fleet/parts.h"

struct reading {
	struct heir_fleet *fleet;
	struct heir_map pools, profiles;
	struct heir_buf key;
	struct heir_fleet_reported *reported; /* of one node */
	uint32_t reported_size, profiles_size;
	uint32_t none; /* the pool without a name, or HEIR_MAP_NONE */
};

static void reading_release(struct reading *reading)
{
	heir_map_release(&reading->pools);
	heir_map_release(&reading->profiles);
	heir_buf_release(&reading->key);
	free(reading->reported);
}

/* ---- Pools ---- */

static struct heir_str target_of_pool(const struct heir_fleet *fleet, const char *pool)
{
	const struct heir_kube_object *object =
		heir_kube_find(fleet->kube, HEIR_KUBE_POOL, heir_str_from(pool));
	const struct heir_tree_node *spec = object ? heir_tree_get(object->root, "spec") : NULL;

	return heir_node_text(heir_tree_get(heir_tree_get(spec, "configuration"), "name"));
}

/* Returns the pool of that name, added if necessary. */
static int find_pool(struct reading *reading, const char *name, uint32_t *ret)
{
	struct heir_fleet *fleet = reading->fleet;
	bool is_new = false;
	int r = 0;

	if (name) {
		r = heir_map_put(
			&reading->pools, heir_str_from(name), fleet->n_pools, ret, &is_new);
	} else {
		is_new = reading->none == HEIR_MAP_NONE;
		reading->none = is_new ? fleet->n_pools : reading->none;
		*ret = reading->none;
	}
	if (r == 0 && is_new)
		fleet->pools[fleet->n_pools++] = (struct heir_fleet_pool){
			.name = name,
			.target = name ? target_of_pool(fleet, name) : HEIR_STR(""),
		};
	return r;
}

static int by_pool_name(const void *a, const void *b)
{
	const struct heir_fleet_pool *const *x = a, *const *y = b;

	if (!(*x)->name || !(*y)->name)
		return !(*x)->name - !(*y)->name;
	return strcmp((*x)->name, (*y)->name);
}

/* Sorts the pools and renumbers them in the profiles. */
static int sort_pools(struct heir_fleet *fleet)
{
	struct heir_arena *arena = fleet->arena;
	struct heir_fleet_pool *sorted =
		heir_arena_zalloc(arena, fleet->n_pools + 1u, sizeof(*sorted));
	const struct heir_fleet_pool **list =
		heir_arena_zalloc(arena, fleet->n_pools + 1u, sizeof(*list)); /* NOLINT */
	uint32_t *numbers = heir_arena_zalloc(arena, fleet->n_pools + 1u, sizeof(*numbers));

	if (!sorted || !list || !numbers)
		return -ENOMEM;
	for (uint32_t i = 0; i < fleet->n_pools; i++)
		list[i] = &fleet->pools[i];
	qsort(list, fleet->n_pools, sizeof(*list), by_pool_name);
	for (uint32_t i = 0; i < fleet->n_pools; i++) {
		sorted[i] = *list[i];
		numbers[list[i] - fleet->pools] = i;
	}
	for (uint32_t i = 0; i < fleet->n_profiles; i++)
		fleet->profiles[i].pool = numbers[fleet->profiles[i].pool];
	fleet->pools = sorted;
	return 0;
}

/* ---- Handlers that are reported ---- */

static int compare_reported_names(const void *a, const void *b)
{
	const struct heir_fleet_reported *x = a, *y = b;

	return heir_str_cmp(x->name, y->name);
}

const struct heir_fleet_reported *heir_fleet_reports(
	const struct heir_fleet_profile *profile, struct heir_str name)
{
	struct heir_fleet_reported key = {.name = name};

	return profile->n_reported > 0 ? bsearch(&key, profile->reported, profile->n_reported,
						 sizeof(key), compare_reported_names)
				       : NULL;
}

/* Reads the reported handlers, sorted, each name once. */
static int read_reported(
	struct reading *reading, const struct heir_kube_node *kube_node, uint32_t *ret_n)
{
	uint32_t n = 0, kept = 0;

	heir_tree_foreach(item, kube_node->handlers)
	{
		if (HEIR_RESERVE(reading->reported, n, reading->reported_size) < 0)
			return -ENOMEM;
		heir_kube_handler_read(
			item, &reading->reported[n].name, reading->reported[n].features);
		n += reading->reported[n].name.p != NULL;
	}
	if (n > 1)
		qsort(reading->reported, n, sizeof(*reading->reported), compare_reported_names);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 ||
			!heir_str_eq(reading->reported[kept - 1].name, reading->reported[i].name))
			reading->reported[kept++] = reading->reported[i];
	*ret_n = kept;
	return 0;
}

/* ---- Looks ---- */

static void add_profile_part(struct heir_buf *key, struct heir_str part)
{
	heir_buf_number(key, (uint32_t)part.len);
	heir_buf_addc(key, ':');
	heir_buf_adds(key, part);
}

/* Makes a key of everything that is compared. */
static int make_profile_key(struct reading *reading, uint32_t pool,
	const struct heir_kube_node *kube_node, uint32_t n_reported)
{
	struct heir_buf *key = &reading->key;

	heir_buf_clear(key);
	heir_buf_number(key, pool);
	add_profile_part(key, kube_node->runtime);
	add_profile_part(key, kube_node->os);
	add_profile_part(key, kube_node->current);
	add_profile_part(key, kube_node->desired);
	add_profile_part(key, kube_node->state);
	heir_buf_addc(key, kube_node->handlers ? 'h' : '-');
	for (uint32_t i = 0; i < n_reported; i++) {
		add_profile_part(key, reading->reported[i].name);
		for (unsigned f = 0; f < HEIR_N_POD_FEATURES; f++)
			heir_buf_addc(key, (char)('1' + reading->reported[i].features[f]));
	}
	return heir_buf_error(key);
}

static enum heir_fleet_unknown unknown_reason(const struct heir_fleet *fleet,
	const struct heir_kube_node *kube_node, struct heir_version *ret_version)
{
	struct heir_str text;

	*ret_version = fleet->where.version;
	if (kube_node->crio.len == 0)
		return HEIR_FLEET_NO_CRIO;
	if (!heir_version_of_build(kube_node->crio, ret_version, &text) ||
		!heir_release_of(*ret_version))
		return HEIR_FLEET_NO_RELEASE;
	if (kube_node->current.len == 0)
		return HEIR_FLEET_NO_CURRENT;
	if (!heir_kube_find(fleet->kube, HEIR_KUBE_CONFIG, kube_node->current))
		return HEIR_FLEET_NO_CONFIG;
	return kube_node->handlers ? HEIR_FLEET_KNOWN : HEIR_FLEET_NO_LIST;
}

/* Doubles the array of profiles, in the arena. */
static int grow_profiles(struct reading *reading)
{
	struct heir_fleet *fleet = reading->fleet;
	uint32_t size = reading->profiles_size ? reading->profiles_size * 2 : 16;
	struct heir_fleet_profile *profiles;

	if (fleet->n_profiles < reading->profiles_size)
		return 0;
	/* What this wastes in the arena is at most as much as is kept. */
	profiles = heir_arena_zalloc(fleet->arena, size, sizeof(*profiles));
	if (!profiles)
		return -ENOMEM;
	if (fleet->n_profiles > 0)
		memcpy(profiles, fleet->profiles, fleet->n_profiles * sizeof(*profiles));
	fleet->profiles = profiles;
	reading->profiles_size = size;
	return 0;
}

/* Adds a profile and copies the reported handlers into the arena. */
static int add_profile(struct reading *reading, const struct heir_kube_object *object,
	uint32_t pool, const struct heir_kube_node *kube_node, uint32_t n_reported)
{
	struct heir_fleet *fleet = reading->fleet;
	struct heir_fleet_reported *reported =
		heir_arena_zalloc(fleet->arena, n_reported + 1u, sizeof(*reported));
	struct heir_fleet_profile *profile;

	if (!reported || grow_profiles(reading) < 0)
		return -ENOMEM;
	if (n_reported > 0)
		memcpy(reported, reading->reported, n_reported * sizeof(*reported));
	profile = &fleet->profiles[fleet->n_profiles++];
	*profile = (struct heir_fleet_profile){
		.pool = pool,
		.kube_node = *kube_node,
		.where = object->where,
		.reported = reported,
		.n_reported = n_reported,
	};
	profile->unknown = unknown_reason(fleet, kube_node, &profile->version);
	return 0;
}

/* Returns the profile of a node, added if no other node reports the same. */
static int find_profile(struct reading *reading, const struct heir_kube_object *object,
	uint32_t pool, uint32_t *ret)
{
	struct heir_fleet *fleet = reading->fleet;
	struct heir_kube_node kube_node;
	struct heir_str key;
	uint32_t n_reported = 0;
	bool is_new;
	int r;

	heir_kube_node_read(object, &kube_node);
	r = read_reported(reading, &kube_node, &n_reported);
	if (r == 0)
		r = make_profile_key(reading, pool, &kube_node, n_reported);
	if (r < 0)
		return r;
	*ret = heir_map_get(&reading->profiles, heir_buf_str(&reading->key));
	if (*ret != HEIR_MAP_NONE)
		return 0;
	key = (struct heir_str){heir_arena_strndup(fleet->arena, reading->key.p, reading->key.len),
		reading->key.len};
	r = key.p ? heir_map_put(&reading->profiles, key, fleet->n_profiles, ret, &is_new)
		  : -ENOMEM;
	return r == 0 ? add_profile(reading, object, pool, &kube_node, n_reported) : r;
}

/* ---- Nodes ---- */

static int by_node_name(const void *a, const void *b)
{
	const struct heir_fleet_node *x = a, *y = b;

	return strcmp(x->object->id.name, y->object->id.name);
}

/* Reads a node, unless it is of another pool than the requested one. */
static int read_node(
	struct reading *reading, const struct heir_kube_object *object, const char *only)
{
	struct heir_fleet *fleet = reading->fleet;
	const char *name = heir_kube_pool_of(fleet->kube, object);
	struct heir_fleet_node *node = &fleet->nodes[fleet->n_nodes];
	uint32_t pool;
	int r;

	if (only && (!name || strcmp(name, only) != 0))
		return 0;
	node->object = object;
	r = find_pool(reading, name, &pool);
	if (r == 0)
		r = find_profile(reading, object, pool, &node->profile);
	if (r < 0)
		return r;
	fleet->pools[pool].n_nodes++;
	fleet->profiles[node->profile].n_nodes++;
	fleet->n_nodes++;
	return 0;
}

int heir_fleet_read(struct heir_fleet *fleet, const char *only)
{
	_cleanup_(reading_release) struct reading reading = {
		.fleet = fleet, .none = HEIR_MAP_NONE, .key = HEIR_BUF_NULL};
	uint32_t n = heir_kube_n(fleet->kube, HEIR_KUBE_NODE);
	/* master, worker, each MachineConfigPool, and one for nodes without a pool. */
	uint32_t n_pools = heir_kube_n(fleet->kube, HEIR_KUBE_POOL) + 3;
	int r = 0;

	fleet->nodes = heir_arena_zalloc(fleet->arena, n + 1u, sizeof(*fleet->nodes));
	fleet->pools = heir_arena_zalloc(fleet->arena, n_pools, sizeof(*fleet->pools));
	if (!fleet->nodes || !fleet->pools)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = read_node(&reading, heir_kube_at(fleet->kube, HEIR_KUBE_NODE, i), only);
	if (r == 0)
		r = sort_pools(fleet);
	if (r == 0 && fleet->n_nodes > 1)
		qsort(fleet->nodes, fleet->n_nodes, sizeof(*fleet->nodes), by_node_name);
	return r;
}
