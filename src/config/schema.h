/* SPDX-License-Identifier: Apache-2.0 */
/* crio.conf's keys as a table: which exist in a release, in which table, of which type. */
#ifndef HEIR_CONFIG_SCHEMA_H
#define HEIR_CONFIG_SCHEMA_H

#include <stdbool.h>

#include "base/str.h"
#include "config/field.h"
#include "config/keys.h"
#include "config/release.h"
#include "toml/toml.h"

/* The tables of crio.conf. A handler's own has its keys in field.h. */
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
	enum heir_key_table opens; /* for TABLE, and for TABLES what each entry is */
	const char *since, *until;
	const char *deprecated; /* what to do instead; "" for none */
	const char *help;
};

enum heir_key_state { HEIR_KEY_KNOWN, HEIR_KEY_TOO_NEW, HEIR_KEY_REMOVED };

/* "crio.runtime"; "*" stands for a name. Not of NOWHERE. */
const char *heir_key_table_path(enum heir_key_table table);

/* The row of a key, matched as CRI-O does: exactly, else in any case. Keys that the release does
 * not know are not found. */
const struct heir_key_row *heir_key_find(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact);

/* The same for the keys of all releases; *ret_state: whether this one knows it. */
const struct heir_key_row *heir_key_find_any(enum heir_key_table table, struct heir_str key,
	struct heir_version version, bool *ret_exact, enum heir_key_state *ret_state);

/* What the release has for a key of a table without names that nothing sets, as TOML writes it;
 * NULL: it is not known. Not for keys that are tables. */
const char *heir_key_default(const struct heir_key_row *row, struct heir_version version);

/* Whether the value of a key is what the release has built in. False also where the key is not one
 * of the deprecated ones. */
bool heir_key_is_default(const struct heir_key_row *row, struct heir_version version,
	const struct heir_toml_doc *doc, heir_toml_node value);

/* Whether the release knows the key. */
bool heir_key_is_known(const struct heir_key_row *row, struct heir_version version);

#define HEIR_KEY_AS_ONE_MORE(...) +1
enum { HEIR_N_KEY_ROWS = HEIR_KEYS(HEIR_KEY_AS_ONE_MORE) };

/* All rows, those of a table together. */
extern const struct heir_key_row heir_key_rows[];
extern const unsigned heir_n_key_rows;

#endif
