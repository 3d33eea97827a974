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
	.help = "Draw which handler inherits from which",
	.more = "The handlers that inherit from a handler are drawn below it, with the rule in\n"
		"parentheses and the path if it differs from the parent's. If HANDLERs are given,\n"
		"all handlers that they inherit from or that inherit from them are drawn too.\n"
		"\n"
		"dot is for Graphviz, mermaid for Markdown; arrows point to the parent.\n",
	.formats = TEXT | JSON | DOT | MERMAID,
	.text = "tree",
	.names = "`heir show` lists the handlers",
	.takes = TAKES_NODE | TAKES_PATH,
	.states_release = true,
	.run = graph,
};
