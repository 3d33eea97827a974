/* SPDX-License-Identifier: Apache-2.0 */
/* The pods and containers that a running CRI-O has, by its own word: the answers to ListPodSandbox
 * and ListContainers of the Container Runtime Interface, as heir-fetch prints them. Nothing of them
 * is trusted. */
#ifndef HEIR_APPLY_LIVING_H
#define HEIR_APPLY_LIVING_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

struct heir_living_item {
	struct heir_str id;
	struct heir_str of; /* a pod: its handler, "" for the default; a container: its pod */
	bool ended;         /* there is a record of it, and no process */
};

struct heir_living {
	const struct heir_living_item *pods, *containers; /* in the order of the answers */
	uint32_t n_pods, n_containers;
	struct heir_map by_id; /* places in `pods` */
};

#define HEIR_LIVING_NULL ((struct heir_living){.pods = NULL})

/* Reads both answers, which must outlive it; the lists are the arena's. 0; -EBADMSG, they are no
 * such answers; -ENOMEM. Release in any case. */
int heir_living_init(struct heir_living *living, struct heir_str pods, struct heir_str containers,
	struct heir_arena *arena);
void heir_living_release(struct heir_living *living);

/* The pod that an id is, or whose container it is, NULL: it is neither. A pod's own container, the
 * one that holds its namespaces, has the id of the pod. */
const struct heir_living_item *heir_living_pod(
	const struct heir_living *living, struct heir_str id);

#endif
