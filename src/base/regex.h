/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions with the semantics of Go's package regexp (RE2). Our own parser accepts what
 * syntax.Parse() accepts with the flags syntax.Perl, and translates it for PCRE2, which runs it:
 * UTF-8 text, ASCII \w and \b, `$` only at the very end, none of the features that RE2 lacks
 * (backreferences, lookaround). A pattern that PCRE2 would interpret differently is reported as
 * not supported. Time and memory are bounded by the limits below and by an effort. */
#ifndef HEIR_BASE_REGEX_H
#define HEIR_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/effort.h"
#include "base/str.h"

enum {
	HEIR_REGEX_MAX_LENGTH = 1024, /* bytes of a pattern */
	HEIR_REGEX_MAX_SIZE = 2000,   /* instructions, with repetitions expanded */
	HEIR_REGEX_MAX_DEPTH = 250,   /* nested groups */
	HEIR_REGEX_MAX_VALUE = 4096,  /* bytes of a value */
	HEIR_REGEX_MAX_STEPS = 100000 /* per match */
};

struct heir_regex;

/* Checks whether Go's regexp.Compile() would accept the pattern, of any length. *ret_fault is
 * NULL, or the reason. Returns 0 or -ENOMEM. */
int heir_regex_check(struct heir_str pattern, const char **ret_fault);

/* Compiles a pattern. Returns 0, and the caller frees *ret; -ENOMEM; -EOVERFLOW if the effort is
 * spent; -EINVAL with the reason in *ret_error if Go refuses the pattern or it is not
 * supported. */
int heir_regex_new(struct heir_str pattern, struct heir_effort *effort, struct heir_regex **ret,
	const char **ret_error);
/* Frees it; NULL is allowed. Returns NULL. */
struct heir_regex *heir_regex_free(struct heir_regex *regex);

/* Searches the value for a match. A byte that is not UTF-8 counts as U+FFFD. Returns 0; -ENOMEM;
 * -EOVERFLOW if the value is too long, the match takes too many steps, or the effort is spent. */
int heir_regex_match(const struct heir_regex *regex, struct heir_str value,
	struct heir_effort *effort, bool *ret);

#endif
