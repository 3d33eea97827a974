/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: memory that is handed out piece by piece and freed all at once. Every long-lived thing
 * of a context lives in its arena; nothing in it is freed alone. Not thread-safe. */
#ifndef HEIR_BASE_ARENA_H
#define HEIR_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/macro.h"
#include "base/str.h"

struct heir_arena_block;

struct heir_arena {
	struct heir_arena_block *blocks; /* newest first */
	char *next, *end;                /* what is left of the newest */
	size_t total;                    /* bytes asked of malloc */
};

void heir_arena_init(struct heir_arena *arena);
/* Frees all blocks; the arena may be used again afterwards. */
void heir_arena_release(struct heir_arena *arena);
/* Takes everything back that was handed out, and keeps one block for the next time. */
void heir_arena_clear(struct heir_arena *arena);

/* `size` bytes aligned for any object, not cleared. NULL: no memory. */
void *heir_arena_alloc(struct heir_arena *arena, size_t size);
/* The same, cleared, for an array; NULL too when n * size overflows. */
void *heir_arena_zalloc(struct heir_arena *arena, size_t n, size_t size);
/* `size` bytes without alignment: for text. */
char *heir_arena_bytes(struct heir_arena *arena, size_t size);

#define heir_arena_new(arena, type) ((type *)heir_arena_zalloc((arena), 1, sizeof(type)))

/* A terminated copy. NULL: no memory. */
char *heir_arena_strndup(struct heir_arena *arena, const char *p, size_t len);
/* The terminated concatenation of three strings. NULL: no memory. */
char *heir_arena_concat(struct heir_arena *arena, const char *a, const char *b, const char *c);
/* A terminated text: see heir_buf_printf(). NULL: no memory. */
char *heir_arena_printf(struct heir_arena *arena, const char *fmt, ...) _printf_(2, 3);
/* One for people to read: see heir_buf_message(). */
char *heir_arena_message(struct heir_arena *arena, const char *fmt, ...) _printf_(2, 3);
char *heir_arena_vmessage(struct heir_arena *arena, const char *fmt, va_list args) _printf_(2, 0);

#endif
