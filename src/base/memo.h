/* SPDX-License-Identifier: Apache-2.0 */
/* What was made of a text, by the address of the text: asked for again, a decoded or expanded
 * string is not made again. */
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
	uint32_t n, size; /* size: a power of two, or 0 */
};

void heir_memo_release(struct heir_memo *memo);

/* What was made of the text at `of`; NULL: nothing yet. Good until the next heir_memo_put(). */
const struct heir_str *heir_memo_get(const struct heir_memo *memo, const char *of);
/* Both texts must outlive the memo. 0 or -ENOMEM. */
int heir_memo_put(struct heir_memo *memo, const char *of, struct heir_str made);

#endif
