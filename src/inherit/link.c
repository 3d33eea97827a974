/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/link.h"

#include <errno.h>

#include "base/macro.h"
#include "config/expand.h"
#include "inherit/drop.h"
#include "inherit/when.h"

const char *heir_via_name(enum heir_via via)
{
	static const char *const names[HEIR_N_VIAS] = {
		[HEIR_VIA_NONE] = "none",
		[HEIR_VIA_INHERIT] = "inherit",
		[HEIR_VIA_INHERIT_WHEN] = "inherit_when",
		[HEIR_VIA_INHERIT_DEFAULT_RUNTIME] = "inherit_default_runtime",
		[HEIR_VIA_IMPLICIT] = "implicit",
	};

	return names[via];
}

bool heir_is_new(const struct heir_resolution *res, const struct heir_result *result)
{
	return !result->handler->vendor && result != res->default_result &&
	       !heir_is_oci_runtime(result->handler->name);
}

static struct heir_place node_place(
	const struct heir_resolution *res, uint32_t source, heir_toml_node node)
{
	return heir_node_place(
		res->config, source, heir_toml_value_span(res->config->docs[source], node));
}

static int lose(struct heir_result *result, const struct heir_diag *diag)
{
	result->lost = true;
	return diag ? 0 : -ENOMEM;
}

/* The other handler whose name is nearest to one that does not exist. */
static const struct heir_handler *nearest(
	const struct heir_config *config, const struct heir_handler *self, struct heir_str name)
{
	struct heir_near near = heir_near_to(name, &config->core->effort);

	for (uint32_t i = 0; i < config->n_handlers; i++)
		if (config->handlers[i] != self)
			heir_near_try(&near, config->handlers[i]->name);
	return near.best.p ? heir_config_handler(config, near.best) : NULL;
}

static int parent_unknown(struct heir_resolution *res, struct heir_result *result,
	struct heir_place where, struct heir_str name)
{
	struct heir_diag *diag = heir_drop(res, result, HEIR_RULE_PARENT_UNKNOWN, where,
		"inherits from \"%.*s\", which no file defines", HEIR_STR_ARG(name));
	/* Suggestions are limited, because each one searches all names. */
	const struct heir_handler *near =
		res->n_unknown++ < 200 ? nearest(res->config, result->handler, name) : NULL;

	if (diag && near &&
		!heir_diag_note(diag, &res->core->arena,
			heir_write_key_place(res->config, near->table), "did you mean \"%.*s\"?",
			HEIR_STR_ARG(near->name)))
		diag = NULL;
	return lose(result, diag);
}

/* Takes the parent that the string `node` names. */
static int take_parent(struct heir_resolution *res, struct heir_result *result, uint32_t source,
	heir_toml_node node, enum heir_via via)
{
	struct heir_place where = node_place(res, source, node);
	struct heir_str raw = heir_config_string(res->config, source, node);
	struct heir_expansion name;
	int r;

	if (!raw.p)
		return -ENOMEM;
	r = heir_expand(&res->config->where, &res->core->arena, raw, &name);
	if (r < 0)
		return r;
	if (name.malformed)
		return lose(result, heir_drop(res, result, HEIR_RULE_VARIABLE_UNSET, where,
					    "\"%.*s\" contains an unterminated or invalid \"${\"",
					    HEIR_STR_ARG(raw)));
	if (name.unset.p)
		return lose(result,
			heir_drop(res, result, HEIR_RULE_VARIABLE_UNSET, where,
				"the variable \"%.*s\" is not set", HEIR_STR_ARG(name.unset)));
	if (name.text.len == 0)
		return lose(result,
			heir_drop(res, result, HEIR_RULE_NAME_EMPTY, where,
				"the name of its parent, \"%.*s\", is empty", HEIR_STR_ARG(raw)));
	result->via = via;
	result->via_source = source;
	result->via_node = node;
	if (heir_str_eqz(name.text, "none"))
		return 0;
	result->by_default = heir_str_eqz(name.text, "default");
	result->parent =
		result->by_default ? res->default_result : heir_resolution_find(res, name.text);
	return result->parent ? 0 : parent_unknown(res, result, where, name.text);
}

static int invalid(struct heir_resolution *res, struct heir_result *result, uint32_t source,
	heir_toml_node node, const char *words)
{
	return lose(result, heir_drop(res, result, HEIR_RULE_INHERIT_INVALID,
				    node_place(res, source, node), "%s", words));
}

/* One entry of inherit_when. *ret: whether it matched (or was at fault, and the handler is lost).
 */
static int try_condition(struct heir_resolution *res, struct heir_result *result, uint32_t source,
	heir_toml_node entry, bool *ret)
{
	const struct heir_toml_doc *doc = res->config->docs[source];
	struct heir_condition_record *record = &result->conditions[result->n_conditions++];
	heir_toml_node when, inherit;
	struct heir_verdict verdict;
	int r;

	*ret = true;
	record->entry = entry;
	record->verdict = (struct heir_verdict){.answer = HEIR_FAULTY,
		.text = "an entry is { inherit = \"NAME\", when = { ... } }"};
	if (heir_toml_type(doc, entry) != HEIR_TOML_TABLE)
		return invalid(res, result, source, entry, "inherit_when is an array of tables");
	when = heir_toml_get(doc, entry, HEIR_STR("when"));
	inherit = heir_toml_get(doc, entry, HEIR_STR("inherit"));
	if (heir_toml_type(doc, inherit) != HEIR_TOML_STRING)
		return invalid(res, result, source, inherit ? inherit : entry,
			"an entry of inherit_when needs inherit = \"NAME\"");
	if (heir_toml_type(doc, when) != HEIR_TOML_TABLE)
		return invalid(res, result, source, when ? when : entry,
			"an entry of inherit_when needs when = { \"FEATURE\" = ... }");
	r = res->facts
		    ? heir_when_eval(doc, when, res->facts, &res->core->effort, &res->core->arena,
			      &verdict)
		    : heir_when_check(doc, when, &res->core->effort, &res->core->arena, &verdict);
	if (r < 0)
		return r;
	record->verdict = verdict;
	record->lacks_facts = !res->facts && verdict.answer != HEIR_FAULTY;
	if (verdict.answer == HEIR_FAULTY)
		return lose(result,
			heir_drop(res, result, HEIR_RULE_INHERIT_INVALID,
				heir_node_place(res->config, source, heir_verdict_span(&verdict)),
				"%s", verdict.text));
	if (!res->facts)
		return lose(
			result, heir_drop(res, result, HEIR_RULE_FACTS_NEEDED,
					node_place(res, source, when),
					"its condition needs facts of the node (--facts FILE)"));
	*ret = verdict.answer == HEIR_HOLDS;
	return *ret ? take_parent(res, result, source, inherit, HEIR_VIA_INHERIT_WHEN) : 0;
}

/* The first entry of inherit_when that matches. *ret: whether that settled who the parent is. */
static int link_by_condition(struct heir_resolution *res, struct heir_result *result, bool *ret)
{
	const struct heir_write *table = result->handler->table;
	const struct heir_toml_doc *doc = res->config->docs[table->source];
	heir_toml_node list = heir_table_field(res->config, table, HEIR_FIELD_inherit_when);
	enum heir_toml_type type = heir_toml_type(doc, list);
	int r = 0;

	*ret = false;
	if (list == 0)
		return 0;
	if (type != HEIR_TOML_ARRAY && type != HEIR_TOML_ARRAY_OF_TABLES) {
		*ret = true;
		return invalid(
			res, result, table->source, list, "inherit_when is an array of tables");
	}
	result->conditions = heir_arena_zalloc(
		&res->core->arena, heir_toml_n_children(doc, list), sizeof(*result->conditions));
	if (!result->conditions)
		return -ENOMEM;
	for (heir_toml_node entry = heir_toml_first(doc, list); entry && r == 0 && !*ret;
		entry = heir_toml_next(doc, entry))
		r = try_condition(res, result, table->source, entry, ret);
	return r;
}

/* The key `inherit`; *ret as above. */
static int link_by_name(struct heir_resolution *res, struct heir_result *result, bool *ret)
{
	const struct heir_write *table = result->handler->table;
	heir_toml_node node = heir_table_field(res->config, table, HEIR_FIELD_inherit);
	struct heir_str text;

	*ret = false;
	if (node == 0)
		return 0;
	*ret = true;
	if (heir_toml_type(res->config->docs[table->source], node) != HEIR_TOML_STRING)
		return invalid(res, result, table->source, node,
			"inherit is a string: \"default\", \"none\" or a handler's name");
	text = heir_config_string(res->config, table->source, node);
	if (!text.p)
		return -ENOMEM;
	*ret = text.len > 0;
	return *ret ? take_parent(res, result, table->source, node, HEIR_VIA_INHERIT) : 0;
}

static bool flag(
	const struct heir_resolution *res, const struct heir_write *table, enum heir_field field)
{
	const struct heir_toml_doc *doc = res->config->docs[table->source];
	heir_toml_node node = heir_table_field(res->config, table, field);

	return heir_toml_type(doc, node) == HEIR_TOML_BOOL && heir_toml_bool(doc, node);
}

/* The vendor layer that defines the handler: its first. */
static void find_vendor(const struct heir_resolution *res, const struct heir_result *result,
	struct heir_ruling *ret)
{
	const struct heir_source *sources = res->core->sources.items;

	ret->reason = HEIR_REASON_NEVER_BUILTIN;
	for (const struct heir_write *w = result->handler->table; w; w = w->replaced) {
		if (sources[w->source].scope > HEIR_SCOPE_VENDOR)
			continue;
		ret->reason = sources[w->source].scope == HEIR_SCOPE_BUILTIN
				      ? HEIR_REASON_NEVER_BUILTIN
				      : HEIR_REASON_NEVER_VENDOR;
		ret->place = heir_write_value_place(res->config, w);
	}
}

int heir_link_implicit(const struct heir_resolution *res, const struct heir_result *result,
	struct heir_ruling *ret)
{
	const struct heir_write *off = res->config->settings[HEIR_SETTING_implicit_inherit];
	struct heir_origin path;
	int r;

	ret->reason = HEIR_REASON_NEVER_SET;
	if (off && !heir_toml_bool(res->config->docs[off->source], off->node)) {
		ret->reason = HEIR_REASON_OFF;
		ret->place = heir_node_place(res->config, off->source,
			heir_toml_key_span(res->config->docs[off->source], off->node));
	} else if (result == res->default_result) {
		ret->reason = HEIR_REASON_NEVER_DEFAULT;
	} else if (result->handler->vendor) {
		find_vendor(res, result, ret);
	} else if (!heir_is_new(res, result)) {
		ret->reason = HEIR_REASON_NEVER_RUNTIME;
	} else if (result->via != HEIR_VIA_NONE) {
		ret->name = heir_str_from(heir_via_name(result->via));
	} else if (heir_table_field(
			   res->config, result->handler->table, HEIR_FIELD_runtime_candidates)) {
		ret->name = heir_fields[HEIR_FIELD_runtime_candidates].name;
	} else {
		r = heir_result_own(res, result, HEIR_FIELD_runtime_path, &path);
		if (r < 0)
			return r;
		ret->name = heir_fields[HEIR_FIELD_runtime_path].name;
		if (heir_origin_is_unset(&path))
			ret->reason = HEIR_REASON_OF_DEFAULT;
	}
	return 0;
}

/* Rule 4: a new handler whose table leaves everything open. */
static int link_implicitly(struct heir_resolution *res, struct heir_result *result)
{
	struct heir_ruling ruling;
	int r = heir_link_implicit(res, result, &ruling);

	if (r < 0 || ruling.reason != HEIR_REASON_OF_DEFAULT)
		return r;
	result->via = HEIR_VIA_IMPLICIT;
	result->by_default = true;
	result->parent = res->default_result;
	return 0;
}

static int link_one(struct heir_resolution *res, struct heir_result *result)
{
	const struct heir_write *table = result->handler->table;
	bool as_heir = res->config->where.as == HEIR_AS_HEIR, settled = false;
	int r = 0;

	if (result->handler->broken) {
		result->handler->broken->handler = result->handler->name;
		result->dropped = result->handler->broken;
		return lose(result, result->dropped);
	}
	if (as_heir)
		r = link_by_condition(res, result, &settled);
	if (as_heir && r == 0 && !settled)
		r = link_by_name(res, result, &settled);
	if (r < 0 || settled)
		return r;
	if (flag(res, table, HEIR_FIELD_inherit_default_runtime)) {
		result->via = HEIR_VIA_INHERIT_DEFAULT_RUNTIME;
		result->by_default = true;
		result->via_source = table->source;
		result->via_node =
			heir_table_field(res->config, table, HEIR_FIELD_inherit_default_runtime);
		result->parent = res->default_result;
		return 0;
	}
	return as_heir ? link_implicitly(res, result) : 0;
}

int heir_link(struct heir_resolution *res)
{
	int r = 0;

	for (uint32_t i = 0; i < res->config->n_handlers && r == 0; i++)
		r = link_one(res, &res->results[i]);
	return r;
}
