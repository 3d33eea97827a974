/* SPDX-License-Identifier: Apache-2.0 */
/* Finds running containers that CRI-O could no longer operate after applying the drop-in. A
 * container must be operated by the kind of runtime and the runtime_root that created it. With
 * another one CRI-O reports it as exited for ever while its process still runs, and a rollback
 * does not repair that. What created a container is determined on the node (containers.h), never
 * derived from files. */
#ifndef HEIR_APPLY_GUARD_H
#define HEIR_APPLY_GUARD_H

#include "apply/apply.h"
#include "apply/containers.h"
#include "apply/live.h"

struct heir_risk {
	const struct heir_crio_pod *pod;        /* NULL if unknown */
	const struct heir_container *container; /* NULL: the pod has no process */
	struct heir_str handler; /* that CRI-O will use: the pod's, or default_runtime */
	struct heir_str creator; /* the runtime that created it; "" if unknown */
	bool late;               /* it goes through a link of heir-runtime */
	const char *why;         /* why it is at risk, in words */
};

struct heir_guard {
	struct heir_containers containers;
	struct heir_risk *items; /* sorted by namespace, pod and container */
	uint32_t n, size;
	const char *fault; /* with -EIO: why nothing is known */
};

#define HEIR_GUARD_NULL ((struct heir_guard){.items = NULL})

struct heir_guard_query {
	bool live;                  /* the node is this machine */
	const char *fetch, *socket; /* the program heir-fetch, and CRI-O's socket */
	/* What the running CRI-O has; NULL: it did not answer, so the files are used. */
	const struct heir_live *before;
};

/* Finds the containers at risk, and pods without a process whose handler is gone. On this machine
 * the future runtime is queried for the container (`state ID`), as any program is run; elsewhere
 * kinds of runtimes are judged by name. Takes at most 10 s. Returns 0; -EIO with `fault` if a
 * source does not answer; -ENOMEM. Release in any case. */
int heir_guard_init(struct heir_guard *guard, const struct heir_applying *applying,
	struct heir_guard_query query);
void heir_guard_release(struct heir_guard *guard);

/* Returns a line about a risk, escaped, without newline. NULL if there is no memory. */
const char *heir_risk_text(const struct heir_risk *risk, struct heir_arena *arena);

#endif
