/* SPDX-License-Identifier: Apache-2.0 */
/* What operates the containers of a handler: a runtime and its runtime_root. */
#ifndef HEIR_APPLY_OPERATOR_H
#define HEIR_APPLY_OPERATOR_H

#include "apply/containers.h"
#include "inherit/resolve.h"

/* The format of the state that a runtime keeps. */
enum heir_state_form {
	HEIR_FORM_UNKNOWN,
	HEIR_FORM_CRUN, /* ROOT/ID/status */
	HEIR_FORM_RUNC, /* ROOT/ID/state.json */
	HEIR_FORM_OTHER,
};

struct heir_operator {
	bool gone; /* CRI-O drops the handler or does not have it */
	/* runtime_type vm: has another command line than crun and runc */
	bool vm;
	const char *path, *root; /* including CRI-O's defaults; "" if unknown */
	bool is_probed;          /* `kind` is known as well as it can be */
	enum heir_state_form kind;
	const char *problem; /* why the runtime cannot be run, or NULL */
	uint8_t harmless; /* by format of the state: one such container was tested successfully */
};

/* Determines the operator of handler `name`. Strings are in `arena`. Returns 0 or -ENOMEM. */
int heir_operator_init(struct heir_operator *operator, const struct heir_resolution * res,
	struct heir_str name, struct heir_arena *arena);

enum heir_operates {
	HEIR_OPERATES,
	HEIR_OPERATES_NOT,
	HEIR_OPERATES_OTHER_ROOT, /* its state is in another directory */
};

struct heir_operating {
	struct heir_root *root;
	bool live;
	struct heir_arena *arena;
	const struct heir_trace *trace;
	struct heir_deadline deadline;
	unsigned n_asked; /* containers that were queried without success */
};

/* Determines whether the operator can operate a running container. Returns 0; -ETIMEDOUT; -ENOMEM;
 * else -errno if a directory cannot be read. */
int heir_operator_judge(struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container, enum heir_operates *ret);

/* Returns the kind of runtime by the first word of its --version. */
enum heir_state_form heir_state_form_of(struct heir_str text);

#endif
