/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "cli/cli.h"

static int show_one(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, true), shown;

	/* What could not be read is in the JSON as well. */
	if (code != EXIT_FINE && style.format != HEIR_FORMAT_JSON)
		return code;
	if (code == EXIT_FINE)
		code = print_diagnostics(cli);
	else if (heir_resolve(cli->ctx) < 0)
		return code;
	if (cli->all && cli->n_args > 0)
		return usage_error(cli->command, "--all and HANDLER cannot be combined");
	if (cli->all)
		use_pager(cli);
	if (cli->all)
		shown = report_result(cli,
			heir_report_show_all(cli->ctx, cli->loaded, &style, write_output, NULL));
	else
		shown = report_result(cli, heir_report_show(cli->ctx, cli->args, cli->n_args,
						   cli->loaded, &style, write_output, NULL));
	return shown ? shown : code;
}

static int show(struct cli *cli)
{
	return has_several_pools(cli) ? for_each_pool(cli, show_one) : show_one(cli);
}

const struct command command_show = {
	.name = "show",
	.args = "[HANDLER...]",
	.max = SIZE_MAX,
	.help = "Show what the handlers resolve to",
	.more = "The first argument can be a path with a slash, or a file: a node's root, its\n"
		"etc/crio or crio.conf.d, one file of these, or Kubernetes objects. The same\n"
		"applies to explain, graph, cat, render and report, and to diff with two paths.\n"
		"HANDLER can be a shell pattern.\n"
		"\n"
		"VIA is the rule that decided runtime_path: explicit (set by the handler),\n"
		"inherit and inherit_when (the parent's), inherit_default_runtime and implicit\n"
		"(the default's), candidate (chosen by features) or $PATH. FROM is where it is\n"
		"set.\n",
	.formats = TEXT | WIDE | JSON | TOML,
	.text = "table",
	.takes = TAKES_NODE | TAKES_STAGE | TAKES_PATH,
	.names = "`heir show` lists the handlers",
	.states_release = true,
	.run = show,
};
