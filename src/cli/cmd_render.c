/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "cli/cli.h"

static int render_to(struct cli *cli, const void *what, heir_write_fn write, void *data)
{
	struct heir_style style = output_style(cli);
	int r = heir_report_render(cli->ctx, cli->pool, cli->name, &style, write, data);

	(void)what;
	if (r == -EINVAL)
		return complain_of_usage(cli->command, "%s", heir_error(cli->ctx));
	return report_result(cli, r);
}

static int render(struct cli *cli)
{
	int code;

	if (!is_output_named(cli))
		return EXIT_USAGE;
	if (cli->name && cli->format != HEIR_FORMAT_MACHINECONFIG)
		return complain_of_usage(
			cli->command, "--name is that of a MachineConfig: --format machineconfig");
	code = load(cli, true);
	if (code != EXIT_FINE)
		return code;
	/* On files on which CRI-O would not start there is nothing to build. */
	if (heir_fatal(cli->ctx, NULL))
		return print_diagnostics(cli);
	code = print_to_output(cli, render_to, NULL);
	return code == EXIT_FINE ? print_diagnostics(cli) : code;
}

const struct command command_render = {
	.name = "render",
	.args = "",
	.help = "Write the drop-in that makes CRI-O do what heir says",
	.more = "It is called zz-heir.conf, and holds those handlers that an unmodified CRI-O\n"
		"would give something else, with everything written out. heir knows it by its\n"
		"first line, wherever it lies, and never reads it as an input: render again after\n"
		"each change. What a drop-in cannot say, such as that a handler shall not be\n"
		"there, is warned of.\n"
		"\n"
		"machineconfig and ignition wrap the same drop-in for OpenShift. With -o, FILE is\n"
		"a path of this machine, whatever --root is; it is replaced as a whole.\n",
	.formats = TOML | JSON | MACHINECONFIG | IGNITION,
	.format = HEIR_FORMAT_TOML,
	.takes = TAKES_RENDER | TAKES_OUTPUT,
	.run = render,
};
