/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax of Go's regular expressions (regexp/syntax, parse.go), and its translation to
 * PCRE2's. */
#ifndef HEIR_BASE_REGEX_SYNTAX_H
#define HEIR_BASE_REGEX_SYNTAX_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct heir_regex_syntax {
	const char *fault;       /* why Go refuses the pattern, or NULL */
	const char *unsupported; /* why it cannot be translated, or NULL */
	uint64_t size;           /* instructions, with repetitions expanded */
	uint32_t depth;          /* nested groups, at most */
};

/* Parses the pattern and appends its translation to `out`, unless that is NULL. The translation
 * assumes PCRE2's UTF, DOLLAR_ENDONLY and ALT_CIRCUMFLEX and lines that end in LF. It is only
 * valid if `fault` and `unsupported` are NULL. Returns 0 or -ENOMEM. */
int heir_regex_parse(struct heir_str pattern, struct heir_buf *out, struct heir_regex_syntax *ret);

#endif
