/* SPDX-License-Identifier: Apache-2.0 */
/* How things stand with a node whose files have these texts: what an unmodified CRI-O and heir make
 * of every handler, and which errors there are. Two of them are compared before anything is
 * written. */
#ifndef HEIR_CHECK_SNAPSHOT_H
#define HEIR_CHECK_SNAPSHOT_H

#include "base/overlay.h"
#include "inherit/stock.h"

struct heir_snapshot {
	struct heir_core core;
	struct heir_config config;
	struct heir_resolution res; /* heir's */
	struct heir_stock stock;
	uint32_t n_errors[HEIR_N_RULES]; /* findings of each rule whose level is error */
};

#define HEIR_SNAPSHOT_NULL                        \
	{                                         \
		.core = {.root = HEIR_ROOT_NULL } \
	}

/* Reads the node of `core` anew, with `laid` over its files, as `where` says but under heir's
 * semantics. 0 or -errno; release in any case. */
int heir_snapshot_init(struct heir_snapshot *stand, const struct heir_core *core,
	const struct heir_where *where, const struct heir_assume *assume,
	const struct heir_overlay *laid);
void heir_snapshot_release(struct heir_snapshot *stand);

/* Would CRI-O start, and can heir resolve every handler? */
bool heir_snapshot_is_sound(const struct heir_snapshot *stand);

/* What is other than it was, in words in `arena`: a handler that is there or dropped or has another
 * value, under either semantics, or more errors. *ret is NULL for nothing. A value that CRI-O takes
 * for another one is the same, an annotation is by either of its names, and where a value comes
 * from does not matter: not inherit_default_runtime itself either. 0 or -ENOMEM. */
int heir_snapshot_compare(struct heir_snapshot *before, struct heir_snapshot *after,
	struct heir_arena *arena, const char **ret);

#endif
