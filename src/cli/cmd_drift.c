/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "cli/cli.h"

/* What CRI-O answered, before the files are read: it costs less to find out that it did not. */
static int read_live(struct cli *cli)
{
	int r;

	if (!cli->live || cli->live[0] == '\0')
		return complain_of_usage(cli->command,
			"drift needs --live FILE, what CRI-O answered to GET /config");
	r = heir_read_live(cli->ctx, cli->live);
	if (r == 0)
		return EXIT_FINE;
	complain("--live: %s", heir_error(cli->ctx));
	return EXIT_IO;
}

static int report(struct cli *cli)
{
	const char *root = cli->root ? cli->root : cli->inputs.n ? cli->inputs.words[0] : NULL;
	struct heir_style style = output_style(cli);
	int r = heir_report_drift(cli->ctx, root, &style, write_output, NULL);

	if (r == -EBADMSG) {
		complain("--live: %s", heir_error(cli->ctx));
		return EXIT_IO;
	}
	return r == 1 ? EXIT_FINDINGS : report_result(cli, r);
}

static int drift(struct cli *cli)
{
	int code = read_live(cli), r = 0;

	if (code == EXIT_FINE && !cli->as)
		r = heir_set(cli->ctx, HEIR_AS, "stock");
	if (r < 0)
		return report_result(cli, r);
	if (code != EXIT_FINE)
		return code;
	code = load(cli, true);
	/* That a file of the node could not be read is in the JSON as well. */
	if (code == EXIT_FINE || (cli->format == HEIR_FORMAT_JSON && heir_fatal(cli->ctx, NULL) &&
					 heir_resolve(cli->ctx) == 0))
		r = report(cli);
	return code == EXIT_FINE ? r : code;
}

const struct command command_drift = {
	.name = "drift",
	.args = "",
	.help = "Compare the running CRI-O with its files",
	.more = "What CRI-O runs with is what the files said when it started, or was told to\n"
		"reload. --live is what it answered to GET /config on its socket.\n"
		"It is compared with what an unmodified CRI-O would make of the files now; with\n"
		"--as heir, with what heir makes of them. Name the release with --crio-version.\n"
		"\n"
		"Signs: ~ differs in fields, - the running CRI-O lacks it, + it has it besides.\n"
		"Exit code 0: nothing differs; 1: something does, or CRI-O would not start.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_LIVE,
	.run = drift,
};
