/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bound.h"

#include <errno.h>
#include <string.h>

static bool is_list(const struct heir_value *value)
{
	return value->type == HEIR_TYPE_STRV || value->type == HEIR_TYPE_MAP;
}

/* What an item costs, with its quotes and its comma. */
static size_t item_size(const struct heir_entry *entry)
{
	return entry->key.len + entry->value.len + strlen("\"\", ");
}

/* The number of bytes of a value, or a number that is more than `most`: without reading on. */
static size_t size_up_to(const struct heir_value *value, size_t most)
{
	size_t size = value->type == HEIR_TYPE_STRING ? value->string.len : 0;

	if (is_list(value) && value->list.n > most)
		return value->list.n;
	for (uint32_t i = 0; is_list(value) && i < value->list.n && size <= most; i++)
		size += item_size(&value->list.entries[i]);
	return size;
}

/* At most so many bytes of the beginning, and whole characters of them. */
static struct heir_str beginning(struct heir_str s, size_t most)
{
	size_t len = MIN(s.len, most);

	while (len > 0 && len < s.len && ((uint8_t)s.p[len] & 0xc0) == 0x80)
		len--;
	return (struct heir_str){s.p, len};
}

static void add_rest(struct heir_buf *buf, size_t left_out, const char *what)
{
	heir_buf_printf(buf, "... and %zu more %s", left_out, what);
}

void heir_bound_name(struct heir_buf *buf, struct heir_str name)
{
	struct heir_str first = beginning(name, HEIR_BOUND_LONG);

	heir_buf_adds(buf, first);
	if (first.len < name.len)
		add_rest(buf, name.len - first.len, "bytes");
}

static struct heir_str take(struct heir_arena *arena, const struct heir_buf *buf)
{
	char *p = buf->failed ? NULL : heir_arena_strndup(arena, buf->p, buf->len);

	return (struct heir_str){p, p ? buf->len : 0};
}

static int cut_string(struct heir_arena *arena, struct heir_origin *origin)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_str *string = &origin->value.string;

	origin->left_out = string->len - beginning(*string, HEIR_BOUND_LONG).len;
	heir_bound_name(&buf, *string);
	*string = take(arena, &buf);
	return string->p ? 0 : -ENOMEM;
}

/* The first items, and one that says how much there was. */
static int cut_list(struct heir_arena *arena, struct heir_origin *origin)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_value *value = &origin->value;
	struct heir_entry *entries, *last;
	size_t size = 0, n = 0;

	while (n < value->list.n && size + item_size(&value->list.entries[n]) <= HEIR_BOUND_LONG)
		size += item_size(&value->list.entries[n++]);
	origin->left_out = value->list.n - n;
	entries = heir_arena_zalloc(arena, n + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	if (n > 0)
		memcpy(entries, value->list.entries, n * sizeof(*entries));
	add_rest(&buf, origin->left_out, "items");
	last = &entries[n];
	*last = (struct heir_entry){.key = HEIR_STR(""), .value = HEIR_STR("")};
	*(value->type == HEIR_TYPE_MAP ? &last->key : &last->value) = take(arena, &buf);
	value->list.entries = entries;
	value->list.n = (uint32_t)n + 1;
	return buf.failed || !last->key.p || !last->value.p ? -ENOMEM : 0;
}

int heir_bound_value(struct heir_arena *arena, size_t *room, struct heir_origin *origin)
{
	size_t left = room ? *room : 0, size;

	if (origin->kind == HEIR_KIND_UNSET)
		return 0;
	size = size_up_to(&origin->value, MAX(left, (size_t)HEIR_BOUND_LONG));
	if (size <= HEIR_BOUND_LONG)
		return 0;
	if (size <= left) {
		*room -= size;
		return 0;
	}
	return is_list(&origin->value) ? cut_list(arena, origin) : cut_string(arena, origin);
}
