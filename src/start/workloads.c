/* SPDX-License-Identifier: Apache-2.0 */
/* Checks [crio.runtime.workloads]. Mirrors Workloads.Validate. */
#include <errno.h>

#include "config/annotation.h"
#include "start/judge.h"

struct workload {
	struct heir_judge *judge;
	struct heir_str name;
	struct heir_write table;
	struct heir_write resources; /* node is 0 if there are none */
};

/* Returns the node of a key, or 0. */
static heir_toml_node find_key(const struct workload *w, const struct heir_write *table,
	enum heir_key_table as, const char *key)
{
	const struct heir_config *config = w->judge->config;
	bool exact;
	const struct heir_key_row *row =
		heir_key_find(as, heir_str_from(key), config->where.version, &exact);

	return row && table->node ? heir_table_key(config, table, row) : 0;
}

static struct heir_place workload_place(const struct workload *w, heir_toml_node node)
{
	const struct heir_config *config = w->judge->config;

	if (node == 0)
		return heir_write_key_place(config, &w->table);
	return heir_node_place(
		config, w->table.source, heir_toml_value_span(config->docs[w->table.source], node));
}

/* Returns the value of a key, "" or 0 if it is not set or has another type. */
static struct heir_value read_workload_key(
	const struct workload *w, heir_toml_node node, enum heir_type type)
{
	struct heir_value value = {.type = type};
	int r = node ? heir_value_read(w->judge->config, w->table.source, node, type, &value) : 0;

	if (r < 0)
		w->judge->error = r;
	return value;
}

#define REFUSE(w, node, ...) \
	heir_judge_stop(     \
		(w)->judge, HEIR_RULE_WORKLOAD_INVALID, workload_place((w), (node)), __VA_ARGS__)

static void judge_annotations(const struct workload *w)
{
	const struct heir_config *config = w->judge->config;
	const struct heir_toml_doc *doc = config->docs[w->table.source];
	heir_toml_node node = find_key(w, &w->table, HEIR_KEYS_WORKLOAD, "allowed_annotations");

	if (node == 0)
		return;
	heir_toml_foreach (item, doc, node) {
		struct heir_str name;

		if (heir_toml_type(doc, item) != HEIR_TOML_STRING)
			continue;
		name = heir_config_string(config, w->table.source, item);
		if (name.p && !heir_annotation_is_known(name, config->where.version))
			REFUSE(w, item,
				"workload \"%.*s\": CRI-O 1.%u knows no annotation \"%.*s\"",
				HEIR_STR_ARG(w->name), config->where.version.minor,
				HEIR_STR_ARG(name));
	}
}

static void judge_resources(const struct workload *w)
{
	enum { MIN_PERIOD = 1000 };
	heir_toml_node set = find_key(w, &w->resources, HEIR_KEYS_RESOURCES, "cpuset");
	heir_toml_node quota = find_key(w, &w->resources, HEIR_KEYS_RESOURCES, "cpuquota");
	heir_toml_node period = find_key(w, &w->resources, HEIR_KEYS_RESOURCES, "cpuperiod");
	heir_toml_node shares = find_key(w, &w->resources, HEIR_KEYS_RESOURCES, "cpushares");
	struct heir_str cpus = read_workload_key(w, set, HEIR_TYPE_STRING).string;
	int64_t quota_is = read_workload_key(w, quota, HEIR_TYPE_INTEGER).integer;
	int64_t period_is = read_workload_key(w, period, HEIR_TYPE_INTEGER).integer;
	int64_t shares_are = read_workload_key(w, shares, HEIR_TYPE_INTEGER).integer;

	if (!heir_cpuset_is_valid(cpus))
		REFUSE(w, set,
			"workload \"%.*s\": \"%.*s\" is not a valid set of CPUs (expected "
			"\"0-3,8\")",
			HEIR_STR_ARG(w->name), HEIR_STR_ARG(cpus));
	if (quota_is != 0 && quota_is < shares_are)
		REFUSE(w, quota, "workload \"%.*s\": cpuquota %lld is less than cpushares %lld",
			HEIR_STR_ARG(w->name), (long long)quota_is, (long long)shares_are);
	/* The key is unsigned. */
	if (period_is != 0 && (uint64_t)period_is < MIN_PERIOD)
		REFUSE(w, period,
			"workload \"%.*s\": cpuperiod %lld is less than 1000 microseconds",
			HEIR_STR_ARG(w->name), (long long)period_is);
}

static void judge_workload(struct heir_judge *judge, const struct heir_workload *workload)
{
	struct workload w = {judge, workload->name, *workload->table, *workload->table};
	heir_toml_node activation =
		find_key(&w, &w.table, HEIR_KEYS_WORKLOAD, "activation_annotation");
	struct heir_diag *diag = NULL;

	w.resources.node = find_key(&w, &w.table, HEIR_KEYS_WORKLOAD, "resources");
	if (read_workload_key(&w, activation, HEIR_TYPE_STRING).string.len == 0)
		diag = REFUSE(&w, activation, "workload \"%.*s\" has no activation_annotation",
			HEIR_STR_ARG(w.name));
	heir_judge_help(judge, diag, "name the annotation that makes a pod one of this workload");
	judge_annotations(&w);
	judge_resources(&w);
}

void heir_judge_workloads(struct heir_judge *judge)
{
	for (uint32_t i = 0; i < judge->config->n_workloads && judge->error == 0; i++)
		if (judge->config->workloads[i].table)
			judge_workload(judge, &judge->config->workloads[i]);
}
