/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "model/bound.h"
#include "report/blame.h"
#include "report/json.h"

/* "by": {"file", "line"} or null. */
static json_t *by_json(const struct heir_view *view, struct heir_place by)
{
	struct heir_location where;
	json_t *json;

	if (heir_view_locate(view, by, &where) < 0)
		return NULL;
	if (!where.file)
		return json_null();
	json = heir_json_set(json_object(), "file", heir_json_strz(where.file));
	return heir_json_set(json, "line", json_integer(where.line));
}

static json_t *line_json(
	struct heir_blame_printer *p, const struct heir_blame_file *file, uint32_t i)
{
	const struct heir_blame_line *line = &file->lines[i];
	const struct heir_toml_doc *doc = p->view->config->docs[file->source];
	json_t *json = heir_json_set(json_object(), "line", json_integer(i + 1));
	struct heir_str handler = HEIR_STR_NULL, key = HEIR_STR_NULL;

	heir_buf_clear(&p->cell);
	if (line->node) {
		heir_blame_key(&p->cell, doc, line->node);
		handler = heir_blame_handler(doc, line->node);
		if (p->cell.len > 0)
			key = heir_buf_str(&p->cell);
	}
	json = heir_json_set(json, "state", json_string(heir_blame_state_name(line->state)));
	json = heir_json_set(json, "key", p->cell.failed ? NULL : heir_json_str(key));
	json = heir_json_set(json, "handler", heir_json_str(handler));
	return heir_json_set(json, "by", by_json(p->view, line->by));
}

/* What holds the file, and since when; null: no object does. */
static json_t *object_json(const struct heir_blame_printer *p, uint32_t source)
{
	const struct heir_object *object = p->view->core->sources.items[source].object;
	struct heir_location where;
	json_t *json, *holder;

	if (!object)
		return json_null();
	if (heir_view_locate(p->view, (struct heir_place){source, 0, 0}, &where) < 0)
		return NULL;
	json = heir_json_set_holder(json_object(), &where);
	holder = json ? json_incref(json_object_get(json, "object")) : NULL;
	json_decref(json);
	return heir_json_set(holder, "created",
		object->created.len ? heir_json_str(object->created) : json_null());
}

int heir_blame_json(struct heir_blame_printer *p, const struct heir_blame_file *file, bool first)
{
	const struct heir_source *source = &p->view->core->sources.items[file->source];
	const char *before = "\n    ";

	heir_out_addz(p->out, first ? "\n  {\"path\": " : ",\n  {\"path\": ");
	heir_json_print(p->out, heir_json_strz(source->path));
	heir_out_printf(p->out, ", \"layer\": \"%s\"", heir_layer_name(heir_source_layer(source)));
	heir_out_addz(p->out, ", \"object\": ");
	heir_json_print(p->out, object_json(p, file->source));
	heir_out_addz(p->out, ", \"lines\": [");
	for (uint32_t i = 0; i < file->n_lines; i++) {
		if (p->request->line && i + 1 != p->request->line)
			continue;
		heir_out_addz(p->out, before);
		heir_json_print(p->out, line_json(p, file, i));
		before = ",\n    ";
	}
	heir_out_addz(p->out, "]}");
	return p->out->error == -ENOMEM ? -ENOMEM : 0;
}

/* ---- What depends on a line ---- */

static json_t *names_json(const char *const *names, uint32_t n)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < n; i++)
		json = heir_json_append(json, heir_json_strz(names[i]));
	return json;
}

static json_t *fields_json(struct heir_blame_printer *p, const struct heir_depend *depend)
{
	json_t *json = json_object();

	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && json; f++) {
		struct heir_origin origin;

		if (!(depend->fields >> f & 1))
			continue;
		if (heir_view_field(p->view, depend->handler, f, &origin) < 0 ||
			heir_bound_value(&p->view->core->values, &p->out->room, &origin) < 0) {
			json_decref(json);
			return NULL;
		}
		json = heir_json_set(json, heir_fields[f].name.p,
			heir_json_field(p->view, &origin, &p->out->room));
	}
	return json;
}

static json_t *handlers_json(struct heir_blame_printer *p, const struct heir_depends *depends)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < depends->n_handlers; i++) {
		const struct heir_depend *depend = &depends->handlers[i];
		json_t *one =
			heir_json_set(json_object(), "name", heir_json_str(depend->handler->name));

		json = heir_json_append(json, heir_json_set(one, "fields", fields_json(p, depend)));
		heir_core_forget_values(p->view->core);
	}
	return json;
}

static json_t *pods_json(const struct heir_depends *depends)
{
	json_t *json = json_array();

	if (!depends->pods_known) {
		json_decref(json);
		return json_null();
	}
	for (uint32_t i = 0; i < depends->n_pods; i++) {
		const struct heir_pod_count *pods = &depends->pods[i];
		json_t *one = heir_json_set(json_object(), "handler",
			pods->handler.len ? heir_json_str(pods->handler) : json_null());

		one = heir_json_set(one, "namespace", heir_json_str(pods->namespace));
		json = heir_json_append(json, heir_json_set(one, "pods", json_integer(pods->n)));
	}
	return json;
}

json_t *heir_blame_depends_json(struct heir_blame_printer *p)
{
	const struct heir_depends *depends = p->request->depends;
	json_t *json = heir_json_set(json_object(), "handlers", handlers_json(p, depends));

	json = heir_json_set(
		json, "runtimeClasses", names_json(depends->classes, depends->n_classes));
	json = heir_json_set(json, "pools", names_json(depends->pools, depends->n_pools));
	return heir_json_set(json, "pods", pods_json(depends));
}
