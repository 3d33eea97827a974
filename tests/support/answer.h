/* SPDX-License-Identifier: Apache-2.0 */
/* A report, gathered. */
#ifndef HEIR_TESTS_ANSWER_H
#define HEIR_TESTS_ANSWER_H

#include <stddef.h>

struct answer {
	char *text; /* terminated; NULL: nothing. The caller frees it */
	size_t len;
};

/* A heir_write_fn to a struct answer. */
int gather(void *data, const char *text, size_t len);

#endif
