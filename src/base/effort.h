/* SPDX-License-Identifier: Apache-2.0 */
/* Work whose amount the input decides and that can grow faster than the input: counted for a whole
 * run, so that hostile input costs a bounded time. Whoever does such work takes units of an effort
 * first, does without the answer once it is spent, and says so. A unit is about 10 ns. */
#ifndef HEIR_BASE_EFFORT_H
#define HEIR_BASE_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

struct heir_effort {
	uint64_t left;
};

/* Of conditions and patterns; of searches for a name that was probably meant. */
#define HEIR_EFFORT_MATCHING UINT64_C(20000000)
#define HEIR_EFFORT_NAMING UINT64_C(20000000)

/* Takes n units; false, and then nothing is left, where there are fewer. */
static inline bool heir_effort_take(struct heir_effort *effort, uint64_t n)
{
	bool enough = effort->left >= n;

	effort->left -= enough ? n : effort->left;
	return enough;
}

#endif
