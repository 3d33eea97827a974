/* SPDX-License-Identifier: Apache-2.0 */
#include "node/verdict.h"

enum { LONGEST = 64 }; /* bytes */

struct heir_str heir_cut(struct heir_str text)
{
	size_t n = LONGEST;

	if (text.len <= LONGEST)
		return text;
	while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return (struct heir_str){text.p, n};
}

const char *heir_quote(struct heir_arena *arena, struct heir_str text)
{
	struct heir_str shown = heir_cut(text);

	return heir_arena_printf(
		arena, "\"%.*s%s\"", HEIR_STR_ARG(shown), shown.len < text.len ? "..." : "");
}
