/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "cli/cli.h"

static int containers(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	char program[PATH_MAX];
	int code, r = fetch_program(program, sizeof(program));

	if (cli->inputs.n > 0)
		return usage_error(cli->command, "objects have no containers: without -i");
	if (r < 0)
		return report_result(cli, r);
	code = load(cli, true);
	if (code != EXIT_FINE)
		return code;
	code = print_diagnostics(cli);
	r = heir_report_containers(cli->ctx, program, cli->socket, &style, write_output, NULL);
	if (r == -EIO) {
		log_error("%s", heir_error(cli->ctx));
		advise_of_rights(r);
		return EXIT_IO;
	}
	r = report_result(cli, r);
	return r ? r : code;
}

const struct command command_containers = {
	.name = "containers",
	.args = "",
	.help = "List running containers and what created them",
	.more = "The creator is the runtime that conmon called or, for a container whose handler\n"
		"is bound late, the one that heir-runtime recorded. Only that kind of runtime,\n"
		"with this runtime_root, can operate the container. Under --root, where no\n"
		"process is visible, each state directory counts as a running container.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_STATE | TAKES_SOCKET,
	.run = containers,
};
