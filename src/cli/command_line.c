/* SPDX-License-Identifier: Apache-2.0 */
/* How a page was made: the command line, the commit, and the date. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"

/* Whether the word is --env or an abbreviation of it, which getopt accepts too. */
static bool is_env(const char *word)
{
	size_t len = strcspn(word, "=");

	return len >= strlen("--en") && len <= strlen("--env") && strncmp(word, "--env", len) == 0;
}

/* Prints a word as a POSIX shell reads it. */
static void print_word(FILE *f, const char *word, size_t len)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "_@%+=:,./-";

	if (len > 0 && strspn(word, plain) >= len) {
		fwrite(word, 1, len, f);
		return;
	}
	fputc('\'', f);
	for (size_t i = 0; i < len; i++)
		if (word[i] == '\'')
			fputs("'\\''", f);
		else
			fputc(word[i], f);
	fputc('\'', f);
}

char *command_line(const char *const *words)
{
	char *line = NULL;
	size_t size;
	bool is_value = false, failed;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		return NULL;
	fputs("heir", f);
	for (size_t i = 1; words[0] && words[i]; i++) {
		const char *word = words[i], *value = is_value ? word : NULL;
		const char *equals;

		if (!value && is_env(word) && strchr(word, '='))
			value = strchr(word, '=') + 1;
		equals = value ? strchr(value, '=') : NULL;
		fputc(' ', f);
		print_word(f, word, equals ? (size_t)(equals + 1 - word) : strlen(word));
		if (equals)
			fputs("REDACTED", f);
		is_value = !is_value && is_env(word) && !strchr(word, '=');
	}
	failed = ferror(f);
	if (fclose(f) != 0 || failed) {
		free(line);
		return NULL;
	}
	return line;
}

const char *output_commit(void)
{
	static const char *const names[] = {"GITHUB_SHA", "CI_COMMIT_SHA"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		size_t len = value ? strlen(value) : 0;

		if (len >= 7 && len <= 64 && strspn(value, "0123456789abcdef") == len)
			return value;
	}
	return NULL;
}

const char *output_date(void)
{
	static const char *const name = "SOURCE_DATE_EPOCH";
	static char date[sizeof("9999-12-31 23:59 UTC")];
	const char *value = getenv(name);
	long long seconds = -1;
	time_t when;
	struct tm tm;
	char *end;

	if (value && *value) {
		seconds = strtoll(value, &end, 10);
		if (*end)
			seconds = -1;
	}
	/* Up to the year 9999. */
	when = seconds >= 0 && seconds < 253402300800LL ? (time_t)seconds : time(NULL);
	if (!gmtime_r(&when, &tm) || strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		return NULL;
	return date;
}
