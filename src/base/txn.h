/* SPDX-License-Identifier: Apache-2.0 */
/* Replaces a file so that every reader, even after a crash, sees the old or the new one:
 *
 *         _cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
 *
 *         r = heir_txn_begin(&txn, root, "/etc/crio", "/etc/crio/crio.conf.d/50-gpu.conf", &old);
 *         if (r == 0)
 *                 r = heir_txn_write(&txn, text);
 *         if (r == 0)
 *                 r = heir_txn_commit(&txn);
 *
 * If not committed, release() removes the temporary and leaves the file untouched. The caller
 * chooses the directory of the temporary: CRI-O reads every name in crio.conf.d, and does not
 * start if one vanishes during its walk. */
#ifndef HEIR_BASE_TXN_H
#define HEIR_BASE_TXN_H

#include <limits.h>
#include <stdbool.h>

#include "base/root.h"

enum { HEIR_TXN_NAME = 32 };

struct heir_txn {
	int dir, staging;              /* the directories of the file and of the temporary */
	int fd;                        /* the temporary */
	char name[NAME_MAX + 1];       /* in `dir` */
	char temporary[HEIR_TXN_NAME]; /* in `staging`; "" if it does not exist */
	/* the text that the file must still have at the commit; .p is NULL: any */
	struct heir_str old;
	bool fresh;       /* the file must not exist at the commit */
	bool keeps_owner; /* the new file gets the owner of the old one */
};

#define HEIR_TXN_NULL ((struct heir_txn){-1, -1, -1, "", "", {NULL, 0}, false, true})

/* Creates the temporary for the file `path` in the directory `staging`, which must be on the same
 * file system. The new file gets owner, mode and attributes of an existing one, else mode 0644.
 * `old` is the text that the file must have, NULL for any; it must outlive the transaction.
 * Neither path leaves the root. Returns 0, or -errno: -ELOOP if the file is a link; -ESTALE if its
 * text is not `old`; -EINVAL if it is not a regular file; -EPERM if another user can change where
 * the path leads (heir_way_open(), on this machine only). */
int heir_txn_begin(struct heir_txn *txn, struct heir_root *root, const char *staging,
	const char *path, const struct heir_str *old);
/* The same for `name` in an open directory, with the temporary in another (or the same) one, and
 * `mode` for a new file. Takes ownership of both descriptors. An existing file keeps its owner
 * only if the caller is root. */
int heir_txn_begin_at(struct heir_txn *txn, int dir, int staging, const char *name, mode_t mode);
/* Appends text. Returns 0 or -errno. */
int heir_txn_write(struct heir_txn *txn, struct heir_str text);
/* Clears the mode bits of the new file that are not in `mask`. Returns 0 or -errno. */
int heir_txn_restrict(struct heir_txn *txn, mode_t mask);
/* Calls fsync now, so that a full disk is detected. The commit may come later, when nothing but a
 * rename may fail. Returns 0 or -errno. */
int heir_txn_sync(struct heir_txn *txn);
/* Sets the text that the file must have at the commit. It must outlive the transaction. */
void heir_txn_expect(struct heir_txn *txn, struct heir_str old);
/* Makes the commit fail if the file exists by then. */
void heir_txn_expect_none(struct heir_txn *txn);
/* Calls fsync, compares the old file a last time, renames, and calls fsync on both directories.
 * Returns 0; -ESTALE if the file has changed since; -EXDEV if the directories are on different
 * file systems; -errno. If `temporary` is "" after a failure, the new file is in place, but a
 * crash may still undo it. */
int heir_txn_commit(struct heir_txn *txn);
/* Keeps the temporary in its directory for the user, under a name that heir_txn_sweep() does not
 * remove. */
void heir_txn_keep(struct heir_txn *txn, char ret[HEIR_TXN_NAME]);
/* Removes the temporary if it still exists, and closes all descriptors. */
void heir_txn_release(struct heir_txn *txn);

/* Removes temporaries older than an hour from an open directory: crashes left them. Writers that
 * may take longer must hold a lock for that time. */
void heir_txn_sweep(int dir);

/* Describes an error of the functions above in lower case; never NULL. */
const char *heir_txn_error(int error);

#endif
