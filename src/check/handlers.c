/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers: values that CRI-O changes silently, and names that cannot be used. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "check/check.h"
#include "config/duration.h"

/* ---- Values that CRI-O replaces ---- */

static void check_memory(struct heir_check *check, const struct heir_result *result)
{
	struct heir_origin memory;
	struct heir_diag *diag;

	if (!heir_check_own(
		    check, check->stock, result, HEIR_FIELD_container_min_memory, &memory) ||
		memory.value.string.len == 0 || heir_size_is_valid(memory.value.string))
		return;
	diag = heir_find(check, HEIR_RULE_MEMORY_INVALID,
		heir_origin_place(check, result->handler, &memory),
		"invalid size \"%.*s\": CRI-O uses its default, 12MiB",
		HEIR_STR_ARG(memory.value.string));
	heir_find_help(check, diag, "write a number and a unit, as in \"20MiB\"");
}

static void check_timeout(struct heir_check *check, const struct heir_result *result)
{
	struct heir_origin timeout;

	if (!heir_check_own(
		    check, check->stock, result, HEIR_FIELD_container_create_timeout, &timeout) ||
		timeout.value.integer >= 30)
		return;
	heir_find(check, HEIR_RULE_TIMEOUT_CLAMPED,
		heir_origin_place(check, result->handler, &timeout),
		"CRI-O uses %d seconds instead of %" PRId64 ": %s",
		timeout.value.integer == 0 ? 240 : 30, timeout.value.integer,
		timeout.value.integer == 0 ? "0 is its default" : "the minimum is 30");
}

static bool is_oci_handler(struct heir_check *check, const struct heir_result *result)
{
	struct heir_origin type;

	return heir_check_get(check, check->stock, result, HEIR_FIELD_runtime_type, &type) &&
	       (type.value.string.len == 0 || heir_str_eqz(type.value.string, "oci"));
}

/* Reports a setting of [crio.runtime] that overrides the value of every handler. */
static void check_overridden(struct heir_check *check, const struct heir_result *result,
	enum heir_field field, enum heir_setting setting)
{
	const struct heir_write *write = check->stock_config->settings[setting];
	struct heir_origin mine, got;
	struct heir_diag *diag;

	if (!write || !heir_check_own(check, check->stock, result, field, &mine) ||
		!heir_check_get(check, check->stock, result, field, &got))
		return;
	if (got.node == 0 || (got.source == mine.source && got.node == mine.node))
		return;
	/* Equal values do no harm. */
	if (got.value.type == HEIR_TYPE_STRING && heir_str_eq(got.value.string, mine.value.string))
		return;
	diag = heir_find(check, HEIR_RULE_MONITOR_OVERRIDDEN,
		heir_origin_place(check, result->handler, &mine),
		"%s of \"%.*s\" does not count: %s in [crio.runtime] replaces it",
		heir_fields[field].name.p, HEIR_STR_ARG(result->handler->name),
		heir_setting_names[setting].p);
	heir_find_about(diag, result->handler);
	heir_find_note(
		check, diag, heir_origin_place(check, result->handler, &got), "this replaces it");
}

/* ---- Names ---- */

static bool is_label(struct heir_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool inside = i > 0 && i + 1 < name.len;

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && inside)))
			return false;
	}
	return name.len > 0 && name.len <= 63;
}

static void check_label(struct heir_check *check, const struct heir_handler *handler)
{
	struct heir_diag *diag;

	if (handler->broken || is_label(handler->name))
		return;
	diag = heir_find(check, HEIR_RULE_NAME_NOT_DNS_LABEL,
		heir_write_key_place(check->config, handler->table),
		"no RuntimeClass can name the handler \"%.*s\"", HEIR_STR_ARG(handler->name));
	heir_find_about(diag, handler);
	heir_find_help(check, diag,
		"use up to 63 lower-case letters, digits and dashes, with no dash at either end");
}

static void check_kept(struct heir_check *check, const struct heir_result *result)
{
	check_memory(check, result);
	if (check->stock_config->field_known[HEIR_FIELD_container_create_timeout])
		check_timeout(check, result);
	if (!is_oci_handler(check, result))
		return;
	check_overridden(check, result, HEIR_FIELD_monitor_path, HEIR_SETTING_conmon);
	check_overridden(check, result, HEIR_FIELD_monitor_cgroup, HEIR_SETTING_conmon_cgroup);
	check_overridden(check, result, HEIR_FIELD_monitor_env, HEIR_SETTING_conmon_env);
}

/* Returns its own runtime_path unless empty, else 0. */
static heir_toml_node own_path(struct heir_check *check, const struct heir_write *table)
{
	heir_toml_node path = heir_table_field(check->config, table, HEIR_FIELD_runtime_path);
	const struct heir_toml_doc *doc = check->config->docs[table->source];
	struct heir_str text;

	if (!path || heir_toml_type(doc, path) != HEIR_TOML_STRING)
		return 0;
	text = heir_config_string(check->config, table->source, path);
	if (!text.p)
		check->error = -ENOMEM;
	return text.len > 0 ? path : 0;
}

/* Requirements on the chosen binary are useless if none is chosen, and so are candidates. */
static void check_candidates(struct heir_check *check, const struct heir_handler *handler)
{
	const struct heir_write *table = handler->table;
	heir_toml_node requires =
		heir_table_field(check->config, table, HEIR_FIELD_runtime_requires);
	heir_toml_node candidates =
		heir_table_field(check->config, table, HEIR_FIELD_runtime_candidates);
	heir_toml_node path = requires || candidates ? own_path(check, table) : 0;
	struct heir_diag *diag;

	if (candidates && path) {
		diag = heir_find(check, HEIR_RULE_CANDIDATES_UNUSED,
			heir_key_place(check, table->source, candidates),
			"runtime_candidates%s no effect: \"%.*s\" has a runtime_path of its own",
			requires ? " and runtime_requires have" : " has",
			HEIR_STR_ARG(handler->name));
		heir_find_about(diag, handler);
		heir_find_note(check, diag, heir_key_place(check, table->source, path),
			"this one is used");
	} else if (requires && !candidates) {
		diag = heir_find(check, HEIR_RULE_REQUIRES_UNUSED,
			heir_key_place(check, table->source, requires),
			"runtime_requires has no effect: \"%.*s\" has no runtime_candidates to "
			"choose from",
			HEIR_STR_ARG(handler->name));
		heir_find_about(diag, handler);
		heir_find_help(check, diag,
			path ? "name the binaries instead of runtime_path: runtime_candidates = "
			       "\"auto\""
			     : "name the binaries: runtime_candidates = \"auto\"");
	}
}

void heir_check_handlers(struct heir_check *check)
{
	for (uint32_t i = 0; i < check->config->n_handlers && check->error == 0; i++) {
		check_label(check, check->config->handlers[i]);
		check_candidates(check, check->config->handlers[i]);
	}
	for (uint32_t i = 0; i < check->stock_config->n_handlers && check->error == 0; i++) {
		const struct heir_result *result =
			heir_kept_by_stock(check, check->stock_config->handlers[i]);

		if (result)
			check_kept(check, result);
		heir_core_forget_values(check->core);
	}
}
