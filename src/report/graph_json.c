/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "inherit/order.h"
#include "report/graph.h"
#include "report/json.h"

static json_t *handler_json(const struct heir_graph *graph, const struct heir_result *result,
	const struct heir_graph_label *label)
{
	const struct heir_result *base = heir_result_base(result);
	const struct heir_diag *diag = label->diag;
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(result->handler->name));

	json = heir_json_set(json, "default", json_boolean(label->is_default));
	json = heir_json_set(json, "status", json_string(diag ? "dropped" : "ok"));
	json = heir_json_set(json, "reason", diag ? heir_json_strz(diag->text) : json_null());
	json = heir_json_set(json, "pending", json_boolean(label->is_pending));
	json = heir_json_set(
		json, "parent", base ? heir_json_name(base->handler->name) : json_null());
	json = heir_json_set(json, "via", json_string(heir_via_name(result->via)));
	json = heir_json_set(
		json, "path", label->path.len > 0 ? heir_json_str(label->path) : json_null());
	return label->late ? heir_json_set_late(json, &graph->late, result) : json;
}

static int print_handlers(const struct heir_graph *graph, struct heir_out *out)
{
	const struct heir_view *view = graph->view;
	const char *before = "\n  ";
	int r = 0;

	for (uint32_t i = 0; i < view->n_handlers && r == 0 && out->error == 0; i++) {
		const struct heir_result *result = heir_view_result(view, view->handlers[i]);
		struct heir_graph_label label;

		if (!graph->nodes[result->handler->id].drawn)
			continue;
		r = heir_graph_label(graph, result, &label);
		if (r < 0)
			break;
		heir_out_addz(out, before);
		heir_json_print(out, handler_json(graph, result, &label));
		before = ",\n  ";
	}
	return r;
}

int heir_graph_json(const struct heir_graph *graph, struct heir_out *out)
{
	const struct heir_view *view = graph->view;
	int r = 0;

	heir_out_addz(out, "{\"schema\": \"heir.graph/1\", \"as\": ");
	heir_json_print(out, json_string(heir_semantics_name(view->config->where.as)));
	heir_out_addz(out, ", ");
	heir_json_print_release(out, &view->config->where);
	heir_out_addz(out, ",\n \"error\": ");
	heir_json_print(out, heir_json_fatal(view));
	heir_json_print_verdict(out, view, "\n ");
	heir_out_addz(out, ",\n \"handlers\": [");
	if (!view->fatal)
		r = print_handlers(graph, out);
	heir_out_addz(out, "]}\n");
	return r < 0 || out->error != -ENOMEM ? r : -ENOMEM;
}
