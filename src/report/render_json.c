/* SPDX-License-Identifier: Apache-2.0 */
#include "report/render_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "report/json.h"

static json_t *digest_json(const struct heir_rendering *rendering)
{
	char text[32];

	snprintf(text, sizeof(text), "fnv1a64:%016" PRIx64, rendering->digest);
	return json_string(text);
}

static json_t *settings_json(const struct heir_rendering *rendering)
{
	json_t *json = json_object();

	for (unsigned s = 0; s < HEIR_N_SETTINGS && json; s++) {
		struct heir_value value;

		if (!(rendering->settings >> s & 1))
			continue;
		if (heir_rendering_setting(rendering, s, &value) < 0) {
			json_decref(json);
			return NULL;
		}
		json = heir_json_set(json, heir_setting_names[s].p, heir_json_value(&value));
	}
	return json;
}

static json_t *handler_json(const struct heir_view *view, const struct heir_rendering *rendering,
	const struct heir_result *result)
{
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(result->handler->name));
	json_t *fields = json_object();

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && fields; f++) {
		struct heir_origin origin;

		if (heir_rendering_field(rendering, result, f, &origin) < 0) {
			json_decref(fields);
			fields = NULL;
		} else if (origin.kind != HEIR_KIND_UNSET) {
			fields = heir_json_set(fields, heir_fields[f].name.p,
				heir_json_origin(view, &origin, NULL));
		}
	}
	return heir_json_set(json, "fields", fields);
}

int heir_rendering_json(
	const struct heir_view *view, const struct heir_rendering *rendering, struct heir_out *out)
{
	heir_out_addz(out, "{\"schema\": \"heir.render/1\", ");
	heir_json_print_release(out, &view->config->where);
	heir_out_addz(out, ",\n \"path\": ");
	heir_json_print(out, heir_json_strz(rendering->path));
	heir_out_addz(out, ", \"digest\": ");
	heir_json_print(out, digest_json(rendering));
	heir_out_addz(out, ",\n \"settings\": ");
	heir_json_print(out, settings_json(rendering));
	heir_out_addz(out, ",\n \"handlers\": [");
	for (uint32_t i = 0; i < rendering->n_handlers && out->error == 0; i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, handler_json(view, rendering, rendering->handlers[i]));
		heir_core_forget_values(view->core);
	}
	heir_out_addz(out, "],\n \"content\": ");
	heir_json_print(out, heir_json_str(rendering->text));
	if (rendering->late_path) {
		heir_out_addz(out, ",\n \"late\": {\"path\": ");
		heir_json_print(out, heir_json_strz(rendering->late_path));
		heir_out_addz(out, ", \"content\": ");
		heir_json_print(out, heir_json_str(rendering->late_text));
		heir_out_addz(out, "}");
	}
	heir_out_addz(out, "}\n");
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
