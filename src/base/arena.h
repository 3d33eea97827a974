/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: memory that is allocated piece by piece and freed all at once. Everything that lives
 * as long as a context is in its arena; nothing in an arena is freed alone, so there is no free to
 * forget on error paths. Not thread-safe. */
#ifndef HEIR_BASE_ARENA_H
#define HEIR_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/macro.h"
#include "base/str.h"

struct heir_arena_block;

struct heir_arena {
	struct heir_arena_block *blocks; /* newest first */
	char *next, *end;                /* the unused part of the newest block */
	size_t total;                    /* bytes requested from malloc() */
};

void heir_arena_init(struct heir_arena *arena);
/* Frees all blocks. The arena can be used again afterwards. */
void heir_arena_release(struct heir_arena *arena);
/* Makes all memory available again, and keeps one block to reuse. */
void heir_arena_clear(struct heir_arena *arena);

/* Returns `size` bytes, aligned for any object and not cleared, or NULL if there is no memory. */
void *heir_arena_alloc(struct heir_arena *arena, size_t size);
/* The same for an array of n items, cleared. Also returns NULL if n * size overflows. */
void *heir_arena_zalloc(struct heir_arena *arena, size_t n, size_t size);
/* Returns `size` bytes without alignment, for text. */
char *heir_arena_bytes(struct heir_arena *arena, size_t size);

#define heir_arena_new(arena, type) ((type *)heir_arena_zalloc((arena), 1, sizeof(type)))

/* Returns a terminated copy, or NULL if there is no memory. */
char *heir_arena_strndup(struct heir_arena *arena, const char *p, size_t len);
/* Returns three strings concatenated and terminated, or NULL if there is no memory. */
char *heir_arena_concat(struct heir_arena *arena, const char *a, const char *b, const char *c);
/* Formats into the arena as heir_buf_printf() does. Returns a terminated string, or NULL if there
 * is no memory. */
char *heir_arena_printf(struct heir_arena *arena, const char *fmt, ...) _printf_(2, 3);
/* The same for messages: see heir_buf_message(). */
char *heir_arena_message(struct heir_arena *arena, const char *fmt, ...) _printf_(2, 3);
char *heir_arena_vmessage(struct heir_arena *arena, const char *fmt, va_list args) _printf_(2, 0);

#endif
