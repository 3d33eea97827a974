/* SPDX-License-Identifier: Apache-2.0 */
#include "report/keys.h"

#include <errno.h>

#include "base/utf8.h"
#include "report/json.h"

/* The next row that the release knows and that has a value, from `i` on. */
static const struct heir_key_row *next_row(const struct heir_view *view, unsigned *i)
{
	while (*i < heir_n_key_rows) {
		const struct heir_key_row *row = &heir_key_rows[(*i)++];

		if (heir_key_has_value(row) && heir_key_is_known(row, view->config->where.version))
			return row;
	}
	return NULL;
}

/* What the key has for this question: default_runtime may be supposed. */
static int get(
	const struct heir_view *view, const struct heir_key_row *row, struct heir_key_value *ret)
{
	int r = heir_key_get(view->config, row, ret);

	if (r == 0 && row->table == HEIR_KEYS_RUNTIME && view->res && !view->res->fatal &&
		heir_str_eq(row->name, heir_setting_names[HEIR_SETTING_default_runtime]))
		ret->value.string = view->res->default_runtime;
	return r;
}

int heir_place_words(const struct heir_view *view, struct heir_place place, struct heir_buf *buf)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	int r = heir_view_place_and_layer(view, &text, place);

	heir_utf8_show(buf, heir_buf_str(&text));
	return r < 0 ? r : heir_buf_error(buf);
}

int heir_key_origin_words(
	const struct heir_view *view, const struct heir_key_value *key, struct heir_buf *buf)
{
	if (key->kind == HEIR_KEY_DEFAULT)
		heir_buf_addz(buf, "built in");
	else if (key->kind == HEIR_KEY_UNKNOWN)
		heir_buf_addz(buf, "unknown");
	else
		return heir_place_words(
			view, heir_write_value_place(view->config, key->write), buf);
	return heir_buf_error(buf);
}

/* ---- Text ---- */

/* "crio.runtime.log_level = "info"": a line of the table up to its origin. */
static int fill_line(struct heir_buf *buf, const struct heir_key_row *row,
	const struct heir_key_value *key, const char *table)
{
	heir_buf_clear(buf);
	heir_buf_printf(buf, "%s%s%.*s = ", table, table[0] ? "." : "", HEIR_STR_ARG(row->name));
	if (key->kind == HEIR_KEY_UNKNOWN)
		heir_buf_addz(buf, "?");
	else
		heir_value_write(buf, &key->value);
	return heir_buf_error(buf);
}

int heir_keys_table(const struct heir_view *view, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL, from = HEIR_BUF_NULL;
	const struct heir_key_row *row;
	unsigned i = 0;
	int r = 0;

	while (r == 0 && (row = next_row(view, &i))) {
		struct heir_key_value key;
		bool is_set;

		r = get(view, row, &key);
		if (r == 0)
			r = fill_line(&line, row, &key, heir_key_table_path(row->table));
		heir_buf_clear(&from);
		if (r == 0)
			r = heir_key_origin_words(view, &key, &from);
		if (r < 0)
			break;
		is_set = key.kind < HEIR_KEY_DEFAULT;
		heir_out_cell(out, heir_buf_str(&line), HEIR_KEYS_WIDTH,
			is_set ? HEIR_COLOR_NONE : HEIR_COLOR_DIM);
		heir_out_addz(out, "  ");
		heir_out_add(out, heir_buf_str(&from));
		heir_out_addz(out, "\n");
		heir_core_forget_values(view->core);
	}
	return r;
}

/* ---- TOML ---- */

static int print_assignment(const struct heir_view *view, const struct heir_key_row *row,
	const struct heir_key_value *key, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL, from = HEIR_BUF_NULL;
	int r = fill_line(&line, row, key, "");

	if (r == 0)
		r = heir_key_origin_words(view, key, &from);
	if (r < 0)
		return r;
	/* What is not known is left to CRI-O. */
	heir_out_addz(out, key->kind == HEIR_KEY_UNKNOWN ? "# " : "");
	heir_out_add(out, heir_buf_str(&line));
	heir_out_addz(out, "  # ");
	heir_out_add(out, heir_buf_str(&from));
	heir_out_addz(out, "\n");
	return 0;
}

int heir_keys_toml(const struct heir_view *view, struct heir_out *out)
{
	enum heir_key_table table = HEIR_KEYS_ROOT;
	const struct heir_key_row *row;
	unsigned i = 0;
	int r = 0;

	while (r == 0 && (row = next_row(view, &i))) {
		struct heir_key_value key;

		if (row->table != table) {
			heir_out_printf(out, "%s[%s]\n", table == HEIR_KEYS_ROOT ? "" : "\n",
				heir_key_table_path(row->table));
			table = row->table;
		}
		r = get(view, row, &key);
		if (r == 0)
			r = print_assignment(view, row, &key, out);
		heir_core_forget_values(view->core);
	}
	return r;
}

/* ---- JSON ---- */

json_t *heir_key_json(const struct heir_view *view, const struct heir_key_value *key)
{
	bool is_set = key->kind < HEIR_KEY_DEFAULT;
	struct heir_place place =
		is_set ? heir_write_value_place(view->config, key->write) : HEIR_PLACE_NONE;
	json_t *json = heir_json_set(json_object(), "value",
		key->kind == HEIR_KEY_UNKNOWN ? json_null() : heir_json_value(&key->value));

	json = heir_json_set(json, "kind", json_string(heir_key_kind_name(key->kind)));
	json = heir_json_set(json, "layer",
		json_string(heir_layer_name(
			is_set && place.source != HEIR_SOURCE_NONE
				? heir_source_layer(&view->core->sources.items[place.source])
				: HEIR_LAYER_BUILTIN)));
	return heir_json_set_place(json, view, place);
}

int heir_keys_json(const struct heir_view *view, struct heir_out *out)
{
	const char *before = "\n  ";
	const struct heir_key_row *row;
	unsigned i = 0;
	int r = 0;

	heir_out_addz(out, ",\n \"keys\": {");
	while (r == 0 && (row = next_row(view, &i))) {
		struct heir_key_value key;

		r = get(view, row, &key);
		if (r < 0)
			break;
		heir_out_printf(out, "%s\"%s.%.*s\": ", before, heir_key_table_path(row->table),
			HEIR_STR_ARG(row->name));
		heir_json_print(out, heir_key_json(view, &key));
		heir_core_forget_values(view->core);
		before = ",\n  ";
	}
	heir_out_addz(out, "}");
	return r;
}
