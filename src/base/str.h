/* SPDX-License-Identifier: Apache-2.0 */
/* A string slice: bytes that somebody else owns, not terminated. Most strings of heir are slices of
 * a file's text, which lives as long as the context that read it. */
#ifndef HEIR_BASE_STR_H
#define HEIR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/effort.h"

struct heir_str {
	const char *p; /* may be NULL when len is 0 */
	size_t len;
};

#define HEIR_STR(literal) ((struct heir_str){(literal), sizeof(literal) - 1})
#define HEIR_STR_NULL ((struct heir_str){NULL, 0})
/* For "%.*s". */
#define HEIR_STR_ARG(s) ((int)(s).len), ((s).p ? (s).p : "")

static inline struct heir_str heir_str_from(const char *z)
{
	return (struct heir_str){z, z ? strlen(z) : 0};
}

static inline bool heir_str_eq(struct heir_str a, struct heir_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool heir_str_eqz(struct heir_str a, const char *z)
{
	return heir_str_eq(a, heir_str_from(z));
}

/* Byte order, the order of Go's sort.Strings and of strcmp. */
int heir_str_cmp(struct heir_str a, struct heir_str b);
/* Of ASCII, whatever the locale of the program is: those of the C library follow it. */
static inline bool heir_ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline bool heir_ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool heir_ascii_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline char heir_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}
/* The value of a hexadecimal digit of either case; 16 if it is none. */
static inline unsigned heir_ascii_digit(char c)
{
	if (heir_ascii_is_digit(c))
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}
/* Whether the first n bytes of two texts, or those before a NUL, are the same but for the case of
 * ASCII letters. */
bool heir_ascii_eqfold(const char *a, const char *b, size_t n);

bool heir_str_starts(struct heir_str s, const char *prefix);
/* Of names: whether `end` is the end, with something before it. */
bool heir_str_ends(struct heir_str s, const char *end);
/* Whether one of them is. */
bool heir_str_ends_any(struct heir_str s, const char *const *ends, size_t n);

/* Equality under Unicode simple case folding, for keys of ASCII letters: Go's strings.EqualFold,
 * by which BurntSushi/toml matches keys (the Kelvin sign is a k, the long s is an s). */
bool heir_str_eqfold(struct heir_str a, struct heir_str ascii);

/* FNV-1a of 64 bits over everything that is added in turn: to notice that something changed, not
 * to withstand somebody who wants it unnoticed. The same on every machine. */
#define HEIR_DIGEST_START UINT64_C(0xcbf29ce484222325)
uint64_t heir_digest_add(uint64_t digest, struct heir_str s);

/* What the user may have meant: edit distance with transpositions, case ignored, at most `limit`;
 * limit + 1 where it is more. Names over 64 bytes are never near. */
unsigned heir_str_distance(struct heir_str a, struct heir_str b, unsigned limit);

/* The name that is nearest to one that is unknown, as far as it is found yet: begin with
 * heir_near_to(), try every name that there is; the first of equally near ones stays. */
struct heir_near {
	struct heir_str wanted, best; /* best.p is NULL: none is near */
	unsigned distance;            /* of the best; at first more than is near */
	struct heir_effort *effort;
};

/* Names that are tried once the effort is spent are not looked at. NULL: for lists that are short,
 * or when the caller of the library asks once. */
struct heir_near heir_near_to(struct heir_str wanted, struct heir_effort *effort);
void heir_near_try(struct heir_near *near, struct heir_str name);

#endif
