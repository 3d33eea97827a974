/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "inherit/order.h"
#include "model/bound.h"
#include "report/json.h"
#include "report/keys.h"
#include "model/late.h"
#include "report/show.h"

static json_t *fields_json(
	const struct heir_view *view, const struct heir_handler *handler, struct heir_out *out)
{
	json_t *fields = json_object();

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && fields; f++) {
		struct heir_origin origin;

		if (heir_view_field(view, handler, f, &origin) < 0 ||
			heir_bound_value(&view->core->values, &out->room, &origin) < 0) {
			json_decref(fields);
			return NULL;
		}
		if (origin.kind != HEIR_KIND_UNSET && !heir_value_is_zero(&origin.value))
			fields = heir_json_set(fields, heir_fields[f].name.p,
				heir_json_origin(view, &origin, &out->room));
	}
	return fields;
}

static bool is_in_cycle(const struct heir_result *result)
{
	return result->dropped && result->dropped->rule == HEIR_RULE_INHERIT_CYCLE;
}

/* Of a chain: that of each of its handlers may be as long as there are handlers. */
enum { MAX_NAMES = 256 };

/* From the handler up; a cycle is printed once. */
static json_t *chain_json(const struct heir_handler *handler, const struct heir_result *result)
{
	json_t *chain = json_array();
	const struct heir_result *entry = NULL;
	unsigned n = 0;

	if (!result)
		return heir_json_append(chain, heir_json_name(handler->name));
	for (const struct heir_result *at = result; at && at != entry && n < MAX_NAMES;
		at = heir_result_base(at), n++) {
		chain = heir_json_append(chain, heir_json_name(at->handler->name));
		if (!entry && is_in_cycle(at))
			entry = at;
	}
	return chain;
}

/* The reason of a dropped handler, with what lies behind it. */
static json_t *reason_json(const struct heir_diag *diag)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (!diag)
		return json_null();
	heir_buf_addz(&buf, diag->text);
	if (diag->rule == HEIR_RULE_PARENT_DROPPED && diag->notes)
		heir_buf_printf(&buf, " (%s)", diag->notes->text);
	return buf.failed ? NULL : heir_json_str(heir_buf_str(&buf));
}

static json_t *handler_json(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_seen_late *late, struct heir_out *out)
{
	const struct heir_result *result = heir_view_result(view, handler);
	const struct heir_diag *dropped = result ? result->dropped : NULL;
	const struct heir_result *parent = result ? result->parent : NULL;
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(handler->name));

	json = heir_json_set(json, "status", json_string(dropped ? "dropped" : "ok"));
	json = heir_json_set(json, "reason", reason_json(dropped));
	json = heir_json_set(json, "pending", json_boolean(heir_view_is_pending(view, handler)));
	json = heir_json_set(
		json, "parent", parent ? heir_json_name(parent->handler->name) : json_null());
	json = heir_json_set(
		json, "via", json_string(heir_via_name(result ? result->via : HEIR_VIA_NONE)));
	json = heir_json_set(json, "chain", chain_json(handler, result));
	json = heir_json_set(json, "fields", fields_json(view, handler, out));
	return heir_json_set_late(json, late, result);
}

static struct heir_str default_runtime(const struct heir_view *view)
{
	if (view->fatal)
		return HEIR_STR_NULL;
	return view->res ? view->res->default_runtime
			 : heir_config_setting(view->config, HEIR_SETTING_default_runtime);
}

int heir_show_json(const struct heir_view *view, struct heir_selection selection, bool all_keys,
	struct heir_out *out)
{
	struct heir_seen_late late;

	if (heir_seen_late_read(&late, view) < 0)
		return -ENOMEM;
	heir_out_addz(out, "{\"schema\": \"heir.show/1\", \"as\": ");
	heir_json_print(out, json_string(heir_semantics_name(view->config->where.as)));
	heir_out_addz(out, ", ");
	heir_json_print_release(out, &view->config->where);
	heir_out_addz(out, ", \"stage\": ");
	heir_json_print(out, json_string(view->res ? "resolved" : "loaded"));
	heir_out_addz(out, ",\n \"default_runtime\": ");
	heir_json_print(out, heir_json_str(default_runtime(view)));
	heir_out_addz(out, ",\n \"error\": ");
	heir_json_print(out, heir_json_fatal(view));
	heir_json_print_verdict(out, view, "\n ");
	heir_out_addz(out, ",\n \"handlers\": [");
	for (uint32_t i = 0; i < selection.n && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, handler_json(view, selection.handlers[i], &late, out));
		heir_core_forget_values(view->core);
	}
	heir_out_addz(out, "]");
	if (all_keys && heir_keys_json(view, out) < 0)
		return -ENOMEM;
	heir_out_addz(out, "}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
