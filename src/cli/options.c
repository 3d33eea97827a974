/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: its options, the command, and what of them belongs together. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/progress.h"

const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, command_of_alias(name)) == 0)
			return commands[i];
	return NULL;
}

static int set_format(struct cli *cli, const char *value)
{
	const struct command *command = cli->command;
	int format;

	if (command->formats)
		cli->format = (enum heir_format)default_format(command);
	if (!value)
		return -1;
	format = find_format(command, value);
	if (format < 0)
		return no_such_format(command, value);
	cli->format = (enum heir_format)format;
	return -1;
}

/* --crio-version, --ocp and --default-runtime wait for the command: diff gives the second, and the
 * end of A..B, to its right side alone. */
static int set_waiting(struct cli *cli, struct said *said)
{
	bool sides = cli->command->takes & TAKES_SIDES;
	const char *version = said->crio_version ? said->crio_version : said->ocp;
	int id = said->crio_version ? HEIR_CRIO_VERSION : HEIR_OCP;
	const char *dots = sides && version ? strstr(version, "..") : NULL;
	char left[64];
	int code = -1;

	if (said->crio_version && said->ocp)
		return usage_error(cli->command, "--crio-version and --ocp cannot be combined");
	if (version && said->given[index_of_option(row_of_option(HEIR_FOR))])
		return usage_error(
			cli->command, "--%s and --for cannot be combined", row_of_option(id)->name);
	if (dots) {
		cli->right.release = dots + 2;
		cli->right.release_id = id;
		snprintf(left, sizeof(left), "%.*s", (int)(dots - version), version);
		version = left;
	}
	if (version && !sides && strstr(version, ".."))
		return usage_error(cli->command,
			"--%s: A..B is for diff and report, which have two sides",
			row_of_option(id)->name);
	if (said->crio_version && strcmp(version, "auto") == 0 && cli->n_args > 0 &&
		cli->command->takes & TAKES_NODES)
		return usage_error(cli->command,
			"--crio-version: \"auto\" queries the CRI-O of this machine "
			"and cannot be used for DIR: name the release");
	if (version)
		code = apply_setting(cli, row_of_option(id), version);
	if (sides)
		cli->right.default_runtime = said->default_runtime;
	else if (code < 0 && said->default_runtime)
		code = apply_setting(
			cli, row_of_option(HEIR_DEFAULT_RUNTIME), said->default_runtime);
	for (size_t i = 0; !sides && i < cli->right.without.n && code < 0; i++)
		code = apply_setting(cli, row_of_option(HEIR_WITHOUT), cli->right.without.words[i]);
	return code;
}

/* The command, its arguments, and the options that depend on it. */
static int judge(struct cli *cli, struct said *said, int argc, char *argv[])
{
	const struct option_row *row;
	int code;

	if (argc == 0)
		return said->help || !memchr(said->given, true, sizeof(said->given))
			       ? print_help(NULL)
			       : usage_error(NULL, "no command");
	cli->command = find_command(argv[0]);
	if (!cli->command)
		return no_such_command(argv[0]);
	if (said->help)
		return print_help(cli->command);
	cli->args = (const char *const *)argv + 1;
	cli->n_args = (size_t)argc - 1;
	code = take_paths(cli);
	if (code >= 0)
		return code;
	if (cli->n_args < cli->command->min || cli->n_args > cli->command->max)
		return usage_error(cli->command, "%s takes %s", cli->command->name,
			cli->command->args[0] ? cli->command->args : "no argument");
	/* Who asks for help in the middle of a line gets it. */
	for (size_t i = 0; cli->command != &command_help && (row = option_at(i)); i++)
		if (said->given[i] && row->takes && !(cli->command->takes & row->takes))
			return takes_none(cli->command, row);
	code = take_project(cli, said);
	if (code >= 0)
		return code;
	code = set_waiting(cli, said);
	if (code < 0 && cli->os.n > 0 && !(cli->command->takes & TAKES_UPGRADE))
		code = apply_setting(cli, row_of_option(HEIR_OS), cli->os.words[cli->os.n - 1]);
	return code < 0 ? set_format(cli, said->format) : code;
}

/* The rows as getopt_long wants them. */
struct getopt_rows {
	struct option options[MAX_OPTION_ROWS + 1];
	char letters[2 * MAX_OPTION_ROWS + 2];
};

static void fill(struct getopt_rows *ret)
{
	const struct option_row *row;
	int n = 1;

	*ret = (struct getopt_rows){.letters = ":"};
	for (int i = 0; (row = option_at((size_t)i)); i++) {
		ret->options[i] = (struct option){
			row->name, row->arg ? required_argument : no_argument, NULL, 0x100 + i};
		if (row->letter)
			ret->letters[n++] = row->letter;
		if (row->letter && row->arg)
			ret->letters[n++] = ':';
	}
	opterr = 0;
}

/* NULL: none, or none that is known. */
static const struct option_row *row_at(int at)
{
	const struct option_row *row;

	for (int i = 0; (row = option_at((size_t)i)); i++)
		if (at == 0x100 + i || (row->letter && at == row->letter))
			return row;
	return NULL;
}

/* How much is to be said, which holds for options before these as well. -1: go on. */
static int set_verbosity(struct cli *cli, const struct getopt_rows *known, int argc, char *argv[])
{
	/* getopt_long puts words into another order. */
	char **words = reallocarray(NULL, (size_t)argc + 1, sizeof(*words));
	int at;

	if (!words) {
		log_error("out of memory");
		return EXIT_IO;
	}
	memcpy(words, argv, ((size_t)argc + 1) * sizeof(*words));
	while ((at = getopt_long(argc, words, known->letters, known->options, NULL)) != -1) {
		const struct option_row *row = row_at(at);

		cli->quiet |= row && row->id == OPTION_QUIET;
		cli->verbose |= row && row->id == OPTION_VERBOSE;
		if (row && row->id == OPTION_FORMAT)
			cli->wants_json = !row->arg || strcmp(optarg, "json") == 0;
	}
	optind = 0;
	free(words);
	if (cli->quiet && cli->verbose)
		return usage_error(NULL, "--quiet and --verbose cannot be combined");
	if (cli->verbose)
		be_verbose(cli->ctx, NULL);
	show_waiting(cli, cli->ctx);
	return -1;
}

int parse_options(struct cli *cli, int argc, char *argv[])
{
	struct getopt_rows known;
	struct said said = {.help = false};
	const char **words;
	int at, code;

	/* Not freed: the process is over soon. getopt_long puts argv into another order. */
	words = reallocarray(NULL, (size_t)argc + 1, sizeof(*words));
	if (!words) {
		log_error("out of memory");
		return EXIT_IO;
	}
	memcpy(words, argv, ((size_t)argc + 1) * sizeof(*words));
	cli->words = words;
	fill(&known);
	code = set_verbosity(cli, &known, argc, argv);
	while (code < 0 &&
		(at = getopt_long(argc, argv, known.letters, known.options, NULL)) != -1) {
		const struct option_row *row = row_at(at);

		if (at == ':')
			return usage_error(NULL, "%s needs a value", argv[optind - 1]);
		/* Of a letter getopt says which; of a word optopt is 0, or its row. */
		if (at == '?')
			return no_such_option(argv[optind - 1],
				optopt > 0 && optopt < 0x100 ? optopt : 0,
				optopt < 0x100 ? NULL : option_at((size_t)optopt - 0x100));
		said.given[index_of_option(row)] = true;
		code = apply_option(cli, &said, row, optarg);
	}
	return code < 0 ? judge(cli, &said, argc - optind, argv + optind) : code;
}
