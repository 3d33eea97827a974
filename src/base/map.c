/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <errno.h>
#include <stdlib.h>

void heir_map_release(struct heir_map *map)
{
	free(map->entries);
	*map = (struct heir_map){NULL, 0, 0};
}

static struct heir_map_entry *find(const struct heir_map *map, struct heir_str key, uint32_t hash)
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
	e = find(map, key, heir_str_hash(key));
	return e->key.p ? e->value : HEIR_MAP_NONE;
}

static int grow(struct heir_map *map)
{
	struct heir_map bigger = {NULL, map->n, map->size ? map->size * 2 : 16};

	if (bigger.size == 0)
		return -ENOMEM;
	bigger.entries = calloc(bigger.size, sizeof(*bigger.entries));
	if (!bigger.entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < map->size; i++)
		if (map->entries[i].key.p)
			*find(&bigger, map->entries[i].key, map->entries[i].hash) = map->entries[i];
	free(map->entries);
	*map = bigger;
	return 0;
}

int heir_map_put(
	struct heir_map *map, struct heir_str key, uint32_t value, uint32_t *ret, bool *ret_new)
{
	uint32_t hash = heir_str_hash(key);
	struct heir_map_entry *e;
	int r;

	if ((uint64_t)map->n * 4 >= (uint64_t)map->size * 3) {
		r = grow(map);
		if (r < 0)
			return r;
	}
	e = find(map, key, hash);
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
	find(map, key, heir_str_hash(key))->value = value;
}
