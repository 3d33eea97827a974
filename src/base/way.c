/* SPDX-License-Identifier: Apache-2.0 */
/* The walk keeps a descriptor of the current directory and the names that remain. Each link is
 * read and its target put before the rest, so every directory that is really passed is checked.
 * Nothing is looked up twice by path. */
#include "base/way.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/macro.h"

enum { MAX_LINKS = 40, LOOK = O_PATH | O_NOFOLLOW | O_CLOEXEC };

struct walk {
	int fd; /* the current directory or file */
	enum heir_way way;
	uid_t user;
	struct stat at;      /* stat of `fd` */
	char rest[PATH_MAX]; /* the names that remain */
	unsigned n_links;
	bool to_parent; /* stop before the last name */
	bool is_proc;
};

static void walk_release(struct walk *walk)
{
	if (walk->fd >= 0)
		close(walk->fd);
	walk->fd = -1;
}

static bool is_writable(const struct stat *st)
{
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static bool is_trusted(const struct walk *walk, uid_t user)
{
	return user == 0 || (walk->way != HEIR_WAY_RUN && user == walk->user);
}

/* Checks a directory on the way. */
static int judge_dir(const struct walk *walk, const struct stat *st)
{
	if (walk->way == HEIR_WAY_WRITE)
		return walk->user == 0 && st->st_uid != 0 ? -EPERM : 0;
	return !is_trusted(walk, st->st_uid) || (is_writable(st) && !(st->st_mode & S_ISVTX))
		       ? -EPERM
		       : 0;
}

/* Checks a link in the current directory. */
static int judge_link(const struct walk *walk, const struct stat *st)
{
	if (is_trusted(walk, st->st_uid))
		return 0;
	if (walk->to_parent && walk->rest[strspn(walk->rest, "/")] == '\0')
		return -ELOOP;
	if (walk->way == HEIR_WAY_WRITE && walk->user != 0 && st->st_uid == walk->at.st_uid &&
		!(walk->at.st_mode & S_IWOTH))
		return 0;
	return -EPERM;
}

/* Makes `fd` the current one; takes ownership. */
static int move_to(struct walk *walk, int fd)
{
	walk_release(walk);
	walk->fd = fd;
	if (fstat(fd, &walk->at) < 0)
		return -errno;
	return S_ISDIR(walk->at.st_mode) ? judge_dir(walk, &walk->at) : 0;
}

static int go_to(struct walk *walk, int at, const char *path)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : move_to(walk, fd);
}

/* Puts the target of the link `fd` before the rest. */
static int follow_way_link(struct walk *walk, int fd)
{
	size_t len = strlen(walk->rest);
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target));

	if (n < 0)
		return -errno;
	if (n == 0 || ++walk->n_links > MAX_LINKS)
		return n == 0 ? -ENOENT : -ELOOP;
	if ((size_t)n + len >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + n, walk->rest, len + 1);
	memcpy(walk->rest, target, (size_t)n);
	return target[0] == '/' ? go_to(walk, AT_FDCWD, "/") : 0;
}

/* Removes the next name from the rest. Returns 1 if there is none, 0, or -errno. */
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

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Walks one name. Returns 1 if the walk ends before it, 0, or -errno. */
static int walk_name(struct walk *walk, const char *name)
{
	struct stat st;
	int fd = openat(walk->fd, name, LOOK), r;

	if (fd < 0)
		return errno == ENOENT && walk->to_parent && walk->rest[0] == '\0' ? 1 : -errno;
	r = fstat(fd, &st) < 0 ? -errno : 0;
	if (r == 0 && S_ISLNK(st.st_mode)) {
		r = judge_link(walk, &st);
		r = r == 0 ? follow_way_link(walk, fd) : r;
	} else if (r == 0 && walk->to_parent && walk->rest[0] == '\0' && !is_dot(name)) {
		r = 1;
	} else if (r == 0) {
		return move_to(walk, fd);
	}
	close(fd);
	return r;
}

static bool is_proc(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static int begin_way(struct walk *walk, int at, const char *path)
{
	if (strlen(path) >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	if (path[0] == '\0')
		return -ENOENT;
	memcpy(walk->rest, path, strlen(path) + 1);
	if (path[0] == '/' || at == -1)
		return go_to(walk, AT_FDCWD, "/");
	return go_to(walk, at, ".");
}

int heir_way_open(int at, const char *path, enum heir_way way)
{
	_cleanup_(walk_release) struct walk walk = {.fd = -1, .way = way, .user = geteuid()};
	char name[NAME_MAX + 1];
	int r = begin_way(&walk, at, path);

	while (r == 0) {
		r = take_name(&walk, name);
		if (r == 0)
			r = walk_name(&walk, name);
	}
	return r < 0 ? r : TAKE_FD(walk.fd);
}

int heir_way_end(int at, const char *path, struct heir_way_end *ret)
{
	_cleanup_(walk_release) struct walk walk = {
		.fd = -1, .way = HEIR_WAY_WRITE, .user = geteuid(), .to_parent = true};
	struct heir_way_end end = HEIR_WAY_END_NULL;
	int r = begin_way(&walk, at, path);

	while (r == 0) {
		if (is_proc(walk.fd)) {
			const char *rest = walk.rest + strspn(walk.rest, "/");

			if (strlen(rest) > NAME_MAX)
				return -ENAMETOOLONG;
			memcpy(end.name, rest, strlen(rest) + 1);
			end.is_proc = true;
			break;
		}
		r = take_name(&walk, end.name);
		if (r == 0)
			r = walk_name(&walk, end.name);
		else if (r > 0)
			return -EISDIR;
	}
	if (r < 0)
		return r;
	end.dir = openat(walk.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (end.dir < 0)
		return -errno;
	*ret = end;
	return 0;
}

/* Returns the length of the last name of a path without slashes; *ret is its start. */
static size_t last_name(const char *path, const char **ret)
{
	size_t end = strlen(path), begins;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (begins = end; begins > 0 && path[begins - 1] != '/';)
		begins--;
	*ret = path + begins;
	return end - begins;
}

static bool is_dot_name(const char *at, size_t len, const char *path)
{
	const char *name;
	size_t n = last_name(path, &name);

	return n > 0 && n == len && memcmp(at, name, n) == 0;
}

int heir_way_below_dropins(int dir, const char *config_dir)
{
	char self[64], path[PATH_MAX];
	ssize_t n;
	int levels = 0;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", dir);
	n = readlink(self, path, sizeof(path) - 1);
	if (n < 0 || path[0] != '/')
		return n < 0 ? -errno : 0;
	path[n] = '\0';
	for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
		size_t len = strcspn(slash + 1, "/");

		if (levels > 0 || is_dot_name(slash + 1, len, "crio.conf.d") ||
			(config_dir && is_dot_name(slash + 1, len, config_dir)))
			levels++;
	}
	return levels;
}
