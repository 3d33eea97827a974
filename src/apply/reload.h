/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts CRI-O, and verifies that it has what was promised. */
#ifndef HEIR_APPLY_RELOAD_H
#define HEIR_APPLY_RELOAD_H

#include <sys/types.h>

#include "apply/apply.h"
#include "apply/deadline.h"
#include "apply/drift.h"
#include "heir/heir.h"

/* crio.service, as systemctl(1) shows it; strings are in the core's arena, "" if not told. */
struct heir_unit_state {
	const char *active, *sub, *result; /* ActiveState, SubState, Result */
};

/* What the running CRI-O has, by its own answer. */
struct heir_before {
	struct heir_arena arena; /* of the text */
	struct heir_live live;
	bool answered;      /* something did */
	bool known;         /* `live` is what it says */
	bool differs;       /* from what it would have, started anew with the drop-in */
	bool reloaded;      /* it got a SIGHUP since it started: it runs with something else */
	const char *silent; /* a process listens and gives no such answer: why; NULL: not so */
	const char *stale;  /* with `known`: what it does not have of the drop-in; NULL: nothing */
};

#define HEIR_BEFORE_NULL ((struct heir_before){.live = HEIR_LIVE_NULL})

struct heir_reloading {
	struct heir_applying *applying;
	const char *dirs;           /* $PATH, where systemctl is */
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens */
	enum heir_reload how;       /* SIGHUP or RESTART */
	const char *fault;          /* in words: what went wrong */
	struct heir_unit_state state;
	struct heir_drift_sum sum; /* of the last look */
	int64_t ms;                /* that it took until CRI-O had the handlers */
};

/* Returns whether CRI-O runs, according to systemd, else to the process that listens on its socket.
 * 1; 0; -EIO with `fault`: that is not known, or CRI-O runs and could not be told or asked. */
int heir_reload_is_running(struct heir_reloading *reloading);
/* Asks the running CRI-O what it has, and compares with what it would have, started anew with the
 * drop-in: of the handlers and settings that the drop-in gives, the others are none of heir's. 0,
 * also where it does not answer (`fault` says why); -ENOMEM. Release in any case. */
int heir_before_init(struct heir_before *before, struct heir_reloading *reloading);
void heir_before_release(struct heir_before *before);
/* Has systemd restart or reload it, and looks at the state of the unit, because try-restart of one
 * that is inactive or failed succeeds and does nothing. 0; -EIO with `fault`; -ENOMEM. */
int heir_reload_run(struct heir_reloading *reloading);
/* Restarts it after a rollback, also if it ended or failed too often, and waits for its answer: 10
 * s at most. 0: CRI-O runs; -EIO with `fault`: it does not; -ENOMEM. */
int heir_reload_back(struct heir_reloading *reloading);
/* Asks the running CRI-O until it has each handler of the drop-in as it was promised: 10 s at most,
 * whatever a question takes, or until a signal that would end the program is held back. 0; -EIO
 * with `fault`, which names the handler and what is wrong with it; -ENOMEM. */
int heir_reload_verify(struct heir_reloading *reloading);

#endif
