/* SPDX-License-Identifier: Apache-2.0 */
/* The layer above the files: the daemon's flags and the environment variables that stand for them.
 * They become the text of another document, decoded like a file, whose lines are mapped back to
 * crio.service. Mirrors criocli.mergeConfig, and urfave/cli as CRI-O uses it. */
#ifndef HEIR_CONFIG_FLAGS_H
#define HEIR_CONFIG_FLAGS_H

#include "config/config.h"

enum heir_flag_kind {
	HEIR_FLAG_STRING,
	HEIR_FLAG_BOOL,
	HEIR_FLAG_INT,
	HEIR_FLAG_DURATION,
	HEIR_FLAG_LIST,
	HEIR_FLAG_RUNTIMES, /* a list of handlers */
};

struct heir_flag_row {
	const char *name, *alias;
	const char *variables; /* separated by blanks */
	enum heir_flag_kind kind;
	enum heir_key_table table;
	const char *key;
	const char *since, *until;
};

extern const struct heir_flag_row heir_flag_rows[];
extern const unsigned heir_n_flag_rows;

/* Reads the flags and variables of config->unit. Sets config->flags and what flags say about
 * config->where, and adds diagnostics for what the daemon refuses. *ret_text is the document, or
 * "". Returns 0 or -ENOMEM. */
int heir_flags_read(struct heir_config *config, struct heir_str *ret_text);

/* Returns where a part of the document was set. */
struct heir_place heir_flags_place(const struct heir_flag_lines *lines, uint32_t at);
/* Returns the flag or variable that set it: "--conmon", "CONTAINER_CONMON". */
const char *heir_flags_by(const struct heir_flag_lines *lines, uint32_t at);

#endif
