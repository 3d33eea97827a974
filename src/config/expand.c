/* SPDX-License-Identifier: Apache-2.0 */
/* Variables are expanded in one pass; the result is never expanded again. */
#include "config/expand.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

static bool is_name_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

/* Splits "NAME}" or "NAME:-word}" after "${". Returns the length including '}', 0 if it is
 * neither. */
static size_t split_variable(
	struct heir_str s, struct heir_str *ret_name, struct heir_str *ret_word)
{
	size_t n = 0, close;

	while (n < s.len && is_name_char(s.p[n], n == 0))
		n++;
	*ret_name = (struct heir_str){s.p, n};
	*ret_word = HEIR_STR_NULL;
	if (n == 0 || n == s.len)
		return 0;
	if (s.p[n] == '}')
		return n + 1;
	if (s.len - n < 2 || s.p[n] != ':' || s.p[n + 1] != '-')
		return 0;
	for (close = n + 2; close < s.len && s.p[close] != '}'; close++)
		;
	if (close == s.len)
		return 0;
	*ret_word = (struct heir_str){s.p + n + 2, close - n - 2};
	return close + 1;
}

/* As in the shell, ":-" also replaces an empty value. .p is NULL: not set. */
static int lookup(const struct heir_where *where, struct heir_arena *arena, struct heir_str name,
	struct heir_str word, struct heir_str *ret)
{
	char *z = heir_arena_strndup(arena, name.p, name.len);
	const char *value;

	if (!z)
		return -ENOMEM;
	value = where->getenv ? where->getenv(where->getenv_data, z) : NULL;
	*ret = (struct heir_str){value, value ? strlen(value) : 0};
	if (word.p && ret->len == 0)
		*ret = word;
	return 0;
}

int heir_expand(const struct heir_where *where, struct heir_arena *arena, struct heir_str text,
	struct heir_expansion *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	char *copy;

	*ret = (struct heir_expansion){.text = text};
	if (text.len < 3 || !memmem(text.p, text.len, "${", 2))
		return 0;
	for (struct heir_str rest = text; rest.len > 0;) {
		const char *dollar = memmem(rest.p, rest.len, "${", 2);
		struct heir_str name, word, value;
		size_t n = dollar ? (size_t)(dollar - rest.p) : rest.len;
		int r;

		if (n > 0)
			heir_buf_add(&buf, rest.p, n);
		rest.p += n;
		rest.len -= n;
		if (!dollar)
			break;
		n = split_variable((struct heir_str){rest.p + 2, rest.len - 2}, &name, &word);
		if (n == 0) {
			ret->malformed = true;
			return 0;
		}
		r = lookup(where, arena, name, word, &value);
		if (r < 0)
			return r;
		if (!value.p) {
			ret->unset = name;
			return 0;
		}
		heir_buf_adds(&buf, value);
		rest.p += 2 + n;
		rest.len -= 2 + n;
	}
	copy = buf.failed ? NULL : heir_arena_strndup(arena, buf.p ? buf.p : "", buf.len);
	if (!copy)
		return -ENOMEM;
	ret->text = (struct heir_str){copy, buf.len};
	ret->changed = true;
	return 0;
}
