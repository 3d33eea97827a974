/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this layer share. */
#ifndef HEIR_FLEET_PARTS_H
#define HEIR_FLEET_PARTS_H

#include "base/map.h"
#include "fleet/fleet.h"

/* A handler that a MachineConfig gives. */
struct heir_fleet_handler {
	struct heir_str name;
	struct heir_place where; /* of its table */
	const char *dropped;     /* why CRI-O drops it; NULL: it does not */
};

/* What a MachineConfig gives on a release. */
struct heir_fleet_expected {
	const struct heir_kube_object *config;
	struct heir_version version;
	const struct heir_os *os;            /* the image of the nodes; NULL: it is not known */
	struct heir_fleet_handler *handlers; /* in byte order */
	uint32_t n_handlers;
	struct heir_fleet_difference *stops; /* why CRI-O would not start */
	uint32_t n_stops;
	bool too_much; /* it was not resolved */
};

struct heir_fleet_expect {
	struct heir_fleet *fleet;
	struct heir_fleet_expected **items;
	uint32_t n, size;
	struct heir_map by_key;
	size_t budget;   /* bytes of objects that may still be resolved */
	size_t unpacked; /* and of gzip that may still be unpacked */
};

void heir_fleet_expect_init(struct heir_fleet_expect *expect, struct heir_fleet *fleet);
void heir_fleet_expect_release(struct heir_fleet_expect *expect);
/* What the MachineConfig gives, from the second call on without resolving it. NULL in *ret: it is
 * not among the objects. Programs that the image `os` lacks do not exist. 0 or -ENOMEM. */
int heir_fleet_expect(struct heir_fleet_expect *expect, struct heir_str config,
	struct heir_version version, const struct heir_os *os,
	const struct heir_fleet_expected **ret);
/* NULL: it does not give it, dropped ones included. */
const struct heir_fleet_handler *heir_fleet_gives(
	const struct heir_fleet_expected *expected, struct heir_str name);

/* A list of differences that ends at HEIR_FLEET_MAX. */
struct heir_fleet_list {
	struct heir_fleet_difference items[HEIR_FLEET_MAX];
	uint32_t n;
	bool full; /* others were left out */
};

void heir_fleet_list_add(
	struct heir_fleet_list *list, const struct heir_fleet_difference *difference);
/* Sorts, and copies into the arena. 0 or -ENOMEM. */
int heir_fleet_list_finish(struct heir_fleet_list *list, struct heir_arena *arena,
	const struct heir_fleet_difference **ret, uint32_t *ret_n);

/* The pools, the nodes, and their looks. 0 or -ENOMEM. */
int heir_fleet_read(struct heir_fleet *fleet, const char *pool);
/* The differences of each look. 0 or -ENOMEM. */
int heir_fleet_judge(struct heir_fleet *fleet);
/* Which nodes do not support what pods ask for: by nodes. */
struct heir_fleet_unsupported {
	uint32_t node;
	enum heir_pod_feature feature;
	struct heir_str handler;
	struct heir_place where; /* of the first pod */
};
struct heir_fleet_unsupported_list {
	struct heir_fleet_unsupported *items; /* by node, handler and feature, each once */
	uint32_t n, size;
};
int heir_fleet_find_unsupported(struct heir_fleet *fleet, struct heir_fleet_unsupported_list *ret);
/* Folds the nodes, and sorts them by damage. 0 or -ENOMEM. */
int heir_fleet_fold(
	struct heir_fleet *fleet, const struct heir_fleet_unsupported_list *unsupported);
/* RuntimeClasses by pools, and the pods that wait. 0 or -ENOMEM. */
int heir_fleet_classify(struct heir_fleet *fleet);

#endif
