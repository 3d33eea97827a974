/* SPDX-License-Identifier: Apache-2.0 */
/* The commands and options for programs: what the manual is made of. All text here is heir's own,
 * and plain. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void print_string(const char *text)
{
	if (!text) {
		printf("null");
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '\n')
			printf("\\n");
		else if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text);
	}
	putchar('"');
}

static void print_key(const char *key, const char *text)
{
	printf("\"%s\": ", key);
	print_string(text);
	printf(", ");
}

static bool takes(const struct command *command, const struct option_row *row)
{
	return row->takes == 0 || (command->takes & row->takes);
}

static void print_command(const struct command *command)
{
	const char *before = "";
	const struct option_row *row;

	printf("{");
	print_key("name", command->name);
	print_key("args", command->args);
	print_key("help", command->help);
	print_key("more", command->more);
	printf("\"formats\": [");
	for (size_t i = 0; format_at(command, i); i++) {
		printf("%s", before);
		print_string(format_at(command, i));
		before = ", ";
	}
	printf("], \"options\": [");
	before = "";
	for (size_t i = 0; (row = option_at(i)); i++)
		if (row->takes && takes(command, row)) {
			printf("%s", before);
			print_string(row->name);
			before = ", ";
		}
	printf("]}");
}

static void print_option(const struct option_row *row)
{
	const char *const *words = option_words(row);
	const char letter[] = {row->letter, '\0'};

	printf("{");
	print_key("name", row->name);
	print_key("letter", row->letter ? letter : NULL);
	print_key("arg", row->arg);
	print_key("help", row->help);
	printf("\"values\": ");
	if (!words)
		printf("null");
	for (size_t i = 0; words && words[i]; i++) {
		printf(i ? ", " : "[");
		print_string(words[i]);
	}
	printf("%s, \"of_all\": %s}", words ? "]" : "", row->takes ? "false" : "true");
}

static void print_exit_codes(void)
{
	for (int code = 0; exit_code_meanings[code]; code++) {
		printf("%s\n  {\"code\": %d, \"meaning\": ", code ? "," : "", code);
		print_string(exit_code_meanings[code]);
		printf("}");
	}
}

int print_help_json(const struct command *command)
{
	const char *before = "";
	const struct option_row *row;

	printf("{\"schema\": \"heir.help/1\", \"version\": ");
	print_string(heir_version());
	printf(",\n \"commands\": [");
	for (size_t i = 0; commands[i]; i++)
		if (command ? commands[i] == command : !commands[i]->hidden) {
			printf("%s\n  ", before);
			print_command(commands[i]);
			before = ",";
		}
	printf("],\n \"options\": [");
	before = "";
	for (size_t i = 0; (row = option_at(i)); i++)
		if (!command || takes(command, row)) {
			printf("%s\n  ", before);
			print_option(row);
			before = ",";
		}
	printf("],\n \"exit_codes\": [");
	print_exit_codes();
	printf("]}\n");
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_FINE;
	log_error("cannot write the help");
	return EXIT_IO;
}
