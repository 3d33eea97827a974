/* SPDX-License-Identifier: Apache-2.0 */
/* Work whose amount the input decides and that can grow faster than the input: counted for a whole
 * run, so that hostile input costs a bounded time. Whoever does such work takes units of an effort
 * first, and does without the answer once it is spent. A unit is about 10 ns. */
#ifndef HEIR_BASE_EFFORT_H
#define HEIR_BASE_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

struct heir_effort {
	uint64_t left;  /* for conditions and patterns: what is not answered is a fault, and said */
	uint64_t names; /* for names that were probably meant: then nothing is suggested */
};

/* Of a run. */
#define HEIR_EFFORT ((struct heir_effort){20000000, 20000000})
/* Without a bound. */
#define HEIR_EFFORT_ANY ((struct heir_effort){UINT64_MAX, UINT64_MAX})

/* Takes n units of one of them; false, and then nothing is left, where there are fewer. */
static inline bool heir_effort_take(uint64_t *left, uint64_t n)
{
	bool enough = *left >= n;

	*left -= enough ? n : *left;
	return enough;
}

#endif
