/* SPDX-License-Identifier: Apache-2.0 */
/* All access to a node's files. With --root, openat2(RESOLVE_IN_ROOT) resolves paths in the
 * kernel; without openat2 a walk does the same by hand. It keeps the directories open that it
 * came through, so that ".." cannot leave the root even if one of them is moved. Lookups
 * consult the overlay and the image before the file system. */
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macro.h"

enum { HELD = 256, MAX_LINKS = 40 };

int heir_root_open(struct heir_root *root, const char *dir)
{
	*root = HEIR_ROOT_NULL;
	if (!dir)
		return 0;
	root->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -errno : 0;
}

bool heir_root_is_assumed(const struct heir_root *root)
{
	return root->only || (root->overlay && root->overlay->alone);
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool heir_root_is_known(const struct heir_root *root, const char *path)
{
	if (!heir_root_is_assumed(root) || heir_root_overlaid(root, path))
		return true;
	return root->only && is_below(path, root->only);
}

const struct heir_overlay_file *heir_root_overlaid(const struct heir_root *root, const char *path)
{
	return root->overlay ? heir_overlay_find(root->overlay, path) : NULL;
}

int heir_root_dup(const struct heir_root *root, struct heir_root *ret)
{
	*ret = *root;
	ret->overlay = NULL;
	ret->seen = NULL;
	ret->problem = 0;
	if (root->fd >= 0)
		ret->fd = fcntl(root->fd, F_DUPFD_CLOEXEC, 3);
	return root->fd >= 0 && ret->fd < 0 ? -errno : 0;
}

void heir_root_close(struct heir_root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* The open directories from the root down to the current one. ".." returns to the directory that
 * the walk came through, even if it is moved in the meantime. */
struct walk {
	int dirs[HELD];
	int depth; /* dirs[0] belongs to the root and is not closed */
	/* Below the last of them directories are not kept open: the current one (-1: not that
	 * deep), and the names that lead to it, each followed by '/'. */
	int deep;
	char below[PATH_MAX];
	unsigned links;
	char rest[PATH_MAX]; /* names that remain */
};

static int current_fd(const struct walk *walk)
{
	return walk->deep >= 0 ? walk->deep : walk->dirs[walk->depth];
}

/* Enters a directory below the current one. Takes ownership of `fd`. */
static int go_down(struct walk *walk, int fd, const char *name)
{
	size_t n = strlen(walk->below), len = strlen(name);

	if (walk->depth + 1 < HELD) {
		walk->dirs[++walk->depth] = fd;
		return 0;
	}
	if (n + len + 2 > sizeof(walk->below)) {
		close(fd);
		return -ENAMETOOLONG;
	}
	memcpy(walk->below + n, name, len);
	memcpy(walk->below + n + len, "/", 2);
	if (walk->deep >= 0)
		close(walk->deep);
	walk->deep = fd;
	return 0;
}

/* Walks the names in `below` again. None of them was a link; if one is now, the tree has
 * changed. */
static int go_deep_again(struct walk *walk)
{
	int at = walk->dirs[walk->depth];
	char name[NAME_MAX + 1];

	for (const char *p = walk->below; *p;) {
		size_t len = strcspn(p, "/");
		int fd;

		memcpy(name, p, len);
		name[len] = '\0';
		fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (walk->deep >= 0)
			close(walk->deep);
		walk->deep = -1;
		if (fd < 0)
			return -errno;
		at = walk->deep = fd;
		p += len + 1;
	}
	return 0;
}

static int go_up(struct walk *walk)
{
	size_t n = strlen(walk->below);

	if (walk->deep < 0) {
		if (walk->depth > 0)
			close(walk->dirs[walk->depth--]);
		return 0;
	}
	close(walk->deep);
	walk->deep = -1;
	for (n--; n > 0 && walk->below[n - 1] != '/';)
		n--;
	walk->below[n] = '\0';
	return go_deep_again(walk);
}

static void go_to_top(struct walk *walk)
{
	if (walk->deep >= 0)
		close(walk->deep);
	walk->deep = -1;
	walk->below[0] = '\0';
	while (walk->depth > 0)
		close(walk->dirs[walk->depth--]);
}

/* Puts the target of the link `fd` before the remaining names. */
static int follow_link(struct walk *walk, int fd, const char *rest)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);
	size_t left = strlen(rest);

	if (n < 0)
		return -errno;
	if (++walk->links > MAX_LINKS)
		return -ELOOP;
	if ((size_t)n + left + 1 > sizeof(walk->rest))
		return -ENAMETOOLONG;
	if (n > 0 && target[0] == '/')
		go_to_top(walk);
	/* `rest` is empty or begins with '/'. Another slash would require a directory. */
	memmove(walk->rest + n, rest, left + 1);
	memcpy(walk->rest, target, (size_t)n);
	return 0;
}

/* Walks one name. Returns 0 if the walk goes on, 1 if *ret is the answer, else -errno. */
static int walk_step(
	struct walk *walk, const char *name, const char *rest, bool last, int flags, int *ret)
{
	struct stat st;
	_cleanup_(heir_root_close) struct heir_root at = HEIR_ROOT_NULL; /* closes at.fd */

	if (strcmp(name, "..") == 0)
		return go_up(walk);
	at.fd = openat(current_fd(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at.fd < 0 || fstat(at.fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW)))
		return follow_link(walk, at.fd, rest);
	if (last && (flags & (O_PATH | O_DIRECTORY)) == (O_PATH | O_DIRECTORY) &&
		!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (last) {
		*ret = flags & O_PATH
			       ? TAKE_FD(at.fd)
			       : openat(current_fd(walk), name, flags | O_NOFOLLOW | O_CLOEXEC);
		return *ret < 0 ? -errno : 1;
	}
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	memmove(walk->rest, rest, strlen(rest) + 1);
	return go_down(walk, TAKE_FD(at.fd), name);
}

/* Does what RESOLVE_IN_ROOT does, for kernels before 5.6 and sandboxes that forbid openat2(). Not
 * inlined, because its state is large. */
static __attribute__((noinline)) int walk_in_root(
	const struct heir_root *root, const char *path, int flags)
{
	struct walk walk;
	int fd = -1, r = 0;

	if (strlen(path) >= sizeof(walk.rest))
		return -ENAMETOOLONG;
	memcpy(walk.rest, path, strlen(path) + 1);
	walk.dirs[0] = root->fd;
	walk.depth = 0;
	walk.deep = -1;
	walk.below[0] = '\0';
	walk.links = 0;
	while (r == 0) {
		char name[NAME_MAX + 1];
		const char *p = walk.rest + strspn(walk.rest, "/");
		size_t len = strcspn(p, "/");
		const char *rest = p + len;
		bool last = rest[strspn(rest, "/")] == '\0';

		if (len == 0) {
			fd = openat(current_fd(&walk), ".", flags | O_CLOEXEC);
			r = fd < 0 ? -errno : 1;
			break;
		}
		if (len > NAME_MAX) {
			r = -ENAMETOOLONG;
			break;
		}
		memcpy(name, p, len);
		name[len] = '\0';
		if (len == 1 && name[0] == '.')
			memmove(walk.rest, rest, strlen(rest) + 1);
		else
			r = walk_step(&walk, name, rest, last && rest[0] == '\0', flags, &fd);
		if (r == 0 && strcmp(name, "..") == 0)
			memmove(walk.rest, rest, strlen(rest) + 1);
	}
	go_to_top(&walk);
	return r < 0 ? r : fd;
}

/* Opens a path of the machine itself. A relative one starts at "/". */
static __attribute__((noinline)) int open_plainly(const char *path, int flags)
{
	char absolute[PATH_MAX];
	int fd;

	if (path[0] != '/') {
		int n = snprintf(absolute, sizeof(absolute), "/%s", path);

		if (n < 0 || (size_t)n >= sizeof(absolute))
			return -ENAMETOOLONG;
		path = absolute;
	}
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Remembers an error that says nothing about the tree. */
static int remember_error(struct heir_root *root, const char *path, int error)
{
	switch (error) {
	case -EIO:
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -ESTALE:
	case -ETIMEDOUT:
		if (root->problem == 0) {
			root->problem = error;
			snprintf(root->troubled, sizeof(root->troubled), "%s", path);
		}
	}
	return error;
}

static int open_in(struct heir_root *root, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};
	long fd;

	if (heir_root_is_assumed(root) && !(root->only && is_below(path, root->only)))
		return -ENOENT;
	if (root->fd < 0)
		return open_plainly(path, flags);
	if (!root->no_openat2) {
		fd = syscall(SYS_openat2, root->fd, path[0] ? path : ".", &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		/* EAGAIN: something was renamed somewhere during a ".."; the walk by hand does not
		 * care. */
		if (errno != ENOSYS && errno != EPERM && errno != EAGAIN)
			return -errno;
		if (errno != EAGAIN)
			root->no_openat2 = true;
	}
	return walk_in_root(root, path, flags);
}

int heir_root_openat(struct heir_root *root, const char *path, int flags)
{
	return remember_error(root, path, open_in(root, path, flags));
}

static int stat_with(struct heir_root *root, const char *path, int flags, struct stat *ret)
{
	int fd = heir_root_openat(root, path, O_PATH | flags), r = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, ret) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int stat_now(struct heir_root *root, const char *path, bool follow, struct stat *ret)
{
	if (root->fd >= 0 || path[0] != '/')
		return stat_with(root, path, follow ? 0 : O_NOFOLLOW, ret);
	return remember_error(
		root, path, (follow ? stat(path, ret) : lstat(path, ret)) < 0 ? -errno : 0);
}

static int stat_once(struct heir_root *root, const char *path, bool follow, struct stat *ret)
{
	int r;

	if (root->seen && heir_seen_get(root->seen, path, follow, ret, &r))
		return r;
	r = stat_now(root, path, follow, ret);
	if (root->seen)
		heir_seen_put(root->seen, path, follow, ret, r);
	return r;
}

enum heir_os_verdict heir_root_os_lookup(const struct heir_root *root, const char *path)
{
	if (!root->overlay || !root->overlay->os || heir_overlay_find(root->overlay, path))
		return HEIR_OS_UNKNOWN;
	return heir_os_lookup(root->overlay->os, path, root->overlay->extended);
}

/* Looks a path up in the overlay and the image. Returns 1 if it exists, -ENOENT if not, 0 if they
 * do not know. */
static int stat_overlaid(const struct heir_root *root, const char *path, struct stat *ret)
{
	const struct heir_overlay_file *file = heir_root_overlaid(root, path);
	enum heir_os_verdict os = heir_root_os_lookup(root, path);

	if (os == HEIR_OS_LACKS)
		return -ENOENT;
	if (!file && os != HEIR_OS_HAS && heir_root_is_known(root, path))
		return 0;
	*ret = (struct stat){.st_mode = S_IFREG | (file ? file->mode : 0755), .st_nlink = 1};
	/* Only the name of a file in an image is known. */
	ret->st_size = file ? (off_t)file->text.len : os == HEIR_OS_HAS;
	return 1;
}

int heir_root_find(struct heir_root *root, const char *path)
{
	struct stat st;
	int overlaid = root->overlay || root->only ? stat_overlaid(root, path, &st) : 0, fd;

	if (overlaid)
		return overlaid < 0 ? overlaid : 0;
	if (root->seen)
		return stat_once(root, path, true, &st);
	fd = heir_root_openat(root, path, O_PATH);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int heir_root_stat(struct heir_root *root, const char *path, struct stat *ret)
{
	int overlaid = root->overlay || root->only ? stat_overlaid(root, path, ret) : 0;

	return overlaid ? MIN(overlaid, 0) : stat_once(root, path, true, ret);
}

int heir_root_lstat(struct heir_root *root, const char *path, struct stat *ret)
{
	int overlaid = root->overlay || root->only ? stat_overlaid(root, path, ret) : 0;

	return overlaid ? MIN(overlaid, 0) : stat_once(root, path, false, ret);
}

bool heir_root_is_absent(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENOTDIR:
	case -ELOOP:
	case -ENAMETOOLONG:
	case -EINVAL:
		return true;
	}
	return false;
}

static bool is_executable(const struct stat *st)
{
	return !S_ISDIR(st->st_mode) && (st->st_mode & 0111) != 0;
}

int heir_root_has_executable(struct heir_root *root, int dir, const char *name, const char *path)
{
	struct stat st;
	int r;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return heir_root_is_absent(-errno) ? 0 : -errno;
	if (!S_ISLNK(st.st_mode))
		return is_executable(&st);
	r = heir_root_stat(root, path, &st);
	if (r < 0)
		return heir_root_is_absent(r) ? 0 : r;
	return is_executable(&st);
}
