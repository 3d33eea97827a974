/* SPDX-License-Identifier: Apache-2.0 */
#include "base/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/utf8.h"

void heir_sources_release(struct heir_sources *sources)
{
	free(sources->items);
	*sources = (struct heir_sources){NULL, 0, 0};
}

int heir_sources_add(struct heir_sources *sources, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret)
{
	if (sources->n == sources->size) {
		uint32_t size = sources->size ? sources->size * 2 : 16;
		struct heir_source *items = reallocarray(sources->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		sources->items = items;
		sources->size = size;
	}
	sources->items[sources->n] =
		(struct heir_source){.path = path, .text = text, .scope = scope};
	*ret = sources->n++;
	return 0;
}

static int index_lines(struct heir_source *source, struct heir_arena *arena)
{
	const char *p = source->text.p, *end = p + source->text.len;
	uint32_t n = 1, i = 0;

	for (const char *q = p; q < end && (q = memchr(q, '\n', (size_t)(end - q))); q++)
		n++;
	source->lines = heir_arena_zalloc(arena, n, sizeof(*source->lines));
	if (!source->lines)
		return -ENOMEM;
	source->lines[i++] = 0;
	for (const char *q = p; q < end && (q = memchr(q, '\n', (size_t)(end - q))); q++)
		source->lines[i++] = (uint32_t)(q + 1 - p);
	source->n_lines = n;
	return 0;
}

/* Counted on from the last answer where that is possible: a line may be as long as the file. */
static uint32_t column_of(struct heir_source *source, uint32_t start, uint32_t offset)
{
	bool goes_on = source->last_column > 0 && source->last >= start && source->last <= offset;
	uint32_t from = goes_on ? source->last : start;
	uint32_t column = goes_on ? source->last_column : 1;

	column +=
		(uint32_t)heir_utf8_count((struct heir_str){source->text.p + from, offset - from});
	/* Not from within a character. */
	if (offset < source->text.len && (source->text.p[offset] & 0xc0) != 0x80) {
		source->last = offset;
		source->last_column = column;
	}
	return column;
}

int heir_source_locate(struct heir_source *source, struct heir_arena *arena, uint32_t offset,
	struct heir_position *ret)
{
	uint32_t low = 0, high;

	offset = (uint32_t)MIN((size_t)offset, source->text.len);
	if (!source->lines) {
		int r = index_lines(source, arena);

		if (r < 0)
			return r;
	}
	high = source->n_lines;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	ret->line = low + 1;
	ret->column = column_of(source, source->lines[low], offset);
	return 0;
}

struct heir_str heir_source_line(const struct heir_source *source, uint32_t line)
{
	uint32_t from, to;

	if (line == 0 || line > source->n_lines)
		return HEIR_STR("");
	from = source->lines[line - 1];
	to = line < source->n_lines ? source->lines[line] - 1 : (uint32_t)source->text.len;
	if (to > from && source->text.p[to - 1] == '\r')
		to--;
	return (struct heir_str){source->text.p + from, to - from};
}
