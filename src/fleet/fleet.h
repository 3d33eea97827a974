/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a cluster: for each the handlers that its own rendered MachineConfig gives under
 * stock semantics, on the release that the Node reports, against its status.runtimeHandlers. Each
 * pair of a MachineConfig and a release is resolved once, and nodes that look alike are compared
 * once. */
#ifndef HEIR_FLEET_FLEET_H
#define HEIR_FLEET_FLEET_H

#include "config/config.h"
#include "inherit/resolve.h"
#include "kube/cluster.h"
#include "kube/kube.h"

/* The worst first. */
enum heir_fleet_kind {
	HEIR_FLEET_WILL_NOT_START, /* CRI-O would not start after the next reboot */
	HEIR_FLEET_MISSING,        /* configured, not reported */
	HEIR_FLEET_UNSUPPORTED,    /* a feature that pods ask for */
	HEIR_FLEET_BEHIND,         /* the node runs an older configuration or release */
	HEIR_FLEET_EXTRA,          /* reported, not configured */
	HEIR_FLEET_N_KINDS,
};

/* "will-not-start", ... as in heir.fleet/1. */
const char *heir_fleet_kind_name(enum heir_fleet_kind kind);

/* Why the handlers of a node cannot be judged. */
enum heir_fleet_unknown {
	HEIR_FLEET_KNOWN,
	HEIR_FLEET_NO_CRIO,    /* it runs another runtime, or reports none */
	HEIR_FLEET_NO_RELEASE, /* a CRI-O that heir does not know */
	HEIR_FLEET_NO_CURRENT, /* no annotation names its MachineConfig */
	HEIR_FLEET_NO_CONFIG,  /* that MachineConfig is not among the objects */
	HEIR_FLEET_NO_LIST,    /* no status.runtimeHandlers */
	HEIR_FLEET_TOO_MUCH,   /* more to resolve than heir does for one list */
	HEIR_FLEET_N_UNKNOWNS,
};

/* In words: "do not report status.runtimeHandlers". */
const char *heir_fleet_unknown_words(enum heir_fleet_unknown unknown);

enum {
	/* The differences that are listed of a node; the last one counts the others. */
	HEIR_FLEET_MAX = 100,
	HEIR_FLEET_MAX_CLASSES = 1000,
	HEIR_FLEET_MAX_WAITING = 3, /* pods that are named */
};

struct heir_fleet_difference {
	enum heir_fleet_kind kind;
	struct heir_str handler; /* p is NULL: it is about none */
	const char *message;
	struct heir_place where;
};

/* A handler that a node reports. */
struct heir_fleet_reported {
	struct heir_str name;
	int8_t features[HEIR_N_POD_FEATURES]; /* 1, 0; -1: not told */
};

/* What nodes that look alike have in common. */
struct heir_fleet_profile {
	uint32_t pool; /* index of heir_fleet.pools */
	struct heir_kube_node kube_node;
	struct heir_version version;
	struct heir_place where; /* of the first Node */
	enum heir_fleet_unknown unknown;
	const struct heir_fleet_reported *reported; /* in byte order, each name once */
	uint32_t n_reported;
	uint32_t n_nodes;
	/* Most nodes of the same image run the release of this one, if it is another. */
	const struct heir_fleet_profile *majority;
	uint32_t n_majority;
	const struct heir_fleet_difference *differences;
	uint32_t n_differences;
};

struct heir_fleet_node {
	const struct heir_kube_object *object;
	uint32_t profile, group;
};

/* Nodes that are told as one. */
struct heir_fleet_group {
	const struct heir_fleet_profile *profile;
	const struct heir_fleet_difference *differences; /* by kind, then by handler */
	uint32_t n_differences;
	uint32_t first, n_nodes; /* of heir_fleet.order */
};

struct heir_fleet_pool {
	const char *name;       /* NULL: of none, or of several custom ones */
	struct heir_str target; /* the MachineConfig that it is to run; empty: not known */
	uint32_t n_nodes;
};

struct heir_fleet_count {
	uint32_t have, of;
};

struct heir_fleet_class {
	struct heir_runtime_class class;
	struct heir_fleet_count *counts; /* by pool; of is 0: it selects none of its nodes */
	uint32_t n_waiting;
	struct heir_pod waiting[HEIR_FLEET_MAX_WAITING];
};

struct heir_fleet {
	struct heir_core *core;
	struct heir_kube *kube;
	struct heir_where where;
	struct heir_arena *arena;
	struct heir_fleet_pool *pools; /* in byte order; that without a name is the last */
	uint32_t n_pools;
	struct heir_fleet_profile *profiles;
	uint32_t n_profiles;
	struct heir_fleet_node *nodes; /* in byte order of their names */
	uint32_t n_nodes;
	struct heir_fleet_group *groups; /* the worst first */
	uint32_t n_groups;
	const uint32_t *order;            /* the nodes by groups */
	struct heir_fleet_class *classes; /* in byte order of their names */
	uint32_t n_classes, n_more_classes;
	uint32_t n_differing;                 /* nodes with differences */
	uint32_t n_kinds[HEIR_FLEET_N_KINDS]; /* nodes that have at least one such difference */
	uint32_t n_unknown[HEIR_FLEET_N_UNKNOWNS];
};

/* Compares the Nodes among the objects that were read into `kube`: all, or those of a pool. The
 * core has no root; `where` says what a node does not tell. All of it lives in the core's arena. 0
 * or -ENOMEM. */
int heir_fleet_compare(struct heir_fleet *fleet, struct heir_kube *kube,
	const struct heir_where *where, const char *pool);

/* The reported handler of that name, or NULL. */
const struct heir_fleet_reported *heir_fleet_reports(
	const struct heir_fleet_profile *profile, struct heir_str name);

#endif
