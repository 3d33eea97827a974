/* SPDX-License-Identifier: Apache-2.0 */
/* --metrics: written whatever became of the command, for its failure is what somebody waits for. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/cli.h"

/* Others than who runs heir read it. */
static int write_file(struct cli *cli, enum heir_metrics_of of, struct output_file *file)
{
	int r = output_file_open(file, cli->metrics, cli->config_dir);

	if (r == 0 && file->temporary && fchmod(file->fd, 0644) < 0)
		r = -errno;
	if (r == 0)
		r = heir_report_metrics(cli->ctx, of, time(NULL), output_file_write, file);
	return r == 0 ? output_file_commit(file) : r;
}

int write_metrics(struct cli *cli, enum heir_metrics_of of, int code)
{
	struct output_file file = OUTPUT_FILE_NULL;
	int r;

	if (!cli->metrics || code == EXIT_USAGE)
		return EXIT_FINE;
	/* The temporary shall not be left. */
	hold_signals();
	r = write_file(cli, of, &file);
	output_file_release(&file);
	if (r == 0)
		return EXIT_FINE;
	complain("%s: %s", cli->metrics, error_words(r));
	return EXIT_IO;
}
