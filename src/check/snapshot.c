/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot has a core of its own, so that the arena, sources and findings of the caller's core
 * stay as they are. Comparing stops at the first difference: one is enough to reject a fix. */
#include "check/snapshot.h"

#include <errno.h>

#include "check/check.h"
#include "config/annotation.h"
#include "start/start.h"

void heir_snapshot_release(struct heir_snapshot *snapshot)
{
	heir_stock_release(&snapshot->stock);
	heir_resolution_release(&snapshot->res);
	heir_config_release(&snapshot->config);
	heir_core_release(&snapshot->core);
}

static int resolve_snapshot(struct heir_snapshot *snapshot, const struct heir_assume *assume)
{
	struct heir_diags *diags = &snapshot->core.diags;
	int r = heir_start_resolve(&snapshot->res, &snapshot->config, assume);

	if (r == 0)
		r = heir_check_run(
			&snapshot->core, &snapshot->config, &snapshot->res, assume, NULL, NULL);
	for (uint32_t i = 0; r == 0 && i < diags->n; i++)
		if (heir_rule_level(diags->items[i]->rule)[0] == 'e')
			snapshot->n_errors[diags->items[i]->rule]++;
	return r < 0 ? r : heir_start_stock(&snapshot->stock, &snapshot->config, assume);
}

int heir_snapshot_init(struct heir_snapshot *snapshot, const struct heir_core *core,
	const struct heir_where *where, const struct heir_assume *assume,
	const struct heir_overlay *laid)
{
	struct heir_where as_heir = *where;
	int r;

	*snapshot = (struct heir_snapshot)HEIR_SNAPSHOT_NULL;
	heir_core_init(&snapshot->core);
	r = heir_root_dup(&core->root, &snapshot->core.root);
	if (r < 0)
		return r;
	snapshot->core.root.overlay = laid;
	as_heir.as = HEIR_AS_HEIR;
	r = heir_config_load(&snapshot->config, &snapshot->core, &as_heir);
	return r < 0 ? r : resolve_snapshot(snapshot, assume);
}

bool heir_snapshot_is_sound(const struct heir_snapshot *snapshot)
{
	return !snapshot->config.io_error && !snapshot->res.fatal && !snapshot->stock.res.fatal;
}

/* ---- Comparing ---- */

/* The two resolutions under one semantics. */
struct pair {
	struct heir_arena *arena;
	const struct heir_resolution *before, *after;
	const char *who; /* "CRI-O" or "heir", for the message */
	const char *change;
	int error; /* -ENOMEM */
};

static _printf_(2, 3) void report_change(struct pair *pair, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pair->change = heir_arena_vmessage(pair->arena, fmt, args);
	va_end(args);
	if (!pair->change)
		pair->error = -ENOMEM;
}

/* Returns the features that a list of annotations allows. Annotations have an old and a new name; a
 * fix may add the new one, which allows nothing more. */
static uint64_t features_of(const struct heir_value *list)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < list->list.n; i++)
		bits |= heir_annotation_bit(list->list.entries[i].value);
	return bits;
}

static bool is_same_field(struct pair *pair, const struct heir_result *before,
	const struct heir_result *after, enum heir_field field)
{
	struct heir_origin a, b;
	int r = heir_result_get(pair->before, before, field, &a);

	if (r == 0)
		r = heir_result_get(pair->after, after, field, &b);
	if (r < 0) {
		pair->error = r;
		return false;
	}
	heir_value_fill_in(pair->before->config, field, &a.value);
	heir_value_fill_in(pair->after->config, field, &b.value);
	if (field == HEIR_FIELD_allowed_annotations)
		return features_of(&a.value) == features_of(&b.value);
	return heir_value_equal(&a.value, &b.value);
}

static void compare_results(
	struct pair *pair, const struct heir_result *before, const struct heir_result *after)
{
	struct heir_str name = before->handler->name;

	if (!after || !before->dropped != !after->dropped ||
		(before->dropped && before->dropped->rule != after->dropped->rule)) {
		report_change(pair, "%s would %s handler \"%.*s\"", pair->who,
			after && before->dropped ? "change whether or why it drops" : "drop",
			HEIR_STR_ARG(name));
		return;
	}
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && !before->dropped; f++) {
		if (f == HEIR_FIELD_inherit_default_runtime ||
			is_same_field(pair, before, after, f))
			continue;
		if (!pair->error)
			report_change(pair, "%s would use another %s of handler \"%.*s\"",
				pair->who, heir_fields[f].name.p, HEIR_STR_ARG(name));
		return;
	}
}

static void compare_handlers(struct pair *pair)
{
	const struct heir_config *before = pair->before->config, *after = pair->after->config;

	if (before->n_handlers != after->n_handlers)
		report_change(pair, "%s would have more or fewer handlers", pair->who);
	else if (!heir_str_eq(pair->before->default_runtime, pair->after->default_runtime))
		report_change(pair, "%s would use another default_runtime", pair->who);
	for (uint32_t i = 0; i < before->n_handlers && !pair->change && !pair->error; i++) {
		const struct heir_result *result = &pair->before->results[i];

		compare_results(
			pair, result, heir_resolution_find(pair->after, result->handler->name));
		heir_core_forget_values(pair->before->core);
		heir_core_forget_values(pair->after->core);
	}
}

static void compare_errors(
	struct pair *pair, const struct heir_snapshot *before, const struct heir_snapshot *after)
{
	for (unsigned rule = 0; rule < HEIR_N_RULES && !pair->change; rule++)
		if (after->n_errors[rule] > before->n_errors[rule])
			report_change(pair, "it would cause an error: %s", heir_rules[rule].help);
}

int heir_snapshot_compare(struct heir_snapshot *before, struct heir_snapshot *after,
	struct heir_arena *arena, const char **ret)
{
	struct pair stock = {arena, &before->stock.res, &after->stock.res, "CRI-O", NULL, 0};
	struct pair heir = {arena, &before->res, &after->res, "heir", NULL, 0};

	compare_errors(&stock, before, after);
	if (!stock.change && !stock.error && !heir_snapshot_is_sound(after))
		report_change(&stock, "CRI-O would not start");
	if (!stock.change && !stock.error)
		compare_handlers(&stock);
	if (!stock.change && !stock.error)
		compare_handlers(&heir);
	*ret = stock.change ? stock.change : heir.change;
	return stock.error ? stock.error : heir.error;
}
