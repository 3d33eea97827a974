/* SPDX-License-Identifier: Apache-2.0 */
/* Telling CRI-O that its files are others, and looking whether it took them. */
#ifndef HEIR_APPLY_RELOAD_H
#define HEIR_APPLY_RELOAD_H

#include <sys/types.h>

#include "apply/apply.h"
#include "apply/drift.h"
#include "heir/heir.h"

struct heir_reloading {
	struct heir_applying *applying;
	const char *dirs;           /* $PATH, where systemctl is */
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens */
	enum heir_reload how;       /* SIGHUP or RESTART */
	pid_t pid;                  /* the CRI-O that systemd knows nothing of; 0: systemd does */
	const char *fault;          /* in words: what went wrong */
	struct heir_drift_sum sum;  /* of the last look */
};

/* Does CRI-O run? Systemd is asked, and where that knows of none who listens on the socket. 1; 0;
 * -EIO with `fault`: nobody can say, or nobody could restart it. */
int heir_reload_is_running(struct heir_reloading *reloading);
/* Has CRI-O reload or restart, if it runs. 0; -EIO with `fault`; -ENOMEM. */
int heir_reload_run(struct heir_reloading *reloading);
/* The same once the old file is back: a CRI-O that ended over the new one is started. Waits for it
 * to answer, for 10 seconds at most. */
int heir_reload_back(struct heir_reloading *reloading);
/* Asks the running CRI-O until it has each handler of the drop-in as it was promised, for 10
 * seconds at most, or until a signal that would end the program is held back. What a reload loses
 * by its nature is not asked for after one. 0; -EIO with `fault`, which names the handler and what
 * is wrong with it; -ENOMEM. */
int heir_reload_verify(struct heir_reloading *reloading);

#endif
