/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

static int schema(struct cli *cli)
{
	struct heir_style style = output_style(cli);

	int r = heir_report_schema(cli->ctx, &style, write_output, NULL);

	if (r == 0)
		print_assumed(cli, cli->ctx);
	return report_result(cli, r);
}

const struct command command_schema = {
	.name = "schema",
	.args = "",
	.help = "Print the keys of crio.conf as a JSON Schema",
	.more = "For taplo, Even Better TOML and other editors: JSON Schema 2020-12 with the keys\n"
		"of --crio-version. --as stock omits heir's own keys.\n",
	.formats = JSON,
	.takes = TAKES_NODE,
	.run = schema,
};
