/* SPDX-License-Identifier: Apache-2.0 */
/* The lock is not on a configuration directory, because every user may read that, and read access
 * is enough to hold flock(2). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "apply/lock.h"
#include "apply/apply.h"
#include "base/file.h"
#include "base/macro.h"
#include "base/txn.h"
#include "base/way.h"

enum { PAUSE_MS = 20 };

static void close_all(struct heir_apply_lock *lock)
{
	heir_fd_close(&lock->fd);
	heir_fd_close(&lock->dir);
	heir_fd_close(&lock->run);
	heir_fd_close(&lock->top);
}

void heir_apply_unlock(struct heir_apply_lock *lock)
{
	/* Removed while locked: a process that waits for it detects that it is no longer this
	 * file. */
	if (lock->fd >= 0 && lock->dir >= 0) {
		unlinkat(lock->dir, lock->name, 0);
		unlinkat(lock->run, "heir", AT_REMOVEDIR);
		if (lock->top >= 0)
			unlinkat(lock->top, "run", AT_REMOVEDIR);
	}
	close_all(lock);
}

/* Only the user of the process may control it. */
static int check_lock_file(int fd, mode_t forbidden)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_uid != geteuid() || (st.st_mode & forbidden) ? -EPERM : 0;
}

/* On this machine /run exists and belongs to root. */
static int open_run(struct heir_apply_lock *lock, struct heir_root *root)
{
	if (root->fd < 0) {
		lock->run = heir_way_open(-1, "/run", HEIR_WAY_WRITE);
		return lock->run < 0 ? lock->run : 0;
	}
	if (mkdirat(root->fd, "run", 0755) == 0) {
		lock->top = fcntl(root->fd, F_DUPFD_CLOEXEC, 3);
		if (lock->top < 0)
			return -errno;
	} else if (errno != EEXIST) {
		return -errno;
	}
	lock->run = heir_root_openat(root, "/run", O_RDONLY | O_DIRECTORY);
	return lock->run < 0 ? lock->run : 0;
}

/* Opens the file without locking it. */
static int open_file(struct heir_apply_lock *lock, struct heir_root *root)
{
	int r = open_run(lock, root);

	if (r < 0)
		return r;
	if (mkdirat(lock->run, "heir", 0700) < 0 && errno != EEXIST)
		return -errno;
	lock->dir = openat(lock->run, "heir", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (lock->dir < 0)
		return errno == ENOENT ? -ESTALE : -errno;
	r = check_lock_file(lock->dir, S_IWGRP | S_IWOTH);
	if (r < 0)
		return r;
	lock->fd = openat(lock->dir, lock->name,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (lock->fd < 0)
		return errno == ENOENT ? -ESTALE : -errno;
	return check_lock_file(lock->fd, S_IRWXG | S_IRWXO);
}

/* Checks that the locked file still has that name. */
static int verify_lock_file(const struct heir_apply_lock *lock)
{
	struct stat mine, named;

	if (lock->dir < 0)
		return 0;
	if (fstat(lock->fd, &mine) < 0)
		return -errno;
	if (fstatat(lock->dir, lock->name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? -ESTALE : -errno;
	return mine.st_dev == named.st_dev && mine.st_ino == named.st_ino ? 0 : -ESTALE;
}

/* Returns 0; -EAGAIN if another process has it; -ESTALE if it was removed in the meantime;
 * -errno. */
static int try_lock(struct heir_apply_lock *lock, struct heir_root *root, const char *above)
{
	int r;

	if (lock->fd < 0) {
		r = open_file(lock, root);
		if ((r == -EROFS || r == -EACCES) && root->fd >= 0) {
			close_all(lock);
			lock->fd = heir_root_openat(root, above, O_RDONLY | O_DIRECTORY);
			r = lock->fd < 0 ? lock->fd : 0;
		}
		if (r < 0)
			return r;
	}
	if (flock(lock->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK || errno == EINTR ? -EAGAIN : -errno;
	return verify_lock_file(lock);
}

static void sweep_temporaries(struct heir_root *root, const char *above)
{
	_cleanup_(heir_fd_close) int dir =
		heir_root_openat(root, above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0)
		heir_txn_sweep(dir);
}

int heir_apply_lock(struct heir_apply_lock *lock, struct heir_root *root, const char *config_dir,
	unsigned ms, const struct heir_trace *trace)
{
	struct heir_apply_lock taken = HEIR_APPLY_LOCK_NULL;
	char above[PATH_MAX];
	struct stat st;
	int r = heir_apply_directory_above(root, config_dir, above);

	if (r == 0)
		r = heir_root_stat(root, above, &st);
	if (r < 0)
		return r;
	snprintf(taken.name, sizeof(taken.name), "%llx-%llx.lock", (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino);
	for (unsigned waited = 0;; waited += PAUSE_MS) {
		r = try_lock(&taken, root, above);
		if (r == -ESTALE)
			close_all(&taken);
		if ((r != -EAGAIN && r != -ESTALE) || waited >= ms)
			break;
		heir_trace_wait(trace, "another heir apply to end");
		poll(NULL, 0, PAUSE_MS);
	}
	if (r < 0) {
		close_all(&taken);
		return r == -ESTALE ? -EAGAIN : r;
	}
	/* The machine's own file is kept for the next process. */
	if (root->fd < 0)
		heir_fd_close(&taken.dir);
	sweep_temporaries(root, above);
	*lock = taken;
	return 0;
}
