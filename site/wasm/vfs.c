/* SPDX-License-Identifier: Apache-2.0 */
/* Files in memory, as Linux has them: links, O_PATH, openat2(). They are added before the program
 * begins (vfs_add) and only read by it: whatever would write fails with EROFS. Descriptors 1 and 2
 * are the host's, and 0 is at its end. */
#include <stdarg.h>
#include <string.h>

#include "linux.h"

#include <limits.h>
#include <linux/openat2.h>

#include "vfs.h"

enum { FIRST = 3, N_HANDLES = 512, MAX_LINKS = 40 };

struct node {
	char *name;
	struct node *parent, *next, *first;
	unsigned mode;
	char *data; /* of a file its text, of a link its target */
	size_t size;
	uint64_t number;
};

struct vfs_dir {
	int fd;
	struct dirent *entry;
};

struct handle {
	struct node *node;
	off_t at;
	int flags;
	unsigned n_listed;
};

static struct node root = {.name = "", .mode = S_IFDIR | 0755, .number = 1};
static struct handle handles[N_HANDLES];
static uint64_t n_nodes = 1;

static int fails(int error)
{
	errno = error;
	return -1;
}

int vfs_fails(void)
{
	return fails(ENOSYS);
}

/* ---- The tree ---- */

static struct node *child(const struct node *dir, const char *name, size_t len)
{
	for (struct node *node = dir->first; node; node = node->next)
		if (strlen(node->name) == len && memcmp(node->name, name, len) == 0)
			return node;
	return NULL;
}

static struct node *add_child(struct node *dir, const char *name, size_t len, unsigned mode)
{
	struct node *node = calloc(1, sizeof(*node)), **last = &dir->first;

	if (!node || !(node->name = strndup(name, len)))
		abort();
	while (*last)
		last = &(*last)->next;
	*last = node;
	node->parent = dir;
	node->mode = mode;
	node->number = ++n_nodes;
	return node;
}

int vfs_add(const char *path, unsigned mode, const char *data, size_t size)
{
	struct node *dir = &root;

	for (;;) {
		size_t len;
		struct node *node;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 0)
			return 0;
		node = child(dir, path, len);
		if (path[len + strspn(path + len, "/")] != '\0') {
			dir = node ? node : add_child(dir, path, len, S_IFDIR | 0755);
			if (!S_ISDIR(dir->mode))
				return -1;
			path += len;
			continue;
		}
		if (!node)
			node = add_child(dir, path, len, mode);
		else if (S_ISDIR(node->mode) != S_ISDIR(mode))
			return -1;
		node->mode = mode;
		free(node->data);
		node->data = malloc(size + 1);
		if (!node->data)
			abort();
		memcpy(node->data, data, size);
		node->data[size] = '\0';
		node->size = size;
		return 0;
	}
}

struct walk {
	struct node *top, *at;
	char rest[2 * PATH_MAX];
	unsigned n_links;
	bool follow; /* the last name too */
};

/* Puts where a link leads in front of the rest. */
static int follow_link(struct walk *walk, const struct node *link)
{
	size_t len = strlen(walk->rest);

	if (++walk->n_links > MAX_LINKS)
		return ELOOP;
	if (link->size + len >= sizeof(walk->rest))
		return ENAMETOOLONG;
	memmove(walk->rest + link->size, walk->rest, len + 1);
	memcpy(walk->rest, link->data, link->size);
	if (link->data[0] == '/')
		walk->at = walk->top;
	return 0;
}

/* 0, or an errno. */
static int go(struct walk *walk)
{
	for (;;) {
		size_t slashes = strspn(walk->rest, "/"), len = strcspn(walk->rest + slashes, "/");
		char name[PATH_MAX];
		struct node *next;
		bool is_last;

		if (len == 0)
			return slashes > 0 && !S_ISDIR(walk->at->mode) ? ENOTDIR : 0;
		if (!S_ISDIR(walk->at->mode))
			return ENOTDIR;
		if (len > NAME_MAX)
			return ENAMETOOLONG;
		memcpy(name, walk->rest + slashes, len);
		name[len] = '\0';
		memmove(walk->rest, walk->rest + slashes + len,
			strlen(walk->rest + slashes + len) + 1);
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			if (walk->at != walk->top && walk->at->parent)
				walk->at = walk->at->parent;
			continue;
		}
		next = child(walk->at, name, len);
		if (!next)
			return ENOENT;
		is_last = walk->rest[0] == '\0';
		if (S_ISLNK(next->mode) && (!is_last || walk->follow)) {
			int error = follow_link(walk, next);

			if (error)
				return error;
			continue;
		}
		walk->at = next;
	}
}

static struct handle *handle_of(int fd)
{
	return fd >= FIRST && fd < N_HANDLES && handles[fd].node ? &handles[fd] : NULL;
}

static int find(int at, struct node *top, const char *path, bool follow, struct node **ret)
{
	struct walk walk = {.top = top, .follow = follow};
	struct handle *handle = handle_of(at);
	int error;

	if (strlen(path) >= PATH_MAX)
		return fails(ENAMETOOLONG);
	if (path[0] == '\0')
		return fails(ENOENT);
	if (path[0] != '/' && at != AT_FDCWD && !handle)
		return fails(EBADF);
	walk.at = path[0] == '/' || !handle ? top : handle->node;
	strcpy(walk.rest, path);
	error = go(&walk);
	if (error)
		return fails(error);
	*ret = walk.at;
	return 0;
}

/* ---- Descriptors ---- */

static int new_handle(struct node *node, int flags)
{
	for (int fd = FIRST; fd < N_HANDLES; fd++)
		if (!handles[fd].node) {
			handles[fd] = (struct handle){.node = node, .flags = flags};
			return fd;
		}
	return fails(EMFILE);
}

static int open_at(int at, struct node *top, const char *path, int flags)
{
	struct node *node;

	if (find(at, top, path, !(flags & O_NOFOLLOW), &node) < 0)
		return errno == ENOENT && (flags & O_CREAT) ? fails(EROFS) : -1;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT))
		return fails(EROFS);
	if ((flags & O_DIRECTORY) && !S_ISDIR(node->mode))
		return fails(ENOTDIR);
	if (S_ISLNK(node->mode) && !(flags & O_PATH))
		return fails(ELOOP);
	return new_handle(node, flags);
}

int vfs_open(const char *path, int flags, ...)
{
	return open_at(AT_FDCWD, &root, path, flags);
}

int vfs_openat(int at, const char *path, int flags, ...)
{
	return open_at(at, &root, path, flags);
}

int vfs_close(int fd)
{
	struct handle *handle = handle_of(fd);

	if (!handle)
		return fd >= 0 && fd < FIRST ? 0 : fails(EBADF);
	handle->node = NULL;
	return 0;
}

ssize_t vfs_pread(int fd, void *buf, size_t size, off_t at)
{
	struct handle *handle = handle_of(fd);
	size_t left;

	if (fd == 0)
		return 0;
	if (!handle || (handle->flags & O_PATH))
		return fails(EBADF);
	if (!S_ISREG(handle->node->mode))
		return fails(EISDIR);
	left = (size_t)at < handle->node->size ? handle->node->size - (size_t)at : 0;
	if (size > left)
		size = left;
	if (size > 0)
		memcpy(buf, handle->node->data + at, size);
	return (ssize_t)size;
}

ssize_t vfs_read(int fd, void *buf, size_t size)
{
	struct handle *handle = handle_of(fd);
	ssize_t n = vfs_pread(fd, buf, size, handle ? handle->at : 0);

	if (n > 0)
		handle->at += n;
	return n;
}

ssize_t vfs_write(int fd, const void *buf, size_t size)
{
	return fd == 1 || fd == 2 ? vfs_host_write(fd, buf, size) : fails(EBADF);
}

off_t vfs_lseek(int fd, off_t at, int whence)
{
	struct handle *handle = handle_of(fd);

	if (!handle)
		return fails(fd >= 0 && fd < FIRST ? ESPIPE : EBADF);
	if (whence == SEEK_CUR)
		at += handle->at;
	else if (whence == SEEK_END)
		at += (off_t)handle->node->size;
	if (at < 0)
		return fails(EINVAL);
	handle->at = at;
	return at;
}

int vfs_fcntl(int fd, int what, ...)
{
	struct handle *handle = handle_of(fd);

	if (!handle)
		return fd >= 0 && fd < FIRST && what != F_DUPFD_CLOEXEC ? 0 : fails(EBADF);
	return what == F_DUPFD_CLOEXEC ? new_handle(handle->node, handle->flags)
	       : what == F_GETFL       ? handle->flags
				       : 0;
}

/* ---- What they are ---- */

static int describe(const struct node *node, struct stat *ret)
{
	*ret = (struct stat){
		.st_dev = 1,
		.st_ino = node->number,
		.st_nlink = 1,
		.st_mode = node->mode,
		.st_size = (off_t)node->size,
	};
	return 0;
}

int vfs_fstat(int fd, struct stat *ret)
{
	struct handle *handle = handle_of(fd);

	if (handle)
		return describe(handle->node, ret);
	if (fd < 0 || fd >= FIRST)
		return fails(EBADF);
	*ret = (struct stat){.st_mode = S_IFIFO | 0600, .st_nlink = 1};
	return 0;
}

int vfs_fstatat(int at, const char *path, struct stat *ret, int flags)
{
	struct node *node;

	if (path[0] == '\0' && (flags & AT_EMPTY_PATH))
		return vfs_fstat(at, ret);
	return find(at, &root, path, !(flags & AT_SYMLINK_NOFOLLOW), &node) < 0
		       ? -1
		       : describe(node, ret);
}

int vfs_stat(const char *path, struct stat *ret)
{
	return vfs_fstatat(AT_FDCWD, path, ret, 0);
}

int vfs_lstat(const char *path, struct stat *ret)
{
	return vfs_fstatat(AT_FDCWD, path, ret, AT_SYMLINK_NOFOLLOW);
}

int vfs_faccessat(int at, const char *path, int mode, int flags)
{
	struct stat st;

	if (vfs_fstatat(at, path, &st, flags & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) < 0)
		return -1;
	if ((mode & W_OK) || ((mode & X_OK) && (st.st_mode & 0111) == 0))
		return fails(EACCES);
	return 0;
}

int vfs_access(const char *path, int mode)
{
	return vfs_faccessat(AT_FDCWD, path, mode, 0);
}

ssize_t vfs_readlinkat(int at, const char *path, char *buf, size_t size)
{
	struct handle *handle = handle_of(at);
	struct node *node = handle ? handle->node : NULL;

	if ((path[0] != '\0' || !handle) && find(at, &root, path, false, &node) < 0)
		return -1;
	if (!S_ISLNK(node->mode))
		return fails(EINVAL);
	if (size > node->size)
		size = node->size;
	memcpy(buf, node->data, size);
	return (ssize_t)size;
}

ssize_t vfs_readlink(const char *path, char *buf, size_t size)
{
	return vfs_readlinkat(AT_FDCWD, path, buf, size);
}

int vfs_fstatfs(int fd, struct statfs *ret)
{
	*ret = (struct statfs){.f_type = 0x01021994}; /* tmpfs */
	return handle_of(fd) ? 0 : fails(EBADF);
}

char *vfs_getcwd(char *buf, size_t size)
{
	if (size < 2)
		return errno = ERANGE, NULL;
	return strcpy(buf, "/");
}

char *vfs_realpath(const char *path, char *buf)
{
	struct node *node;
	size_t len = 0;
	char *ret;

	if (find(AT_FDCWD, &root, path, true, &node) < 0)
		return NULL;
	for (struct node *at = node; at->parent; at = at->parent)
		len += strlen(at->name) + 1;
	ret = buf ? buf : malloc(len + 2);
	if (!ret)
		return NULL;
	strcpy(ret, "/");
	ret[len > 0 ? len : 1] = '\0';
	for (; node->parent; node = node->parent) {
		size_t n = strlen(node->name);

		len -= n + 1;
		ret[len] = '/';
		memcpy(ret + len + 1, node->name, n);
	}
	return ret;
}

long vfs_syscall(long number, ...)
{
	const struct open_how *how;
	const char *path;
	va_list args;
	int fd;

	if (number != SYS_openat2)
		return vfs_fails();
	va_start(args, number);
	fd = va_arg(args, int);
	path = va_arg(args, const char *);
	how = va_arg(args, const struct open_how *);
	va_end(args);
	if (!handle_of(fd))
		return fails(EBADF);
	return open_at(fd, how->resolve & RESOLVE_IN_ROOT ? handle_of(fd)->node : &root, path,
		(int)how->flags);
}

/* ---- Listings ---- */

static unsigned char type_of(const struct node *node)
{
	return S_ISDIR(node->mode) ? DT_DIR : S_ISLNK(node->mode) ? DT_LNK : DT_REG;
}

/* The entry with this number: first "." and "..". */
static const struct node *entry_at(const struct node *dir, unsigned n, const char **ret_name)
{
	const struct node *node = dir->first;

	if (n < 2) {
		*ret_name = n == 0 ? "." : "..";
		return n == 0 || !dir->parent ? dir : dir->parent;
	}
	for (n -= 2; node && n > 0; n--)
		node = node->next;
	*ret_name = node ? node->name : NULL;
	return node;
}

ssize_t vfs_getdents64(int fd, void *buf, size_t size)
{
	struct handle *handle = handle_of(fd);
	size_t used = 0;
	const char *name;

	if (!handle || !S_ISDIR(handle->node->mode))
		return fails(handle ? ENOTDIR : EBADF);
	for (;;) {
		const struct node *node = entry_at(handle->node, handle->n_listed, &name);
		struct dirent64 *entry = (struct dirent64 *)((char *)buf + used);
		size_t len;

		if (!node)
			return (ssize_t)used;
		len = (offsetof(struct dirent64, d_name) + strlen(name) + 8) & ~(size_t)7;
		if (used + len > size)
			return used > 0 ? (ssize_t)used : fails(EINVAL);
		entry->d_ino = node->number;
		entry->d_off = 0;
		entry->d_reclen = (unsigned short)len;
		entry->d_type = type_of(node);
		strcpy(entry->d_name, name);
		used += len;
		handle->n_listed++;
	}
}

struct vfs_dir *vfs_fdopendir(int fd)
{
	struct handle *handle = handle_of(fd);
	struct vfs_dir *dir;

	if (!handle || !S_ISDIR(handle->node->mode))
		return errno = handle ? ENOTDIR : EBADF, NULL;
	dir = calloc(1, sizeof(*dir));
	if (!dir)
		return NULL;
	dir->entry = calloc(1, sizeof(*dir->entry) + NAME_MAX + 1);
	if (!dir->entry)
		return free(dir), NULL;
	dir->fd = fd;
	return dir;
}

struct vfs_dir *vfs_opendir(const char *path)
{
	int fd = vfs_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : vfs_fdopendir(fd);
}

struct dirent *vfs_readdir(struct vfs_dir *dir)
{
	struct handle *handle = handle_of(dir->fd);
	const char *name;
	const struct node *node = handle ? entry_at(handle->node, handle->n_listed, &name) : NULL;

	if (!node)
		return NULL;
	handle->n_listed++;
	dir->entry->d_ino = node->number;
	dir->entry->d_type = type_of(node);
	strcpy(dir->entry->d_name, name);
	return dir->entry;
}

void vfs_rewinddir(struct vfs_dir *dir)
{
	struct handle *handle = handle_of(dir->fd);

	if (handle)
		handle->n_listed = 0;
}

int vfs_closedir(struct vfs_dir *dir)
{
	vfs_close(dir->fd);
	free(dir->entry);
	free(dir);
	return 0;
}

int vfs_dirfd(struct vfs_dir *dir)
{
	return dir->fd;
}

/* ---- Calls that wasi-libc declares and does not have ---- */

int pipe(int fds[2])
{
	fds[0] = fds[1] = -1;
	return vfs_fails();
}

ssize_t tee(int from, int to, size_t size, unsigned flags)
{
	(void)from, (void)to, (void)size, (void)flags;
	return vfs_fails();
}
