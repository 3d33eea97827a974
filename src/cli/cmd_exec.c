/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

/* Comes back only where it failed. */
static int become(const struct heir_invocation *call)
{
	clear_waiting();
	/* The strings are only read, whatever the type says. */
	execve(call->path, (char *const *)(uintptr_t)call->argv, environ);
	log_error("%s: %s", call->path, error_words(-errno));
	return EXIT_IO;
}

static int run_judged(struct cli *cli, const struct heir_invocation *call)
{
	int r = cli->force ? 0 : heir_judge_program(cli->ctx, call->path, getenv("PATH"));

	/* Whatever else is wrong with it execve() says itself. */
	if (r != -EPERM)
		return become(call);
	log_error("%s", heir_error(cli->ctx));
	advise("--force runs it anyway");
	return EXIT_FINDINGS;
}

static int run_runtime(struct cli *cli)
{
	struct heir_invocation call;
	int code, r;

	if (cli->rooted)
		return usage_error(cli->command,
			"exec runs a runtime of this machine and cannot be used for another node");
	code = load(cli, true);
	if (code != EXIT_FINE)
		return code;
	/* Diagnostics are not printed: they would stand between what the runtime itself prints. */
	r = heir_handler_invocation(cli->ctx, cli->args[0], cli->args + 1, cli->n_args - 1, &call);
	if (r == 0)
		return run_judged(cli, &call);
	if (r != -ENOTSUP)
		return report_result(cli, r);
	log_error("%s", heir_error(cli->ctx));
	return EXIT_FINDINGS;
}

const struct command command_exec = {
	.name = "exec",
	.args = "HANDLER -- ARG...",
	.min = 2,
	.max = SIZE_MAX,
	.help = "Run the OCI runtime of a handler",
	.more = "Replaces heir with the binary that CRI-O would run, and puts --root and the\n"
		"handler's runtime_root before the arguments unless they begin with --root: "
		"\"heir\n"
		"exec gpu -- list\" lists the containers of gpu. heir refuses a handler that is\n"
		"dropped or has runtime_type \"vm\" or \"pod\", and, without --force, a binary "
		"that\n"
		"other users can write.\n",
	.takes = TAKES_NODE | TAKES_FORCE,
	.names = "`heir show` lists the handlers",
	.any_release = true,
	.run = run_runtime,
};
