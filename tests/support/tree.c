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
	/* Deeper than it may have descriptors musl does not look. */
	if (nftw(root, remove_one, 512, FTW_DEPTH | FTW_PHYS) < 0)
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

/* A line "MARK PATH[ REST]" of tests/nodes; *ret_rest is "" where there is none. */
static char *entry(char *line, size_t mark, char **ret_rest)
{
	char *path = line + mark, *space = strchr(path, ' ');

	*ret_rest = space ? space + 1 : path + strlen(path);
	if (space)
		*space = '\0';
	return path;
}

/* The lines up to the next entry are the file's. Returns where that begins. */
static char *unpack_file(const char *root, const char *path, char *text)
{
	char *end = text;

	while (*end && strncmp(end, "== ", 3) != 0 && strncmp(end, "= ", 2) != 0 &&
		strncmp(end, "-> ", 3) != 0 && strncmp(end, "/ ", 2) != 0)
		end += strcspn(end, "\n") + 1;
	tree_file(root, path, text, (size_t)(end - text), 0644);
	return end;
}

static char *unpack_entry(const char *root, char *line)
{
	char *next = line + strcspn(line, "\n"), *rest, full[PATH_MAX];

	*next++ = '\0';
	if (strncmp(line, "== ", 3) == 0)
		return unpack_file(root, line + 3, next);
	if (strncmp(line, "= ", 2) == 0) {
		char *path = entry(line, 2, &rest);

		/* The line's end was made a NUL. */
		rest[strlen(rest)] = '\n';
		tree_file(root, path, rest, (size_t)(next - rest), 0644);
	} else if (strncmp(line, "-> ", 3) == 0) {
		char *path = entry(line, 3, &rest);

		tree_link(root, path, rest);
	} else if (strncmp(line, "/ ", 2) == 0) {
		prepare(root, line + 2, full);
		if (mkdir(full, 0755) < 0 && errno != EEXIST)
			give_up("cannot create", full);
	}
	return next;
}

void tree_unpack(const char *root, const char *node)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(node, "r");

	/* Files end with a newline; one byte more is for the terminator. */
	if (!file || getdelim(&text, &size, '\0', file) < 0)
		give_up("cannot read", node);
	fclose(file);
	for (char *line = text; *line;)
		line = unpack_entry(root, line);
	free(text);
}

void tree_programs(const char *root)
{
	static const char *const names[] = {"crun", "runc", "conmon", "pinns", "nsenter"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/usr/bin/%s", names[i]);
		tree_file(root, path, "#!/bin/sh\n", 10, 0755);
	}
}
