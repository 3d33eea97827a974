/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/candidates.h"

#include <errno.h>

#include "base/macro.h"
#include "inherit/drop.h"
#include "inherit/when.h"

static const char *const automatic[] = {"crun", "runc", "youki", "/usr/libexec/crio/crun",
	"/usr/libexec/crio/runc", "/usr/libexec/crio/youki"};

const char *heir_candidate_automatic(size_t i)
{
	return i < ARRAY_LEN(automatic) ? automatic[i] : NULL;
}

struct attempt {
	struct heir_resolution *res;
	const struct heir_toml_doc *doc;
	uint32_t source;
	heir_toml_node requires; /* 0: nothing is asked */
	struct heir_candidates *ret;
};

static void fault(
	struct attempt *a, enum heir_rule rule, struct heir_toml_span where, const char *text)
{
	a->ret->fault = text;
	a->ret->fault_rule = rule;
	a->ret->fault_place = heir_node_place(a->res->config, a->source, where);
}

static bool is_asked(const struct attempt *a)
{
	return a->requires != 0 && heir_toml_first(a->doc, a->requires) != 0;
}

/* Whether a binary that was found meets what is asked. */
static int judge(struct attempt *a, struct heir_candidate *candidate)
{
	const struct heir_facts *facts = a->res->facts;
	const struct heir_runtime_facts *runtime = NULL;
	struct heir_verdict *verdict = &candidate->verdict;
	int r = 0;

	*verdict = (struct heir_verdict){.answer = HEIR_HOLDS, .text = "no requirement"};
	if (!is_asked(a))
		return 0;
	if (facts)
		r = heir_facts_ask_runtime(facts, heir_str_from(candidate->path), &runtime);
	if (r < 0)
		return r;
	if (!facts || (facts->source && !runtime)) {
		/* What is written wrongly is so without them. */
		r = heir_features_meet(NULL, a->doc, a->requires, &a->res->core->arena, verdict);
		if (r == 0 && verdict->answer == HEIR_FAULTY)
			fault(a, HEIR_RULE_INHERIT_INVALID, heir_verdict_span(verdict),
				verdict->text);
		if (r < 0 || verdict->answer == HEIR_FAULTY)
			return r;
		fault(a, HEIR_RULE_FACTS_NEEDED, heir_toml_value_span(a->doc, a->requires),
			"runtime_requires needs the features of the runtimes (--facts FILE)");
		return 0;
	}
	candidate->cached = runtime && runtime->cached;
	r = heir_features_meet(runtime ? runtime->features : NULL, a->doc, a->requires,
		&a->res->core->arena, verdict);
	if (r == 0 && verdict->answer == HEIR_FAULTY)
		fault(a, HEIR_RULE_INHERIT_INVALID, heir_verdict_span(verdict), verdict->text);
	/* Why it tells no features says more than that it does not. */
	if (r == 0 && verdict->answer == HEIR_HOLDS_NOT && runtime && runtime->problem)
		verdict->text = runtime->problem;
	return r;
}

static int try_one(struct attempt *a, struct heir_str name)
{
	struct heir_candidate *candidate = &a->ret->items[a->ret->n++];
	int r;

	*candidate = (struct heir_candidate){.name = name};
	r = heir_lookup_binary(&a->res->lookup, name, &candidate->path);
	if (r < 0 || !candidate->path)
		return r;
	r = judge(a, candidate);
	if (r < 0 || a->ret->fault || candidate->verdict.answer != HEIR_HOLDS)
		return r;
	candidate->chosen = true;
	a->ret->chosen = candidate->path;
	return 0;
}

static int try_automatic(struct attempt *a)
{
	int r = 0;

	for (unsigned i = 0;
		i < ARRAY_LEN(automatic) && r == 0 && !a->ret->chosen && !a->ret->fault; i++)
		r = try_one(a, heir_str_from(automatic[i]));
	return r;
}

static int try_list(struct attempt *a, heir_toml_node list)
{
	int r = 0;

	for (heir_toml_node item = heir_toml_first(a->doc, list);
		item && r == 0 && !a->ret->chosen && !a->ret->fault;
		item = heir_toml_next(a->doc, item)) {
		struct heir_str name;

		if (heir_toml_type(a->doc, item) != HEIR_TOML_STRING) {
			fault(a, HEIR_RULE_INHERIT_INVALID, heir_toml_value_span(a->doc, item),
				"runtime_candidates is an array of strings, or \"auto\"");
			return 0;
		}
		name = heir_config_string(a->res->config, a->source, item);
		r = name.p ? try_one(a, name) : -ENOMEM;
	}
	return r;
}

/* 0 or -ENOMEM. */
static int try_candidates(
	struct heir_resolution *res, const struct heir_result *result, struct heir_candidates *ret)
{
	const struct heir_write *table = result->handler->table;
	struct attempt a = {res, res->config->docs[table->source], table->source,
		heir_table_field(res->config, table, HEIR_FIELD_runtime_requires), ret};
	heir_toml_node list = heir_table_field(res->config, table, HEIR_FIELD_runtime_candidates);
	enum heir_toml_type type = heir_toml_type(a.doc, list);
	struct heir_str text = HEIR_STR("");
	size_t n = ARRAY_LEN(automatic);

	*ret = (struct heir_candidates){.fault_place = HEIR_PLACE_NONE};
	if (type == HEIR_TOML_ARRAY)
		n = heir_toml_n_children(a.doc, list);
	ret->items = heir_arena_zalloc(&res->core->arena, n, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	if (a.requires && heir_toml_type(a.doc, a.requires) != HEIR_TOML_TABLE) {
		fault(&a, HEIR_RULE_INHERIT_INVALID, heir_toml_value_span(a.doc, a.requires),
			"runtime_requires is a table");
		return 0;
	}
	if (type == HEIR_TOML_ARRAY)
		return try_list(&a, list);
	if (type == HEIR_TOML_STRING)
		text = heir_config_string(res->config, table->source, list);
	if (!text.p)
		return -ENOMEM;
	if (heir_str_eqz(text, "auto"))
		return try_automatic(&a);
	fault(&a, HEIR_RULE_INHERIT_INVALID, heir_toml_value_span(a.doc, list),
		"runtime_candidates is an array of strings, or \"auto\"");
	return 0;
}

int heir_candidates_choose(struct heir_resolution *res, struct heir_result *result)
{
	struct heir_candidates *candidates;
	const struct heir_diag *diag;
	int r;

	if (heir_table_field(res->config, result->handler->table, HEIR_FIELD_runtime_candidates) ==
		0)
		return 0;
	candidates = heir_arena_new(&res->core->arena, struct heir_candidates);
	r = candidates ? try_candidates(res, result, candidates) : -ENOMEM;
	if (r < 0)
		return r;
	result->candidates = candidates;
	if (candidates->chosen) {
		result->path = candidates->chosen;
		result->path_kind = HEIR_KIND_CANDIDATE;
		return 0;
	}
	if (candidates->fault)
		diag = heir_drop(res, result, candidates->fault_rule, candidates->fault_place, "%s",
			candidates->fault);
	else
		diag = heir_drop(res, result, HEIR_RULE_CANDIDATE_NONE,
			heir_field_place(res, result, HEIR_FIELD_runtime_candidates),
			"none of its runtime_candidates exists and meets runtime_requires");
	result->lost = true;
	return diag ? 0 : -ENOMEM;
}
