/* SPDX-License-Identifier: Apache-2.0 */
/* ${VAR} and ${VAR:-word} in names and paths. Expanded after parsing: a value never adds a key. */
#ifndef HEIR_CONFIG_EXPAND_H
#define HEIR_CONFIG_EXPAND_H

#include "config/config.h"

struct heir_expansion {
	struct heir_str text; /* the text itself where nothing was to expand */
	bool changed;
	struct heir_str unset; /* p: this variable is not set (a slice of the input) */
	bool malformed;        /* "${" that is no variable */
};

/* Expands `text` with the variables of `where`. `word` is taken literally. 0 or -ENOMEM; whether it
 * worked says *ret. */
int heir_expand(const struct heir_where *where, struct heir_arena *arena, struct heir_str text,
	struct heir_expansion *ret);

#endif
