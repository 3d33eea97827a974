/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

int libexec_program(const char *name, char *ret, size_t size)
{
	const char *dir = getenv("HEIR_LIBEXEC");

	if (!dir || !dir[0])
		dir = HEIR_LIBEXEC;
	return snprintf(ret, size, "%s/%s", dir, name) < (int)size ? 0 : -ENAMETOOLONG;
}

int fetch_program(char *ret, size_t size)
{
	return libexec_program("heir-fetch", ret, size);
}

static int fetch(struct cli *cli)
{
	char program[PATH_MAX];
	int r = fetch_program(program, sizeof(program));

	return r < 0 ? r : heir_fetch_live(cli->ctx, program, cli->socket);
}

static bool has_fetch(void)
{
	char program[PATH_MAX];

	return fetch_program(program, sizeof(program)) == 0 && access(program, F_OK) == 0;
}

/* What CRI-O answered, or answers now. */
static int ask(struct cli *cli)
{
	int r = cli->live ? heir_read_live(cli->ctx, cli->live) : fetch(cli);

	if (r == 0)
		return EXIT_FINE;
	log_error("%s%s", cli->live ? "--live: " : "", heir_error(cli->ctx));
	if (cli->live)
		advise("`curl --unix-socket /var/run/crio/crio.sock http://localhost/config`, run "
		       "on the node, writes such a file");
	else if (!has_fetch())
		advise("$HEIR_LIBEXEC names the directory of heir-fetch, and --live a file that "
		       "holds CRI-O's answer");
	else
		advise("name the socket of a running CRI-O with --socket, or a file that holds its "
		       "answer with --live");
	return EXIT_IO;
}

static int report(struct cli *cli)
{
	const char *root = cli->root ? cli->root : cli->inputs.n ? cli->inputs.words[0] : NULL;
	struct heir_style style = output_style(cli);
	int r = heir_report_drift(cli->ctx, root, &style, write_output, NULL);

	if (r == -EBADMSG || r == -EIO) {
		log_error("%s", heir_error(cli->ctx));
		return EXIT_IO;
	}
	return r == 1 ? EXIT_FINDINGS : report_result(cli, r);
}

/* Another node's CRI-O cannot be asked from here. */
static int judge(const struct cli *cli)
{
	if (cli->live && cli->live[0] == '\0')
		return usage_error(cli->command, "--live needs a value that is not empty");
	if (cli->live && cli->socket)
		return usage_error(cli->command, "--live and --socket cannot be combined");
	if (!cli->live && cli->rooted)
		return usage_error(cli->command,
			"the CRI-O of another node cannot be queried: pass its answer with --live");
	return EXIT_FINE;
}

static int compare(struct cli *cli)
{
	int code, asked, r = cli->as ? 0 : heir_set(cli->ctx, HEIR_AS, "stock");

	if (r < 0)
		return report_result(cli, r);
	code = load(cli, true);
	/* That a file of the node could not be read is in the JSON as well. */
	if (code != EXIT_FINE && (cli->format != HEIR_FORMAT_JSON || !heir_fatal(cli->ctx, NULL) ||
					 heir_resolve(cli->ctx) < 0))
		return code;
	asked = ask(cli);
	if (asked != EXIT_FINE)
		return asked;
	r = report(cli);
	return code == EXIT_FINE ? r : code;
}

static int drift(struct cli *cli)
{
	int code = judge(cli), written;

	if (code != EXIT_FINE)
		return code;
	code = compare(cli);
	written = write_metrics(cli, HEIR_METRICS_DRIFT, code);
	return written == EXIT_FINE ? code : written;
}

const struct command command_drift = {
	.name = "drift",
	.args = "",
	.help = "Compare the running CRI-O with its files",
	.more = "Queries the running CRI-O on its socket (GET /config), or reads a saved answer\n"
		"(--live), and compares it with the handlers that an unmodified CRI-O would have\n"
		"with the current files; with --as heir, with those that heir resolves. Set the\n"
		"release with --crio-version. After a SIGHUP, CRI-O prints the files but keeps\n"
		"the handlers that it started with. heir detects this by handlers without a\n"
		"monitor, files newer than the process, and the runtimes that created running\n"
		"containers.\n"
		"\n"
		"Signs: ~ differs in fields, - missing in the running CRI-O, + only in it. Exit\n"
		"code 0: no difference; 1: differences, or CRI-O would not start.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_NODE | TAKES_LIVE | TAKES_PATH,
	.states_release = true,
	.run = drift,
};
