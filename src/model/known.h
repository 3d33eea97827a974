/* SPDX-License-Identifier: Apache-2.0 */
/* The findings that there were before. They are known by what they say of which file, rather than
 * by the line, because lines move. */
#ifndef HEIR_MODEL_KNOWN_H
#define HEIR_MODEL_KNOWN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/core.h"

struct heir_known {
	struct heir_arena arena;
	struct heir_map counts; /* how many findings of a kind there are, by its key */
};

/* Keeps nothing of `core`, whose diagnostics become known. 0 or -ENOMEM; release in any case. */
int heir_known_init(struct heir_known *known, const struct heir_core *core);
void heir_known_release(struct heir_known *known);

/* *ret: whether there was such a finding, which is then known once less. 0 or -ENOMEM. */
int heir_known_take(struct heir_known *known, const struct heir_core *core,
	const struct heir_diag *diag, bool *ret);

/* How many were not taken. */
uint32_t heir_known_left(const struct heir_known *known);

#endif
