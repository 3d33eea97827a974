/* SPDX-License-Identifier: Apache-2.0 */
/* What runtimes told, kept in a directory by the file that told it: as long as device, inode, size,
 * mtime and ctime are the same, it is the same file. The cache is a help and never a duty: what is
 * not there, is damaged, or may be somebody else's is a miss, and what cannot be written is not
 * kept. Only a directory and entries that belong to the process's user count, which nobody else may
 * write. */
#ifndef HEIR_NODE_CACHE_H
#define HEIR_NODE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* No more entries are kept: the oldest go first. */
enum { HEIR_CACHE_MAX = 64 };

struct heir_cache_key {
	uint64_t device, inode, size;
	int64_t mtime[2], ctime[2]; /* seconds, nanoseconds */
};

struct heir_cache_answer {
	int status; /* that `features` ended with */
	struct heir_str features,
		version; /* what was printed; what `--version` printed, if asked */
};

/* The key of an open file. 0 or -errno. */
int heir_cache_key_of(int fd, struct heir_cache_key *ret);

/* 1: *ret is what is kept of the file, in the arena; 0: nothing is; -ENOMEM. */
int heir_cache_get(const char *dir, const struct heir_cache_key *key, struct heir_arena *arena,
	struct heir_cache_answer *ret);
/* Keeps it, if that can be done: atomically, and in a directory that is made where only its last
 * name or two are missing. A file that has only just changed is not kept, for it could change again
 * within the same tick of the clock. */
void heir_cache_put(
	const char *dir, const struct heir_cache_key *key, const struct heir_cache_answer *answer);

/* An entry as it is written, and read again: false for one that is damaged or of another file. The
 * answer points into the text. */
void heir_cache_format(const struct heir_cache_key *key, const struct heir_cache_answer *answer,
	struct heir_buf *buf);
bool heir_cache_parse(
	struct heir_str text, const struct heir_cache_key *key, struct heir_cache_answer *ret);

#endif
