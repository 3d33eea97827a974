/* SPDX-License-Identifier: Apache-2.0 */
/* Which living containers CRI-O could no longer operate once it has the drop-in. A container is
 * operated by the kind of runtime and under the runtime_root that created it; with another one
 * CRI-O lists it as exited for ever while its process lives on, and going back does not heal that.
 * What created a container is asked of the node (containers.h), never derived from files. */
#ifndef HEIR_APPLY_GUARD_H
#define HEIR_APPLY_GUARD_H

#include "apply/apply.h"
#include "apply/containers.h"
#include "apply/live.h"

struct heir_risk {
	const struct heir_crio_pod *pod;        /* NULL: unknown */
	const struct heir_container *container; /* NULL: the pod has no process */
	struct heir_str handler; /* that CRI-O will use: the pod's, or default_runtime */
	struct heir_str creator; /* the runtime that created it; "": unknown */
	bool late;               /* through a link of heir-runtime */
	const char *why;         /* what would operate it, in words */
};

struct heir_guard {
	struct heir_containers containers;
	struct heir_risk *items; /* by namespace, pod and container */
	uint32_t n, size;
	const char *fault; /* with -EIO: why nothing is known */
};

#define HEIR_GUARD_NULL ((struct heir_guard){.items = NULL})

struct heir_guard_query {
	bool live;                  /* the node is this machine */
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens */
	/* What the running CRI-O has; NULL: it did not answer, and the files tell. */
	const struct heir_live *before;
};

/* Finds the containers at risk, and the pods without a process whose handler is gone. On this
 * machine the runtime that would operate a container is asked for it (`state ID`), like other
 * programs; elsewhere kinds of runtimes are told by their names. Takes at most 10 s. 0; -EIO with
 * `fault`: a source does not answer; -ENOMEM. Release in any case. */
int heir_guard_init(struct heir_guard *guard, const struct heir_applying *applying,
	struct heir_guard_query query);
void heir_guard_release(struct heir_guard *guard);

/* One line about a risk, escaped, without an end of line. NULL: no memory. */
const char *heir_risk_text(const struct heir_risk *risk, struct heir_arena *arena);

#endif
