/* SPDX-License-Identifier: Apache-2.0 */
/* Linear probing, at most three quarters full. Entries are never removed, so there are no
 * tombstones. */
#include "base/map.h"

#include <errno.h>
#include <stdlib.h>

void heir_map_release(struct heir_map *map)
{
	free(map->entries);
	*map = HEIR_MAP_NULL;
}

static uint32_t hash_of(const struct heir_map *map, struct heir_str key)
{
	return (uint32_t)heir_hash(&map->key, key);
}

static struct heir_map_entry *find_slot(
	const struct heir_map *map, struct heir_str key, uint32_t hash)
{
	for (uint32_t i = hash & (map->size - 1);; i = (i + 1) & (map->size - 1)) {
		struct heir_map_entry *e = &map->entries[i];

		if (!e->key.p || (e->hash == hash && heir_str_eq(e->key, key)))
			return e;
	}
}

uint32_t heir_map_get(const struct heir_map *map, struct heir_str key)
{
	const struct heir_map_entry *e;

	if (map->size == 0)
		return HEIR_MAP_NONE;
	e = find_slot(map, key, hash_of(map, key));
	return e->key.p ? e->value : HEIR_MAP_NONE;
}

/* Doubles the map. When it reaches HEIR_MAP_SECRET_SIZE, all keys are hashed again with the secret
 * key; until then stored hashes are reused. */
static int grow_map(struct heir_map *map)
{
	struct heir_map bigger = {NULL, map->n, map->size ? map->size * 2 : 16, map->key};
	bool rehash = bigger.size == HEIR_MAP_SECRET_SIZE;

	if (bigger.size == 0)
		return -ENOMEM;
	bigger.entries = calloc(bigger.size, sizeof(*bigger.entries));
	if (!bigger.entries)
		return -ENOMEM;
	if (rehash)
		bigger.key = heir_hash_key_secret();
	for (uint32_t i = 0; i < map->size; i++) {
		struct heir_map_entry e = map->entries[i];

		if (!e.key.p)
			continue;
		e.hash = rehash ? hash_of(&bigger, e.key) : e.hash;
		*find_slot(&bigger, e.key, e.hash) = e;
	}
	free(map->entries);
	*map = bigger;
	return 0;
}

int heir_map_put(
	struct heir_map *map, struct heir_str key, uint32_t value, uint32_t *ret, bool *ret_new)
{
	struct heir_map_entry *e;
	uint32_t hash;
	int r;

	if ((uint64_t)map->n * 4 >= (uint64_t)map->size * 3) {
		r = grow_map(map);
		if (r < 0)
			return r;
	}
	hash = hash_of(map, key);
	e = find_slot(map, key, hash);
	*ret_new = !e->key.p;
	if (*ret_new) {
		*e = (struct heir_map_entry){key, hash, value};
		map->n++;
	}
	*ret = e->value;
	return 0;
}

void heir_map_replace(struct heir_map *map, struct heir_str key, uint32_t value)
{
	find_slot(map, key, hash_of(map, key))->value = value;
}
