/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing a file so that whoever looks, after a crash too, sees the old one or the new one:
 *
 *	_cleanup_(heir_txn_release) struct heir_txn txn = HEIR_TXN_NULL;
 *
 *	r = heir_txn_begin(&txn, root, "/etc/crio", "/etc/crio/crio.conf.d/50-gpu.conf", &old);
 *	if (r == 0)
 *		r = heir_txn_write(&txn, text);
 *	if (r == 0)
 *		r = heir_txn_commit(&txn);
 *
 * Without a commit nothing ever happened. The temporary stands in a directory of the caller's
 * choice: CRI-O reads every name in crio.conf.d, and one that vanishes during its walk stops it. */
#ifndef HEIR_BASE_TXN_H
#define HEIR_BASE_TXN_H

#include <limits.h>
#include <stdbool.h>

#include "base/root.h"

enum { HEIR_TXN_NAME = 32 };

struct heir_txn {
	int dir, staging;              /* of the file, and of the temporary */
	int fd;                        /* of the temporary */
	char name[NAME_MAX + 1];       /* in `dir` */
	char temporary[HEIR_TXN_NAME]; /* in `staging`; "" if it does not exist */
	struct heir_str old;           /* what must still be there at the end; p NULL: anything */
	bool fresh;                    /* no file must be there at the end */
	bool keeps_owner;              /* the new file gets the owner of the old one */
};

#define HEIR_TXN_NULL ((struct heir_txn){-1, -1, -1, "", "", {NULL, 0}, false, true})

/* Begins to write the file `path`, with a temporary in the directory `staging` of the same file
 * system. A file that is there gives the new one its owner, mode and attributes; else that is of
 * mode 0644. `old` (NULL: whatever) is the text that must be there. Neither path leaves the root.
 * 0, or -errno: -ELOOP the file is a link; -ESTALE it is not what `old` says; -EINVAL it is no file
 * at all; -EPERM another user may lead the path elsewhere (heir_way_open(); on this machine only).
 * `old` must outlive the transaction. */
int heir_txn_begin(struct heir_txn *txn, struct heir_root *root, const char *staging,
	const char *path, const struct heir_str *old);
/* The same for a file `name` of an open directory, with the temporary in another (or the same) one,
 * and `mode` for a file that is new. Takes over both descriptors. A file that is there keeps its
 * owner only if the caller is root. */
int heir_txn_begin_at(struct heir_txn *txn, int dir, int staging, const char *name, mode_t mode);
/* Adds text. 0 or -errno. */
int heir_txn_write(struct heir_txn *txn, struct heir_str text);
/* Takes those bits of the new file's mode away that are not in `mask`. 0 or -errno. */
int heir_txn_restrict(struct heir_txn *txn, mode_t mask);
/* fsync already now: whatever the disk has no room for is known then, and the commit can be left
 * for later, when nothing but a rename may be needed. 0 or -errno. */
int heir_txn_sync(struct heir_txn *txn);
/* What is to be replaced is this text by now. It must outlive the transaction. */
void heir_txn_expect(struct heir_txn *txn, struct heir_str old);
/* Nothing is to be replaced: who writes such a file meanwhile keeps it. */
void heir_txn_expect_none(struct heir_txn *txn);
/* fsync, a last look at what is to be replaced, rename, fsync of both directories. 0 or -errno:
 * -ESTALE the file has changed meanwhile; -EXDEV the directories are of two file systems. Where
 * `temporary` is "" after a failure the new file is there, and only a crash may take it away. */
int heir_txn_commit(struct heir_txn *txn);
/* Leaves the temporary in its directory for the user, under a name that heir_txn_sweep() spares. */
void heir_txn_keep(struct heir_txn *txn, char ret[HEIR_TXN_NAME]);
/* Takes the temporary away, if there is one. Does nothing the second time. */
void heir_txn_release(struct heir_txn *txn);

/* Removes temporaries in the open directory that are older than an hour: of transactions that a
 * crash ended. Call it under a lock of the writers that take longer. */
void heir_txn_sweep(int dir);

/* What went wrong in words, lower case; never NULL. */
const char *heir_txn_error(int error);

#endif
