/* SPDX-License-Identifier: Apache-2.0 */
/* Only checks whether texts are valid. The C library's number parsers are not used: they accept
 * other texts than Go's, and depend on the locale. */
#include "config/duration.h"

#include <math.h>
#include <stdint.h>

#include "base/macro.h"

/* ---- Durations ---- */

#define LARGEST (UINT64_C(1) << 63) /* of a negative duration, in nanoseconds */

/* Returns the length of the unit at the start of s, and its nanoseconds. */
static size_t unit(struct heir_str s, uint64_t *ret)
{
	static const struct {
		const char *name;
		uint64_t nanoseconds;
	} units[] = {{"ns", 1}, {"us", 1000}, {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000},
		{"ms", 1000000}, {"s", 1000000000}, {"m", UINT64_C(60000000000)},
		{"h", UINT64_C(3600000000000)}};
	size_t len = 0;

	while (len < s.len && s.p[len] != '.' && !heir_ascii_is_digit(s.p[len]))
		len++;
	for (unsigned i = 0; i < ARRAY_LEN(units); i++)
		if (heir_str_eqz((struct heir_str){s.p, len}, units[i].name)) {
			*ret = units[i].nanoseconds;
			return len;
		}
	return 0;
}

/* Reads the digits before the point. Returns false if there are too many. */
static bool whole(struct heir_str s, size_t *i, uint64_t *ret)
{
	for (*ret = 0; *i < s.len && heir_ascii_is_digit(s.p[*i]); ++*i) {
		if (*ret > LARGEST / 10)
			return false;
		*ret = *ret * 10 + (uint64_t)(s.p[*i] - '0');
		if (*ret > LARGEST)
			return false;
	}
	return true;
}

/* Reads the digits after the point. Excess digits change nothing. */
static double fraction(struct heir_str s, size_t *i)
{
	uint64_t value = 0;
	double scale = 1;

	for (; *i < s.len && heir_ascii_is_digit(s.p[*i]); ++*i)
		if (value <= (uint64_t)INT64_MAX / 10 - 1) {
			value = value * 10 + (uint64_t)(s.p[*i] - '0');
			scale *= 10;
		}
	return (double)value / scale;
}

/* Adds a number with its unit to *total. Mirrors the loop of time.ParseDuration. */
static bool add_term(struct heir_str s, size_t *i, uint64_t *total)
{
	uint64_t value, nanoseconds;
	size_t start = *i, digits, len;
	double part = 0;

	if (!whole(s, i, &value))
		return false;
	digits = *i - start;
	if (*i < s.len && s.p[*i] == '.') {
		start = ++*i;
		part = fraction(s, i);
		digits += *i - start;
	}
	len = digits ? unit((struct heir_str){s.p + *i, s.len - *i}, &nanoseconds) : 0;
	if (len == 0 || value > LARGEST / nanoseconds)
		return false;
	*i += len;
	value = value * nanoseconds + (uint64_t)(part * (double)nanoseconds);
	*total += value;
	return value <= LARGEST && *total <= LARGEST;
}

bool heir_duration_is_valid(struct heir_str s)
{
	bool negative = s.len > 0 && s.p[0] == '-';
	size_t i = negative || (s.len > 0 && s.p[0] == '+');
	uint64_t total = 0;

	if (s.len - i == 1 && s.p[i] == '0')
		return true;
	if (i == s.len)
		return false;
	while (i < s.len)
		if (!add_term(s, &i, &total))
			return false;
	return negative || total < LARGEST;
}

/* ---- Sizes ---- */

/* Underscores are allowed between digits, and between prefix and digit. */
static bool underscores_are_right(struct heir_str s, bool hex)
{
	enum { DIGIT, UNDERSCORE, OTHER } seen = hex ? DIGIT : OTHER;

	for (size_t i = 0; i < s.len; i++) {
		bool digit = heir_ascii_digit(s.p[i]) < (hex ? 16 : 10);

		if (s.p[i] == '_' ? seen != DIGIT : !digit && seen == UNDERSCORE)
			return false;
		seen = s.p[i] == '_' ? UNDERSCORE : digit ? DIGIT : OTHER;
	}
	return seen != UNDERSCORE;
}

/* Reads the digits before an exponent. Those beyond a double's precision only count as powers. */
static size_t mantissa(struct heir_str s, bool hex, double *ret, int *ret_power)
{
	size_t digits = 0, i = 0;
	bool point = false;

	*ret = 0;
	*ret_power = 0;
	for (; i < s.len; i++) {
		unsigned digit = heir_ascii_digit(s.p[i]);

		if (s.p[i] == '.' && !point) {
			point = true;
		} else if (digit < (hex ? 16 : 10)) {
			digits++;
			if (*ret < 1e18) {
				*ret = *ret * (hex ? 16 : 10) + digit;
				*ret_power -= point;
			} else {
				*ret_power += !point;
			}
		} else if (s.p[i] != '_') {
			break;
		}
	}
	return digits ? i : 0;
}

/* Returns the length of "e-12" or "p+3", 0 if it is not an exponent. */
static size_t exponent(struct heir_str s, bool hex, int *ret)
{
	bool negative = s.len > 1 && s.p[1] == '-';
	size_t i = 1 + (negative || (s.len > 1 && s.p[1] == '+'));

	*ret = 0;
	if (s.len == 0 || (s.p[0] | 0x20) != (hex ? 'p' : 'e') || i >= s.len ||
		!heir_ascii_is_digit(s.p[i]))
		return 0;
	for (; i < s.len && (heir_ascii_is_digit(s.p[i]) || s.p[i] == '_'); i++)
		if (s.p[i] != '_' && *ret < 10000)
			*ret = *ret * 10 + (s.p[i] - '0');
	*ret = negative ? -*ret : *ret;
	return i;
}

static double scaled(double value, int64_t power, double base)
{
	/* Larger exponents change neither 0 nor infinity. */
	int64_t steps = MIN(power < 0 ? -power : power, INT64_C(3000));

	while (steps-- > 0)
		value = power < 0 ? value / base : value * base;
	return value;
}

/* Reads an unsigned number as strconv.ParseFloat does. */
static bool read_number(struct heir_str s, double *ret)
{
	bool hex = s.len > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
	struct heir_str rest = {s.p + (hex ? 2 : 0), s.len - (hex ? 2 : 0)};
	bool right = underscores_are_right(rest, hex);
	int power, by = 0;
	size_t n = mantissa(rest, hex, ret, &power);

	rest = (struct heir_str){rest.p + n, rest.len - n};
	if (n == 0 || !right)
		return false;
	if (hex || rest.len > 0) {
		n = exponent(rest, hex, &by);
		if (n == 0 || n != rest.len)
			return false;
	}
	*ret = hex ? scaled(*ret, (int64_t)power * 4 + by, 2)
		   : scaled(*ret, (int64_t)power + by, 10);
	return !isinf(*ret);
}

/* Returns whether ParseFloat accepts s and it is not negative. */
static bool is_float(struct heir_str s)
{
	bool negative = s.len > 0 && s.p[0] == '-';
	struct heir_str rest = s;
	double value;

	if (heir_str_eqfold(s, HEIR_STR("nan")))
		return true;
	if (negative || (s.len > 0 && s.p[0] == '+'))
		rest = (struct heir_str){s.p + 1, s.len - 1};
	if (heir_str_eqfold(rest, HEIR_STR("inf")) || heir_str_eqfold(rest, HEIR_STR("infinity")))
		return !negative;
	return read_number(rest, &value) && (!negative || value == 0);
}

static bool is_unit(struct heir_str s)
{
	static const char units[] = "kmgtp";

	if (s.len == 0 || heir_str_eqfold(s, HEIR_STR("b")) || heir_str_eqfold(s, HEIR_STR("k")))
		return true;
	if (!memchr(units, s.p[0] | 0x20, sizeof(units) - 1))
		return false;
	s = (struct heir_str){s.p + 1, s.len - 1};
	return s.len == 0 || heir_str_eqfold(s, HEIR_STR("b")) ||
	       heir_str_eqfold(s, HEIR_STR("ib"));
}

bool heir_size_is_valid(struct heir_str s)
{
	size_t last = s.len;

	while (last > 0 && !heir_ascii_is_digit(s.p[last - 1]) && s.p[last - 1] != '.' &&
		s.p[last - 1] != ' ')
		last--;
	if (last == 0)
		return false;
	return is_float((struct heir_str){s.p, s.p[last - 1] == ' ' ? last - 1 : last}) &&
	       is_unit((struct heir_str){s.p + last, s.len - last});
}

bool heir_size_read(struct heir_str s, double *ret)
{
	static const char units[] = "kmgtp";
	const char *found;
	double value;
	size_t end = s.len;

	if (!heir_size_is_valid(s))
		return false;
	while (end > 0 && !heir_ascii_is_digit(s.p[end - 1]) && s.p[end - 1] != '.')
		end--;
	if (!read_number((struct heir_str){s.p, end}, &value))
		value = 0;
	while (end < s.len && s.p[end] == ' ')
		end++;
	found = end < s.len ? strchr(units, s.p[end] | 0x20) : NULL;
	for (size_t i = 0; found && i <= (size_t)(found - units); i++)
		value *= 1024;
	*ret = value < 9e18 ? (double)(int64_t)value : value;
	return true;
}
