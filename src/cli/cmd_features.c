/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* A path of the line starts where the user is; to the library, as to CRI-O, it starts at "/". NULL
 * without memory, or if the current directory cannot be determined. */
static char *from_here(const char *name)
{
	char *here, *path = NULL;

	if (name[0] == '/' || !strchr(name, '/'))
		return strdup(name);
	here = getcwd(NULL, 0);
	if (!here || asprintf(&path, "%s/%s", here, name) < 0)
		path = NULL;
	free(here);
	return path;
}

static int report(struct cli *cli, const char *const *names)
{
	struct heir_style style = output_style(cli);

	return report_result(cli,
		heir_report_features(cli->ctx, names, cli->n_args, &style, write_output, NULL));
}

static int features(struct cli *cli)
{
	char **names = calloc(cli->n_args + 1, sizeof(*names));
	size_t n = 0;
	int code = EXIT_IO;

	for (; names && n < cli->n_args; n++) {
		names[n] = cli->rooted ? strdup(cli->args[n]) : from_here(cli->args[n]);
		if (!names[n])
			break;
	}
	if (names && n == cli->n_args)
		code = report(cli, (const char *const *)names);
	else
		log_error("cannot determine the current directory, or out of memory");
	while (n-- > 0)
		free(names[n]);
	free(names);
	return code;
}

const struct command command_features = {
	.name = "features",
	.args = "[BIN...]",
	.max = SIZE_MAX,
	.help = "Compare what OCI runtimes support",
	.more = "Runs \"BIN features\" for each BIN, with a timeout of 2 s; without BIN, for "
		"crun,\n"
		"runc and youki in $PATH and in /usr/libexec/crio. heir does not run a binary\n"
		"that non-root users can write. -i and --root need --facts; then heir runs\n"
		"nothing.\n",
	.formats = TEXT | JSON,
	.text = "table",
	.takes = TAKES_ROOT | TAKES_LOOKUP | TAKES_FACTS,
	.run = features,
};
