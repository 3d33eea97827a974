/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and dates. Integers and most floats are converted here; floats that need correct
 * rounding of many digits go to strtod_l() with the C locale. */
#include "toml/scalar.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "toml/doc.h"
#include "toml/scan.h"

enum {
	/* Significant digits that are kept: enough to decide how a double is rounded. Of further
	 * digits only the presence matters. */
	MAX_DIGITS = 800,
	/* Values with larger exponents are zero or infinite. Keeps the exponent from
	 * overflowing. */
	MAX_EXPONENT = 1 << 30,
};

static bool is_date(const char *p, size_t n)
{
	return n >= 5 && heir_ascii_is_digit(p[0]) && heir_ascii_is_digit(p[1]) &&
	       heir_ascii_is_digit(p[2]) && heir_ascii_is_digit(p[3]) && p[4] == '-';
}

const char *heir_toml_token_end(const char *p, const char *end)
{
	const char *stop = heir_toml_skip_class(p, end, HEIR_TOML_NUMBER);

	if (stop - p == 10 && is_date(p, 10) && end - stop >= 2 && *stop == ' ' &&
		heir_ascii_is_digit(stop[1]))
		return heir_toml_skip_class(stop + 1, end, HEIR_TOML_NUMBER);
	return stop;
}

/* Checks that every underscore is between two characters of the class. */
static bool underscores_fit(const char *p, const char *end, unsigned class)
{
	const char *start = p;

	for (; p < end; p++) {
		if (*p != '_')
			continue;
		if (p == start || p + 1 == end || !heir_toml_is(p[-1], class) ||
			!heir_toml_is(p[1], class))
			return false;
	}
	return true;
}

/* Parses 0x, 0o and 0b. */
static enum heir_toml_flaw parse_prefixed(const char *p, const char *end, int64_t *ret)
{
	unsigned shift = *p == 'x' ? 4 : *p == 'o' ? 3 : 1;
	uint64_t value = 0;

	p++;
	if (p == end)
		return HEIR_TOML_BAD_NUMBER;
	if (!underscores_fit(p, end, HEIR_TOML_HEX))
		return HEIR_TOML_UNDERSCORE;
	for (; p < end; p++) {
		if (*p == '_')
			continue;
		if (heir_ascii_digit(*p) >= 1u << shift)
			return HEIR_TOML_BAD_NUMBER;
		if (value > (uint64_t)INT64_MAX >> shift)
			return HEIR_TOML_OUT_OF_RANGE;
		value = value << shift | heir_ascii_digit(*p);
	}
	*ret = (int64_t)value;
	return HEIR_TOML_SOUND;
}

/* Parses a decimal integer. Out of range is a flaw of its own, because the type is still known. */
static enum heir_toml_flaw parse_decimal(
	const char *p, const char *end, bool negative, int64_t *ret)
{
	int64_t value = 0;
	bool overflow = false;

	if (p == end)
		return HEIR_TOML_BAD_NUMBER;
	if (*p == '0' && end - p > 1)
		return HEIR_TOML_LEADING_ZERO;
	if (!underscores_fit(p, end, HEIR_TOML_DIGIT))
		return HEIR_TOML_UNDERSCORE;
	for (; p < end; p++) {
		if (*p == '_')
			continue;
		if (!heir_ascii_is_digit(*p))
			return HEIR_TOML_BAD_NUMBER;
		overflow |= __builtin_mul_overflow(value, 10, &value);
		overflow |= negative ? __builtin_sub_overflow(value, *p - '0', &value)
				     : __builtin_add_overflow(value, *p - '0', &value);
	}
	*ret = value;
	return overflow ? HEIR_TOML_OUT_OF_RANGE : HEIR_TOML_SOUND;
}

/* Parses digits with underscores, sign and prefix. */
static enum heir_toml_flaw parse_integer(struct heir_str token, int64_t *ret)
{
	const char *p = token.p, *end = p + token.len;
	bool sign = p < end && (*p == '-' || *p == '+');
	bool negative = sign && *p == '-';

	*ret = 0;
	p += sign;
	if (end - p >= 2 && *p == '0' && (p[1] == 'x' || p[1] == 'o' || p[1] == 'b'))
		return sign ? HEIR_TOML_SIGNED_PREFIX : parse_prefixed(p + 1, end, ret);
	return parse_decimal(p, end, negative, ret);
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && (heir_ascii_is_digit(*p) || *p == '_'))
		p++;
	return p;
}

/* Checks the grammar of a float with a dot or exponent. */
static enum heir_toml_flaw check_float(const char *p, const char *end)
{
	const char *start = p, *stop = skip_digits(p, end);

	if (stop == start)
		return HEIR_TOML_BAD_NUMBER;
	if (!underscores_fit(start, stop, HEIR_TOML_DIGIT))
		return HEIR_TOML_UNDERSCORE;
	if (*start == '0' && stop - start > 1)
		return HEIR_TOML_LEADING_ZERO;
	p = stop;
	if (p < end && *p == '.') {
		stop = skip_digits(++p, end);
		if (stop == p)
			return HEIR_TOML_BAD_NUMBER;
		if (!underscores_fit(p, stop, HEIR_TOML_DIGIT))
			return HEIR_TOML_UNDERSCORE;
		p = stop;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		stop = skip_digits(p, end);
		if (stop == p)
			return HEIR_TOML_BAD_NUMBER;
		if (!underscores_fit(p, stop, HEIR_TOML_DIGIT))
			return HEIR_TOML_UNDERSCORE;
		p = stop;
	}
	return p == end ? HEIR_TOML_SOUND : HEIR_TOML_BAD_NUMBER;
}

/* The significant digits with their sign, and the power of ten. */
struct decimal {
	char text[MAX_DIGITS + 32]; /* including sign, last digit and exponent */
	size_t n;
	int n_digits;
	long exponent;
	uint64_t mantissa; /* at most 19 digits */
};

static void add_digit(struct decimal *d, char c, bool fraction)
{
	if (d->n_digits == 0 && c == '0') {
		d->exponent -= fraction;
		return;
	}
	if (d->n_digits < MAX_DIGITS) {
		d->text[d->n++] = c;
		d->n_digits++;
		d->exponent -= fraction;
		if (d->n_digits <= 19)
			d->mantissa = d->mantissa * 10 + (uint64_t)(c - '0');
		return;
	}
	/* Only whether any digit follows matters now. */
	d->exponent += !fraction;
	if (c != '0')
		d->text[d->n - 1] |= 1;
}

static long read_exponent(const char *p, const char *end)
{
	bool negative = p < end && *p == '-';
	long value = 0;

	for (; p < end; p++) {
		if (heir_ascii_is_digit(*p) && value < MAX_EXPONENT)
			value = value * 10 + (*p - '0');
	}
	return negative ? -value : value;
}

static void read_decimal(const char *p, const char *end, struct decimal *d)
{
	bool fraction = false;

	*d = (struct decimal){.n = 0};
	if (*p == '-')
		d->text[d->n++] = '-';
	for (; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.')
			fraction = true;
		else if (heir_ascii_is_digit(*p))
			add_digit(d, *p, fraction);
	}
	if (p < end)
		d->exponent += read_exponent(p + 1, end);
}

/* Uses strtod() of the C locale, because the program's locale may have another decimal point. */
static double convert_slowly(struct decimal *d)
{
	long e = MIN(MAX(d->exponent, -99999L), 99999L);
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char digits[8] = "";
	int n = 0;
	double value;

	d->text[d->n++] = 'e';
	if (e < 0)
		d->text[d->n++] = '-';
	for (long rest = e < 0 ? -e : e; rest || n == 0; rest /= 10)
		digits[n++] = (char)('0' + rest % 10);
	while (n)
		d->text[d->n++] = digits[--n];
	d->text[d->n] = '\0';
	if (c == (locale_t)0)
		return NAN;
	value = strtod_l(d->text, NULL, c);
	freelocale(c);
	return value;
}

double heir_toml_parse_float(struct heir_str token)
{
	static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
		1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	const char *p = token.p, *end = p + token.len;
	bool negative = *p == '-';
	struct decimal d;
	double value;

	if (end[-1] == 'n')
		return negative ? -NAN : NAN;
	if (end[-1] == 'f')
		return negative ? -INFINITY : INFINITY;
	read_decimal(p, end, &d);
	if (d.n_digits == 0)
		return negative ? -0.0 : 0.0;
	/* Both are exact, so one operation rounds correctly (Clinger). */
	if (d.mantissa <= 1ull << 53 && d.n_digits <= 19 && d.exponent >= -22 && d.exponent <= 22) {
		value = d.exponent < 0 ? (double)d.mantissa / powers[-d.exponent]
				       : (double)d.mantissa * powers[d.exponent];
		return negative ? -value : value;
	}
	return convert_slowly(&d);
}

/* Returns n digits as a number, or -1. */
static int fixed_number(const char *p, const char *end, int n)
{
	int value = 0;

	if (end - p < n)
		return -1;
	for (int i = 0; i < n; i++) {
		if (!heir_ascii_is_digit(p[i]))
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

static int days_of(int year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool parse_date(const char **at, const char *end, struct heir_toml_datetime *ret)
{
	const char *p = *at;
	int year = fixed_number(p, end, 4), month, day;

	if (year < 0 || end - p < 10 || p[4] != '-' || p[7] != '-')
		return false;
	month = fixed_number(p + 5, end, 2);
	day = fixed_number(p + 8, end, 2);
	if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		return false;
	ret->year = (int16_t)year;
	ret->month = (uint8_t)month;
	ret->day = (uint8_t)day;
	*at = p + 10;
	return true;
}

static const char *parse_fraction(const char *p, const char *end, struct heir_toml_datetime *ret)
{
	uint32_t unit = 100000000;

	for (; p < end && heir_ascii_is_digit(*p); p++) {
		ret->nanosecond += (uint32_t)(*p - '0') * unit;
		ret->n_digits += unit > 0;
		unit /= 10;
	}
	return p;
}

/* Parses HH:MM[:SS[.fraction]] and moves *at after it. */
static enum heir_toml_flaw parse_time(
	const char **at, const char *end, struct heir_toml_datetime *ret)
{
	const char *p = *at;
	int hour = fixed_number(p, end, 2), minute, second;

	if (hour < 0 || hour > 23 || end - p < 5 || p[2] != ':')
		return HEIR_TOML_BAD_DATE;
	minute = fixed_number(p + 3, end, 2);
	if (minute < 0 || minute > 59)
		return HEIR_TOML_BAD_DATE;
	ret->hour = (uint8_t)hour;
	ret->minute = (uint8_t)minute;
	*at = p += 5;
	if (p == end || *p != ':')
		return HEIR_TOML_NO_SECONDS;
	/* 60 is a leap second. */
	second = fixed_number(p + 1, end, 2);
	if (second < 0 || second > 60)
		return HEIR_TOML_BAD_DATE;
	ret->second = (uint8_t)second;
	p += 3;
	if (end - p >= 2 && *p == '.' && heir_ascii_is_digit(p[1]))
		p = parse_fraction(p + 1, end, ret);
	*at = p;
	return HEIR_TOML_SOUND;
}

static enum heir_toml_flaw parse_offset(
	const char **at, const char *end, struct heir_toml_datetime *ret)
{
	const char *p = *at;
	int hour, minute;

	if (*p == 'Z' || *p == 'z') {
		*at = p + 1;
		return HEIR_TOML_SOUND;
	}
	if ((*p != '+' && *p != '-') || end - p < 6 || p[3] != ':')
		return HEIR_TOML_BAD_DATE;
	hour = fixed_number(p + 1, end, 2);
	minute = fixed_number(p + 4, end, 2);
	if (hour < 0 || hour > 24 || minute < 0 || minute > 60)
		return HEIR_TOML_BAD_DATE;
	ret->offset = (int16_t)((hour * 60 + minute) * (*p == '-' ? -1 : 1));
	*at = p + 6;
	return hour > 23 || minute > 59 ? HEIR_TOML_WIDE_OFFSET : HEIR_TOML_SOUND;
}

enum heir_toml_flaw heir_toml_parse_datetime(
	struct heir_str token, struct heir_toml_datetime *ret, enum heir_toml_type *ret_type)
{
	const char *p = token.p, *end = p + token.len;
	enum heir_toml_flaw flaw, offset = HEIR_TOML_SOUND;
	bool date = is_date(p, token.len);

	*ret = (struct heir_toml_datetime){.year = 0};
	*ret_type = date ? HEIR_TOML_DATE_LOCAL : HEIR_TOML_TIME_LOCAL;
	if (date) {
		if (!parse_date(&p, end, ret))
			return HEIR_TOML_BAD_DATE;
		if (p == end)
			return HEIR_TOML_SOUND;
		if (*p != 'T' && *p != 't' && *p != ' ')
			return HEIR_TOML_BAD_DATE;
		p++;
		*ret_type = HEIR_TOML_DATETIME_LOCAL;
	}
	flaw = parse_time(&p, end, ret);
	if (flaw == HEIR_TOML_BAD_DATE)
		return flaw;
	if (date && p < end) {
		*ret_type = HEIR_TOML_DATETIME;
		offset = parse_offset(&p, end, ret);
	}
	if (p != end || offset == HEIR_TOML_BAD_DATE)
		return HEIR_TOML_BAD_DATE;
	return flaw != HEIR_TOML_SOUND ? flaw : offset;
}

static bool is_word(struct heir_str token, const char *word)
{
	return token.len == 3 && memcmp(token.p, word, 3) == 0;
}

/* The common case: few digits and nothing else. */
static bool is_plain_integer(struct heir_str token)
{
	if (token.len > 18 || (token.len > 1 && *token.p == '0'))
		return false;
	for (size_t i = 0; i < token.len; i++) {
		if (!heir_ascii_is_digit(token.p[i]))
			return false;
	}
	return token.len > 0;
}

static bool has_char(struct heir_str token, char c)
{
	return memchr(token.p, c, token.len) != NULL;
}

enum heir_toml_flaw heir_toml_token_type(struct heir_str token, enum heir_toml_type *ret)
{
	const char *p = token.p, *end = p + token.len;
	struct heir_toml_datetime datetime;
	int64_t integer;
	bool sign;

	*ret = HEIR_TOML_INTEGER;
	if (is_plain_integer(token))
		return HEIR_TOML_SOUND;
	if (is_date(p, token.len) || (token.len >= 3 && heir_ascii_is_digit(p[0]) &&
					     heir_ascii_is_digit(p[1]) && p[2] == ':'))
		return heir_toml_parse_datetime(token, &datetime, ret);
	sign = *p == '+' || *p == '-';
	token.p += sign;
	token.len -= sign;
	if (is_word(token, "inf") || is_word(token, "nan")) {
		*ret = HEIR_TOML_FLOAT;
		return HEIR_TOML_SOUND;
	}
	if (token.len == 0 || !heir_ascii_is_digit(*token.p))
		return sign ? HEIR_TOML_BAD_NUMBER : HEIR_TOML_NO_VALUE;
	if (token.len > 1 && token.p[0] == '0' && strchr("xob", token.p[1]))
		return parse_integer((struct heir_str){p, (size_t)(end - p)}, &integer);
	if (has_char(token, '.') || has_char(token, 'e') || has_char(token, 'E')) {
		*ret = HEIR_TOML_FLOAT;
		return check_float(token.p, end);
	}
	if (has_char(token, ':'))
		return HEIR_TOML_BAD_DATE;
	return parse_integer((struct heir_str){p, (size_t)(end - p)}, &integer);
}

static struct heir_str token_of(const struct heir_toml_doc *doc, heir_toml_node node)
{
	struct heir_toml_span span = heir_toml_cell(doc, node)->value;

	return (struct heir_str){doc->text.p + span.at, span.len};
}

bool heir_toml_bool(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return *token_of(doc, node).p == 't';
}

int64_t heir_toml_integer(const struct heir_toml_doc *doc, heir_toml_node node)
{
	int64_t value;

	parse_integer(token_of(doc, node), &value);
	return value;
}

double heir_toml_float(const struct heir_toml_doc *doc, heir_toml_node node)
{
	return heir_toml_parse_float(token_of(doc, node));
}

struct heir_toml_datetime heir_toml_datetime(const struct heir_toml_doc *doc, heir_toml_node node)
{
	struct heir_toml_datetime value;
	enum heir_toml_type type;

	heir_toml_parse_datetime(token_of(doc, node), &value, &type);
	return value;
}
