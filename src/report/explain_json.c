/* SPDX-License-Identifier: Apache-2.0 */
/* The lineage as heir.explain/1: doc/schemas/heir.explain-1.json. */
#include <errno.h>

#include "report/explain_parts.h"
#include "report/json.h"
#include "model/late.h"

static json_t *step_json(const struct heir_step *step)
{
	json_t *json =
		heir_json_set(json_object(), "name", heir_json_str(step->result->handler->name));

	json = heir_json_set(json, "via", json_string(heir_via_name(step->via)));
	json = heir_json_set(json, "text", heir_json_strz(step->text));
	return heir_json_set_location(json, &step->where);
}

static json_t *condition_json(const struct heir_condition *condition)
{
	static const char *const answers[] = {[HEIR_CONDITION_MATCHED] = "matched",
		[HEIR_CONDITION_HOLDS_NOT] = "does-not-hold",
		[HEIR_CONDITION_FAULTY] = "faulty",
		[HEIR_CONDITION_NOT_REACHED] = "not-reached"};
	json_t *json = heir_json_set(json_object(), "inherit", heir_json_str(condition->inherit));

	json = heir_json_set(json, "answer", json_string(answers[condition->state]));
	json = heir_json_set(json, "text", heir_json_strz(condition->text));
	return heir_json_set_location(json, &condition->where);
}

static json_t *tried_json(const struct heir_tried *tried)
{
	static const char *const outcomes[] = {[HEIR_TRIED_CHOSEN] = "chosen",
		[HEIR_TRIED_NOT_FOUND] = "not-found",
		[HEIR_TRIED_UNFIT] = "unfit",
		[HEIR_TRIED_NOT] = "not-tried"};
	json_t *json = heir_json_set(json_object(), "name", heir_json_str(tried->name));

	json = heir_json_set(json, "path", heir_json_strz(tried->path));
	json = heir_json_set(json, "outcome", json_string(outcomes[tried->state]));
	json = heir_json_set(json, "text", heir_json_strz(tried->text));
	return heir_json_set(json, "cached", json_boolean(tried->cached));
}

static json_t *written_json(const struct heir_written *written, uint32_t n)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < n && list; i++) {
		const struct heir_written *w = &written[i];
		json_t *json = heir_json_set(json_object(), "text", heir_json_strz(w->text));

		json = heir_json_set(json, "state", json_string(heir_written_state_name(w->state)));
		json = heir_json_set_location(json, &w->where);
		json = heir_json_set(json, "by",
			w->by.file ? heir_json_set_location(json_object(), &w->by) : json_null());
		list = heir_json_append(list, json);
	}
	return list;
}

static json_t *rulings_json(const struct heir_lineage_field *f)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < f->n_rulings && list; i++) {
		json_t *json =
			heir_json_set(json_object(), "rule", json_string(f->rulings[i].rule));

		list = heir_json_append(
			list, heir_json_set(json, "outcome", heir_json_strz(f->rulings[i].text)));
	}
	return list;
}

static json_t *searches_json(json_t *json, const struct heir_lineage_field *f)
{
	json_t *candidates = json_array(), *path = json_array();

	for (uint32_t i = 0; i < f->n_tried && candidates; i++)
		candidates = heir_json_append(candidates, tried_json(&f->tried[i]));
	for (uint32_t i = 0; i < f->n_looked && path; i++) {
		json_t *looked = heir_json_set(
			json_object(), "directory", heir_json_str(f->looked[i].directory));

		path = heir_json_append(
			path, heir_json_set(looked, "found", json_boolean(f->looked[i].found)));
	}
	json = heir_json_set(json, "candidates", candidates);
	return heir_json_set(json, "path", path);
}

static json_t *field_json(
	const struct heir_view *view, const struct heir_lineage_field *f, size_t *room)
{
	bool is = f->origin.kind != HEIR_KIND_UNSET;
	const struct heir_handler *from = f->origin.from;
	json_t *json = heir_json_set(
		json_object(), "value", is ? heir_json_value(&f->origin.value) : json_null());

	json = heir_json_set(
		json, "kind", is ? json_string(heir_kind_name(f->origin.kind)) : json_null());
	json = heir_json_set(json, "from", from ? heir_json_name(from->name) : json_null());
	json = heir_json_set_layer(json, view, &f->origin);
	json = heir_json_set_location(json, &f->where);
	if (is)
		json = heir_json_set_items(json, view, &f->origin, room);
	json = heir_json_set(json, "decided_by", heir_json_strz(f->decided_by));
	json = heir_json_set(json, "rules", rulings_json(f));
	json = searches_json(json, f);
	return heir_json_set(json, "written", written_json(f->written, f->n_written));
}

static json_t *stock_json(const struct heir_lineage *lineage)
{
	const struct heir_lineage_stock *stock = &lineage->stock;
	json_t *json, *ignores = json_array(), *fields = json_object();

	for (uint32_t i = 0; i < stock->n_ignores; i++)
		ignores = heir_json_append(
			ignores, heir_json_str(heir_fields[stock->ignores[i]].name));
	for (uint32_t i = 0; i < stock->n_fields; i++) {
		const struct heir_stock_field *f = &stock->fields[i];
		bool is = f->kind != HEIR_KIND_UNSET;
		json_t *field = heir_json_set(
			json_object(), "value", is ? heir_json_value(&f->value) : json_null());

		field = heir_json_set(
			field, "kind", is ? json_string(heir_kind_name(f->kind)) : json_null());
		fields = heir_json_set(fields, heir_fields[f->field].name.p, field);
	}
	json = heir_json_set(
		json_object(), "outcome", json_string(heir_stock_state_name(stock->state)));
	json = heir_json_set(
		json, "reason", stock->reason ? heir_json_strz(stock->reason->text) : json_null());
	json = heir_json_set(json, "rule",
		stock->reason ? json_string(heir_rules[stock->reason->rule].id) : json_null());
	json = heir_json_set(json, "ignores", ignores);
	return heir_json_set(json, "fields", fields);
}

static json_t *reason_json(const struct heir_diag *reason)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	if (!reason)
		return json_null();
	heir_buf_addz(&buf, reason->text);
	if (reason->rule == HEIR_RULE_PARENT_DROPPED && reason->notes)
		heir_buf_printf(&buf, " (%s)", reason->notes->text);
	return buf.failed ? NULL : heir_json_str(heir_buf_str(&buf));
}

/* Prints a list, an item a line. Takes `items` over. */
static void print_list(struct heir_out *out, const char *key, json_t *items)
{
	heir_out_printf(out, ",\n \"%s\": [", key);
	for (size_t i = 0; items && i < json_array_size(items); i++) {
		heir_out_addz(out, i ? ",\n  " : "\n  ");
		heir_json_print(out, json_incref(json_array_get(items, i)));
	}
	heir_out_addz(out, "]");
	if (!items)
		heir_json_print(out, NULL);
	json_decref(items);
}

static void print_item(struct heir_out *out, const char *key, json_t *json)
{
	heir_out_printf(out, ", \"%s\": ", key);
	heir_json_print(out, json);
}

static void print_late(const struct heir_lineage *lineage, struct heir_out *out)
{
	const struct heir_late_target *now = NULL;
	struct heir_seen_late late;
	json_t *json;

	if (lineage->unresolved)
		return;
	if (heir_seen_late_read(&late, lineage->view) < 0 ||
		heir_seen_late_of(&late, lineage->result, &now, NULL) < 0) {
		out->error = out->error ? out->error : -ENOMEM;
		return;
	}
	if (!now)
		return;
	json = heir_json_set(json_object(), "runtime", heir_json_str(now->runtimes[0].path));
	heir_out_addz(out, ",\n \"late\": ");
	heir_json_print(out, heir_json_set(json, "root", heir_json_str(now->root)));
}

static void print_head(const struct heir_lineage *lineage, struct heir_out *out)
{
	const struct heir_config *config = lineage->view->config;
	const struct heir_diag *reason = lineage->reason;

	heir_out_addz(out, "{\"schema\": \"heir.explain/1\"");
	print_item(out, "as", json_string(heir_semantics_name(config->where.as)));
	heir_out_addz(out, ", ");
	heir_json_print_release(out, &config->where);
	heir_out_addz(out, ",\n \"handler\": ");
	heir_json_print(out, heir_json_str(lineage->result->handler->name));
	print_item(out, "status",
		json_string(lineage->dropped ? "dropped"
			    : reason         ? "fatal"
					     : "ok"));
	print_item(out, "reason", reason_json(reason));
	print_item(out, "rule", reason ? json_string(heir_rules[reason->rule].id) : json_null());
	print_item(out, "pending",
		json_boolean(heir_view_is_pending(lineage->view, lineage->result->handler)));
	heir_json_print_verdict(out, lineage->view, "\n ");
	print_late(lineage, out);
}

void heir_explain_json(const struct heir_lineage *lineage, struct heir_out *out)
{
	json_t *chain = json_array(), *conditions = json_array(), *notes = json_array();
	const char *texts[HEIR_EXPLAIN_MAX_NOTES];
	unsigned n_notes;

	print_head(lineage, out);
	for (uint32_t i = 0; i < lineage->n_chain; i++)
		chain = heir_json_append(chain, step_json(&lineage->chain[i]));
	print_list(out, "chain", chain);
	for (uint32_t i = 0; i < lineage->n_conditions; i++)
		conditions = heir_json_append(conditions, condition_json(&lineage->conditions[i]));
	print_list(out, "conditions", conditions);
	print_list(out, "default_runtime",
		written_json(lineage->default_written, lineage->n_default_written));
	heir_out_addz(out, ",\n \"fields\": {");
	for (uint32_t i = 0; i < lineage->n_fields && out->error == 0; i++) {
		const char *name = heir_fields[lineage->fields[i].field].name.p;

		heir_out_printf(out, "%s\n  \"%s\": ", i ? "," : "", name);
		heir_json_print(out, field_json(lineage->view, &lineage->fields[i], &out->room));
	}
	heir_out_addz(out, "},\n \"stock\": ");
	heir_json_print(
		out, lineage->stock.state == HEIR_STOCK_IS_IT ? json_null() : stock_json(lineage));
	n_notes = heir_explain_notes(lineage->result->handler->name, texts);
	for (unsigned i = 0; i < n_notes; i++)
		notes = heir_json_append(notes, heir_json_strz(texts[i]));
	print_list(out, "notes", notes);
	heir_out_addz(out, "}\n");
}
