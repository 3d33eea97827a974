/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses where the temporary may be: next to the file, or, if that is below a directory of
 * drop-ins, above it. Devices and pipes are written directly. */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macro.h"
#include "base/txn.h"
#include "base/way.h"

static int write_into(const struct heir_way_end *end, struct heir_str text)
{
	struct heir_txn txn = HEIR_TXN_NULL;
	int r;

	txn.fd = openat(end->dir, end->name,
		O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | (end->is_proc ? 0 : O_NOFOLLOW));
	if (txn.fd < 0)
		return -errno;
	r = heir_txn_write(&txn, text);
	heir_txn_release(&txn);
	return r;
}

/* Opens the directory for the temporary. */
static int open_staging(int dir, const char *config_dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int levels = heir_way_below_dropins(dir, config_dir);

	for (; fd >= 0 && levels > 0; levels--) {
		int above = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int error = errno;

		close(fd);
		errno = error;
		fd = above;
	}
	return fd < 0 ? -errno : fd;
}

static int replace_output(
	struct heir_way_end *end, const struct heir_output_how *how, struct heir_str text)
{
	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
	int staging = open_staging(end->dir, how->config_dir);
	int r = staging < 0
			? staging
			: heir_txn_begin_at(&txn, TAKE_FD(end->dir), staging, end->name, how->mode);

	if (r == 0 && how->is_public)
		r = fchmod(txn.fd, how->mode) < 0 ? -errno : 0;
	else if (r == 0)
		r = heir_txn_restrict(&txn, how->mask);
	if (r == 0)
		r = heir_txn_write(&txn, text);
	return r == 0 ? heir_txn_commit(&txn) : r;
}

/* Replaces the file. Signals must be blocked. */
static int replace_whole(
	struct heir_way_end *end, const struct heir_output_how *how, struct heir_str text)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = replace_output(end, how, text);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* Returns whether the file belongs to another user who may create files in the directory. */
static bool is_foreign(const struct stat *dir, const struct stat *file)
{
	return file->st_uid != 0 && file->st_uid != geteuid() &&
	       (dir->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static int write_to(struct heir_way_end *end, const struct heir_output_how *how,
	struct heir_str text, const char **ret_words)
{
	struct stat dir, st;

	if (end->is_proc)
		return write_into(end, text);
	if (fstat(end->dir, &dir) < 0)
		return -errno;
	if (fstatat(end->dir, end->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return -errno;
	} else if (S_ISDIR(st.st_mode)) {
		return -EISDIR;
	} else if (is_foreign(&dir, &st)) {
		*ret_words = "it belongs to another user, in a directory that several may write";
		return -EPERM;
	} else if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
		return write_into(end, text);
	}
	return replace_whole(end, how, text);
}

int heir_output_write(const char *path, const struct heir_output_how *how, struct heir_str text,
	const char **ret_words)
{
	struct heir_way_end end = HEIR_WAY_END_NULL;
	int r = heir_way_end(AT_FDCWD, path, &end);

	*ret_words = NULL;
	if (r == -EPERM)
		*ret_words = "another user can redirect this path: a directory or link in it "
			     "belongs to that user";
	else if (r == -ELOOP)
		*ret_words = "it is a link of another user";
	if (r == 0)
		r = write_to(&end, how, text, ret_words);
	heir_fd_close(&end.dir);
	if (r < 0 && !*ret_words)
		*ret_words = r == -EXDEV ? heir_txn_error(r) : heir_file_error(r);
	return r;
}
