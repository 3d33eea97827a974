/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that heir and an unmodified CRI-O resolve differently, and copies of old defaults. */
#include <errno.h>

#include "base/buf.h"
#include "check/check.h"
#include "check/fix.h"
#include "inherit/link.h"
#include "inherit/pending.h"

static bool own_path(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, struct heir_origin *ret)
{
	return heir_check_own(check, res, result, HEIR_FIELD_runtime_path, ret) &&
	       !heir_origin_is_unset(ret);
}

/* ---- The same for both? ---- */

/* Returns the fields in which two results differ for CRI-O, one bit each. */
static uint32_t differing_fields(
	struct heir_check *check, const struct heir_result *result, const struct heir_result *stock)
{
	uint32_t differ = 0;
	int r = heir_results_act_differently(check->res, result, check->stock, stock, &differ);

	if (r < 0)
		check->error = r;
	return r < 0 ? 0 : differ;
}

/* Returns the first of heir's keys in the handler's table. */
static enum heir_field own_key(const struct heir_write *table)
{
	for (unsigned f = HEIR_FIRST_OWN_FIELD; f < HEIR_N_FIELDS; f++)
		if (table->fields >> f & 1)
			return f;
	return HEIR_N_FIELDS;
}

bool heir_is_ours(const struct heir_check *check, const struct heir_handler *handler)
{
	return own_key(handler->table) != HEIR_N_FIELDS ||
	       heir_scope_of(check, handler->table->source) == HEIR_SCOPE_HEIR;
}

bool heir_is_pending(const struct heir_check *check, const struct heir_result *result)
{
	/* Whether the rendered file is up to date is another rule. */
	return !result->dropped && !heir_is_carried(check, result->handler) &&
	       heir_is_ours(check, result->handler);
}

/* Reports handlers that use heir's keys although no rendered file passes the result on to
 * CRI-O. */
static void check_applied(struct heir_check *check, const struct heir_result *result)
{
	const struct heir_write *table = result->handler->table;
	const struct heir_result *stock = heir_kept_by_stock(check, result->handler);
	enum heir_field key = own_key(table);
	struct heir_diag *diag;
	struct heir_place where;
	const char *names = "";
	uint32_t differ;

	if (!heir_is_pending(check, result))
		return;
	if (stock) {
		differ = differing_fields(check, result, stock);
		names = differ ? heir_check_field_names(check, differ) : NULL;
		if (!names)
			return;
	}
	where = key == HEIR_N_FIELDS ? heir_write_key_place(check->config, table)
				     : heir_key_place(check, table->source,
					       heir_table_field(check->config, table, key));
	diag = heir_find(check, HEIR_RULE_INHERIT_NOT_APPLIED, where,
		"handler \"%.*s\" is pending: " HEIR_PENDING_WORDS "; until then %s%s",
		HEIR_STR_ARG(result->handler->name),
		stock ? "it differs in " : "CRI-O has no such handler", names);
	heir_find_about(diag, result->handler);
	heir_find_help(check, diag, HEIR_PENDING_HELP);
}

/* Lists names, up to a number that fits on a line. */
static const char *some_names(struct heir_check *check, const struct heir_str *names, uint32_t n)
{
	enum { LIMIT = 3 };
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	const char *kept = NULL;

	for (uint32_t i = 0; i < n && i < LIMIT; i++)
		heir_buf_message(&text, "%s%.*s", i ? ", " : "", HEIR_STR_ARG(names[i]));
	heir_buf_addz(&text, n > LIMIT ? ", ..." : "");
	if (heir_buf_error(&text) == 0)
		kept = heir_arena_strndup(&check->core->arena, text.p, text.len);
	if (!kept)
		check->error = -ENOMEM;
	return kept;
}

static bool is_about_pending(const struct heir_diag *diag)
{
	return diag->rule == HEIR_RULE_INHERIT_NOT_APPLIED;
}

/* Removes all findings of the rule but the first, and collects their handlers in `names`. */
static struct heir_diag *join_findings(struct heir_diags *found, struct heir_str *names)
{
	struct heir_diag *first = NULL;
	uint32_t n = 0, n_names = 0;

	for (uint32_t i = 0; i < found->n; i++) {
		struct heir_diag *diag = found->items[i];

		if (is_about_pending(diag))
			names[n_names++] = diag->handler;
		if (!is_about_pending(diag) || !first)
			found->items[n++] = diag;
		if (is_about_pending(diag) && !first)
			first = diag;
	}
	found->n = n;
	return first;
}

void heir_check_group_pending(struct heir_check *check)
{
	struct heir_diags *found = &check->findings;
	struct heir_str *names;
	struct heir_diag *first;
	const char *some;
	uint32_t n = 0;

	for (uint32_t i = 0; i < found->n; i++)
		n += is_about_pending(found->items[i]);
	if (n < 2)
		return;
	names = heir_arena_alloc(&check->core->arena, n * sizeof(*names));
	if (!names) {
		check->error = -ENOMEM;
		return;
	}
	first = join_findings(found, names);
	some = some_names(check, names, n);
	if (!some)
		return;
	first->handler = HEIR_STR_NULL;
	first->handlers = names;
	first->n_handlers = n;
	first->text = heir_arena_message(&check->core->arena,
		"%u handlers (%s) inherit and are pending: " HEIR_PENDING_WORDS, n, some);
	if (!first->text)
		check->error = -ENOMEM;
}

static void check_shadows(struct heir_check *check, const struct heir_result *result)
{
	const struct heir_result *stock = heir_kept_by_stock(check, result->handler);
	struct heir_diag *diag;

	if (result->via != HEIR_VIA_IMPLICIT || !stock || stock->path_kind != HEIR_KIND_PATH)
		return;
	diag = heir_find(check, HEIR_RULE_IMPLICIT_SHADOWS,
		heir_write_key_place(check->config, result->handler->table),
		"heir uses the binary of \"%.*s\" for \"%.*s\", but an unmodified CRI-O uses %s "
		"from $PATH",
		HEIR_STR_ARG(check->res->default_runtime), HEIR_STR_ARG(result->handler->name),
		stock->path);
	heir_find_about(diag, result->handler);
	heir_find_help(
		check, diag, "set inherit = \"default\" or runtime_path = \"%s\"", stock->path);
}

/* Reports inherited allowed_annotations, because they grant privileges. */
static void check_annotations(struct heir_check *check, const struct heir_result *result)
{
	struct heir_origin got;
	struct heir_diag *diag;
	heir_toml_node asked;

	if (result->dropped ||
		!heir_check_get(check, check->res, result, HEIR_FIELD_allowed_annotations, &got) ||
		got.kind != HEIR_KIND_INHERITED)
		return;
	asked = heir_table_field(check->config, result->handler->table, HEIR_FIELD_inherit_fields);
	diag = heir_find(check, HEIR_RULE_ANNOTATIONS_INHERITED,
		asked ? heir_value_place(check, result->handler->table->source, asked)
		      : heir_write_key_place(check->config, result->handler->table),
		"\"%.*s\" inherits allowed_annotations from \"%.*s\": they grant privileges",
		HEIR_STR_ARG(result->handler->name), HEIR_STR_ARG(got.from->name));
	heir_find_about(diag, result->handler);
	if (got.node && heir_scope_of(check, got.source) != HEIR_SCOPE_BUILTIN)
		heir_find_note(check, diag, heir_origin_place(check, got.from, &got),
			"they are written here");
}

/* ---- Copies of the default ---- */

/* Reports a runtime_path that inherit_default_runtime overwrites in CRI-O. */
static void check_overridden(struct heir_check *check, const struct heir_result *stock)
{
	struct heir_origin path;
	struct heir_diag *diag;

	if (stock->via != HEIR_VIA_INHERIT_DEFAULT_RUNTIME ||
		stock == check->stock->default_result ||
		!own_path(check, check->stock, stock, &path))
		return;
	diag = heir_find(check, HEIR_RULE_PATH_OVERRIDDEN,
		heir_origin_place(check, stock->handler, &path),
		"runtime_path has no effect: inherit_default_runtime overwrites it with the path "
		"of \"%.*s\"",
		HEIR_STR_ARG(check->stock->default_runtime));
	heir_find_about(diag, stock->handler);
	heir_find_note(
		check, diag, heir_key_place(check, stock->via_source, stock->via_node), "set here");
	heir_find_help(check, diag, "remove one of the two");
}

/* Returns the place where a file set default_runtime to a handler with that path, before a later
 * file replaced it; NULL if there is none. */
static const struct heir_write *stale_default(struct heir_check *check, struct heir_str path)
{
	const struct heir_write *w = check->config->settings[HEIR_SETTING_default_runtime];

	for (w = w ? w->replaced : NULL; w; w = w->replaced) {
		const struct heir_result *was;
		struct heir_origin its;
		struct heir_str name;

		if (heir_scope_of(check, w->source) == HEIR_SCOPE_BUILTIN)
			continue;
		name = heir_config_string(check->config, w->source, w->node);
		if (!name.p) {
			check->error = -ENOMEM;
			return NULL;
		}
		was = heir_resolution_find(check->res, name);
		if (was && was != check->res->default_result &&
			heir_check_get(check, check->res, was, HEIR_FIELD_runtime_path, &its) &&
			heir_str_eq(its.value.string, path))
			return w;
	}
	return NULL;
}

/* Returns whether the path ends in the handler's own name. Then it is not a copy. */
static bool is_its_own(struct heir_str path, struct heir_str name)
{
	return path.len > name.len && path.p[path.len - name.len - 1] == '/' &&
	       heir_str_eq((struct heir_str){path.p + path.len - name.len, name.len}, name);
}

static void help_to_inherit(struct heir_check *check, struct heir_diag *diag)
{
	heir_find_help(check, diag, "write inherit = \"default\" instead%s",
		check->config->field_known[HEIR_FIELD_inherit_default_runtime]
			? ", or inherit_default_runtime = true, which CRI-O understands"
			: "");
}

/* Returns why replacing the path by inherit_default_runtime would change the handler: CRI-O's
 * inheritance overwrites a value of the table that differs from the default's. NULL if it would
 * not. */
static const char *reason_against_fix(struct heir_check *check, const struct heir_result *result)
{
	static const enum heir_field fields[] = {
		HEIR_FIELD_runtime_type, HEIR_FIELD_runtime_root, HEIR_FIELD_runtime_config_path};
	const struct heir_result *def = check->stock->default_result;
	struct heir_origin mine, other;
	const char *why;

	if (!def || heir_scope_of(check, result->handler->table->source) == HEIR_SCOPE_HEIR)
		return NULL;
	for (unsigned i = 0; i < ARRAY_LEN(fields); i++) {
		if (!heir_check_own(check, check->res, result, fields[i], &mine) ||
			!heir_check_get(check, check->stock, def, fields[i], &other))
			continue;
		heir_value_fill_in(check->config, fields[i], &mine.value);
		heir_value_fill_in(check->config, fields[i], &other.value);
		if (heir_value_equal(&mine.value, &other.value))
			continue;
		why = heir_arena_message(&check->core->arena,
			"CRI-O would use another %s of handler \"%.*s\"",
			heir_fields[fields[i]].name.p, HEIR_STR_ARG(result->handler->name));
		if (!why)
			check->error = -ENOMEM;
		return why;
	}
	return NULL;
}

/* A user who names only a minor may have an older patch release, but since 1.32 every patch
 * release has the key. */
static void offer_to_inherit(struct heir_check *check, struct heir_diag *diag,
	const struct heir_result *result, const struct heir_origin *path)
{
	struct heir_fix fix = {HEIR_FIX_REPLACE, path->source, path->node,
		HEIR_STR("inherit_default_runtime = true"), NULL};

	if (!heir_version_has(check->config->where.version, "1.32") ||
		result->handler->table->fields >> HEIR_FIELD_inherit_default_runtime & 1)
		return;
	fix.why = reason_against_fix(check, result);
	heir_find_fix(check, diag, &fix);
}

/* Reports a runtime_path that equals the default's, or a former default's: it will not follow when
 * the default changes. */
static void check_copies(
	struct heir_check *check, const struct heir_result *result, struct heir_str default_path)
{
	const struct heir_write *stale;
	struct heir_origin path;
	struct heir_diag *diag;

	if (result->dropped || !heir_is_new(check->res, result) ||
		result->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME ||
		!own_path(check, check->res, result, &path) ||
		is_its_own(path.value.string, result->handler->name))
		return;
	if (heir_str_eq(path.value.string, default_path)) {
		diag = heir_find(check, HEIR_RULE_PATH_COPIES_DEFAULT,
			heir_origin_place(check, result->handler, &path),
			"this is the runtime_path of the default handler \"%.*s\", and does not "
			"follow when the default changes",
			HEIR_STR_ARG(check->res->default_runtime));
		heir_find_about(diag, result->handler);
		help_to_inherit(check, diag);
		offer_to_inherit(check, diag, result, &path);
		return;
	}
	stale = stale_default(check, path.value.string);
	if (!stale)
		return;
	diag = heir_find(check, HEIR_RULE_PATH_STALE_DEFAULT,
		heir_origin_place(check, result->handler, &path),
		"this is the runtime_path of a former default; the default is now \"%.*s\"",
		HEIR_STR_ARG(check->res->default_runtime));
	heir_find_about(diag, result->handler);
	heir_find_note(check, diag, heir_write_value_place(check->config, stale),
		"the default that it copies");
	help_to_inherit(check, diag);
}

void heir_check_inheritance(struct heir_check *check)
{
	struct heir_origin path = {.kind = HEIR_KIND_UNSET, .value.string = HEIR_STR_NULL};

	for (uint32_t i = 0; check->stock->results && i < check->stock_config->n_handlers; i++)
		check_overridden(check, &check->stock->results[i]);
	if (!check->res->results || check->res->fatal ||
		!heir_check_get(check, check->res, check->res->default_result,
			HEIR_FIELD_runtime_path, &path))
		return;
	for (uint32_t i = 0; i < check->config->n_handlers && check->error == 0; i++) {
		const struct heir_result *result = &check->res->results[i];

		if (check->res != check->stock)
			check_applied(check, result);
		check_shadows(check, result);
		check_annotations(check, result);
		check_copies(check, result, path.value.string);
		heir_core_forget_values(check->core);
	}
}
