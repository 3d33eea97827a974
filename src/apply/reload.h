/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts or reloads CRI-O, and verifies that it has what was promised. */
#ifndef HEIR_APPLY_RELOAD_H
#define HEIR_APPLY_RELOAD_H

#include <sys/types.h>

#include "apply/apply.h"
#include "apply/deadline.h"
#include "apply/drift.h"
#include "heir/heir.h"

/* The state of crio.service from systemctl(1). Strings are in the core's arena, "" if missing. */
struct heir_unit_state {
	const char *active, *sub, *result; /* ActiveState, SubState, Result */
};

/* What the running CRI-O reports before the change. */
struct heir_before {
	struct heir_arena arena; /* for the text */
	struct heir_live live;
	bool answered; /* a process answered */
	bool known;    /* `live` is its answer */
	bool differs;  /* from what it would have after a restart with the drop-in */
	/* it received a SIGHUP since its start, so its answer is not what it uses */
	bool reloaded;
	const char *silent; /* why a listening process gave no valid answer, or NULL */
	const char *stale;  /* with `known`: what it lacks of the drop-in, or NULL */
};

#define HEIR_BEFORE_NULL ((struct heir_before){.live = HEIR_LIVE_NULL})

struct heir_reloading {
	struct heir_applying *applying;
	const char *dirs;           /* $PATH, for systemctl */
	const char *fetch, *socket; /* the program heir-fetch, and CRI-O's socket */
	enum heir_reload how;       /* SIGHUP or RESTART */
	const char *fault;          /* what failed */
	struct heir_unit_state state;
	struct heir_drift_sum sum; /* of the last query */
	int64_t ms;                /* time until CRI-O had the handlers */
};

/* Returns whether CRI-O is running, according to systemd, else by the process that listens on its
 * socket: 1; 0; -EIO with `fault` if it is not known, or if CRI-O is running but cannot be
 * reloaded or queried. */
int heir_reload_is_running(struct heir_reloading *reloading);
/* Queries the running CRI-O and compares with what it would have after a restart with the drop-in:
 * only handlers and settings that the drop-in sets. Returns 0, even if it does not answer (`fault`
 * says why); -ENOMEM. Release in any case. */
int heir_before_init(struct heir_before *before, struct heir_reloading *reloading);
void heir_before_release(struct heir_before *before);
/* Makes systemd restart or reload it, then checks the state of the unit, because try-restart of an
 * inactive or failed unit succeeds and does nothing. Returns 0; -EIO with `fault`; -ENOMEM. */
int heir_reload_run(struct heir_reloading *reloading);
/* Restarts it after a rollback, even if it stopped or failed too often, and waits up to 10 s for
 * its answer. Returns 0 if CRI-O is running; -EIO with `fault`; -ENOMEM. */
int heir_reload_back(struct heir_reloading *reloading);
/* Queries the running CRI-O until it has each handler of the drop-in as promised: for at most 10
 * s, or until a signal that would end the program is pending. Returns 0; -EIO with `fault`, which
 * names the handler and the difference; -ENOMEM. */
int heir_reload_verify(struct heir_reloading *reloading);

#endif
