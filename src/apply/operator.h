/* SPDX-License-Identifier: Apache-2.0 */
/* What operates the containers of a handler: a runtime and a runtime_root. */
#ifndef HEIR_APPLY_OPERATOR_H
#define HEIR_APPLY_OPERATOR_H

#include "apply/containers.h"
#include "inherit/resolve.h"

/* By the form of the state that they keep. */
enum heir_state_form {
	HEIR_FORM_UNKNOWN,
	HEIR_FORM_CRUN, /* ROOT/ID/status */
	HEIR_FORM_RUNC, /* ROOT/ID/state.json */
	HEIR_FORM_OTHER,
};

struct heir_operator {
	bool gone;               /* CRI-O has no such handler, or drops it */
	bool vm;                 /* runtime_type vm: not called as crun and runc are */
	const char *path, *root; /* with CRI-O's defaults filled in; "" if unknown */
	bool query;              /* `kind` is known as well as it can be */
	enum heir_state_form kind;
	const char *problem; /* why the runtime cannot be asked; NULL: it can */
	uint8_t harmless; /* by the kind of the state: one such container was tried and is fine */
};

/* The operator of handler `name`. Strings are in `arena`. 0 or -ENOMEM. */
int heir_operator_init(struct heir_operator *operator, const struct heir_resolution * res,
	struct heir_str name, struct heir_arena *arena);

enum heir_operates {
	HEIR_OPERATES,
	HEIR_OPERATES_NOT,
	HEIR_OPERATES_OTHER_ROOT, /* it keeps its state elsewhere */
};

struct heir_operating {
	struct heir_root *root;
	bool live;
	struct heir_arena *arena;
	const struct heir_trace *trace;
	struct heir_deadline deadline;
	unsigned n_asked; /* containers that runtimes were asked for, without success */
};

/* Whether the operator can operate a container that lives. 0; -ETIMEDOUT: it was not answered in
 * time; -ENOMEM; else -errno: a directory cannot be read. */
int heir_operator_judge(struct heir_operator *operator, struct heir_operating * operating,
	const struct heir_container *container, enum heir_operates *ret);

/* The kind of runtime that prints `text` for --version: its first word. */
enum heir_state_form heir_state_form_of(struct heir_str text);

#endif
