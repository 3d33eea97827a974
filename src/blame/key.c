/* SPDX-License-Identifier: Apache-2.0 */
/* The effective value of a key: the last assignment, several assignments for keys that files
 * append to, or the default. */
#include "blame/key.h"

#include <errno.h>
#include <string.h>

#include "config/flags.h"

const char *heir_key_kind_name(enum heir_key_kind kind)
{
	static const char *const names[HEIR_N_KEY_KINDS] = {
		[HEIR_KEY_FILE] = "file",
		[HEIR_KEY_FLAG] = "flag",
		[HEIR_KEY_ENVIRONMENT] = "environment",
		[HEIR_KEY_DEFAULT] = "default",
		[HEIR_KEY_UNKNOWN] = "unknown",
	};

	return names[kind];
}

bool heir_key_has_value(const struct heir_key_row *row)
{
	return row->table != HEIR_KEYS_WORKLOAD && row->table != HEIR_KEYS_RESOURCES &&
	       row->type != HEIR_TYPE_TABLE && row->type != HEIR_TYPE_TABLES;
}

/* Reads a short decimal number, as in defaults.h. */
static int64_t read_default_integer(const char *text)
{
	int64_t value = 0;

	for (const char *p = text + (text[0] == '-'); *p; p++)
		value = value * 10 + (*p - '0');
	return text[0] == '-' ? -value : value;
}

/* Reads ["a","b"] without escapes, as in defaults.h. */
static int read_default_list(struct heir_arena *arena, const char *text, struct heir_value *ret)
{
	struct heir_entry *entries;
	uint32_t n = 0;

	for (const char *p = text; *p; p++)
		n += *p == '"';
	entries = heir_arena_zalloc(arena, n / 2 + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	ret->list.entries = entries;
	for (const char *p = strchr(text, '"'); p; p = strchr(p, '"')) {
		const char *end = strchr(p + 1, '"');

		entries[ret->list.n].key = HEIR_STR("");
		entries[ret->list.n++].value = (struct heir_str){p + 1, (size_t)(end - p - 1)};
		p = end + 1;
	}
	return 0;
}

static enum heir_type value_type(const struct heir_key_row *row)
{
	return row->type == HEIR_TYPE_DURATION ? HEIR_TYPE_STRING : row->type;
}

int heir_key_get_default(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_value *ret, bool *ret_known)
{
	const char *text = heir_key_default(row, config->where.version);

	*ret = (struct heir_value){.type = value_type(row)};
	*ret_known = text != NULL;
	if (ret->type == HEIR_TYPE_STRING)
		ret->string = HEIR_STR("");
	if (!text)
		return 0;
	switch (ret->type) {
	case HEIR_TYPE_BOOL:
		ret->boolean = text[0] == 't';
		return 0;
	case HEIR_TYPE_INTEGER:
		ret->integer = read_default_integer(text);
		return 0;
	case HEIR_TYPE_STRV:
		return read_default_list(&config->core->values, text, ret);
	default:
		ret->string = (struct heir_str){text + 1, strlen(text) - 2};
		return 0;
	}
}

static enum heir_key_kind key_kind_of(
	const struct heir_config *config, const struct heir_write *write)
{
	enum heir_scope scope = config->core->sources.items[write->source].scope;
	struct heir_toml_span span;
	const char *by;

	if (scope == HEIR_SCOPE_BUILTIN)
		return HEIR_KEY_DEFAULT;
	if (scope != HEIR_SCOPE_FLAG)
		return HEIR_KEY_FILE;
	span = heir_toml_key_span(config->docs[write->source], write->node);
	by = heir_flags_by(&config->flags, span.at);
	return by && by[0] == '-' ? HEIR_KEY_FLAG : HEIR_KEY_ENVIRONMENT;
}

/* Returns whether files append to the key instead of replacing it. */
static bool adds_up(const struct heir_key_row *row)
{
	return row->table == HEIR_KEYS_CRIO && heir_str_eqz(row->name, "storage_option");
}

/* Concatenates all assignments up to one by a flag, which replaces those before it. */
static int add_up(
	const struct heir_config *config, const struct heir_write *last, struct heir_value *ret)
{
	uint32_t n = 0, at;
	struct heir_entry *entries;

	for (const struct heir_write *w = last; w; w = w->replaced)
		n += heir_toml_n_children(config->docs[w->source], w->node);
	entries = heir_arena_zalloc(&config->core->values, n, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	at = n;
	for (const struct heir_write *w = last; w; w = w->replaced) {
		struct heir_value value;
		int r = heir_value_read(config, w->source, w->node, HEIR_TYPE_STRV, &value);

		if (r < 0)
			return r;
		at -= value.list.n;
		memcpy(entries + at, value.list.entries, value.list.n * sizeof(*entries));
		if (key_kind_of(config, w) != HEIR_KEY_FILE)
			break;
	}
	*ret = (struct heir_value){.type = HEIR_TYPE_STRV};
	ret->list.entries = entries + at;
	ret->list.n = n - at;
	return 0;
}

int heir_key_get(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_key_value *ret)
{
	const struct heir_write *write = config->keys[row - heir_key_rows];
	enum heir_type type = value_type(row);
	bool known;
	int r;

	*ret = (struct heir_key_value){.write = write};
	if (!write) {
		r = heir_key_get_default(config, row, &ret->value, &known);
		ret->kind = known ? HEIR_KEY_DEFAULT : HEIR_KEY_UNKNOWN;
		return r;
	}
	ret->kind = key_kind_of(config, write);
	if (adds_up(row))
		return add_up(config, write, &ret->value);
	if (row->type == HEIR_TYPE_DURATION &&
		heir_toml_type(config->docs[write->source], write->node) == HEIR_TOML_INTEGER)
		type = HEIR_TYPE_INTEGER;
	return heir_value_read(config, write->source, write->node, type, &ret->value);
}
