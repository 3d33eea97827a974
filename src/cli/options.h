/* SPDX-License-Identifier: Apache-2.0 */
/* The options' own header: what options_table.c, options_set.c and options.c share. */
#ifndef HEIR_CLI_OPTIONS_H
#define HEIR_CLI_OPTIONS_H

#include "cli/cli.h"

/* What an option does: a setting of the library's, or one of the program's own. */
enum option_id {
	OPTION_FORMAT = HEIR_N_SETTING_IDS,
	OPTION_COLOR,
	OPTION_STAGE,
	OPTION_ALL,
	OPTION_AGAINST,
	OPTION_WITH,
	OPTION_RULE,
	OPTION_SKIP,
	OPTION_STRICT,
	OPTION_JOBS,
	OPTION_FIX,
	OPTION_DRY_RUN,
	OPTION_OUTPUT,
	OPTION_NAME,
	OPTION_TITLE,
	OPTION_FACT,
	OPTION_RELOAD,
	OPTION_FORCE,
	OPTION_LATE,
	OPTION_NO_LATE,
	OPTION_ALLOW_REMOVAL,
	OPTION_YES,
	OPTION_WAIT,
	OPTION_LIVE,
	OPTION_SOCKET,
	OPTION_BUILD,
	OPTION_METRICS,
	OPTION_CLUSTER,
	OPTION_NO_CACHE,
	OPTION_NO_PAGER,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_TO,
	OPTION_STATISTICS,
	OPTION_HELP,
	OPTION_VERSION,
};

/* More than there are rows, which is asserted where they stand. */
enum { MAX_OPTION_ROWS = 80 };

/* What was said on the line that only a command can judge. */
struct said {
	const char *format, *crio_version, *ocp, *default_runtime;
	bool given[MAX_OPTION_ROWS]; /* by their rows */
	bool help;
};

/* The place of a row in the table; the row of an id, which must be one of them. */
size_t index_of_option(const struct option_row *row);
const struct option_row *row_of_option(int id);

/* The place of `word` in the words that the option takes; -1: it is none of them. */
int choose_option_word(int id, const char *word);

/* What a command prints unasked. */
unsigned default_format(const struct command *command);
/* The format that the command calls so; -1: it has no such. */
int find_format(const struct command *command, const char *name);

/* Does what one option of the line says, or lets it wait in *said. -1: go on; else an exit_code. */
int apply_option(
	struct cli *cli, struct said *said, const struct option_row *row, const char *value);
/* Adds to a list. -1, or an exit_code after complaining. */
int add_word(struct word_list *list, const char *word);
/* Takes what heir.toml says, where the line leaves it open. -1: go on; else an exit_code. */
int take_project(struct cli *cli, struct said *said);
/* Adds the paths that patterns of the heir.toml in `up` match to the list. Their number and that of
 * the names that are compared are bounded; nothing outside `up` is named or read. Returns -1, or an
 * exit_code. */
int expand_project_paths(
	const char *up, const struct heir_project_list *patterns, struct word_list *list);
/* Gives the context the value of a setting of the library's. The same. */
int apply_setting(struct cli *cli, const struct option_row *row, const char *value);

#endif
