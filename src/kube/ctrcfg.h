/* SPDX-License-Identifier: Apache-2.0 */
/* ContainerRuntimeConfigs: the MCO makes a MachineConfig of each for every pool that it selects.
 * Mirrors the MCO's container-runtime-config controller. */
#ifndef HEIR_KUBE_CTRCFG_H
#define HEIR_KUBE_CTRCFG_H

#include "kube/ignition.h"
#include "kube/kube.h"
#include "kube/selector.h"

/* A MachineConfig that the MCO would make. */
struct heir_ctrcfg_made {
	const char *name;
	const struct heir_kube_object *object; /* the ContainerRuntimeConfig */
};

/* Determines which of them have usable selectors, by index; reports the others. In the arena.
 * Returns 0 or -ENOMEM. */
int heir_ctrcfg_judge(struct heir_kube *kube, const bool **ret_usable);
/* Returns what the MCO makes for a pool with those labels, in order of creation, which determines
 * the names: 99-POOL-generated-containerruntime, then with -1, -2 and so on. `usable` is from
 * heir_ctrcfg_judge(). In the arena. Returns 0 or -ENOMEM. */
int heir_ctrcfg_make(struct heir_kube *kube, const bool *usable, struct heir_str pool,
	const struct heir_labels *labels, struct heir_ctrcfg_made **ret, uint32_t *ret_n);

/* Returns whether a ContainerRuntimeConfig selects no pool: its selector is missing or empty, or
 * matches none of the MachineConfigPools. Returns false if there are no pools, or if the selector
 * is too large. */
bool heir_ctrcfg_selects_nothing(
	const struct heir_kube *kube, const struct heir_kube_object *object);

/* Adds its drop-ins, byte for byte as the MCO writes them: 01-ctrcfg-logLevel, -pidsLimit,
 * -logSizeMax and -defaultRuntime. If the MCO would reject the object, adds a diagnostic and no
 * file. Returns 0 or -ENOMEM. */
int heir_ctrcfg_merge(
	struct heir_core *core, const struct heir_kube_object *object, struct heir_ignition *ign);

/* Parses a Kubernetes quantity ("16Ki", "1.5M", "1e6"), rounded up. Returns false if it is invalid
 * or does not fit. */
bool heir_quantity_parse(struct heir_str text, int64_t *ret);

#endif
