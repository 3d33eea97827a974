/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations shared by the files of this layer. */
#ifndef HEIR_FLEET_PARTS_H
#define HEIR_FLEET_PARTS_H

#include "base/map.h"
#include "fleet/fleet.h"

/* A handler in a MachineConfig. */
struct heir_fleet_handler {
	struct heir_str name;
	struct heir_place where; /* of its table */
	const char *dropped;     /* why CRI-O drops it, or NULL */
};

/* What a MachineConfig gives on a release. */
struct heir_fleet_expected {
	const struct heir_kube_object *config;
	struct heir_version version;
	const struct heir_os *os;            /* the image of the nodes, or NULL */
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
	size_t unpacked; /* bytes of gzip that may still be decompressed */
};

void heir_fleet_expect_init(struct heir_fleet_expect *expect, struct heir_fleet *fleet);
void heir_fleet_expect_release(struct heir_fleet_expect *expect);
/* Returns what the MachineConfig gives, resolving it on the first call. *ret is NULL if it is not
 * among the objects. Programs that the image `os` lacks count as missing. Returns 0 or -ENOMEM. */
int heir_fleet_expect(struct heir_fleet_expect *expect, struct heir_str config,
	struct heir_version version, const struct heir_os *os,
	const struct heir_fleet_expected **ret);
/* Returns a handler, including dropped ones, or NULL. */
const struct heir_fleet_handler *heir_fleet_gives(
	const struct heir_fleet_expected *expected, struct heir_str name);

/* A list of at most HEIR_FLEET_MAX differences. */
struct heir_fleet_list {
	struct heir_fleet_difference items[HEIR_FLEET_MAX];
	uint32_t n;
	bool full; /* others were omitted */
};

void heir_fleet_list_add(
	struct heir_fleet_list *list, const struct heir_fleet_difference *difference);
/* Sorts and copies the list into the arena. Returns 0 or -ENOMEM. */
int heir_fleet_list_finish(struct heir_fleet_list *list, struct heir_arena *arena,
	const struct heir_fleet_difference **ret, uint32_t *ret_n);

/* Reads pools, nodes and their profiles. Returns 0 or -ENOMEM. */
int heir_fleet_read(struct heir_fleet *fleet, const char *pool);
/* Determines the differences of each profile. Returns 0 or -ENOMEM. */
int heir_fleet_judge(struct heir_fleet *fleet);
/* A feature that a pod requires and the handler on its node does not support. */
struct heir_fleet_unsupported {
	uint32_t node;
	enum heir_pod_feature feature;
	struct heir_str handler;
	struct heir_place where; /* of the first pod */
};
struct heir_fleet_unsupported_list {
	/* by node, handler and feature, without duplicates */
	struct heir_fleet_unsupported *items;
	uint32_t n, size;
};
int heir_fleet_find_unsupported(struct heir_fleet *fleet, struct heir_fleet_unsupported_list *ret);
/* Groups the nodes and sorts the groups by damage. Returns 0 or -ENOMEM. */
int heir_fleet_fold(
	struct heir_fleet *fleet, const struct heir_fleet_unsupported_list *unsupported);
/* Counts RuntimeClasses by pool, and pods that wait. Returns 0 or -ENOMEM. */
int heir_fleet_classify(struct heir_fleet *fleet);

#endif
