/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

static int version(struct cli *cli)
{
	struct heir_style style = output_style(cli);

	return report_result(
		cli, heir_report_version(cli->ctx, cli->build, &style, write_output, NULL));
}

int print_version(void)
{
	printf("heir %s\n", heir_version());
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_FINE;
	log_error("cannot write the version");
	return EXIT_IO;
}

const struct command command_version = {
	.name = "version",
	.args = "",
	.help = "Print the version of heir and of its libraries",
	.more = "--build adds the compiler, the C library and the libraries, in the versions that\n"
		"this heir uses, and the libcurl that heir-fetch was built with.\n",
	.formats = TEXT | JSON,
	.takes = TAKES_BUILD,
	.run = version,
};
