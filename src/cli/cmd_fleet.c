/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "cli/cli.h"
#include "cli/progress.h"

static int judge(const struct cli *cli)
{
	if (cli->root)
		return usage_error(cli->command,
			"--root has the files of one node: give the objects of a cluster with -i");
	if (cli->as)
		return usage_error(cli->command,
			"--as: nodes are compared with what an unmodified CRI-O does");
	if (cli->inputs.n == 0 && !cli->cluster)
		return usage_error(cli->command,
			"name the objects of a cluster with -i, or ask it with --cluster");
	return EXIT_FINE;
}

/* What is wrong with the objects. */
static void report_objects(struct cli *cli)
{
	log_diagnostics(cli, cli->ctx, cli->quiet ? "F" : "FDEW");
}

static int log_objects_error(struct cli *cli, int error)
{
	if (error == -EINVAL)
		return usage_error(cli->command, "%s", heir_error(cli->ctx));
	log_error("%s", heir_error(cli->ctx));
	advise_of_rights(error);
	return EXIT_IO;
}

static int compare(struct cli *cli)
{
	struct heir_style style = output_style(cli);
	int code = cli->cluster ? read_cluster(cli) : EXIT_FINE, r;

	if (code != EXIT_FINE)
		return code;
	show_waiting(cli, cli->ctx);
	if (cli->verbose)
		be_verbose(cli->ctx, NULL);
	r = heir_fleet(cli->ctx);
	clear_waiting();
	report_objects(cli);
	if (r < 0)
		return log_objects_error(cli, r);
	code = report_result(cli, heir_report_fleet(cli->ctx, &style, write_output, NULL));
	return code == EXIT_FINE && r == 1 ? EXIT_FINDINGS : code;
}

static int fleet(struct cli *cli)
{
	int code = judge(cli), written;

	if (code != EXIT_FINE)
		return code;
	code = compare(cli);
	written = write_metrics(cli, HEIR_METRICS_FLEET, code);
	return written == EXIT_FINE ? code : written;
}

const struct command command_fleet = {
	.name = "fleet",
	.args = "",
	.help = "Compare the nodes of a cluster with what they report",
	.more = "Give the objects of the cluster, or a must-gather:\n"
		"  oc get nodes,mcp,mc,ctrcfg,runtimeclass,pods -A -o json | heir fleet -i -\n"
		"\n"
		"--cluster runs oc or kubectl with your credentials, with \"get\" only. heir\n"
		"refuses a client that other users can write.\n"
		"\n"
		"Each Node names its rendered MachineConfig and its release of CRI-O, and reports\n"
		"its handlers (Kubernetes 1.30 and later). heir resolves that MachineConfig as an\n"
		"unmodified CRI-O of that release does, and compares:\n"
		"  will-not-start  CRI-O would not start after the next reboot\n"
		"  missing         the MachineConfig has the handler, the node does not report it\n"
		"  unsupported     pods ask for a feature that the handler does not have\n"
		"  behind          the node runs an older MachineConfig or release\n"
		"  extra           the node reports a handler that no MachineConfig defines\n"
		"\n"
		"Exit code 0: no difference; 1: differences.\n",
	.formats = TEXT | JSON | MARKDOWN,
	.takes = TAKES_NODE | TAKES_FLEET,
	.run = fleet,
};
