/* SPDX-License-Identifier: Apache-2.0 */
/* Written beside and put in place: whoever looks sees the old file or the new one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* The last name of a path, without slashes. */
static size_t last_name(const char *path, const char **ret)
{
	size_t end = strlen(path), begin;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/';)
		begin--;
	*ret = path + begin;
	return end - begin;
}

static bool is_name(const char *at, size_t len, const char *path)
{
	const char *name;
	size_t n = last_name(path, &name);

	return n > 0 && n == len && memcmp(at, name, n) == 0;
}

/* Cuts a directory (absolute, without links) off before the first of its names that is that of a
 * directory of drop-ins. */
static void leave_dropins(char *dir, const char *config_dir)
{
	for (char *slash = dir; slash; slash = strchr(slash + 1, '/')) {
		size_t len = strcspn(slash + 1, "/");

		if (is_name(slash + 1, len, "crio.conf.d") ||
			(config_dir && is_name(slash + 1, len, config_dir))) {
			slash[slash == dir] = '\0';
			return;
		}
	}
}

/* The directory of a path, absolute and without links; NULL with errno. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	char *real = dir ? realpath(dir, NULL) : NULL;

	free(dir);
	return real;
}

/* `path` itself, but for a link to a file the file. */
static char *resolve(const char *path, struct stat *st)
{
	if (stat(path, st) == 0)
		return S_ISREG(st->st_mode) ? realpath(path, NULL) : strdup(path);
	st->st_mode = 0;
	return errno == ENOENT ? strdup(path) : NULL;
}

static int open_temporary(struct output_file *file, const char *config_dir, mode_t mode)
{
	char *dir = directory_of(file->path);

	if (!dir)
		return -errno;
	leave_dropins(dir, config_dir);
	if (asprintf(&file->temporary, "%s/.heir-XXXXXX", dir) < 0)
		file->temporary = NULL;
	free(dir);
	if (!file->temporary)
		return -ENOMEM;
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd >= 0)
		return fchmod(file->fd, mode) < 0 ? -errno : 0;
	free(file->temporary);
	file->temporary = NULL;
	return -errno;
}

int output_file_open(struct output_file *file, const char *path, const char *config_dir)
{
	struct stat st;
	mode_t mask;

	*file = OUTPUT_FILE_NULL;
	file->path = resolve(path, &st);
	if (!file->path)
		return -errno;
	if (S_ISDIR(st.st_mode) || file->path[strlen(file->path) - 1] == '/')
		return -EISDIR;
	/* A device or a pipe is written into, not replaced. */
	if (st.st_mode != 0 && !S_ISREG(st.st_mode)) {
		file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return file->fd < 0 ? -errno : 0;
	}
	mask = umask(0);
	umask(mask);
	return open_temporary(file, config_dir, st.st_mode ? st.st_mode & 0777 : 0644 & ~mask);
}

int output_file_write(void *data, const char *text, size_t len)
{
	const struct output_file *file = data;

	return write_all(file->fd, text, len);
}

static void sync_directory(const char *path)
{
	char *dir = directory_of(path);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(dir);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int output_file_commit(struct output_file *file)
{
	int r;

	if (!file->temporary)
		return 0;
	if (fsync(file->fd) < 0 || rename(file->temporary, file->path) < 0)
		return -errno;
	r = close(file->fd) < 0 ? -errno : 0;
	file->fd = -1;
	sync_directory(file->path);
	free(file->temporary);
	file->temporary = NULL;
	return r;
}

void output_file_release(struct output_file *file)
{
	if (file->temporary)
		unlink(file->temporary);
	if (file->fd >= 0)
		close(file->fd);
	free(file->temporary);
	free(file->path);
	*file = OUTPUT_FILE_NULL;
}

bool is_output_named(const struct cli *cli)
{
	if (!cli->output || cli->output[0] != '\0')
		return true;
	complain_of_usage(cli->command, "--output needs a value that is not empty");
	return false;
}

static int print_to_file(struct cli *cli, print_fn print, const void *what)
{
	struct output_file file;
	int code = EXIT_FINE, r = output_file_open(&file, cli->output, cli->config_dir);

	if (r == 0)
		code = print(cli, what, output_file_write, &file);
	if (r == 0 && code == EXIT_FINE)
		r = output_file_commit(&file);
	output_file_release(&file);
	if (r == 0)
		return code;
	complain("%s: %s", cli->output, error_words(r));
	return EXIT_IO;
}

int print_to_output(struct cli *cli, print_fn print, const void *what)
{
	if (cli->output && strcmp(cli->output, "-") != 0)
		return print_to_file(cli, print, what);
	return print(cli, what, write_output, NULL);
}
