/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that live under a handler which is about to change: another binary, or the same one
 * with another directory of state, knows nothing of them. */
#ifndef HEIR_APPLY_GUARD_H
#define HEIR_APPLY_GUARD_H

#include "apply/apply.h"

struct heir_guarded {
	struct heir_str handler; /* the first one that makes them count */
	struct heir_str root;    /* its runtime_root now */
	const char *const *ids;  /* of the containers there, in byte order */
	uint32_t n;
};

struct heir_guard {
	struct heir_arena arena;
	struct heir_guarded *roots; /* those with containers */
	uint32_t n_roots;
	uint32_t n; /* containers */
};

/* Looks into the runtime_root that is in force, the one of the files as they are, of each handler
 * whose runtime_path or runtime_root the drop-in changes, or that goes. 0; -errno, a directory
 * cannot be read, whose name is *ret_path then; -ENOMEM. Release in any case. */
int heir_guard_init(
	struct heir_guard *guard, const struct heir_applying *applying, const char **ret_path);
void heir_guard_release(struct heir_guard *guard);

/* Adds "2 containers of "gpu" in /run/crun: ID, ID"; of many only the first few. */
void heir_guard_words(const struct heir_guard *guard, struct heir_buf *buf);

#endif
