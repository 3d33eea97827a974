/* SPDX-License-Identifier: Apache-2.0 */
/* Two version libraries of Go with different syntax matter (Masterminds/semver and
 * blang/semver), and Node Feature Discovery compares only the three numbers. All of that is
 * here. */
#include "node/semver.h"

#include "base/macro.h"

static bool is_identifier_char(char c)
{
	return heir_ascii_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-';
}

/* Reads leading digits. */
static bool take_semver_number(struct heir_str *text, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; i < text->len && heir_ascii_is_digit(text->p[i]); i++)
		if (__builtin_mul_overflow(n, 10u, &n) ||
			__builtin_add_overflow(n, (uint64_t)(text->p[i] - '0'), &n))
			return false;
	if (i == 0)
		return false;
	*text = (struct heir_str){text->p + i, text->len - i};
	*ret = n;
	return true;
}

/* Reads non-empty identifiers separated by dots. */
static bool take_identifiers(struct heir_str *text, struct heir_str *ret)
{
	size_t i = 0, start = 0;

	for (;; i++) {
		if (i < text->len && is_identifier_char(text->p[i]))
			continue;
		if (i == start)
			return false;
		if (i == text->len || text->p[i] != '.')
			break;
		start = i + 1;
	}
	*ret = (struct heir_str){text->p, i};
	*text = (struct heir_str){text->p + i, text->len - i};
	return true;
}

static bool take_char(struct heir_str *text, char c)
{
	if (text->len == 0 || text->p[0] != c)
		return false;
	text->p++;
	text->len--;
	return true;
}

bool heir_semver_parse(struct heir_str text, struct heir_semver *ret)
{
	struct heir_semver v = {{0, 0, 0}, HEIR_STR_NULL};
	struct heir_str build;

	take_char(&text, 'v');
	for (size_t i = 0; i < ARRAY_LEN(v.core); i++) {
		if (i > 0 && !take_char(&text, '.'))
			break;
		if (!take_semver_number(&text, &v.core[i]))
			return false;
	}
	if (take_char(&text, '-') && !take_identifiers(&text, &v.pre))
		return false;
	if (take_char(&text, '+') && !take_identifiers(&text, &build))
		return false;
	if (text.len > 0)
		return false;
	*ret = v;
	return true;
}

int heir_semver_cmp_core(const struct heir_semver *a, const struct heir_semver *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->core); i++)
		if (a->core[i] != b->core[i])
			return a->core[i] < b->core[i] ? -1 : 1;
	return 0;
}

/* Reads the next identifier of a pre-release and the dot after it. */
static struct heir_str next_identifier(struct heir_str *text)
{
	const char *dot = memchr(text->p, '.', text->len);
	struct heir_str part = {text->p, dot ? (size_t)(dot - text->p) : text->len};
	size_t taken = part.len + (dot ? 1 : 0);

	*text = (struct heir_str){text->p + taken, text->len - taken};
	return part;
}

static bool is_numeric(struct heir_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!heir_ascii_is_digit(s.p[i]))
			return false;
	return true;
}

/* Numbers of any length are compared by value and precede names. */
static int compare_identifiers(struct heir_str a, struct heir_str b)
{
	if (is_numeric(a) != is_numeric(b))
		return is_numeric(a) ? -1 : 1;
	if (!is_numeric(a))
		return heir_str_cmp(a, b);
	while (take_char(&a, '0'))
		;
	while (take_char(&b, '0'))
		;
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return heir_str_cmp(a, b);
}

int heir_semver_cmp(const struct heir_semver *a, const struct heir_semver *b)
{
	struct heir_str x = a->pre, y = b->pre;
	int r = heir_semver_cmp_core(a, b);

	if (r != 0)
		return r;
	if (x.len == 0 || y.len == 0)
		return (x.len == 0) - (y.len == 0);
	while (x.len > 0 && y.len > 0) {
		r = compare_identifiers(next_identifier(&x), next_identifier(&y));
		if (r != 0)
			return r;
	}
	return (x.len > 0) - (y.len > 0);
}

/* Returns whether the number has a leading zero. */
static bool has_leading_zero(struct heir_str number)
{
	return number.len > 1 && number.p[0] == '0';
}

bool heir_semver_is_strict(struct heir_str text)
{
	struct heir_semver v;
	struct heir_str rest = text, part;
	uint64_t n;

	if (!heir_semver_parse(text, &v))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(v.core); i++) {
		if (i > 0 && !take_char(&rest, '.'))
			return false;
		part = rest;
		if (!take_semver_number(&rest, &n))
			return false;
		part.len -= rest.len;
		if (has_leading_zero(part))
			return false;
	}
	while (v.pre.len > 0) {
		part = next_identifier(&v.pre);
		if (is_numeric(part) && (has_leading_zero(part) || !take_semver_number(&part, &n)))
			return false;
	}
	return true;
}

bool heir_integer_parse(struct heir_str text, int64_t *ret)
{
	bool negative = take_char(&text, '-');
	uint64_t n;

	if (!negative)
		take_char(&text, '+');
	if (!take_semver_number(&text, &n) || text.len > 0 || n > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = negative ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}
