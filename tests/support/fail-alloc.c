/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fail-alloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *z);
char *__real_strndup(const char *z, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *z);
char *__wrap_strndup(const char *z, size_t size);

static unsigned long fail_at = HEIR_TEST_NEVER_FAIL;
static unsigned long count;

void heir_test_fail_alloc(unsigned long n)
{
	fail_at = n;
	count = 0;
}

unsigned long heir_test_alloc_count(void)
{
	return count;
}

static bool fails(void)
{
	if (count++ != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *z)
{
	return fails() ? NULL : __real_strdup(z);
}

char *__wrap_strndup(const char *z, size_t size)
{
	return fails() ? NULL : __real_strndup(z, size);
}
