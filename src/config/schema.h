/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of crio.conf as a table: which exist in a release, in which table, and their types. */
#ifndef HEIR_CONFIG_SCHEMA_H
#define HEIR_CONFIG_SCHEMA_H

#include <stdbool.h>

#include "base/str.h"
#include "config/field.h"
#include "config/keys.h"
#include "config/release.h"
#include "toml/toml.h"

/* The tables of crio.conf. Keys of handlers are in field.h. */
enum heir_key_table {
	HEIR_KEYS_ROOT,
	HEIR_KEYS_CRIO,
	HEIR_KEYS_API,
	HEIR_KEYS_CHECKPOINT,
	HEIR_KEYS_IMAGE,
	HEIR_KEYS_METRICS,
	HEIR_KEYS_NETWORK,
	HEIR_KEYS_NRI,
	HEIR_KEYS_VALIDATOR,
	HEIR_KEYS_RUNTIME,
	HEIR_KEYS_WORKLOAD,
	HEIR_KEYS_RESOURCES,
	HEIR_KEYS_STATS,
	HEIR_KEYS_TRACING,
	HEIR_KEYS_HANDLER,
	HEIR_KEYS_NOWHERE, /* opens no table */
};

struct heir_key_row {
	enum heir_key_table table;
	struct heir_str name;
	enum heir_type type;
	enum heir_key_table opens; /* for TABLE; for TABLES what each entry is */
	const char *since, *until;
	const char *deprecated; /* what to use instead, or "" */
	const char *help;
};

enum heir_key_state { HEIR_KEY_KNOWN, HEIR_KEY_TOO_NEW, HEIR_KEY_REMOVED };

/* Returns "crio.runtime" and the like; "*" represents a name. Not for NOWHERE. */
const char *heir_key_table_path(enum heir_key_table table);

/* Finds a key as CRI-O does: exactly, else in any case. Keys that the release does not have are
 * not found. */
const struct heir_key_row *heir_key_find(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact);

/* The same for the keys of all releases. *ret_state: whether this release has it. */
const struct heir_key_row *heir_key_find_any(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact, enum heir_key_state *ret_state);

/* Returns the release's default for a key that nothing sets, as TOML; NULL if it is not known. Not
 * for tables or keys of named tables. */
const char *heir_key_default(const struct heir_key_row *row, struct heir_version version);

/* Returns whether a value equals the release's default. Always false for keys that are not
 * deprecated. */
bool heir_key_is_default(const struct heir_key_row *row, struct heir_version version,
	const struct heir_toml_doc *doc, heir_toml_node value);

/* Returns whether the release has the key. */
bool heir_key_is_known(const struct heir_key_row *row, struct heir_version version);

#define HEIR_KEY_AS_ONE_MORE(...) +1
enum { HEIR_N_KEY_ROWS = HEIR_KEYS(HEIR_KEY_AS_ONE_MORE) };

/* All rows, grouped by table. */
extern const struct heir_key_row heir_key_rows[];
extern const unsigned heir_n_key_rows;

#endif
