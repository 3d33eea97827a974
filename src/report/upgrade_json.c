/* SPDX-License-Identifier: Apache-2.0 */
/* heir.upgrade/1 */
#include <errno.h>

#include "model/finding.h"
#include "report/diff_json.h"
#include "report/upgrade.h"

/* The place, the object that holds it, what to write there, and what that does to the nodes. */
static json_t *set_edit(
	json_t *json, const struct heir_upgrade_case *c, const struct heir_diag *diag)
{
	static const char *const edits[] = {
		[HEIR_UPGRADE_EDIT_NONE] = NULL,
		[HEIR_UPGRADE_EDIT_RESTART] = "restart",
		[HEIR_UPGRADE_EDIT_DRAIN] = "drain",
		[HEIR_UPGRADE_EDIT_REBOOT] = "reboot",
	};
	const struct heir_view *view = &c->view;
	struct heir_spot spot;

	if (heir_finding_spot(view, diag, &spot) < 0) {
		json_decref(json);
		return NULL;
	}
	json = heir_json_set_location(json, &spot.where);
	json = heir_json_set(json, "rule", heir_json_strz(heir_rules[diag->rule].id));
	json = heir_json_set(json, "edit", heir_json_strz(edits[heir_upgrade_edit_of(c, diag)]));
	return heir_json_set(json, "help", heir_json_strz(diag->help));
}

static json_t *stops_json(const struct heir_upgrade_case *c)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->view.stops->n; i++) {
		const struct heir_diag *stop = c->view.stops->items[i];
		json_t *json = heir_json_set(json_object(), "message", heir_json_strz(stop->text));

		json = set_edit(json, c, stop);
		json = heir_json_set(
			json, "already", json_boolean(heir_upgrade_stops_already(c, stop)));
		list = heir_json_append(list, json);
	}
	return list;
}

static json_t *classes_json(const struct heir_upgrade_case *c, struct heir_str name)
{
	json_t *list = json_array();
	const char *class;

	for (uint32_t i = 0; (class = heir_upgrade_class_at(c, name, i)); i++)
		list = heir_json_append(list, heir_json_strz(class));
	return list;
}

/* Those that name a RuntimeClass of the handler, and those that name none where it is the default.
 */
static json_t *pods_json(const struct heir_upgrade_case *c, struct heir_str name)
{
	json_t *list = json_array();

	for (int classless = 0; classless < 2; classless++) {
		bool is_default = heir_str_eq(c->part->view.res->default_runtime, name);
		const struct heir_pod_count *counts;
		uint32_t n;

		if (classless && !is_default)
			break;
		counts = heir_pods_of(&c->part->pods, classless ? HEIR_STR("") : name, &n);
		list = heir_json_pods(list, counts, n);
	}
	return list;
}

static json_t *handler_json(const struct heir_upgrade_case *c,
	const struct heir_upgrade_handler *handler, struct heir_out *out)
{
	const struct heir_diag *reason = handler->diff->dropped[HEIR_RIGHT];
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(handler->diff->name));

	json = heir_json_set(json, "change", heir_json_strz(heir_upgrade_word(handler->change)));
	json = heir_json_set(json, "fields",
		heir_diff_fields_json(&c->diff, handler->diff, handler->fields, out));
	heir_core_forget_values(c->part->core);
	json = heir_json_set(json, "classes", classes_json(c, handler->diff->name));
	json = heir_json_set(json, "pods", pods_json(c, handler->diff->name));
	json = heir_json_set(json, "drain", json_boolean(handler->drains));
	if (!reason)
		return json;
	json = heir_json_set(json, "reason", heir_json_strz(reason->text));
	return set_edit(json, c, reason);
}

static json_t *default_json(const struct heir_upgrade_case *c)
{
	json_t *json;

	if (!c->diff.default_differs)
		return json_null();
	json = heir_json_set(
		json_object(), "old", heir_json_str(c->part->view.res->default_runtime));
	return heir_json_set(json, "new", heir_json_str(c->res.default_runtime));
}

static json_t *pool_json(const struct heir_upgrade_case *c, bool named, struct heir_out *out)
{
	json_t *json = heir_json_set(json_object(), "pool", heir_json_strz(c->part->pool)), *list;

	/* Annotations are a change of fields. */
	json = heir_json_set(json, "verdict",
		heir_json_strz(heir_upgrade_word(c->verdict == HEIR_UPGRADE_ANNOTATIONS
							 ? HEIR_UPGRADE_CHANGES
							 : c->verdict)));
	json = heir_json_set(json, "root", heir_json_strz(c->part->root));
	json = heir_json_set(json, "nodes", json_integer(c->part->n_nodes));
	json = heir_json_set(json, "os", heir_json_strz(c->os ? c->os->name : NULL));
	json = heir_json_set(json, "os_from", heir_json_strz(named ? "as given" : c->os_from));
	json = heir_json_set(json, "default_runtime", default_json(c));
	json = heir_json_set(json, "stops", stops_json(c));
	list = json_array();
	for (uint32_t i = 0; i < c->n_handlers; i++)
		list = heir_json_append(list, handler_json(c, &c->handlers[i], out));
	return heir_json_set(json, "handlers", list);
}

static void print_target(const struct heir_upgrade *upgrade, size_t t, struct heir_out *out)
{
	const struct heir_upgrade_target *target = &upgrade->targets[t];
	const struct heir_upgrade_case *c;

	heir_out_addz(out, t ? ",\n  {\"release\": " : "\n  {\"release\": ");
	heir_json_print(out, heir_json_version(target->release.version));
	heir_out_addz(out, ", \"ocp\": ");
	heir_json_print(
		out, heir_json_strz(target->release.ocp ? target->release.ocp->name : NULL));
	heir_out_addz(out, ", \"os\": ");
	heir_json_print(out, heir_json_strz(target->os ? target->os->name : NULL));
	heir_out_addz(out, ", \"pools\": [");
	for (size_t i = 0; (c = heir_upgrade_worst(upgrade, t, i)); i++) {
		heir_out_addz(out, i ? ",\n   " : "\n   ");
		heir_json_print(out, pool_json(c, target->os != NULL, out));
	}
	heir_out_addz(out, "]}");
}

static json_t *now_json(const struct heir_upgrade_part *part)
{
	json_t *json = heir_json_set(json_object(), "pool", heir_json_strz(part->pool));

	json = heir_json_set(json, "root", heir_json_strz(part->root));
	json = heir_json_set(json, "release", heir_json_version(part->version));
	json = heir_json_set(json, "release_from", heir_json_strz(part->version_from));
	json = heir_json_set(json, "os", heir_json_strz(part->os ? part->os->name : NULL));
	json = heir_json_set(json, "os_from", heir_json_strz(part->os_from));
	return heir_json_set_verdict(json, &part->view);
}

int heir_upgrade_json(const struct heir_upgrade *upgrade, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.upgrade/1\",\n \"now\": [");
	for (size_t p = 0; p < upgrade->n_parts; p++) {
		heir_out_addz(out, p ? ",\n  " : "\n  ");
		heir_json_print(out, now_json(&upgrade->parts[p]));
	}
	heir_out_addz(out, "],\n \"targets\": [");
	for (size_t t = 0; t < upgrade->n_targets && out->error == 0; t++)
		print_target(upgrade, t, out);
	heir_out_addz(out, "]}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
