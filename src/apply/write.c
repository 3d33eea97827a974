/* SPDX-License-Identifier: Apache-2.0 */
/* The lock and the transaction. The lock is on a directory that is there anyway, so that it leaves
 * no file behind, and works where nothing can be written. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "apply/apply.h"
#include "base/file.h"
#include "base/txn.h"

/* The directory above that of the drop-ins, where nobody reads every name. By the file system's
 * word, for the path may end in "." or lead through links. */
static int directory_above(struct heir_root *root, const char *config_dir, char ret[PATH_MAX])
{
	struct stat above, dir;
	int r;

	if (snprintf(ret, PATH_MAX, "%s/..", config_dir) >= PATH_MAX)
		return -ENAMETOOLONG;
	r = heir_root_stat(root, config_dir, &dir);
	if (r == 0)
		r = heir_root_stat(root, ret, &above);
	if (r < 0)
		return r;
	return above.st_dev == dir.st_dev && above.st_ino == dir.st_ino ? -ENOTDIR : 0;
}

int heir_apply_lock(struct heir_root *root, const char *config_dir, unsigned ms)
{
	enum { PAUSE_MS = 20 };
	char above[PATH_MAX];
	int r = directory_above(root, config_dir, above), fd;

	if (r < 0)
		return r;
	fd = heir_root_openat(root, above, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	for (unsigned waited = 0;; waited += PAUSE_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
		if ((r != -EAGAIN && r != -EINTR) || waited >= ms)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	close(fd);
	return r;
}

/* `old` is what must stand there; NULL: anything. */
static int write_all(const struct heir_applying *applying, const char *above,
	const struct heir_str *old, struct heir_str text)
{
	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
	int r = heir_txn_begin(&txn, &applying->core->root, above, applying->rendering.path, old);

	if (r == 0)
		r = heir_txn_write(&txn, text);
	return r == 0 ? heir_txn_commit(&txn) : r;
}

static int write_held(
	const struct heir_applying *applying, const struct heir_str *old, struct heir_str text)
{
	const char *dir = heir_where_config_dir(&applying->rendering.config->where);
	char above[PATH_MAX];
	sigset_t all, before;
	int r = directory_above(&applying->core->root, dir, above);

	if (r < 0)
		return r;
	/* A temporary that nobody takes away would be left behind. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = write_all(applying, above, old, text);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

int heir_applying_write(const struct heir_applying *applying)
{
	return write_held(
		applying, applying->old.p ? &applying->old : NULL, applying->rendering.text);
}

/* The file that heir wrote goes, and nothing else does. */
static int take_away(const struct heir_applying *applying)
{
	const char *dir = heir_where_config_dir(&applying->rendering.config->where);
	struct heir_root *root = &applying->core->root;
	struct heir_arena arena;
	struct heir_str text;
	int r, fd;

	heir_arena_init(&arena);
	r = heir_file_read(root, applying->rendering.path, &arena, &text);
	if (r == 0 && !heir_str_eq(text, applying->rendering.text))
		r = -ESTALE;
	heir_arena_release(&arena);
	if (r < 0)
		return r;
	fd = heir_root_openat(root, dir, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (unlinkat(fd, HEIR_RENDERED_NAME, 0) < 0 || fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

int heir_applying_restore(const struct heir_applying *applying)
{
	if (!applying->old.p)
		return take_away(applying);
	return write_held(applying, &applying->rendering.text, applying->old);
}
