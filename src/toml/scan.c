/* SPDX-License-Identifier: Apache-2.0 */
#include "toml/scan.h"

enum {
	LETTER = HEIR_TOML_BARE | HEIR_TOML_NUMBER,
	HEX = LETTER | HEIR_TOML_HEX,
	DIGIT = HEX | HEIR_TOML_DIGIT,
};

const uint8_t heir_toml_class[256] = {
	['0' ... '9'] = DIGIT,
	['A' ... 'F'] = HEX,
	['G' ... 'Z'] = LETTER,
	['a' ... 'f'] = HEX,
	['g' ... 'z'] = LETTER,
	['-'] = LETTER,
	['_'] = LETTER,
	['+'] = HEIR_TOML_NUMBER,
	['.'] = HEIR_TOML_NUMBER,
	[':'] = HEIR_TOML_NUMBER,
};

static bool continues(const char *p, const char *end, size_t n)
{
	if ((size_t)(end - p) <= n)
		return false;
	for (size_t i = 1; i <= n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

size_t heir_toml_utf8(const char *p, const char *end)
{
	unsigned char a, b;

	if (end - p < 2)
		return 0;
	a = (unsigned char)p[0];
	b = (unsigned char)p[1];
	if (a >= 0xc2 && a <= 0xdf)
		return continues(p, end, 1) ? 2 : 0;
	if ((a & 0xf0) == 0xe0) {
		if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f))
			return 0;
		return continues(p, end, 2) ? 3 : 0;
	}
	if (a >= 0xf0 && a <= 0xf4) {
		if ((a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f))
			return 0;
		return continues(p, end, 3) ? 4 : 0;
	}
	return 0;
}

enum heir_toml_stop heir_toml_classify(const char **at, const char *end)
{
	const char *p = *at;

	if (p == end)
		return HEIR_TOML_AT_END;
	if (*p == '\t') {
		*at = p + 1;
		return HEIR_TOML_AT_OTHER;
	}
	if (heir_toml_newline(p, end))
		return HEIR_TOML_AT_NEWLINE;
	if ((unsigned char)*p >= 0x80) {
		size_t n = heir_toml_utf8(p, end);

		*at = p + n;
		return n ? HEIR_TOML_AT_OTHER : HEIR_TOML_AT_BAD;
	}
	return heir_toml_is_odd(*p) ? HEIR_TOML_AT_BAD : HEIR_TOML_AT_OTHER;
}

enum heir_toml_stop heir_toml_skip_line(const char **p, const char *end)
{
	enum heir_toml_stop stop;

	do {
		*p = heir_toml_skip_plain(*p, end);
		stop = heir_toml_classify(p, end);
	} while (stop == HEIR_TOML_AT_OTHER);
	return stop;
}
