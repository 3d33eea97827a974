/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing the binary by its features (section 4.5 of the design). */
#ifndef HEIR_INHERIT_CANDIDATES_H
#define HEIR_INHERIT_CANDIDATES_H

#include "inherit/resolve.h"
#include "node/verdict.h"

/* One candidate, and what became of it. */
struct heir_candidate {
	struct heir_str name;        /* as written; "auto" is spelled out */
	const char *path;            /* where it was found, or NULL */
	struct heir_verdict verdict; /* of runtime_requires; only where it was found */
	bool chosen;
	bool cached; /* what it told is what it told earlier */
};

/* The i-th of "auto"; NULL behind the last. */
const char *heir_candidate_automatic(size_t i);

struct heir_candidates {
	struct heir_candidate *items; /* up to the chosen one */
	uint32_t n;
	const char *chosen; /* its path, or NULL */
	/* Something is written wrongly or cannot be evaluated: what, where, and by which rule. */
	const char *fault;
	struct heir_place fault_place;
	enum heir_rule fault_rule;
};

/* Goes through the runtime_candidates of `result` until one meets its runtime_requires, and gives
 * it that binary or drops it; what was tried becomes result->candidates. Does nothing without
 * runtime_candidates. 0 or -ENOMEM. */
int heir_candidates_choose(struct heir_resolution *res, struct heir_result *result);

#endif
