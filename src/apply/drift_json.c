/* SPDX-License-Identifier: Apache-2.0 */
/* Prints a drift as heir.drift/1. Values are those of heir.diff/1. */
#include <errno.h>

#include "apply/drift.h"
#include "model/bound.h"
#include "model/diff.h"
#include "report/json.h"

/* A value without an origin: CRI-O's answer does not say which file sets it. */
static json_t *running_field_json(const struct heir_origin *origin)
{
	json_t *json;

	if (origin->kind == HEIR_KIND_UNSET)
		return json_null();
	json = heir_json_set(json_object(), "value", heir_json_value(&origin->value));
	if (origin->left_out > 0)
		json = heir_json_set(json, "left_out", json_integer((json_int_t)origin->left_out));
	return json;
}

static json_t *drift_field_json(const struct heir_drift *drift,
	const struct heir_drift_handler *handler, enum heir_field field, struct heir_out *out)
{
	struct heir_origin expected, running;
	json_t *json;

	if (heir_drift_expected(drift, handler->result, field, &expected) < 0 ||
		heir_live_get(drift->live, handler->running, field, &running) < 0 ||
		heir_bound_value(&drift->view->core->values, &out->room, &expected) < 0 ||
		heir_bound_value(&drift->view->core->values, &out->room, &running) < 0)
		return NULL;
	json = heir_json_set(
		json_object(), "files", heir_json_field(drift->view, &expected, &out->room));
	json = heir_json_set(json, "running", running_field_json(&running));
	return heir_json_set(
		json, "cause", handler->lost >> field & 1 ? json_string("reload") : json_null());
}

static json_t *drift_reason_json(const struct heir_drift_handler *handler)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (!handler->result || !handler->result->dropped)
		return json_null();
	heir_diff_reason_words(&buf, handler->result->dropped);
	return buf.failed ? NULL : heir_json_str(heir_buf_str(&buf));
}

static json_t *drift_handler_json(const struct heir_drift *drift,
	const struct heir_drift_handler *handler, struct heir_out *out)
{
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(handler->name));
	json_t *fields = json_object();

	json = heir_json_set(json, "drift", json_string(heir_drift_name(handler->kind)));
	json = heir_json_set(json, "reason", drift_reason_json(handler));
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++)
		if (handler->fields >> f & 1)
			fields = heir_json_set(fields, heir_fields[f].name.p,
				drift_field_json(drift, handler, f, out));
	return heir_json_set(json, "fields", fields);
}

/* Describes the files as a side of heir.diff/1. */
static json_t *files_json(const struct heir_drift *drift)
{
	const struct heir_view *view = drift->view;
	const struct heir_where *where = &view->config->where;
	json_t *json =
		heir_json_set(json_object(), "as", json_string(heir_semantics_name(where->as)));

	json = heir_json_set_release(json, where);
	json = heir_json_set(json, "root", heir_json_strz(drift->root));
	json = heir_json_set(json, "default_runtime",
		view->fatal ? json_null() : heir_json_str(view->res->default_runtime));
	return heir_json_set(json, "error", heir_json_fatal(view));
}

static json_t *running_json(const struct heir_drift *drift)
{
	json_t *json = heir_json_set(json_object(), "source", heir_json_strz(drift->live_name));

	json = heir_json_set(json, "default_runtime", heir_json_str(drift->live->default_name));
	json = heir_json_set(json, "reloaded", json_boolean(drift->reloaded));
	json = heir_json_set(json, "started",
		drift->running && drift->running->started > 0
			? json_integer(drift->running->started)
			: json_null());
	return heir_json_set(json, "newer",
		drift->running ? heir_json_strz(drift->running->newer) : json_null());
}

static json_t *container_json(const struct heir_contradiction *item)
{
	json_t *json = heir_json_set(json_object(), "namespace", heir_json_str(item->pod->space));

	json = heir_json_set(json, "pod", heir_json_str(item->pod->name));
	json = heir_json_set(json, "container", heir_json_str(item->container->name));
	json = heir_json_set(json, "container_id", heir_json_str(item->container->id));
	json = heir_json_set(json, "handler", heir_json_str(item->pod->handler));
	json = heir_json_set(json, "creator", heir_json_strz(item->container->creator));
	json = heir_json_set(json, "runtime_root", heir_json_strz(item->container->root));
	json = heir_json_set(json, "running_path", heir_json_strz(item->path));
	return heir_json_set(json, "running_root", heir_json_strz(item->root));
}

/* null: not compared */
static json_t *containers_json(const struct heir_drift *drift)
{
	const struct heir_running *running = drift->running;
	json_t *json = running && !running->fault ? json_array() : json_null();

	for (uint32_t i = 0; running && i < running->n; i++)
		json = heir_json_append(json, container_json(&running->items[i]));
	return json;
}

int heir_drift_json(const struct heir_drift *drift, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.drift/1\",\n \"files\": ");
	heir_json_print(out, files_json(drift));
	heir_out_addz(out, ",\n \"running\": ");
	heir_json_print(out, running_json(drift));
	heir_out_addz(out, ",\n \"containers\": ");
	heir_json_print(out, containers_json(drift));
	heir_out_addz(out, ",\n \"handlers\": [");
	for (uint32_t i = 0; i < drift->n_handlers && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, drift_handler_json(drift, &drift->handlers[i], out));
		heir_core_forget_values(drift->view->core);
		heir_core_forget_values(drift->live->view.core);
	}
	heir_out_addz(out, "]}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
