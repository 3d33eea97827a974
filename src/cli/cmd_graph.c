/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "cli/cli.h"

static int graph(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, true), drawn;

	if (code != EXIT_FINE)
		return code;
	code = print_diagnostics(cli);
	drawn = report_result(cli,
		heir_report_graph(cli->ctx, cli->args, cli->n_args, &style, write_output, NULL));
	return drawn ? drawn : code;
}

const struct command command_graph = {
	.name = "graph",
	.args = "[HANDLER...]",
	.max = SIZE_MAX,
	.help = "Draw who inherits from whom",
	.more = "Below a handler stands who inherits from it, with the rule in brackets; a path\n"
		"stands where it is not the parent's. Of the handlers named, all that they\n"
		"inherit from and that inherit from them is drawn too.\n"
		"\n"
		"dot is for Graphviz, mermaid for Markdown; there an arrow leads to the parent.\n",
	.formats = TEXT | JSON | DOT | MERMAID,
	.text = "tree",
	.names = "`heir show` lists the handlers",
	.takes = TAKES_PATH,
	.tells_release = true,
	.run = graph,
};
