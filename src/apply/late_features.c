/* SPDX-License-Identifier: Apache-2.0 */
/* Intersects the features of several runtimes. A property that one of them does not report is
 * omitted, because CRI-O and the kubelet must not rely on it. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "apply/late.h"
#include "node/semver.h"

/* Documents have six levels; deeper values are omitted. */
enum { MAX_LEVELS = 8 };

static bool has_item(const json_t *array, const json_t *item)
{
	const json_t *other;
	size_t i;

	json_array_foreach((json_t *)array, i, other)
	{
		if (json_equal((json_t *)other, (json_t *)item))
			return true;
	}
	return false;
}

/* The highest "ociVersionMin", the lowest "ociVersionMax". NULL if one is not a version. */
static json_t *common_version(const json_t *a, const json_t *b, bool highest)
{
	struct heir_semver x, y;

	if (!json_is_string(a) || !json_is_string(b) ||
		!heir_semver_parse(heir_str_from(json_string_value(a)), &x) ||
		!heir_semver_parse(heir_str_from(json_string_value(b)), &y))
		return NULL;
	return json_string(json_string_value((heir_semver_cmp(&x, &y) > 0) == highest ? a : b));
}

/* Annotations that are unsafe with one runtime are unsafe: the union of both. */
static json_t *union_of(const json_t *a, const json_t *b)
{
	json_t *all = json_is_array(a) ? json_copy((json_t *)a) : json_array(), *item;
	size_t i;

	json_array_foreach((json_t *)b, i, item)
	{
		if (all && !has_item(all, item))
			json_array_append(all, item);
	}
	return all;
}

static json_t *common_items(const json_t *a, const json_t *b)
{
	json_t *both = json_array(), *item;
	size_t i;

	json_array_foreach((json_t *)a, i, item)
	{
		if (both && has_item(b, item))
			json_array_append(both, item);
	}
	return both;
}

/* Returns NULL if there is nothing in common. Recurses to at most MAX_LEVELS. */
static json_t *intersect_values(const json_t *a, const json_t *b, unsigned level)
{
	json_t *both, *value, *other;
	const char *key;

	if (json_is_boolean(a) && json_is_boolean(b))
		return json_boolean(json_is_true(a) && json_is_true(b));
	if (json_is_array(a) && json_is_array(b))
		return common_items(a, b);
	if (!json_is_object(a) || !json_is_object(b) || level == MAX_LEVELS)
		return json_equal((json_t *)a, (json_t *)b) ? json_deep_copy(a) : NULL;
	both = json_object();
	json_object_foreach((json_t *)a, key, value)
	{
		json_t *made = NULL;

		other = json_object_get(b, key);
		if (level == 0 && strcmp(key, "potentiallyUnsafeConfigAnnotations") == 0)
			made = union_of(value, other);
		else if (level == 0 && strncmp(key, "ociVersionM", 11) == 0)
			made = common_version(value, other, strcmp(key, "ociVersionMin") == 0);
		else if (other)
			made = intersect_values(value, other, level + 1);
		if (made && both)
			json_object_set_new(both, key, made);
		else
			json_decref(made);
	}
	other = json_object_get(b, "potentiallyUnsafeConfigAnnotations");
	if (level == 0 && other && !json_object_get(both, "potentiallyUnsafeConfigAnnotations"))
		json_object_set_new(
			both, "potentiallyUnsafeConfigAnnotations", union_of(NULL, other));
	return both;
}

/* A runtime without the command, or with an invalid answer, promises nothing. */
static json_t *read_document(struct heir_str text)
{
	json_t *document = text.p ? json_loadb(text.p, text.len, 0, NULL) : NULL;

	if (json_is_object(document))
		return document;
	json_decref(document);
	return json_pack("{s:s,s:s}", "ociVersionMin", "1.0.0", "ociVersionMax", "1.0.0");
}

int heir_late_intersect(const struct heir_str *documents, uint32_t n, struct heir_arena *arena,
	struct heir_str *ret)
{
	json_t *all = NULL;
	char *text;

	for (uint32_t i = 0; i < n; i++) {
		json_t *one = read_document(documents[i]), *both;

		if (i > 0) {
			both = intersect_values(all, one, 0);
			json_decref(all);
			json_decref(one);
			one = both;
		}
		all = one;
		if (!all)
			return -ENOMEM;
	}
	text = all ? json_dumps(all, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
	json_decref(all);
	if (!text)
		return -ENOMEM;
	ret->p = heir_arena_printf(arena, "%s\n", text);
	free(text);
	if (!ret->p)
		return -ENOMEM;
	ret->len = strlen(ret->p);
	return 0;
}
