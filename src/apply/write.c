/* SPDX-License-Identifier: Apache-2.0 */
/* The transaction of apply: writing, restoring, verifying. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "apply/apply.h"
#include "base/file.h"
#include "base/txn.h"

int heir_apply_directory_above(struct heir_root *root, const char *config_dir, char ret[PATH_MAX])
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

static int write_files(const struct heir_applying *applying, const char *above)
{
	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
	const struct heir_str *old = applying->old.p ? &applying->old : NULL;
	int r = heir_txn_begin(&txn, &applying->core->root, above, applying->rendering.path, old);

	if (r == 0 && !old)
		heir_txn_expect_none(&txn);
	if (r == 0)
		r = heir_txn_restrict(
			&txn, heir_sources_mode(&applying->core->sources, &applying->core->root));
	if (r == 0)
		r = heir_txn_write(&txn, applying->rendering.text);
	return r == 0 ? heir_txn_commit(&txn) : r;
}

/* A signal would leave the temporary behind. */
static void hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static const char *dropin_directory(const struct heir_applying *applying)
{
	return heir_where_config_dir(&applying->rendering.config->where);
}

int heir_applying_write(const struct heir_applying *applying)
{
	char above[PATH_MAX];
	sigset_t before;
	int r = heir_apply_directory_above(
		&applying->core->root, dropin_directory(applying), above);

	if (r < 0)
		return r;
	hold_signals(&before);
	r = write_files(applying, above);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

int heir_applying_verify(const struct heir_applying *applying)
{
	struct heir_arena arena;
	struct heir_str text;
	int r;

	heir_arena_init(&arena);
	r = heir_file_read(&applying->core->root, applying->rendering.path, &arena, &text);
	if (r == -ENOENT || (r == 0 && !heir_str_eq(text, applying->rendering.text)))
		r = -ESTALE;
	heir_arena_release(&arena);
	return r;
}

/* ---- Back ---- */

int heir_applying_prepare(struct heir_applying *applying)
{
	struct heir_root *root = &applying->core->root;
	struct heir_txn *undo = &applying->undo;
	char above[PATH_MAX];
	int r;

	if (!applying->old.p)
		return 0;
	r = heir_apply_directory_above(root, dropin_directory(applying), above);
	if (r == 0)
		r = heir_txn_begin(undo, root, above, applying->rendering.path, &applying->old);
	if (r == 0)
		r = heir_txn_write(undo, applying->old);
	if (r == 0)
		r = heir_txn_sync(undo);
	heir_txn_expect(undo, applying->rendering.text);
	return r;
}

/* Removes only a file that heir wrote. */
static int take_away(const struct heir_applying *applying)
{
	_cleanup_(heir_fd_close) int fd = -1;
	int r = heir_applying_verify(applying);

	if (r < 0)
		return r;
	fd = heir_root_openat(
		&applying->core->root, dropin_directory(applying), O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (unlinkat(fd, HEIR_RENDERED_NAME, 0) < 0)
		return -errno;
	/* It is removed, and CRI-O must be reloaded, even if a crash could undo this. */
	fsync(fd);
	return 0;
}

int heir_applying_restore(struct heir_applying *applying, const char **ret_kept)
{
	char name[HEIR_TXN_NAME];
	int r;

	*ret_kept = NULL;
	if (!applying->old.p)
		return take_away(applying);
	r = heir_txn_commit(&applying->undo);
	/* It is restored, and CRI-O must be reloaded, even if a crash could undo this. */
	if (r == 0 || !applying->undo.temporary[0])
		return 0;
	if (r == -ESTALE)
		return r;
	heir_txn_keep(&applying->undo, name);
	*ret_kept = heir_arena_printf(
		&applying->core->arena, "%s/../%s", dropin_directory(applying), name);
	return *ret_kept ? r : -ENOMEM;
}
