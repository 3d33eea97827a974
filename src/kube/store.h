/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that were read, by kind. */
#ifndef HEIR_KUBE_STORE_H
#define HEIR_KUBE_STORE_H

#include "base/map.h"
#include "kube/kube.h"

struct heir_kube_list {
	const struct heir_kube_object **items;
	uint32_t n, size;
	struct heir_map by_name; /* of pods by NAMESPACE/NAME */
};

struct heir_kube {
	struct heir_core *core;
	struct heir_kube_list lists[HEIR_KUBE_N_KINDS];
	/* The last answer of heir_kube_take(), in the arena; the pool is NULL: there was none. */
	const char *taken_by;
	const struct heir_kube_taken *taken;
	uint32_t n_taken;
};

/* The same as heir_kube_read; with `in_directory` the text of a file that may be about anything. */
int heir_kube_read_text(
	struct heir_kube *kube, const char *input, struct heir_str text, bool in_directory);
/* May the text hold an object that heir reads? A look for the names of kinds. */
bool heir_kube_may_hold(struct heir_str text);

/* Is it a MachineConfig of the MCO's that is merged already, and of which pool? */
bool heir_kube_is_rendered(const struct heir_kube_object *config, struct heir_str *ret_pool);

#endif
