/* SPDX-License-Identifier: Apache-2.0 */
/* A string slice: bytes owned elsewhere, not terminated. Most of heir's strings are slices of a
 * file's text, which lives as long as the context that read it. */
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
/* The arguments for "%.*s". */
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

/* Compares bytes, as Go's sort.Strings and strcmp() do. */
int heir_str_cmp(struct heir_str a, struct heir_str b);
/* For ASCII, independent of the locale; the functions in <ctype.h> depend on it. */
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
/* Returns the value of a hexadecimal digit of either case, 16 for any other character. */
static inline unsigned heir_ascii_digit(char c)
{
	if (heir_ascii_is_digit(c))
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}
/* Returns whether the first n bytes of two texts, or those before a NUL, are equal except for the
 * case of ASCII letters. */
bool heir_ascii_eqfold(const char *a, const char *b, size_t n);

bool heir_str_starts(struct heir_str s, const char *prefix);
/* Returns whether a name ends in `end` and is longer than that. */
bool heir_str_ends(struct heir_str s, const char *end);
/* Returns whether it ends in one of them. */
bool heir_str_ends_any(struct heir_str s, const char *const *ends, size_t n);

/* Returns whether a key of ASCII letters is equal under Unicode simple case folding. Mirrors Go's
 * strings.EqualFold, by which BurntSushi/toml matches keys (the Kelvin sign is a k, the long s is
 * an s). */
bool heir_str_eqfold(struct heir_str a, struct heir_str ascii);

/* FNV-1a with 64 bits over everything added so far. Detects changes, but not attacks. The result
 * is the same on every machine. */
#define HEIR_DIGEST_START UINT64_C(0xcbf29ce484222325)
uint64_t heir_digest_add(uint64_t digest, struct heir_str s);

/* Returns the edit distance with transpositions, ignoring case, or limit + 1 if it is more than
 * `limit`. Names of more than 64 bytes count as more. For "did you mean". */
unsigned heir_str_distance(struct heir_str a, struct heir_str b, unsigned limit);

/* A search for the name nearest to an unknown one: start with heir_near_to(), then try all
 * candidates. Of equally near ones the first wins. */
struct heir_near {
	struct heir_str wanted, best; /* best.p is NULL if none is near */
	unsigned distance;            /* of the best so far */
	struct heir_effort *effort;
};

/* Starts a search. Candidates that are tried after the effort is spent are skipped. `effort` may
 * be NULL for short lists. */
struct heir_near heir_near_to(struct heir_str wanted, struct heir_effort *effort);
void heir_near_try(struct heir_near *near, struct heir_str name);

#endif
