/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two resolved configurations, seen from CRI-O: which handlers it would have,
 * and what they would get. A value that only has another origin does not differ, nor does what
 * stands in a handler that both sides drop for the same reason. */
#ifndef HEIR_MODEL_DIFF_H
#define HEIR_MODEL_DIFF_H

#include "base/map.h"
#include "model/pods.h"
#include "model/view.h"

enum heir_side { HEIR_LEFT, HEIR_RIGHT, HEIR_N_SIDES };

enum heir_change {
	HEIR_CHANGE_NONE,
	HEIR_CHANGE_ADDED,   /* only the right side defines it */
	HEIR_CHANGE_REMOVED, /* only the left side does */
	HEIR_CHANGE_CHANGED, /* other fields; or dropped on both sides, for another reason */
	HEIR_CHANGE_BROKEN,  /* only the right side drops it */
	HEIR_CHANGE_FIXED,   /* only the left side does */
	HEIR_N_CHANGES,
};

/* "added", ... as in heir.diff/1. */
const char *heir_change_name(enum heir_change change);

struct heir_diff_handler {
	struct heir_str name;
	enum heir_change change;
	const struct heir_handler *handler[HEIR_N_SIDES]; /* NULL: not on this side */
	const struct heir_diag *dropped[HEIR_N_SIDES];    /* NULL: not dropped there */
	uint32_t fields;                                  /* a bit for each that differs */

	/* From heir_diff_group(); otherwise each handler is alone. */
	uint32_t next; /* the next handler that changes in the same way; 0: none */
	bool follows;  /* an earlier handler changes in the same way */
	bool grouped;  /* is one of several; its rows have no places, which differ */
};

struct heir_diff {
	const struct heir_view *view[HEIR_N_SIDES];
	const char *root[HEIR_N_SIDES];     /* what it is called; NULL: the machine */
	struct heir_diff_handler *handlers; /* those that differ, in byte order of their names */
	uint32_t n_handlers, n_same;        /* both 0 when a side does not start */
	bool default_differs;  /* and is compared: with `only` no handler would have the difference
				*/
	struct heir_pods pods; /* that run now; the caller counts them, before printing */
};

/* Compares two resolved views, which must outlive the diff; the handlers of `only`, or all (NULL).
 * A single pass over both lists. 0 or -ENOMEM; release in any case. */
int heir_diff_init(struct heir_diff *diff, const struct heir_view *left,
	const struct heir_view *right, const struct heir_map *only);
void heir_diff_release(struct heir_diff *diff);

/* Links the handlers that change in the same way: the same fields, values, reasons and pods, at
 * whatever place in the files. Returns 0 or -ENOMEM. */
int heir_diff_group(struct heir_diff *diff);

/* Whether there is anything to tell: a side that does not start is. */
bool heir_diff_is_empty(const struct heir_diff *diff);

/* Is what the right side has of the handler not on its node yet? */
bool heir_diff_is_pending(const struct heir_diff *diff, const struct heir_diff_handler *handler);

/* What both sides have for a field; kind UNSET where there is nothing. 0 or -ENOMEM. */
int heir_diff_origins(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, struct heir_origin ret[HEIR_N_SIDES]);

/* Bounds both values of a field as model/bound.h has it. 0 or -ENOMEM. */
int heir_diff_bound(
	const struct heir_diff *diff, size_t *room, struct heir_origin origins[HEIR_N_SIDES]);

/* The pods that run under a handler that differs, *ret_n namespaces; those that name no
 * RuntimeClass among them in a list of their own, unless they are reported with the default itself.
 */
const struct heir_pod_count *heir_diff_pods(const struct heir_diff *diff,
	const struct heir_diff_handler *handler, bool classless, uint32_t *ret_n);

/* Why a handler is dropped, on the side that its change is about; NULL: it is not. */
const struct heir_diag *heir_diff_reason(const struct heir_diff_handler *handler);
/* Adds the words, with what lies behind them, as they are: not yet fit for a terminal. */
void heir_diff_reason_words(struct heir_buf *buf, const struct heir_diag *diag);

/* What stands in a row: a value, with a newline wherever it may be broken (no value has one of its
 * own: they are quoted), and whose decision it was. As they are, not yet fit for a terminal. */
struct heir_diff_row {
	struct heir_buf value, origin;
};

/* Adds "CRI-O 1.34.2". */
void heir_diff_add_version(struct heir_buf *buf, struct heir_version version);

void heir_diff_row_release(struct heir_diff_row *row);

/* The reported fields of a handler, as bits. Where one side does not define it, what CRI-O
 * itself fills in says nothing about it. 0 or -ENOMEM. */
int heir_diff_shown(
	const struct heir_diff *diff, const struct heir_diff_handler *handler, uint32_t *ret);
/* Fills the rows, which are empty, with what both sides have for a field; of two lists that differ
 * with what is not in both. 0 or -ENOMEM. */
int heir_diff_rows(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, const struct heir_origin origins[HEIR_N_SIDES],
	struct heir_diff_row rows[HEIR_N_SIDES]);
/* The same for the default runtime. */
int heir_diff_default_rows(const struct heir_diff *diff, struct heir_diff_row rows[HEIR_N_SIDES]);
/* Adds what a side only supposes: " with default_runtime = "runc", without 50-gpu.conf"; nothing
 * where it is as it is. 0 or -ENOMEM. */
int heir_diff_what_if(const struct heir_view *view, struct heir_buf *buf);
/* What becomes of a handler: before the reason, where there is one. */
const char *heir_diff_change_words(const struct heir_diff_handler *handler);

#endif
