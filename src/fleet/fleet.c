/* SPDX-License-Identifier: Apache-2.0 */
/* The names of kinds, and the steps of a comparison in order. */
#include "fleet/fleet.h"

#include <stdlib.h>

#include "fleet/parts.h"

const char *heir_fleet_kind_name(enum heir_fleet_kind kind)
{
	static const char *const names[HEIR_FLEET_N_KINDS] = {
		[HEIR_FLEET_WILL_NOT_START] = "will-not-start",
		[HEIR_FLEET_MISSING] = "missing",
		[HEIR_FLEET_UNSUPPORTED] = "unsupported",
		[HEIR_FLEET_BEHIND] = "behind",
		[HEIR_FLEET_EXTRA] = "extra",
	};

	return names[kind];
}

const char *heir_fleet_unknown_words(enum heir_fleet_unknown unknown)
{
	static const char *const words[HEIR_FLEET_N_UNKNOWNS] = {
		[HEIR_FLEET_KNOWN] = "",
		[HEIR_FLEET_NO_CRIO] = "no CRI-O in status.nodeInfo.containerRuntimeVersion",
		[HEIR_FLEET_NO_RELEASE] = "a release of CRI-O that heir does not know",
		[HEIR_FLEET_NO_CURRENT] = "no annotation names a rendered MachineConfig",
		[HEIR_FLEET_NO_CONFIG] =
			"the node's rendered MachineConfig is not among the objects",
		[HEIR_FLEET_NO_LIST] = "no status.runtimeHandlers, which Kubernetes 1.30 has",
		[HEIR_FLEET_TOO_MUCH] = "more MachineConfigs and releases than heir resolves",
	};

	return words[unknown];
}

int heir_fleet_compare(struct heir_fleet *fleet, struct heir_kube *kube,
	const struct heir_where *where, const char *pool)
{
	struct heir_fleet_unsupported_list unsupported = {.items = NULL};
	int r;

	fleet->kube = kube;
	fleet->where = *where;
	fleet->arena = &fleet->core->arena;
	r = heir_fleet_read(fleet, pool);
	if (r == 0)
		r = heir_fleet_judge(fleet);
	if (r == 0)
		r = heir_fleet_find_unsupported(fleet, &unsupported);
	if (r == 0)
		r = heir_fleet_fold(fleet, &unsupported);
	if (r == 0)
		r = heir_fleet_classify(fleet);
	free(unsupported.items);
	return r;
}
