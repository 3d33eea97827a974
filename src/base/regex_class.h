/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, escapes and sets of characters in Go's regular expressions: the parts of
 * regex_syntax.c without structure. */
#ifndef HEIR_BASE_REGEX_CLASS_H
#define HEIR_BASE_REGEX_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
	HEIR_REGEX_IGNORE_CASE = 1,
	HEIR_REGEX_ALL_FLAGS = 7, /* i, m, s; U changes nothing that is asked */
};

struct heir_regex_class_reader {
	struct heir_str text;
	size_t at;
	uint8_t flags;
	const char *fault;
	const char *unsupported;
};

/* The byte so far ahead; NUL behind the end. */
char heir_regex_peek(const struct heir_regex_class_reader *in, size_t ahead);
bool heir_regex_is_word(char c);
/* Reads a character; false with a fault: it is not UTF-8. */
bool heir_regex_next(struct heir_regex_class_reader *in, uint32_t *ret);
/* Writes it so that it means itself, in brackets too. */
void heir_regex_write_char(struct heir_buf *out, uint32_t c);
/* An escape that stands for one character; false with a fault. */
bool heir_regex_read_escape(struct heir_regex_class_reader *in, uint32_t *ret);
/* Does \d, \s, \w, \p or its opposite come? */
bool heir_regex_is_class(const struct heir_regex_class_reader *in);
/* These, outside brackets, and brackets; `out` may be NULL. False with a fault. */
bool heir_regex_read_class(struct heir_regex_class_reader *in, struct heir_buf *out);
bool heir_regex_read_brackets(struct heir_regex_class_reader *in, struct heir_buf *out);

#endif
