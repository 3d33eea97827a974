/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/cli.h"

static int completion(struct cli *cli)
{
	for (size_t i = 0; completion_scripts[i].shell; i++)
		if (strcmp(completion_scripts[i].shell, cli->args[0]) == 0)
			return report_result(cli, write_output(NULL, completion_scripts[i].text,
							  strlen(completion_scripts[i].text)));
	return usage_error(cli->command, "\"%s\" is not one of bash, zsh, fish", cli->args[0]);
}

const struct command command_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.min = 1,
	.max = 1,
	.help = "Print the completion script of a shell",
	.more = "If the shell does not find the installed script:\n"
		"  source <(heir completion bash)\n"
		"  heir completion zsh >\"${fpath[1]}/_heir\"\n"
		"  heir completion fish | source\n",
	.run = completion,
};
