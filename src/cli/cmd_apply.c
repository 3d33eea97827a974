/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>

#include "cli/cli.h"

static int judge(const struct cli *cli)
{
	if (cli->inputs.n > 0)
		return complain_of_usage(
			cli->command, "apply writes onto a node, and -i is none: render instead");
	if (cli->root && cli->reload > HEIR_RELOAD_NONE)
		return complain_of_usage(cli->command,
			"below --root nothing runs that could be told: --reload none");
	if (cli->dry_run && cli->metrics)
		return complain_of_usage(
			cli->command, "--dry-run writes nothing: it comes to no --metrics");
	return EXIT_FINE;
}

/* Reads the files and writes what they come to, and says how that went. *ret_written: something was
 * written, and CRI-O told if it runs. */
static int go(struct cli *cli, const struct heir_apply_how *how, bool *ret_written)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, true), r;

	*ret_written = false;
	if (code != EXIT_FINE)
		return code;
	if (heir_fatal(cli->ctx, NULL))
		return print_diagnostics(cli);
	/* Who asks it to end waits until the node has the old file or the new one, and CRI-O knows:
	 * then it ends anyway. */
	hold_signals();
	r = heir_apply(cli->ctx, how, &style, write_output, NULL);
	if (r == -EINVAL)
		return complain_of_usage(cli->command, "%s", heir_error(cli->ctx));
	*ret_written = r == 1 && how->reload != HEIR_RELOAD_NONE && !how->dry_run;
	code = *ret_written ? EXIT_FINE : print_diagnostics(cli);
	if (r >= 0)
		return code;
	complain("%s", heir_error(cli->ctx));
	advise_of_rights(r);
	for (size_t i = 0; heir_error_detail(cli->ctx, i); i++)
		complain_more("%s", heir_error_detail(cli->ctx, i));
	if (r == -ENOTEMPTY)
		advise("drain the node (kubectl drain), or use --force to orphan what is listed");
	return r == -ECANCELED || r == -ENOTEMPTY ? EXIT_FINDINGS : EXIT_IO;
}

/* To tell CRI-O takes its time: what was changed meanwhile counts too. */
static int go_on(struct cli *cli, const char *program, const char *runtime)
{
	enum { MOST_ROUNDS = 10 };
	struct heir_apply_how how = {.dry_run = cli->dry_run,
		.force = cli->force,
		.root = cli->root,
		.reload = cli->root          ? HEIR_RELOAD_NONE
			  : cli->reload >= 0 ? (enum heir_reload)cli->reload
					     : HEIR_RELOAD_AUTO,
		.fetch = program,
		.late = cli->late,
		.runtime = runtime,
		.socket = cli->socket};
	bool written = true;
	int code = EXIT_FINE;

	for (int i = 0; i < MOST_ROUNDS && code == EXIT_FINE && written; i++) {
		how.again = i > 0;
		/* It was told once. */
		how.late = i > 0 ? HEIR_LATE_KEEP : cli->late;
		code = go(cli, &how, &written);
	}
	return code;
}

static int apply(struct cli *cli)
{
	char program[PATH_MAX], runtime[PATH_MAX];
	int r = fetch_program(program, sizeof(program));

	if (r == 0)
		r = libexec_program("heir-runtime", runtime, sizeof(runtime));
	if (r < 0)
		return report_result(cli, r);
	/* Before anything is read: what another one writes meanwhile would be missed. */
	if (!cli->dry_run)
		r = heir_lock(cli->ctx, cli->wait);
	if (r == 0)
		return go_on(cli, program, runtime);
	complain("%s", heir_error(cli->ctx));
	advise_of_rights(r);
	if (r == -EAGAIN)
		advise("--wait SECONDS waits longer for it");
	return EXIT_IO;
}

static int run(struct cli *cli)
{
	int code = judge(cli), written;

	if (code != EXIT_FINE)
		return code;
	code = apply(cli);
	heir_unlock(cli->ctx);
	written = write_metrics(cli, HEIR_METRICS_APPLY, code);
	return code == EXIT_FINE ? written : code;
}

const struct command command_apply = {
	.name = "apply",
	.args = "",
	.help = "Bring what heir says onto the node",
	.more = "Writes what render prints to zz-heir.conf in the directory of drop-ins, after it\n"
		"was read back as an unmodified CRI-O would read it: each handler must get what\n"
		"heir says. The file is replaced at once or not at all, and not where nothing\n"
		"changes. Then CRI-O is restarted, if it runs and would do other than it does,\n"
		"and asked on its socket; if it has not what was promised, the old file is put\n"
		"back and CRI-O told again. --reload sighup reloads it instead, through systemd\n"
		"or by its process: that loses what CRI-O fills in when it starts, and of new\n"
		"handlers it may run none (cri-o#10202). Below --root nothing runs that could be\n"
		"told. Signals that would end heir wait until the file and CRI-O are one.\n"
		"\n"
		"Nothing is written if a living container would be operated by another kind of\n"
		"runtime or with another runtime_root than it was created with, if the handler\n"
		"of a pod would be gone, or if the containers cannot be listed. --force writes\n"
		"all the same; CRI-O then loses these containers while their processes live.\n"
		"\n"
		"--late makes heir-runtime(8) the runtime_path of each oci handler that inherits\n"
		"one. It chooses the runtime when a container is created, so that another default\n"
		"needs no restart of CRI-O and no drain. It stays so until --no-late.\n"
		"\n"
		"Exit code 0: written, or nothing to change; 1: refused, or put back.\n",
	.formats = TEXT,
	.takes = TAKES_APPLY,
	.run = run,
};
