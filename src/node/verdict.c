/* SPDX-License-Identifier: Apache-2.0 */
#include "node/verdict.h"

#include "base/buf.h"
#include "base/macro.h"
#include "base/utf8.h"

enum { LONGEST = 64 }; /* bytes of a value in a message */

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
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_str shown = heir_cut(text);

	heir_utf8_quote(&buf, shown);
	if (shown.len < text.len && buf.len > 0) {
		buf.len--;
		heir_buf_addz(&buf, "...\"");
	}
	return heir_buf_error(&buf) < 0 ? NULL : heir_arena_strndup(arena, buf.p, buf.len);
}
