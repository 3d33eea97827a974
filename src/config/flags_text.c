/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the values of flags as TOML. The decoder then treats flags like a file that comes last,
 * and the table of lines maps places back to the flags. */
#include "config/flags_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "config/duration.h"

struct writer {
	struct heir_config *config;
	struct heir_buf text;
	struct heir_flag_line *lines;
	uint32_t n, size;
};

void heir_flag_value_clear(struct heir_flag_value *value)
{
	value->n = 0;
}

void heir_flag_values_release(struct heir_flag_values *values)
{
	for (unsigned i = 0; i < heir_n_flag_rows; i++)
		free(values->items[i].items);
}

int heir_flag_value_add(
	struct heir_flag_value *value, struct heir_str item, struct heir_place where)
{
	if (HEIR_RESERVE(value->items, value->n, value->size) < 0)
		return -ENOMEM;
	value->items[value->n++] = (struct heir_unit_word){item, where};
	return 0;
}

/* Returns the line with the offset, or NULL if there are none. */
static const struct heir_flag_line *find_line(const struct heir_flag_lines *lines, uint32_t at)
{
	uint32_t low = 0, high = lines->n;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (lines->items[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return lines->n > 0 ? &lines->items[low] : NULL;
}

struct heir_place heir_flags_place(const struct heir_flag_lines *lines, uint32_t at)
{
	const struct heir_flag_line *line = find_line(lines, at);

	return line ? line->where : HEIR_PLACE_NONE;
}

const char *heir_flags_by(const struct heir_flag_lines *lines, uint32_t at)
{
	const struct heir_flag_line *line = find_line(lines, at);

	return line ? line->by : "";
}

/* Begins a line: what follows was set at that place. */
static int begin_line(struct writer *w, struct heir_place where, const char *by)
{
	if (HEIR_RESERVE(w->lines, w->n, w->size) < 0)
		return -ENOMEM;
	w->lines[w->n++] = (struct heir_flag_line){(uint32_t)w->text.len, where, by};
	return 0;
}

/* ---- Keys ---- */

/* Writes the value of a flag as TOML. */
static void add_value(
	struct writer *w, const struct heir_flag_row *row, const struct heir_flag_value *value)
{
	char number[32];

	switch (row->kind) {
	case HEIR_FLAG_BOOL:
		heir_buf_addz(&w->text, value->boolean ? "true" : "false");
		break;
	case HEIR_FLAG_INT:
		snprintf(number, sizeof(number), "%" PRId64, value->integer);
		heir_buf_addz(&w->text, number);
		break;
	case HEIR_FLAG_LIST:
		heir_buf_addc(&w->text, '[');
		for (uint32_t i = 0; i < value->n; i++) {
			heir_buf_addz(&w->text, i ? ", " : "");
			heir_utf8_quote(&w->text, value->items[i].text);
		}
		heir_buf_addc(&w->text, ']');
		break;
	default:
		heir_utf8_quote(&w->text, value->text);
	}
}

/* Writes all keys of one table that flags set. */
static int add_table(
	struct writer *w, enum heir_key_table table, const struct heir_flag_values *values)
{
	bool begun = false;
	int r = 0;

	for (unsigned i = 0; i < heir_n_flag_rows && r == 0; i++) {
		const struct heir_flag_row *row = &heir_flag_rows[i];
		const struct heir_flag_value *value = &values->items[i];

		if (row->table != table || !value->set || row->kind == HEIR_FLAG_RUNTIMES)
			continue;
		if (!begun)
			heir_buf_printf(&w->text, "[%s]\n", heir_key_table_path(table));
		begun = true;
		r = begin_line(w, value->where, value->by);
		heir_buf_printf(&w->text, "%s = ", row->key);
		add_value(w, row, value);
		heir_buf_addc(&w->text, '\n');
	}
	return r;
}

/* ---- Handlers ---- */

/* name:path:root[:type[:privileged[:config_path[:min_memory]]]] */
struct item {
	struct heir_str fields[7];
	unsigned n;
};

static struct item split_runtime(struct heir_str text)
{
	struct item item = {.n = 0};

	for (;;) {
		const char *colon = text.len > 0 ? memchr(text.p, ':', text.len) : NULL;
		struct heir_str field = {text.p, colon ? (size_t)(colon - text.p) : text.len};

		if (item.n < 7)
			item.fields[item.n] = field;
		item.n++;
		if (!colon)
			return item;
		text = (struct heir_str){colon + 1, text.len - field.len - 1};
	}
}

static void add_string(struct writer *w, const char *key, struct heir_str value)
{
	heir_buf_printf(&w->text, "%s = ", key);
	heir_utf8_quote(&w->text, value);
	heir_buf_addc(&w->text, '\n');
}

/* 1.29 reformats sizes like go-units' BytesSize, with four digits. */
static void add_memory(struct writer *w, const struct item *item)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	bool is_given = item->n == 7;
	double bytes = 0;
	unsigned unit = 0;
	char text[64], size[72];

	if (w->config->where.version.minor != 29) {
		if (is_given)
			add_string(w, "container_min_memory", item->fields[6]);
		return;
	}
	if (is_given)
		heir_size_read(item->fields[6], &bytes);
	for (; bytes >= 1024 && unit < ARRAY_LEN(units) - 1; unit++)
		bytes /= 1024;
	snprintf(text, sizeof(text), "%.4g", bytes);
	/* The locale may have another decimal point, possibly of several bytes. */
	for (char *p = text; *p; p++) {
		size_t n = strspn(p, "0123456789e+");

		p += n;
		if (!*p)
			break;
		n = strcspn(p, "0123456789");
		*p = '.';
		memmove(p + 1, p + n, strlen(p + n) + 1);
	}
	snprintf(size, sizeof(size), "%s%s", text, units[unit]);
	add_string(w, "container_min_memory", heir_str_from(size));
}

static int write_handler(
	struct writer *w, const struct item *item, struct heir_place where, const char *by)
{
	int r = begin_line(w, where, by);

	heir_buf_addz(&w->text, "[crio.runtime.runtimes.");
	heir_utf8_quote(&w->text, item->fields[0]);
	heir_buf_addz(&w->text, "]\n");
	add_string(w, "runtime_path", item->fields[1]);
	add_string(w, "runtime_root", item->fields[2]);
	add_string(w, "runtime_type", item->n > 3 ? item->fields[3] : HEIR_STR("oci"));
	if (item->n > 4 && heir_str_eqz(item->fields[4], "true"))
		heir_buf_addz(&w->text, "privileged_without_host_devices = true\n");
	if (item->n > 5)
		add_string(w, "runtime_config_path", item->fields[5]);
	add_memory(w, item);
	return r;
}

static int bad_item(struct writer *w, const struct heir_unit_word *word, const char *by,
	const char *fmt, struct heir_str what)
{
	struct heir_core *core = w->config->core;
	struct heir_diag *diag = heir_diags_add(&core->diags, &core->arena, HEIR_RULE_FLAG_INVALID,
		word->where, "%s: \"%.*s\" %s", by, HEIR_STR_ARG(what), fmt);

	if (!heir_config_set_fatal(w->config, diag))
		return -ENOMEM;
	diag->help = w->config->where.version.minor == 28
			     ? "write NAME:PATH:ROOT[:TYPE[:PRIVILEGED[:CONFIG_PATH]]]"
			     : "write NAME:PATH:ROOT[:TYPE[:PRIVILEGED[:CONFIG_PATH[:MEMORY]]]]";
	return 0;
}

/* Checks an item. If it is not a handler, reports why. */
static int is_valid_runtime(struct writer *w, const struct heir_unit_word *word, const char *by,
	const struct item *item, bool *ret)
{
	unsigned max = w->config->where.version.minor == 28 ? 6 : 7;

	*ret = item->n >= 3 && item->n <= max;
	if (!*ret)
		return bad_item(w, word, by,
			max == 6 ? "does not have 3 to 6 fields separated by colons"
				 : "does not have 3 to 7 fields separated by colons",
			word->text);
	*ret = item->n < 7 || heir_size_is_valid(item->fields[6]);
	return *ret ? 0
		    : bad_item(w, word, by, "is not a valid size (expected for example 12MiB)",
			      item->fields[6]);
}

/* Writes the handlers of --runtimes. */
static int add_handlers(struct writer *w, const struct heir_flag_value *value)
{
	_cleanup_(heir_map_release) struct heir_map last = HEIR_MAP_NULL;
	int r = 0;

	/* Of several items with the same name the last counts. */
	for (uint32_t i = 0; i < value->n && r == 0; i++) {
		struct item item = split_runtime(value->items[i].text);
		bool is_new, fits;
		uint32_t at;

		r = is_valid_runtime(w, &value->items[i], value->by, &item, &fits);
		if (item.fields[0].len == 0)
			item.fields[0] = HEIR_STR("");
		if (r == 0 && fits)
			r = heir_map_put(&last, item.fields[0], i, &at, &is_new);
		if (r == 0 && fits && !is_new)
			heir_map_replace(&last, item.fields[0], i);
	}
	for (uint32_t i = 0; i < value->n && r == 0; i++) {
		struct item item = split_runtime(value->items[i].text);

		if (item.fields[0].len == 0)
			item.fields[0] = HEIR_STR("");
		if (heir_map_get(&last, item.fields[0]) == i)
			r = write_handler(w, &item, value->items[i].where, value->by);
	}
	return r;
}

int heir_flags_text(
	struct heir_config *config, const struct heir_flag_values *values, struct heir_str *ret)
{
	struct heir_arena *arena = &config->core->arena;
	struct writer w = {.config = config};
	struct heir_flag_line *lines = NULL;
	int r = 0;

	for (unsigned table = 0; table < HEIR_KEYS_NOWHERE && r == 0; table++)
		r = add_table(&w, table, values);
	for (unsigned i = 0; i < heir_n_flag_rows && r == 0; i++)
		if (heir_flag_rows[i].kind == HEIR_FLAG_RUNTIMES && values->items[i].set)
			r = add_handlers(&w, &values->items[i]);
	if (r == 0)
		r = heir_buf_error(&w.text);
	if (r == 0)
		r = heir_text_copy(heir_buf_str(&w.text), arena, ret);
	if (r == 0 && w.n > 0) {
		lines = heir_arena_zalloc(arena, w.n, sizeof(*lines));
		r = lines ? 0 : -ENOMEM;
	}
	if (lines) {
		memcpy(lines, w.lines, w.n * sizeof(*lines));
		config->flags = (struct heir_flag_lines){lines, w.n};
	}
	free(w.lines);
	heir_buf_release(&w.text);
	return r;
}
