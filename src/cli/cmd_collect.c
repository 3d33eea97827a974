/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "cli/cli.h"

static int print_archive(struct cli *cli, const void *what, heir_write_fn write, void *data)
{
	(void)what;
	return report_result(cli, heir_collect(cli->ctx, write, data));
}

static int collect(struct cli *cli)
{
	int r;

	if (!is_output_named(cli))
		return EXIT_USAGE;
	if (cli->inputs.n > 0)
		return usage_error(cli->command, "collect reads a node, not objects");
	if (!cli->output && isatty(STDOUT_FILENO))
		return usage_error(cli->command,
			"an archive is not written to a terminal: heir collect >node.tar");
	r = load_any(cli);
	/* A node whose CRI-O would not start is collected too: it is to be examined elsewhere. */
	if (r < 0)
		return -r;
	if (heir_resolve(cli->ctx) == -ENOMEM)
		return report_result(cli, -ENOMEM);
	return print_to_output(cli, print_archive, NULL);
}

const struct command command_collect = {
	.name = "collect",
	.args = "",
	.help = "Write a tar archive of the node for --root",
	.more = "The archive contains the files of CRI-O and heir, crio.service with its drop-ins\n"
		"and environment files, files below /etc/containers, the names, kinds and sizes\n"
		"of programs, the node facts and the release. Values of variables, tokens,\n"
		"private keys and passwords are replaced by REDACTED; credentials are not read.\n"
		"To use it on another machine: heir --root node.tar COMMAND.\n",
	.takes =
		TAKES_ROOT | TAKES_TREE | TAKES_LOOKUP | TAKES_RELEASE | TAKES_FACTS | TAKES_OUTPUT,
	.any_release = true,
	.run = collect,
};
