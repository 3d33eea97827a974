/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked along the way: conditions, candidates, the directories of $PATH. They are asked
 * again, because resolution keeps only what came of them. */
#include <errno.h>

#include "inherit/candidates.h"
#include "inherit/order.h"
#include "inherit/when.h"
#include "report/lineage_parts.h"

/* ---- inherit_when ---- */

static void judge_condition(struct heir_lineage_build *b, const struct heir_toml_doc *doc,
	heir_toml_node entry, struct heir_condition *condition)
{
	heir_toml_node when = heir_toml_get(doc, entry, HEIR_STR("when"));
	const struct heir_facts *facts = b->scratch.facts;
	struct heir_effort *effort = &b->view->core->explaining;
	struct heir_arena *arena = &b->view->core->arena;
	struct heir_verdict verdict;

	condition->state = HEIR_CONDITION_FAULTY;
	if (condition->inherit.len == 0 || heir_toml_type(doc, when) != HEIR_TOML_TABLE) {
		condition->text = "an entry is { inherit = \"NAME\", when = { ... } }";
		return;
	}
	if ((facts ? heir_when_eval(doc, when, facts, effort, arena, &verdict)
		   : heir_when_check(doc, when, effort, arena, &verdict)) < 0) {
		b->error = -ENOMEM;
		return;
	}
	condition->text = verdict.text;
	if (!facts) {
		if (verdict.answer != HEIR_FAULTY)
			condition->text = "facts of the node are missing (--facts FILE)";
		return;
	}
	if (verdict.answer == HEIR_HOLDS)
		condition->state = HEIR_CONDITION_MATCHED;
	else if (verdict.answer == HEIR_HOLDS_NOT)
		condition->state = HEIR_CONDITION_HOLDS_NOT;
}

static void add_condition(
	struct heir_lineage_build *b, uint32_t source, heir_toml_node entry, bool reached)
{
	const struct heir_toml_doc *doc = b->config->docs[source];
	struct heir_condition *condition = &b->lineage->conditions[b->lineage->n_conditions++];
	heir_toml_node inherit = 0;

	*condition =
		(struct heir_condition){.state = HEIR_CONDITION_NOT_REACHED, .text = "not reached"};
	condition->inherit = HEIR_STR("");
	condition->where = heir_lineage_locate(
		b, heir_node_place(b->config, source, heir_toml_value_span(doc, entry)));
	if (heir_toml_type(doc, entry) == HEIR_TOML_TABLE)
		inherit = heir_toml_get(doc, entry, HEIR_STR("inherit"));
	if (heir_toml_type(doc, inherit) == HEIR_TOML_STRING)
		condition->inherit = heir_config_string(b->config, source, inherit);
	if (!condition->inherit.p)
		b->error = -ENOMEM;
	else if (reached)
		judge_condition(b, doc, entry, condition);
}

void heir_lineage_conditions(struct heir_lineage_build *b)
{
	const struct heir_write *table = b->result->handler->table;
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	heir_toml_node list = heir_table_field(b->config, table, HEIR_FIELD_inherit_when);
	enum heir_toml_type type = heir_toml_type(doc, list);
	struct heir_lineage *lineage = b->lineage;
	bool reached = !b->result->handler->broken;

	if (type != HEIR_TOML_ARRAY && type != HEIR_TOML_ARRAY_OF_TABLES)
		return;
	lineage->conditions = heir_lineage_alloc(
		b, heir_toml_n_children(doc, list), sizeof(*lineage->conditions));
	for (heir_toml_node entry = heir_toml_first(doc, list); entry && b->error == 0;
		entry = heir_toml_next(doc, entry)) {
		add_condition(b, table->source, entry, reached);
		reached &= lineage->conditions[lineage->n_conditions - 1].state ==
			   HEIR_CONDITION_HOLDS_NOT;
	}
}

/* ---- runtime_candidates ---- */

/* Whose search it was that gave the path, or gave nothing. */
static const struct heir_result *searcher(const struct heir_lineage_build *b)
{
	const struct heir_result *lender = b->result->lender[HEIR_FIELD_runtime_path];

	return lender ? lender : b->result;
}

/* Whether the candidates were tried before the handler was dropped for another reason. */
static bool were_tried(const struct heir_result *result, const struct heir_candidates *candidates)
{
	const struct heir_diag *dropped = result->dropped;

	if (!result->lost)
		return candidates->chosen && result->path_kind == HEIR_KIND_CANDIDATE;
	if (!dropped)
		return false;
	return dropped->rule == HEIR_RULE_CANDIDATE_NONE ||
	       (candidates->fault && candidates->fault_rule == dropped->rule &&
		       candidates->fault_place.source == dropped->where.source &&
		       candidates->fault_place.at == dropped->where.at);
}

static void add_tried(
	struct heir_lineage_field *f, const struct heir_candidate *candidate, const char *fault)
{
	struct heir_tried *tried = &f->tried[f->n_tried++];

	*tried = (struct heir_tried){
		.name = candidate->name, .path = candidate->path, .cached = candidate->cached};
	tried->text = candidate->verdict.text;
	if (!candidate->path) {
		tried->state = HEIR_TRIED_NOT_FOUND;
		tried->text = memchr(candidate->name.p, '/', candidate->name.len)
				      ? "no such executable"
				      : "not in $PATH";
	} else if (candidate->chosen) {
		tried->state = HEIR_TRIED_CHOSEN;
	} else {
		tried->state = HEIR_TRIED_UNFIT;
		if (fault)
			tried->text = fault;
	}
}

/* Those that come after the chosen one. Of "auto", which is no list, nobody wrote them. */
static void add_untried(struct heir_lineage_build *b, struct heir_lineage_field *f,
	const struct heir_write *table, heir_toml_node list)
{
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	uint32_t i = 0;

	heir_toml_foreach (item, doc, list) {
		struct heir_str name;

		if (i++ < f->n_tried || heir_toml_type(doc, item) != HEIR_TOML_STRING)
			continue;
		name = heir_config_string(b->config, table->source, item);
		if (!name.p)
			b->error = -ENOMEM;
		f->tried[f->n_tried++] =
			(struct heir_tried){name, NULL, HEIR_TRIED_NOT, "not tried", false};
	}
}

static void search_candidates(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_result *result = searcher(b);
	const struct heir_write *table = result->handler->table;
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	heir_toml_node list = heir_table_field(b->config, table, HEIR_FIELD_runtime_candidates);
	struct heir_candidates candidates = {.n = 0};

	if (list == 0)
		return;
	if (heir_candidates_try(&b->scratch, result, &candidates) < 0) {
		b->error = -ENOMEM;
		return;
	}
	if (!were_tried(result, &candidates))
		return;
	f->tried = heir_lineage_alloc(
		b, candidates.n + heir_toml_n_children(doc, list), sizeof(*f->tried));
	for (uint32_t i = 0; i < candidates.n && f->tried; i++)
		add_tried(f, &candidates.items[i], i + 1 == candidates.n ? candidates.fault : NULL);
	if (f->tried && heir_toml_type(doc, list) == HEIR_TOML_ARRAY)
		add_untried(b, f, table, list);
}

/* ---- $PATH ---- */

/* The next directory that counts: Go refuses what a relative one has. */
static struct heir_str next_directory(const char **p)
{
	while (**p) {
		struct heir_str dir = {*p, strcspn(*p, ":")};

		*p += dir.len + ((*p)[dir.len] == ':');
		if (dir.len > 0 && dir.p[0] == '/')
			return dir;
	}
	return HEIR_STR_NULL;
}

static bool has_binary(struct heir_lineage_build *b, struct heir_str dir, struct heir_str name)
{
	struct heir_arena *arena = &b->view->core->arena;
	const char *slash = dir.len > 0 && dir.p[dir.len - 1] == '/' ? "" : "/";
	const char *first = heir_arena_strndup(arena, dir.p, dir.len);
	const char *last = heir_arena_strndup(arena, name.p, name.len);
	const char *path = first && last ? heir_arena_concat(arena, first, slash, last) : NULL;
	const char *found = NULL;

	bool assumed = heir_root_is_assumed(&b->view->core->root);

	/* There any path is taken to be one of a binary; what the name itself gives is the answer.
	 */
	if (!path || heir_lookup_binary(
			     &b->scratch.lookup, assumed ? name : heir_str_from(path), &found) < 0)
		b->error = -ENOMEM;
	return found && (!assumed || strcmp(found, path) == 0);
}

static void search_path(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_result *result = searcher(b);
	struct heir_str name = result->handler->name;
	const char *p = b->scratch.lookup.path;
	bool found = false;

	if (result->path ? result->path_kind != HEIR_KIND_PATH
			 : result->lost || result->lender[HEIR_FIELD_runtime_path])
		return;
	f->looked_for = name;
	f->assumed = heir_root_is_assumed(&b->view->core->root);
	/* A name with a slash is looked up as it stands, an empty one not at all. */
	if (name.len == 0 || memchr(name.p, '/', name.len) || memchr(name.p, '\0', name.len))
		return;
	while (next_directory(&p).p)
		f->n_directories++;
	f->looked = heir_lineage_alloc(b, f->n_directories, sizeof(*f->looked));
	p = b->scratch.lookup.path;
	for (struct heir_str dir = next_directory(&p); dir.p && !found && b->error == 0;
		dir = next_directory(&p)) {
		found = has_binary(b, dir, name);
		f->looked[f->n_looked++] = (struct heir_looked){dir, found};
	}
}

void heir_lineage_searches(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	if (f->field != HEIR_FIELD_runtime_path)
		return;
	search_candidates(b, f);
	if (b->error == 0)
		search_path(b, f);
}
