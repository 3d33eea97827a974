/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, escapes and character classes of Go's regular expressions. regex_syntax.c has the
 * structure: groups, alternatives, repetitions. */
#ifndef HEIR_BASE_REGEX_CLASS_H
#define HEIR_BASE_REGEX_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
	HEIR_REGEX_IGNORE_CASE = 1,
	HEIR_REGEX_ALL_FLAGS = 7, /* i, m and s; U does not change whether something matches */
};

struct heir_regex_class_reader {
	struct heir_str text;
	size_t at;
	uint8_t flags;
	const char *fault;
	const char *unsupported;
};

/* Returns the byte that many positions ahead; NUL after the end. */
char heir_regex_peek(const struct heir_regex_class_reader *in, size_t ahead);
bool heir_regex_is_word(char c);
/* Reads a character. Returns false, with a fault, if it is not UTF-8. */
bool heir_regex_next(struct heir_regex_class_reader *in, uint32_t *ret);
/* Writes a character so that PCRE2 takes it literally, inside and outside brackets. */
void heir_regex_write_char(struct heir_buf *out, uint32_t c);
/* Reads an escape that stands for one character. Returns false with a fault. */
bool heir_regex_read_escape(struct heir_regex_class_reader *in, uint32_t *ret);
/* Returns whether \d, \s, \w, \p or one of their opposites follows. */
bool heir_regex_is_class(const struct heir_regex_class_reader *in);
/* Translates such a class, outside brackets or inside. `out` may be NULL. Returns false with a
 * fault. */
bool heir_regex_read_class(struct heir_regex_class_reader *in, struct heir_buf *out);
bool heir_regex_read_brackets(struct heir_regex_class_reader *in, struct heir_buf *out);

#endif
