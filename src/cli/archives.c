/* SPDX-License-Identifier: Apache-2.0 */
/* Archives as paths: what is in one is found as what is in a directory, and laid out as a node's
 * root where it is CRI-O's directory alone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/paths.h"

int temporary_directory(char *ret, size_t size)
{
	const char *dir = getenv("TMPDIR");
	char real[PATH_MAX];

	if (!realpath(dir && dir[0] ? dir : "/tmp", real))
		return -errno;
	return snprintf(ret, size, "%s", real) < (int)size ? 0 : -ENAMETOOLONG;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The directory that is the only one in `dir`: into `ret`; false: there is none, or another. */
static bool only_directory(const char *dir, char ret[static PATH_MAX])
{
	DIR *open = opendir(dir);
	const struct dirent *entry;
	unsigned n = 0;

	while (open && (entry = readdir(open))) {
		char path[PATH_MAX];
		struct stat st;

		if (is_dot(entry->d_name) ||
			snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >=
				(int)sizeof(path) ||
			lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		n++;
		memcpy(ret, path, sizeof(path));
	}
	if (open)
		closedir(open);
	return n == 1;
}

/* Moves all that is in `dir` to `to`, which may lie in it. 0 or -errno. */
static int move_entries(const char *dir, const char *to)
{
	DIR *open = opendir(dir);
	const struct dirent *entry;
	int r = open ? 0 : -errno;

	while (r == 0 && (entry = readdir(open))) {
		char from[PATH_MAX], path[PATH_MAX];

		if (is_dot(entry->d_name) || strcmp(entry->d_name, "etc") == 0)
			continue;
		if (snprintf(from, sizeof(from), "%s/%s", dir, entry->d_name) >=
				(int)sizeof(from) ||
			snprintf(path, sizeof(path), "%s/%s", to, entry->d_name) >=
				(int)sizeof(path))
			r = -ENAMETOOLONG;
		else if (rename(from, path) < 0)
			r = -errno;
	}
	if (open)
		closedir(open);
	return r;
}

/* Makes a root of CRI-O's directory, or of its drop-ins. 0 or -errno. */
static int make_root(const char *dir, enum kind kind)
{
	static const char *const below[] = {"/etc", "/etc/crio", "/etc/crio/crio.conf.d"};
	char path[PATH_MAX] = "";

	for (int i = 0; i < (kind == IS_DROPIN_DIR ? 3 : 2); i++) {
		if (snprintf(path, sizeof(path), "%s%s", dir, below[i]) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
	}
	return move_entries(dir, path);
}

enum kind kind_of_unpacked(const char *dir, char ret[static PATH_MAX])
{
	char below[PATH_MAX];
	enum kind kind;

	snprintf(ret, PATH_MAX, "%s", dir);
	while (((kind = kind_of_dir(ret)) == IS_UNKNOWN || kind == IS_NODES) &&
		only_directory(ret, below))
		memcpy(ret, below, sizeof(below));
	return kind;
}

/* What is in it is what it is for, or said to be something else. -1, or an exit_code. */
static int settle(struct cli *cli, const char *path, enum archive_for what)
{
	char dir[PATH_MAX];
	enum kind kind = kind_of_unpacked(heir_archive_dir(cli->ctx, path), dir);
	int r = 0;

	if (kind == IS_OBJECTS && what == FOR_ROOT) {
		log_error("%s holds Kubernetes objects, not the files of a node", path);
		advise("use -i %s", path);
		return EXIT_USAGE;
	}
	if (kind == IS_OBJECTS)
		return -1;
	if (kind == IS_CRIO_DIR || kind == IS_DROPIN_DIR)
		r = make_root(dir, kind);
	else if (kind != IS_ROOT)
		return refuse_path(path, kind);
	if (r < 0) {
		log_error("%s: %s", path, error_words(r));
		return EXIT_IO;
	}
	r = heir_use_archive(cli->ctx, path, dir, true);
	if (r == 0)
		return -1;
	log_error("%s", heir_error(cli->ctx));
	return EXIT_IO;
}

static int find_objects(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_F && names_objects(path);
}

static int judge_objects(struct cli *cli, const char *path)
{
	if (nftw(heir_archive_dir(cli->ctx, path), find_objects, 16, FTW_PHYS) == 1)
		return -1;
	log_error("%s holds no file named *.yaml, *.yml, *.json, *.bu or *.ign", path);
	advise("use --root %s if it holds the files of a node", path);
	return EXIT_USAGE;
}

static int unpack(struct cli *cli, const char *path, int fd, enum archive_for what)
{
	char program[PATH_MAX], tmp[PATH_MAX], magic[2];
	int r = libexec_program("heir-unpack", program, sizeof(program));

	if (r == 0)
		r = temporary_directory(tmp, sizeof(tmp));
	if (r < 0) {
		log_error("TMPDIR: %s", error_words(r));
		return EXIT_IO;
	}
	r = heir_open_archive(cli->ctx, path, fd, what == FOR_OBJECTS, program, tmp);
	if (r == 0)
		return what == FOR_OBJECTS ? judge_objects(cli, path) : settle(cli, path, what);
	log_error("%s", heir_error(cli->ctx));
	if (pread(fd, magic, sizeof(magic), 0) == sizeof(magic) && memcmp(magic, "PK", 2) == 0)
		advise("heir reads tar archives: mkdir node && unzip -d node %s", path);
	else if (access(program, F_OK) < 0)
		advise("$HEIR_LIBEXEC names the directory of heir-unpack; or unpack it: mkdir node "
		       "&& "
		       "tar -C node -xf %s",
			path);
	return EXIT_IO;
}

/* Looks at standard input without reading it, where that is possible. */
static bool is_archive_input(void)
{
	char text[512];
	size_t len = peek(STDIN_FILENO, text, sizeof(text));

	return len > 0 && is_archive_text(text, len);
}

int open_archive(struct cli *cli, const char *path, enum archive_for what)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd, code;

	if (heir_archive_dir(cli->ctx, path) ||
		!(is_input ? is_archive_input() : kind_of(path) == IS_ARCHIVE))
		return -1;
	fd = is_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		log_error("%s: %s", path, error_words(-errno));
		return EXIT_IO;
	}
	code = unpack(cli, path, fd, what);
	close(fd);
	return code;
}
