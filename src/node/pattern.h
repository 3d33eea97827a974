/* SPDX-License-Identifier: Apache-2.0 */
/* The patterns of InRegexp. Node Feature Discovery has Go's RE2; here they are rewritten for
 * regcomp(), so that what is accepted means the same, byte for byte, and what would mean something
 * else is refused: \pN, \Q, \x, (?P<name>) and flags other than (?i) at the very beginning,
 * quantifiers after nothing or after one another, characters outside ASCII within brackets,
 * patterns longer than a KiB or whose counted repetitions unfold to too much. What remains: `.` and
 * [^x] take a byte where Go takes a character of UTF-8, and (?i) and \w know ASCII only. */
#ifndef HEIR_NODE_PATTERN_H
#define HEIR_NODE_PATTERN_H

#include <regex.h>

#include "base/arena.h"
#include "base/str.h"

enum {
	HEIR_PATTERN_MAX_LENGTH = 1024,
	HEIR_PATTERN_MAX_ATOMS = 2000, /* with repetitions written out */
};

/* 0, and then the caller gives *ret to regfree(); -ENOMEM; or -EINVAL with *ret_error in words. */
int heir_pattern_compile(
	struct heir_str pattern, struct heir_arena *arena, regex_t *ret, const char **ret_error);

#endif
