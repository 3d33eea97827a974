/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax of Go's regular expressions (regexp/syntax: parse.go), and the same in PCRE2's. */
#ifndef HEIR_BASE_REGEX_SYNTAX_H
#define HEIR_BASE_REGEX_SYNTAX_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct heir_regex_syntax {
	const char *fault;       /* why Go refuses it; NULL: it does not */
	const char *unsupported; /* why it cannot be written for PCRE2; NULL: it can */
	uint64_t size;           /* instructions, with repetitions written out */
	uint32_t depth;          /* groups in one another, at most */
};

/* Reads the pattern, and adds it to `out` for PCRE2 (with UTF, DOLLAR_ENDONLY and ALT_CIRCUMFLEX,
 * lines ending in LF) unless that is NULL; what was added counts only if there is neither a fault
 * nor something unsupported. 0 or -ENOMEM. */
int heir_regex_parse(struct heir_str pattern, struct heir_buf *out, struct heir_regex_syntax *ret);

#endif
