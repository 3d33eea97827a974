/* SPDX-License-Identifier: Apache-2.0 */
/* Parses the output of `BIN features` by a table of properties, and evaluates requirements
 * on it. */
#include "node/features.h"

#include <errno.h>

#include "node/json.h"
#include "node/semver.h"

/* A property of the answer: its path and its name in messages. */
struct property {
	const char *path[4]; /* names from the top down, then NULL */
	const char *noun;
};

static const struct property list_properties[] = {
	[HEIR_MOUNT_OPTIONS] = {{"mountOptions"}, "mount option"},
	[HEIR_NAMESPACES] = {{"linux", "namespaces"}, "namespace"},
	[HEIR_CAPABILITIES] = {{"linux", "capabilities"}, "capability"},
	[HEIR_SECCOMP_ACTIONS] = {{"linux", "seccomp", "actions"}, "seccomp action"},
};
static_assert(ARRAY_LEN(list_properties) == HEIR_N_FEATURES_LISTS, "a list without a row");

static const struct property switch_properties[] = {
	[HEIR_IDMAP] = {{"linux", "mountExtensions", "idmap", "enabled"}, "idmap mounts"},
	[HEIR_CGROUP_V2] = {{"linux", "cgroup", "v2"}, "cgroup v2"},
};
static_assert(ARRAY_LEN(switch_properties) == HEIR_N_FEATURES_SWITCHES, "a switch without a row");

/* Finds the value of a property; *ret is NULL if it or a level above is missing or null. `places`
 * is the caller's memory, one per level; *ret_place is the last one used. */
static int find_property(struct heir_json *json, const struct heir_json_place *top, json_t *object,
	const struct property *property, struct heir_json_place places[static 4],
	const struct heir_json_place **ret_place, json_t **ret)
{
	const struct heir_json_place *place = top;
	json_t *value = object;

	for (size_t i = 0; i < ARRAY_LEN(property->path) && property->path[i]; i++) {
		if (!json_is_object(value))
			return heir_json_wrong(json, place, "is not an object");
		places[i] = (struct heir_json_place){place, property->path[i], 0};
		place = &places[i];
		value = json_object_get(value, property->path[i]);
		if (!value || json_is_null(value)) {
			*ret = NULL;
			return 0;
		}
	}
	*ret = value;
	*ret_place = place;
	return 0;
}

static int read_version(struct heir_json *json, const struct heir_json_place *top, json_t *object,
	const char *name, struct heir_str *ret)
{
	const struct heir_json_place place = {top, name, 0};
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return 0;
	return heir_json_string(json, &place, value, false, ret);
}

static int read_string_list(struct heir_json *json, const struct heir_json_place *top,
	json_t *object, const struct property *property, struct heir_features_list *ret)
{
	const struct heir_json_place *place = top;
	struct heir_json_place places[4];
	json_t *value = NULL;
	int r;

	r = find_property(json, top, object, property, places, &place, &value);
	if (r < 0 || !value)
		return r;
	ret->known = true;
	return heir_json_strings(json, place, value, &ret->items, &ret->n_items);
}

static int read_switch(struct heir_json *json, const struct heir_json_place *top, json_t *object,
	const struct property *property, enum heir_tristate *ret)
{
	const struct heir_json_place *place = top;
	struct heir_json_place places[4];
	json_t *value = NULL;
	int r;

	r = find_property(json, top, object, property, places, &place, &value);
	if (r < 0 || !value)
		return r;
	if (!json_is_boolean(value))
		return heir_json_wrong(json, place, "is not a boolean");
	*ret = json_is_true(value) ? HEIR_YES : HEIR_NO;
	return 0;
}

static int read_annotations(struct heir_json *json, const struct heir_json_place *top,
	json_t *object, struct heir_features *ret)
{
	const struct heir_json_place place = {top, "annotations", 0};
	json_t *value = json_object_get(object, "annotations");

	if (!value || json_is_null(value))
		return 0;
	ret->annotations_known = true;
	return heir_json_pairs(json, &place, value, false, &ret->annotations, &ret->n_annotations);
}

int heir_features_read(struct heir_json *json, const struct heir_json_place *place,
	struct json_t *object, struct heir_features **ret)
{
	struct heir_features *features;
	int r = 0;

	if (!json_is_object(object))
		return heir_json_wrong(json, place, "is not an object");
	features = heir_arena_new(json->arena, struct heir_features);
	if (!features)
		return -ENOMEM;
	r = read_version(json, place, object, "ociVersionMin", &features->oci_version_min);
	if (r == 0)
		r = read_version(json, place, object, "ociVersionMax", &features->oci_version_max);
	for (size_t i = 0; r == 0 && i < HEIR_N_FEATURES_LISTS; i++)
		r = read_string_list(json, place, object, &list_properties[i], &features->lists[i]);
	for (size_t i = 0; r == 0 && i < HEIR_N_FEATURES_SWITCHES; i++)
		r = read_switch(json, place, object, &switch_properties[i], &features->switches[i]);
	if (r == 0)
		r = read_annotations(json, place, object, features);
	if (r == 0)
		*ret = features;
	return r;
}

int heir_features_parse(struct heir_str text, struct heir_arena *arena, struct heir_features **ret,
	const char **ret_error)
{
	_cleanup_(heir_json_decrefp) json_t *root = NULL;
	struct heir_json json = {arena, NULL};
	int r;

	r = heir_json_load(&json, text, &root);
	if (r == 0)
		r = heir_features_read(&json, NULL, root, ret);
	if (r == -EINVAL)
		*ret_error = json.error;
	return r;
}

/* Sets the verdict. `text` is NULL if there was no memory for it. */
static int set_answer(struct heir_verdict *ret, enum heir_answer answer, const char *text)
{
	if (!text)
		return -ENOMEM;
	ret->answer = answer;
	ret->text = text;
	return 0;
}

static int answer_no_command(struct heir_verdict *ret)
{
	return set_answer(ret, HEIR_HOLDS_NOT, "the runtime does not report its features");
}

static int ask_range(const struct heir_features *features, const struct heir_semver *wanted,
	const char *shown, struct heir_arena *arena, struct heir_verdict *ret)
{
	struct heir_str min = features->oci_version_min, max = features->oci_version_max;
	const char *shown_min = heir_quote(arena, min), *shown_max = heir_quote(arena, max);
	struct heir_semver from, to;

	if (!shown_min || !shown_max)
		return -ENOMEM;
	if (!min.p || !max.p)
		return set_answer(ret, HEIR_HOLDS_NOT,
			heir_arena_printf(arena,
				"the runtime does not report its %s, so oci_version %s is not met",
				min.p ? "ociVersionMax" : "ociVersionMin", shown));
	if (!heir_semver_parse(min, &from) || !heir_semver_parse(max, &to))
		return set_answer(ret, HEIR_HOLDS_NOT,
			heir_arena_printf(arena,
				"the runtime supports oci_version %s to %s, which are not versions",
				shown_min, shown_max));
	if (heir_semver_cmp(&from, wanted) <= 0 && heir_semver_cmp(wanted, &to) <= 0)
		return set_answer(ret, HEIR_HOLDS, "the version is in the runtime's range");
	return set_answer(ret, HEIR_HOLDS_NOT,
		heir_arena_printf(arena, "the runtime supports oci_version %s to %s, not %s",
			shown_min, shown_max, shown));
}

int heir_features_ask_version(const struct heir_features *features, struct heir_str version,
	struct heir_arena *arena, struct heir_verdict *ret)
{
	const char *shown = heir_quote(arena, version);
	struct heir_semver wanted;

	if (!shown)
		return -ENOMEM;
	if (!heir_semver_parse(version, &wanted))
		return set_answer(ret, HEIR_FAULTY,
			heir_arena_printf(arena, "oci_version %s is not a version", shown));
	if (!features)
		return answer_no_command(ret);
	return ask_range(features, &wanted, shown, arena, ret);
}

int heir_features_ask_item(const struct heir_features *features, enum heir_features_list_id list,
	struct heir_str item, struct heir_arena *arena, struct heir_verdict *ret)
{
	const char *noun = list_properties[list].noun, *shown;
	const struct heir_features_list *has;

	if (!features)
		return answer_no_command(ret);
	has = &features->lists[list];
	if (heir_strings_find(has->items, has->n_items, item))
		return set_answer(ret, HEIR_HOLDS, "the runtime supports it");
	shown = heir_quote(arena, item);
	if (!shown)
		return -ENOMEM;
	return set_answer(ret, HEIR_HOLDS_NOT,
		heir_arena_printf(arena,
			has->known ? "the runtime does not support the %s %s"
				   : "the runtime does not report whether it supports the %s %s",
			noun, shown));
}

int heir_features_ask_switch(const struct heir_features *features,
	enum heir_features_switch_id which, struct heir_arena *arena, struct heir_verdict *ret)
{
	const char *noun = switch_properties[which].noun;

	if (!features)
		return answer_no_command(ret);
	switch (features->switches[which]) {
	case HEIR_YES:
		return set_answer(ret, HEIR_HOLDS, "the runtime supports it");
	case HEIR_NO:
		return set_answer(ret, HEIR_HOLDS_NOT,
			heir_arena_printf(arena, "the runtime does not support %s", noun));
	case HEIR_UNKNOWN:
		break;
	}
	return set_answer(ret, HEIR_HOLDS_NOT,
		heir_arena_printf(
			arena, "the runtime does not report whether it supports %s", noun));
}

int heir_features_ask_annotation(const struct heir_features *features, struct heir_str name,
	struct heir_str value, struct heir_arena *arena, struct heir_verdict *ret)
{
	const char *shown_name, *shown_value, *shown_wanted;
	const struct heir_str *found;

	if (!features)
		return answer_no_command(ret);
	found = heir_pairs_find(features->annotations, features->n_annotations, name);
	if (found && heir_str_eq(*found, value))
		return set_answer(ret, HEIR_HOLDS, "the runtime has the annotation");
	shown_name = heir_quote(arena, name);
	shown_value = heir_quote(arena, found ? *found : HEIR_STR_NULL);
	shown_wanted = heir_quote(arena, value);
	if (!shown_name || !shown_value || !shown_wanted)
		return -ENOMEM;
	if (!found)
		return set_answer(ret, HEIR_HOLDS_NOT,
			heir_arena_printf(arena, "the runtime has no annotation %s", shown_name));
	return set_answer(ret, HEIR_HOLDS_NOT,
		heir_arena_printf(arena, "the runtime's annotation %s is %s, not %s", shown_name,
			shown_value, shown_wanted));
}
