/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEIR_APPLY_LOCK_H
#define HEIR_APPLY_LOCK_H

#include "base/root.h"
#include "base/trace.h"

/* The lock of a node's configuration: a file of mode 0600 in /run/heir of the node, named after
 * the directory above the drop-ins and locked with flock(2), so that a crash releases it. Below
 * --root, the file and directories created for it are removed again. */
struct heir_apply_lock {
	int fd; /* -1: not locked */
	/* /run/heir, /run, and "/" if /run was created; -1: nothing to remove */
	int dir, run, top;
	char name[48]; /* in `dir` */
};

#define HEIR_APPLY_LOCK_NULL ((struct heir_apply_lock){-1, -1, -1, -1, ""})

/* Waits at most `ms` milliseconds for the lock, then removes temporaries that crashes left next to
 * the drop-ins. Returns 0; -EAGAIN if another process has it; -EPERM if the directory or file
 * belongs to another user; -errno. A root that is not writable is locked through its directory
 * instead. */
int heir_apply_lock(struct heir_apply_lock *lock, struct heir_root *root, const char *config_dir,
	unsigned ms, const struct heir_trace *trace);
void heir_apply_unlock(struct heir_apply_lock *lock);

#endif
