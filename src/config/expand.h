/* SPDX-License-Identifier: Apache-2.0 */
/* Expands ${VAR} and ${VAR:-word} in names and paths. This happens after parsing, so a value can
 * never add a key. */
#ifndef HEIR_CONFIG_EXPAND_H
#define HEIR_CONFIG_EXPAND_H

#include "config/config.h"

struct heir_expansion {
	struct heir_str text; /* the input itself if there was nothing to expand */
	bool changed;
	/* the variable that is not set (a slice of the input), or .p NULL */
	struct heir_str unset;
	bool malformed; /* invalid "${" */
};

/* Expands `text` with the variables of `where`. `word` is literal. Returns 0 or -ENOMEM; *ret says
 * whether it worked. */
int heir_expand(const struct heir_where *where, struct heir_arena *arena, struct heir_str text,
	struct heir_expansion *ret);

#endif
