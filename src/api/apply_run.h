/* SPDX-License-Identifier: Apache-2.0 */
/* One call of heir_apply(), for the files that do it: apply.c, apply_refuse.c, apply_crio.c and
 * apply_late.c. */
#ifndef HEIR_API_APPLY_RUN_H
#define HEIR_API_APPLY_RUN_H

#include "api/context.h"
#include "apply/apply.h"
#include "apply/outcome.h"
#include "apply/reload.h"
#include "apply/running.h"

/* One call of heir_apply(). */
struct heir_apply_run {
	struct heir_ctx *ctx;
	struct heir_applying *applying;
	const struct heir_apply_how *how;
	struct heir_out *out;
	struct heir_reloading reloading;
	struct heir_outcome outcome;
	struct heir_late_plan late;
	struct heir_before before; /* what the running CRI-O has */
	bool edited;               /* the files were edited since it started: only it differs */
	bool unnotified; /* so they were, and CRI-O is not to be notified (--reload none) */
	bool writes;     /* the drop-in changes */
	bool matters;    /* CRI-O would do other than it does */
	bool running;    /* and runs, and is to be notified */
};

/* Is there a reason to write nothing? 0, or -ECANCELED or -ENOTEMPTY with the reason. */
int heir_apply_judge(struct heir_apply_run *run);
/* Would CRI-O lose a running container? `before`: what the message begins with. 0, or -ENOTEMPTY
 * with the reason. */
int heir_apply_guard(struct heir_apply_run *run, const char *before);
/* Prints which running containers the next restart of CRI-O would orphan: a user who restarts it
 * later has no guard. 0 or -ENOMEM. */
int heir_apply_warn_of_restart(struct heir_apply_run *run);

/* Can CRI-O be told and asked? Sets `running`, before anything is written. 0 or -ECANCELED. */
int heir_apply_find_crio(struct heir_apply_run *run);
/* Writes, and tells CRI-O if it runs and would do other than it does. */
int heir_apply_write_and_notify(struct heir_apply_run *run);

/* Reads what is in force, and binds the handlers that can be, where that is wanted. With `overlay`
 * in place their links count as files that exist. */
int heir_apply_bind_late(struct heir_ctx *ctx, const struct heir_apply_how *how,
	struct heir_late_plan *plan, struct heir_overlay *overlay);
bool heir_apply_late_changes(const struct heir_applying *applying);
void heir_apply_print_late(const struct heir_apply_run *run);
/* Writes what heir-runtime needs, before CRI-O is restarted. */
int heir_apply_write_late(struct heir_ctx *ctx, struct heir_applying *applying);
/* Moves the targets alone: CRI-O need not know. */
int heir_apply_move_late(struct heir_apply_run *run);
/* Ends it after all went well, or not (`r`). */
void heir_apply_end_late(struct heir_applying *applying, int r);

#endif
