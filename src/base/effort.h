/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets for work that can grow faster than the input, such as matching patterns. Each run has
 * one, so hostile input costs a bounded time. Code that does such work takes units first, and
 * gives no answer once the budget is spent. A unit is about 10 ns. */
#ifndef HEIR_BASE_EFFORT_H
#define HEIR_BASE_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

struct heir_effort {
	/* for conditions and patterns; if it is spent, that is reported as a fault */
	uint64_t left;
	uint64_t names; /* for "did you mean"; if it is spent, nothing is suggested */
};

/* Labels that the selectors of one context may look at: nodes times pools times their labels grow
 * faster than the objects. A unit is about 2 ns. */
#define HEIR_SELECTING UINT64_C(500000000)

/* The budget of one run. */
#define HEIR_EFFORT ((struct heir_effort){20000000, 20000000})
/* No limit. */
#define HEIR_EFFORT_ANY ((struct heir_effort){UINT64_MAX, UINT64_MAX})

/* Takes n units. If fewer are left, sets the rest to 0 and returns false. */
static inline bool heir_effort_take(uint64_t *left, uint64_t n)
{
	bool enough = *left >= n;

	*left -= enough ? n : *left;
	return enough;
}

#endif
