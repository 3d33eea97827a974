/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that live under a handler which is about to change: another binary, or the same one
 * with another directory of state, knows nothing of them. */
#ifndef HEIR_APPLY_GUARD_H
#define HEIR_APPLY_GUARD_H

#include "apply/apply.h"

struct heir_guarded {
	struct heir_str handler; /* the first one that makes them count; p NULL: any may */
	struct heir_str root;    /* its runtime_root now; p NULL: CRI-O itself lists them */
	const char *const *ids;  /* of the containers there, in byte order */
	uint32_t n;
};

struct heir_guard {
	struct heir_arena arena;
	struct heir_guarded *items; /* those with containers */
	uint32_t n_items;
	uint32_t n; /* containers */
};

/* Whom to ask besides. */
struct heir_guard_asked {
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens; NULL: nobody */
};

/* Looks into the runtime_root that is in force, the one of the files as they are, of each handler
 * whose runtime_path or runtime_root the drop-in changes, or that goes; and asks the running CRI-O,
 * if there is one that answers: which pods have such a handler, which counts where the handler
 * keeps its state elsewhere, and which of those directories are of others that stay. Where CRI-O
 * would not start on the files as they are, nobody knows what its containers were made by, and all
 * that it lists count. 0; -errno, a
 * directory cannot be read, whose name is *ret_path then; -ENOMEM. Release in any case. */
int heir_guard_init(struct heir_guard *guard, const struct heir_applying *applying,
	struct heir_guard_asked asked, const char **ret_path);
void heir_guard_release(struct heir_guard *guard);

/* Adds "2 containers in /run/crun, the runtime_root of "gpu": ID, ID"; of many only the first few.
 */
void heir_guard_words(const struct heir_guard *guard, struct heir_buf *buf);

#endif
