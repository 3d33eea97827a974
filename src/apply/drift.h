/* SPDX-License-Identifier: Apache-2.0 */
/* The running CRI-O against the files: which handlers it has that they do not give, and the other
 * way round, and in which fields the rest differs. What CRI-O takes for the same is the same. */
#ifndef HEIR_APPLY_DRIFT_H
#define HEIR_APPLY_DRIFT_H

#include "apply/live.h"
#include "apply/running.h"
#include "report/out.h"

enum heir_drift_kind {
	HEIR_DRIFT_NONE,
	HEIR_DRIFT_CHANGED, /* both have it, with other fields */
	HEIR_DRIFT_MISSING, /* the running CRI-O lacks it */
	HEIR_DRIFT_EXTRA,   /* it has one that the files do not give it */
	HEIR_N_DRIFT_KINDS,
};

/* "changed", ... as in heir.drift/1. */
const char *heir_drift_name(enum heir_drift_kind kind);

struct heir_drift_handler {
	struct heir_str name;
	enum heir_drift_kind kind;
	const struct heir_result *result;   /* of the files; NULL: they do not define it */
	const struct heir_handler *running; /* NULL: the running CRI-O lacks it */
	uint32_t fields;                    /* a bit for each that differs */
	/* Those of them that CRI-O filled in when it started, and that a reload took away. */
	uint32_t lost;
};

struct heir_drift {
	const struct heir_view *view; /* of the files */
	struct heir_resolution *res;
	const struct heir_live *live;
	const char *live_name, *root;        /* what they are called; root NULL: this machine */
	struct heir_drift_handler *handlers; /* those that differ, in byte order */
	uint32_t n_handlers, n_same;         /* both 0 where CRI-O would not start on the files */
	bool default_differs;
	bool reloaded; /* the running CRI-O got a SIGHUP after its start: what it prints is not what
			  it runs with */
	const struct heir_running *running; /* NULL: it was not looked at */
};

/* Compares. `view` is that of `res`; all outlive the drift. 0 or -ENOMEM; release in any case. */
int heir_drift_init(struct heir_drift *drift, const struct heir_view *view,
	struct heir_resolution *res, const struct heir_live *live);
void heir_drift_release(struct heir_drift *drift);
/* Adds what was seen of the CRI-O that answered, which outlives the drift. */
void heir_drift_add_running(struct heir_drift *drift, const struct heir_running *running);

/* Whether there is nothing to tell: files on which CRI-O would not start are something. */
bool heir_drift_is_empty(const struct heir_drift *drift);

/* What the files give a handler, with what CRI-O looks up when it starts. 0 or -ENOMEM. */
int heir_drift_expected(const struct heir_drift *drift, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* What is left of a drift when it is released. */
struct heir_drift_sum {
	bool known;                     /* somebody answered */
	uint32_t n[HEIR_N_DRIFT_KINDS]; /* handlers; NONE: those that both have alike */
	bool default_differs, reloaded;
	uint32_t n_contradictions; /* containers that run otherwise than CRI-O says */
};

/* Nobody could be asked, or read the answer; and so for an apply that came to no end. */
enum heir_drift_result { HEIR_DRIFT_FAILED, HEIR_DRIFT_SAME, HEIR_DRIFT_DIFFERS };

enum heir_apply_result {
	HEIR_APPLY_FAILED,
	HEIR_APPLY_UNCHANGED,
	HEIR_APPLY_WRITTEN,
	HEIR_APPLY_REFUSED,
	HEIR_APPLY_ROLLED_BACK,
};

void heir_drift_sum(const struct heir_drift *drift, struct heir_drift_sum *ret);

/* 0 or -ENOMEM. The second is heir.drift/1. */
int heir_drift_text(const struct heir_drift *drift, struct heir_out *out);
int heir_drift_json(const struct heir_drift *drift, struct heir_out *out);

#endif
