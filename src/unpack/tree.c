/* SPDX-License-Identifier: Apache-2.0 */
/* File operations relative to the top directory. Each step opens one name with O_NOFOLLOW. */
#include "unpack/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool tree_clean_path(const char *path, char ret[static TREE_MAX_PATH], const char **ret_why)
{
	size_t n = 0;
	int depth = 0;

	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			*ret_why = "a path with \"..\" leads out of the archive";
			return false;
		}
		if (len > NAME_MAX || n + len + 2 > TREE_MAX_PATH || depth == TREE_MAX_DEPTH) {
			*ret_why = "the path is too long or too deep";
			return false;
		}
		if (len > 0 && !(len == 1 && path[0] == '.')) {
			if (n > 0)
				ret[n++] = '/';
			memcpy(ret + n, path, len);
			n += len;
			depth++;
		}
		path += len + (path[len] == '/');
	}
	ret[n] = '\0';
	return true;
}

/* Opens the directory of the path's last name, which *ret points to. Creates missing directories
 * if `make`. Returns a descriptor or -errno. */
static int open_parent(int top, const char *path, bool make, const char **ret)
{
	int at = fcntl(top, F_DUPFD_CLOEXEC, 3), fd;
	char name[NAME_MAX + 1];

	for (const char *slash; at >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		memcpy(name, path, (size_t)(slash - path));
		name[slash - path] = '\0';
		if (make && mkdirat(at, name, 0700) < 0 && errno != EEXIST) {
			fd = -errno;
			close(at);
			return fd;
		}
		fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		fd = fd < 0 ? -errno : fd;
		close(at);
		if (fd < 0)
			return fd;
		at = fd;
	}
	*ret = path;
	return at < 0 ? -errno : at;
}

int tree_make_dir(int top, const char *path)
{
	const char *name;
	struct stat st;
	int at = open_parent(top, path, true, &name), r;

	if (at < 0)
		return at;
	r = mkdirat(at, name, 0700) < 0 ? -errno : 0;
	if (r == -EEXIST && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		r = 0;
	close(at);
	return r;
}

/* Removes an existing file, but not a directory. Returns 0 or -errno. */
static int remove_file_at(int at, const char *name)
{
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR || errno == EPERM ? -EEXIST : -errno;
}

int tree_make_file(int top, const char *path, mode_t mode)
{
	const char *name;
	int at = open_parent(top, path, true, &name), r;

	if (at < 0)
		return at;
	r = remove_file_at(at, name);
	if (r == 0) {
		r = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		r = r < 0 ? -errno : r;
	}
	close(at);
	/* Despite root's umask and the archive's mode, it must be readable and removable. */
	if (r >= 0 && fchmod(r, (mode & 0777) | 0600) < 0) {
		close(r);
		return -errno;
	}
	return r;
}

int tree_make_hardlink(int top, const char *path, const char *target)
{
	const char *name, *from_name;
	struct stat st;
	int at = open_parent(top, path, true, &name), from, r;

	if (at < 0)
		return at;
	from = open_parent(top, target, false, &from_name);
	r = from < 0 ? from : 0;
	if (r == 0 && fstatat(from, from_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(st.st_mode))
		r = -EPERM;
	/* A link to itself keeps the file. */
	if (r == 0 && strcmp(path, target) != 0) {
		r = remove_file_at(at, name);
		if (r == 0 && linkat(from, from_name, at, name, 0) < 0)
			r = -errno;
	}
	if (from >= 0)
		close(from);
	close(at);
	return r;
}

int tree_make_symlink(int top, const char *path, const char *target)
{
	const char *name;
	int at = open_parent(top, path, true, &name), r;

	if (at < 0)
		return at;
	r = symlinkat(target, at, name) < 0 ? -errno : 0;
	close(at);
	return r;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path) < 0 && errno != ENOENT ? -errno : 0;
}

int tree_remove(const char *dir)
{
	/* Unpacking does not create deeper trees. */
	int r = nftw(dir, remove_one, TREE_MAX_DEPTH + 4, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);

	return r == -1 ? -errno : r;
}
