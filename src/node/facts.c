/* SPDX-License-Identifier: Apache-2.0 */
/* Parses and searches facts documents. Every error names its path in the document, because people
 * write these files by hand. */
#include "node/facts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "node/json.h"

/* The features of Node Feature Discovery and the two of heir, in byte order. */
static const struct known {
	const char *name;
	bool has_instances;
} known_features[] = {
	{"cgroup", false},
	{"cpu.coprocessor", false},
	{"cpu.cpuid", false},
	{"cpu.cstate", false},
	{"cpu.model", false},
	{"cpu.pstate", false},
	{"cpu.rdt", false},
	{"cpu.security", false},
	{"cpu.sst", false},
	{"cpu.topology", false},
	{"device", false},
	{"kernel.config", false},
	{"kernel.enabledmodule", false},
	{"kernel.kvm", false},
	{"kernel.loadedmodule", false},
	{"kernel.selinux", false},
	{"kernel.version", false},
	{"local.feature", false},
	{"local.label", false},
	{"memory.hugepages", false},
	{"memory.numa", false},
	{"memory.nv", true},
	{"memory.swap", false},
	{"network.device", true},
	{"network.virtual", true},
	{"pci.device", true},
	{"rule.matched", false},
	{"storage.block", true},
	{"system.dmiid", false},
	{"system.name", false},
	{"system.osrelease", false},
	{"usb.device", true},
};

/* Compares names in lower case, in byte order. */
static int compare_folded_names(struct heir_str a, struct heir_str b)
{
	size_t n = MIN(a.len, b.len);

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)heir_ascii_lower(a.p[i]),
			      y = (unsigned char)heir_ascii_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static int compare_known(const void *key, const void *row)
{
	return compare_folded_names(
		*(const struct heir_str *)key, heir_str_from(((const struct known *)row)->name));
}

static const struct known *find_known(struct heir_str name)
{
	return bsearch(&name, known_features, ARRAY_LEN(known_features), sizeof(*known_features),
		compare_known);
}

static int compare_features(const void *a, const void *b)
{
	const struct heir_feature *x = a, *y = b;

	return compare_folded_names(x->name, y->name);
}

static int compare_runtimes(const void *a, const void *b)
{
	const struct heir_runtime_facts *x = a, *y = b;

	return heir_str_cmp(x->path, y->path);
}

static int read_flags(struct heir_json *json, const struct heir_json_place *place, json_t *value,
	struct heir_feature *ret)
{
	ret->has_flags = true;
	return heir_json_strings(json, place, value, &ret->flags, &ret->n_flags);
}

static int read_attributes(struct heir_json *json, const struct heir_json_place *place,
	json_t *value, struct heir_feature *ret)
{
	ret->has_attributes = true;
	return heir_json_pairs(json, place, value, true, &ret->attributes, &ret->n_attributes);
}

/* Reads an array of instances. */
static int read_instances(struct heir_json *json, const struct heir_json_place *place,
	json_t *value, struct heir_feature *ret)
{
	size_t n = json_array_size(value);
	struct heir_instance *instances;

	if (!json_is_array(value))
		return heir_json_wrong(json, place, "is not an array");
	instances = heir_arena_zalloc(json->arena, n, sizeof(*instances));
	if (!instances)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct heir_json_place item = {place, NULL, i};
		int r = heir_json_pairs(json, &item, json_array_get(value, i), true,
			&instances[i].attributes, &instances[i].n_attributes);

		if (r < 0)
			return r;
	}
	ret->has_instances = true;
	ret->instances = instances;
	ret->n_instances = n;
	return 0;
}

/* Returns whether the object lists kinds, rather than attributes with these names. */
static bool is_of_kinds(json_t *object)
{
	const char *key;
	json_t *value;

	if (json_object_size(object) == 0)
		return false;
	json_object_foreach(object, key, value)
	{
		bool attributes = strcmp(key, "attributes") == 0;

		if (!attributes && strcmp(key, "flags") != 0 && strcmp(key, "instances") != 0)
			return false;
		if (attributes ? !json_is_object(value) : !json_is_array(value))
			return false;
	}
	return true;
}

static int read_kinds(struct heir_json *json, const struct heir_json_place *place, json_t *object,
	struct heir_feature *ret)
{
	const struct heir_json_place flags = {place, "flags", 0};
	const struct heir_json_place attributes = {place, "attributes", 0};
	const struct heir_json_place instances = {place, "instances", 0};
	json_t *value;
	int r = 0;

	value = json_object_get(object, "flags");
	if (value)
		r = read_flags(json, &flags, value, ret);
	value = json_object_get(object, "attributes");
	if (r == 0 && value)
		r = read_attributes(json, &attributes, value, ret);
	value = json_object_get(object, "instances");
	if (r == 0 && value)
		r = read_instances(json, &instances, value, ret);
	return r;
}

static int read_feature(struct heir_json *json, const struct heir_json_place *place, json_t *value,
	struct heir_feature *ret)
{
	if (json_is_object(value))
		return is_of_kinds(value) ? read_kinds(json, place, value, ret)
					  : read_attributes(json, place, value, ret);
	if (!json_is_array(value))
		return heir_json_wrong(json, place, "is neither an array nor an object");
	if (json_array_size(value) == 0) {
		const struct known *known = find_known(ret->name);

		ret->has_flags = !known || !known->has_instances;
		ret->has_instances = !known || known->has_instances;
		return 0;
	}
	if (json_is_object(json_array_get(value, 0)))
		return read_instances(json, place, value, ret);
	return read_flags(json, place, value, ret);
}

static int read_feature_name(struct heir_json *json, const char *key, struct heir_str *ret)
{
	size_t len = strlen(key);
	char *name = heir_arena_strndup(json->arena, key, len);

	if (!name)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++)
		name[i] = heir_ascii_lower(name[i]);
	*ret = (struct heir_str){name, len};
	return 0;
}

static int sort_features(struct heir_json *json, const struct heir_json_place *place,
	struct heir_feature *features, size_t n)
{
	qsort(features, n, sizeof(*features), compare_features);
	for (size_t i = 1; i < n; i++) {
		const struct heir_json_place second = {place, features[i].name.p, 0};

		if (compare_features(&features[i - 1], &features[i]) == 0)
			return heir_json_wrong(
				json, &second, "is given twice (upper and lower case are equal)");
	}
	return 0;
}

/* Reads all features of a document, sorted by name. */
static int read_features(struct heir_json *json, json_t *object, struct heir_facts *ret)
{
	const struct heir_json_place place = {NULL, "features", 0};
	struct heir_feature *features;
	const char *key;
	json_t *value;
	size_t n = 0;
	int r;

	if (!json_is_object(object))
		return heir_json_wrong(json, &place, "is not an object");
	features = heir_arena_zalloc(json->arena, json_object_size(object), sizeof(*features));
	if (!features)
		return -ENOMEM;
	json_object_foreach(object, key, value)
	{
		const struct heir_json_place here = {&place, key, 0};

		r = read_feature_name(json, key, &features[n].name);
		if (r == 0)
			r = read_feature(json, &here, value, &features[n]);
		if (r < 0)
			return r;
		n++;
	}
	r = sort_features(json, &place, features, n);
	ret->features = features;
	ret->n_features = n;
	return r;
}

static int read_runtime(struct heir_json *json, const struct heir_json_place *place,
	const char *path, json_t *value, struct heir_runtime_facts *ret)
{
	struct heir_features *features = NULL;
	char *copy = heir_arena_strndup(json->arena, path, strlen(path));
	int r = 0;

	if (!copy)
		return -ENOMEM;
	if (!json_is_null(value))
		r = heir_features_read(json, place, value, &features);
	*ret = (struct heir_runtime_facts){.path = heir_str_from(copy),
		.features = features,
		.state = features ? HEIR_RUNTIME_ANSWERS : HEIR_RUNTIME_OLD};
	return r;
}

/* Reads the features of runtimes. */
static int read_runtimes(struct heir_json *json, json_t *object, struct heir_facts *ret)
{
	const struct heir_json_place place = {NULL, "runtimes", 0};
	struct heir_runtime_facts *runtimes;
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!json_is_object(object))
		return heir_json_wrong(json, &place, "is not an object");
	runtimes = heir_arena_zalloc(json->arena, json_object_size(object), sizeof(*runtimes));
	if (!runtimes)
		return -ENOMEM;
	json_object_foreach(object, key, value)
	{
		const struct heir_json_place here = {&place, key, 0};
		int r = read_runtime(json, &here, key, value, &runtimes[n++]);

		if (r < 0)
			return r;
	}
	qsort(runtimes, n, sizeof(*runtimes), compare_runtimes);
	ret->runtimes = runtimes;
	ret->n_runtimes = n;
	return 0;
}

/* Reads the top level of a document. */
static int read_facts(struct heir_json *json, json_t *root, struct heir_facts *ret)
{
	const char *key;
	json_t *value;

	if (!json_is_object(root))
		return heir_json_wrong(json, NULL, "is not an object");
	json_object_foreach(root, key, value)
	{
		const struct heir_json_place place = {NULL, key, 0};
		int r = 0;

		if (strcmp(key, "features") == 0)
			r = read_features(json, value, ret);
		else if (strcmp(key, "runtimes") == 0)
			r = read_runtimes(json, value, ret);
		else if (strcmp(key, "schema") != 0)
			r = heir_json_wrong(json, &place, "is not a part of facts");
		else if (!json_is_string(value) ||
			 strcmp(json_string_value(value), "heir.facts/1") != 0)
			r = heir_json_wrong(json, &place, "is not \"heir.facts/1\"");
		if (r < 0)
			return r;
	}
	return 0;
}

int heir_facts_parse(struct heir_str text, struct heir_arena *arena, struct heir_facts **ret,
	const char **ret_error)
{
	_cleanup_(heir_json_decrefp) json_t *root = NULL;
	struct heir_json json = {arena, NULL};
	struct heir_facts *facts = heir_arena_new(arena, struct heir_facts);
	int r;

	if (!facts)
		return -ENOMEM;
	r = heir_json_load(&json, text, &root);
	if (r == 0)
		r = read_facts(&json, root, facts);
	if (r == -EINVAL)
		*ret_error = json.error;
	if (r == 0)
		*ret = facts;
	return r;
}

const struct heir_feature *heir_facts_feature(const struct heir_facts *facts, struct heir_str name)
{
	const struct heir_feature wanted = {.name = name};

	if (facts->n_features == 0)
		return NULL;
	return bsearch(
		&wanted, facts->features, facts->n_features, sizeof(wanted), compare_features);
}

static void notify_watch(struct heir_facts_watch *watch, struct heir_str name, bool is_there)
{
	_cleanup_(heir_buf_release) struct heir_buf z = HEIR_BUF_NULL;
	uint32_t at;
	bool is_new;

	/* Without memory it may be reported again, or not at all. */
	if (heir_map_put(&watch->reported, name, 0, &at, &is_new) < 0 || !is_new)
		return;
	heir_buf_adds(&z, name);
	if (!z.failed && name.len > 0)
		heir_trace_report(watch->trace, 0, HEIR_TRACE_fact, z.p,
			is_there ? "known" : "missing", "%s", "");
}

int heir_facts_ask(
	const struct heir_facts *facts, struct heir_str name, const struct heir_feature **ret)
{
	if (facts->source)
		return facts->source->get(facts->source, name, ret);
	*ret = heir_facts_feature(facts, name);
	if (facts->watch)
		notify_watch(facts->watch, name, *ret != NULL);
	return 0;
}

static const struct heir_runtime_facts *find_runtime(
	const struct heir_facts *facts, struct heir_str path)
{
	const struct heir_runtime_facts wanted = {.path = path};

	if (facts->n_runtimes == 0)
		return NULL;
	return bsearch(
		&wanted, facts->runtimes, facts->n_runtimes, sizeof(wanted), compare_runtimes);
}

const struct heir_features *heir_facts_runtime(const struct heir_facts *facts, struct heir_str path)
{
	const struct heir_runtime_facts *found = find_runtime(facts, path);

	return found ? found->features : NULL;
}

int heir_facts_ask_runtime(
	const struct heir_facts *facts, struct heir_str path, const struct heir_runtime_facts **ret)
{
	if (facts->source)
		return facts->source->get_runtime(facts->source, path, ret);
	*ret = find_runtime(facts, path);
	if (facts->watch)
		notify_watch(facts->watch, path, *ret != NULL);
	return 0;
}

bool heir_feature_has_flag(const struct heir_feature *feature, struct heir_str name)
{
	return heir_strings_find(feature->flags, feature->n_flags, name);
}

const struct heir_str *heir_feature_attribute(
	const struct heir_feature *feature, struct heir_str name)
{
	return heir_pairs_find(feature->attributes, feature->n_attributes, name);
}

const struct heir_str *heir_instance_attribute(
	const struct heir_instance *instance, struct heir_str name)
{
	return heir_pairs_find(instance->attributes, instance->n_attributes, name);
}

bool heir_feature_name_is(struct heir_str name, const char *wanted)
{
	return compare_folded_names(name, heir_str_from(wanted)) == 0;
}

bool heir_feature_known(struct heir_str name)
{
	return find_known(name) != NULL;
}

const char *heir_feature_nearest(
	const struct heir_facts *facts, struct heir_str name, struct heir_effort *effort)
{
	struct heir_near near = heir_near_to(name, effort);

	for (size_t i = 0; i < facts->n_features; i++)
		heir_near_try(&near, facts->features[i].name);
	for (size_t i = 0; i < ARRAY_LEN(known_features); i++)
		heir_near_try(&near, heir_str_from(known_features[i].name));
	return near.best.p;
}
