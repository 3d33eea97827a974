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
	.help = "Print the node facts that conditions can use",
	.more = "Facts are named as by Node Feature Discovery and read from /proc, /sys, /etc and\n"
		"/dev, or from a copy of them under --root; on this machine also from its\n"
		"runtimes (heir features). The JSON can be passed to --facts elsewhere. --fact\n"
		"prints one: a feature, or the bare value of an element.\n",
	.formats = TEXT | JSON,
	.format = HEIR_FORMAT_JSON,
	.takes = TAKES_ROOT | TAKES_LOOKUP | TAKES_FACTS | TAKES_FACT | TAKES_PATH,
	.names = "`heir facts` lists what is known",
	.any_release = true,
	.run = facts,
};
