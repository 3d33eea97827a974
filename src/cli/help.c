/* SPDX-License-Identifier: Apache-2.0 */
/* The help of the program and of each command, made of their rows. */
#include <stdio.h>

#include "cli/cli.h"

static void print_option(const struct option_row *row)
{
	char left[64], letter[8] = "";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name, row->arg ? " " : "",
		row->arg ? row->arg : "");
	printf("  %-24s %s\n", left, row->help);
}

/* Those of a command; of none: those of every command that resolves a node. */
static void print_options(const struct command *command)
{
	static const char *const titles[] = {
		[GROUP_OWN] = "Options",
		[GROUP_NODE] = "Which node",
		[GROUP_WHAT_IF] = "What if",
		[GROUP_OUTPUT] = "Output",
	};
	unsigned takes = command ? command->takes : TAKES_NODE;
	const struct option_row *row;

	for (int group = 0; group < N_OPTION_GROUPS; group++) {
		bool any = false;

		for (size_t i = 0; (row = option_at(i)); i++) {
			if ((int)row->group != group || (row->takes && !(takes & row->takes)))
				continue;
			if (!any)
				printf("\n%s:\n", titles[group]);
			any = true;
			print_option(row);
		}
	}
}

static void print_command_help(const struct command *command)
{
	const char *before = "";

	printf("Usage: heir [OPTION...] %s%s%s\n\n%s.\n", command->name,
		command->args[0] ? " " : "", command->args, command->help);
	if (command->more)
		printf("\n%s", command->more);
	if (command->formats) {
		printf("\nFormats: ");
		for (size_t i = 0; format_at(command, i); i++) {
			printf("%s%s", before, format_at(command, i));
			before = ", ";
		}
		printf(".\n");
	}
	print_options(command);
}

static void print_program_help(void)
{
	printf("Usage: heir [OPTION...] COMMAND [ARG...]\n\n"
	       "Show what CRI-O's runtime handlers resolve to on a node, and why.\n\nCommands:\n");
	for (size_t i = 0; commands[i]; i++) {
		char left[64];

		if (commands[i]->hidden)
			continue;
		snprintf(left, sizeof(left), "%s %s", commands[i]->name, commands[i]->args);
		printf("  %-24s %s\n", left, commands[i]->help);
	}
	print_options(NULL);
	printf("\nExit codes:\n");
	for (int code = 0; exit_code_meanings[code]; code++)
		printf("  %d  %s\n", code, exit_code_meanings[code]);
}

int print_help(const struct command *command)
{
	if (command)
		print_command_help(command);
	else
		print_program_help();
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_FINE;
	log_error("cannot write the help");
	return EXIT_IO;
}
