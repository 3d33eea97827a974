/* SPDX-License-Identifier: Apache-2.0 */
/* A point in time that limits several steps together. */
#ifndef HEIR_APPLY_DEADLINE_H
#define HEIR_APPLY_DEADLINE_H

#include <stdint.h>
#include <time.h>

#include "base/macro.h"

struct heir_deadline {
	int64_t ms; /* on the monotonic clock */
};

static inline int64_t heir_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline struct heir_deadline heir_deadline_in(int ms)
{
	return (struct heir_deadline){heir_now_ms() + ms};
}

/* Returns the remaining milliseconds, at most `max`; 0 if it has passed. */
static inline int heir_deadline_left(struct heir_deadline deadline, int max)
{
	int64_t left = deadline.ms - heir_now_ms();

	return left <= 0 ? 0 : (int)MIN(left, (int64_t)max);
}

#endif
