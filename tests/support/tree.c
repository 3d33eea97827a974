/* SPDX-License-Identifier: Apache-2.0 */
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void give_up(const char *what, const char *path)
{
	fprintf(stderr, "Bail out! %s %s: %s\n", what, path, strerror(errno));
	exit(99);
}

char *tree_new(void)
{
	const char *parent = getenv("TMPDIR");
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/heir-test-XXXXXX", parent && parent[0] ? parent : "/tmp");
	if (!mkdtemp(name))
		give_up("cannot create", name);
	return strdup(name);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_remove(char *root)
{
	if (nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0)
		give_up("cannot remove", root);
	free(root);
}

/* The full path, with all directories above it made. */
static void prepare(const char *root, const char *path, char full[PATH_MAX])
{
	int n = snprintf(full, PATH_MAX, "%s/%s", root, path);

	if (n < 0 || n >= PATH_MAX) {
		errno = ENAMETOOLONG;
		give_up("cannot create", path);
	}
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(full, 0755) < 0 && errno != EEXIST)
			give_up("cannot create", full);
		*slash = '/';
	}
}

void tree_file(const char *root, const char *path, const void *content, size_t len, unsigned mode)
{
	char full[PATH_MAX];
	int fd;

	prepare(root, path, full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, content, len) != (ssize_t)len || fchmod(fd, mode) < 0 ||
		close(fd) < 0)
		give_up("cannot write", full);
}

void tree_text(const char *root, const char *path, const char *text)
{
	tree_file(root, path, text, strlen(text), 0644);
}

void tree_link(const char *root, const char *path, const char *target)
{
	char full[PATH_MAX];

	prepare(root, path, full);
	if (symlink(target, full) < 0)
		give_up("cannot link", full);
}
