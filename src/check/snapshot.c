/* SPDX-License-Identifier: Apache-2.0 */
#include "check/snapshot.h"

#include <errno.h>

#include "check/check.h"
#include "config/annotation.h"
#include "start/start.h"

void heir_snapshot_release(struct heir_snapshot *stand)
{
	heir_stock_release(&stand->stock);
	heir_resolution_release(&stand->res);
	heir_config_release(&stand->config);
	heir_core_release(&stand->core);
}

static int check(struct heir_snapshot *stand, const struct heir_assume *assume)
{
	struct heir_diags *diags = &stand->core.diags;
	int r = heir_start_resolve(&stand->res, &stand->config, assume);

	if (r == 0)
		r = heir_check_run(&stand->core, &stand->config, &stand->res, assume, NULL, NULL);
	for (uint32_t i = 0; r == 0 && i < diags->n; i++)
		if (heir_rule_level(diags->items[i]->rule)[0] == 'e')
			stand->n_errors[diags->items[i]->rule]++;
	return r < 0 ? r : heir_start_stock(&stand->stock, &stand->config, assume);
}

int heir_snapshot_init(struct heir_snapshot *stand, const struct heir_core *core,
	const struct heir_where *where, const struct heir_assume *assume,
	const struct heir_overlay *laid)
{
	struct heir_where as_heir = *where;
	int r;

	*stand = (struct heir_snapshot)HEIR_SNAPSHOT_NULL;
	heir_core_init(&stand->core);
	r = heir_root_dup(&core->root, &stand->core.root);
	if (r < 0)
		return r;
	stand->core.root.overlay = laid;
	as_heir.as = HEIR_AS_HEIR;
	r = heir_config_load(&stand->config, &stand->core, &as_heir);
	return r < 0 ? r : check(stand, assume);
}

bool heir_snapshot_is_sound(const struct heir_snapshot *stand)
{
	return !stand->config.io_error && !stand->res.fatal && !stand->stock.res.fatal;
}

/* ---- Comparing ---- */

/* One semantics on both sides. */
struct pair {
	struct heir_arena *arena;
	const struct heir_resolution *before, *after;
	const char *who; /* whose semantics */
	const char *told;
	int error; /* -ENOMEM */
};

static _printf_(2, 3) void tell(struct pair *pair, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pair->told = heir_arena_vmessage(pair->arena, fmt, args);
	va_end(args);
	if (!pair->told)
		pair->error = -ENOMEM;
}

/* The features that a list allows, whichever of their names it has: that both of them pass is what
 * a mend may change. A handler that is kept has no other names than CRI-O's. */
static uint64_t features_of(const struct heir_value *list)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < list->list.n; i++)
		bits |= heir_annotation_bit(list->list.entries[i].value);
	return bits;
}

static bool is_same(struct pair *pair, const struct heir_result *before,
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
		tell(pair, "%s would %s handler \"%.*s\"", pair->who,
			after && before->dropped ? "judge otherwise of" : "lose",
			HEIR_STR_ARG(name));
		return;
	}
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && !before->dropped; f++) {
		if (f == HEIR_FIELD_inherit_default_runtime || is_same(pair, before, after, f))
			continue;
		if (!pair->error)
			tell(pair, "%s would see another %s of handler \"%.*s\"", pair->who,
				heir_fields[f].name.p, HEIR_STR_ARG(name));
		return;
	}
}

static void compare(struct pair *pair)
{
	const struct heir_config *before = pair->before->config, *after = pair->after->config;

	if (before->n_handlers != after->n_handlers)
		tell(pair, "%s would see more or fewer handlers", pair->who);
	else if (!heir_str_eq(pair->before->default_runtime, pair->after->default_runtime))
		tell(pair, "%s would see another default_runtime", pair->who);
	for (uint32_t i = 0; i < before->n_handlers && !pair->told && !pair->error; i++) {
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
	for (unsigned rule = 0; rule < HEIR_N_RULES && !pair->told; rule++)
		if (after->n_errors[rule] > before->n_errors[rule])
			tell(pair, "it would bring an error: %s", heir_rules[rule].help);
}

int heir_snapshot_compare(struct heir_snapshot *before, struct heir_snapshot *after,
	struct heir_arena *arena, const char **ret)
{
	struct pair stock = {arena, &before->stock.res, &after->stock.res, "CRI-O", NULL, 0};
	struct pair heir = {arena, &before->res, &after->res, "heir", NULL, 0};

	compare_errors(&stock, before, after);
	if (!stock.told && !stock.error && !heir_snapshot_is_sound(after))
		tell(&stock, "CRI-O would not start");
	if (!stock.told && !stock.error)
		compare(&stock);
	if (!stock.told && !stock.error)
		compare(&heir);
	*ret = stock.told ? stock.told : heir.told;
	return stock.error ? stock.error : heir.error;
}
