/* SPDX-License-Identifier: Apache-2.0 */
/* The path is walked by hand, name by name, so that what is judged is what is passed through. */
#include "node/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"

enum { MOST_LINKS = 40, LOOK = O_PATH | O_NOFOLLOW | O_CLOEXEC };

struct walk {
	int fd;              /* where it has come to */
	char rest[PATH_MAX]; /* the names before it */
	unsigned n_links;
};

static void walk_release(struct walk *walk)
{
	if (walk->fd >= 0)
		close(walk->fd);
}

static void move_to(struct walk *walk, int fd)
{
	walk_release(walk);
	walk->fd = fd;
}

static int judge(const struct stat *st)
{
	bool writable = (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;

	if (S_ISLNK(st->st_mode))
		return st->st_uid != 0 ? -EPERM : 0;
	if (!S_ISDIR(st->st_mode))
		return 0;
	return st->st_uid != 0 || (writable && !(st->st_mode & S_ISVTX)) ? -EPERM : 0;
}

static int go_to_top(struct walk *walk)
{
	struct stat st;
	int fd = open("/", LOOK | O_DIRECTORY);

	if (fd < 0)
		return -errno;
	move_to(walk, fd);
	return fstat(fd, &st) < 0 ? -errno : judge(&st);
}

/* Puts where the link `fd` leads in front of the rest. */
static int follow(struct walk *walk, int fd)
{
	size_t len = strlen(walk->rest);
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target));

	if (n < 0)
		return -errno;
	if (n == 0 || ++walk->n_links > MOST_LINKS)
		return n == 0 ? -ENOENT : -ELOOP;
	if ((size_t)n + len >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + n, walk->rest, len + 1);
	memcpy(walk->rest, target, (size_t)n);
	return target[0] == '/' ? go_to_top(walk) : 0;
}

/* Takes the next name off the rest. 1: there is none; 0; -errno. */
static int take_name(struct walk *walk, char name[static NAME_MAX + 1])
{
	size_t from = strspn(walk->rest, "/"), len = strcspn(walk->rest + from, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, walk->rest + from, len);
	name[len] = '\0';
	memmove(walk->rest, walk->rest + from + len, strlen(walk->rest + from + len) + 1);
	return len == 0;
}

/* 1: it has come to its end; 0; -errno. */
static int step(struct walk *walk)
{
	char name[NAME_MAX + 1];
	struct stat st;
	int fd, r = take_name(walk, name);

	if (r != 0)
		return r;
	fd = openat(walk->fd, name, LOOK);
	if (fd < 0)
		return -errno;
	r = fstat(fd, &st) < 0 ? -errno : judge(&st);
	if (r == 0 && S_ISLNK(st.st_mode)) {
		r = follow(walk, fd);
	} else if (r == 0) {
		move_to(walk, fd);
		return 0;
	}
	close(fd);
	return r;
}

int heir_trust_open(const char *path)
{
	_cleanup_(walk_release) struct walk walk = {.fd = -1};
	int r;

	if (strlen(path) >= sizeof(walk.rest))
		return -ENAMETOOLONG;
	memcpy(walk.rest, path, strlen(path) + 1);
	r = path[0] == '\0' ? -ENOENT : go_to_top(&walk);
	while (r == 0)
		r = step(&walk);
	return r < 0 ? r : TAKE_FD(walk.fd);
}
