/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/fields.h"

#include <errno.h>
#include <string.h>

#include "base/macro.h"
#include "config/expand.h"
#include "inherit/drop.h"
#include "inherit/order.h"
#include "inherit/rulings.h"

bool heir_origin_is_unset(const struct heir_origin *origin)
{
	return origin->kind == HEIR_KIND_UNSET ||
	       (origin->value.type == HEIR_TYPE_STRING && origin->value.string.len == 0);
}

/* In heir.d, which CRI-O never reads, paths may hold variables too. */
static bool has_variables(const struct heir_resolution *res, uint32_t source, enum heir_field field)
{
	switch (field) {
	case HEIR_FIELD_runtime_path:
	case HEIR_FIELD_runtime_root:
	case HEIR_FIELD_runtime_config_path:
	case HEIR_FIELD_monitor_path:
	case HEIR_FIELD_seccomp_profile:
		return res->core->sources.items[source].scope == HEIR_SCOPE_HEIR;
	default:
		return false;
	}
}

/* Expands a path once, however many ask for it. */
static int expand_path(
	const struct heir_resolution *res, struct heir_str text, struct heir_expansion *ret)
{
	struct heir_core *core = res->core;
	const struct heir_str *known = heir_memo_get(&core->expanded, text.p);
	int r;

	*ret = (struct heir_expansion){.text = known ? *known : text, .changed = known != NULL};
	if (known)
		return 0;
	r = heir_expand(&res->config->where, &core->arena, text, ret);
	return r == 0 && ret->changed ? heir_memo_put(&core->expanded, text.p, ret->text) : r;
}

int heir_result_own(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	const struct heir_write *table = result->handler->table;
	heir_toml_node node = heir_table_field(res->config, table, field);
	struct heir_expansion expansion;
	int r;

	*ret = (struct heir_origin){.value.type = heir_fields[field].type};
	if (ret->value.type == HEIR_TYPE_ANY)
		ret->value.type = HEIR_TYPE_STRING;
	if (node == 0)
		return 0;
	r = heir_value_read(res->config, table->source, node, ret->value.type, &ret->value);
	if (r < 0)
		return r;
	ret->kind = res->core->sources.items[table->source].scope == HEIR_SCOPE_BUILTIN
			    ? HEIR_KIND_BUILTIN
			    : HEIR_KIND_EXPLICIT;
	ret->source = table->source;
	ret->node = node;
	if (!has_variables(res, table->source, field))
		return 0;
	r = expand_path(res, ret->value.string, &expansion);
	/* One that cannot be expanded has dropped the handler: see check_variables. */
	if (r == 0 && !expansion.unset.p && !expansion.malformed)
		ret->value.string = expansion.text;
	return r;
}

/* Drops a handler one of whose paths cannot be expanded. */
static int check_variables(struct heir_resolution *res, struct heir_result *result)
{
	const struct heir_write *table = result->handler->table;

	/* Of few tables, and not worth asking each field of the others. */
	if (res->core->sources.items[table->source].scope != HEIR_SCOPE_HEIR)
		return 0;
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		heir_toml_node node = heir_table_field(res->config, table, f);
		struct heir_expansion expansion = {.malformed = false};
		struct heir_value value;
		int r;

		if (node == 0 || !has_variables(res, table->source, f))
			continue;
		r = heir_value_read(res->config, table->source, node, HEIR_TYPE_STRING, &value);
		if (r == 0)
			r = expand_path(res, value.string, &expansion);
		if (r < 0)
			return r;
		if (!expansion.unset.p && !expansion.malformed)
			continue;
		result->lost = true;
		if (!heir_drop(res, result, HEIR_RULE_VARIABLE_UNSET,
			    heir_field_place(res, result, f),
			    expansion.malformed
				    ? "%s contains an unterminated or invalid \"${\"%.*s"
				    : "%s: the variable \"%.*s\" is not set",
			    heir_fields[f].name.p, HEIR_STR_ARG(expansion.unset)))
			return -ENOMEM;
		return 0;
	}
	return 0;
}

/* The parent cannot be resolved, so neither can the child: with the reason at the root of it. */
static int drop_with_parent(struct heir_resolution *res, struct heir_result *result)
{
	const struct heir_diag *reason = result->parent->dropped;
	struct heir_diag *diag = heir_drop(res, result, HEIR_RULE_PARENT_DROPPED,
		heir_via_place(res, result), "inherits from \"%.*s\", which is dropped",
		HEIR_STR_ARG(result->parent->handler->name));

	result->lost = true;
	if (!diag)
		return -ENOMEM;
	/* Every link of a chain points at its end, not at the one before it. */
	if (reason->rule == HEIR_RULE_PARENT_DROPPED && reason->notes) {
		diag->notes = reason->notes;
		return 0;
	}
	return heir_diag_note(diag, &res->core->arena, reason->where, "\"%.*s\": %s",
		       HEIR_STR_ARG(reason->handler), reason->text)
		       ? 0
		       : -ENOMEM;
}

static int wrong_fields(struct heir_resolution *res, struct heir_result *result,
	heir_toml_node node, struct heir_str name)
{
	const struct heir_write *table = result->handler->table;
	struct heir_place where = heir_node_place(res->config, table->source,
		heir_toml_value_span(res->config->docs[table->source], node));
	const struct heir_diag *diag;

	if (name.p)
		diag = heir_drop(res, result, HEIR_RULE_INHERIT_INVALID, where,
			"inherit_fields names \"%.*s\", which is not a field that can be inherited",
			HEIR_STR_ARG(name));
	else
		diag = heir_drop(res, result, HEIR_RULE_INHERIT_INVALID, where,
			"inherit_fields is an array of the names of fields, or [\"all\"]");
	result->lost = true;
	return diag ? 0 : -ENOMEM;
}

/* Which fields inherit_fields asks for. */
static int read_request(struct heir_resolution *res, struct heir_result *result, bool wanted[])
{
	const struct heir_write *table = result->handler->table;
	const struct heir_toml_doc *doc = res->config->docs[table->source];
	heir_toml_node list = heir_table_field(res->config, table, HEIR_FIELD_inherit_fields);

	if (list == 0)
		return 0;
	if (heir_toml_type(doc, list) != HEIR_TOML_ARRAY)
		return wrong_fields(res, result, list, HEIR_STR_NULL);
	heir_toml_foreach (item, doc, list) {
		struct heir_str name;
		enum heir_field field;
		bool exact;

		if (heir_toml_type(doc, item) != HEIR_TOML_STRING)
			return wrong_fields(res, result, item, HEIR_STR_NULL);
		name = heir_config_string(res->config, table->source, item);
		if (!name.p)
			return -ENOMEM;
		field = heir_field_by_name(name, &exact);
		if (heir_str_eqz(name, "all"))
			memset(wanted, true, HEIR_N_FIELDS * sizeof(*wanted));
		else if (field < HEIR_N_FIELDS && exact &&
			 heir_fields[field].travel != HEIR_TRAVEL_NEVER)
			wanted[field] = true;
		else
			return wrong_fields(res, result, item, name);
	}
	return 0;
}

/* Something to lend: a scalar that is set, an array or table that is not empty. A list is not read
 * for that: each of many children asks. */
static int has_something(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, bool *ret)
{
	const struct heir_write *table = result->handler->table;
	enum heir_type type = heir_fields[field].type;
	struct heir_origin own;
	int r;

	if (type == HEIR_TYPE_STRV || type == HEIR_TYPE_MAP) {
		*ret = heir_value_has_items(res->config, table->source,
			heir_table_field(res->config, table, field), type);
		return 0;
	}
	r = heir_result_own(res, result, field, &own);
	*ret = r == 0 && !heir_origin_is_unset(&own);
	return r;
}

int heir_field_holder(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_result **ret)
{
	uint32_t before = result->requested & ((1u << field) - 1);
	bool something;
	int r;

	if (result->requested >> field & 1) {
		*ret = result->holders[__builtin_popcount(before)];
		return 0;
	}
	r = has_something(res, result, field, &something);
	*ret = r == 0 && something ? result : NULL;
	return r;
}

/* Parents come first, so each link of a chain looks at the one before it and no further. */
static int find_holders(struct heir_resolution *res, struct heir_result *result,
	const struct heir_result *base, uint32_t requested)
{
	size_t n = (size_t)__builtin_popcount(requested), i = 0;

	result->holders =
		heir_arena_zalloc(&res->core->arena, n, sizeof(const struct heir_result *));
	if (!result->holders)
		return -ENOMEM;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++) {
		bool something;
		int r;

		if (!(requested >> f & 1))
			continue;
		r = has_something(res, result, f, &something);
		result->holders[i] = result;
		if (r == 0 && !something)
			r = heir_field_holder(res, base, f, &result->holders[i]);
		if (r < 0)
			return r;
		i++;
	}
	result->requested = requested;
	return 0;
}

static int decide_requested(
	struct heir_resolution *res, struct heir_result *result, const struct heir_result *base)
{
	bool wanted[HEIR_N_FIELDS] = {false};
	uint32_t requested = 0;
	int r = read_request(res, result, wanted);

	if (r < 0 || result->lost || !base)
		return r;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (wanted[f] && heir_fields[f].travel == HEIR_TRAVEL_ON_REQUEST &&
			res->config->field_known[f])
			requested |= 1u << f;
	return requested ? find_holders(res, result, base, requested) : 0;
}

int heir_fields_decide(struct heir_resolution *res, struct heir_result *result)
{
	const struct heir_result *base = heir_result_base(result);
	int r;

	if (result->lost)
		return 0;
	if (base && base->lost)
		return drop_with_parent(res, result);
	r = check_variables(res, result);
	if (r < 0 || result->lost)
		return r;
	r = heir_identity_decide(res, result, base);
	/* CRI-O's own rule knows of four fields only, and inherit_fields is none of its keys. */
	if (base && result->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME)
		return r;
	if (r == 0 && !result->lost && res->config->where.as == HEIR_AS_HEIR)
		r = decide_requested(res, result, base);
	return r;
}
