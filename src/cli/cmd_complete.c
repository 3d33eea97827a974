/* SPDX-License-Identifier: Apache-2.0 */
/* What the last word of a line may become: the completion of every shell asks this, so that all of
 * them know what the tables of commands and options know, and the handlers of the very node that
 * the line is about. A candidate a line, behind a tab what it is; the lines ":files" and
 * ":directories" leave it to the shell to look for those. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

struct line {
	struct cli *cli;
	const struct command *command; /* NULL: none yet */
	bool is_lost;                  /* the command is none */
	size_t n_args;                 /* of the command, before the last word */
	const struct option_row *open; /* whose value the last word is */
	bool ended;                    /* by "--" */
	const char *last, *before;     /* what is to be completed, and what stays before it */
	size_t before_len;
};

/* Takes what the text would be shown as: -EILSEQ where that is another. */
static int compare(void *data, const char *shown, size_t len)
{
	const char **text = data;

	if (strncmp(*text, shown, len) != 0)
		return -EILSEQ;
	*text += len;
	return 0;
}

/* Whatever would break the line of the answer, or what a terminal would obey, is nothing to offer.
 */
static bool is_printable(const char *text)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};

	return heir_escape(text, &style, compare, &text) == 0;
}

static void offer(const struct line *line, const char *word, const char *what)
{
	if (strncmp(word, line->last, strlen(line->last)) == 0 && is_printable(word))
		printf("%.*s%s\t%s\n", (int)line->before_len, line->before, word, what);
}

static void offer_commands(const struct line *line)
{
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			offer(line, commands[i]->name, commands[i]->help);
}

static void offer_options(const struct line *line)
{
	const struct option_row *row;
	char word[64];

	for (size_t i = 0; (row = option_at(i)); i++) {
		/* Before the command is known, whatever one might take. */
		if (row->takes && line->command && !(line->command->takes & row->takes))
			continue;
		snprintf(word, sizeof(word), "--%s", row->name);
		offer(line, word, row->help);
	}
}

static void offer_rules(const struct line *line)
{
	struct heir_rule_info rule;

	for (size_t i = 0; heir_rule_at(i, &rule) == 0; i++)
		offer(line, rule.id, rule.meaning);
}

static void offer_fields(const struct line *line)
{
	for (size_t i = 0; i < heir_n_fields(); i++)
		offer(line, heir_field_name(i), heir_field_help(i));
}

static void offer_handlers(const struct line *line)
{
	struct heir_ctx *ctx = line->cli->ctx;
	struct heir_handler_info handler;

	if (load_any(line->cli) != 0 || heir_resolve(ctx) < 0)
		return;
	for (size_t i = 0; heir_handler_at(ctx, i, &handler) == 0; i++)
		offer(line, handler.name, handler.dropped ? "dropped" : "handler");
}

static void offer_releases(const struct line *line)
{
	char word[16];
	size_t n = 0;

	while (heir_release_minor(n) > 0)
		n++;
	while (n-- > 0) {
		snprintf(word, sizeof(word), "1.%u", heir_release_minor(n));
		offer(line, word, "release of CRI-O");
	}
	offer(line, "auto", "the one that is installed here");
}

/* Those of the objects that the line names. */
static void offer_pools(const struct line *line)
{
	struct heir_ctx *ctx = line->cli->ctx;

	/* It may fail because there are several. */
	heir_load(ctx);
	for (size_t i = 0; i < heir_n_pools(ctx); i++)
		offer(line, heir_pool_at(ctx, i), "pool");
}

/* What stands for `what` in the usage. */
static void offer_by_word(const struct line *line, const char *what)
{
	if (strcmp(what, "HANDLER") == 0)
		offer_handlers(line);
	else if (strcmp(what, "FIELD") == 0)
		offer_fields(line);
	else if (strcmp(what, "ID") == 0)
		offer_rules(line);
	else if (strcmp(what, "COMMAND") == 0)
		offer_commands(line);
	else if (strcmp(what, "DIR") == 0)
		printf(":directories\n");
	else if (strcmp(what, "FILE") == 0 || strcmp(what, "BIN") == 0 || strcmp(what, "PATH") == 0)
		printf(":files\n");
}

static void offer_values(const struct line *line, const struct option_row *row)
{
	const char *const *words = option_words(row);

	for (size_t i = 0; words && words[i]; i++)
		offer(line, words[i], "");
	if (words)
		return;
	if (strcmp(row->arg, "FORMAT") == 0)
		for (size_t i = 0; format_at(line->command, i); i++)
			offer(line, format_at(line->command, i), "");
	if (row->id == HEIR_CRIO_VERSION)
		offer_releases(line);
	else if (row->id == HEIR_POOL)
		offer_pools(line);
	else if (row->id == HEIR_DEFAULT_RUNTIME)
		offer_handlers(line);
	else
		offer_by_word(line, row->arg);
}

/* The usage line says what the argument is: "HANDLER [FIELD]", "[HANDLER...]". */
static void offer_arguments(const struct line *line)
{
	const char *usage = line->command->args;
	char word[32] = "";

	for (size_t n = 0; n <= line->n_args; n++) {
		size_t len;

		usage += strspn(usage, " []");
		len = strcspn(usage, " []");
		if (len == 0)
			return;
		snprintf(word, sizeof(word), "%.*s", (int)len, usage);
		if (strstr(word, "..."))
			*strstr(word, "...") = '\0';
		else
			usage += len;
	}
	offer_by_word(line, word);
}

/* The option of that name, or of which it is the beginning, as getopt_long has it. */
static const struct option_row *find_option(const char *name, size_t len)
{
	const struct option_row *row, *found = NULL;

	for (size_t i = 0; (row = option_at(i)); i++)
		if (strncmp(row->name, name, len) == 0) {
			if (row->name[len] == '\0')
				return row;
			if (found)
				return NULL;
			found = row;
		}
	return found;
}

/* The option that the letters of a word leave open, with the value that follows in the word. */
static const struct option_row *find_letter(const char *letters, const char **ret_value)
{
	const struct option_row *row;

	for (; *letters; letters++)
		for (size_t i = 0; (row = option_at(i)); i++)
			if (row->letter == *letters && row->arg) {
				*ret_value = letters[1] ? letters + 1 : NULL;
				return row;
			}
	return NULL;
}

static void apply(struct line *line, const struct option_row *row, const char *value)
{
	/* What cannot be set is for the command itself to complain of. Facts make no names, and who
	 * types does not want to wait for standard input. */
	if (row->id >= HEIR_N_SETTING_IDS || row->id == HEIR_FACTS || strcmp(value, "-") == 0)
		return;
	if (heir_set(line->cli->ctx, (enum heir_setting_id)row->id, value) == 0)
		line->cli->rooted |= row->id == HEIR_ROOT || row->id == HEIR_INPUT;
}

/* A word before the last. */
static void take_word(struct line *line, const char *word)
{
	const char *value = NULL;
	const struct option_row *row = NULL;

	if (line->open) {
		apply(line, line->open, word);
		line->open = NULL;
	} else if (line->ended || word[0] != '-' || word[1] == '\0') {
		line->n_args += line->command != NULL;
		if (!line->command)
			line->command = find_command(word);
		line->is_lost = !line->command;
	} else if (strcmp(word, "--") == 0) {
		line->ended = true;
	} else if (word[1] == '-') {
		value = strchr(word, '=');
		row = find_option(word + 2, value ? (size_t)(value - word - 2) : strlen(word + 2));
		value = value ? value + 1 : NULL;
	} else {
		row = find_letter(word + 1, &value);
	}
	if (row && row->arg && value)
		apply(line, row, value);
	else if (row && row->arg)
		line->open = row;
}

/* The last word. */
static void offer_all(struct line *line)
{
	const char *equals = strchr(line->last, '=');
	const struct option_row *row = line->open;

	if (!row && !line->ended && strncmp(line->last, "--", 2) == 0 && equals) {
		row = find_option(line->last + 2, (size_t)(equals - line->last - 2));
		line->before = line->last;
		line->before_len = (size_t)(equals + 1 - line->last);
		line->last = equals + 1;
	}
	if (row && row->arg)
		offer_values(line, row);
	else if (line->before_len > 0)
		return;
	else if (!line->ended && line->last[0] == '-')
		offer_options(line);
	else if (line->command)
		offer_arguments(line);
	else if (!line->is_lost)
		offer_commands(line);
}

static int complete(struct cli *cli)
{
	struct line line = {.cli = cli, .last = "", .before = ""};

	for (size_t i = 0; i + 1 < cli->n_args; i++)
		take_word(&line, cli->args[i]);
	if (cli->n_args > 0)
		line.last = cli->args[cli->n_args - 1];
	offer_all(&line);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_FINE : EXIT_IO;
}

const struct command command_complete = {
	.name = "complete",
	.args = "-- [WORD...]",
	.max = (size_t)-1,
	.help = "Print completions for the last word of a command line",
	.more = "The completion scripts of the shells call it with the words after \"heir\", up "
		"to\n"
		"the cursor. Prints one candidate per line, then a tab and its description;\n"
		"\":files\" and \":directories\" stand for file and directory names.\n",
	.hidden = true,
	.any_release = true,
	.takes = TAKES_NODE,
	.run = complete,
};
