/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

/* clang-format off */
const struct command *const commands[] = {
	&command_show,
	&command_explain,
	&command_diff,
	&command_upgrade,
	&command_drift,
	&command_fleet,
	&command_check,
	&command_report,
	&command_rules,
	&command_render,
	&command_apply,
	&command_blame,
	&command_cat,
	&command_graph,
	&command_containers,
	&command_collect,
	&command_facts,
	&command_features,
	&command_exec,
	&command_schema,
	&command_version,
	&command_completion,
	&command_help,
	&command_complete,
	NULL,
};
/* clang-format on */

int main(int argc, char *argv[])
{
	/* Not freed at the end: the process is over sooner than its memory is taken apart. */
	static bool assumed;
	static struct cli cli = {
		.color = COLOR_AUTO, .wait = 10000, .reload = -1, .assumed = &assumed};
	int code;

	/* What is opened first would be taken for standard input where that is closed. */
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
		return EXIT_IO;
	/* If the parent ignored it, the exit status of systemctl and others would be lost. */
	signal(SIGCHLD, SIG_DFL);
	if (heir_ctx_new(&cli.ctx) < 0) {
		log_error("out of memory");
		return EXIT_IO;
	}
	code = parse_options(&cli, argc, argv);
	if (code < 0)
		use_cache(&cli);
	if (code < 0)
		code = cli.command ? cli.command->run(&cli) : EXIT_USAGE;
	clear_waiting();
	output_error(&cli, code);
	finish_pager();
	heir_close_archives(cli.ctx);
	return code;
}
