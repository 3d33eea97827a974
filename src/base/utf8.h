/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, and how foreign text is shown: whatever a file or an object says, a terminal gets nothing
 * that it would obey. */
#ifndef HEIR_BASE_UTF8_H
#define HEIR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes one character of s (not empty) and tells its length; 0 for a byte that is not UTF-8. */
size_t heir_utf8_decode(struct heir_str s, uint32_t *ret);

/* Writes a character (not a surrogate, at most U+10FFFF) as 1 to 4 bytes; returns how many. */
size_t heir_utf8_encode(char *to, uint32_t c);

/* Is all of s UTF-8? */
bool heir_utf8_is_valid(struct heir_str s);

/* Characters in s; a byte that is not UTF-8 counts as one. */
size_t heir_utf8_count(struct heir_str s);

/* Columns that a terminal gives to s, which can be shown: none to marks that combine, two to wide
 * characters; a byte that is not UTF-8 counts as one. `ascii`: as heir_utf8_ascii() writes it. */
size_t heir_utf8_width(struct heir_str s, bool ascii);

/* Characters that a terminal would obey, or that make text look like other text, because they turn
 * it around or cannot be seen. */
bool heir_utf8_is_dangerous(uint32_t c);

/* Adds s so that it can be shown: dangerous characters and bytes that are not UTF-8 become \xNN or
 * \u{NNNN}. */
void heir_utf8_show(struct heir_buf *buf, struct heir_str s);

/* Adds what can be shown for a terminal that knows ASCII only: the others become \u{NNNN}, or, for
 * `toml`, what TOML's strings take. */
void heir_utf8_ascii(struct heir_buf *buf, struct heir_str s, bool toml);

/* The same as a TOML basic string, with its quotes: what can be pasted into a file again. */
void heir_utf8_quote(struct heir_buf *buf, struct heir_str s);

#endif
