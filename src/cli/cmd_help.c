/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

static int help(struct cli *cli)
{
	const struct command *command = NULL;

	if (cli->n_args > 0) {
		command = find_command(cli->args[0]);
		if (!command)
			return no_such_command(cli->args[0]);
	}
	return cli->format == HEIR_FORMAT_JSON ? print_help_json(command) : print_help(command);
}

const struct command command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.max = 1,
	.help = "Show help for heir or for a command",
	.formats = TEXT | JSON,
	.run = help,
};
