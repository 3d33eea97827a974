/* SPDX-License-Identifier: Apache-2.0 */
/* A cache of stat(2) results, for operations that must see the same state several times: `upgrade`
 * resolves a node for one release after the other. */
#ifndef HEIR_BASE_SEEN_H
#define HEIR_BASE_SEEN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/map.h"

struct heir_seen_path {
	int error; /* 0 or -errno */
	struct stat st;
};

struct heir_seen {
	struct heir_arena arena; /* paths */
	struct heir_map by_path[2];
	struct heir_seen_path *items;
	uint32_t n, size;
};

void heir_seen_init(struct heir_seen *seen);
void heir_seen_release(struct heir_seen *seen);

/* Looks up a cached result. `follow`: links were followed. Returns true if the path is cached;
 * then *ret_error is 0 or -errno, and *ret is the result if it is 0. */
bool heir_seen_get(const struct heir_seen *seen, const char *path, bool follow, struct stat *ret,
	int *ret_error);
/* Caches a result. Without memory it is not cached, and the next lookup asks the kernel again. */
void heir_seen_put(
	struct heir_seen *seen, const char *path, bool follow, const struct stat *st, int error);

#endif
