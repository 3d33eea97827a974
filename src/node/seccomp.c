/* SPDX-License-Identifier: Apache-2.0 */
/* Checks types only: CRI-O's start fails if the JSON does not decode into the Go struct, not if a
 * profile makes no sense. */
#include "node/seccomp.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "base/macro.h"
#include "node/json.h"

/* The type of a member, unless it is null. */
enum kind { TEXT, NUMBER, TEXTS, OBJECT, OBJECTS };

struct member {
	const char *name;
	enum kind kind;
	const struct member *members; /* of an object, or of each object in an array */
};

static const struct member arch_map[] = {
	{"architecture", TEXT, NULL}, {"subArchitectures", TEXTS, NULL}, {NULL, 0, NULL}};
static const struct member filter[] = {
	{"caps", TEXTS, NULL}, {"arches", TEXTS, NULL}, {"minKernel", TEXT, NULL}, {NULL, 0, NULL}};
static const struct member argument[] = {{"index", NUMBER, NULL}, {"value", NUMBER, NULL},
	{"valueTwo", NUMBER, NULL}, {"op", TEXT, NULL}, {NULL, 0, NULL}};
static const struct member call[] = {{"name", TEXT, NULL}, {"names", TEXTS, NULL},
	{"action", TEXT, NULL}, {"args", OBJECTS, argument}, {"comment", TEXT, NULL},
	{"includes", OBJECT, filter}, {"excludes", OBJECT, filter}, {"errnoRet", NUMBER, NULL},
	{"errno", TEXT, NULL}, {NULL, 0, NULL}};
static const struct member profile[] = {{"defaultAction", TEXT, NULL},
	{"defaultErrnoRet", NUMBER, NULL}, {"defaultErrno", TEXT, NULL},
	{"architectures", TEXTS, NULL}, {"archMap", OBJECTS, arch_map}, {"syscalls", OBJECTS, call},
	{"listenerPath", TEXT, NULL}, {"listenerMetadata", TEXT, NULL}, {NULL, 0, NULL}};

/* Returns the name of the first member with a wrong type, or NULL. Descends as far as the tables
 * above. */
static const char *find_misfit(json_t *object, const struct member *members);

static bool is_array_of(json_t *value, const struct member *member, const char **ret)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value))
		return false;
	json_array_foreach(value, i, item)
	{
		if (json_is_null(item))
			continue;
		if (member->kind == TEXTS ? !json_is_string(item) : !json_is_object(item))
			return false;
		if (member->kind == OBJECTS && (*ret = find_misfit(item, member->members)))
			return false;
	}
	return true;
}

static bool has_type(json_t *value, const struct member *member, const char **ret)
{
	switch (member->kind) {
	case TEXT:
		return json_is_string(value);
	case NUMBER:
		return json_is_number(value);
	case OBJECT:
		if (!json_is_object(value))
			return false;
		*ret = find_misfit(value, member->members);
		return *ret == NULL;
	default:
		return is_array_of(value, member, ret);
	}
}

static const char *find_misfit(json_t *object, const struct member *members)
{
	const char *key, *deeper = NULL;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct member *member = members;

		while (member->name && !heir_ascii_eqfold(member->name, key, SIZE_MAX))
			member++;
		if (member->name && !json_is_null(value) && !has_type(value, member, &deeper))
			return deeper ? deeper : member->name;
	}
	return NULL;
}

int heir_seccomp_load(struct heir_root *root, const char *path, struct heir_arena *arena,
	const char **ret_problem)
{
	_cleanup_(heir_json_decrefp) json_t *json = NULL;
	struct heir_str text;
	const char *member;
	json_error_t error;
	int r = heir_file_read(root, path, arena, &text);

	if (r < 0)
		return r;
	*ret_problem = NULL;
	/* jansson's integers cannot represent 64-bit masks. */
	json = json_loadb(text.p, text.len,
		JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
	if (!json && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	if (!json)
		*ret_problem = "it is not JSON";
	else if (json_is_null(json))
		return 0;
	else if (!json_is_object(json))
		*ret_problem = "it is not a JSON object";
	else if ((member = find_misfit(json, profile)))
		*ret_problem =
			heir_arena_concat(arena, "\"", member, "\" has a value of another type");
	else
		return 0;
	return *ret_problem ? 0 : -ENOMEM;
}
