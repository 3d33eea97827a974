/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "report/diff_json.h"

static json_t *side_json(const struct heir_diff *diff, enum heir_side side)
{
	const struct heir_view *view = diff->view[side];
	const struct heir_where *where = &view->config->where;
	json_t *json =
		heir_json_set(json_object(), "as", json_string(heir_semantics_name(where->as)));

	json = heir_json_set_release(json, where);
	json = heir_json_set(json, "root", heir_json_strz(diff->root[side]));
	json = heir_json_set(json, "default_runtime",
		view->fatal ? json_null() : heir_json_str(view->res->default_runtime));
	json = heir_json_set(json, "error", heir_json_fatal(view));
	return heir_json_set_verdict(json, view);
}

static json_t *field_json(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, struct heir_out *out)
{
	struct heir_origin origins[HEIR_N_SIDES];
	json_t *json;

	if (heir_diff_origins(diff, handler, field, origins) < 0 ||
		heir_diff_bound(diff, &out->room, origins) < 0)
		return NULL;
	json = heir_json_set(json_object(), "old",
		heir_json_field(diff->view[HEIR_LEFT], &origins[HEIR_LEFT], &out->room));
	return heir_json_set(json, "new",
		heir_json_field(diff->view[HEIR_RIGHT], &origins[HEIR_RIGHT], &out->room));
}

json_t *heir_diff_fields_json(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	uint32_t fields, struct heir_out *out)
{
	json_t *json = json_object();

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++)
		if (fields >> f & 1)
			json = heir_json_set(json, heir_fields[f].name.p,
				field_json(diff, handler, (enum heir_field)f, out));
	return json;
}

static json_t *reason_json(const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (!diag)
		return json_null();
	heir_diff_reason_words(&buf, diag);
	return buf.failed ? NULL : heir_json_str(heir_buf_str(&buf));
}

/* Where pods are among the objects. */
static json_t *set_pods(
	json_t *json, const struct heir_diff *diff, const struct heir_diff_handler *handler)
{
	const struct heir_pod_count *counts;
	uint32_t n;

	if (!diff->pods.known)
		return json;
	counts = heir_diff_pods(diff, handler, false, &n);
	json = heir_json_set(json, "pods", heir_json_pods(json_array(), counts, n));
	counts = heir_diff_pods(diff, handler, true, &n);
	return heir_json_set(json, "pods_without_class", heir_json_pods(json_array(), counts, n));
}

static json_t *handler_json(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, struct heir_out *out)
{
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(handler->name));

	json = heir_json_set(json, "change", json_string(heir_change_name(handler->change)));
	json = heir_json_set(json, "reason", reason_json(heir_diff_reason(handler)));
	json = heir_json_set(json, "pending", json_boolean(heir_diff_is_pending(diff, handler)));
	json = heir_json_set(
		json, "fields", heir_diff_fields_json(diff, handler, handler->fields, out));
	return set_pods(json, diff, handler);
}

int heir_diff_json(const struct heir_diff *diff, struct heir_out *out)
{
	const struct heir_pod_count *counts;
	uint32_t n;

	heir_out_addz(out, "{\"schema\": \"heir.diff/1\",\n \"left\": ");
	heir_json_print(out, side_json(diff, HEIR_LEFT));
	heir_out_addz(out, ",\n \"right\": ");
	heir_json_print(out, side_json(diff, HEIR_RIGHT));
	heir_out_addz(out, ",\n \"handlers\": [");
	for (uint32_t i = 0; i < diff->n_handlers && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, handler_json(diff, &diff->handlers[i], out));
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
	}
	heir_out_addz(out, "]");
	if (diff->pods.known) {
		counts = heir_pods_of(&diff->pods, HEIR_STR(""), &n);
		heir_out_addz(out, ",\n \"pods_of_default\": ");
		heir_json_print(
			out, heir_json_pods(json_array(), counts, diff->default_differs ? n : 0));
	}
	heir_out_addz(out, "}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
