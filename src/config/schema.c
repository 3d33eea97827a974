/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys that keys.h declares, lookup by name, and defaults. */
#include "config/schema.h"

#include "base/macro.h"
#include "config/defaults.h"
#include "config/keys.h"

#define ALWAYS ""
#define STILL ""
#define NO ""
#define AS_ROW(table, key, type, opens, since, until, deprecated, help)                       \
	{HEIR_KEYS_##table, HEIR_STR(key), HEIR_TYPE_##type, HEIR_KEYS_##opens, since, until, \
		deprecated, help},
const struct heir_key_row heir_key_rows[] = {HEIR_KEYS(AS_ROW)};
const unsigned heir_n_key_rows = ARRAY_LEN(heir_key_rows);

const char *heir_key_table_path(enum heir_key_table table)
{
	static const char *const paths[] = {
		[HEIR_KEYS_ROOT] = "",
		[HEIR_KEYS_CRIO] = "crio",
		[HEIR_KEYS_API] = "crio.api",
		[HEIR_KEYS_CHECKPOINT] = "crio.checkpoint_restore",
		[HEIR_KEYS_IMAGE] = "crio.image",
		[HEIR_KEYS_METRICS] = "crio.metrics",
		[HEIR_KEYS_NETWORK] = "crio.network",
		[HEIR_KEYS_NRI] = "crio.nri",
		[HEIR_KEYS_VALIDATOR] = "crio.nri.default_validator",
		[HEIR_KEYS_RUNTIME] = "crio.runtime",
		[HEIR_KEYS_WORKLOAD] = "crio.runtime.workloads.*",
		[HEIR_KEYS_RESOURCES] = "crio.runtime.workloads.*.resources",
		[HEIR_KEYS_STATS] = "crio.stats",
		[HEIR_KEYS_TRACING] = "crio.tracing",
		[HEIR_KEYS_HANDLER] = "crio.runtime.runtimes.*",
	};

	return paths[table];
}

/* `until` is a minor; "" means that the key still exists. */
bool heir_key_is_known(const struct heir_key_row *row, struct heir_version version)
{
	struct heir_version last;

	if (!heir_version_has(version, row->since))
		return false;
	return row->until[0] == '\0' ||
	       (heir_version_parse(row->until, &last) && version.minor <= last.minor);
}

/* The rows of a table are adjacent, tables are in the order of their enum. */
static unsigned first_row(enum heir_key_table table)
{
	unsigned low = 0, high = ARRAY_LEN(heir_key_rows);

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (heir_key_rows[middle].table < table)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct heir_key_row *heir_key_find(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact)
{
	unsigned first = first_row(table), end;

	*ret_exact = true;
	for (end = first; end < ARRAY_LEN(heir_key_rows) && heir_key_rows[end].table == table;
		end++)
		if (heir_str_eq(heir_key_rows[end].name, key) &&
			heir_key_is_known(&heir_key_rows[end], version))
			return &heir_key_rows[end];
	*ret_exact = false;
	for (unsigned i = first; i < end; i++)
		if (heir_str_eqfold(key, heir_key_rows[i].name) &&
			heir_key_is_known(&heir_key_rows[i], version))
			return &heir_key_rows[i];
	return NULL;
}

static enum heir_key_state state_of(const struct heir_key_row *row, struct heir_version version)
{
	if (heir_key_is_known(row, version))
		return HEIR_KEY_KNOWN;
	return heir_version_has(version, row->since) ? HEIR_KEY_REMOVED : HEIR_KEY_TOO_NEW;
}

const struct heir_key_row *heir_key_find_any(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact, enum heir_key_state *ret_state)
{
	const struct heir_key_row *row = heir_key_find(table, key, version, ret_exact);

	*ret_state = HEIR_KEY_KNOWN;
	for (unsigned i = 0; i < ARRAY_LEN(heir_key_rows) && !row; i++)
		if (heir_key_rows[i].table == table &&
			heir_str_eqfold(key, heir_key_rows[i].name)) {
			row = &heir_key_rows[i];
			*ret_exact = heir_str_eq(key, row->name);
			*ret_state = state_of(row, version);
		}
	return row;
}

static const struct {
	enum heir_key_table table;
	struct heir_str key;
	const char *since, *value;
} defaults[] = {
#define AS_DEFAULT(table, key, since, value) {HEIR_KEYS_##table, HEIR_STR(key), since, value},
	HEIR_KEY_DEFAULTS(AS_DEFAULT)};

static const char *zero_of(enum heir_type type)
{
	return type == HEIR_TYPE_BOOL      ? "false"
	       : type == HEIR_TYPE_INTEGER ? "0"
	       : type == HEIR_TYPE_STRV    ? "[]"
					   : "\"\"";
}

const char *heir_key_default(const struct heir_key_row *row, struct heir_version version)
{
	const char *found = zero_of(row->type);

	for (unsigned i = 0; i < ARRAY_LEN(defaults); i++)
		if (defaults[i].table == row->table && heir_str_eq(defaults[i].key, row->name) &&
			heir_version_has(version, defaults[i].since))
			found = defaults[i].value;
	return found[0] == '?' ? NULL : found;
}

bool heir_key_is_default(const struct heir_key_row *row, struct heir_version version,
	const struct heir_toml_doc *doc, heir_toml_node value)
{
	enum heir_toml_type type = heir_toml_type(doc, value);
	const char *text = heir_key_default(row, version);

	if (row->deprecated[0] == '\0')
		return false;
	/* The default of selinux depends on the host; this is for one without SELinux. */
	if (type == HEIR_TOML_BOOL && !text)
		return !heir_toml_bool(doc, value);
	if (type == HEIR_TOML_BOOL)
		return heir_toml_bool(doc, value) == (text[0] == 't');
	if (type == HEIR_TOML_INTEGER)
		return text && heir_toml_integer(doc, value) == (text[0] == '-' ? -1 : 0);
	if (row->type == HEIR_TYPE_STRV)
		return type == HEIR_TOML_ARRAY && heir_toml_n_children(doc, value) == 0;
	if (row->type == HEIR_TYPE_STRING && type == HEIR_TOML_STRING) {
		struct heir_toml_span span = heir_toml_value_span(doc, value);

		/* An empty string is only its quotes. */
		return span.len == 2;
	}
	return false;
}
