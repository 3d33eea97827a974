/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers facts from a node itself: its /proc, /sys, /etc and /dev, or a copy of them below
 * --root. It runs nothing and waits for nothing. Names, kinds and elements are those of Node
 * Feature Discovery; heir adds "cgroup" (version: "1" or "2") and "device" (a flag per character
 * device that runtimes need). cpu.sst is missing, because no file has the CPU's base frequency.
 *
 * A feature or element that cannot be read is not available. Neither is one that no facts document
 * could contain or no condition could refer to (not UTF-8, NUL, more than HEIR_REGEX_MAX_VALUE
 * bytes), nor a feature larger than its row allows, because half a list gives wrong answers. A
 * name missing in an existing directory means that the node does not have it, so copies of
 * directories must be complete. The result is exactly what heir_facts_parse() would make of it
 * once printed.
 *
 * Features of runtimes require running them, which only happens if `runtimes` is set. */
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

/* Returns the name of the i-th feature that can be gathered, in byte order; NULL after the
 * last. */
const char *heir_gathered_name(size_t i);

/* Gathers each feature when it is first requested, and keeps it. For one thread. There is nothing
 * to release: everything is in the arena. */
struct heir_gatherer {
	struct heir_facts facts; /* for callers; they point back here */
	struct heir_facts_source source;
	struct heir_root *root;
	struct heir_arena *arena;
	struct heir_runtimes *runtimes; /* NULL: runtimes are not run */
	const struct heir_trace *trace; /* NULL: tracing is off */
	/* files and directories opened so far, including failures */
	size_t n_opened;
	bool asked[HEIR_N_GATHERED];
	size_t cost[HEIR_N_GATHERED]; /* bytes needed in a document */
	const struct heir_feature *features[HEIR_N_GATHERED];
};

/* Root and arena must outlive it. It must not be moved: its facts point to it. */
void heir_gatherer_init(
	struct heir_gatherer *gatherer, struct heir_root *root, struct heir_arena *arena);

/* Gathers everything, into facts that no longer need the gatherer. Features beyond the size limit
 * of a document count as not available. Returns 0 or -ENOMEM. */
int heir_gather_all(struct heir_gatherer *gatherer, struct heir_facts *ret);

#endif
