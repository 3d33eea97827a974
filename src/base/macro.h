/* SPDX-License-Identifier: Apache-2.0 */
/* Small macros for all of heir. */
#ifndef HEIR_BASE_MACRO_H
#define HEIR_BASE_MACRO_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The expansion of a macro as a string literal. */
#define AS_TEXT_(x) #x
#define AS_TEXT(x) AS_TEXT_(x)
/* Constant expressions if their arguments are. An argument may be evaluated twice. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Hands a file descriptor over: the variable is -1 afterwards, so its cleanup does nothing. */
#define TAKE_FD(fd)                        \
	({                                 \
		int *taken_from_ = &(fd);  \
		int taken_ = *taken_from_; \
		*taken_from_ = -1;         \
		taken_;                    \
	})

#endif
