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
	if (r != -ECANCELED)
		return report_result(cli, r);
	print_diagnostics(cli);
	complain("%s", heir_error(cli->ctx));
	return EXIT_FINDINGS;
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
	.more = "It is called zz-heir.conf, and contains those handlers that an unmodified CRI-O\n"
		"would give something else, with every field written out. heir knows it by its\n"
		"name and its first lines, and never reads it as an input: render again after\n"
		"each change. What a drop-in cannot say, such as that a handler shall not be\n"
		"there, is warned of.\n"
		"\n"
		"A handler that inherits from the default, whichever that is, and sets none of\n"
		"runtime_path, runtime_type, runtime_root and runtime_config_path itself gets\n"
		"inherit_default_runtime = true instead of these four, if the release has that\n"
		"key: it follows when the default moves. --flatten writes values.\n"
		"\n"
		"machineconfig and ignition wrap the same drop-in for OpenShift. With -o, FILE is\n"
		"a path of this machine, whatever --root is; it is replaced as a whole. A drop-in\n"
		"that is not UTF-8, larger than 16 MiB, or with which CRI-O would not start, a\n"
		"handler without a monitor for example, is refused with exit code 1.\n",
	.formats = TOML | JSON | MACHINECONFIG | IGNITION,
	.format = HEIR_FORMAT_TOML,
	.takes = TAKES_PATH | TAKES_RENDER | TAKES_OUTPUT,
	.tells_release = true,
	.run = render,
};
