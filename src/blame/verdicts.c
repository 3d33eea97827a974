/* SPDX-License-Identifier: Apache-2.0 */
/* Judges values by the lists of assignments that decoding and resolution kept. Each list is walked
 * once, so the total is linear. */
#include <errno.h>
#include <stdlib.h>

#include "base/macro.h"
#include "blame/blame.h"
#include "blame/key.h"
#include "inherit/rulings.h"

const char *heir_blame_state_name(enum heir_blame_state state)
{
#define AS_NAME(name, word, ...) [HEIR_BLAME_##name] = (word),
	static const char *const names[] = {HEIR_BLAME_STATES(AS_NAME)};

	return names[state];
}

bool heir_blame_has(const struct heir_config *config, uint32_t source)
{
	enum heir_scope scope = config->core->sources.items[source].scope;

	return source < config->n_docs && config->docs[source] && scope >= HEIR_SCOPE_VENDOR &&
	       scope <= HEIR_SCOPE_HEIR;
}

static bool is_flag(const struct heir_blame *blame, const struct heir_write *write)
{
	return blame->config->core->sources.items[write->source].scope == HEIR_SCOPE_FLAG;
}

static const struct heir_toml_doc *doc_of(
	const struct heir_blame *blame, const struct heir_write *write)
{
	return blame->config->docs[write->source];
}

/* `by` NULL: nothing replaces it; else the value `node` of its document, or its own node (0). */
static void add_verdict(struct heir_blame *blame, uint32_t source, heir_toml_node node,
	enum heir_blame_state state, const struct heir_write *by, heir_toml_node by_node)
{
	struct heir_blame_verdict *verdict;

	if (source >= blame->n_verdicts || !blame->verdicts[source])
		return;
	verdict = &blame->verdicts[source][node];
	*verdict = (struct heir_blame_verdict){.state = state, .is_judged = true};
	if (by) {
		verdict->by_source = by->source;
		verdict->by_node = by_node ? by_node : by->node;
	}
}

/* An earlier assignment is replaced by the value `node` of the next one, or by its table. */
static void judge_old(struct heir_blame *blame, uint32_t source, heir_toml_node old,
	const struct heir_write *next, heir_toml_node node)
{
	enum heir_blame_state state = is_flag(blame, next) ? HEIR_BLAME_OVERRIDDEN
				      : node               ? HEIR_BLAME_REPLACED
							   : HEIR_BLAME_DISCARDED;

	add_verdict(blame, source, old, state, next, node);
}

/* ---- Keys outside of the tables with names ---- */

/* The only array to which files append. */
static bool adds_up(const struct heir_key_row *row)
{
	return row->table == HEIR_KEYS_CRIO && heir_str_eqz(row->name, "storage_option");
}

/* Returns whether every assignment of a key equals the default. Then none of them has an
 * effect. */
static int all_say_default(
	const struct heir_blame *blame, const struct heir_key_row *row, bool *ret)
{
	const struct heir_config *config = blame->config;
	const struct heir_write *last = config->keys[row - heir_key_rows];
	struct heir_value built_in, value;
	int r = heir_key_get_default(config, row, &built_in, ret);

	*ret = *ret && last && heir_key_has_value(row) && !adds_up(row);
	for (const struct heir_write *w = last; w && *ret && r == 0; w = w->replaced) {
		/* heir's built-in TOML is compared where it is used. */
		if (config->core->sources.items[w->source].scope == HEIR_SCOPE_BUILTIN)
			*ret = false;
		r = r == 0 ? heir_value_read(config, w->source, w->node, built_in.type, &value) : r;
		*ret = *ret && r == 0 && heir_value_equal(&value, &built_in);
	}
	return r;
}

/* Gives verdicts to all assignments of a key, the last one first. */
static int judge_key(struct heir_blame *blame, const struct heir_key_row *row)
{
	const struct heir_write *next = NULL;
	bool idle;
	int r = all_say_default(blame, row, &idle);

	for (const struct heir_write *w = blame->config->keys[row - heir_key_rows]; w;
		w = w->replaced) {
		bool is_table = heir_toml_type(doc_of(blame, w), w->node) == HEIR_TOML_TABLE;

		if (row->type == HEIR_TYPE_TABLES && !is_table)
			add_verdict(blame, w->source, w->node, HEIR_BLAME_NO_EFFECT, NULL, 0);
		if (row->type == HEIR_TYPE_TABLES || row->type == HEIR_TYPE_TABLE)
			continue;
		if (!next || (adds_up(row) && !is_flag(blame, next)))
			add_verdict(blame, w->source, w->node,
				idle ? HEIR_BLAME_NO_EFFECT : HEIR_BLAME_COUNTS, NULL, 0);
		else
			judge_old(blame, w->source, w->node, next, next->node);
		/* A flag replaces the values of all files. */
		if (!next || !adds_up(row))
			next = w;
	}
	heir_core_forget_values(blame->config->core);
	return r;
}

/* ---- Handlers ---- */

/* Returns the field of a key that CRI-O reads, or HEIR_N_FIELDS. */
static enum heir_field field_of(
	const struct heir_blame *blame, const struct heir_toml_doc *doc, heir_toml_node node)
{
	bool exact;
	enum heir_field field = heir_field_by_name(heir_toml_key(doc, node), &exact);

	return field < HEIR_N_FIELDS && blame->config->field_known[field] ? field : HEIR_N_FIELDS;
}

/* Returns whether the value equals the field's default. */
static bool says_nothing(const struct heir_blame *blame, const struct heir_write *table,
	heir_toml_node node, enum heir_field field, int *r)
{
	enum heir_type type = heir_fields[field].type;
	struct heir_value value;

	if (type == HEIR_TYPE_ANY)
		return false;
	if (type == HEIR_TYPE_MAP && heir_toml_type(doc_of(blame, table), node) != HEIR_TOML_TABLE)
		return true;
	*r = heir_value_read(blame->config, table->source, node, type, &value);
	return *r == 0 && heir_value_is_zero(&value);
}

/* Judges a value of a table that CRI-O replaces by another one. */
static int judge_overruled(struct heir_blame *blame, const struct heir_write *table,
	heir_toml_node node, enum heir_field field, const struct heir_result *result)
{
	struct heir_origin origin;
	struct heir_write by = {.source = 0};
	int r = heir_result_get(blame->res, result, field, &origin);

	if (r < 0 || (origin.node == node && origin.source == table->source))
		return r;
	if (heir_is_overruled(result, field, &origin, &by.source, &by.node))
		judge_old(blame, table->source, node, &by, by.node);
	return 0;
}

static int judge_field(struct heir_blame *blame, const struct heir_write *table,
	heir_toml_node node, enum heir_field field, const struct heir_result *result)
{
	heir_toml_node chosen = heir_table_field(blame->config, table, field);
	int r = 0;

	if (node != chosen) {
		judge_old(blame, table->source, node, table, chosen);
		return 0;
	}
	if (says_nothing(blame, table, node, field, &r)) {
		add_verdict(blame, table->source, node, HEIR_BLAME_NO_EFFECT, NULL, 0);
		return 0;
	}
	if (r < 0)
		return r;
	add_verdict(blame, table->source, node, HEIR_BLAME_COUNTS, NULL, 0);
	return result && field < HEIR_N_SHOWN_FIELDS
		       ? judge_overruled(blame, table, node, field, result)
		       : 0;
}

static int judge_fields(struct heir_blame *blame, const struct heir_write *table,
	const struct heir_write *next, const struct heir_result *result)
{
	const struct heir_toml_doc *doc = doc_of(blame, table);
	int r = 0;

	heir_toml_foreach (node, doc, table->node) {
		enum heir_field field = field_of(blame, doc, node);

		if (field == HEIR_N_FIELDS || r < 0)
			continue;
		if (next)
			judge_old(blame, table->source, node, next,
				heir_table_field(blame->config, next, field));
		else
			r = judge_field(blame, table, node, field, result);
	}
	return r;
}

static int judge_handler(struct heir_blame *blame, const struct heir_handler *handler)
{
	const struct heir_result *result =
		blame->res && blame->res->results ? &blame->res->results[handler->id] : NULL;
	const struct heir_write *next = NULL;
	int r = 0;

	for (const struct heir_write *w = handler->table; w && r == 0; next = w, w = w->replaced) {
		if (next)
			judge_old(blame, w->source, w->node, next, 0);
		else
			add_verdict(blame, w->source, w->node, HEIR_BLAME_COUNTS, NULL, 0);
		r = judge_fields(blame, w, next, result);
	}
	heir_core_forget_values(blame->config->core);
	return r;
}

/* ---- Workloads ---- */

enum { MAX_WORKLOAD_KEYS = 16 };

/* Finds each key of a workload's table, by rows from `first` on. */
static void index_keys(const struct heir_blame *blame, const struct heir_write *table,
	unsigned first, heir_toml_node ret[MAX_WORKLOAD_KEYS])
{
	for (unsigned i = 0; i < MAX_WORKLOAD_KEYS; i++) {
		bool is_row = first + i < heir_n_key_rows &&
			      heir_key_rows[first + i].table == HEIR_KEYS_WORKLOAD;

		ret[i] = is_row ? heir_table_key(blame->config, table, &heir_key_rows[first + i])
				: 0;
	}
}

/* Gives verdicts to a workload's tables and their keys, the last one first. */
static void judge_workload(
	struct heir_blame *blame, const struct heir_workload *workload, unsigned first)
{
	const struct heir_write *next = NULL;

	for (const struct heir_write *w = workload->table; w; next = w, w = w->replaced) {
		const struct heir_toml_doc *doc = doc_of(blame, w);
		const struct heir_write *winner = next ? next : w;
		heir_toml_node chosen[MAX_WORKLOAD_KEYS];

		index_keys(blame, winner, first, chosen);
		if (next)
			judge_old(blame, w->source, w->node, next, 0);
		else
			add_verdict(blame, w->source, w->node, HEIR_BLAME_COUNTS, NULL, 0);
		heir_toml_foreach (node, doc, w->node) {
			unsigned row = (heir_toml_tag(doc, node) >> 1) - 1u - first;

			if (heir_toml_tag(doc, node) == 0 || row >= MAX_WORKLOAD_KEYS)
				continue;
			if (next || chosen[row] != node)
				judge_old(blame, w->source, node, winner, chosen[row]);
			else
				add_verdict(blame, w->source, node, HEIR_BLAME_COUNTS, NULL, 0);
		}
	}
}

/* ---- All ---- */

static int make_verdict_room(struct heir_blame *blame, uint32_t only)
{
	const struct heir_config *config = blame->config;

	blame->verdicts = calloc(config->n_docs ? config->n_docs : 1, sizeof(*blame->verdicts));
	if (!blame->verdicts)
		return -ENOMEM;
	blame->n_verdicts = config->n_docs;
	for (uint32_t s = 0; s < config->n_docs; s++) {
		if (!heir_blame_has(config, s) ||
			(only != HEIR_SOURCE_NONE && !heir_is_same_file(&blame->same, s, only)))
			continue;
		blame->verdicts[s] =
			calloc(heir_toml_n_nodes(config->docs[s]) + 1u, sizeof(**blame->verdicts));
		if (!blame->verdicts[s])
			return -ENOMEM;
	}
	return 0;
}

int heir_blame_init(struct heir_blame *blame, const struct heir_config *config,
	const struct heir_resolution *res, uint32_t source)
{
	unsigned first = 0;
	int r;

	*blame = (struct heir_blame){.config = config, .res = res};
	r = heir_same_init(&blame->same, config);
	if (r == 0)
		r = make_verdict_room(blame, source);
	for (unsigned i = 0; i < heir_n_key_rows && r == 0; i++)
		r = judge_key(blame, &heir_key_rows[i]);
	for (uint32_t i = 0; i < config->n_handlers && r == 0; i++)
		r = judge_handler(blame, config->handlers[i]);
	while (heir_key_rows[first].table != HEIR_KEYS_WORKLOAD)
		first++;
	for (uint32_t i = 0; i < config->n_workloads && r == 0; i++)
		judge_workload(blame, &config->workloads[i], first);
	return r;
}

void heir_blame_release(struct heir_blame *blame)
{
	for (uint32_t s = 0; s < blame->n_verdicts; s++)
		free(blame->verdicts[s]);
	free(blame->verdicts);
	heir_same_release(&blame->same);
	blame->verdicts = NULL;
	blame->n_verdicts = 0;
}
