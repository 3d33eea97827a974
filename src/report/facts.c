/* SPDX-License-Identifier: Apache-2.0 */
#include "report/facts.h"

#include <errno.h>
#include <stdio.h>

#include "report/features.h"
#include "report/json.h"

/* ---- JSON ---- */

static json_t *strings_json(const struct heir_str *strings, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		list = heir_json_append(list, heir_json_str(strings[i]));
	return list;
}

static json_t *pairs_json(const struct heir_pair *pairs, size_t n)
{
	json_t *object = json_object();

	for (size_t i = 0; i < n; i++)
		object = heir_json_set(object, pairs[i].name.p, heir_json_str(pairs[i].value));
	return object;
}

static void print_instances(struct heir_out *out, const struct heir_feature *feature)
{
	const char *before = "\n   ";

	heir_out_addz(out, "[");
	for (size_t i = 0; i < feature->n_instances; i++) {
		const struct heir_instance *instance = &feature->instances[i];

		heir_out_addz(out, before);
		heir_json_print(out, pairs_json(instance->attributes, instance->n_attributes));
		before = ",\n   ";
	}
	heir_out_addz(out, "]");
}

/* A feature of several kinds, each under its name. */
static void print_kinds(struct heir_out *out, const struct heir_feature *feature)
{
	const char *before = "{";

	if (feature->has_flags) {
		heir_out_printf(out, "%s\"flags\": ", before);
		heir_json_print(out, strings_json(feature->flags, feature->n_flags));
		before = ", ";
	}
	if (feature->has_attributes) {
		heir_out_printf(out, "%s\"attributes\": ", before);
		heir_json_print(out, pairs_json(feature->attributes, feature->n_attributes));
		before = ", ";
	}
	if (feature->has_instances) {
		heir_out_printf(out, "%s\"instances\": ", before);
		print_instances(out, feature);
	}
	heir_out_addz(out, "}");
}

static void print_feature(struct heir_out *out, const struct heir_feature *feature)
{
	/* Nothing is left of a list of the one kind to tell it from the other. */
	bool empty_kinds = feature->has_flags && feature->has_instances && feature->n_flags == 0 &&
			   feature->n_instances == 0;

	if (feature->has_flags + feature->has_attributes + feature->has_instances > 1 &&
		!(empty_kinds && !feature->has_attributes))
		print_kinds(out, feature);
	else if (feature->has_attributes)
		heir_json_print(out, pairs_json(feature->attributes, feature->n_attributes));
	else if (feature->has_instances)
		print_instances(out, feature);
	else
		heir_json_print(out, strings_json(feature->flags, feature->n_flags));
}

/* The lists that the object holds, those of "linux" apart. */
static json_t *set_list(json_t *object, const char *key, const struct heir_features_list *list)
{
	return list->known ? heir_json_set(object, key, strings_json(list->items, list->n_items))
			   : object;
}

static json_t *set_version(json_t *object, const char *key, struct heir_str version)
{
	return version.p ? heir_json_set(object, key, heir_json_str(version)) : object;
}

/* An object of one key within objects of one key each: {"a": {"b": {"c": true}}}. */
static json_t *nested(const char *const *keys, size_t n, json_t *value)
{
	while (n-- > 0)
		value = heir_json_set(json_object(), keys[n], value);
	return value;
}

static json_t *linux_json(const struct heir_features *features)
{
	static const char *const idmap[] = {"idmap", "enabled"};
	const struct heir_features_list *actions = &features->lists[HEIR_SECCOMP_ACTIONS];
	json_t *object = json_object();

	object = set_list(object, "namespaces", &features->lists[HEIR_NAMESPACES]);
	object = set_list(object, "capabilities", &features->lists[HEIR_CAPABILITIES]);
	if (features->switches[HEIR_CGROUP_V2] != HEIR_UNKNOWN)
		object = heir_json_set(object, "cgroup",
			heir_json_set(json_object(), "v2",
				json_boolean(features->switches[HEIR_CGROUP_V2] == HEIR_YES)));
	if (actions->known)
		object = heir_json_set(
			object, "seccomp", set_list(json_object(), "actions", actions));
	if (features->switches[HEIR_IDMAP] != HEIR_UNKNOWN)
		object = heir_json_set(object, "mountExtensions",
			nested(idmap, 2, json_boolean(features->switches[HEIR_IDMAP] == HEIR_YES)));
	return object;
}

json_t *heir_features_json(const struct heir_features *features)
{
	json_t *object;

	if (!features)
		return json_null();
	object = set_version(json_object(), "ociVersionMin", features->oci_version_min);
	object = set_version(object, "ociVersionMax", features->oci_version_max);
	object = set_list(object, "mountOptions", &features->lists[HEIR_MOUNT_OPTIONS]);
	object = heir_json_set(object, "linux", linux_json(features));
	if (features->annotations_known)
		object = heir_json_set(object, "annotations",
			pairs_json(features->annotations, features->n_annotations));
	return object;
}

static void print_key(struct heir_out *out, const char *before, struct heir_str key)
{
	heir_out_addz(out, before);
	heir_json_print(out, heir_json_str(key));
	heir_out_addz(out, ": ");
}

static void print_json(const struct heir_facts *facts, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.facts/1\",\n \"features\": {");
	for (size_t i = 0; i < facts->n_features; i++) {
		print_key(out, i > 0 ? ",\n  " : "\n  ", facts->features[i].name);
		print_feature(out, &facts->features[i]);
	}
	heir_out_addz(out, "}");
	for (size_t i = 0; i < facts->n_runtimes; i++) {
		print_key(
			out, i > 0 ? ",\n  " : ",\n \"runtimes\": {\n  ", facts->runtimes[i].path);
		heir_json_print(out, heir_features_json(facts->runtimes[i].features));
	}
	heir_out_addz(out, facts->n_runtimes > 0 ? "}}\n" : "}\n");
}

/* ---- Text ---- */

enum { MAX_SHOWN = 8, DEEPER = 2 };

/* Where a row of elements stands; on a terminal it goes on below, a little deeper. */
struct row {
	struct heir_out *out;
	size_t indent, at;
};

/* Makes room for an element of `width` columns, with a gap if it is not the first of its line. */
static void begin_element(struct row *row, const char *gap, size_t width)
{
	size_t most = row->out->style.width;

	if (row->at > row->indent && most > 0 && row->at + strlen(gap) + width > most) {
		row->at = row->indent + DEEPER;
		heir_out_addz(row->out, "\n");
		heir_out_fill(row->out, ' ', row->at);
	} else if (row->at > row->indent) {
		heir_out_addz(row->out, gap);
		row->at += strlen(gap);
	}
	row->at += width;
}

static void print_more(struct row *row, size_t n)
{
	char words[32];

	if (n <= MAX_SHOWN)
		return;
	snprintf(words, sizeof(words), " %zu more", n - MAX_SHOWN);
	begin_element(row, " ", strlen("...") + strlen(words));
	heir_out_addz(row->out, row->out->style.ascii ? "..." : "…");
	heir_out_addz(row->out, words);
}

static void print_pairs(
	struct heir_out *out, const struct heir_pair *pairs, size_t n, size_t indent)
{
	struct row row = {out, indent, indent};

	for (size_t i = 0; i < MIN(n, (size_t)MAX_SHOWN); i++) {
		begin_element(&row, "  ",
			heir_shown_width(out, pairs[i].name) + strlen("=") +
				heir_shown_width(out, pairs[i].value));
		heir_out_show(out, pairs[i].name);
		heir_out_addz(out, "=");
		heir_out_show(out, pairs[i].value);
	}
	print_more(&row, n);
}

static void print_flags(struct heir_out *out, const struct heir_feature *feature, size_t indent)
{
	struct row row = {out, indent, indent};

	for (size_t i = 0; i < MIN(feature->n_flags, (size_t)MAX_SHOWN); i++) {
		begin_element(&row, " ", heir_shown_width(out, feature->flags[i]));
		heir_out_show(out, feature->flags[i]);
	}
	print_more(&row, feature->n_flags);
}

/* The rows of a feature; only the first has its name. */
static void print_rows(struct heir_out *out, const struct heir_feature *feature, size_t width)
{
	size_t n = feature->n_instances, rows = 0;

	heir_out_cell(out, feature->name, width, HEIR_COLOR_BOLD);
	if (feature->n_flags > 0) {
		print_flags(out, feature, width);
		rows++;
	}
	if (feature->n_attributes > 0) {
		if (rows++ > 0) {
			heir_out_addz(out, "\n");
			heir_out_fill(out, ' ', width);
		}
		print_pairs(out, feature->attributes, feature->n_attributes, width);
	}
	for (size_t i = 0; i < n; i++) {
		if (rows++ > 0) {
			heir_out_addz(out, "\n");
			heir_out_fill(out, ' ', width);
		}
		print_pairs(out, feature->instances[i].attributes,
			feature->instances[i].n_attributes, width);
	}
	heir_out_addz(out, rows > 0 ? "\n" : "none\n");
}

static void print_text(const struct heir_facts *facts, struct heir_out *out)
{
	size_t width = strlen("FEATURE");

	for (size_t i = 0; i < facts->n_features; i++)
		width = MAX(width, heir_shown_width(out, facts->features[i].name));
	for (size_t i = 0; i < facts->n_runtimes; i++)
		width = MAX(width, heir_shown_width(out, facts->runtimes[i].path));
	heir_out_cell(out, HEIR_STR("FEATURE"), width + 2, HEIR_COLOR_BOLD);
	heir_out_addz(out, "ELEMENTS\n");
	for (size_t i = 0; i < facts->n_features; i++)
		print_rows(out, &facts->features[i], width + 2);
	for (size_t i = 0; i < facts->n_runtimes; i++) {
		heir_out_cell(out, facts->runtimes[i].path, width + 2, HEIR_COLOR_BOLD);
		heir_out_addz(out, facts->runtimes[i].features ? "reports its features\n"
							       : "cannot report its features\n");
	}
}

static int finish(const struct heir_out *out)
{
	return out->error == -ENOMEM ? -ENOMEM : 0;
}

int heir_facts_print(const struct heir_facts *facts, struct heir_out *out)
{
	if (out->style.format == HEIR_FORMAT_JSON)
		print_json(facts, out);
	else
		print_text(facts, out);
	return finish(out);
}

/* ---- One fact ---- */

static bool has_element(const struct heir_feature *feature, struct heir_str name)
{
	if (heir_feature_has_flag(feature, name) || heir_feature_attribute(feature, name))
		return true;
	for (size_t i = 0; i < feature->n_instances; i++)
		if (heir_instance_attribute(&feature->instances[i], name))
			return true;
	return false;
}

int heir_fact_find(const struct heir_facts *facts, struct heir_str name, struct heir_fact *ret)
{
	struct heir_str feature = name;

	*ret = (struct heir_fact){NULL, HEIR_STR_NULL, false};
	for (;;) {
		const struct heir_feature *found;
		const char *dot;
		int r = heir_facts_ask(facts, feature, &found);

		if (r < 0)
			return r;
		if (found && feature.len == name.len) {
			ret->feature = found;
			return 0;
		}
		if (found) {
			struct heir_str element = {
				name.p + feature.len + 1, name.len - feature.len - 1};

			if (has_element(found, element))
				*ret = (struct heir_fact){found, element, true};
			return 0;
		}
		dot = feature.len > 0 ? memrchr(feature.p, '.', feature.len) : NULL;
		if (!dot)
			return 0;
		feature.len = (size_t)(dot - feature.p);
	}
}

static int try_element(struct heir_near *near, struct heir_arena *arena, struct heir_str feature,
	struct heir_str element)
{
	char name[128];

	/* Longer ones are never near. */
	if (feature.len + 1 + element.len >= sizeof(name))
		return 0;
	memcpy(name, feature.p, feature.len);
	name[feature.len] = '.';
	memcpy(name + feature.len + 1, element.p, element.len);
	heir_near_try(near, (struct heir_str){name, feature.len + 1 + element.len});
	if (near->best.p != name)
		return 0;
	near->best.p = heir_arena_strndup(arena, name, near->best.len);
	return near->best.p ? 0 : -ENOMEM;
}

int heir_fact_nearest(const struct heir_facts *facts, struct heir_str name,
	struct heir_arena *arena, struct heir_near *ret)
{
	const char *known = heir_feature_nearest(facts, name, NULL);
	int r = 0;

	*ret = heir_near_to(name, NULL);
	if (known)
		heir_near_try(ret, heir_str_from(known));
	for (size_t i = 0; i < facts->n_features && r == 0; i++) {
		const struct heir_feature *feature = &facts->features[i];

		for (size_t k = 0; k < feature->n_flags && r == 0; k++)
			r = try_element(ret, arena, feature->name, feature->flags[k]);
		for (size_t k = 0; k < feature->n_attributes && r == 0; k++)
			r = try_element(ret, arena, feature->name, feature->attributes[k].name);
		for (size_t k = 0; feature->n_instances > 0 && r == 0 &&
				   k < feature->instances[0].n_attributes;
			k++)
			r = try_element(ret, arena, feature->name,
				feature->instances[0].attributes[k].name);
	}
	return r;
}

static void print_value(struct heir_out *out, struct heir_str value)
{
	heir_out_show(out, value);
	heir_out_addz(out, "\n");
}

static void print_element(const struct heir_fact *fact, struct heir_out *out)
{
	const struct heir_feature *feature = fact->feature;
	const struct heir_str *value = heir_feature_attribute(feature, fact->element);

	if (value)
		print_value(out, *value);
	else if (heir_feature_has_flag(feature, fact->element))
		heir_out_addz(out, "true\n");
	for (size_t i = 0; i < feature->n_instances; i++) {
		value = heir_instance_attribute(&feature->instances[i], fact->element);
		if (value)
			print_value(out, *value);
	}
}

int heir_fact_print(const struct heir_fact *fact, struct heir_out *out)
{
	if (fact->has_element) {
		print_element(fact, out);
	} else if (out->style.format == HEIR_FORMAT_JSON) {
		print_feature(out, fact->feature);
		heir_out_addz(out, "\n");
	} else {
		print_rows(out, fact->feature, heir_shown_width(out, fact->feature->name) + 2);
	}
	return finish(out);
}
