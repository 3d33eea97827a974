/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json.h"

#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "model/bound.h"

/* A string whose bytes that are not UTF-8 are written in another way: as \xNN, or as `instead`. */
static json_t *text_json(struct heir_str s, const char *instead)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	size_t done = 0;

	for (size_t i = 0; i < s.len;) {
		uint32_t c;
		size_t len = heir_utf8_decode((struct heir_str){s.p + i, s.len - i}, &c);

		if (len == 0) {
			heir_buf_add(&buf, s.p + done, i - done);
			if (instead)
				heir_buf_addz(&buf, instead);
			else
				heir_utf8_show(&buf, (struct heir_str){s.p + i, 1});
			done = i + 1;
		}
		i += len ? len : 1;
	}
	if (done == 0)
		return json_stringn_nocheck(s.p, s.len);
	heir_buf_add(&buf, s.p + done, s.len - done);
	return buf.failed ? NULL : json_stringn_nocheck(buf.p, buf.len);
}

json_t *heir_json_str(struct heir_str s)
{
	return s.p ? text_json(s, NULL) : json_null();
}

json_t *heir_json_content(struct heir_str s)
{
	return text_json(s, "\xef\xbf\xbd");
}

json_t *heir_json_name(struct heir_str name)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	heir_bound_name(&buf, name);
	return buf.failed ? NULL : heir_json_str(heir_buf_str(&buf));
}

json_t *heir_json_strz(const char *z)
{
	return heir_json_str(heir_str_from(z));
}

json_t *heir_json_set(json_t *object, const char *key, json_t *value)
{
	if (object && value && json_object_set_new_nocheck(object, key, value) == 0)
		return object;
	/* jansson drops `value` itself when it fails. */
	if (!object)
		json_decref(value);
	json_decref(object);
	return NULL;
}

json_t *heir_json_append(json_t *array, json_t *value)
{
	if (array && value && json_array_append_new(array, value) == 0)
		return array;
	if (!array)
		json_decref(value);
	json_decref(array);
	return NULL;
}

json_t *heir_json_value(const struct heir_value *value)
{
	json_t *json;

	switch (value->type) {
	case HEIR_TYPE_BOOL:
		return json_boolean(value->boolean);
	case HEIR_TYPE_INTEGER:
		return json_integer(value->integer);
	case HEIR_TYPE_STRV:
		json = json_array();
		for (uint32_t i = 0; i < value->list.n; i++)
			json = heir_json_append(json, heir_json_str(value->list.entries[i].value));
		return json;
	case HEIR_TYPE_MAP:
		json = json_object();
		for (uint32_t i = 0; json && i < value->list.n; i++) {
			const struct heir_entry *entry = &value->list.entries[i];
			json_t *item = heir_json_str(entry->value);

			if (!item || json_object_setn_new_nocheck(
					     json, entry->key.p, entry->key.len, item) < 0) {
				json_decref(json);
				return NULL;
			}
		}
		return json;
	default:
		return heir_json_str(value->string);
	}
}

static json_t *holder_json(const struct heir_location *where)
{
	const struct heir_holder *holder = &where->holder;
	json_t *json = heir_json_set(json_object(), "input", heir_json_strz(holder->input));

	json = heir_json_set(json, "kind", heir_json_strz(holder->kind));
	json = heir_json_set(json, "name", heir_json_strz(holder->name));
	json = heir_json_set(json, "author", heir_json_strz(where->author));
	json = heir_json_set(json, "line", json_integer(holder->line));
	return heir_json_set(json, "column", json_integer(holder->column));
}

json_t *heir_json_set_holder(json_t *object, const struct heir_location *where)
{
	if (!where->file || !where->holder.input)
		return object;
	return heir_json_set(object, "object", holder_json(where));
}

json_t *heir_json_set_location(json_t *object, const struct heir_location *where)
{
	bool is = where->file != NULL;

	object = heir_json_set(object, "file", heir_json_strz(where->file));
	object = heir_json_set(object, "line", is ? json_integer(where->line) : json_null());
	object = heir_json_set(object, "column", is ? json_integer(where->column) : json_null());
	return heir_json_set_holder(object, where);
}

json_t *heir_json_set_place(json_t *object, const struct heir_view *view, struct heir_place place)
{
	struct heir_location where;

	if (heir_view_locate(view, place, &where) < 0) {
		json_decref(object);
		return NULL;
	}
	return heir_json_set_location(object, &where);
}

json_t *heir_json_set_layer(
	json_t *object, const struct heir_view *view, const struct heir_origin *origin)
{
	struct heir_place place = heir_view_origin_place(view, origin);
	const char *layer = NULL;

	if (place.source != HEIR_SOURCE_NONE)
		layer = heir_layer_name(
			heir_source_layer(&view->core->sources.items[place.source]));
	else if (origin->kind == HEIR_KIND_BUILTIN || origin->kind == HEIR_KIND_DEFAULT)
		layer = heir_layer_name(HEIR_LAYER_BUILTIN);
	return heir_json_set(object, "layer", heir_json_strz(layer));
}

static json_t *item_json(const struct heir_view *view, const struct heir_entry *entry, bool has_key)
{
	const struct heir_toml_doc *doc = view->config->docs[entry->source];
	struct heir_source *source = &view->core->sources.items[entry->source];
	json_t *json = json_object();

	if (has_key)
		json = heir_json_set(json, "key", heir_json_str(entry->key));
	json = heir_json_set(json, "value", heir_json_str(entry->value));
	json = heir_json_set(json, "from", heir_json_name(entry->from->name));
	json = heir_json_set(
		json, "layer", json_string(heir_layer_name(heir_source_layer(source))));
	return heir_json_set_place(json, view,
		heir_node_place(
			view->config, entry->source, heir_toml_value_span(doc, entry->node)));
}

json_t *heir_json_set_items(json_t *object, const struct heir_view *view,
	const struct heir_origin *origin, size_t *room)
{
	enum { FREE = 16, COST = 256 };
	const struct heir_value *value = &origin->value;
	uint32_t n = value->list.n, most = FREE;
	json_t *items;

	if (!heir_value_is_merged(value))
		return object;
	/* The last one says how much was left out. */
	n -= origin->left_out > 0;
	if (n > FREE && room && *room / COST >= n) {
		*room -= (size_t)n * COST;
		most = n;
	}
	items = json_array();
	for (uint32_t i = 0; i < MIN(n, most) && items; i++)
		items = heir_json_append(items,
			item_json(view, &value->list.entries[i], value->type == HEIR_TYPE_MAP));
	object = heir_json_set(object, "items", items);
	if (n > most)
		object = heir_json_set(object, "items_left_out", json_integer(n - most));
	return object;
}

static json_t *set_decision(
	json_t *json, const struct heir_view *view, const struct heir_origin *origin)
{
	json = heir_json_set(json, "kind", json_string(heir_kind_name(origin->kind)));
	json = heir_json_set(
		json, "from", origin->from ? heir_json_name(origin->from->name) : json_null());
	if (origin->left_out > 0)
		json = heir_json_set(json, "left_out", json_integer((json_int_t)origin->left_out));
	json = heir_json_set_layer(json, view, origin);
	return heir_json_set_place(json, view, heir_view_origin_place(view, origin));
}

json_t *heir_json_origin(
	const struct heir_view *view, const struct heir_origin *origin, size_t *room)
{
	json_t *json = heir_json_set(json_object(), "value", heir_json_value(&origin->value));

	return heir_json_set_items(set_decision(json, view, origin), view, origin, room);
}

json_t *heir_json_field(
	const struct heir_view *view, const struct heir_origin *origin, size_t *room)
{
	return origin->kind == HEIR_KIND_UNSET ? json_null() : heir_json_origin(view, origin, room);
}

json_t *heir_json_targets(const struct heir_view *view, uint64_t targets)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < view->n_targets; i++)
		if (targets >> i & 1)
			list = heir_json_append(list, heir_json_strz(view->targets[i].name));
	return list;
}

static json_t *stop_json(const struct heir_view *view, const struct heir_diag *diag)
{
	json_t *json = heir_json_set(json_object(), "message", heir_json_strz(diag->text));
	json = heir_json_set_place(json, view, diag->where);
	if (diag->where.source == HEIR_SOURCE_NONE && diag->path)
		json = heir_json_set(json, "file", heir_json_strz(diag->path));
	if (view->targets)
		json = heir_json_set(json, "targets", heir_json_targets(view, diag->targets));
	return heir_json_set(json, "rule", heir_json_strz(heir_rules[diag->rule].id));
}

/* Where the default does not validate the handlers are known, but it is still an error. */
json_t *heir_json_fatal(const struct heir_view *view)
{
	const struct heir_diag *diag = view->res ? view->res->fatal : view->fatal;

	return diag ? stop_json(view, diag) : json_null();
}

static json_t *stops_json(const struct heir_view *view)
{
	json_t *stops = json_array();

	for (uint32_t i = 0; i < view->stops->n; i++)
		stops = heir_json_append(stops, stop_json(view, view->stops->items[i]));
	return stops;
}

json_t *heir_json_set_verdict(json_t *object, const struct heir_view *view)
{
	object = heir_json_set(object, "starts", json_boolean(view->stops->n == 0));
	return heir_json_set(object, "stops", stops_json(view));
}

const char *heir_semantics_name(enum heir_semantics as)
{
	return as == HEIR_AS_STOCK ? "stock" : "heir";
}

json_t *heir_json_version(struct heir_version version)
{
	char text[32];

	if (version.patch == HEIR_PATCH_LAST)
		snprintf(text, sizeof(text), "1.%u", version.minor);
	else
		snprintf(text, sizeof(text), "1.%u.%u", version.minor, version.patch);
	return json_string(text);
}

void heir_json_print_release(struct heir_out *out, const struct heir_where *where)
{
	heir_out_addz(out, "\"crio_version\": ");
	heir_json_print(out, heir_json_version(where->version));
	heir_out_printf(
		out, ", \"crio_version_assumed\": %s", where->version_assumed ? "true" : "false");
}

json_t *heir_json_set_release(json_t *object, const struct heir_where *where)
{
	object = heir_json_set(object, "crio_version", heir_json_version(where->version));
	return heir_json_set(object, "crio_version_assumed", json_boolean(where->version_assumed));
}

/* jansson escapes what JSON must; a terminal obeys more than that. Outside ASCII there are only
 * strings, where such a character can be written as an escape. */
static void print_safely(struct heir_out *out, struct heir_str text)
{
	size_t done = 0;

	for (size_t i = 0; i < text.len;) {
		uint32_t c = (uint8_t)text.p[i];
		size_t len = 1;

		if (c >= 0x80)
			len = heir_utf8_decode((struct heir_str){text.p + i, text.len - i}, &c);
		if (c >= 0x7f && heir_utf8_is_dangerous(c)) {
			heir_out_add(out, (struct heir_str){text.p + done, i - done});
			if (c > 0xffff)
				heir_out_printf(out, "\\u%04x", 0xd7c0 + (unsigned)(c >> 10));
			heir_out_printf(out, "\\u%04x",
				c > 0xffff ? 0xdc00 | (unsigned)(c & 0x3ff) : (unsigned)c);
			done = i + len;
		}
		i += MAX(len, 1u);
	}
	heir_out_add(out, (struct heir_str){text.p + done, text.len - done});
}

static int take_piece(const char *p, size_t len, void *data)
{
	heir_buf_add(data, p, len);
	return 0;
}

static void print(struct heir_out *out, json_t *json, size_t flags)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	bool ascii = out->style.ascii && out->style.escape;
	int r = -1;

	flags |= JSON_ENCODE_ANY | (ascii ? JSON_ENSURE_ASCII : 0);
	if (json)
		r = json_dump_callback(json, take_piece, &buf, flags);

	/* jansson forgets it where a key finds no room; the buffer does not. */
	if (r == 0 && !buf.failed)
		print_safely(out, heir_buf_str(&buf));
	else if (out->error == 0)
		out->error = -ENOMEM;
	json_decref(json);
}

void heir_json_print(struct heir_out *out, json_t *json)
{
	print(out, json, 0);
}

void heir_json_print_os(struct heir_out *out, const struct heir_view *view, const char *begin)
{
	const struct heir_overlay *overlay = view->core->root.overlay;
	const struct heir_os *os = overlay ? overlay->os : NULL;

	heir_out_printf(out, ",%s\"os\": ", begin);
	heir_json_print(out, heir_json_strz(os ? os->name : NULL));
	heir_out_addz(out, ", \"os_from\": ");
	heir_json_print(out, heir_json_strz(os ? overlay->os_from : NULL));
}

void heir_json_print_verdict(struct heir_out *out, const struct heir_view *view, const char *begin)
{
	heir_out_printf(out, ",%s\"starts\": ", begin);
	heir_json_print(out, json_boolean(view->stops->n == 0));
	heir_out_printf(out, ",%s\"stops\": ", begin);
	heir_json_print(out, stops_json(view));
}

void heir_json_print_lines(struct heir_out *out, json_t *json)
{
	print(out, json, JSON_INDENT(2));
	heir_out_addz(out, "\n");
}

json_t *heir_json_set_late(
	json_t *object, const struct heir_seen_late *seen, const struct heir_result *result)
{
	const struct heir_late_target *now;
	json_t *json;

	if (heir_seen_late_of(seen, result, &now, NULL) < 0) {
		json_decref(object);
		return NULL;
	}
	if (!now)
		return object;
	json = heir_json_set(json_object(), "runtime", heir_json_str(now->runtimes[0].path));
	return heir_json_set(object, "late", heir_json_set(json, "root", heir_json_str(now->root)));
}

json_t *heir_json_pods(json_t *list, const struct heir_pod_count *counts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		json_t *json = heir_json_set(
			json_object(), "namespace", heir_json_str(counts[i].namespace));

		list = heir_json_append(
			list, heir_json_set(json, "count", json_integer(counts[i].n)));
	}
	return list;
}
