/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an allocation of the code under test fail. Works on what is linked with
 * --wrap of each allocating function (tests/meson.build), that is our own objects, not the shared
 * libraries.
 * One counter for the process: not for tests with threads. */
#ifndef HEIR_TESTS_FAIL_ALLOC_H
#define HEIR_TESTS_FAIL_ALLOC_H

#include <limits.h>

#define HEIR_TEST_NEVER_FAIL ULONG_MAX

/* From now on the n-th allocation fails, 0 being the next one; all others succeed. Also restarts
 * the count. HEIR_TEST_NEVER_FAIL: none fails. */
void heir_test_fail_alloc(unsigned long n);

/* Allocations asked for since heir_test_fail_alloc() was last called: n or less means that the
 * failing one was never reached, so a loop over n is at its end. */
unsigned long heir_test_alloc_count(void);

#endif
