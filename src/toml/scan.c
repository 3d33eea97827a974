/* SPDX-License-Identifier: Apache-2.0 */
#include "toml/scan.h"

#include "base/utf8.h"

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
		uint32_t c;
		size_t n = heir_utf8_decode((struct heir_str){p, (size_t)(end - p)}, &c);

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
