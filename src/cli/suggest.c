/* SPDX-License-Identifier: Apache-2.0 */
/* What was probably meant by a wrong word of the command line. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

/* ` (did you mean "X"?)`, with what stands before names of the kind; "" where none is near. */
static const char *meant(const char *wanted, const char *const *names, size_t n, const char *before)
{
	static char words[64];
	const char *near = heir_nearest(wanted, names, n);

	words[0] = '\0';
	if (near)
		snprintf(words, sizeof(words), " (did you mean \"%s%s\"?)", before, near);
	return words;
}

int no_such_command(const char *name)
{
	const char *names[64];
	size_t n = 0;

	for (size_t i = 0; commands[i] && n < sizeof(names) / sizeof(names[0]); i++)
		if (!commands[i]->hidden)
			names[n++] = commands[i]->name;
	if (command_by_meaning(name)) {
		log_error("no such command: \"%s\"", name);
		advise("use `heir %s`", command_by_meaning(name));
		return EXIT_USAGE;
	}
	return usage_error(NULL, "no such command: \"%s\"%s", name, meant(name, names, n, ""));
}

/* Those that begin so, as a list; "" for less than two. */
static const char *beginning(const char *name, const char *const *names, size_t n)
{
	static char list[160];
	size_t len = 0, found = 0;

	/* All of them begin with nothing. */
	if (!name[0])
		return "";
	for (size_t i = 0; i < n && len < sizeof(list); i++)
		if (strncmp(names[i], name, strlen(name)) == 0)
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s--%s",
				found++ > 0 ? ", " : "", names[i]);
	return found > 1 ? list : "";
}

int no_such_option(const char *word, int letter, const struct option_row *known)
{
	const char *names[128];
	size_t n = 0;
	char name[64];

	if (letter)
		return usage_error(NULL, "no such option: \"-%c\"", letter);
	if (known)
		return usage_error(NULL, "--%s takes no value", known->name);
	while (n < sizeof(names) / sizeof(names[0]) && option_at(n)) {
		names[n] = option_at(n)->name;
		n++;
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	if (beginning(name, names, n)[0]) {
		log_error("option \"--%s\" is ambiguous", name);
		advise("there are %s", beginning(name, names, n));
		return EXIT_USAGE;
	}
	return usage_error(NULL, "no such option: \"%s\"%s", word, meant(name, names, n, "--"));
}

int takes_none(const struct command *command, const struct option_row *row)
{
	enum { SOME = 7 };
	char takers[128] = "";
	size_t n = 0, listed = 0;

	for (size_t i = 0; commands[i] && n < sizeof(takers); i++)
		if (commands[i]->takes & row->takes && !commands[i]->hidden && listed++ < SOME)
			n += (size_t)snprintf(takers + n, sizeof(takers) - n, "%s%s",
				n > 0 ? ", " : "", commands[i]->name);
	log_error("%s takes no --%s", command->name, row->name);
	advise("it is for %s%s", takers, listed > SOME ? " and others" : "");
	return EXIT_USAGE;
}

int no_such_format(const struct command *command, const char *value)
{
	const char *names[32];
	char list[128] = "";
	size_t n = 0, len = 0;

	for (; format_at(command, n) && len < sizeof(list); n++) {
		names[n] = format_at(command, n);
		len += (size_t)snprintf(
			list + len, sizeof(list) - len, "%s%s", len > 0 ? ", " : "", names[n]);
	}
	log_error("%s has no format \"%s\"%s", command->name, value, meant(value, names, n, ""));
	if (n > 0)
		advise("its formats are %s", list);
	if (command->takes & TAKES_OUTPUT)
		advise("--output FILE writes into a file");
	return EXIT_USAGE;
}
