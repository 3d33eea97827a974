/* SPDX-License-Identifier: Apache-2.0 */
#include "support/tap.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned n_cases, n_failed;

bool tap_case(bool ok, const char *name, const char *more)
{
	n_cases++;
	n_failed += !ok;
	printf("%s %u - %s %s\n", ok ? "ok" : "not ok", n_cases, name, more);
	return ok;
}

void tap_skip(const char *name, const char *more, const char *why)
{
	n_cases++;
	printf("ok %u - %s %s # SKIP %s\n", n_cases, name, more, why);
}

int tap_end(void)
{
	printf("1..%u\n", n_cases);
	return n_failed > 0 || n_cases == 0;
}

noreturn void tap_give_up(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(99);
}
