/* SPDX-License-Identifier: Apache-2.0 */
/* A cache of what runtimes report about themselves, in a directory. An entry is valid while
 * device, inode, size, mtime and ctime of the binary are the same. The cache is optional: a
 * missing, damaged or foreign entry is a miss, and what cannot be written is not cached. The
 * directory and its entries must belong to the user of the process and be writable by no other
 * user. */
#ifndef HEIR_NODE_CACHE_H
#define HEIR_NODE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* The limit of entries; the oldest are removed first. */
enum { HEIR_CACHE_MAX = 64 };

struct heir_cache_key {
	uint64_t device, inode, size;
	int64_t mtime[2], ctime[2]; /* seconds, nanoseconds */
};

struct heir_cache_answer {
	int status;                        /* exit status of `features` */
	struct heir_str features, version; /* output of `features`; of `--version`, if it was run */
};

/* Gets the key of an open file. Returns 0 or -errno. */
int heir_cache_key_of(int fd, struct heir_cache_key *ret);

/* Looks a file up. Returns 1 with *ret in the arena, 0 if there is no entry, or -ENOMEM. */
int heir_cache_get(const char *dir, const struct heir_cache_key *key, struct heir_arena *arena,
	struct heir_cache_answer *ret);
/* Stores an answer if possible: atomically, creating at most the last two directories. A file that
 * changed within the last second is not cached, because it could change again without a different
 * ctime. */
void heir_cache_put(
	const char *dir, const struct heir_cache_key *key, const struct heir_cache_answer *answer);

/* Format and parse an entry. Parsing returns false if it is damaged or belongs to another file;
 * the result points into the text. */
void heir_cache_format(const struct heir_cache_key *key, const struct heir_cache_answer *answer,
	struct heir_buf *buf);
bool heir_cache_parse(
	struct heir_str text, const struct heir_cache_key *key, struct heir_cache_answer *ret);

#endif
