/* SPDX-License-Identifier: Apache-2.0 */
/* A value as CRI-O would hold it, and where it came from. */
#ifndef HEIR_INHERIT_VALUE_H
#define HEIR_INHERIT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "config/config.h"

struct heir_entry {
	struct heir_str key, value; /* of an array only the value */
	/* In a list that was put together of those of several handlers: whose entry it is, and
	 * where it is written. */
	const struct heir_handler *from;
	uint32_t source;
	heir_toml_node node; /* 0: in no document */
};

struct heir_value {
	enum heir_type type; /* STRING, BOOL, INTEGER, STRV or MAP */
	union {
		struct heir_str string;
		bool boolean;
		int64_t integer;
		struct {
			const struct heir_entry *entries; /* maps: in byte order of the keys */
			uint32_t n;
		} list;
	};
};

enum heir_kind {
	HEIR_KIND_UNSET,
	HEIR_KIND_EXPLICIT, /* written in the handler's own table, or by a setting that overrules it
			     */
	HEIR_KIND_INHERITED, /* taken from another handler */
	HEIR_KIND_CANDIDATE, /* chosen among runtime_candidates */
	HEIR_KIND_PATH,      /* found in $PATH */
	HEIR_KIND_BUILTIN,   /* CRI-O's built-in table */
	HEIR_KIND_DEFAULT,   /* filled in by CRI-O's own rules */
	HEIR_N_KINDS,
};

/* "explicit", "inherited", … as in heir.show/1. */
const char *heir_kind_name(enum heir_kind kind);

/* A value and its origin. */
struct heir_origin {
	enum heir_kind kind;
	struct heir_value value;
	const struct heir_handler *from; /* whose own it is, where it was inherited */
	uint32_t source;                 /* where the value is written, if `node` is not 0 */
	heir_toml_node node;
	bool by_setting; /* a setting of [crio.runtime] gives it to all oci handlers */
	/* Bytes, of a list items, that a report leaves out of `value`; 0: it is whole. */
	size_t left_out;
};

/* Zero as Go means it: such a value is left out when it is shown. */
bool heir_value_is_zero(const struct heir_value *value);
/* All zero values are equal, whatever their type. */
bool heir_value_equal(const struct heir_value *a, const struct heir_value *b);

/* The value of a node; a list lives until heir_core_forget_values(). A node of another type gives
 * the zero value of `type`. 0 or -ENOMEM. */
int heir_value_read(const struct heir_config *config, uint32_t source, heir_toml_node node,
	enum heir_type type, struct heir_value *ret);

/* Whether a list of the node has an item, without reading it. */
bool heir_value_has_items(const struct heir_config *config, uint32_t source, heir_toml_node node,
	enum heir_type type);

/* Adds a key as TOML writes it, quoted only where it must be; and a value. */
void heir_key_write(struct heir_buf *buf, struct heir_str key);
void heir_value_write(struct heir_buf *buf, const struct heir_value *value);

/* The least number of bytes that heir_value_write() adds, without adding them. */
size_t heir_value_size(const struct heir_value *value);
/* Whether all strings of a value are UTF-8, as every TOML document must be. */
bool heir_value_is_utf8(const struct heir_value *value);

/* Arrays or tables put together, from the first handler of a chain down to the last: the items that
 * are new, the entries of which the last counts. */
struct heir_merge {
	struct heir_entry *entries;
	uint32_t n, size;
	struct heir_map seen;
};

/* Adds a list of a handler. Its strings must outlive the merge. 0 or -ENOMEM. */
int heir_merge_add(
	struct heir_merge *merge, const struct heir_value *value, const struct heir_handler *from);
/* Gives ret, whose type is set, the whole, in `arena`. 0 or -ENOMEM. */
int heir_merge_finish(
	const struct heir_merge *merge, struct heir_arena *arena, struct heir_value *ret);
void heir_merge_release(struct heir_merge *merge);

/* Whether a value is a list that was put together of those of several handlers. */
bool heir_value_is_merged(const struct heir_value *value);

#endif
