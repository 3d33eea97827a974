/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a cluster: compares the handlers that each node's rendered MachineConfig gives, by
 * CRI-O's semantics on the release that the Node reports, with its status.runtimeHandlers. Each
 * pair of MachineConfig and release is resolved once, and nodes with the same profile are compared
 * once. */
#ifndef HEIR_FLEET_FLEET_H
#define HEIR_FLEET_FLEET_H

#include "config/config.h"
#include "inherit/resolve.h"
#include "kube/cluster.h"
#include "kube/kube.h"

/* Worst first. */
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

/* Why the handlers of a node cannot be compared. */
enum heir_fleet_unknown {
	HEIR_FLEET_KNOWN,
	HEIR_FLEET_NO_CRIO,    /* it has another runtime, or reports none */
	HEIR_FLEET_NO_RELEASE, /* a CRI-O that heir does not know */
	HEIR_FLEET_NO_CURRENT, /* no annotation names its MachineConfig */
	HEIR_FLEET_NO_CONFIG,  /* that MachineConfig is not among the objects */
	HEIR_FLEET_NO_LIST,    /* no status.runtimeHandlers */
	HEIR_FLEET_TOO_MUCH,   /* the limit for one run is reached */
	HEIR_FLEET_N_UNKNOWNS,
};

/* In words: "do not report status.runtimeHandlers". */
const char *heir_fleet_unknown_words(enum heir_fleet_unknown unknown);

enum {
	/* Limit of differences per node; the last one counts the others. */
	HEIR_FLEET_MAX = 100,
	HEIR_FLEET_MAX_CLASSES = 1000,
	HEIR_FLEET_MAX_WAITING = 3, /* pods named per class */
};

struct heir_fleet_difference {
	enum heir_fleet_kind kind;
	struct heir_str handler; /* .p is NULL: not about a handler */
	const char *message;
	struct heir_place where;
};

/* A handler that a node reports. */
struct heir_fleet_reported {
	struct heir_str name;
	int8_t features[HEIR_N_POD_FEATURES]; /* 1, 0, or -1 if not reported */
};

/* What nodes with equal reports have in common. */
struct heir_fleet_profile {
	uint32_t pool; /* index of heir_fleet.pools */
	struct heir_kube_node kube_node;
	struct heir_version version;
	struct heir_place where; /* of the first Node */
	enum heir_fleet_unknown unknown;
	const struct heir_fleet_reported *reported; /* sorted, without duplicates */
	uint32_t n_reported;
	uint32_t n_nodes;
	/* If most nodes with the same image run another release than this one, their profile. */
	const struct heir_fleet_profile *majority;
	uint32_t n_majority;
	const struct heir_fleet_difference *differences;
	uint32_t n_differences;
};

struct heir_fleet_node {
	const struct heir_kube_object *object;
	uint32_t profile, group;
};

/* Nodes with the same differences, which are reported together. */
struct heir_fleet_group {
	const struct heir_fleet_profile *profile;
	const struct heir_fleet_difference *differences; /* by kind, then by handler */
	uint32_t n_differences;
	uint32_t first, n_nodes; /* range in heir_fleet.order */
};

struct heir_fleet_pool {
	const char *name;       /* NULL: nodes of no pool, or of several custom ones */
	struct heir_str target; /* the MachineConfig that it should run, or empty */
	uint32_t n_nodes;
};

struct heir_fleet_count {
	uint32_t have, of;
};

struct heir_fleet_class {
	struct heir_runtime_class class;
	struct heir_fleet_count *counts; /* by pool; `of` is 0 if it selects none of its nodes */
	uint32_t n_waiting;
	struct heir_pod waiting[HEIR_FLEET_MAX_WAITING];
};

struct heir_fleet {
	struct heir_core *core;
	struct heir_kube *kube;
	struct heir_where where;
	struct heir_arena *arena;
	struct heir_fleet_pool *pools; /* in byte order; the one without a name is last */
	uint32_t n_pools;
	struct heir_fleet_profile *profiles;
	uint32_t n_profiles;
	struct heir_fleet_node *nodes; /* in byte order of names */
	uint32_t n_nodes;
	struct heir_fleet_group *groups; /* worst first */
	uint32_t n_groups;
	const uint32_t *order;            /* the nodes, by group */
	struct heir_fleet_class *classes; /* in byte order of names */
	uint32_t n_classes, n_more_classes;
	uint32_t n_differing;                 /* nodes with differences */
	uint32_t n_kinds[HEIR_FLEET_N_KINDS]; /* nodes with at least one such difference */
	uint32_t n_unknown[HEIR_FLEET_N_UNKNOWNS];
};

/* Compares the Nodes in `kube`: all, or those of a pool. The core has no root; `where` supplies
 * what Nodes do not report. All results are in the core's arena. Returns 0 or -ENOMEM. */
int heir_fleet_compare(struct heir_fleet *fleet, struct heir_kube *kube,
	const struct heir_where *where, const char *pool);

/* Returns the reported handler of that name, or NULL. */
const struct heir_fleet_reported *heir_fleet_reports(
	const struct heir_fleet_profile *profile, struct heir_str name);

#endif
