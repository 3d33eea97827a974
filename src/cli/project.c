/* SPDX-License-Identifier: Apache-2.0 */
/* heir.toml, found from the working directory upwards: what `heir check` alone checks, and for
 * which release. It never decides about this machine, nor about anything that is written or run. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/options.h"

enum { MAX_LEVELS = 64 };

/* The way up to the directory that has the file: "", "../", ... False: none has. The top of a
 * repository is where the search ends. */
static bool find_project(char ret[static PATH_MAX])
{
	struct stat here, above;
	char path[PATH_MAX];

	ret[0] = '\0';
	for (int i = 0; i < MAX_LEVELS; i++) {
		snprintf(path, sizeof(path), "%sheir.toml", ret);
		if (access(path, F_OK) == 0)
			return true;
		snprintf(path, sizeof(path), "%s.git", ret);
		if (access(path, F_OK) == 0 || stat(ret[0] ? ret : ".", &here) < 0)
			return false;
		memcpy(ret + strlen(ret), "../", 4);
		if (stat(ret, &above) < 0 ||
			(here.st_dev == above.st_dev && here.st_ino == above.st_ino))
			return false;
	}
	return false;
}

/* `heir check` alone, and no option that is about this machine. */
static bool asks_for_project(const struct cli *cli, const struct said *said)
{
	static const int of_machine[] = {HEIR_CONFIG, HEIR_CONFIG_DIR, HEIR_SOURCE_DIR,
		HEIR_CRIO_ARGS, HEIR_NO_UNIT, HEIR_PATH};
	const struct option_row *row;

	if (cli->command != &command_check || cli->n_args > 0 || cli->rooted || cli->fix)
		return false;
	for (size_t i = 0; (row = option_at(i)); i++)
		for (size_t k = 0; k < sizeof(of_machine) / sizeof(of_machine[0]); k++)
			if (said->given[i] && row->id == of_machine[k])
				return false;
	return true;
}

/* Objects and roots take the place of the arguments. */
static int take_project_paths(struct cli *cli, const char *up, const struct heir_project *project)
{
	struct word_list *roots = &cli->project.roots, *inputs = &cli->project.inputs;
	int code = -1;

	if (project->roots.n > 0 && project->inputs.n > 0)
		return usage_error(cli->command,
			"%sheir.toml: roots and inputs cannot be combined: name one, or PATH", up);
	code = expand_project_paths(up, &project->roots, roots);
	if (code < 0)
		code = expand_project_paths(up, &project->inputs, inputs);
	for (size_t i = 0; i < inputs->n && code < 0; i++)
		code = apply_setting(cli, row_of_option(HEIR_INPUT), inputs->words[i]);
	if (code >= 0 || roots->n == 0)
		return code;
	cli->args = roots->words;
	cli->n_args = roots->n;
	return take_paths(cli);
}

int take_project(struct cli *cli, struct said *said)
{
	bool alone = asks_for_project(cli, said);
	char up[PATH_MAX], path[PATH_MAX + 16];
	struct heir_project project;
	int code = -1, r;

	/* What is written or run is decided by the command line and the node alone. */
	if ((!alone && !cli->rooted) || cli->fix || cli->command == &command_apply ||
		cli->command == &command_exec || cli->command == &command_complete ||
		!find_project(up))
		return -1;
	snprintf(path, sizeof(path), "%sheir.toml", up);
	r = heir_read_project(cli->ctx, path, &project);
	if (r == -EPERM || r == -EACCES) {
		if (!cli->quiet)
			log_error("warning: ignored: %s", heir_error(cli->ctx));
		return -1;
	}
	if (r < 0) {
		log_error("%s", heir_error(cli->ctx));
		return r == -EINVAL ? EXIT_USAGE : EXIT_IO;
	}
	if (alone && project.roots.n + project.inputs.n > 0)
		code = take_project_paths(cli, up, &project);
	/* This machine knows its own release. */
	if (code >= 0 || (!cli->rooted && cli->n_args == 0))
		return code;
	if (!said->crio_version && !said->ocp && !(cli->command->takes & TAKES_UPGRADE)) {
		said->crio_version = project.crio_version;
		said->ocp = project.ocp;
	}
	if (project.os && cli->os.n == 0)
		code = add_word(&cli->os, project.os);
	if (!(cli->command->takes & TAKES_RULES) || !alone)
		return code;
	cli->strict |= project.strict;
	cli->only_pools = project.pools;
	if (project.pools.n == 1 && !cli->pool && cli->inputs.n > 0)
		code = apply_setting(cli, row_of_option(HEIR_POOL), project.pools.words[0]);
	for (size_t i = 0; i < project.skip.n && code < 0 && cli->only.n == 0; i++)
		code = add_word(&cli->skip, project.skip.words[i]);
	return code;
}
