/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/utf8.h"
#include "base/vec.h"

const char *heir_kind_name(enum heir_kind kind)
{
	static const char *const names[HEIR_N_KINDS] = {
		[HEIR_KIND_UNSET] = "unset",
		[HEIR_KIND_EXPLICIT] = "explicit",
		[HEIR_KIND_INHERITED] = "inherited",
		[HEIR_KIND_CANDIDATE] = "candidate",
		[HEIR_KIND_PATH] = "path",
		[HEIR_KIND_BUILTIN] = "builtin",
		[HEIR_KIND_DEFAULT] = "default",
	};

	return names[kind];
}

bool heir_value_is_zero(const struct heir_value *value)
{
	switch (value->type) {
	case HEIR_TYPE_BOOL:
		return !value->boolean;
	case HEIR_TYPE_INTEGER:
		return value->integer == 0;
	case HEIR_TYPE_STRV:
	case HEIR_TYPE_MAP:
		return value->list.n == 0;
	default:
		return value->string.len == 0;
	}
}

static bool same_list(const struct heir_value *a, const struct heir_value *b)
{
	if (a->list.n != b->list.n)
		return false;
	for (uint32_t i = 0; i < a->list.n; i++)
		if (!heir_str_eq(a->list.entries[i].key, b->list.entries[i].key) ||
			!heir_str_eq(a->list.entries[i].value, b->list.entries[i].value))
			return false;
	return true;
}

bool heir_value_equal(const struct heir_value *a, const struct heir_value *b)
{
	if (heir_value_is_zero(a) || heir_value_is_zero(b))
		return heir_value_is_zero(a) && heir_value_is_zero(b);
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case HEIR_TYPE_BOOL:
		return a->boolean == b->boolean;
	case HEIR_TYPE_INTEGER:
		return a->integer == b->integer;
	case HEIR_TYPE_STRV:
	case HEIR_TYPE_MAP:
		return same_list(a, b);
	default:
		return heir_str_eq(a->string, b->string);
	}
}

static int by_key(const void *a, const void *b)
{
	return heir_str_cmp(
		((const struct heir_entry *)a)->key, ((const struct heir_entry *)b)->key);
}

static int read_items(const struct heir_config *config, uint32_t source, heir_toml_node node,
	struct heir_arena *arena, struct heir_value *ret)
{
	const struct heir_toml_doc *doc = config->docs[source];
	uint32_t n = heir_toml_n_children(doc, node), i = 0;
	struct heir_entry *entries = heir_arena_zalloc(arena, n, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	heir_toml_foreach (item, doc, node) {
		if (heir_toml_type(doc, item) != HEIR_TOML_STRING)
			continue;
		entries[i].key =
			ret->type == HEIR_TYPE_MAP ? heir_toml_key(doc, item) : HEIR_STR("");
		entries[i].source = source;
		entries[i].node = item;
		/* An item with escapes is decoded once, however many handlers inherit the list. */
		entries[i].value = heir_config_string(config, source, item);
		if (!entries[i++].value.p)
			return -ENOMEM;
	}
	if (ret->type == HEIR_TYPE_MAP && i > 1)
		qsort(entries, i, sizeof(*entries), by_key);
	ret->list.entries = entries;
	ret->list.n = i;
	return 0;
}

/* A long list is read once, however many handlers inherit it. */
static int read_list(const struct heir_config *config, uint32_t source, heir_toml_node node,
	struct heir_value *ret)
{
	enum { LONG = 256 };
	const struct heir_toml_doc *doc = config->docs[source];
	const char *key = heir_toml_text(doc).p + heir_toml_key_span(doc, node).at;
	struct heir_core *core = config->core;
	const struct heir_str *known;
	int r;

	if (heir_toml_n_children(doc, node) < LONG)
		return read_items(config, source, node, &core->values, ret);
	known = heir_memo_get(&core->lists, key);
	if (known) {
		ret->list.entries = (const struct heir_entry *)(const void *)known->p;
		ret->list.n = (uint32_t)known->len;
		return 0;
	}
	r = read_items(config, source, node, &core->arena, ret);
	if (r < 0)
		return r;
	return heir_memo_put(
		&core->lists, key, (struct heir_str){(const char *)ret->list.entries, ret->list.n});
}

bool heir_value_has_items(
	const struct heir_config *config, uint32_t source, heir_toml_node node, enum heir_type type)
{
	const struct heir_toml_doc *doc = config->docs[source];

	if (heir_toml_type(doc, node) !=
		(type == HEIR_TYPE_MAP ? HEIR_TOML_TABLE : HEIR_TOML_ARRAY))
		return false;
	heir_toml_foreach (item, doc, node)
		if (heir_toml_type(doc, item) == HEIR_TOML_STRING)
			return true;
	return false;
}

int heir_value_read(const struct heir_config *config, uint32_t source, heir_toml_node node,
	enum heir_type type, struct heir_value *ret)
{
	const struct heir_toml_doc *doc = config->docs[source];
	enum heir_toml_type is = heir_toml_type(doc, node);

	*ret = (struct heir_value){.type = type};
	switch (type) {
	case HEIR_TYPE_BOOL:
		ret->boolean = is == HEIR_TOML_BOOL && heir_toml_bool(doc, node);
		return 0;
	case HEIR_TYPE_INTEGER:
		ret->integer = is == HEIR_TOML_INTEGER ? heir_toml_integer(doc, node) : 0;
		return 0;
	case HEIR_TYPE_STRV:
		return is == HEIR_TOML_ARRAY ? read_list(config, source, node, ret) : 0;
	case HEIR_TYPE_MAP:
		return is == HEIR_TOML_TABLE ? read_list(config, source, node, ret) : 0;
	default:
		ret->type = HEIR_TYPE_STRING;
		ret->string = HEIR_STR("");
		if (is == HEIR_TOML_STRING)
			ret->string = heir_config_string(config, source, node);
		return ret->string.p ? 0 : -ENOMEM;
	}
}

static bool is_bare(struct heir_str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_'))
			return false;
	}
	return key.len > 0;
}

void heir_key_write(struct heir_buf *buf, struct heir_str key)
{
	if (is_bare(key))
		heir_buf_adds(buf, key);
	else
		heir_utf8_quote(buf, key);
}

static void add_list(struct heir_buf *buf, const struct heir_value *value)
{
	bool is_map = value->type == HEIR_TYPE_MAP;

	heir_buf_addc(buf, is_map ? '{' : '[');
	for (uint32_t i = 0; i < value->list.n; i++) {
		heir_buf_addz(buf, i ? ", " : is_map ? " " : "");
		if (is_map) {
			heir_key_write(buf, value->list.entries[i].key);
			heir_buf_addz(buf, " = ");
		}
		heir_utf8_quote(buf, value->list.entries[i].value);
	}
	heir_buf_addz(buf, !is_map ? "]" : value->list.n ? " }" : "}");
}

void heir_value_write(struct heir_buf *buf, const struct heir_value *value)
{
	switch (value->type) {
	case HEIR_TYPE_BOOL:
		heir_buf_addz(buf, value->boolean ? "true" : "false");
		break;
	case HEIR_TYPE_INTEGER:
		heir_buf_printf(buf, "%" PRId64, value->integer);
		break;
	case HEIR_TYPE_STRV:
	case HEIR_TYPE_MAP:
		add_list(buf, value);
		break;
	default:
		heir_utf8_quote(buf, value->string);
	}
}

size_t heir_value_size(const struct heir_value *value)
{
	bool is_list = value->type == HEIR_TYPE_STRV || value->type == HEIR_TYPE_MAP;
	size_t size = value->type == HEIR_TYPE_STRING ? value->string.len : 0;

	for (uint32_t i = 0; is_list && i < value->list.n; i++)
		size += value->list.entries[i].key.len + value->list.entries[i].value.len +
			sizeof("\"\",") - 1;
	return size;
}

bool heir_value_is_utf8(const struct heir_value *value)
{
	bool is_map = value->type == HEIR_TYPE_MAP;

	if (value->type == HEIR_TYPE_STRING)
		return heir_utf8_is_valid(value->string);
	if (value->type != HEIR_TYPE_STRV && !is_map)
		return true;
	for (uint32_t i = 0; i < value->list.n; i++)
		if (!heir_utf8_is_valid(value->list.entries[i].value) ||
			(is_map && !heir_utf8_is_valid(value->list.entries[i].key)))
			return false;
	return true;
}

void heir_merge_release(struct heir_merge *merge)
{
	heir_map_release(&merge->seen);
	free(merge->entries);
	merge->entries = NULL;
}

int heir_merge_add(
	struct heir_merge *merge, const struct heir_value *value, const struct heir_handler *from)
{
	bool is_map = value->type == HEIR_TYPE_MAP, first = merge->n == 0;

	for (uint32_t i = 0; i < value->list.n; i++) {
		const struct heir_entry *entry = &value->list.entries[i];
		uint32_t at;
		bool is_new;
		int r = HEIR_RESERVE(merge->entries, merge->n, merge->size);

		if (r == 0)
			r = heir_map_put(&merge->seen, is_map ? entry->key : entry->value, merge->n,
				&at, &is_new);
		if (r < 0)
			return r;
		/* An array's own duplicates stay, as the first one wrote them. */
		if (is_new || (first && !is_map))
			at = merge->n++;
		else if (!is_map)
			continue;
		merge->entries[at] = *entry;
		merge->entries[at].from = from;
	}
	return 0;
}

int heir_merge_finish(
	const struct heir_merge *merge, struct heir_arena *arena, struct heir_value *ret)
{
	struct heir_entry *entries = heir_arena_zalloc(arena, merge->n, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	if (merge->n > 0)
		memcpy(entries, merge->entries, merge->n * sizeof(*entries));
	if (ret->type == HEIR_TYPE_MAP && merge->n > 1)
		qsort(entries, merge->n, sizeof(*entries), by_key);
	ret->list.entries = entries;
	ret->list.n = merge->n;
	return 0;
}

bool heir_value_is_merged(const struct heir_value *value)
{
	bool is_list = value->type == HEIR_TYPE_STRV || value->type == HEIR_TYPE_MAP;

	return is_list && value->list.n > 0 && value->list.entries[0].from;
}
