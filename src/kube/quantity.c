/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes quantities. Values are exact until the end: digits, a power of ten and a power of
 * two; then they are rounded up. */
#include <string.h>

#include "kube/ctrcfg.h"

/* digits[.digits] and its multiplier. */
struct quantity {
	uint64_t digits; /* all digits as one number */
	int decimals;    /* how many are after the point */
	bool negative;
};

static bool is_digit(struct heir_str s, size_t i)
{
	return i < s.len && s.p[i] >= '0' && s.p[i] <= '9';
}

/* Removes what it reads from *text. */
static bool take_decimal(struct heir_str *text, struct quantity *ret)
{
	size_t i = 0, n = 0;
	bool behind_point = false;

	*ret = (struct quantity){0, 0, heir_str_starts(*text, "-")};
	if (ret->negative || heir_str_starts(*text, "+"))
		i++;
	for (; is_digit(*text, i) || (!behind_point && i < text->len && text->p[i] == '.'); i++) {
		if (text->p[i] == '.') {
			behind_point = true;
			continue;
		}
		if (__builtin_mul_overflow(ret->digits, UINT64_C(10), &ret->digits) ||
			__builtin_add_overflow(
				ret->digits, (uint64_t)(text->p[i] - '0'), &ret->digits))
			return false;
		ret->decimals += behind_point;
		n++;
	}
	text->p += i;
	text->len -= i;
	return n > 0;
}

/* Reads the exponent in "e6" or "E-3". */
static bool read_exponent(struct heir_str text, int *ret)
{
	size_t i = 1;
	bool negative = i < text.len && text.p[i] == '-';
	int value = 0;

	if (i < text.len && (text.p[i] == '-' || text.p[i] == '+'))
		i++;
	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		if (!is_digit(text, i) || value > 99)
			return false;
		value = value * 10 + (text.p[i] - '0');
	}
	*ret = negative ? -value : value;
	return true;
}

/* Reads a suffix as powers of ten and of two. */
static bool read_suffix(struct heir_str text, int *ret_ten, int *ret_two)
{
	static const char letters[] = "KMGTPE", small[] = "num";
	const char *letter;

	*ret_ten = *ret_two = 0;
	if (text.len == 0)
		return true;
	if (text.len > 1 && (text.p[0] == 'e' || text.p[0] == 'E'))
		if (text.p[1] != 'i')
			return read_exponent(text, ret_ten);
	letter = strchr(letters, text.p[0]);
	if (letter && text.len == 2 && text.p[1] == 'i') {
		*ret_two = 10 * (int)(letter - letters + 1);
		return true;
	}
	if (text.len != 1)
		return false;
	/* The decimal kilo is lower case. */
	letter = text.p[0] == 'k' ? letters : text.p[0] == 'K' ? NULL : letter;
	if (letter) {
		*ret_ten = 3 * (int)(letter - letters + 1);
		return true;
	}
	letter = strchr(small, text.p[0]);
	if (letter)
		*ret_ten = 3 * ((int)(letter - small) - 3);
	return letter != NULL;
}

bool heir_quantity_parse(struct heir_str text, int64_t *ret)
{
	struct quantity q;
	bool rest = false;
	int ten, two;

	if (!take_decimal(&text, &q) || !read_suffix(text, &ten, &two))
		return false;
	ten -= q.decimals;
	/* First the factors that enlarge it, so that no digits are lost. */
	for (; two > 0; two--)
		if (__builtin_mul_overflow(q.digits, UINT64_C(2), &q.digits))
			return false;
	for (; ten > 0 && q.digits > 0; ten--)
		if (__builtin_mul_overflow(q.digits, UINT64_C(10), &q.digits))
			return false;
	for (; ten < 0 && q.digits > 0; ten++) {
		rest |= q.digits % 10 > 0;
		q.digits /= 10;
	}
	q.digits += rest && !q.negative;
	if (q.digits > INT64_MAX)
		return false;
	*ret = q.negative ? -(int64_t)q.digits : (int64_t)q.digits;
	return true;
}
