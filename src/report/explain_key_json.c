/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "model/finding.h"
#include "report/explain_key.h"
#include "report/json.h"
#include "report/keys.h"

static json_t *places_json(const struct heir_key_lineage *l)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < l->n_places; i++) {
		const struct heir_key_place *place = &l->places[i];
		json_t *one = heir_json_set(
			json_object(), "state", json_string(heir_blame_state_name(place->state)));
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		json_t *by = json_null();

		heir_view_source(l->view, &text, place->source, place->node);
		one = heir_json_set(
			one, "text", text.failed ? NULL : heir_json_str(heir_buf_str(&text)));
		one = heir_json_set_place(one, l->view, place->where);
		if (place->by.source != HEIR_SOURCE_NONE)
			by = heir_json_set_place(json_object(), l->view, place->by);
		json = heir_json_append(json, heir_json_set(one, "by", by));
	}
	return json;
}

static json_t *findings_json(const struct heir_key_lineage *l)
{
	const struct heir_diags *diags = &l->view->core->diags;
	json_t *json = json_array();

	for (uint32_t i = 0; i < diags->n; i++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
		json_t *one;

		if (!heir_key_concerns(l, diags->items[i]))
			continue;
		heir_finding_words(diags->items[i], &text);
		one = heir_json_set(
			json_object(), "rule", json_string(heir_rules[diags->items[i]->rule].id));
		one = heir_json_set(
			one, "message", text.failed ? NULL : heir_json_str(heir_buf_str(&text)));
		json = heir_json_append(json, one);
	}
	return json;
}

static json_t *default_json(const struct heir_key_lineage *l)
{
	struct heir_value value;
	bool known;

	if (l->found->state != HEIR_KEY_KNOWN || !heir_key_has_value(l->found->row))
		return json_null();
	if (heir_key_get_default(l->view->config, l->found->row, &value, &known) < 0)
		return NULL;
	return known ? heir_json_value(&value) : json_null();
}

int heir_explain_key_json(const struct heir_key_lineage *l, struct heir_out *out)
{
	const struct heir_key_row *row = l->found->row;
	bool has_value = l->found->state == HEIR_KEY_KNOWN && heir_key_has_value(row);
	struct heir_str path = heir_buf_str(&l->path);
	json_t *json = heir_json_set(json_object(), "schema", json_string("heir.key/1"));

	json = heir_json_set(json, "key", heir_json_str(path));
	json = heir_json_set_release(json, &l->view->config->where);
	json = heir_json_set(json, "known", json_boolean(l->found->state == HEIR_KEY_KNOWN));
	json = heir_json_set(json, "is", json_string(row->help));
	json = heir_json_set(json, "deprecated",
		row->deprecated[0] ? json_string(row->deprecated) : json_null());
	json = heir_json_set(
		json, "value", has_value ? heir_key_json(l->view, &l->value) : json_null());
	json = heir_json_set(json, "default", default_json(l));
	json = heir_json_set(json, "written", places_json(l));
	json = heir_json_set(json, "findings", findings_json(l));
	heir_json_print_lines(out, json);
	return out->error == -ENOMEM ? -ENOMEM : 0;
}
