/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, and how foreign text is shown: nothing that a file or object contains may control the
 * terminal. */
#ifndef HEIR_BASE_UTF8_H
#define HEIR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes the first character of s, which must not be empty. Returns its length, 0 if it is not
 * UTF-8. */
size_t heir_utf8_decode(struct heir_str s, uint32_t *ret);

/* Writes a character (not a surrogate, at most U+10FFFF) as 1 to 4 bytes; returns how many. */
size_t heir_utf8_encode(char *to, uint32_t c);

/* Returns whether all of s is UTF-8. */
bool heir_utf8_is_valid(struct heir_str s);

/* Counts the characters of s; a byte that is not UTF-8 counts as one. */
size_t heir_utf8_count(struct heir_str s);

/* Returns the columns that a terminal needs for s, which must be printable: 0 for combining marks,
 * 2 for wide characters, 1 for a byte that is not UTF-8. `ascii`: as heir_utf8_ascii() would print
 * it. */
size_t heir_utf8_width(struct heir_str s, bool ascii);

/* Returns whether a character could control a terminal or disguise text: controls, bidirectional
 * overrides, invisible characters. */
bool heir_utf8_is_dangerous(uint32_t c);

/* Appends s in printable form: dangerous characters and bytes that are not UTF-8 become \xNN or
 * \u{NNNN}. */
void heir_utf8_show(struct heir_buf *buf, struct heir_str s);

/* Appends printable text for a terminal with ASCII only: other characters become \u{NNNN}, or with
 * `toml` TOML's escapes. */
void heir_utf8_ascii(struct heir_buf *buf, struct heir_str s, bool toml);

/* Appends s as a TOML basic string with its quotes, which can be pasted into a file. */
void heir_utf8_quote(struct heir_buf *buf, struct heir_str s);

#endif
