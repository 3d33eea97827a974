/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

static int facts(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	/* Files that objects bring are there once they were read. */
	int code = cli->inputs.n > 0 && cli->root ? load(cli, false) : EXIT_FINE;

	if (code != EXIT_FINE)
		return code;
	return report_result(
		cli, heir_report_facts(cli->ctx, cli->fact, &style, write_output, NULL));
}

const struct command command_facts = {
	.name = "facts",
	.args = "",
	.help = "Print what conditions can ask about this node",
	.more = "By the names of Node Feature Discovery, from /proc, /sys, /etc and /dev, or from\n"
		"a copy of them below --root; of this machine also what its runtimes tell (heir\n"
		"features). What is printed as JSON can be given to --facts elsewhere. --fact\n"
		"prints one: a feature, or the bare value of an element.\n",
	.formats = TEXT | JSON,
	.format = HEIR_FORMAT_JSON,
	.takes = TAKES_FACT,
	.names = "`heir facts` lists what is known",
	.any_release = true,
	.run = facts,
};
