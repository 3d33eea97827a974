/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* Takes ":LINE" off the end of a copy. 0: there is none. */
static unsigned take_line(char *file)
{
	char *colon = strrchr(file, ':'), *end;
	unsigned long line;

	if (!colon || colon[1] < '1' || colon[1] > '9')
		return 0;
	line = strtoul(colon + 1, &end, 10);
	if (*end || line > UINT32_MAX)
		return 0;
	*colon = '\0';
	return (unsigned)line;
}

static int blame(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, true), printed, r;
	char *file = NULL;
	unsigned line;

	if (code != EXIT_FINE)
		return code;
	code = print_diagnostics(cli);
	use_pager(cli);
	if (cli->n_args > 0) {
		file = strdup(cli->args[0]);
		if (!file)
			return report_result(cli, -ENOMEM);
	}
	line = file ? take_line(file) : 0;
	r = heir_report_blame(cli->ctx, file, line, &style, write_output, NULL);
	free(file);
	if (r == -ERANGE)
		return usage_error(cli->command, "%s", heir_error(cli->ctx));
	printed = report_result(cli, r);
	return printed ? printed : code;
}

const struct command command_blame = {
	.name = "blame",
	.args = "[FILE[:LINE]]",
	.max = 1,
	.help = "Show which lines of the files take effect",
	.more = "Shows for each line how CRI-O uses it: it counts, is replaced or\n"
		"discarded by another line, is overridden by a flag, has no effect, or is for\n"
		"heir only. FILE:LINE shows what depends on a line: handlers, RuntimeClasses,\n"
		"pools and pods.\n",
	.formats = TEXT | JSON,
	.names = "`heir cat` lists the files",
	.takes = TAKES_STATE,
	.run = blame,
};
