/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of config/ as a JSON Schema. taplo, which most editors ask about TOML, reads schemas of
 * draft 7 and no anchors: each table stands where it is used, and nothing that counts stands beside
 * a $ref.
 *
 * CRI-O ignores keys that it does not know, and takes keys in any case. The schema refuses both:
 * an editor is asked because a typo is as silent as that. */
#include "report/schema.h"

#include <errno.h>
#include <stdio.h>

#include "base/macro.h"
#include "config/annotation.h"
#include "config/schema.h"
#include "inherit/when.h"
#include "node/expr.h"
#include "report/json.h"

struct schema {
	struct heir_version version;
	bool own; /* with heir's keys */
};

/* Go's time.ParseDuration, but for what is too large. */
#define DURATION "^[-+]?(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|\xc2\xb5s|\xce\xbcs|ms|s|m|h))+)$"

/* Strings of which CRI-O takes only some. */
static const struct {
	enum heir_key_table table;
	const char *key;
	const char *const values[4];
} choices[] = {
	{HEIR_KEYS_RUNTIME, "cgroup_manager", {"systemd", "cgroupfs"}},
	{HEIR_KEYS_HANDLER, "runtime_type", {"", "oci", "vm", "pod"}},
	{HEIR_KEYS_HANDLER, "exec_cpu_affinity", {"", "first"}},
};

static json_t *set_type(json_t *json, const char *type)
{
	return heir_json_set(json, "type", heir_json_strz(type));
}

static json_t *typed(const char *type)
{
	return set_type(json_object(), type);
}

/* What a key is; every property begins with that. */
static json_t *described(const char *help)
{
	return heir_json_set(json_object(), "description", heir_json_strz(help));
}

static json_t *deprecated(const char *help, const char *instead)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	json_t *json;

	heir_buf_printf(&words, "%s (deprecated: %s)", help, instead);
	json = words.failed ? NULL : described(words.p);
	return heir_json_set(json, "deprecated", json_true());
}

static json_t *set_strings(json_t *json, json_t *items)
{
	return heir_json_set(set_type(json, "array"), "items", items);
}

static json_t *ref(const char *to)
{
	return heir_json_set(json_object(), "$ref", heir_json_strz(to));
}

/* Not simply false: then taplo would mark the whole table, and not the one key. */
static json_t *set_no_more(json_t *json)
{
	return heir_json_set(json, "additionalProperties", ref("#/$defs/unknown"));
}

/* An object of no other properties than these. */
static json_t *set_properties(json_t *json, json_t *properties)
{
	return set_no_more(heir_json_set(set_type(json, "object"), "properties", properties));
}

/* A value that is no table of keys. */
static json_t *set_value(json_t *json, enum heir_type type)
{
	switch (type) {
	case HEIR_TYPE_BOOL:
		return set_type(json, "boolean");
	case HEIR_TYPE_INTEGER:
		return set_type(json, "integer");
	case HEIR_TYPE_DURATION:
		json = heir_json_set(json, "type", json_pack("[s, s]", "string", "integer"));
		return heir_json_set(json, "pattern", heir_json_strz(DURATION));
	case HEIR_TYPE_STRV:
		return set_strings(json, typed("string"));
	case HEIR_TYPE_MAP:
		json = set_type(json, "object");
		return heir_json_set(json, "additionalProperties", typed("string"));
	default:
		return set_type(json, "string");
	}
}

/* The names that allowed_annotations may hold. */
static json_t *annotations(const struct schema *s)
{
	json_t *names = json_array();
	struct heir_str name;

	for (unsigned i = 0; (name = heir_annotation_at(i)).p; i++)
		if (heir_annotation_is_known(name, s->version))
			names = heir_json_append(names, heir_json_str(name));
	return heir_json_set(typed("string"), "enum", names);
}

/* A value, and what CRI-O asks of this very key beyond its type. */
static json_t *set_checked(const struct schema *s, json_t *json, enum heir_key_table table,
	struct heir_str key, enum heir_type type)
{
	if (heir_str_eqz(key, "allowed_annotations"))
		return set_strings(json, annotations(s));
	json = set_value(json, type);
	for (unsigned i = 0; i < ARRAY_LEN(choices); i++) {
		json_t *values;

		if (choices[i].table != table || !heir_str_eqz(key, choices[i].key))
			continue;
		values = json_array();
		for (unsigned v = 0; v < ARRAY_LEN(choices[i].values) && choices[i].values[v]; v++)
			values = heir_json_append(values, heir_json_strz(choices[i].values[v]));
		json = heir_json_set(json, "enum", values);
	}
	return json;
}

/* ---- heir's keys ---- */

/* inherit_fields: the names of all fields that travel when they are asked to. */
static json_t *set_field_names(json_t *json)
{
	json_t *names = heir_json_append(json_array(), heir_json_strz("all"));

	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (heir_fields[f].travel != HEIR_TRAVEL_NEVER)
			names = heir_json_append(names, heir_json_str(heir_fields[f].name));
	return set_strings(json, heir_json_set(typed("string"), "enum", names));
}

/* `when`: "FEATURE.ATTRIBUTE" = EXPRESSION, or "FEATURE" = {ATTRIBUTE = EXPRESSION}. */
static json_t *when(void)
{
	json_t *json = described("all of this must hold: \"FEATURE.ATTRIBUTE\" = CONDITION, or "
				 "\"FEATURE\" = { ATTRIBUTE = CONDITION }, quoted whole");
	json_t *table = typed("object"), *any = json_array();

	table = heir_json_set(table, "additionalProperties", ref("#/$defs/expression"));
	/* Else a wrong operator would make an attribute of "op". */
	table = heir_json_set(
		table, "not", heir_json_set(json_object(), "required", json_pack("[s]", "op")));
	any = heir_json_append(any, ref("#/$defs/expression"));
	any = heir_json_append(any, table);
	any = heir_json_set(json_object(), "anyOf", any);
	json = heir_json_set(set_type(json, "object"), "patternProperties",
		heir_json_set(json_object(), "^.+\\..+$", any));
	return set_no_more(json);
}

static json_t *set_conditions(json_t *json)
{
	json_t *properties = json_object(), *entry;

	properties = heir_json_set(properties, "inherit",
		set_type(described("parent if the condition holds"), "string"));
	properties = heir_json_set(properties, "when", when());
	entry = set_properties(json_object(), properties);
	entry = heir_json_set(entry, "required", json_pack("[s, s]", "inherit", "when"));
	return set_strings(json, entry);
}

static json_t *set_candidates(json_t *json)
{
	json_t *automatic = heir_json_set(typed("string"), "enum", json_pack("[s]", "auto"));
	json_t *any = heir_json_append(json_array(), automatic);

	any = heir_json_append(any, set_strings(json_object(), typed("string")));
	return heir_json_set(json, "anyOf", any);
}

static json_t *set_requirements(json_t *json)
{
	json_t *properties = json_object();
	const struct heir_requirement *row;

	for (size_t i = 0; (row = heir_requirement_at(i)); i++)
		properties = heir_json_set(
			properties, row->name, set_value(described(row->help), row->type));
	return set_properties(json, properties);
}

static json_t *set_own(json_t *json, enum heir_field field)
{
	switch (field) {
	case HEIR_FIELD_inherit_fields:
		return set_field_names(json);
	case HEIR_FIELD_inherit_when:
		return set_conditions(json);
	case HEIR_FIELD_runtime_candidates:
		return set_candidates(json);
	case HEIR_FIELD_runtime_requires:
		return set_requirements(json);
	default:
		return set_type(json, "string");
	}
}

/* What a condition may be: see inherit/when.h. */
static json_t *expression(void)
{
	json_t *value =
		heir_json_set(json_object(), "type", json_pack("[s, s]", "string", "integer"));
	json_t *ops = json_array(), *forms = json_array(), *properties = json_object(), *full;

	for (unsigned op = 0; op < HEIR_N_NAMED_OPS; op++)
		ops = heir_json_append(ops, heir_json_strz(heir_op_name((enum heir_op)op)));
	properties = heir_json_set(properties, "op",
		heir_json_set(set_type(described("operator of Node Feature Discovery"), "string"),
			"enum", ops));
	properties = heir_json_set(properties, "value",
		heir_json_set(heir_json_set(described("what to compare with; several in an array"),
				      "type", json_pack("[s, s, s]", "string", "integer", "array")),
			"items", json_incref(value)));
	properties = heir_json_set(properties, "type",
		heir_json_set(set_type(described("\"version\": numbers are versions"), "string"),
			"enum", json_pack("[s, s]", "", "version")));
	full = set_properties(json_object(), properties);
	full = heir_json_set(full, "required", json_pack("[s]", "op"));
	forms = heir_json_append(
		forms, heir_json_set(json_object(), "type",
			       json_pack("[s, s, s]", "string", "integer", "boolean")));
	forms = heir_json_append(forms, set_strings(json_object(), value));
	forms = heir_json_append(forms, full);
	return heir_json_set(described("a condition: \"x\" and [\"x\", \"y\"] are In; true: it "
				       "exists; { op = \"Ge\", value = \"5\" }"),
		"anyOf", forms);
}

/* What every other key is. taplo prints what stands behind "not" as the message. */
static json_t *unknown(void)
{
	static const char words[] = "this release does not know the key here and ignores it";

	return heir_json_set(described(words), "not", described(words));
}

/* ---- The tables ---- */

/* Go's names have no tag and are spelled as one likes: as in Go, or in lower case, as CRI-O's
 * documents have them. */
static json_t *add_property(json_t *properties, struct heir_str key, json_t *json)
{
	char name[64], lower[64];
	size_t i;

	assert(key.len < sizeof(name));
	for (i = 0; i < key.len; i++) {
		name[i] = key.p[i];
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 'a' - 'A' : name[i]);
	}
	name[i] = lower[i] = '\0';
	if (strcmp(name, lower) != 0)
		properties = heir_json_set(properties, lower, json_incref(json));
	return heir_json_set(properties, name, json);
}

static json_t *handler_properties(const struct schema *s)
{
	json_t *properties = json_object();

	for (unsigned f = 0; f < HEIR_N_FIELDS; f++) {
		const struct heir_field_row *row = &heir_fields[f];
		struct heir_str key = heir_field_key(f);
		bool own = f >= HEIR_FIRST_OWN_FIELD;
		json_t *json;

		if (own ? !s->own : !heir_field_is_known(f, s->version))
			continue;
		if (f == HEIR_FIELD_disallowed_annotations)
			json = deprecated(row->help, "leave it out");
		else
			json = described(row->help);
		json = own ? set_own(json, f)
			   : set_checked(s, json, HEIR_KEYS_HANDLER, key, row->type);
		properties = add_property(properties, key, json);
	}
	return properties;
}

/* Goes as deep as tables are nested in keys.h. */
static json_t *properties_of(const struct schema *s, enum heir_key_table table)
{
	json_t *properties = json_object(), *json;

	if (table == HEIR_KEYS_HANDLER) {
		json_decref(properties);
		return handler_properties(s);
	}
	for (unsigned i = 0; i < heir_n_key_rows; i++) {
		const struct heir_key_row *row = &heir_key_rows[i];

		if (row->table != table || !heir_key_is_known(row, s->version))
			continue;
		json = row->deprecated[0] ? deprecated(row->help, row->deprecated)
					  : described(row->help);
		if (row->type == HEIR_TYPE_TABLE)
			json = set_properties(json, properties_of(s, row->opens));
		else if (row->type == HEIR_TYPE_TABLES)
			json = heir_json_set(set_type(json, "object"), "additionalProperties",
				set_properties(json_object(), properties_of(s, row->opens)));
		else
			json = set_checked(s, json, table, row->name, row->type);
		properties = add_property(properties, row->name, json);
	}
	if (table == HEIR_KEYS_RUNTIME && s->own)
		properties = add_property(properties,
			heir_setting_names[HEIR_SETTING_implicit_inherit],
			set_type(described("whether a new handler without runtime settings "
					   "inherits from the default handler; true if unset"),
				"boolean"));
	return properties;
}

int heir_schema(struct heir_version version, enum heir_semantics as, struct heir_out *out)
{
	struct schema s = {version, as == HEIR_AS_HEIR};
	char patch[16] = "", id[64], title[96];
	json_t *json = json_object(), *defs = json_object();

	if (version.patch != HEIR_PATCH_LAST)
		snprintf(patch, sizeof(patch), ".%u", version.patch);
	snprintf(id, sizeof(id), "urn:heir:crio.conf:1.%u%s:%s", version.minor, patch,
		heir_semantics_name(as));
	snprintf(title, sizeof(title), "crio.conf of CRI-O 1.%u%s%s", version.minor, patch,
		s.own ? ", with heir's keys" : "");
	json = heir_json_set(
		json, "$schema", heir_json_strz("https://json-schema.org/draft/2020-12/schema"));
	json = heir_json_set(json, "$id", heir_json_strz(id));
	json = heir_json_set(json, "title", heir_json_strz(title));
	json = set_properties(json, properties_of(&s, HEIR_KEYS_ROOT));
	if (s.own)
		defs = heir_json_set(defs, "expression", expression());
	defs = heir_json_set(defs, "unknown", unknown());
	heir_json_print_lines(out, heir_json_set(json, "$defs", defs));
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
