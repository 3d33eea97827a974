/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers that a rendered MachineConfig gives on a release of CRI-O: its files are an overlay
 * without a node, read and resolved as an unmodified CRI-O would. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "fleet/parts.h"
#include "kube/ignition.h"
#include "start/start.h"

/* Each MachineConfig may be resolved for a few releases. Many releases of a huge one are not worth
 * the time. */
enum { BUDGET_FACTOR = 2, MIN_BUDGET = 64 << 20 };

void heir_fleet_expect_init(struct heir_fleet_expect *expect, struct heir_fleet *fleet)
{
	uint32_t n = heir_kube_n(fleet->kube, HEIR_KUBE_CONFIG);
	size_t all = 0;

	for (uint32_t i = 0; i < n; i++)
		all += heir_kube_at(fleet->kube, HEIR_KUBE_CONFIG, i)->text.len;
	*expect = (struct heir_fleet_expect){
		.fleet = fleet,
		.budget = all * BUDGET_FACTOR + MIN_BUDGET,
		.unpacked = HEIR_IGNITION_MAX_UNPACKED,
	};
}

void heir_fleet_expect_release(struct heir_fleet_expect *expect)
{
	free(expect->items);
	heir_map_release(&expect->by_key);
}

static int compare_expected_names(const void *a, const void *b)
{
	const struct heir_fleet_handler *x = a, *y = b;

	return heir_str_cmp(x->name, y->name);
}

const struct heir_fleet_handler *heir_fleet_gives(
	const struct heir_fleet_expected *expected, struct heir_str name)
{
	struct heir_fleet_handler key = {.name = name};

	return expected->n_handlers > 0 ? bsearch(&key, expected->handlers, expected->n_handlers,
						  sizeof(key), compare_expected_names)
					: NULL;
}

/* ---- What came of it ---- */

/* Copies the handlers of a resolution, with the reasons of dropped ones. */
static int take_handlers(struct heir_fleet_expected *expected, struct heir_arena *arena,
	const struct heir_config *config, const struct heir_resolution *res)
{
	uint32_t n = res->results ? config->n_handlers : 0;

	expected->handlers = heir_arena_zalloc(arena, n + 1u, sizeof(*expected->handlers));
	if (!expected->handlers)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const struct heir_handler *handler = config->handlers[i];
		const struct heir_diag *dropped = res->results[handler->id].dropped;

		expected->handlers[expected->n_handlers++] = (struct heir_fleet_handler){
			.name = handler->name,
			.where = heir_write_key_place(config, handler->table),
			.dropped = dropped ? dropped->text : NULL,
		};
	}
	if (n > 1)
		qsort(expected->handlers, n, sizeof(*expected->handlers), compare_expected_names);
	return 0;
}

static void take_stop(struct heir_fleet_expected *expected, const struct heir_diag *diag)
{
	expected->stops[expected->n_stops++] = (struct heir_fleet_difference){
		.kind = HEIR_FLEET_WILL_NOT_START,
		.handler = diag->handler,
		.message = diag->text,
		.where = diag->where,
	};
}

/* What the MCO refuses is reported for an object and never reaches a node. */
static bool is_refusal(const struct heir_core *core, const struct heir_diag *diag)
{
	return heir_rules[diag->rule].severity == 'F' && diag->where.source != HEIR_SOURCE_NONE &&
	       core->sources.items[diag->where.source].scope == HEIR_SCOPE_OBJECT;
}

static int copy_stops(struct heir_fleet_expected *expected, struct heir_core *core,
	uint32_t n_before, const struct heir_resolution *res)
{
	uint32_t n = res->stops.n;

	for (uint32_t i = n_before; i < core->diags.n; i++)
		n += is_refusal(core, core->diags.items[i]);
	expected->stops = heir_arena_zalloc(&core->arena, n + 1u, sizeof(*expected->stops));
	if (!expected->stops)
		return -ENOMEM;
	for (uint32_t i = n_before; i < core->diags.n; i++)
		if (is_refusal(core, core->diags.items[i]))
			take_stop(expected, core->diags.items[i]);
	for (uint32_t i = 0; i < res->stops.n; i++)
		if (!is_refusal(core, res->stops.items[i]))
			take_stop(expected, res->stops.items[i]);
	return 0;
}

/* ---- Resolving ---- */

/* Loads and resolves the files as an unmodified CRI-O of that release would. */
static int resolve_files(
	struct heir_fleet_expect *expect, struct heir_fleet_expected *expected, uint32_t n_before)
{
	_cleanup_(heir_config_release) struct heir_config config = {.core = NULL};
	_cleanup_(heir_resolution_release) struct heir_resolution res = {.config = NULL};
	struct heir_core *core = expect->fleet->core;
	struct heir_where where = expect->fleet->where;
	const struct heir_assume nothing = {.path = NULL};
	int r;

	where.version = expected->version;
	where.as = HEIR_AS_STOCK;
	r = heir_config_load(&config, core, &where);
	if (r == 0)
		r = heir_start_resolve(&res, &config, &nothing);
	if (r == 0)
		r = take_handlers(expected, &core->arena, &config, &res);
	return r == 0 ? copy_stops(expected, core, n_before, &res) : r;
}

/* Lays the files of a MachineConfig over an empty node and resolves them. Findings are dropped
 * afterwards. */
static int resolve_expected(struct heir_fleet_expect *expect, struct heir_fleet_expected *expected)
{
	_cleanup_(heir_overlay_release) struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	_cleanup_(heir_ignition_release) struct heir_ignition ign;
	struct heir_core *core = expect->fleet->core;
	const struct heir_overlay *laid = core->root.overlay;
	uint32_t n_made = core->diags.n_made, n_before = core->diags.n;
	int r;

	overlay.alone = true;
	overlay.os = expected->os;
	overlay.extended = heir_kube_is_extended(expected->config);
	heir_ignition_init(&ign, core);
	ign.budget = expect->unpacked;
	heir_trace_wait(core->trace, "%s", expected->config->id.name);
	r = heir_ignition_merge(&ign, expected->config);
	if (r == 0)
		r = heir_ignition_finish(&ign, &overlay);
	expect->unpacked = ign.budget;
	core->root.overlay = &overlay;
	if (r == 0)
		r = resolve_files(expect, expected, n_before);
	core->root.overlay = laid;
	/* Other findings in a rendered MachineConfig are for `heir check`. */
	heir_diags_forget(&core->diags, n_made);
	return r;
}

/* Makes the result for a MachineConfig and a release, unless the budget is spent. */
static int make_expected(struct heir_fleet_expect *expect, const struct heir_kube_object *config,
	struct heir_version version, const struct heir_os *os, struct heir_fleet_expected **ret)
{
	struct heir_fleet_expected *expected =
		heir_arena_new(expect->fleet->arena, struct heir_fleet_expected);
	size_t size = config->text.len;

	if (!expected)
		return -ENOMEM;
	expected->config = config;
	expected->version = version;
	expected->os = os;
	*ret = expected;
	if (size > expect->budget) {
		expected->too_much = true;
		return 0;
	}
	expect->budget -= size;
	return resolve_expected(expect, expected);
}

static int append_expected(struct heir_fleet_expect *expect, struct heir_fleet_expected *expected)
{
	if (HEIR_RESERVE(expect->items, expect->n, expect->size) < 0)
		return -ENOMEM;
	expect->items[expect->n++] = expected;
	return 0;
}

int heir_fleet_expect(struct heir_fleet_expect *expect, struct heir_str name,
	struct heir_version version, const struct heir_os *os,
	const struct heir_fleet_expected **ret)
{
	const struct heir_kube_object *config =
		heir_kube_find(expect->fleet->kube, HEIR_KUBE_CONFIG, name);
	struct heir_fleet_expected *expected;
	struct heir_str key;
	uint32_t at;
	bool is_new;
	int r;

	*ret = NULL;
	if (!config)
		return 0;
	key = heir_str_from(heir_arena_printf(expect->fleet->arena, "%s/%u.%u/%s", config->id.name,
		version.minor, version.patch, os ? os->name : ""));
	r = key.p ? heir_map_put(&expect->by_key, key, expect->n, &at, &is_new) : -ENOMEM;
	if (r == 0 && is_new) {
		r = make_expected(expect, config, version, os, &expected);
		if (r == 0)
			r = append_expected(expect, expected);
	}
	if (r == 0)
		*ret = expect->items[at];
	return r;
}
