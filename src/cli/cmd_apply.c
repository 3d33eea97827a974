/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

static int judge(const struct cli *cli)
{
	if (cli->inputs.n > 0)
		return usage_error(
			cli->command, "apply and -i cannot be combined: use render for objects");
	if (cli->root && cli->reload > HEIR_RELOAD_NONE)
		return usage_error(
			cli->command, "cannot reload CRI-O below --root: use --reload none");
	if (cli->dry_run && cli->metrics)
		return usage_error(cli->command, "--dry-run and --metrics cannot be combined");
	return EXIT_FINE;
}

static int report(struct cli *cli, int r)
{
	log_error("%s", heir_error(cli->ctx));
	for (size_t i = 0; heir_error_detail(cli->ctx, i); i++)
		log_detail("%s", heir_error_detail(cli->ctx, i));
	advise_of_rights(r);
	if (r == -ENOTEMPTY)
		advise("drain the node (kubectl drain), or use --force to orphan what is listed");
	return r == -ECANCELED || r == -ENOTEMPTY ? EXIT_FINDINGS : EXIT_IO;
}

static bool is_asked_about(const struct cli *cli)
{
	return !cli->yes && !cli->dry_run && cli->format == HEIR_FORMAT_TEXT &&
	       isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Prints the plan and asks. What CRI-O would lose stands in it, and is confirmed with it. 1: yes,
 * and 0: no, or nothing to change, with the exit code; -errno. */
static int confirm(struct cli *cli, struct heir_apply_how how, int *ret_code)
{
	struct heir_style style = output_style(cli);
	char answer[16];
	int r;

	how.dry_run = true;
	how.allow_removal = true;
	*ret_code = EXIT_FINE;
	r = heir_apply(cli->ctx, &how, &style, write_output, NULL);
	if (r <= 0)
		return r;
	fputs("\nApply this? [y/N] ", stdout);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return 1;
	log_error("nothing is written: not confirmed");
	*ret_code = EXIT_FINDINGS;
	return 0;
}

/* Reads the files and writes what they come to, and says how that went. *ret_written: something was
 * written, and CRI-O told if it runs. */
static int go(struct cli *cli, struct heir_apply_how *how, bool *ret_written)
{
	struct heir_style style = output_style(cli);
	int code = load(cli, true), r = 1;

	*ret_written = false;
	if (code != EXIT_FINE)
		return code;
	if (heir_fatal(cli->ctx, NULL) && cli->format == HEIR_FORMAT_TEXT)
		return print_diagnostics(cli);
	if (is_asked_about(cli)) {
		r = confirm(cli, *how, &code);
		how->allow_removal |= r == 1;
	}
	if (r == 1) {
		/* A signal that would end heir waits until the node has the old file or the new
		 * one, and CRI-O has it too. */
		hold_signals();
		r = heir_apply(cli->ctx, how, &style, write_output, NULL);
	}
	if (r == -EINVAL)
		return usage_error(cli->command, "%s", heir_error(cli->ctx));
	*ret_written = r == 1 && how->reload != HEIR_RELOAD_NONE && !how->dry_run;
	if (r < 0) {
		print_diagnostics(cli);
		return report(cli, r);
	}
	return *ret_written || code != EXIT_FINE ? code : print_diagnostics(cli);
}

/* Telling CRI-O takes its time: what was changed in between counts too. */
static int go_on(struct cli *cli, const char *program, const char *runtime)
{
	enum { MAX_ROUNDS = 10 };
	struct heir_apply_how how = {.size = sizeof(how),
		.dry_run = cli->dry_run,
		.force = cli->force,
		.allow_removal = cli->allow_removal,
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

	for (int i = 0; i < MAX_ROUNDS && code == EXIT_FINE && written; i++) {
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
	/* Before anything is read, so that the changes of another apply are not missed. */
	if (!cli->dry_run)
		r = heir_lock(cli->ctx, cli->wait);
	if (r == 0)
		return go_on(cli, program, runtime);
	log_error("%s", heir_error(cli->ctx));
	advise_of_rights(r);
	if (r == -EAGAIN)
		advise("use --wait SECONDS to wait longer");
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
	.help = "Install the rendered drop-in and restart CRI-O",
	.more = "Writes the output of render to zz-heir.conf in the drop-in directory, after\n"
		"reading it back as an unmodified CRI-O would: each handler must get what heir\n"
		"resolves. The file is replaced atomically, and only if something changes. If the\n"
		"running CRI-O would behave differently, it is restarted and queried on its\n"
		"socket; if it does not have the new handlers, the old file is restored and CRI-O\n"
		"restarted again. A SIGHUP changes no handler (cri-o#10202), so --reload sighup\n"
		"is refused if handlers change. Signals are blocked until file and CRI-O agree.\n"
		"On a terminal the plan is printed and must be confirmed.\n"
		"\n"
		"Nothing is written if a running container would be operated by another kind of\n"
		"runtime or with another runtime_root than it was created with, if the handler of\n"
		"a pod would be removed, or if the containers cannot be listed. --force writes\n"
		"anyway; CRI-O then loses these containers while their processes keep running.\n"
		"Handlers that the old drop-in has and the new one lacks need --allow-removal.\n"
		"\n"
		"--late makes heir-runtime(8) the runtime_path of each oci handler that inherits\n"
		"one. It chooses the runtime when a container is created, so a change of the\n"
		"default needs neither a restart of CRI-O nor a drain. --no-late ends this.\n"
		"\n"
		"Exit code 0: written, or nothing to change; 1: refused, or rolled back and CRI-O\n"
		"is running; 3: the file cannot be written, or CRI-O is not running.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_NODE | TAKES_APPLY,
	.run = run,
};
