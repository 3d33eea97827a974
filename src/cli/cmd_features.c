/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* A path of the line starts where the user is; to the library, as to CRI-O, it starts at "/". */
static const char *from_here(const char *name)
{
	char *here, *path = NULL;

	if (name[0] == '/' || !strchr(name, '/'))
		return name;
	here = getcwd(NULL, 0);
	if (!here || asprintf(&path, "%s/%s", here, name) < 0)
		path = NULL;
	free(here);
	return path;
}

static int features(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	const char **names = calloc(cli->n_args + 1, sizeof(*names));
	int r = names ? 0 : -1;

	for (size_t i = 0; i < cli->n_args && r == 0; i++) {
		names[i] = cli->rooted ? cli->args[i] : from_here(cli->args[i]);
		r = names[i] ? 0 : -1;
	}
	if (r < 0) {
		complain("cannot tell where this is, or out of memory");
		return EXIT_IO;
	}
	return report_result(cli,
		heir_report_features(cli->ctx, names, cli->n_args, &style, write_output, NULL));
}

const struct command command_features = {
	.name = "features",
	.args = "[BIN...]",
	.max = SIZE_MAX,
	.help = "Compare what OCI runtimes say they support",
	.more = "Runs \"BIN features\" of each, for two seconds at most; without BIN, of crun,\n"
		"runc and youki in $PATH and in /usr/libexec/crio. Only what nobody but root\n"
		"may write is run. With --facts, which -i and --root need, nothing is.\n",
	.formats = TEXT | JSON,
	.text = "table",
	.run = features,
};
