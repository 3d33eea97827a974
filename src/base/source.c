/* SPDX-License-Identifier: Apache-2.0 */
/* Places are byte offsets; lines are indexed when the first position in a source is needed.
 * Columns count characters, so long lines also get marks every few KiB, which keeps many positions
 * in one line linear. */
#include "base/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/root.h"
#include "base/utf8.h"
#include "base/vec.h"

void heir_sources_release(struct heir_sources *sources)
{
	free(sources->items);
	*sources = (struct heir_sources){NULL, 0, 0};
}

int heir_sources_add(struct heir_sources *sources, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret)
{
	if (HEIR_RESERVE(sources->items, sources->n, sources->size) < 0)
		return -ENOMEM;
	sources->items[sources->n] =
		(struct heir_source){.path = path, .text = text, .scope = scope};
	*ret = sources->n++;
	return 0;
}

enum heir_layer heir_source_layer(const struct heir_source *source)
{
	static const enum heir_layer layers[] = {
		[HEIR_AUTHOR_UNKNOWN] = HEIR_LAYER_USER,
		[HEIR_AUTHOR_PACKAGE] = HEIR_LAYER_PACKAGE,
		[HEIR_AUTHOR_TEMPLATE] = HEIR_LAYER_TEMPLATE,
		[HEIR_AUTHOR_CTRCFG] = HEIR_LAYER_CTRCFG,
		[HEIR_AUTHOR_OPERATOR] = HEIR_LAYER_OPERATOR,
		[HEIR_AUTHOR_USER] = HEIR_LAYER_USER,
		[HEIR_AUTHOR_RENDERED] = HEIR_LAYER_RENDERED,
	};

	if (source->scope == HEIR_SCOPE_BUILTIN)
		return HEIR_LAYER_BUILTIN;
	if (source->scope == HEIR_SCOPE_UNIT || source->scope == HEIR_SCOPE_FLAG)
		return HEIR_LAYER_FLAG;
	if (source->mark == HEIR_RENDERED_OURS)
		return HEIR_LAYER_HEIR;
	/* Files that --vendor-glob names have no known author. */
	if (source->scope == HEIR_SCOPE_VENDOR && source->author == HEIR_AUTHOR_UNKNOWN)
		return HEIR_LAYER_PACKAGE;
	return layers[source->author];
}

const char *heir_layer_name(enum heir_layer layer)
{
#define AS_WORD(name, word) [HEIR_LAYER_##name] = (word),
	static const char *const words[] = {HEIR_LAYERS(AS_WORD)};

	return words[layer];
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

enum { MARK_EVERY = 4096 };

/* Counts the characters of a text once, because lines may be as long as the file. */

/* Sets the marks of a source. */
static int index_marks(struct heir_source *source, struct heir_arena *arena)
{
	struct heir_str rest = source->text;
	uint32_t n = 0, at = 0, chars = 0;

	source->marks =
		heir_arena_zalloc(arena, source->text.len / MARK_EVERY + 1, sizeof(*source->marks));
	if (!source->marks)
		return -ENOMEM;
	while (at < source->text.len) {
		uint32_t c;
		size_t len;

		if (at >= n * MARK_EVERY)
			source->marks[n++] = (struct heir_mark){at, chars};
		len = heir_utf8_decode(rest, &c);
		len = len ? len : 1;
		rest.p += len;
		rest.len -= len;
		at += (uint32_t)len;
		chars++;
	}
	source->n_marks = n;
	return 0;
}

static uint32_t chars_before(const struct heir_source *source, uint32_t offset)
{
	uint32_t i = MIN(offset / MARK_EVERY, source->n_marks - 1);
	struct heir_mark mark = source->marks[i];

	/* A character across the border moves the mark after it. */
	if (mark.at > offset)
		mark = source->marks[i - 1];
	return mark.n + (uint32_t)heir_utf8_count(
				(struct heir_str){source->text.p + mark.at, offset - mark.at});
}

static int column_of(struct heir_source *source, struct heir_arena *arena, uint32_t start,
	uint32_t offset, uint32_t *ret)
{
	int r = 0;

	if (offset - start < MARK_EVERY) {
		*ret = 1 + (uint32_t)heir_utf8_count(
				   (struct heir_str){source->text.p + start, offset - start});
		return 0;
	}
	if (!source->marks)
		r = index_marks(source, arena);
	if (r == 0)
		*ret = 1 + chars_before(source, offset) - chars_before(source, start);
	return r;
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
	return column_of(source, arena, source->lines[low], offset, &ret->column);
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

mode_t heir_sources_mode(const struct heir_sources *sources, struct heir_root *root)
{
	mode_t mode = 07777;
	struct stat st;

	for (uint32_t i = 0; i < sources->n; i++) {
		const struct heir_source *source = &sources->items[i];
		/* The file with the objects is one of this machine. */
		bool is_input = source->scope == HEIR_SCOPE_OBJECT;

		if (source->scope == HEIR_SCOPE_BUILTIN || source->rendered ||
			(is_input ? stat(source->path, &st)
				  : heir_root_stat(root, source->path, &st)) < 0 ||
			!S_ISREG(st.st_mode))
			continue;
		mode &= st.st_mode | (mode_t) ~(S_IRGRP | S_IROTH);
	}
	return mode;
}
