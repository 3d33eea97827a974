/* SPDX-License-Identifier: Apache-2.0 */
/* A growing text buffer with a sticky error: append without checking, then check once with
 * heir_buf_error(). */
#ifndef HEIR_BASE_BUF_H
#define HEIR_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"
#include "base/str.h"

struct heir_buf {
	char *p; /* terminated; NULL until something is added */
	size_t len, size;
	bool failed; /* memory ran out; later additions are dropped */
};

#define HEIR_BUF_NULL ((struct heir_buf){NULL, 0, 0, false})

void heir_buf_release(struct heir_buf *buf);
/* Empties the buffer. Keeps its memory and its error. */
void heir_buf_clear(struct heir_buf *buf);

void heir_buf_add(struct heir_buf *buf, const char *p, size_t len);
void heir_buf_addz(struct heir_buf *buf, const char *z);
void heir_buf_addc(struct heir_buf *buf, char c);
void heir_buf_adds(struct heir_buf *buf, struct heir_str s);
void heir_buf_fill(struct heir_buf *buf, char c, size_t n);
void heir_buf_number(struct heir_buf *buf, uint32_t n);
/* Adds text with each NUL written as "\x00", for consumers that stop at the first NUL. */
void heir_buf_add_text(struct heir_buf *buf, struct heir_str s);
/* Formats into the buffer. Unlike printf(), "%.*s" adds all bytes of its argument, with a NUL as
 * "\x00"; but only if all other conversions are %s, %c, %d, %u or %zu. */
void heir_buf_printf(struct heir_buf *buf, const char *fmt, ...) _printf_(2, 3);
/* The same for messages that quote files: an argument of "%.*s" with more than 512 bytes is
 * shortened to its first and last 256. */
void heir_buf_message(struct heir_buf *buf, const char *fmt, ...) _printf_(2, 3);
void heir_buf_vmessage(struct heir_buf *buf, const char *fmt, va_list args) _printf_(2, 0);

/* Returns 0, or -ENOMEM if an addition was dropped. */
int heir_buf_error(const struct heir_buf *buf);
struct heir_str heir_buf_str(const struct heir_buf *buf);

#endif
