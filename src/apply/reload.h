/* SPDX-License-Identifier: Apache-2.0 */
/* Telling CRI-O that its files are others, and looking whether it took them. */
#ifndef HEIR_APPLY_RELOAD_H
#define HEIR_APPLY_RELOAD_H

#include "apply/apply.h"
#include "heir/heir.h"

struct heir_reloading {
	struct heir_applying *applying;
	const char *dirs;           /* $PATH, where systemctl is */
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens */
	enum heir_reload how;       /* SIGHUP or RESTART */
	const char *fault;          /* in words: what went wrong */
};

/* Does systemd say that CRI-O runs? 1; 0; -errno with `fault`: it cannot be asked. */
int heir_reload_is_running(struct heir_reloading *reloading);
/* Has systemd reload or restart CRI-O, if it runs. 0; -EIO with `fault`; -ENOMEM. */
int heir_reload_run(struct heir_reloading *reloading);
/* Asks the running CRI-O until it has each handler of the drop-in as it was promised, for 10
 * seconds at most. What a reload loses by its nature is not asked for after one. 0; -EIO with
 * `fault`, which names the handler and what is wrong with it; -ENOMEM. */
int heir_reload_verify(struct heir_reloading *reloading);

#endif
