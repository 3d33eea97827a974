/* SPDX-License-Identifier: Apache-2.0 */
/* Checks types key by key along the tables of schema.h. Only the settings of [crio.runtime] and
 * the handlers are kept. A handler's table replaces that of an earlier file completely, because Go
 * decodes a map entry into a fresh struct. */
#include "config/decode.h"

#include <errno.h>
#include <stdlib.h>

#include "base/macro.h"
#include "base/vec.h"
#include "config/duration.h"
#include "config/expand.h"
#include "config/schema.h"

/* A table that remains to be walked. */
struct todo {
	heir_toml_node node;
	enum heir_key_table as;
};

/* The first inexact spelling of a key, and its table. */
struct spelling {
	heir_toml_node table, node;
};

/* A table has the keys of schema.h or those of a handler; this is room for both. */
enum { N_SPELLINGS = (int)HEIR_N_FIELDS + (int)HEIR_N_KEY_ROWS };

struct decoder {
	struct heir_config *config;
	struct heir_toml_doc *doc;
	uint32_t source;
	int error; /* -ENOMEM, sticky */
	struct todo *todo;
	size_t n_todo, size_todo;
	struct spelling spellings[N_SPELLINGS];
};

static void push_decode(struct decoder *d, heir_toml_node node, enum heir_key_table as)
{
	if (HEIR_RESERVE(d->todo, d->n_todo, d->size_todo) < 0) {
		d->error = -ENOMEM;
		return;
	}
	d->todo[d->n_todo++] = (struct todo){node, as};
}

static const char *type_words(enum heir_type type)
{
	switch (type) {
	case HEIR_TYPE_STRING:
		return "a string";
	case HEIR_TYPE_BOOL:
		return "a boolean";
	case HEIR_TYPE_INTEGER:
		return "an integer";
	case HEIR_TYPE_DURATION:
		return "a duration such as \"10s\", or an integer of nanoseconds";
	case HEIR_TYPE_STRV:
		return "an array of strings";
	case HEIR_TYPE_MAP:
		return "a table of strings";
	default:
		return "a table";
	}
}

/* Returns the span at which CRI-O reports a value: for an array of tables the last header. */
static struct heir_place value_place(const struct decoder *d, heir_toml_node node)
{
	if (heir_toml_type(d->doc, node) == HEIR_TOML_ARRAY_OF_TABLES)
		heir_toml_foreach (item, d->doc, node)
			if (heir_toml_next(d->doc, item) == 0)
				return heir_node_place(
					d->config, d->source, heir_toml_value_span(d->doc, item));
	return heir_node_place(d->config, d->source, heir_toml_value_span(d->doc, node));
}

static struct heir_diag *add_diag(struct decoder *d, enum heir_rule rule, struct heir_place where,
	const char *what, struct heir_str name, const char *rest)
{
	struct heir_core *core = d->config->core;
	struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena, rule, where,
		"%s \"%.*s\" %s", what, HEIR_STR_ARG(name), rest);

	if (!diag)
		d->error = -ENOMEM;
	return diag;
}

/* Reports a wrong type. `item` is the faulty value inside `node`, or `node` itself. */
static void wrong_type(
	struct decoder *d, heir_toml_node node, heir_toml_node item, enum heir_type type)
{
	struct heir_core *core = d->config->core;
	struct heir_str key = heir_toml_key(d->doc, node);
	struct heir_place where = value_place(d, node);
	struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena, HEIR_RULE_VALUE_TYPE,
		where, "\"%.*s\" must be %s, not %s%s", HEIR_STR_ARG(key), type_words(type),
		item == node ? "" : "one with ", heir_toml_type_name(heir_toml_type(d->doc, item)));

	if (!diag || (item != node &&
			     !heir_diag_note(diag, &core->arena, value_place(d, item), "this one")))
		d->error = -ENOMEM;
	heir_config_set_fatal(d->config, diag);
}

static void report_ignored(struct decoder *d, heir_toml_node node)
{
	add_diag(d, HEIR_RULE_VALUE_IGNORED, value_place(d, node), "CRI-O ignores",
		heir_toml_key(d->doc, node), "here: it expects a table");
}

/* Checks a duration. Go parses the string while decoding. */
static bool is_duration(struct decoder *d, heir_toml_node node)
{
	struct heir_str text;

	if (heir_toml_type(d->doc, node) == HEIR_TOML_INTEGER)
		return true;
	if (heir_toml_type(d->doc, node) != HEIR_TOML_STRING)
		return false;
	text = heir_config_string(d->config, d->source, node);
	if (!text.p)
		d->error = -ENOMEM;
	return !text.p || heir_duration_is_valid(text);
}

/* Checks an array or table of strings. */
static void check_strings(struct decoder *d, heir_toml_node node, enum heir_type type)
{
	heir_toml_foreach (item, d->doc, node)
		if (heir_toml_type(d->doc, item) != HEIR_TOML_STRING) {
			if (type == HEIR_TYPE_MAP)
				wrong_type(d, item, item, HEIR_TYPE_STRING);
			else
				wrong_type(d, node, item, type);
			return;
		}
}

/* Checks the type of a value as Go's decoder does. Where Go ignores a value of the wrong type, so
 * does heir. */
static void check_value(struct decoder *d, heir_toml_node node, enum heir_type type)
{
	enum heir_toml_type is = heir_toml_type(d->doc, node);
	bool fits = true;

	switch (type) {
	case HEIR_TYPE_STRING:
		fits = is == HEIR_TOML_STRING;
		break;
	case HEIR_TYPE_BOOL:
		fits = is == HEIR_TOML_BOOL;
		break;
	case HEIR_TYPE_INTEGER:
		fits = is == HEIR_TOML_INTEGER;
		break;
	case HEIR_TYPE_DURATION:
		fits = is_duration(d, node);
		break;
	case HEIR_TYPE_STRV:
		fits = is == HEIR_TOML_ARRAY || is == HEIR_TOML_ARRAY_OF_TABLES;
		if (fits)
			check_strings(d, node, type);
		break;
	case HEIR_TYPE_MAP:
		if (is == HEIR_TOML_TABLE)
			check_strings(d, node, type);
		else
			report_ignored(d, node);
		break;
	case HEIR_TYPE_TABLE:
		fits = is == HEIR_TOML_TABLE;
		break;
	case HEIR_TYPE_TABLES:
		if (is != HEIR_TOML_TABLE)
			report_ignored(d, node);
		break;
	case HEIR_TYPE_ANY:
		break;
	}
	if (!fits)
		wrong_type(d, node, node, type);
}

/* Returns NULL and sets d->error if there is no memory. */
static struct heir_write *new_write(
	struct decoder *d, heir_toml_node node, const struct heir_write *replaced)
{
	struct heir_write *write = heir_arena_new(&d->config->core->arena, struct heir_write);

	if (!write) {
		d->error = -ENOMEM;
		return NULL;
	}
	*write = (struct heir_write){replaced, d->source, node, 0, NULL};
	return write;
}

/* Returns why an expanded name cannot be used, or NULL. */
static struct heir_diag *judge_name(
	struct decoder *d, heir_toml_node node, const struct heir_expansion *name)
{
	struct heir_place where =
		heir_node_place(d->config, d->source, heir_toml_key_span(d->doc, node));
	struct heir_str raw = heir_toml_key(d->doc, node);

	if (name->malformed)
		return add_diag(d, HEIR_RULE_VARIABLE_UNSET, where, "the handler's name", raw,
			"contains an unterminated or invalid \"${\"");
	if (name->unset.p)
		return add_diag(d, HEIR_RULE_VARIABLE_UNSET, where, "the variable", name->unset,
			"in the handler's name is not set");
	if (name->changed && name->text.len == 0)
		return add_diag(d, HEIR_RULE_NAME_EMPTY, where, "the handler's name", raw,
			"is empty once expanded");
	return NULL;
}

/* Reports two tables of one file whose names expand to the same. Written alike, they would be a
 * TOML fault; in two files the later replaces the earlier. */
static struct heir_diag *judge_collision(
	struct decoder *d, const struct heir_handler *handler, heir_toml_node node)
{
	const struct heir_write *first = handler->table;
	struct heir_str other = heir_toml_key(d->config->docs[first->source], first->node);
	struct heir_str raw = heir_toml_key(d->doc, node);
	struct heir_diag *diag;

	if (first->source != d->source || heir_str_eq(other, raw))
		return NULL;
	diag = add_diag(d, HEIR_RULE_NAME_COLLISION,
		heir_node_place(d->config, d->source, heir_toml_key_span(d->doc, node)),
		"another handler is called", handler->name, "too, once variables are expanded");
	if (diag && !heir_diag_note(diag, &d->config->core->arena,
			    heir_write_key_place(d->config, first), "the other one"))
		d->error = -ENOMEM;
	return diag;
}

static struct heir_handler *new_handler(struct decoder *d, struct heir_str name)
{
	struct heir_config *config = d->config;
	struct heir_handler *handler;

	if (HEIR_RESERVE(config->handlers, config->n_handlers, config->size_handlers) < 0)
		return NULL;
	handler = heir_arena_new(&config->core->arena, struct heir_handler);
	if (!handler)
		return NULL;
	handler->name = name;
	handler->id = config->n_handlers;
	config->handlers[config->n_handlers++] = handler;
	return handler;
}

/* Warns of a second spelling of a key in the same table; `index` identifies keys. Only the first
 * inexact spelling is remembered, because a table may consist of nothing else. */
static void check_twice(struct decoder *d, heir_toml_node table, heir_toml_node node,
	unsigned index, struct heir_str name)
{
	struct spelling *first = &d->spellings[index];
	heir_toml_node other = heir_toml_get(d->doc, table, name);
	struct heir_diag *diag;

	if (first->table != table)
		*first = (struct spelling){table, node};
	else if (other == 0)
		other = first->node;
	if (other == 0)
		return;
	diag = add_diag(d, HEIR_RULE_KEY_TWICE,
		heir_node_place(d->config, d->source, heir_toml_key_span(d->doc, node)),
		"another spelling of", name, "is in the same table: CRI-O picks one at random");
	if (diag &&
		!heir_diag_note(diag, &d->config->core->arena,
			heir_node_place(d->config, d->source, heir_toml_key_span(d->doc, other)),
			"the other one"))
		d->error = -ENOMEM;
}

/* Identifies the field of each key of the table and checks its value. Returns one bit per
 * field. */
static uint32_t check_handler(struct decoder *d, heir_toml_node table)
{
	uint32_t fields = 0;

	heir_toml_foreach (node, d->doc, table) {
		bool exact;
		enum heir_field field = heir_field_by_name(heir_toml_key(d->doc, node), &exact);

		if (field == HEIR_N_FIELDS || !d->config->field_known[field])
			continue;
		/* The tag is what heir_table_field() reads: field and spelling. */
		heir_toml_set_tag(d->doc, node, (uint16_t)(((unsigned)field + 1) << 1 | exact));
		check_value(d, node, heir_fields[field].type);
		fields |= 1u << field;
		if (!exact && field != HEIR_FIELD_disallowed_annotations)
			check_twice(d, table, node, field, heir_fields[field].name);
	}
	return fields;
}

/* Returns where to find each field, for a table that is too large to search. */
static const heir_toml_node *index_fields(struct decoder *d, const struct heir_write *table)
{
	enum { LARGE = 64 };
	heir_toml_node *nodes;

	if (heir_toml_n_children(d->doc, table->node) < LARGE)
		return NULL;
	nodes = heir_arena_zalloc(&d->config->core->arena, HEIR_N_FIELDS, sizeof(*nodes));
	if (!nodes) {
		d->error = -ENOMEM;
		return NULL;
	}
	for (unsigned field = 0; field < HEIR_N_FIELDS; field++)
		nodes[field] = heir_table_field(d->config, table, (enum heir_field)field);
	return nodes;
}

/* Adds a handler's table: expands its name, links it to the table that it replaces. */
static void decode_handler(struct decoder *d, heir_toml_node node)
{
	struct heir_config *config = d->config;
	struct heir_str raw = heir_toml_key(d->doc, node);
	struct heir_expansion name = {.text = raw};
	struct heir_diag *broken = NULL;
	struct heir_handler *handler;
	struct heir_write *table;
	uint32_t id = 0, fields;
	bool is_new = false;
	int r = 0;

	fields = check_handler(d, node);
	if (config->where.as == HEIR_AS_HEIR) {
		r = heir_expand(&config->where, &config->core->arena, raw, &name);
		broken = r < 0 ? NULL : judge_name(d, node, &name);
	}
	if (broken || name.text.len == 0)
		name.text = raw.p ? raw : HEIR_STR("");
	if (r == 0)
		r = heir_map_put(&config->by_name, name.text, config->n_handlers, &id, &is_new);
	if (r < 0) {
		d->error = r;
		return;
	}
	handler = is_new ? new_handler(d, name.text) : config->handlers[id];
	if (!handler) {
		d->error = -ENOMEM;
		return;
	}
	handler->broken = broken || is_new ? broken : judge_collision(d, handler, node);
	table = new_write(d, node, handler->table);
	if (!table)
		return;
	table->fields = fields;
	table->nodes = index_fields(d, table);
	handler->table = table;
	/* Files cannot add to a handler that a flag defines, so it is not a new one. */
	handler->vendor |= config->core->sources.items[d->source].scope <= HEIR_SCOPE_VENDOR ||
			   config->core->sources.items[d->source].scope == HEIR_SCOPE_FLAG;
}

static void note_setting(struct decoder *d, struct heir_str name, const struct heir_write *write)
{
	for (unsigned s = 0; s < HEIR_N_SETTINGS && write; s++)
		if (heir_str_eq(heir_setting_names[s], name))
			d->config->settings[s] = write;
}

/* heir's own key in [crio.runtime]. CRI-O ignores it and starts anyway. */
static void check_implicit_inherit(struct decoder *d, heir_toml_node node)
{
	struct heir_str name = heir_setting_names[HEIR_SETTING_implicit_inherit];

	if (d->config->where.as != HEIR_AS_HEIR ||
		!heir_str_eqfold(heir_toml_key(d->doc, node), name))
		return;
	if (heir_toml_type(d->doc, node) != HEIR_TOML_BOOL)
		heir_config_set_fatal(
			d->config, add_diag(d, HEIR_RULE_INHERIT_INVALID, value_place(d, node),
					   "heir's key", name, "must be a boolean"));
	note_setting(
		d, name, new_write(d, node, d->config->settings[HEIR_SETTING_implicit_inherit]));
}

/* A workload's table replaces that of an earlier file completely, like a handler's. */
static void add_workload(struct decoder *d, heir_toml_node node)
{
	struct heir_config *config = d->config;
	struct heir_str name = heir_toml_key(d->doc, node);
	uint32_t id = 0;
	bool is_new = false;
	int r;

	if (HEIR_RESERVE(config->workloads, config->n_workloads, config->size_workloads) < 0) {
		d->error = -ENOMEM;
		return;
	}
	r = heir_map_put(&config->workload_by_name, name, config->n_workloads, &id, &is_new);
	if (r < 0) {
		d->error = r;
		return;
	}
	if (is_new)
		config->workloads[config->n_workloads++] = (struct heir_workload){name, NULL};
	config->workloads[id].table = new_write(d, node, config->workloads[id].table);
	push_decode(d, node, HEIR_KEYS_WORKLOAD);
}

/* Decodes the entries of a table of names. */
static void decode_entries(struct decoder *d, heir_toml_node node, enum heir_key_table as)
{
	heir_toml_foreach (entry, d->doc, node) {
		if (heir_toml_type(d->doc, entry) != HEIR_TOML_TABLE)
			wrong_type(d, entry, entry, HEIR_TYPE_TABLE);
		else if (as == HEIR_KEYS_HANDLER)
			decode_handler(d, entry);
		else if (as == HEIR_KEYS_WORKLOAD)
			add_workload(d, entry);
		else
			push_decode(d, entry, as);
	}
}

static void decode_key(struct decoder *d, enum heir_key_table table, heir_toml_node node,
	const struct heir_key_row *row)
{
	const struct heir_write **write = &d->config->keys[row - heir_key_rows];

	check_value(d, node, row->type);
	/* Keys of a workload are read from its table later. */
	if (table != HEIR_KEYS_WORKLOAD && table != HEIR_KEYS_RESOURCES) {
		*write = new_write(d, node, *write);
		if (table == HEIR_KEYS_RUNTIME)
			note_setting(d, row->name, *write);
	}
	if (heir_toml_type(d->doc, node) != HEIR_TOML_TABLE)
		return;
	if (row->type == HEIR_TYPE_TABLE)
		push_decode(d, node, row->opens);
	else if (row->type == HEIR_TYPE_TABLES)
		decode_entries(d, node, row->opens);
}

/* Returns the tag of a key that is not a handler's: row and spelling. 0: unknown. */
static uint16_t tag_key(struct decoder *d, heir_toml_node node, enum heir_key_table as)
{
	bool exact;
	const struct heir_key_row *row =
		heir_key_find(as, heir_toml_key(d->doc, node), d->config->where.version, &exact);
	uint16_t tag = row ? (uint16_t)(((row - heir_key_rows) + 1) << 1 | exact) : 0;

	heir_toml_set_tag(d->doc, node, tag);
	if (!row && as == HEIR_KEYS_RUNTIME)
		check_implicit_inherit(d, node);
	return tag;
}

/* Decodes the keys of a table: inexact spellings first, so that exact ones override them. */
static void decode_table(struct decoder *d, heir_toml_node table, enum heir_key_table as)
{
	heir_toml_foreach (node, d->doc, table) {
		uint16_t tag = tag_key(d, node, as);

		if (tag == 0 || tag & 1)
			continue;
		check_twice(d, table, node, (tag >> 1) - 1u, heir_key_rows[(tag >> 1) - 1].name);
		decode_key(d, as, node, &heir_key_rows[(tag >> 1) - 1]);
	}
	heir_toml_foreach (node, d->doc, table) {
		uint16_t tag = heir_toml_tag(d->doc, node);

		if (tag & 1)
			decode_key(d, as, node, &heir_key_rows[(tag >> 1) - 1]);
	}
}

int heir_decode(struct heir_config *config, uint32_t source)
{
	struct decoder d = {.config = config, .doc = config->docs[source], .source = source};

	push_decode(&d, HEIR_TOML_ROOT, HEIR_KEYS_ROOT);
	/* In order, so that two spellings of a table are decoded in the order of the text. */
	for (size_t i = 0; i < d.n_todo && d.error == 0; i++) {
		struct todo next = d.todo[i];

		decode_table(&d, next.node, next.as);
	}
	free(d.todo);
	return config->stops.failed ? -ENOMEM : d.error;
}
