/* SPDX-License-Identifier: Apache-2.0 */
/* Like base/map, but keys are addresses, so a multiplication is enough as hash. */
#include "base/memo.h"

#include <errno.h>
#include <stdlib.h>

void heir_memo_release(struct heir_memo *memo)
{
	free(memo->entries);
	*memo = (struct heir_memo){NULL, 0, 0};
}

static struct heir_memo_entry *find_memo(const struct heir_memo *memo, const char *of)
{
	uint64_t hash = (uint64_t)(uintptr_t)of * 0x9e3779b97f4a7c15u;

	for (uint32_t i = (uint32_t)(hash >> 32) & (memo->size - 1);;
		i = (i + 1) & (memo->size - 1)) {
		struct heir_memo_entry *e = &memo->entries[i];

		if (!e->of || e->of == of)
			return e;
	}
}

const struct heir_str *heir_memo_get(const struct heir_memo *memo, const char *of)
{
	const struct heir_memo_entry *e = memo->n ? find_memo(memo, of) : NULL;

	return e && e->of ? &e->made : NULL;
}

static int grow_memo(struct heir_memo *memo)
{
	struct heir_memo bigger = {NULL, memo->n, memo->size ? memo->size * 2 : 16};

	if (bigger.size == 0)
		return -ENOMEM;
	bigger.entries = calloc(bigger.size, sizeof(*bigger.entries));
	if (!bigger.entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < memo->size; i++)
		if (memo->entries[i].of)
			*find_memo(&bigger, memo->entries[i].of) = memo->entries[i];
	free(memo->entries);
	*memo = bigger;
	return 0;
}

int heir_memo_put(struct heir_memo *memo, const char *of, struct heir_str made)
{
	struct heir_memo_entry *e;

	if ((uint64_t)memo->n * 4 >= (uint64_t)memo->size * 3 && grow_memo(memo) < 0)
		return -ENOMEM;
	e = find_memo(memo, of);
	memo->n += !e->of;
	*e = (struct heir_memo_entry){of, made};
	return 0;
}
