/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a key of a table without names: what CRI-O has for it, and where that comes from. */
#ifndef HEIR_BLAME_KEY_H
#define HEIR_BLAME_KEY_H

#include "inherit/value.h"

enum heir_key_kind {
	HEIR_KEY_FILE,
	HEIR_KEY_FLAG,
	HEIR_KEY_ENVIRONMENT,
	HEIR_KEY_DEFAULT, /* built in */
	HEIR_KEY_UNKNOWN, /* built in, and no record of this release has it */
	HEIR_N_KEY_KINDS,
};

/* "file", "flag", … */
const char *heir_key_kind_name(enum heir_key_kind kind);

struct heir_key_value {
	enum heir_key_kind kind;
	struct heir_value value;        /* of UNKNOWN the zero value */
	const struct heir_write *write; /* that gives it; NULL: built in */
};

/* Is it a key with one value, rather than a table, or a key of tables with names? */
bool heir_key_has_value(const struct heir_key_row *row);

/* The value of a key that the release knows. A list lives until heir_core_forget_values(). 0 or
 * -ENOMEM. */
int heir_key_get(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_key_value *ret);

/* The built-in value; *ret_known: whether there is a record of it. As above. */
int heir_key_get_default(const struct heir_config *config, const struct heir_key_row *row,
	struct heir_value *ret, bool *ret_known);

#endif
