/* SPDX-License-Identifier: Apache-2.0 */
/* Groups nodes with the same differences, most damaged first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/parts.h"

/* ---- Lists of differences ---- */

void heir_fleet_list_add(
	struct heir_fleet_list *list, const struct heir_fleet_difference *difference)
{
	if (list->n == HEIR_FLEET_MAX)
		list->full = true;
	else
		list->items[list->n++] = *difference;
}

static int by_damage(const void *a, const void *b)
{
	const struct heir_fleet_difference *x = a, *y = b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = heir_str_cmp(x->handler, y->handler);
	return order ? order : strcmp(x->message, y->message);
}

int heir_fleet_list_finish(struct heir_fleet_list *list, struct heir_arena *arena,
	const struct heir_fleet_difference **ret, uint32_t *ret_n)
{
	struct heir_fleet_difference *copy = heir_arena_zalloc(arena, list->n + 1u, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	if (list->n > 1)
		qsort(list->items, list->n, sizeof(*list->items), by_damage);
	if (list->full) {
		list->items[list->n - 1].handler = HEIR_STR_NULL;
		list->items[list->n - 1].message = "and more differences, which are not listed";
	}
	if (list->n > 0)
		memcpy(copy, list->items, list->n * sizeof(*copy));
	*ret = copy;
	*ret_n = list->n;
	return 0;
}

/* ---- Folding ---- */

struct folding {
	struct heir_fleet *fleet;
	struct heir_map by_key;
	struct heir_buf key;
	uint32_t
		/* group of each profile without unsupported features; HEIR_MAP_NONE: not found
		 * yet */
		*profile_at;
	uint32_t groups_size;
	struct heir_fleet_list *list;
};

static void folding_release(struct folding *folding)
{
	heir_map_release(&folding->by_key);
	heir_buf_release(&folding->key);
}

static void add_group_part(struct heir_buf *key, struct heir_str part)
{
	heir_buf_number(key, (uint32_t)part.len);
	heir_buf_addc(key, part.p ? ':' : '-');
	heir_buf_adds(key, part);
}

/* Makes a key of everything reported for a node except its name. */
static int make_group_key(struct folding *folding, const struct heir_fleet_profile *profile,
	const struct heir_fleet_difference *differences, uint32_t n)
{
	struct heir_buf *key = &folding->key;

	heir_buf_clear(key);
	heir_buf_number(key, profile->pool);
	heir_buf_addc(key, ' ');
	heir_buf_number(key, profile->unknown);
	add_group_part(key, profile->kube_node.crio);
	add_group_part(key, profile->kube_node.os);
	add_group_part(key, profile->kube_node.current);
	add_group_part(key, profile->kube_node.desired);
	for (uint32_t i = 0; i < n; i++) {
		heir_buf_number(key, differences[i].kind);
		add_group_part(key, differences[i].handler);
		add_group_part(key, heir_str_from(differences[i].message));
	}
	return heir_buf_error(key);
}

/* Adds a group. The array is in the arena, because it outlives the comparison. */
static int add_group(struct folding *folding, const struct heir_fleet_profile *profile,
	const struct heir_fleet_difference *differences, uint32_t n)
{
	struct heir_fleet *fleet = folding->fleet;

	if (fleet->n_groups == folding->groups_size) {
		uint32_t size = folding->groups_size ? folding->groups_size * 2 : 16;
		struct heir_fleet_group *groups =
			heir_arena_zalloc(fleet->arena, size, sizeof(*groups));

		if (!groups)
			return -ENOMEM;
		if (fleet->n_groups > 0)
			memcpy(groups, fleet->groups, fleet->n_groups * sizeof(*groups));
		fleet->groups = groups;
		folding->groups_size = size;
	}
	fleet->groups[fleet->n_groups++] = (struct heir_fleet_group){
		.profile = profile, .differences = differences, .n_differences = n};
	return 0;
}

static int find_group(struct folding *folding, const struct heir_fleet_profile *profile,
	const struct heir_fleet_difference *differences, uint32_t n, uint32_t *ret)
{
	struct heir_fleet *fleet = folding->fleet;
	struct heir_str key;
	bool is_new;
	int r = make_group_key(folding, profile, differences, n);

	if (r < 0)
		return r;
	*ret = heir_map_get(&folding->by_key, heir_buf_str(&folding->key));
	if (*ret != HEIR_MAP_NONE)
		return 0;
	key = (struct heir_str){heir_arena_strndup(fleet->arena, folding->key.p, folding->key.len),
		folding->key.len};
	r = key.p ? heir_map_put(&folding->by_key, key, fleet->n_groups, ret, &is_new) : -ENOMEM;
	return r == 0 ? add_group(folding, profile, differences, n) : r;
}

static const char *feature_words(enum heir_pod_feature feature)
{
	static const char *const words[HEIR_N_POD_FEATURES] = {
		[HEIR_POD_USER_NAMESPACES] =
			"pods ask for user namespaces (hostUsers: false), but the handler reports "
			"userNamespaces: false",
		[HEIR_POD_RECURSIVE_MOUNTS] =
			"pods ask for recursive read-only mounts (recursiveReadOnly: Enabled), but "
			"the handler reports recursiveReadOnlyMounts: false",
	};

	return words[feature];
}

/* Adds a node with more differences than its profile has. */
static int fold_unsupported(struct folding *folding, struct heir_fleet_node *node,
	const struct heir_fleet_unsupported *asked, uint32_t n_asked)
{
	const struct heir_fleet_profile *profile = &folding->fleet->profiles[node->profile];
	struct heir_fleet_list *list = folding->list;
	const struct heir_fleet_difference *differences;
	uint32_t n;
	int r;

	list->n = 0;
	list->full = false;
	for (uint32_t i = 0; i < profile->n_differences; i++)
		heir_fleet_list_add(list, &profile->differences[i]);
	for (uint32_t i = 0; i < n_asked && !list->full; i++)
		heir_fleet_list_add(list,
			&(struct heir_fleet_difference){HEIR_FLEET_UNSUPPORTED, asked[i].handler,
				feature_words(asked[i].feature), asked[i].where});
	r = heir_fleet_list_finish(list, folding->fleet->arena, &differences, &n);
	return r == 0 ? find_group(folding, profile, differences, n, &node->group) : r;
}

static int fold_node(struct folding *folding, struct heir_fleet_node *node)
{
	const struct heir_fleet_profile *profile = &folding->fleet->profiles[node->profile];
	uint32_t *profile_at = &folding->profile_at[node->profile];
	int r = 0;

	if (*profile_at == HEIR_MAP_NONE)
		r = find_group(
			folding, profile, profile->differences, profile->n_differences, profile_at);
	node->group = *profile_at;
	return r;
}

/* ---- Order ---- */

struct ranked {
	const struct heir_fleet_group *group;
	const char *first; /* its first node */
	uint32_t number;
};

static unsigned damage_of(const struct heir_fleet_group *group)
{
	if (group->n_differences > 0)
		return group->differences[0].kind;
	return group->profile->unknown == HEIR_FLEET_KNOWN ? HEIR_FLEET_N_KINDS + 1
							   : HEIR_FLEET_N_KINDS;
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (damage_of(x->group) != damage_of(y->group))
		return damage_of(x->group) < damage_of(y->group) ? -1 : 1;
	if (x->group->n_differences != y->group->n_differences)
		return x->group->n_differences > y->group->n_differences ? -1 : 1;
	if (x->group->n_nodes != y->group->n_nodes)
		return x->group->n_nodes > y->group->n_nodes ? -1 : 1;
	return strcmp(x->first, y->first);
}

/* Sorts the groups, and the nodes by group. */
static int sort_groups(struct heir_fleet *fleet)
{
	struct heir_arena *arena = fleet->arena;
	struct ranked *ranked = heir_arena_zalloc(arena, fleet->n_groups + 1u, sizeof(*ranked));
	struct heir_fleet_group *sorted =
		heir_arena_zalloc(arena, fleet->n_groups + 1u, sizeof(*sorted));
	uint32_t *numbers = heir_arena_zalloc(arena, fleet->n_groups + 1u, sizeof(*numbers));
	uint32_t *order = heir_arena_zalloc(arena, fleet->n_nodes + 1u, sizeof(*order));
	uint32_t at = 0;

	if (!ranked || !sorted || !numbers || !order)
		return -ENOMEM;
	for (uint32_t i = 0; i < fleet->n_groups; i++)
		ranked[i] = (struct ranked){&fleet->groups[i], NULL, i};
	for (uint32_t i = 0; i < fleet->n_nodes; i++) {
		struct ranked *of = &ranked[fleet->nodes[i].group];

		fleet->groups[fleet->nodes[i].group].n_nodes++;
		of->first = of->first ? of->first : fleet->nodes[i].object->id.name;
	}
	if (fleet->n_groups > 1)
		qsort(ranked, fleet->n_groups, sizeof(*ranked), by_rank);
	for (uint32_t i = 0; i < fleet->n_groups; i++) {
		sorted[i] = *ranked[i].group;
		sorted[i].first = at;
		at += sorted[i].n_nodes;
		sorted[i].n_nodes = 0;
		numbers[ranked[i].number] = i;
	}
	for (uint32_t i = 0; i < fleet->n_nodes; i++) {
		struct heir_fleet_group *group = &sorted[numbers[fleet->nodes[i].group]];

		fleet->nodes[i].group = (uint32_t)(group - sorted);
		order[group->first + group->n_nodes++] = i;
	}
	fleet->groups = sorted;
	fleet->order = order;
	return 0;
}

static void count_groups(struct heir_fleet *fleet)
{
	for (uint32_t i = 0; i < fleet->n_groups; i++) {
		const struct heir_fleet_group *group = &fleet->groups[i];
		bool has[HEIR_FLEET_N_KINDS] = {false};

		fleet->n_differing += group->n_differences > 0 ? group->n_nodes : 0;
		fleet->n_unknown[group->profile->unknown] += group->n_nodes;
		for (uint32_t d = 0; d < group->n_differences; d++)
			has[group->differences[d].kind] = true;
		for (unsigned kind = 0; kind < HEIR_FLEET_N_KINDS; kind++)
			fleet->n_kinds[kind] += has[kind] ? group->n_nodes : 0;
	}
}

int heir_fleet_fold(struct heir_fleet *fleet, const struct heir_fleet_unsupported_list *unsupported)
{
	_cleanup_(folding_release) struct folding folding = {.fleet = fleet,
		.by_key = HEIR_MAP_NULL,
		.key = HEIR_BUF_NULL,
		.profile_at =
			heir_arena_zalloc(fleet->arena, fleet->n_profiles + 1u, sizeof(uint32_t)),
		.list = heir_arena_new(fleet->arena, struct heir_fleet_list)};
	uint32_t at = 0;
	int r = folding.profile_at && folding.list ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < fleet->n_profiles && r == 0; i++)
		folding.profile_at[i] = HEIR_MAP_NONE;
	for (uint32_t i = 0; i < fleet->n_nodes && r == 0; i++) {
		uint32_t begin = at;

		while (at < unsupported->n && unsupported->items[at].node == i)
			at++;
		r = at > begin ? fold_unsupported(&folding, &fleet->nodes[i],
					 unsupported->items + begin, at - begin)
			       : fold_node(&folding, &fleet->nodes[i]);
	}
	if (r == 0)
		r = sort_groups(fleet);
	if (r == 0)
		count_groups(fleet);
	return r;
}
