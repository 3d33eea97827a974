/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot: what an unmodified CRI-O and heir make of every handler of a node, and how many
 * errors `check` finds, for one state of its files. `check --fix` compares two of them before it
 * writes. */
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

/* Loads and resolves the node of `core` again with the overlay `laid`: the release and directories
 * of `where`, always with heir's semantics. Returns 0 or -errno; release in any case. The overlay
 * is not used after this returns. */
int heir_snapshot_init(struct heir_snapshot *snapshot, const struct heir_core *core,
	const struct heir_where *where, const struct heir_assume *assume,
	const struct heir_overlay *laid);
void heir_snapshot_release(struct heir_snapshot *snapshot);

/* Returns whether CRI-O would start and heir can resolve every handler. */
bool heir_snapshot_is_sound(const struct heir_snapshot *snapshot);

/* Describes the first difference in *ret, allocated in `arena`, or sets it to NULL: a handler that
 * appears, disappears, is dropped or has another value, under either semantics, or an error that is
 * new. Not differences: two spellings that mean the same value to CRI-O, the two names of an
 * annotation, and where a value comes from (so not inherit_default_runtime either). Returns 0 or
 * -ENOMEM. */
int heir_snapshot_compare(struct heir_snapshot *before, struct heir_snapshot *after,
	struct heir_arena *arena, const char **ret);

#endif
