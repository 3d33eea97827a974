/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

/* The first blocks are small, so that a small node costs a few pages. Then sizes double up to one
 * that the allocator maps directly, where untouched pages cost nothing. */
enum { FIRST_BLOCK = 4 << 10, LARGEST_BLOCK = 1 << 20, ALIGN = 16 };

struct heir_arena_block {
	struct heir_arena_block *older;
	size_t size; /* determines the size of the next block */
	size_t room; /* bytes */
	char bytes[] __attribute__((aligned(ALIGN)));
};

void heir_arena_init(struct heir_arena *arena)
{
	*arena = (struct heir_arena){NULL, NULL, NULL, 0};
}

void heir_arena_release(struct heir_arena *arena)
{
	struct heir_arena_block *block = arena->blocks;

	while (block) {
		struct heir_arena_block *older = block->older;

		free(block);
		block = older;
	}
	heir_arena_init(arena);
}

void heir_arena_clear(struct heir_arena *arena)
{
	while (arena->blocks && arena->blocks->older) {
		struct heir_arena_block *block = arena->blocks;

		arena->blocks = block->older;
		free(block);
	}
	if (!arena->blocks)
		return;
	arena->next = arena->blocks->bytes;
	arena->end = arena->next + arena->blocks->room;
}

static void *take_from_new_block(struct heir_arena *arena, size_t size)
{
	size_t wanted = arena->blocks ? MIN(arena->blocks->size * 2, (size_t)LARGEST_BLOCK)
				      : (size_t)FIRST_BLOCK;
	struct heir_arena_block *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	wanted = MAX(wanted, size);
	block = malloc(sizeof(*block) + wanted);
	if (!block)
		return NULL;
	block->size = MIN(wanted, (size_t)LARGEST_BLOCK);
	block->room = wanted;
	block->older = arena->blocks;
	arena->blocks = block;
	arena->total += sizeof(*block) + wanted;
	arena->next = block->bytes + size;
	arena->end = block->bytes + wanted;
	return block->bytes;
}

void *heir_arena_alloc(struct heir_arena *arena, size_t size)
{
	uintptr_t at = ((uintptr_t)arena->next + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);

	if (LIKELY(arena->next && at <= (uintptr_t)arena->end &&
		    size <= (uintptr_t)arena->end - at)) {
		arena->next = (char *)at + size;
		return (void *)at;
	}
	return take_from_new_block(arena, size);
}

void *heir_arena_zalloc(struct heir_arena *arena, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	p = heir_arena_alloc(arena, bytes);
	return p ? memset(p, 0, bytes) : NULL;
}

char *heir_arena_bytes(struct heir_arena *arena, size_t size)
{
	if (LIKELY(arena->next && size <= (size_t)(arena->end - arena->next))) {
		char *p = arena->next;

		arena->next += size;
		return p;
	}
	return take_from_new_block(arena, size);
}

char *heir_arena_strndup(struct heir_arena *arena, const char *p, size_t len)
{
	char *copy = heir_arena_bytes(arena, len + 1);

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, p, len);
	copy[len] = '\0';
	return copy;
}

char *heir_arena_concat(struct heir_arena *arena, const char *a, const char *b, const char *c)
{
	const struct heir_str parts[] = {heir_str_from(a), heir_str_from(b), heir_str_from(c)};
	char *p = heir_arena_bytes(arena, parts[0].len + parts[1].len + parts[2].len + 1), *to = p;

	if (!p)
		return NULL;
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++)
		to = mempcpy(to, parts[i].p, parts[i].len);
	*to = '\0';
	return p;
}
