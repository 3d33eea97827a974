/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cli/cli.h"

const struct command *const commands[] = {&command_show, &command_explain, &command_diff,
	&command_check, &command_rules, &command_cat, &command_help, NULL};

int main(int argc, char *argv[])
{
	/* Not freed at the end: the process is over sooner than its memory is taken apart. */
	static struct cli cli = {.color = COLOR_AUTO};
	int code;

	if (heir_ctx_new(&cli.ctx) < 0) {
		complain("out of memory");
		return EXIT_IO;
	}
	code = parse_options(&cli, argc, argv);
	if (code < 0)
		code = cli.command->run(&cli);
	return code;
}
