/* SPDX-License-Identifier: Apache-2.0 */
/* What people type: other names of commands, and what commands of other programs are called here.
 */
#include <string.h>

#include "cli/cli.h"

struct word {
	const char *typed, *command;
};

static const struct word aliases[] = {
	{"list", "show"}, {"get", "show"}, {"lint", "check"}, {"validate", "check"}};

static const struct word meanings[] = {
	{"compare", "diff"},
	{"config", "cat"},
	{"deploy", "apply"},
	{"describe", "explain HANDLER"},
	{"dump", "cat"},
	{"fix", "check --fix"},
	{"fmt", "check --fix"},
	{"generate", "render"},
	{"info", "show"},
	{"inspect", "explain HANDLER"},
	{"install", "apply"},
	{"ls", "show"},
	{"plan", "apply --dry-run"},
	{"print", "cat"},
	{"ps", "containers"},
	{"query", "explain HANDLER"},
	{"reload", "apply"},
	{"run", "exec HANDLER"},
	{"scan", "check"},
	{"simulate", "diff"},
	{"status", "drift"},
	{"test", "check"},
	{"trace", "explain HANDLER"},
	{"tree", "graph"},
	{"verify", "check"},
	{"view", "show"},
	{"why", "explain HANDLER"},
	{"write", "render"},
};

static const char *find(const struct word *words, size_t n, const char *typed)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].typed, typed) == 0)
			return words[i].command;
	return NULL;
}

const char *command_of_alias(const char *name)
{
	const char *command = find(aliases, sizeof(aliases) / sizeof(aliases[0]), name);

	return command ? command : name;
}

const char *command_by_meaning(const char *name)
{
	return find(meanings, sizeof(meanings) / sizeof(meanings[0]), name);
}
