/* SPDX-License-Identifier: Apache-2.0 */
/* The effective value of a key outside named tables, and where it comes from. */
#ifndef HEIR_BLAME_KEY_H
#define HEIR_BLAME_KEY_H

#include "inherit/value.h"

enum heir_key_kind {
	HEIR_KEY_FILE,
	HEIR_KEY_FLAG,
	HEIR_KEY_ENVIRONMENT,
	HEIR_KEY_DEFAULT, /* CRI-O's default */
	HEIR_KEY_UNKNOWN, /* CRI-O's default, but not recorded for this release */
	HEIR_N_KEY_KINDS,
};

/* "file", "flag", … */
const char *heir_key_kind_name(enum heir_key_kind kind);

struct heir_key_value {
	enum heir_key_kind kind;
	struct heir_value value;        /* for UNKNOWN the zero value */
	const struct heir_write *write; /* the assignment, or NULL for a default */
};

/* Returns whether it is a key with one value, not a table or a key of named tables. */
bool heir_key_has_value(const struct heir_key_row *row);

/* Gets the value of a key that the release has. A list is valid until heir_core_forget_values().
 * Returns 0 or -ENOMEM. */
int heir_key_get(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_key_value *ret);

/* Gets the default; *ret_known: whether it is recorded. Otherwise like heir_key_get(). */
int heir_key_get_default(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_value *ret, bool *ret_known);

#endif
