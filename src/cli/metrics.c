/* SPDX-License-Identifier: Apache-2.0 */
/* --metrics: written whatever became of the command, because its failure is what is monitored. */
#include <time.h>

#include "cli/cli.h"

int write_metrics(struct cli *cli, enum heir_metrics_of of, int code)
{
	struct output_file file;
	int r;

	if (!cli->metrics || code == EXIT_USAGE)
		return EXIT_FINE;
	r = output_file_open(&file);
	if (r == 0)
		r = heir_report_metrics(cli->ctx, of, time(NULL), output_file_write, &file);
	if (r < 0)
		log_error("%s: %s", cli->metrics, error_words(r));
	else if ((r = output_file_commit(cli, &file, cli->metrics, true)) < 0)
		log_error("%s", heir_error(cli->ctx));
	output_file_close(&file);
	return r == 0 ? EXIT_FINE : EXIT_IO;
}
