/* SPDX-License-Identifier: Apache-2.0 */
/* What a later file replaces in an earlier one: tables of handlers, and the default. Vendors'
 * files may replace each other's. */
#include <errno.h>
#include <string.h>

#include "check/check.h"

/* ---- Tables that replace tables ---- */

/* A table that replaces another. */
struct pair {
	struct heir_check *check;
	const struct heir_handler *handler;
	const struct heir_write *later, *earlier;
};

/* Returns whether a setting of [crio.runtime] replaces the field in every oci handler. */
static bool is_overruled(const struct heir_check *check, enum heir_field field)
{
	enum heir_setting setting = heir_field_setting(field);
	const struct heir_write *write =
		setting < HEIR_N_SETTINGS ? check->config->settings[setting] : NULL;
	struct heir_value value;
	int r;

	if (!write)
		return false;
	r = heir_value_read(
		check->config, write->source, write->node, heir_fields[field].type, &value);
	if (r < 0)
		((struct heir_check *)check)->error = r;
	return r == 0 && !heir_value_is_zero(&value);
}

/* Replaces an empty value by what CRI-O uses. */
static void fill_in(const struct heir_check *check, enum heir_field field, struct heir_value *value)
{
	struct heir_origin origin = {.kind = HEIR_KIND_EXPLICIT, .value = *value};

	heir_value_fill_in(check->config, field, &origin.value);
	heir_origin_default(check->config, field, &origin);
	*value = origin.value;
}

/* Reads what a table gives the field, or the zero value. */
static void read_field(const struct pair *pair, const struct heir_write *table,
	enum heir_field field, struct heir_value *ret)
{
	const struct heir_config *config = pair->check->config;
	heir_toml_node node = heir_table_field(config, table, field);
	int r = 0;

	*ret = (struct heir_value){.type = heir_fields[field].type};
	if (ret->type == HEIR_TYPE_STRING)
		ret->string = HEIR_STR("");
	if (node)
		r = heir_value_read(config, table->source, node, ret->type, ret);
	if (r < 0)
		pair->check->error = r;
}

/* Reads what the handler has in the end, if the later table is the one that counts. */
static void read_result(const struct pair *pair, enum heir_field field, struct heir_value *ret)
{
	const struct heir_result *result =
		heir_resolution_find(pair->check->res, pair->handler->name);
	struct heir_origin origin;

	if (pair->later == pair->handler->table && result && !result->dropped &&
		heir_check_get(pair->check, pair->check->res, result, field, &origin))
		*ret = origin.value;
	else
		read_field(pair, pair->later, field, ret);
}

/* Returns the fields of the earlier table that have another value now: those that the later table
 * omits, or those that it sets. */
static uint32_t changed_fields(const struct pair *pair, uint32_t fields)
{
	uint32_t ret = 0;

	for (unsigned f = 0; f < HEIR_N_FIELDS; f++) {
		struct heir_value before, after;

		if (!(fields >> f & 1))
			continue;
		/* heir's own keys, and the flag, determine values but are not values. */
		if (f >= HEIR_N_SHOWN_FIELDS || heir_fields[f].type == HEIR_TYPE_ANY) {
			ret |= 1u << f;
			continue;
		}
		read_field(pair, pair->earlier, f, &before);
		read_result(pair, f, &after);
		fill_in(pair->check, f, &before);
		fill_in(pair->check, f, &after);
		if (!heir_value_equal(&before, &after) && !is_overruled(pair->check, f))
			ret |= 1u << f;
	}
	return ret;
}

/* Returns whether it is the user's, not a vendor's or built-in. */
static bool is_own(const struct heir_check *check, const struct heir_write *write)
{
	return heir_scope_of(check, write->source) != HEIR_SCOPE_BUILTIN &&
	       !heir_is_of_vendor(check, write->source);
}

/* Reports values that a later table of the same handler drops. */
static void check_replaced(const struct pair *pair)
{
	struct heir_check *check = pair->check;
	uint32_t both = pair->earlier->fields & pair->later->fields;
	bool builtin = heir_scope_of(check, pair->earlier->source) == HEIR_SCOPE_BUILTIN;
	bool by_vendor = !is_own(check, pair->later);
	const char *lost, *other;
	struct heir_diag *diag;

	if (by_vendor && !is_own(check, pair->earlier))
		return;
	/* A flag that replaces a file's table is reported by flag-overrides. */
	if (!builtin && heir_scope_of(check, pair->later->source) == HEIR_SCOPE_FLAG)
		return;
	lost = heir_check_field_names(
		check, changed_fields(pair, pair->earlier->fields & ~pair->later->fields));
	/* What users set again is intended; what a vendor sets again replaces the user's value. */
	other = heir_check_field_names(check, by_vendor ? changed_fields(pair, both) : 0);
	if (!lost || !other || (!lost[0] && !other[0]))
		return;
	diag = heir_find(check, HEIR_RULE_TABLE_REPLACED,
		heir_write_key_place(check->config, pair->later),
		"this table replaces %s of \"%.*s\" and %s%s%s%s%s",
		builtin ? "the built-in one" : "an earlier one", HEIR_STR_ARG(pair->handler->name),
		lost[0] ? "discards its " : "", lost, lost[0] && other[0] ? ", and " : "",
		other[0] ? "changes its " : "", other);
	heir_find_about(diag, pair->handler);
	if (!builtin)
		heir_find_note(check, diag, heir_write_key_place(check->config, pair->earlier),
			"this table has no effect");
	if (by_vendor)
		heir_find_help(check, diag,
			"put your table into a file that is read later than the vendor's");
}

/* ---- The default ---- */

static bool is_same_string(
	const struct heir_check *check, const struct heir_write *a, const struct heir_write *b)
{
	struct heir_str x = heir_config_string(check->config, a->source, a->node);
	struct heir_str y = heir_config_string(check->config, b->source, b->node);

	return x.p && y.p && heir_str_eq(x, y);
}

static void check_default(struct heir_check *check)
{
	const struct heir_write *last = check->config->settings[HEIR_SETTING_default_runtime];
	struct heir_diag *diag = NULL;
	uint32_t source;

	if (!last || heir_scope_of(check, last->source) == HEIR_SCOPE_FLAG)
		return;
	source = last->source;
	for (const struct heir_write *w = last->replaced; w; w = w->replaced) {
		if (w->source == source || !is_own(check, w) || is_same_string(check, w, last))
			continue;
		source = w->source;
		if (!diag)
			diag = heir_find(check, HEIR_RULE_DEFAULT_OVERRIDDEN,
				heir_write_value_place(check->config, last),
				"this default_runtime overrides another value in an earlier file");
		heir_find_note(
			check, diag, heir_write_value_place(check->config, w), "also set here");
	}
}

void heir_check_replaced(struct heir_check *check)
{
	check_default(check);
	for (uint32_t i = 0; i < check->config->n_handlers && check->error == 0; i++) {
		const struct heir_handler *handler = check->config->handlers[i];

		for (const struct heir_write *w = handler->table; w && w->replaced; w = w->replaced)
			check_replaced(&(struct pair){check, handler, w, w->replaced});
		heir_core_forget_values(check->core);
	}
}
