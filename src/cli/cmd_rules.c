/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

static int rules(struct cli *cli)
{
	struct heir_style style = output_style(cli);

	return report_result(cli, heir_report_rules(cli->ctx, cli->n_args > 0 ? cli->args[0] : NULL,
					  &style, write_output, NULL));
}

const struct command command_rules = {
	.name = "rules",
	.args = "[ID]",
	.max = 1,
	.help = "List the rules of check, or explain one",
	.more = "The letter is the severity: F CRI-O does not start, or the MCO rejects the\n"
		"objects, D CRI-O drops the handler, E error, W warning, I note.\n",
	.formats = TEXT | JSON,
	.names = "`heir rules` lists the rules",
	.run = rules,
};
