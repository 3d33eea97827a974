/* SPDX-License-Identifier: Apache-2.0 */
/* A cache keyed by the address of a text: what was decoded or expanded from it. So each string is
 * decoded once, however many handlers inherit it. */
#ifndef HEIR_BASE_MEMO_H
#define HEIR_BASE_MEMO_H

#include <stdint.h>

#include "base/str.h"

struct heir_memo_entry {
	const char *of; /* NULL: free */
	struct heir_str made;
};

struct heir_memo {
	struct heir_memo_entry *entries;
	uint32_t n, size; /* size is a power of two, or 0 */
};

void heir_memo_release(struct heir_memo *memo);

/* Returns what is cached for the text at `of`, or NULL. Valid until the next heir_memo_put(). */
const struct heir_str *heir_memo_get(const struct heir_memo *memo, const char *of);
/* Caches a result. Both texts must outlive the memo. Returns 0 or -ENOMEM. */
int heir_memo_put(struct heir_memo *memo, const char *of, struct heir_str made);

#endif
