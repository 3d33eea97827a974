/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the rows and checks the value that counts for each. CRI-O reports only the first problem;
 * heir checks all rows, so that one run reports every reason. */
#include <errno.h>
#include <stdarg.h>

#include "start/judge.h"
#include "start/rows.h"
#include "start/start.h"

#define ALWAYS ""
#define STILL ""
#define AS_ROW(table, key, how, argument, since, until, unset, rule)                        \
	{HEIR_KEYS_##table, HEIR_STR(key), heir_judge_##how, argument, since, until, unset, \
		HEIR_RULE_##rule},
static const struct heir_constraint constraints[] = {HEIR_CONSTRAINTS(AS_ROW)};

struct heir_diag *heir_judge_stop(struct heir_judge *judge, enum heir_rule rule,
	struct heir_place where, const char *fmt, ...)
{
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = heir_diags_addv(&judge->core->diags, &judge->core->arena, rule, where, fmt, args);
	va_end(args);
	if (!diag || heir_resolution_stop(judge->res, diag) < 0)
		judge->error = -ENOMEM;
	return diag;
}

void heir_judge_help(struct heir_judge *judge, struct heir_diag *diag, const char *fmt, ...)
{
	va_list args;

	if (!diag)
		return;
	va_start(args, fmt);
	diag->help = heir_arena_vmessage(&judge->core->arena, fmt, args);
	va_end(args);
	if (!diag->help)
		judge->error = -ENOMEM;
}

void heir_judge_refuse(struct heir_judge *judge, const struct heir_given *given, const char *kind,
	const char *expected)
{
	heir_judge_stop(judge, given->row->rule, given->where,
		"%.*s: \"%.*s\" is not a valid %s (expected %s)", HEIR_STR_ARG(given->key),
		HEIR_STR_ARG(given->text), kind, expected);
}

bool heir_judge_has_program(struct heir_judge *judge, const char *name)
{
	const char *path = NULL;
	int r = heir_lookup_binary(&judge->res->lookup, heir_str_from(name), &path);

	if (r < 0)
		judge->error = r;
	return r < 0 || path != NULL || heir_judge_is_bare(judge);
}

bool heir_judge_is_bare(struct heir_judge *judge)
{
	int r = heir_lookup_is_bare(&judge->res->lookup);

	if (r < 0)
		judge->error = r;
	return r != 0;
}

/* Reads the value of a node, or of an item in it. Returns false if it has another type, which is
 * reported elsewhere, or if there is no memory. */
static bool read_given(
	struct heir_judge *judge, uint32_t source, heir_toml_node node, struct heir_given *given)
{
	const struct heir_toml_doc *doc = judge->config->docs[source];
	struct heir_value value;
	int r = 0;

	given->where = heir_node_place(judge->config, source, heir_toml_value_span(doc, node));
	switch (heir_toml_type(doc, node)) {
	case HEIR_TOML_STRING:
		given->text = heir_config_string(judge->config, source, node);
		if (!given->text.p)
			judge->error = -ENOMEM;
		return given->text.p != NULL;
	case HEIR_TOML_INTEGER:
	case HEIR_TOML_BOOL:
		r = heir_value_read(judge->config, source, node,
			heir_toml_type(doc, node) == HEIR_TOML_BOOL ? HEIR_TYPE_BOOL
								    : HEIR_TYPE_INTEGER,
			&value);
		if (r < 0)
			judge->error = r;
		else if (value.type == HEIR_TYPE_BOOL)
			given->boolean = value.boolean;
		else
			given->integer = value.integer;
		return r == 0;
	default:
		return false;
	}
}

static const struct heir_write *find_write(struct heir_judge *judge, enum heir_key_table table,
	struct heir_str key, const struct heir_key_row **ret_row)
{
	bool exact;
	const struct heir_key_row *row =
		heir_key_find(table, key, judge->config->where.version, &exact);

	*ret_row = row;
	return row ? judge->config->keys[row - heir_key_rows] : NULL;
}

struct heir_given heir_judge_other(
	struct heir_judge *judge, enum heir_key_table table, const char *key)
{
	struct heir_given given = {
		.key = heir_str_from(key), .text = HEIR_STR(""), .where = HEIR_PLACE_NONE};
	const struct heir_key_row *row;
	const struct heir_write *write = find_write(judge, table, given.key, &row);

	if (write)
		given.is_set = read_given(judge, write->source, write->node, &given);
	return given;
}

/* Checks every item of a list. */
static void judge_items(
	struct heir_judge *judge, const struct heir_write *write, struct heir_given *given)
{
	const struct heir_toml_doc *doc = judge->config->docs[write->source];

	given->n = heir_toml_n_children(doc, write->node);
	heir_toml_foreach (item, doc, write->node) {
		if (judge->error < 0)
			return;
		if (read_given(judge, write->source, item, given))
			given->row->judge(judge, given);
		given->index++;
	}
}

/* Checks the value for one row, or its default if the row asks for that. */
static void judge_row(struct heir_judge *judge, const struct heir_constraint *row)
{
	const struct heir_key_row *key;
	const struct heir_write *write = find_write(judge, row->table, row->key, &key);
	struct heir_given given = {.row = row,
		.key = row->key,
		.text = HEIR_STR(""),
		.n = 1,
		.where = HEIR_PLACE_NONE};

	/* A key that the release does not have is not read. */
	if (!key && !row->unset)
		return;
	if (!write) {
		if (!row->unset)
			return;
		given.text = heir_str_from(row->unset);
		row->judge(judge, &given);
		return;
	}
	given.is_set = true;
	if (key->type == HEIR_TYPE_STRV)
		judge_items(judge, write, &given);
	else if (read_given(judge, write->source, write->node, &given))
		row->judge(judge, &given);
}

static bool is_checked(const struct heir_constraint *row, struct heir_version version)
{
	struct heir_version last;

	return heir_version_has(version, row->since) &&
	       (row->until[0] == '\0' ||
		       (heir_version_parse(row->until, &last) && version.minor <= last.minor));
}

/* Required in any case: the CNI library looks for it. */
static void judge_nsenter(struct heir_judge *judge)
{
	if (!heir_judge_has_program(judge, "nsenter"))
		heir_judge_stop(judge, HEIR_RULE_PROGRAM_MISSING, HEIR_PLACE_NONE,
			"\"nsenter\" is not in $PATH, and CRI-O's network library needs it");
}

int heir_start_judge(struct heir_resolution *res, const struct heir_config *config)
{
	struct heir_judge judge = {
		.res = res, .config = config, .core = config->core, .root = &config->core->root};

	/* If files could not be read completely, their values are unknown. */
	if (config->fatal)
		return 0;
	heir_judge_containers_files(&judge);
	for (unsigned i = 0; i < ARRAY_LEN(constraints) && judge.error == 0; i++)
		if (is_checked(&constraints[i], config->where.version))
			judge_row(&judge, &constraints[i]);
	judge_nsenter(&judge);
	heir_judge_workloads(&judge);
	if (!res->fatal || res->fatal->rule == HEIR_RULE_DEFAULT_INVALID)
		heir_judge_monitors(&judge);
	heir_core_forget_values(judge.core);
	return judge.error;
}

int heir_start_resolve(struct heir_resolution *res, const struct heir_config *config,
	const struct heir_assume *assume)
{
	int r = heir_resolve_config(res, config, assume);

	return r < 0 ? r : heir_start_judge(res, config);
}

int heir_start_stock(struct heir_stock *stock, const struct heir_config *config,
	const struct heir_assume *assume)
{
	int r = heir_stock_read(stock, config, NULL);

	return r < 0 ? r : heir_start_resolve(&stock->res, &stock->config, assume);
}
