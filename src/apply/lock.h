/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEIR_APPLY_LOCK_H
#define HEIR_APPLY_LOCK_H

#include "base/root.h"
#include "base/trace.h"

/* The lock of a node's configuration: a file of mode 0600 below /run/heir of the node, named after
 * the directory above the drop-ins, and locked with flock(2), so that a crash leaves it unlocked.
 * Below --root the file and the directories that were made for it are removed again. */
struct heir_apply_lock {
	int fd;            /* locked; -1: no lock is held */
	int dir, run, top; /* /run/heir, /run, and "/" if /run was made; -1: nothing to remove */
	char name[48];     /* in `dir` */
};

#define HEIR_APPLY_LOCK_NULL ((struct heir_apply_lock){-1, -1, -1, -1, ""})

/* Waits at most `ms` milliseconds for the lock, then removes the temporaries that crashes left
 * beside the drop-ins. 0; -EAGAIN another process holds it; -EPERM the directory or the file is
 * another user's; -errno. A root that cannot be written is locked by its directory instead. */
int heir_apply_lock(struct heir_apply_lock *lock, struct heir_root *root, const char *config_dir,
	unsigned ms, const struct heir_trace *trace);
void heir_apply_unlock(struct heir_apply_lock *lock);

#endif
