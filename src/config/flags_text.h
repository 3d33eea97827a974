/* SPDX-License-Identifier: Apache-2.0 */
/* The values of flags, and the document that represents them. Private to flags.c. */
#ifndef HEIR_CONFIG_FLAGS_TEXT_H
#define HEIR_CONFIG_FLAGS_TEXT_H

#include "config/flags.h"

enum { HEIR_MAX_FLAGS = 256 };

/* The values of a flag, from the command line or a variable. */
struct heir_flag_value {
	bool set;
	unsigned forms; /* 1: by its short form; 2: by its long one */
	const char *by; /* the flag or variable */
	struct heir_place where;
	struct heir_str text;
	bool boolean;
	int64_t integer;
	struct heir_unit_word *items; /* for a list */
	uint32_t n, size;
};

/* Indexed by row. */
struct heir_flag_values {
	struct heir_flag_value items[HEIR_MAX_FLAGS];
};

void heir_flag_values_release(struct heir_flag_values *values);
/* Removes the items of a list. */
void heir_flag_value_clear(struct heir_flag_value *value);
/* Appends an item, whose text is not copied. Returns 0 or -ENOMEM. */
int heir_flag_value_add(
	struct heir_flag_value *value, struct heir_str item, struct heir_place where);

/* Makes the equivalent document, "" if nothing is set, and config->flags. Handlers in --runtimes
 * that cannot be represented become diagnostics. Returns 0 or -ENOMEM. */
int heir_flags_text(
	struct heir_config *config, const struct heir_flag_values *values, struct heir_str *ret);

#endif
