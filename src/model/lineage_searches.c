/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked along the way: conditions, candidates, the directories of $PATH. Conditions and
 * candidates were recorded when they were asked (inherit/record.h); which directories were looked
 * into follows from the path that was found. */
#include <errno.h>
#include <string.h>

#include "inherit/candidates.h"
#include "inherit/order.h"
#include "model/lineage_parts.h"

/* ---- inherit_when ---- */

static void add_condition(struct heir_lineage_build *b, uint32_t source, heir_toml_node entry)
{
	const struct heir_toml_doc *doc = b->config->docs[source];
	uint32_t number = b->lineage->n_conditions++;
	struct heir_condition *condition = &b->lineage->conditions[number];
	const struct heir_condition_record *record =
		number < b->result->n_conditions ? &b->result->conditions[number] : NULL;
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
	if (!record)
		return;
	condition->text = record->verdict.text;
	if (record->lacks_facts)
		condition->text = "facts of the node are missing (--facts FILE)";
	if (record->lacks_facts || record->verdict.answer == HEIR_FAULTY)
		condition->state = HEIR_CONDITION_FAULTY;
	else
		condition->state = record->verdict.answer == HEIR_HOLDS ? HEIR_CONDITION_MATCHED
									: HEIR_CONDITION_HOLDS_NOT;
}

void heir_lineage_conditions(struct heir_lineage_build *b)
{
	const struct heir_write *table = b->result->handler->table;
	const struct heir_toml_doc *doc = b->config->docs[table->source];
	heir_toml_node list = heir_table_field(b->config, table, HEIR_FIELD_inherit_when);
	enum heir_toml_type type = heir_toml_type(doc, list);
	struct heir_lineage *lineage = b->lineage;

	if (type != HEIR_TOML_ARRAY && type != HEIR_TOML_ARRAY_OF_TABLES)
		return;
	lineage->conditions = heir_lineage_alloc(
		b, heir_toml_n_children(doc, list), sizeof(*lineage->conditions));
	for (heir_toml_node entry = heir_toml_first(doc, list); entry && b->error == 0;
		entry = heir_toml_next(doc, entry))
		add_condition(b, table->source, entry);
}

/* ---- runtime_candidates ---- */

/* Whose search it was that gave the path, or gave nothing. */
static const struct heir_result *searcher(const struct heir_lineage_build *b)
{
	const struct heir_result *lender = b->result->lender[HEIR_FIELD_runtime_path];

	return lender ? lender : b->result;
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

/* Those that come after the chosen one. With "auto" no list exists, so they are not written
 * anywhere. */
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
	const struct heir_candidates *candidates = result->candidates;

	if (!candidates)
		return;
	f->tried = heir_lineage_alloc(
		b, candidates->n + heir_toml_n_children(doc, list), sizeof(*f->tried));
	for (uint32_t i = 0; i < candidates->n && f->tried; i++)
		add_tried(f, &candidates->items[i],
			i + 1 == candidates->n ? candidates->fault : NULL);
	if (f->tried && heir_toml_type(doc, list) == HEIR_TOML_ARRAY)
		add_untried(b, f, table, list);
}

/* ---- $PATH ---- */

/* Whether `path` is that of a file `name` in the directory. */
static bool is_in(const char *path, const char *dir, struct heir_str name)
{
	size_t len = dir[1] ? strlen(dir) : 0;

	return strncmp(path, dir, len) == 0 && path[len] == '/' &&
	       heir_str_eqz(name, path + len + 1);
}

static void search_path(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	const struct heir_result *result = searcher(b);
	struct heir_str name = result->handler->name;
	const struct heir_lookup *lookup = &b->view->res->lookup;
	bool found = false;

	if (result->path ? result->path_kind != HEIR_KIND_PATH
			 : result->lost || result->lender[HEIR_FIELD_runtime_path])
		return;
	f->looked_for = name;
	f->assumed = heir_root_is_assumed(&b->view->core->root);
	/* A name with a slash is looked up as it stands, an empty one not at all. */
	if (name.len == 0 || memchr(name.p, '/', name.len) || memchr(name.p, '\0', name.len))
		return;
	f->n_directories = lookup->n_dirs;
	f->looked = heir_lineage_alloc(b, f->n_directories, sizeof(*f->looked));
	for (uint32_t i = 0; i < lookup->n_dirs && !found && b->error == 0; i++) {
		const char *dir = lookup->dirs[i].path;

		found = result->path && is_in(result->path, dir, name);
		f->looked[f->n_looked++] = (struct heir_looked){heir_str_from(dir), found};
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
