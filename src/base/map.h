/* SPDX-License-Identifier: Apache-2.0 */
/* From names to numbers, open addressing; for the tables on the hot path (handlers by name, paths
 * already looked up). The names belong to the caller and must outlive the map. A map that grows
 * gets a hash with a key that nobody knows, so its entries stand in no order. */
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
	struct heir_map_entry *entries; /* key.p == NULL: free */
	uint32_t n, size;               /* size: a power of two, or 0 */
	struct heir_hash_key key;
};

#define HEIR_MAP_NONE UINT32_MAX
#define HEIR_MAP_NULL ((struct heir_map){NULL, 0, 0, HEIR_HASH_KEY_OPEN})

/* The size from which on the key is a secret one. */
enum { HEIR_MAP_SECRET_SIZE = 128 };

void heir_map_release(struct heir_map *map);

/* The number of the name, or HEIR_MAP_NONE. */
uint32_t heir_map_get(const struct heir_map *map, struct heir_str key);

/* Adds `key` with `value` if it is not there yet; *ret is what is there then, and *ret_new whether
 * it was added now. 0 or -ENOMEM. A key.p of NULL is not a name: pass "" for an empty one. */
int heir_map_put(
	struct heir_map *map, struct heir_str key, uint32_t value, uint32_t *ret, bool *ret_new);

/* Replaces the number of a name that is there. */
void heir_map_replace(struct heir_map *map, struct heir_str key, uint32_t value);

#endif
