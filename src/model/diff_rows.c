/* SPDX-License-Identifier: Apache-2.0 */
/* The values of both sides in words, with where they come from: for text and for the page. */
#include <errno.h>

#include "base/utf8.h"
#include "model/diff.h"

/* Adds ", 50-gpu.conf:3 (user)", or nothing for a place that no file has. */
static int add_place(const struct heir_view *view, struct heir_buf *buf, struct heir_place place)
{
	if (place.source == HEIR_SOURCE_NONE)
		return heir_buf_error(buf);
	heir_buf_addz(buf, ", ");
	return heir_view_place_and_layer(view, buf, place);
}

/* Where a handler names its parent. */
static struct heir_place link_place(
	const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_result *result = heir_view_result(view, handler);

	if (result->via_node == 0)
		return HEIR_PLACE_NONE;
	return heir_node_place(view->config, result->via_source,
		heir_toml_value_span(view->config->docs[result->via_source], result->via_node));
}

/* Where a handler lists its candidates. */
static struct heir_place candidates_place(
	const struct heir_view *view, const struct heir_handler *handler)
{
	const struct heir_config *config = view->config;
	const struct heir_write *table = handler->table;
	heir_toml_node node = heir_table_field(config, table, HEIR_FIELD_runtime_candidates);

	if (node == 0)
		return HEIR_PLACE_NONE;
	return heir_node_place(
		config, table->source, heir_toml_value_span(config->docs[table->source], node));
}

/* Whose decision a value was, with the place unless the row is for several handlers. */
static int origin_words(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_origin *origin, bool grouped, struct heir_buf *buf)
{
	struct heir_place place = heir_view_origin_place(view, origin);

	if (origin->kind == HEIR_KIND_CANDIDATE) {
		heir_buf_addz(buf, "chosen candidate");
		place = candidates_place(view, handler);
		return grouped ? heir_buf_error(buf) : add_place(view, buf, place);
	}
	/* What $PATH or CRI-O gave the parent stands in no file; the link to it may. */
	if (origin->kind == HEIR_KIND_INHERITED && place.source == HEIR_SOURCE_NONE)
		place = link_place(view, handler);
	heir_view_origin_words(buf, origin);
	return grouped ? heir_buf_error(buf) : add_place(view, buf, place);
}

void heir_diff_add_version(struct heir_buf *buf, struct heir_version version)
{
	heir_buf_printf(buf, "CRI-O 1.%u", version.minor);
	if (version.patch != HEIR_PATCH_LAST)
		heir_buf_printf(buf, ".%u", version.patch);
}

void heir_diff_row_release(struct heir_diff_row *row)
{
	heir_buf_release(&row->value);
	heir_buf_release(&row->origin);
}

static int row_error(const struct heir_diff_row *row)
{
	return row->value.failed || row->origin.failed ? -ENOMEM : 0;
}

/* ---- Lists ---- */

static struct heir_str list_name(const struct heir_value *value, uint32_t i)
{
	const struct heir_entry *entry = &value->list.entries[i];

	return value->type == HEIR_TYPE_MAP ? entry->key : entry->value;
}

static int index_list(const struct heir_value *value, struct heir_map *map)
{
	int r = 0;

	for (uint32_t i = 0; i < value->list.n && r == 0; i++) {
		bool is_new;
		uint32_t at;

		r = heir_map_put(map, list_name(value, i), i, &at, &is_new);
	}
	return r;
}

/* Whether item `i` is in the other list too, a map's with the same value. */
static bool is_common(const struct heir_value *value, uint32_t i, const struct heir_value *other,
	const struct heir_map *others)
{
	uint32_t at = other ? heir_map_get(others, list_name(value, i)) : HEIR_MAP_NONE;

	return at != HEIR_MAP_NONE &&
	       heir_str_eq(value->list.entries[i].value, other->list.entries[at].value);
}

/* Adds the list, with "..." for several items in a row that both have; `other` is NULL: in full. */
static void add_list(struct heir_buf *buf, const struct heir_value *value,
	const struct heir_value *other, const struct heir_map *others)
{
	bool is_map = value->type == HEIR_TYPE_MAP;
	uint32_t next;

	heir_buf_addz(buf, is_map ? "{ " : "[");
	for (uint32_t i = 0; i < value->list.n; i = next) {
		next = i;
		while (next < value->list.n && is_common(value, next, other, others))
			next++;
		heir_buf_addz(buf, i ? ",\n" : "");
		if (next - i > 1) {
			heir_buf_addz(buf, "...");
			continue;
		}
		next = i + 1;
		if (is_map) {
			heir_view_key(buf, value->list.entries[i].key);
			heir_buf_addz(buf, " = ");
		}
		heir_utf8_quote(buf, value->list.entries[i].value);
	}
	heir_buf_addz(buf, is_map ? " }" : "]");
}

static bool is_list(const struct heir_origin *origin)
{
	enum heir_type type = origin->value.type;

	return origin->kind != HEIR_KIND_UNSET &&
	       (type == HEIR_TYPE_STRV || type == HEIR_TYPE_MAP) && origin->value.list.n > 0;
}

/* Writes two lists into the rows' values. Lists with the same items, in another order, are written
 * in full. */
static int list_values(
	const struct heir_origin origins[HEIR_N_SIDES], struct heir_diff_row rows[HEIR_N_SIDES])
{
	_cleanup_(heir_map_release) struct heir_map left = HEIR_MAP_NULL;
	_cleanup_(heir_map_release) struct heir_map right = HEIR_MAP_NULL;
	const struct heir_value *old = &origins[HEIR_LEFT].value, *new = &origins[HEIR_RIGHT].value;
	bool differ = false;
	int r = index_list(old, &left);

	if (r == 0)
		r = index_list(new, &right);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < old->list.n && !differ; i++)
		differ = !is_common(old, i, new, &right);
	for (uint32_t i = 0; i < new->list.n && !differ; i++)
		differ = !is_common(new, i, old, &left);
	if (differ) {
		add_list(&rows[HEIR_LEFT].value, old, new, &right);
		add_list(&rows[HEIR_RIGHT].value, new, old, &left);
	} else {
		add_list(&rows[HEIR_LEFT].value, old, NULL, NULL);
		add_list(&rows[HEIR_RIGHT].value, new, NULL, NULL);
	}
	return 0;
}

/* ---- Rows ---- */

/* A field's value, or why there is none. */
static void single_value(const struct heir_view *view, enum heir_field field,
	const struct heir_origin *origin, struct heir_buf *buf)
{
	if (is_list(origin)) {
		add_list(buf, &origin->value, NULL, NULL);
	} else if (origin->kind != HEIR_KIND_UNSET) {
		heir_view_value(buf, &origin->value);
	} else if (view->config->field_known[field]) {
		heir_buf_addz(buf, "not set");
	} else {
		heir_buf_addz(buf, "not known to ");
		heir_diff_add_version(buf, view->config->where.version);
	}
}

int heir_diff_rows(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, const struct heir_origin origins[HEIR_N_SIDES],
	struct heir_diff_row rows[HEIR_N_SIDES])
{
	/* Of what is not whole it cannot be said what is not in the other. */
	bool are_lists = is_list(&origins[HEIR_LEFT]) && is_list(&origins[HEIR_RIGHT]) &&
			 origins[HEIR_LEFT].left_out + origins[HEIR_RIGHT].left_out == 0;
	int r = are_lists ? list_values(origins, rows) : 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++) {
		if (!are_lists)
			single_value(diff->view[side], field, &origins[side], &rows[side].value);
		if (origins[side].kind != HEIR_KIND_UNSET)
			r = origin_words(diff->view[side], handler->handler[side], &origins[side],
				handler->grouped, &rows[side].origin);
		if (r == 0)
			r = row_error(&rows[side]);
	}
	return r;
}

/* Whether a default that stands in no file is the built-in one, rather than one that
 * --default-runtime assumes. */
static int is_builtin_default(const struct heir_view *view, bool *ret)
{
	const struct heir_config *config = view->config;
	const struct heir_write *last = config->settings[HEIR_SETTING_default_runtime];
	const struct heir_write *first = last;
	struct heir_str builtin, said = heir_config_setting(config, HEIR_SETTING_default_runtime);

	while (first->replaced)
		first = first->replaced;
	builtin = heir_config_string(config, first->source, first->node);
	if (!builtin.p || !said.p)
		return -ENOMEM;
	/* CRI-O takes its own where a file says "". */
	*ret = (first == last || said.len == 0) && heir_str_eq(view->res->default_runtime, builtin);
	return 0;
}

int heir_diff_what_if(const struct heir_view *view, struct heir_buf *buf)
{
	const struct heir_where *where = &view->config->where;
	bool is_builtin = true;
	int r = 0;

	if (!view->fatal && view->res->default_place.source == HEIR_SOURCE_NONE)
		r = is_builtin_default(view, &is_builtin);
	if (r < 0)
		return r;
	if (!is_builtin) {
		heir_buf_addz(buf, " with default_runtime = ");
		heir_utf8_quote(buf, view->res->default_runtime);
	}
	for (size_t i = 0; i < where->n_without; i++)
		heir_buf_printf(buf, "%s without %s", i || !is_builtin ? "," : "",
			heir_view_short_path(view, where->without[i]));
	return heir_buf_error(buf);
}

int heir_diff_default_rows(const struct heir_diff *diff, struct heir_diff_row rows[HEIR_N_SIDES])
{
	int r = 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++) {
		const struct heir_view *view = diff->view[side];
		struct heir_place place = view->res->default_place;
		bool is_builtin = false;

		heir_utf8_quote(&rows[side].value, view->res->default_runtime);
		if (place.source != HEIR_SOURCE_NONE) {
			r = heir_view_place_and_layer(view, &rows[side].origin, place);
		} else {
			r = is_builtin_default(view, &is_builtin);
			heir_buf_addz(&rows[side].origin, is_builtin ? "built in" : "what if");
		}
		if (r == 0)
			r = row_error(&rows[side]);
	}
	return r;
}
