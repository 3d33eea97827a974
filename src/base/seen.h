/* SPDX-License-Identifier: Apache-2.0 */
/* What stat(2) said of paths, for a while in which the answers are to be the same: a node is
 * resolved for one release after the other. */
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

/* True if the path was looked at in that way (`follow`: links were followed): then *ret_error is
 * what came of it, and *ret the answer if that is 0. */
bool heir_seen_get(const struct heir_seen *seen, const char *path, bool follow, struct stat *ret,
	int *ret_error);
/* Keeps an answer that is not there yet. Without memory for it the next look-up asks again. */
void heir_seen_put(
	struct heir_seen *seen, const char *path, bool follow, const struct stat *st, int error);

#endif
