/* SPDX-License-Identifier: Apache-2.0 */
/* The Test Anything Protocol, for programs with too many cases to be functions. One count for the
 * process. */
#ifndef HEIR_TESTS_TAP_H
#define HEIR_TESTS_TAP_H

#include <stdbool.h>
#include <stdnoreturn.h>

/* A case: "ok N - NAME MORE". Gives `ok` back. */
bool tap_case(bool ok, const char *name, const char *more);
/* A case that cannot be tried, and why. */
void tap_skip(const char *name, const char *more, const char *why);
/* The plan, last; the exit status of the program. */
int tap_end(void);
/* Nothing can be said, for the test itself could not be set up. */
noreturn void tap_give_up(const char *why);

#endif
