/* SPDX-License-Identifier: Apache-2.0 */
/* What flags were given, and their values as a document. For flags.c. */
#ifndef HEIR_CONFIG_FLAGS_TEXT_H
#define HEIR_CONFIG_FLAGS_TEXT_H

#include "config/flags.h"

enum { HEIR_MAX_FLAGS = 256 };

/* What a flag was given, by the command line or a variable. */
struct heir_flag_value {
	bool set;
	unsigned forms; /* 1: by its short form; 2: by its name */
	const char *by; /* the flag, or the variable */
	struct heir_place where;
	struct heir_str text;
	bool boolean;
	int64_t integer;
	struct heir_unit_word *items; /* of a list */
	uint32_t n, size;
};

/* By the rows. */
struct heir_flag_values {
	struct heir_flag_value items[HEIR_MAX_FLAGS];
};

void heir_flag_values_release(struct heir_flag_values *values);
/* Forgets a list's items. */
void heir_flag_value_clear(struct heir_flag_value *value);
/* 0 or -ENOMEM. The text is not copied. */
int heir_flag_value_add(
	struct heir_flag_value *value, struct heir_str item, struct heir_place where);

/* The document that says the same; "" where nothing is set. What --runtimes cannot say becomes a
 * diagnostic. Fills in config->flags. 0 or -ENOMEM. */
int heir_flags_text(
	struct heir_config *config, const struct heir_flag_values *values, struct heir_str *ret);

#endif
