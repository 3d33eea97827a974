/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

static int cat(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, false), printed;

	/* JSON is a document: with what can be read. */
	if (code != EXIT_FINE && !(style.format == HEIR_FORMAT_JSON && heir_fatal(cli->ctx, NULL)))
		return code;
	if (code == EXIT_FINE)
		code = print_diagnostics(cli);
	printed = report_result(cli, heir_report_cat(cli->ctx, &style, write_output, NULL));
	return printed ? printed : code;
}

const struct command command_cat = {
	.name = "cat",
	.args = "",
	.help = "Print the files that CRI-O reads, in load order",
	.more = "Each file is printed under a line \"# /path\", as by systemd-analyze "
		"cat-config.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_NODE | TAKES_PATH,
	.any_release = true,
	.run = cat,
};
