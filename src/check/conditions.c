/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: reports faulty ones, whether or not they were evaluated. */
#include <errno.h>

#include "check/check.h"
#include "inherit/when.h"

/* Returns whether it is the name of a feature: in Node Feature Discovery, heir or the facts. */
static bool is_feature(const struct heir_check *check, struct heir_str name)
{
	const struct heir_facts *facts = check->res->facts;

	return heir_feature_known(name) || (facts && heir_facts_feature(facts, name));
}

/* Returns the name before the last dot, or the longest prefix that is a feature. */
static struct heir_str feature_of(const struct heir_check *check, struct heir_str key)
{
	struct heir_str last = HEIR_STR_NULL;

	for (size_t i = key.len; i-- > 0;) {
		struct heir_str name = {key.p, i};

		if (key.p[i] != '.')
			continue;
		if (is_feature(check, name))
			return name;
		last = last.p ? last : name;
	}
	return last.p ? last : key;
}

/* Checks "FEATURE.ATTRIBUTE" or "FEATURE" in a valid `when`. */
static void check_feature(struct heir_check *check, const struct heir_handler *handler,
	uint32_t source, heir_toml_node node)
{
	static const struct heir_facts nothing = {.features = NULL};
	const struct heir_toml_doc *doc = check->config->docs[source];
	struct heir_str key = heir_toml_key(doc, node), feature = feature_of(check, key);
	struct heir_place where = heir_key_place(check, source, node);
	struct heir_str attribute = {key.p + feature.len + 1, key.len - feature.len - 1};
	struct heir_diag *diag;
	const char *near;

	if (is_feature(check, key))
		return;
	if (!is_feature(check, feature)) {
		near = heir_feature_nearest(&nothing, feature, &check->core->effort);
		diag = heir_find(check, HEIR_RULE_FEATURE_UNKNOWN, where,
			"unknown feature \"%.*s\": the condition never holds",
			HEIR_STR_ARG(feature));
		if (near)
			heir_find_help(check, diag, "did you mean \"%s\"?", near);
	} else if (memchr(attribute.p, '.', attribute.len)) {
		diag = heir_find(check, HEIR_RULE_FEATURE_UNKNOWN, where,
			"unknown feature \"%.*s\": the condition never holds",
			(int)((const char *)memrchr(key.p, '.', key.len) - key.p), key.p);
		heir_find_help(check, diag,
			"write an attribute with dots in a table: \"%.*s\" = { \"%.*s\" = ... }",
			HEIR_STR_ARG(feature), HEIR_STR_ARG(attribute));
	} else {
		return;
	}
	heir_find_about(diag, handler);
}

/* What dropped the handler is reported already. */
static bool is_reported(
	const struct heir_check *check, const struct heir_handler *handler, struct heir_place where)
{
	const struct heir_result *result = heir_resolution_find(check->res, handler->name);
	const struct heir_diag *dropped = result ? result->dropped : NULL;

	return dropped && dropped->where.source == where.source && dropped->where.at == where.at;
}

/* Reports a faulty condition, unless the handler was dropped for it; checks the features that a
 * valid one names. */
static void check_when(struct heir_check *check, const struct heir_handler *handler,
	uint32_t source, heir_toml_node when)
{
	const struct heir_toml_doc *doc = check->config->docs[source];
	struct heir_verdict verdict;
	struct heir_place where;

	if (heir_when_check(doc, when, &check->core->explaining, &check->core->arena, &verdict) <
		0) {
		check->error = -ENOMEM;
		return;
	}
	if (verdict.answer != HEIR_FAULTY) {
		heir_toml_foreach (node, doc, when)
			check_feature(check, handler, source, node);
		return;
	}
	where = heir_node_place(check->config, source, heir_verdict_span(&verdict));
	if (!is_reported(check, handler, where))
		heir_find_about(heir_find(check, HEIR_RULE_CONDITION_INVALID, where,
					"if this is evaluated, \"%.*s\" is dropped: %s",
					HEIR_STR_ARG(handler->name), verdict.text),
			handler);
}

void heir_check_conditions(struct heir_check *check)
{
	for (uint32_t i = 0; i < check->config->n_handlers && check->error == 0; i++) {
		const struct heir_handler *handler = check->config->handlers[i];
		const struct heir_write *table = handler->table;
		const struct heir_toml_doc *doc = check->config->docs[table->source];
		heir_toml_node list =
			heir_table_field(check->config, table, HEIR_FIELD_inherit_when);

		if (list == 0)
			continue;
		heir_toml_foreach (entry, doc, list) {
			heir_toml_node when = 0;

			if (heir_toml_type(doc, entry) == HEIR_TOML_TABLE)
				when = heir_toml_get(doc, entry, HEIR_STR("when"));
			if (heir_toml_type(doc, when) == HEIR_TOML_TABLE)
				check_when(check, handler, table->source, when);
		}
	}
}
