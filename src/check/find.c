/* SPDX-License-Identifier: Apache-2.0 */
/* Common to all subjects: adding a finding, places, values. */
#include <errno.h>
#include <stdarg.h>

#include "base/buf.h"
#include "check/check.h"

static _printf_(4, 0) struct heir_diag *add_finding(struct heir_check *check, enum heir_rule rule,
	struct heir_place where, const char *fmt, va_list args)
{
	struct heir_diag *diag =
		heir_diags_addv(&check->findings, &check->core->arena, rule, where, fmt, args);

	if (!diag)
		check->error = -ENOMEM;
	return diag;
}

struct heir_diag *heir_find(struct heir_check *check, enum heir_rule rule, struct heir_place where,
	const char *fmt, ...)
{
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = add_finding(check, rule, where, fmt, args);
	va_end(args);
	return diag;
}

struct heir_diag *heir_find_file(struct heir_check *check, enum heir_rule rule, uint32_t source,
	const char *path, const char *fmt, ...)
{
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = add_finding(check, rule, (struct heir_place){source, 0, 0}, fmt, args);
	va_end(args);
	if (diag)
		diag->path = path;
	return diag;
}

void heir_find_about(struct heir_diag *diag, const struct heir_handler *handler)
{
	if (diag)
		diag->handler = handler->name;
}

void heir_find_note(struct heir_check *check, struct heir_diag *diag, struct heir_place where,
	const char *fmt, ...)
{
	va_list args;

	if (!diag)
		return;
	va_start(args, fmt);
	if (!heir_diag_notev(diag, &check->core->arena, where, fmt, args))
		check->error = -ENOMEM;
	va_end(args);
}

void heir_find_help(struct heir_check *check, struct heir_diag *diag, const char *fmt, ...)
{
	va_list args;

	if (!diag)
		return;
	va_start(args, fmt);
	diag->help = heir_arena_vmessage(&check->core->arena, fmt, args);
	va_end(args);
	if (!diag->help)
		check->error = -ENOMEM;
}

struct heir_place heir_key_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node)
{
	return heir_node_place(
		check->config, source, heir_toml_key_span(check->config->docs[source], node));
}

struct heir_place heir_value_place(
	const struct heir_check *check, uint32_t source, heir_toml_node node)
{
	return heir_node_place(
		check->config, source, heir_toml_value_span(check->config->docs[source], node));
}

struct heir_place heir_origin_place(const struct heir_check *check,
	const struct heir_handler *handler, const struct heir_origin *origin)
{
	return origin->node ? heir_value_place(check, origin->source, origin->node)
			    : heir_write_key_place(check->config, handler->table);
}

bool heir_check_get(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret)
{
	int r = heir_result_get(res, result, field, ret);

	if (r < 0)
		check->error = r;
	return r == 0;
}

bool heir_check_own(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, enum heir_field field, struct heir_origin *ret)
{
	int r = heir_result_own(res, result, field, ret);

	if (r < 0)
		check->error = r;
	return r == 0 && ret->kind == HEIR_KIND_EXPLICIT;
}

const char *heir_check_field_names(struct heir_check *check, uint32_t fields)
{
	_cleanup_(heir_buf_release) struct heir_buf names = HEIR_BUF_NULL;
	const char *text = NULL;

	for (unsigned f = 0; f < HEIR_N_FIELDS; f++)
		if (fields >> f & 1)
			heir_buf_printf(
				&names, "%s%s", names.len ? ", " : "", heir_fields[f].name.p);
	if (heir_buf_error(&names) == 0)
		text = heir_arena_strndup(&check->core->arena, names.p, names.len);
	if (!text)
		check->error = -ENOMEM;
	return text;
}

const struct heir_result *heir_kept_by_stock(
	const struct heir_check *check, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_resolution_find(check->stock, handler->name);

	return result && !result->dropped ? result : NULL;
}

enum heir_scope heir_scope_of(const struct heir_check *check, uint32_t source)
{
	return check->core->sources.items[source].scope;
}

bool heir_is_of_vendor(const struct heir_check *check, uint32_t source)
{
	const struct heir_object *object = check->core->sources.items[source].object;

	return heir_scope_of(check, source) == HEIR_SCOPE_VENDOR &&
	       !(object && (object->author == HEIR_AUTHOR_USER ||
				   object->author == HEIR_AUTHOR_OPERATOR));
}

bool heir_is_node_file(const struct heir_check *check, uint32_t source)
{
	enum heir_scope scope = heir_scope_of(check, source);

	return scope != HEIR_SCOPE_BUILTIN && scope < HEIR_SCOPE_OBJECT;
}

enum heir_rule heir_rule_find(
	struct heir_str id, struct heir_effort *effort, struct heir_str *ret_near)
{
	struct heir_near near = heir_near_to(id, effort);

	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		if (heir_str_eqz(id, heir_rules[rule].id))
			return rule;
	if (!ret_near)
		return HEIR_N_RULES;
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++)
		heir_near_try(&near, heir_str_from(heir_rules[rule].id));
	*ret_near = near.best;
	return HEIR_N_RULES;
}
