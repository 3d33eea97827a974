/* SPDX-License-Identifier: Apache-2.0 */
/* A thin layer over jansson: size limit, copies into the arena, and errors with paths. */
#include "node/json.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "node/verdict.h"

/* The readers of this layer descend fewer levels. */
enum { DEEPEST_PLACE = 8 };

void heir_json_decrefp(json_t **value)
{
	json_decref(*value);
}

static void add_json_place(struct heir_buf *buf, const struct heir_json_place *place)
{
	const struct heir_json_place *down[DEEPEST_PLACE];
	size_t n = 0;

	for (; place && n < ARRAY_LEN(down); place = place->up)
		down[n++] = place;
	while (n-- > 0) {
		struct heir_str key = heir_str_from(down[n]->key);

		if (!down[n]->key) {
			heir_buf_printf(buf, "[%zu]", down[n]->index);
			continue;
		}
		if (buf->len > 0)
			heir_buf_addc(buf, '.');
		heir_buf_adds(buf, heir_cut(key));
		if (heir_cut(key).len < key.len)
			heir_buf_addz(buf, "...");
	}
}

int heir_json_wrong(struct heir_json *json, const struct heir_json_place *place, const char *what)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (place)
		add_json_place(&buf, place);
	else
		heir_buf_addz(&buf, "the document");
	heir_buf_addc(&buf, ' ');
	heir_buf_addz(&buf, what);
	if (heir_buf_error(&buf) < 0)
		return -ENOMEM;
	json->error = heir_arena_strndup(json->arena, buf.p, buf.len);
	return json->error ? -EINVAL : -ENOMEM;
}

int heir_json_load(struct heir_json *json, struct heir_str text, json_t **ret)
{
	json_error_t error;
	json_t *value;

	if (text.len > HEIR_JSON_MAX_SIZE)
		return heir_json_wrong(json, NULL, "is longer than 2 MiB");
	value = json_loadb(text.p ? text.p : "", text.len, JSON_REJECT_DUPLICATES, &error);
	if (value) {
		*ret = value;
		return 0;
	}
	/* jansson always describes an error, except lack of memory. */
	if (error.text[0] == '\0')
		return -ENOMEM;
	json->error =
		heir_arena_printf(json->arena, "the document is not JSON: %s (line %d, column %d)",
			error.text, error.line, error.column);
	return json->error ? -EINVAL : -ENOMEM;
}

int heir_json_string(struct heir_json *json, const struct heir_json_place *place,
	const json_t *value, bool loose, struct heir_str *ret)
{
	const char *copy;

	if (json_is_string(value))
		copy = heir_arena_strndup(
			json->arena, json_string_value(value), json_string_length(value));
	else if (loose && json_is_integer(value))
		copy = heir_arena_printf(
			json->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (loose && json_is_boolean(value))
		copy = json_is_true(value) ? "true" : "false";
	else
		return heir_json_wrong(json, place, "is not a string");
	if (!copy)
		return -ENOMEM;
	*ret = heir_str_from(copy);
	return 0;
}

static int compare_strings(const void *a, const void *b)
{
	return heir_str_cmp(*(const struct heir_str *)a, *(const struct heir_str *)b);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct heir_pair *x = a, *y = b;

	return heir_str_cmp(x->name, y->name);
}

int heir_json_strings(struct heir_json *json, const struct heir_json_place *place,
	const json_t *value, const struct heir_str **ret, size_t *ret_n)
{
	size_t n = json_array_size(value), kept = 0;
	struct heir_str *strings;

	if (!json_is_array(value))
		return heir_json_wrong(json, place, "is not an array");
	strings = heir_arena_zalloc(json->arena, n, sizeof(*strings));
	if (!strings)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct heir_json_place item = {place, NULL, i};
		int r = heir_json_string(json, &item, json_array_get(value, i), false, &strings[i]);

		if (r < 0)
			return r;
	}
	qsort(strings, n, sizeof(*strings), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !heir_str_eq(strings[kept - 1], strings[i]))
			strings[kept++] = strings[i];
	*ret = strings;
	*ret_n = kept;
	return 0;
}

int heir_json_pairs(struct heir_json *json, const struct heir_json_place *place, json_t *value,
	bool loose, const struct heir_pair **ret, size_t *ret_n)
{
	struct heir_pair *pairs;
	const char *key;
	json_t *member;
	size_t n = 0;

	if (!json_is_object(value))
		return heir_json_wrong(json, place, "is not an object");
	pairs = heir_arena_zalloc(json->arena, json_object_size(value), sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	json_object_foreach(value, key, member)
	{
		const struct heir_json_place here = {place, key, 0};
		char *name = heir_arena_strndup(json->arena, key, strlen(key));
		int r;

		if (!name)
			return -ENOMEM;
		pairs[n].name = heir_str_from(name);
		r = heir_json_string(json, &here, member, loose, &pairs[n++].value);
		if (r < 0)
			return r;
	}
	qsort(pairs, n, sizeof(*pairs), compare_pairs);
	*ret = pairs;
	*ret_n = n;
	return 0;
}

const struct heir_str *heir_pairs_find(
	const struct heir_pair *pairs, size_t n, struct heir_str name)
{
	const struct heir_pair wanted = {name, HEIR_STR_NULL};
	const struct heir_pair *found =
		n ? bsearch(&wanted, pairs, n, sizeof(*pairs), compare_pairs) : NULL;

	return found ? &found->value : NULL;
}

bool heir_strings_find(const struct heir_str *strings, size_t n, struct heir_str name)
{
	return n && bsearch(&name, strings, n, sizeof(*strings), compare_strings);
}
