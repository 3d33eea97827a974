/* SPDX-License-Identifier: Apache-2.0 */
/* A growing text buffer with a sticky error: append as often as you like, ask once at the end. */
#ifndef HEIR_BASE_BUF_H
#define HEIR_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"
#include "base/str.h"

struct heir_buf {
	char *p; /* terminated once something was added; NULL before */
	size_t len, size;
	bool failed; /* memory ran out: what was added since is lost */
};

#define HEIR_BUF_NULL ((struct heir_buf){NULL, 0, 0, false})

void heir_buf_release(struct heir_buf *buf);
/* Empties the buffer and keeps its memory and its error. */
void heir_buf_clear(struct heir_buf *buf);

void heir_buf_add(struct heir_buf *buf, const char *p, size_t len);
void heir_buf_addz(struct heir_buf *buf, const char *z);
void heir_buf_addc(struct heir_buf *buf, char c);
void heir_buf_adds(struct heir_buf *buf, struct heir_str s);
void heir_buf_fill(struct heir_buf *buf, char c, size_t n);
void heir_buf_number(struct heir_buf *buf, uint32_t n);
/* A NUL becomes "\x00": for what ends at the first NUL. */
void heir_buf_add_text(struct heir_buf *buf, struct heir_str s);
/* What "%.*s" names is there whole, a NUL as "\x00"; provided that the other conversions are plain:
 * %s, %c, %d, %u, %zu. */
void heir_buf_printf(struct heir_buf *buf, const char *fmt, ...) _printf_(2, 3);
/* For messages that quote files: what "%.*s" names loses its middle where it has more than 512
 * bytes. */
void heir_buf_message(struct heir_buf *buf, const char *fmt, ...) _printf_(2, 3);
void heir_buf_vmessage(struct heir_buf *buf, const char *fmt, va_list args) _printf_(2, 0);

/* 0, or -ENOMEM when something was lost. */
int heir_buf_error(const struct heir_buf *buf);
struct heir_str heir_buf_str(const struct heir_buf *buf);

#endif
