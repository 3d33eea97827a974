/* SPDX-License-Identifier: Apache-2.0 */
/* What a reload does to
 * the monitor's fields mirrors Config.ReloadRuntimes, which validates handlers again but does not
 * call TranslateMonitorFields. */
#include "apply/drift.h"

#include <errno.h>
#include <stdlib.h>

#include "check/check.h"
#include "inherit/lookup.h"

const char *heir_drift_name(enum heir_drift_kind kind)
{
	static const char *const names[HEIR_N_DRIFT_KINDS] = {
		[HEIR_DRIFT_NONE] = "none",
		[HEIR_DRIFT_CHANGED] = "changed",
		[HEIR_DRIFT_MISSING] = "missing",
		[HEIR_DRIFT_EXTRA] = "extra",
	};

	return names[kind];
}

/* ---- A field ---- */

static int get_is_oci(const struct heir_drift *drift, const struct heir_result *result, bool *ret)
{
	struct heir_origin type;
	int r = heir_result_get(drift->res, result, HEIR_FIELD_runtime_type, &type);

	*ret = r == 0 && (type.value.string.len == 0 || heir_str_eqz(type.value.string, "oci"));
	return r;
}

int heir_drift_expected(const struct heir_drift *drift, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret)
{
	const char *conmon = NULL;
	bool oci = false;
	int r = heir_result_get(drift->res, result, field, ret);

	if (r < 0 || field != HEIR_FIELD_monitor_path || ret->value.string.len > 0)
		return r;
	r = get_is_oci(drift, result, &oci);
	if (r == 0 && oci)
		r = heir_lookup_binary(&drift->res->lookup, HEIR_STR("conmon"), &conmon);
	if (r == 0 && conmon)
		*ret = (struct heir_origin){.kind = HEIR_KIND_PATH,
			.value = {.type = HEIR_TYPE_STRING, .string = heir_str_from(conmon)}};
	return r;
}

static bool is_same_value(const struct heir_config *config, enum heir_field field,
	struct heir_value a, struct heir_value b)
{
	heir_value_fill_in(config, field, &a);
	heir_value_fill_in(config, field, &b);
	return heir_value_equal(&a, &b);
}

/* Returns whether a missing value in CRI-O's answer proves nothing: a release without the field
 * has no default for it, and the path of conmon is not known without the node's files. */
static bool is_unknowable(enum heir_field field, const struct heir_origin *expected,
	const struct heir_origin *running)
{
	if (field == HEIR_FIELD_monitor_path)
		return expected->value.string.len == 0;
	return running->kind == HEIR_KIND_UNSET && expected->kind == HEIR_KIND_DEFAULT &&
	       (field == HEIR_FIELD_container_min_memory ||
		       field == HEIR_FIELD_container_create_timeout);
}

static bool is_monitor(enum heir_field field)
{
	return field == HEIR_FIELD_monitor_path || field == HEIR_FIELD_monitor_cgroup ||
	       field == HEIR_FIELD_monitor_env;
}

/* Returns whether it is the value before CRI-O translates the monitor's fields. */
static int is_lost(const struct heir_drift *drift, const struct heir_result *result,
	enum heir_field field, const struct heir_origin *running, bool *ret)
{
	struct heir_origin plain;
	int r;

	*ret = false;
	if (!is_monitor(field))
		return 0;
	r = heir_result_lendable(drift->res, result, field, &plain);
	*ret = r == 0 && heir_value_equal(&plain.value, &running->value);
	return r;
}

/* Compares one field. A difference that a reload explains is also marked as lost. */
static int compare_field(
	struct heir_drift *drift, struct heir_drift_handler *handler, enum heir_field field)
{
	struct heir_origin expected, running = {.kind = HEIR_KIND_UNSET};
	bool lost;
	int r = heir_drift_expected(drift, handler->result, field, &expected);

	if (r == 0)
		r = heir_live_get(drift->live, handler->running, field, &running);
	if (r < 0 || is_same_value(drift->res->config, field, expected.value, running.value) ||
		is_unknowable(field, &expected, &running))
		return r;
	r = is_lost(drift, handler->result, field, &running, &lost);
	handler->fields |= UINT32_C(1) << field;
	if (lost) {
		handler->lost |= UINT32_C(1) << field;
		drift->reloaded = true;
	}
	return r;
}

/* ---- Handlers ---- */

/* Determines the kind of a handler's difference, and the fields that differ. */
static int compare_handler(struct heir_drift *drift, struct heir_drift_handler *handler)
{
	bool given = handler->result && !handler->result->dropped;

	if (given && !handler->running)
		handler->kind = HEIR_DRIFT_MISSING;
	else if (!given && handler->running)
		handler->kind = HEIR_DRIFT_EXTRA;
	if (!given || !handler->running)
		return 0;
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		int r;

		/* It determines other values, but is not one itself. */
		if (f == HEIR_FIELD_inherit_default_runtime)
			continue;
		r = compare_field(drift, handler, f);
		if (r < 0)
			return r;
	}
	if (handler->fields)
		handler->kind = HEIR_DRIFT_CHANGED;
	return 0;
}

/* Compares handler by handler, and frees lists of values in between. */
static int compare_all_handlers(struct heir_drift *drift)
{
	struct heir_view_walk walk = {.view = {drift->view, &drift->live->view}};
	const struct heir_handler *pair[2];

	while (heir_view_next_pair(&walk, pair)) {
		struct heir_drift_handler handler = {
			.name = pair[0] ? pair[0]->name : pair[1]->name,
			.result = pair[0] ? heir_view_result(drift->view, pair[0]) : NULL,
			.running = pair[1]};
		int r = compare_handler(drift, &handler);

		heir_core_forget_values(drift->view->core);
		heir_core_forget_values(drift->live->view.core);
		if (r < 0)
			return r;
		if (handler.kind != HEIR_DRIFT_NONE)
			drift->handlers[drift->n_handlers++] = handler;
		else if (handler.running)
			drift->n_same++;
	}
	return 0;
}

/* CRI-O sets the monitor of every oci handler when it starts, but not after a SIGHUP. */
static int lacks_monitor(const struct heir_live *live, bool *ret)
{
	*ret = false;
	for (uint32_t i = 0; i < live->config.n_handlers && !*ret; i++) {
		const struct heir_handler *handler = live->config.handlers[i];
		struct heir_origin type, monitor;
		int r = heir_live_get(live, handler, HEIR_FIELD_runtime_type, &type);

		if (r == 0)
			r = heir_live_get(live, handler, HEIR_FIELD_monitor_path, &monitor);
		if (r < 0)
			return r;
		*ret = monitor.value.string.len == 0 &&
		       (type.value.string.len == 0 || heir_str_eqz(type.value.string, "oci"));
	}
	return 0;
}

int heir_drift_init(struct heir_drift *drift, const struct heir_view *view,
	struct heir_resolution *res, const struct heir_live *live)
{
	size_t max = (size_t)view->n_handlers + live->view.n_handlers;
	int r;

	*drift = (struct heir_drift){.view = view, .res = res, .live = live};
	if (view->fatal)
		return 0;
	drift->handlers = calloc(max ? max : 1, sizeof(*drift->handlers));
	if (!drift->handlers)
		return -ENOMEM;
	drift->default_differs = live->default_name.len > 0 &&
				 !heir_str_eq(live->default_name, res->default_runtime);
	r = lacks_monitor(live, &drift->reloaded);
	return r == 0 ? compare_all_handlers(drift) : r;
}

void heir_drift_add_running(struct heir_drift *drift, const struct heir_running *running)
{
	drift->running = running;
	/* It reports values of a file newer than itself. Otherwise it was not reloaded. */
	if (running->newer && drift->n_handlers == 0 && !drift->default_differs &&
		!drift->view->fatal)
		drift->reloaded = true;
	/* Containers created since the start show what CRI-O really uses. */
	drift->reloaded |= running->n_new > 0;
}

void heir_drift_release(struct heir_drift *drift)
{
	free(drift->handlers);
	drift->handlers = NULL;
}

void heir_drift_sum(const struct heir_drift *drift, struct heir_drift_sum *ret)
{
	*ret = (struct heir_drift_sum){.known = true,
		.n = {[HEIR_DRIFT_NONE] = drift->n_same},
		.default_differs = drift->default_differs,
		.reloaded = drift->reloaded,
		.n_contradictions = drift->running ? drift->running->n : 0};
	for (uint32_t i = 0; i < drift->n_handlers; i++)
		ret->n[drift->handlers[i].kind]++;
}

bool heir_drift_is_empty(const struct heir_drift *drift)
{
	const struct heir_diags *stops = drift->view->stops;

	return drift->n_handlers == 0 && !drift->default_differs && !drift->view->fatal &&
	       !(stops && stops->n > 0) && !drift->reloaded &&
	       !(drift->running && drift->running->n > 0);
}
