/* SPDX-License-Identifier: Apache-2.0 */
/* ContainerRuntimeConfigs: of each the MCO makes a MachineConfig for every pool that it selects. */
#ifndef HEIR_KUBE_CTRCFG_H
#define HEIR_KUBE_CTRCFG_H

#include "kube/ignition.h"
#include "kube/kube.h"
#include "kube/selector.h"

/* A MachineConfig that is to be made. */
struct heir_ctrcfg_made {
	const char *name;
	const struct heir_kube_object *object; /* what it is made of */
};

/* Whose selectors can be asked, by their numbers; of the others the fault is told. In the arena. 0
 * or -ENOMEM. */
int heir_ctrcfg_judge(struct heir_kube *kube, const bool **ret_usable);
/* What is made for a pool with those labels, in the order of creation, which gives the names:
 * 99-POOL-generated-containerruntime, then with -1, -2 and so on. `usable` is what
 * heir_ctrcfg_judge() said. In the arena. 0 or -ENOMEM. */
int heir_ctrcfg_make(struct heir_kube *kube, const bool *usable, struct heir_str pool,
	const struct heir_labels *labels, struct heir_ctrcfg_made **ret, uint32_t *ret_n);

/* Whether a ContainerRuntimeConfig selects no pool: its selector is missing or empty, or matches
 * none of the MachineConfigPools that are there. False where none is there to ask, and for a
 * selector that is too large. */
bool heir_ctrcfg_selects_nothing(
	const struct heir_kube *kube, const struct heir_kube_object *object);

/* Puts its drop-ins among the files, byte for byte as the MCO writes them: 01-ctrcfg-logLevel,
 * -pidsLimit, -logSizeMax and -defaultRuntime. One that the MCO would refuse is a diagnostic, and
 * nothing is put. 0 or -ENOMEM. */
int heir_ctrcfg_merge(
	struct heir_core *core, const struct heir_kube_object *object, struct heir_ignition *ign);

/* A quantity of Kubernetes ("16Ki", "1.5M", "1e6"), rounded up; false for what is none, or more
 * than fits. */
bool heir_quantity_parse(struct heir_str text, int64_t *ret);

#endif
