/* SPDX-License-Identifier: Apache-2.0 */
/* Facts gathered from a node itself: from its /proc, /sys, /etc and /dev, or from a copy of them
 * below --root. Nothing is run and nothing is waited for. Names, kinds and elements are those of
 * Node Feature Discovery; of heir's own are "cgroup" (version: "1" or "2") and "device" (a flag for
 * each character device of those that runtimes need). cpu.sst is not among them: what the CPU's own
 * frequency is, no file tells.
 *
 * A feature that cannot be read is not available, an element that cannot be read is not there. So
 * is one that no document of facts could hold or no condition could ask for (no UTF-8, NUL, more
 * than HEIR_REGEX_MAX_VALUE bytes), and a feature that would be larger than its row allows, for
 * half a list answers wrongly. What is missing from a directory that is there counts as what the
 * node does not have, so a copy of a directory must be whole. What is gathered is what
 * heir_facts_parse() makes of it once printed.
 *
 * What runtimes support is known only by running them, which is done where `runtimes` is set. */
#ifndef HEIR_NODE_GATHER_H
#define HEIR_NODE_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/root.h"
#include "base/trace.h"
#include "node/facts.h"
#include "node/runtimes.h"

enum { HEIR_N_GATHERED = 30 };

/* The i-th feature that can be gathered, in byte order of the names; NULL behind the last. */
const char *heir_gathered_name(size_t i);

/* Gathers each feature when it is asked for the first time, and keeps the answer. For one thread.
 * Nothing is to be released: all of it lives in the arena. */
struct heir_gatherer {
	struct heir_facts facts; /* to be handed out; they point back here */
	struct heir_facts_source source;
	struct heir_root *root;
	struct heir_arena *arena;
	struct heir_runtimes *runtimes; /* to be asked; NULL: none are */
	const struct heir_trace *trace; /* NULL: nobody asks */
	size_t n_opened;                /* files and directories so far, those in vain included */
	bool asked[HEIR_N_GATHERED];
	size_t cost[HEIR_N_GATHERED]; /* the bytes that it would take in a document */
	const struct heir_feature *features[HEIR_N_GATHERED];
};

/* The root and the arena must outlive it. It must not be moved: its facts point to it. */
void heir_gatherer_init(
	struct heir_gatherer *gatherer, struct heir_root *root, struct heir_arena *arena);

/* All features that there are, as facts that need no gatherer any more. With what would not fit
 * into a document of facts any more it is as if it could not be read. 0 or -ENOMEM. */
int heir_gather_all(struct heir_gatherer *gatherer, struct heir_facts *ret);

#endif
