/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of nodes on other releases of CRI-O and other operating systems: each pool (or node)
 * as it is now, against what it would be on each target. */
#ifndef HEIR_MODEL_UPGRADE_H
#define HEIR_MODEL_UPGRADE_H

#include "config/target.h"
#include "inherit/retarget.h"
#include "model/diff.h"

/* By damage, the least first. */
enum heir_upgrade_change {
	HEIR_UPGRADE_SAME,
	HEIR_UPGRADE_UNUSED,      /* a vendor's handler is lost, which nothing uses */
	HEIR_UPGRADE_CHANGES,     /* its fields */
	HEIR_UPGRADE_ANNOTATIONS, /* some that pods may use now are filtered */
	HEIR_UPGRADE_LOST,
	HEIR_UPGRADE_STOPS, /* of a pool: CRI-O does not start */
};

/* "lost", "changes", ... */
const char *heir_upgrade_word(enum heir_upgrade_change change);

/* A pool, or a node. What it points to belongs to the caller. */
struct heir_upgrade_part {
	const char *pool; /* NULL: a node */
	const char *root; /* what the node is called; NULL: this machine */
	uint32_t n_nodes; /* of the pool, among the objects */
	struct heir_core *core;
	struct heir_overlay *overlay; /* of the core's root, or for it */
	const struct heir_config *config;
	const struct heir_assume *assume;
	const struct heir_kube *kube; /* NULL: none */
	struct heir_version version;  /* now */
	const char *version_from;     /* in words */
	const struct heir_os *os;     /* now; NULL: not known */
	const char *os_from;          /* in words */
	/* The operating system of a target that names none, and by what it is known. */
	const struct heir_os *os_then;
	const char *os_then_from;
	bool os_by_release; /* where that is not known either, the release tells */

	/* Filled in here. */
	struct heir_retarget retarget;
	struct heir_resolution res;
	struct heir_view view;
	struct heir_pods pods;
};

struct heir_upgrade_target {
	struct heir_target release;
	const struct heir_os *os; /* NULL: that of each part */
};

struct heir_upgrade_handler {
	const struct heir_diff_handler *diff;
	enum heir_upgrade_change change;
	uint32_t fields; /* a bit for each reported field */
	bool drains;     /* other containers than those of before could not be operated */
};

/* A part on a target. */
struct heir_upgrade_case {
	const struct heir_upgrade_part *part;
	const struct heir_upgrade_target *target;
	const struct heir_os *os; /* NULL: not known */
	const char *os_from;
	struct heir_resolution res;
	struct heir_view view;
	struct heir_diff diff;
	struct heir_upgrade_handler *handlers; /* sorted by damage, then by name */
	uint32_t n_handlers;
	enum heir_upgrade_change verdict;
};

struct heir_upgrade {
	struct heir_upgrade_part *parts;
	size_t n_parts;
	const struct heir_upgrade_target *targets;
	size_t n_targets;
	struct heir_retarget *retargets;  /* of each part, then of each target's release */
	struct heir_upgrade_case *cases;  /* of each target, then of each part */
	enum heir_upgrade_change verdict; /* the worst */
};

/* Resolves everything. 0 or -ENOMEM; release in any case. */
int heir_upgrade_init(struct heir_upgrade *upgrade, struct heir_upgrade_part *parts, size_t n_parts,
	const struct heir_upgrade_target *targets, size_t n_targets);
void heir_upgrade_release(struct heir_upgrade *upgrade);

static inline const struct heir_upgrade_case *heir_upgrade_at(
	const struct heir_upgrade *upgrade, size_t target, size_t part)
{
	return &upgrade->cases[target * upgrade->n_parts + part];
}

/* The i-th part on a target by damage, the worst first; NULL: no more. */
const struct heir_upgrade_case *heir_upgrade_worst(
	const struct heir_upgrade *upgrade, size_t target, size_t i);

/* The RuntimeClasses that name the handler: the i-th, or NULL. */
const char *heir_upgrade_class_at(
	const struct heir_upgrade_case *c, struct heir_str handler, uint32_t i);

/* Is the reason why CRI-O does not start there now, too? */
bool heir_upgrade_stops_already(const struct heir_upgrade_case *c, const struct heir_diag *stop);

/* What editing the place of a finding does to the nodes, the least first. */
enum heir_upgrade_edit {
	HEIR_UPGRADE_EDIT_NONE,    /* there is no such place */
	HEIR_UPGRADE_EDIT_RESTART, /* CRI-O has to be restarted */
	HEIR_UPGRADE_EDIT_DRAIN,   /* and the node drained before: another runtime cannot operate
				      running containers */
	HEIR_UPGRADE_EDIT_REBOOT,  /* the MCO drains and reboots each node of the pool */
};

enum heir_upgrade_edit heir_upgrade_edit_of(
	const struct heir_upgrade_case *c, const struct heir_diag *diag);

/* "OpenShift 4.22 (CRI-O 1.35)", "CRI-O 1.35.2". */
void heir_upgrade_release_words(struct heir_buf *buf, const struct heir_target *target);

#endif
