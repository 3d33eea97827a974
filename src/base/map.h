/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from names to numbers, with open addressing: handlers by name, paths by text. The
 * names belong to the caller and must outlive the map. From HEIR_MAP_SECRET_SIZE on, a map uses a
 * secret key, so entries have no stable order and hostile names cannot be made to collide. */
#ifndef HEIR_BASE_MAP_H
#define HEIR_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"

struct heir_map_entry {
	struct heir_str key;
	uint32_t hash;
	uint32_t value;
};

struct heir_map {
	struct heir_map_entry *entries; /* key.p is NULL: free */
	uint32_t n, size;               /* size is a power of two, or 0 */
	struct heir_hash_key key;
};

#define HEIR_MAP_NONE UINT32_MAX
#define HEIR_MAP_NULL ((struct heir_map){NULL, 0, 0, HEIR_HASH_KEY_OPEN})

/* From this size on the map uses a secret key. */
enum { HEIR_MAP_SECRET_SIZE = 128 };

void heir_map_release(struct heir_map *map);

/* Returns the number of the name, or HEIR_MAP_NONE. */
uint32_t heir_map_get(const struct heir_map *map, struct heir_str key);

/* Adds `key` with `value` unless the key exists. *ret is its value afterwards, *ret_new whether it
 * was added. Returns 0 or -ENOMEM. A key with .p NULL is not a name; pass "" for an empty one. */
int heir_map_put(
	struct heir_map *map, struct heir_str key, uint32_t value, uint32_t *ret, bool *ret_new);

/* Replaces the number of an existing name. */
void heir_map_replace(struct heir_map *map, struct heir_str key, uint32_t value);

#endif
