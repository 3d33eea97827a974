/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is unpacked stays within its budget, ends in a NUL, and is refused in words. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/gzip.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { BUDGET = 1 << 20 };
	size_t budget = BUDGET;
	struct heir_str text = HEIR_STR_NULL;
	const char *what = NULL;
	struct heir_arena arena;
	int r;

	heir_arena_init(&arena);
	r = heir_gunzip((struct heir_str){(const char *)data, size}, &budget, &arena, &text, &what);
	require(r == 0 || (r == -EINVAL && what));
	require(budget <= BUDGET);
	if (r == 0)
		require(text.len == BUDGET - budget && text.p[text.len] == '\0');
	heir_arena_release(&arena);
	return 0;
}
