/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/drop.h"

#include <stdarg.h>

struct heir_diag *heir_drop(struct heir_resolution *res, struct heir_result *result,
	enum heir_rule rule, struct heir_place where, const char *fmt, ...)
{
	struct heir_core *core = res->core;
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = heir_diags_addv(&core->diags, &core->arena, rule, where, fmt, args);
	va_end(args);
	if (!diag)
		return NULL;
	diag->handler = result->handler->name;
	if (!result->dropped)
		result->dropped = diag;
	return diag;
}

struct heir_place heir_field_place(
	const struct heir_resolution *res, const struct heir_result *result, enum heir_field field)
{
	const struct heir_write *table = result->handler->table;
	heir_toml_node node = heir_table_field(res->config, table, field);

	if (node == 0)
		return heir_write_key_place(res->config, table);
	return heir_node_place(res->config, table->source,
		heir_toml_value_span(res->config->docs[table->source], node));
}

struct heir_place heir_via_place(
	const struct heir_resolution *res, const struct heir_result *result)
{
	const struct heir_config *config = res->config;

	if (result->via_node == 0)
		return heir_write_key_place(config, result->handler->table);
	return heir_node_place(config, result->via_source,
		heir_toml_value_span(config->docs[result->via_source], result->via_node));
}
