/* SPDX-License-Identifier: Apache-2.0 */
/* Prints heir.apply/1 from the parts that apply got to before it ended. */
#include "apply/outcome.h"

#include <errno.h>

#include "model/diff.h"
#include "report/json.h"

static const char *result_name(const struct heir_outcome *outcome)
{
	static const char *const names[] = {
		[HEIR_APPLY_FAILED] = "failed",
		[HEIR_APPLY_UNCHANGED] = "unchanged",
		[HEIR_APPLY_WRITTEN] = "written",
		[HEIR_APPLY_REFUSED] = "refused",
		[HEIR_APPLY_ROLLED_BACK] = "rolled-back",
	};

	return outcome->dry_run && outcome->result == HEIR_APPLY_WRITTEN ? "planned"
									 : names[outcome->result];
}

static json_t *risk_json(const struct heir_risk *risk)
{
	const struct heir_container *container = risk->container;
	json_t *json = heir_json_set(json_object(), "namespace", heir_json_str(risk->pod->space));

	json = heir_json_set(json, "pod", heir_json_str(risk->pod->name));
	json = heir_json_set(json, "pod_id", heir_json_str(risk->pod->id));
	json = heir_json_set(
		json, "container", container ? heir_json_str(container->name) : json_null());
	json = heir_json_set(
		json, "container_id", container ? heir_json_str(container->id) : json_null());
	json = heir_json_set(json, "handler", heir_json_str(risk->handler));
	json = heir_json_set(json, "creator",
		risk->creator.len > 0 ? heir_json_str(risk->creator) : json_null());
	json = heir_json_set(json, "late", json_boolean(risk->late));
	json = heir_json_set(
		json, "runtime_root", container ? heir_json_strz(container->root) : json_null());
	return heir_json_set(json, "reason", heir_json_strz(risk->why));
}

json_t *heir_outcome_risks(const struct heir_guard *guard)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < guard->n; i++)
		json = heir_json_append(json, risk_json(&guard->items[i]));
	return json;
}

static json_t *changes_json(const struct heir_applying *applying)
{
	_cleanup_(heir_diff_release) struct heir_diff diff = {.handlers = NULL};
	json_t *json = json_array();

	if (heir_diff_init(&diff, &applying->views[0], &applying->views[1], NULL) < 0) {
		json_decref(json);
		return NULL;
	}
	for (uint32_t i = 0; i < diff.n_handlers; i++) {
		json_t *handler =
			heir_json_set(json_object(), "name", heir_json_str(diff.handlers[i].name));

		json = heir_json_append(
			json, heir_json_set(handler, "change",
				      json_string(heir_change_name(diff.handlers[i].change))));
	}
	return json;
}

/* Returns the handlers bound late whose runtime changes. */
static json_t *late_json(const struct heir_applying *applying)
{
	const struct heir_late_plan *plan = applying->late;
	json_t *json = json_array();

	for (uint32_t i = 0; plan && i < plan->n; i++) {
		const struct heir_late_file *file = &plan->items[i];
		json_t *one;

		if (file->before.p && heir_str_eq(file->before, file->now))
			continue;
		one = heir_json_set(json_object(), "handler", heir_json_str(file->handler));
		one = heir_json_set(
			one, "old", file->before.p ? heir_json_str(file->before) : json_null());
		one = heir_json_set(one, "new", heir_json_str(file->now));
		json = heir_json_append(json, one);
	}
	return json;
}

static json_t *dropped_json(const struct heir_applying *applying)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < applying->n_dropped; i++)
		json = heir_json_append(json, heir_json_str(applying->dropped[i]));
	return json;
}

int heir_outcome_json(const struct heir_outcome *outcome, struct heir_out *out)
{
	const struct heir_applying *applying = outcome->applying;
	json_t *json = heir_json_set(json_object(), "schema", json_string("heir.apply/1"));

	json = heir_json_set(json, "result", json_string(result_name(outcome)));
	json = heir_json_set(json, "dry_run", json_boolean(outcome->dry_run));
	json = heir_json_set(
		json, "path", applying ? heir_json_strz(applying->rendering.path) : json_null());
	json = heir_json_set(json, "rendered",
		applying ? json_integer(applying->rendering.n_handlers) : json_null());
	json = heir_json_set(json, "handlers", applying ? changes_json(applying) : json_array());
	json = heir_json_set(json, "late", applying ? late_json(applying) : json_array());
	json = heir_json_set(json, "lost", applying ? dropped_json(applying) : json_array());
	json = heir_json_set(json, "told", heir_json_strz(outcome->action));
	json = heir_json_set(
		json, "told_ms", outcome->action ? json_integer(outcome->ms) : json_null());
	json = heir_json_set(json, "confirmed", json_integer(outcome->confirmed));
	json = heir_json_set(
		json, "at_risk", outcome->risks ? json_incref(outcome->risks) : json_array());
	json = heir_json_set(json, "error", heir_json_strz(outcome->error));
	heir_json_print_lines(out, json);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
