/* SPDX-License-Identifier: Apache-2.0 */
/* The sequence is: temporary in the staging directory, owner, mode and attributes of the old file,
 * fsync, comparison with the expected old text, rename, fsync of both directories. Each step can
 * fail without a trace: release removes the temporary. */
#include "base/txn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macro.h"
#include "base/way.h"

#define TEMPORARY ".heir-"
#define KEPT ".heir-kept-"
#define ACCESS_LIST "system.posix_acl_access"

enum { DIGITS = 16 };

void heir_txn_release(struct heir_txn *txn)
{
	if (txn->temporary[0])
		unlinkat(txn->staging, txn->temporary, 0);
	txn->temporary[0] = '\0';
	heir_fd_close(&txn->fd);
	heir_fd_close(&txn->dir);
	heir_fd_close(&txn->staging);
}

const char *heir_txn_error(int error)
{
	switch (error < 0 ? -error : error) {
	case ELOOP:
		return "it is a link, and another user may own its target";
	case ESTALE:
		return "it has changed since it was read";
	case EINVAL:
		return "it is not a regular file";
	case EPERM:
		return "its directory or a parent is writable by another user, or it is immutable";
	case EXDEV:
		return "it is on another file system than its parent directory, in which heir "
		       "prepares the new one";
	}
	return heir_strerror(error);
}

/* On this machine, other users must not be able to choose the directory. */
static int open_trusted_directory(struct heir_root *root, const char *path)
{
	_cleanup_(heir_fd_close) int way = -1;
	int fd;

	if (root->fd >= 0)
		return heir_root_openat(root, path, O_RDONLY | O_DIRECTORY);
	way = heir_way_open(-1, path, HEIR_WAY_WRITE);
	if (way < 0)
		return way;
	fd = openat(way, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Opens the directory of the path and stores the last name. */
static int open_parent(struct heir_txn *txn, struct heir_root *root, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char dir[PATH_MAX];
	size_t len = (size_t)(name - path);

	if (name[0] == '\0' || strlen(name) >= sizeof(txn->name) || len >= sizeof(dir))
		return -ENAMETOOLONG;
	memcpy(dir, path, len);
	dir[len] = '\0';
	memcpy(txn->name, name, strlen(name) + 1);
	txn->dir = open_trusted_directory(root, len ? dir : "/");
	return txn->dir < 0 ? txn->dir : 0;
}

/* Opens the file that will be replaced. Returns a descriptor or -errno. */
static int open_old(const struct heir_txn *txn, struct stat *ret)
{
	int fd = openat(
		txn->dir, txn->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, ret) < 0)
		r = -errno;
	else if (!S_ISREG(ret->st_mode))
		r = -EINVAL;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* Returns 0 if the file still has the text that was read, else -ESTALE or -errno. */
static int check_old(const struct heir_txn *txn)
{
	_cleanup_(heir_fd_close) int fd = -1;
	struct heir_arena arena;
	struct heir_str text;
	struct stat st;
	int r;

	if (!txn->old.p)
		return 0;
	fd = open_old(txn, &st);
	if (fd < 0)
		return fd == -ENOENT ? -ESTALE : fd;
	if ((size_t)st.st_size != txn->old.len)
		return -ESTALE;
	heir_arena_init(&arena);
	r = heir_file_read_fd(fd, HEIR_FILE_MAX, &arena, &text);
	if (r == 0 && !heir_str_eq(text, txn->old))
		r = -ESTALE;
	heir_arena_release(&arena);
	return r;
}

/* Removes what the default access list of the directory gave the new file. */
static int drop_access_list(int fd)
{
	if (fremovexattr(fd, ACCESS_LIST) == 0 || errno == ENODATA || errno == ENOTSUP ||
		errno == ENOSYS)
		return 0;
	return -errno;
}

/* Creates the temporary under an unused name, by which heir_txn_sweep() recognizes leftovers. */
static int create_temporary(struct heir_txn *txn)
{
	enum { TRIES = 16 };

	for (int i = 0; i < TRIES; i++) {
		unsigned long long n;

		if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != (ssize_t)sizeof(n))
			n = (unsigned long long)getpid() << 8 | (unsigned)i;
		snprintf(txn->temporary, sizeof(txn->temporary), TEMPORARY "%016llx", n);
		txn->fd = openat(txn->staging, txn->temporary,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (txn->fd >= 0)
			return drop_access_list(txn->fd);
		txn->temporary[0] = '\0';
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* A missing label is tolerated. A missing access list is not: without it, the group bits mean the
 * mask of the list. */
static int copy_attribute(int from, int to, const char *name)
{
	char value[4096];
	ssize_t len = fgetxattr(from, name, value, sizeof(value));

	if (len >= 0 && fsetxattr(to, name, value, (size_t)len, 0) == 0)
		return 0;
	return strcmp(name, ACCESS_LIST) == 0 ? -errno : 0;
}

static int copy_attributes(int from, int to)
{
	char names[4096];
	ssize_t len = flistxattr(from, names, sizeof(names));
	int r = 0;

	if (len < 0)
		return errno == ENOTSUP ? 0 : -errno;
	for (const char *name = names; name < names + len && r == 0; name += strlen(name) + 1)
		r = copy_attribute(from, to, name);
	return r;
}

/* Copies owner, mode and attributes of an existing file. */
static int become_like_old(struct heir_txn *txn, mode_t mode)
{
	_cleanup_(heir_fd_close) int old = -1;
	struct stat st, mine;

	old = open_old(txn, &st);
	if (old == -ENOENT)
		return fchmod(txn->fd, mode) < 0 ? -errno : 0;
	if (old < 0)
		return old;
	if (fstat(txn->fd, &mine) < 0)
		return -errno;
	if (txn->keeps_owner && (mine.st_uid != st.st_uid || mine.st_gid != st.st_gid) &&
		fchown(txn->fd, st.st_uid, st.st_gid) < 0)
		return -errno;
	if (fchmod(txn->fd, st.st_mode & 07777) < 0)
		return -errno;
	return copy_attributes(old, txn->fd);
}

int heir_txn_begin(struct heir_txn *txn, struct heir_root *root, const char *staging,
	const char *path, const struct heir_str *old)
{
	int r;

	*txn = HEIR_TXN_NULL;
	/* An empty text counts too. */
	if (old)
		txn->old = old->p ? *old : HEIR_STR("");
	r = open_parent(txn, root, path);
	if (r == 0)
		r = check_old(txn);
	if (r == 0) {
		txn->staging = open_trusted_directory(root, staging);
		r = txn->staging < 0 ? txn->staging : create_temporary(txn);
	}
	if (r == 0)
		r = become_like_old(txn, 0644);
	if (r < 0)
		heir_txn_release(txn);
	return r;
}

int heir_txn_begin_at(struct heir_txn *txn, int dir, int staging, const char *name, mode_t mode)
{
	int r = strlen(name) < sizeof(txn->name) ? 0 : -ENAMETOOLONG;

	*txn = HEIR_TXN_NULL;
	txn->dir = dir;
	txn->staging = staging;
	txn->keeps_owner = geteuid() == 0;
	if (r == 0) {
		memcpy(txn->name, name, strlen(name) + 1);
		r = create_temporary(txn);
	}
	if (r == 0)
		r = become_like_old(txn, mode);
	if (r < 0)
		heir_txn_release(txn);
	return r;
}

int heir_txn_write(struct heir_txn *txn, struct heir_str text)
{
	while (text.len > 0) {
		ssize_t n = write(txn->fd, text.p, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text.p += n;
		text.len -= (size_t)n;
	}
	return 0;
}

int heir_txn_restrict(struct heir_txn *txn, mode_t mask)
{
	struct stat st;

	if (fstat(txn->fd, &st) < 0)
		return -errno;
	if ((st.st_mode & 07777 & ~mask) == 0)
		return 0;
	return fchmod(txn->fd, st.st_mode & 07777 & mask) < 0 ? -errno : 0;
}

int heir_txn_sync(struct heir_txn *txn)
{
	return fsync(txn->fd) < 0 ? -errno : 0;
}

void heir_txn_expect(struct heir_txn *txn, struct heir_str old)
{
	txn->old = old.p ? old : HEIR_STR("");
}

void heir_txn_expect_none(struct heir_txn *txn)
{
	txn->fresh = true;
}

void heir_txn_keep(struct heir_txn *txn, char ret[HEIR_TXN_NAME])
{
	char kept[HEIR_TXN_NAME];

	static_assert(sizeof(KEPT) + DIGITS <= HEIR_TXN_NAME, "name too long");
	snprintf(kept, sizeof(kept), KEPT "%.*s", (int)DIGITS, txn->temporary + strlen(TEMPORARY));
	if (renameat(txn->staging, txn->temporary, txn->staging, kept) < 0)
		memcpy(kept, txn->temporary, sizeof(kept));
	memcpy(ret, kept, HEIR_TXN_NAME);
	txn->temporary[0] = '\0';
}

static bool is_temporary(const char *name)
{
	size_t len = strlen(TEMPORARY);

	return strncmp(name, TEMPORARY, len) == 0 && strlen(name) == len + DIGITS &&
	       strspn(name + len, "0123456789abcdef") == DIGITS;
}

void heir_txn_sweep(int dir)
{
	enum { OLD_S = 3600, LIMIT = 65536 };
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(heir_dir_close) DIR *names = fd < 0 ? NULL : fdopendir(fd);
	const time_t now = time(NULL);
	struct dirent *entry;
	struct stat st;

	if (!names)
		heir_fd_close(&fd);
	for (int i = 0; names && i < LIMIT && (entry = readdir(names)); i++)
		if (is_temporary(entry->d_name) &&
			fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
			st.st_mtim.tv_sec < now - OLD_S)
			unlinkat(dir, entry->d_name, 0);
}

/* Not every file system supports RENAME_NOREPLACE; there, a check before the rename has to do. */
static int rename_fresh(const struct heir_txn *txn)
{
	struct stat st;

	if (syscall(SYS_renameat2, txn->staging, txn->temporary, txn->dir, txn->name,
		    RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return errno == EEXIST ? -ESTALE : -errno;
	if (fstatat(txn->dir, txn->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -ESTALE;
	return renameat(txn->staging, txn->temporary, txn->dir, txn->name) < 0 ? -errno : 0;
}

static int put_temporary(const struct heir_txn *txn)
{
	if (txn->fresh)
		return rename_fresh(txn);
	return renameat(txn->staging, txn->temporary, txn->dir, txn->name) < 0 ? -errno : 0;
}

int heir_txn_commit(struct heir_txn *txn)
{
	int r = heir_txn_sync(txn);

	if (r == 0)
		r = check_old(txn);
	if (r == 0)
		r = put_temporary(txn);
	if (r < 0)
		return r;
	txn->temporary[0] = '\0';
	if (fsync(txn->dir) < 0 || fsync(txn->staging) < 0)
		return -errno;
	return 0;
}
