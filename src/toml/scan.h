/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a TOML document: eight at a time where nothing can happen, one at a time elsewhere. The
 * stop sets hold every byte above 0x7e and every control character, so UTF-8 and the ban on control
 * characters are checked where the fast loops stop, and nowhere else. */
#ifndef HEIR_TOML_SCAN_H
#define HEIR_TOML_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/macro.h"

#define HEIR_TOML_EACH(byte) (0x0101010101010101u * (uint8_t)(byte))

/* Eight bytes, the first one lowest. */
static inline uint64_t heir_toml_load(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

/* Sets bit 7 of each byte outside 0x20..0x7e. Bytes above the first such byte may be set by
 * mistake (borrow). */
static inline uint64_t heir_toml_odd(uint64_t x)
{
	return (x - HEIR_TOML_EACH(0x20)) | (x + HEIR_TOML_EACH(0x01)) | x;
}

/* The same for one byte below 0x80. */
static inline uint64_t heir_toml_equal(uint64_t x, char c)
{
	return (x ^ HEIR_TOML_EACH(c)) - HEIR_TOML_EACH(0x01);
}

static inline bool heir_toml_is_odd(char c)
{
	return (unsigned char)(c - 0x20) > 0x7e - 0x20;
}

/* The first byte outside 0x20..0x7e, or `end`. */
static inline const char *heir_toml_skip_plain(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t stop = heir_toml_odd(heir_toml_load(p)) & HEIR_TOML_EACH(0x80);

		if (stop)
			return p + (__builtin_ctzll(stop) >> 3);
	}
	while (p < end && !heir_toml_is_odd(*p))
		p++;
	return p;
}

/* The first byte outside 0x20..0x7e, quote or backslash, or `end`. */
static inline const char *heir_toml_skip_basic(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t x = heir_toml_load(p);
		uint64_t stop =
			heir_toml_odd(x) | heir_toml_equal(x, '"') | heir_toml_equal(x, '\\');

		stop &= HEIR_TOML_EACH(0x80);
		if (stop)
			return p + (__builtin_ctzll(stop) >> 3);
	}
	while (p < end && !heir_toml_is_odd(*p) && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* The first byte outside 0x20..0x7e, apostrophe, or `end`. */
static inline const char *heir_toml_skip_literal(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t x = heir_toml_load(p);
		uint64_t stop = heir_toml_odd(x) | heir_toml_equal(x, '\'');

		stop &= HEIR_TOML_EACH(0x80);
		if (stop)
			return p + (__builtin_ctzll(stop) >> 3);
	}
	while (p < end && !heir_toml_is_odd(*p) && *p != '\'')
		p++;
	return p;
}

static inline const char *heir_toml_skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

enum {
	HEIR_TOML_BARE = 1,   /* allowed in a bare key */
	HEIR_TOML_NUMBER = 2, /* allowed in a number, date or time */
	HEIR_TOML_DIGIT = 4,
	HEIR_TOML_HEX = 8,
};

extern const uint8_t heir_toml_class[256];

static inline bool heir_toml_is(char c, unsigned classes)
{
	return heir_toml_class[(unsigned char)c] & classes;
}

static inline const char *heir_toml_skip_class(const char *p, const char *end, unsigned classes)
{
	while (p < end && heir_toml_is(*p, classes))
		p++;
	return p;
}

/* Where a run of text ends, and why. */
enum heir_toml_stop {
	HEIR_TOML_AT_END,
	HEIR_TOML_AT_NEWLINE, /* at LF, or at the CR of CR LF */
	HEIR_TOML_AT_BAD,     /* not UTF-8, a control character, or a lone CR */
	HEIR_TOML_AT_OTHER,   /* a byte that the caller must handle */
};

/* Classifies the byte at p, where a fast loop stopped. A tab or UTF-8 is skipped: AT_OTHER, with
 * *p after it. */
enum heir_toml_stop heir_toml_classify(const char **p, const char *end);

/* Skips to the end of the line: *p is at the newline, the end, or a bad byte. */
enum heir_toml_stop heir_toml_skip_line(const char **p, const char *end);

/* Returns the length of LF or CR LF at p, else 0. */
static inline size_t heir_toml_newline(const char *p, const char *end)
{
	if (p < end && *p == '\n')
		return 1;
	return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

#endif
