/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "cli/cli.h"

static int explain(struct cli *cli)
{
	const char *field = cli->n_args > 1 ? cli->args[1] : NULL;
	struct heir_style style = output_style(cli);
	int code = load(cli, true), explained, r;

	if (code != EXIT_FINE)
		return code;
	code = print_diagnostics(cli);
	r = heir_report_explain(cli->ctx, cli->args[0], field, &style, write_output, NULL);
	/* What is told already may be why nobody knows the handler. */
	if (r == -ENOENT && code != EXIT_FINE)
		return code;
	explained = report_result(cli, r);
	return explained ? explained : code;
}

const struct command command_explain = {
	.name = "explain",
	.args = "HANDLER [FIELD]",
	.min = 1,
	.max = 2,
	.help = "Say where each value of a handler comes from",
	.more = "Shows the chain of handlers that a value came down, every place that ever set\n"
		"it, which of them won and by which rule, what a later table discarded, and\n"
		"what an unmodified CRI-O would do.\n",
	.formats = TEXT | JSON,
	.names = "`heir show` lists the handlers, `heir explain HANDLER` the fields of one",
	.takes = TAKES_PATH,
	.tells_release = true,
	.run = explain,
};
