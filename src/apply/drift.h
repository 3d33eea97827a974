/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the running CRI-O with the files: handlers that only one of them has, and fields that
 * differ. Values that mean the same to CRI-O are equal. */
#ifndef HEIR_APPLY_DRIFT_H
#define HEIR_APPLY_DRIFT_H

#include "apply/live.h"
#include "apply/running.h"
#include "report/out.h"

enum heir_drift_kind {
	HEIR_DRIFT_NONE,
	HEIR_DRIFT_CHANGED, /* both have it, with different fields */
	HEIR_DRIFT_MISSING, /* the running CRI-O does not have it */
	HEIR_DRIFT_EXTRA,   /* only the running CRI-O has it */
	HEIR_N_DRIFT_KINDS,
};

/* "changed", ... as in heir.drift/1. */
const char *heir_drift_name(enum heir_drift_kind kind);

struct heir_drift_handler {
	struct heir_str name;
	enum heir_drift_kind kind;
	const struct heir_result *result;   /* from the files; NULL: they do not define it */
	const struct heir_handler *running; /* NULL: the running CRI-O does not have it */
	uint32_t fields;                    /* a bit per field that differs */
	/* The fields that CRI-O computes at its start and that a reload dropped. */
	uint32_t lost;
};

struct heir_drift {
	const struct heir_view *view; /* of the files */
	struct heir_resolution *res;
	const struct heir_live *live;
	const char *live_name, *root;        /* for messages; root NULL: this machine */
	struct heir_drift_handler *handlers; /* those that differ, in byte order */
	uint32_t n_handlers, n_same;         /* both 0 if CRI-O would not start with the files */
	bool default_differs;
	/* The running CRI-O received a SIGHUP after its start, so what it reports is not what
	 * it uses. */
	bool reloaded;
	const struct heir_running *running; /* NULL: not examined */
};

/* Compares. `view` must be that of `res`; all arguments must outlive the drift. Returns 0 or
 * -ENOMEM; release in any case. */
int heir_drift_init(struct heir_drift *drift, const struct heir_view *view,
	struct heir_resolution *res, const struct heir_live *live);
void heir_drift_release(struct heir_drift *drift);
/* Adds what heir_running_init() found. `running` must outlive the drift. */
void heir_drift_add_running(struct heir_drift *drift, const struct heir_running *running);

/* Returns whether there is nothing to report. Files with which CRI-O would not start are
 * something. */
bool heir_drift_is_empty(const struct heir_drift *drift);

/* Gets a handler's field according to the files, with what CRI-O computes at its start. Returns 0
 * or -ENOMEM. */
int heir_drift_expected(const struct heir_drift *drift, const struct heir_result *result,
	enum heir_field field, struct heir_origin *ret);

/* What remains of a drift after its release. */
struct heir_drift_sum {
	bool known;                     /* CRI-O answered */
	uint32_t n[HEIR_N_DRIFT_KINDS]; /* handlers; NONE: those that are equal */
	bool default_differs, reloaded;
	uint32_t n_contradictions; /* containers whose runtime differs from CRI-O's answer */
};

/* FAILED: CRI-O could not be queried or its answer not be read, or apply did not finish. */
enum heir_drift_result { HEIR_DRIFT_FAILED, HEIR_DRIFT_SAME, HEIR_DRIFT_DIFFERS };

enum heir_apply_result {
	HEIR_APPLY_FAILED,
	HEIR_APPLY_UNCHANGED,
	HEIR_APPLY_WRITTEN,
	HEIR_APPLY_REFUSED,
	HEIR_APPLY_ROLLED_BACK,
};

void heir_drift_sum(const struct heir_drift *drift, struct heir_drift_sum *ret);

/* Print the drift. Return 0 or -ENOMEM. The second prints heir.drift/1. */
int heir_drift_text(const struct heir_drift *drift, struct heir_out *out);
int heir_drift_json(const struct heir_drift *drift, struct heir_out *out);

#endif
