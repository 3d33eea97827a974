/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the command line names. All of the text is there before anything is written. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/progress.h"

int output_file_open(struct output_file *file)
{
	*file = (struct output_file){NULL, NULL, 0};
	file->stream = open_memstream(&file->text, &file->len);
	return file->stream ? 0 : -errno;
}

int output_file_write(void *data, const char *text, size_t len)
{
	const struct output_file *file = data;

	clear_waiting();
	return fwrite(text, 1, len, file->stream) == len ? 0 : -ENOMEM;
}

int output_file_commit(struct cli *cli, struct output_file *file, const char *path, bool is_public)
{
	mode_t mask = umask(0);

	umask(mask);
	fflush(file->stream);
	return heir_write_file(
		cli->ctx, path, is_public ? 0644 : 0644 & ~mask, is_public, file->text, file->len);
}

void output_file_close(struct output_file *file)
{
	if (file->stream)
		fclose(file->stream);
	free(file->text);
	*file = (struct output_file){NULL, NULL, 0};
}

bool is_output_named(const struct cli *cli)
{
	if (!cli->output || cli->output[0] != '\0')
		return true;
	usage_error(cli->command, "--output needs a value that is not empty");
	return false;
}

static int print_to_file(struct cli *cli, print_fn print, const void *what)
{
	struct output_file file;
	int code = EXIT_FINE, r = output_file_open(&file);

	if (r == 0)
		code = print(cli, what, output_file_write, &file);
	if (r == 0 && code == EXIT_FINE)
		r = output_file_commit(cli, &file, cli->output, false);
	output_file_close(&file);
	if (r == 0)
		return code;
	log_error("%s", heir_error(cli->ctx));
	return EXIT_IO;
}

int print_to_output(struct cli *cli, print_fn print, const void *what)
{
	if (cli->output && strcmp(cli->output, "-") != 0)
		return print_to_file(cli, print, what);
	return print(cli, what, write_output, NULL);
}
