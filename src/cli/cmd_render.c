/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "cli/cli.h"

static int render_to(struct cli *cli, const void *what, heir_write_fn write, void *data)
{
	struct heir_style style = output_style(cli);
	int r = heir_report_render(cli->ctx, cli->pool, cli->name, &style, write, data);

	(void)what;
	if (r == -EINVAL)
		return usage_error(cli->command, "%s", heir_error(cli->ctx));
	if (r != -ECANCELED)
		return report_result(cli, r);
	print_diagnostics(cli);
	log_error("%s", heir_error(cli->ctx));
	return EXIT_FINDINGS;
}

static int render(struct cli *cli)
{
	char runtime[PATH_MAX];
	int code;

	if (cli->format == HEIR_FORMAT_TMPFILES && cli->late != HEIR_LATE_ON)
		return usage_error(cli->command, "--format tmpfiles needs --late");
	if (cli->late == HEIR_LATE_ON &&
		(libexec_program("heir-runtime", runtime, sizeof(runtime)) < 0 ||
			heir_set(cli->ctx, HEIR_LATE, runtime) < 0))
		return usage_error(cli->command, "--late: %s", heir_error(cli->ctx));

	if (!is_output_named(cli))
		return EXIT_USAGE;
	if (cli->name && cli->format != HEIR_FORMAT_MACHINECONFIG)
		return usage_error(cli->command, "--name needs --format machineconfig");
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
	.help = "Write the drop-in for an unmodified CRI-O",
	.more = "The drop-in is called zz-heir.conf. It contains, with every field, the handlers\n"
		"that an unmodified CRI-O would resolve differently. heir recognises it by its\n"
		"name and first lines and never reads it as input: render again after each\n"
		"change. heir warns about what a drop-in cannot express, such as the removal of a\n"
		"handler.\n"
		"\n"
		"A handler that inherits from the default and sets none of runtime_path,\n"
		"runtime_type, runtime_root and runtime_config_path itself gets\n"
		"inherit_default_runtime = true instead of these four, if the release has that\n"
		"key, so it follows a later change of the default. --flatten writes values.\n"
		"--late makes heir-runtime(8) the runtime_path of each oci handler that inherits\n"
		"it. Its links and targets are a second file, for systemd-tmpfiles(8), which\n"
		"--format tmpfiles prints and all other formats except toml contain.\n"
		"\n"
		"machineconfig and ignition wrap the same drop-in for OpenShift. The FILE of\n"
		"--output is on this machine, regardless of --root, and is replaced atomically.\n"
		"heir refuses, with exit code 1, to write a drop-in that is not UTF-8, is larger\n"
		"than 16 MiB, or keeps CRI-O from starting (for example, without a monitor).\n",
	.formats = TOML | JSON | MACHINECONFIG | IGNITION | TMPFILES,
	.format = HEIR_FORMAT_TOML,
	.takes = TAKES_NODE | TAKES_PATH | TAKES_RENDER | TAKES_OUTPUT,
	.states_release = true,
	.run = render,
};
