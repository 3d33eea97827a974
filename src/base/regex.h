/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions as Go's package regexp (RE2) means them. A parser of our own accepts what
 * syntax.Parse() with the flags syntax.Perl accepts, and writes it anew for PCRE2, which runs it:
 * text as UTF-8, \w and \b of ASCII, `$` at the very end, and nothing that RE2 lacks
 * (backreferences, lookaround). What would mean something else to PCRE2 is refused as not
 * supported. Time and memory are bounded by the limits below and by an effort. */
#ifndef HEIR_BASE_REGEX_H
#define HEIR_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/effort.h"
#include "base/str.h"

enum {
	HEIR_REGEX_MAX_LENGTH = 1024, /* bytes of a pattern that is run */
	HEIR_REGEX_MAX_SIZE = 2000,   /* its instructions, with repetitions written out */
	HEIR_REGEX_MAX_DEPTH = 250,   /* groups in one another */
	HEIR_REGEX_MAX_VALUE = 4096,  /* bytes of a value */
	HEIR_REGEX_MAX_STEPS = 100000 /* of one match */
};

struct heir_regex;

/* Whether Go's regexp.Compile() accepts the pattern, of whatever length: *ret_fault is NULL, or
 * says why it does not. 0 or -ENOMEM. */
int heir_regex_check(struct heir_str pattern, const char **ret_fault);

/* 0, and then the caller frees *ret; -ENOMEM; -EOVERFLOW: the effort is spent; or -EINVAL with
 * *ret_error in words: Go refuses the pattern, or it is not supported. */
int heir_regex_new(struct heir_str pattern, struct heir_effort *effort, struct heir_regex **ret,
	const char **ret_error);
/* NULL is nothing to free. Returns NULL. */
struct heir_regex *heir_regex_free(struct heir_regex *regex);

/* Whether the pattern matches somewhere in the value. A byte that is not UTF-8 counts as U+FFFD. 0,
 * -ENOMEM, or -EOVERFLOW: the value is too long, the match takes too many steps, or the effort is
 * spent. */
int heir_regex_match(const struct heir_regex *regex, struct heir_str value,
	struct heir_effort *effort, bool *ret);

#endif
