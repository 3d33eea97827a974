/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/resolve.h"

#include <errno.h>
#include <stdlib.h>

#include "inherit/drop.h"
#include "inherit/fields.h"
#include "inherit/link.h"
#include "inherit/order.h"
#include "inherit/validate.h"

struct heir_result *heir_resolution_find(const struct heir_resolution *res, struct heir_str name)
{
	const struct heir_handler *handler = heir_config_handler(res->config, name);

	return handler && res->results ? &res->results[handler->id] : NULL;
}

int heir_resolution_stop(struct heir_resolution *res, struct heir_diag *diag)
{
	diag->stops = true;
	return heir_diags_push(&res->stops, diag) ? 0 : -ENOMEM;
}

/* The last default_runtime that was written; the built-in one where that is empty. */
static int find_default(struct heir_resolution *res, const char *what_if)
{
	const struct heir_config *config = res->config;
	const struct heir_write *write = config->settings[HEIR_SETTING_default_runtime];
	const struct heir_write *builtin = write;
	struct heir_diag *diag;

	while (builtin->replaced)
		builtin = builtin->replaced;
	res->default_place = heir_write_value_place(config, write);
	res->default_runtime = heir_config_setting(config, HEIR_SETTING_default_runtime);
	if (what_if) {
		res->default_runtime = heir_str_from(what_if);
		res->default_place = HEIR_PLACE_NONE;
	}
	if (res->default_runtime.p && res->default_runtime.len == 0) {
		res->default_runtime = heir_config_string(config, builtin->source, builtin->node);
		res->default_place = HEIR_PLACE_NONE;
	}
	if (!res->default_runtime.p)
		return -ENOMEM;
	res->default_result = heir_resolution_find(res, res->default_runtime);
	if (res->default_result)
		return 0;
	diag = heir_diags_add(&res->core->diags, &res->core->arena, HEIR_RULE_DEFAULT_UNKNOWN,
		res->default_place,
		"default_runtime is \"%.*s\", which no file defines as a handler",
		HEIR_STR_ARG(res->default_runtime));
	res->fatal = diag;
	return diag ? heir_resolution_stop(res, diag) : -ENOMEM;
}

/* The first handler that CRI-O keeps and whose binary the image of the node has, to become the
 * default; p is NULL: none. */
static struct heir_str find_kept(const struct heir_resolution *res)
{
	const struct heir_os_program *p = res->core->root.overlay->os->programs;

	for (; p && p->name; p++) {
		const struct heir_result *result =
			heir_resolution_find(res, heir_str_from(p->name));

		if (p->has && result && !result->dropped)
			return result->handler->name;
	}
	return HEIR_STR_NULL;
}

/* The image of the node lacks the default's binary: what is to be edited is the line that makes
 * that handler the default. */
static int refuse_lacking(struct heir_resolution *res, const struct heir_diag *reason)
{
	struct heir_arena *arena = &res->core->arena;
	bool is_set = res->default_place.source != HEIR_SOURCE_NONE;
	struct heir_str kept = find_kept(res);
	struct heir_diag *diag = heir_diags_add(&res->core->diags, arena, HEIR_RULE_DEFAULT_INVALID,
		is_set ? res->default_place : reason->where,
		"the default handler \"%.*s\" cannot be used: %s",
		HEIR_STR_ARG(res->default_runtime), reason->text);

	res->fatal = diag;
	if (!diag)
		return -ENOMEM;
	diag->handler = res->default_runtime;
	if (is_set && !heir_diag_note(diag, arena, reason->where, "this is the handler"))
		return -ENOMEM;
	diag->help = reason->help;
	if (kept.p)
		diag->help = heir_arena_printf(
			arena, "write default_runtime = \"%.*s\"", HEIR_STR_ARG(kept));
	return diag->help || !kept.p ? heir_resolution_stop(res, diag) : -ENOMEM;
}

static int check_default(struct heir_resolution *res)
{
	const struct heir_diag *reason = res->default_result->dropped;
	struct heir_diag *diag;

	if (!reason)
		return 0;
	if (reason->rule == HEIR_RULE_OS_LACKS_BINARY)
		return refuse_lacking(res, reason);
	diag = heir_diags_add(&res->core->diags, &res->core->arena, HEIR_RULE_DEFAULT_INVALID,
		reason->where, "the default handler \"%.*s\" cannot be used: %s",
		HEIR_STR_ARG(res->default_runtime), reason->text);
	res->fatal = diag;
	if (!diag)
		return -ENOMEM;
	diag->handler = res->default_runtime;
	if (res->default_place.source != HEIR_SOURCE_NONE &&
		!heir_diag_note(
			diag, &res->core->arena, res->default_place, "this makes it the default"))
		return -ENOMEM;
	*(diag->notes ? &diag->notes->next : &diag->notes) = reason->notes;
	diag->help = reason->help;
	return heir_resolution_stop(res, diag);
}

int heir_resolve_config(struct heir_resolution *res, const struct heir_config *config,
	const struct heir_assume *assume)
{
	uint32_t n = config->n_handlers;
	int r;

	*res = (struct heir_resolution){.config = config, .core = config->core};
	res->facts = assume->facts;
	res->monitors = assume->monitors;
	res->fatal = config->fatal;
	heir_lookup_init(&res->lookup, res->core, assume->path ? assume->path : config->path);
	for (uint32_t i = 0; i < config->stops.n; i++)
		if (heir_resolution_stop(res, config->stops.items[i]) < 0)
			return -ENOMEM;
	if (res->fatal)
		return 0;
	res->results = calloc(n, sizeof(*res->results));
	res->order = calloc(n, sizeof(*res->order));
	if (!res->results || !res->order)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		res->results[i].handler = config->handlers[i];
	r = heir_lookup_binary(&res->lookup, HEIR_STR("conmon"), &res->conmon);
	if (r == 0)
		r = find_default(res, assume->default_runtime);
	if (r < 0 || res->fatal)
		return r;
	r = heir_link(res);
	if (r == 0)
		r = heir_order(res);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		if (i % 1024 == 0)
			heir_trace_wait(res->core->trace, "handlers: %u of %u", i, n);
		r = heir_fields_decide(res, res->order[i]);
		heir_core_forget_values(res->core);
	}
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = heir_validate(res, res->order[i]);
	return r == 0 ? check_default(res) : r;
}

void heir_resolution_release(struct heir_resolution *res)
{
	heir_lookup_release(&res->lookup);
	heir_diags_release(&res->stops);
	free(res->results);
	free(res->order);
	res->results = NULL;
	res->order = NULL;
}
