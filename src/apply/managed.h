/* SPDX-License-Identifier: Apache-2.0 */
/* The files that the Machine Config Operator's daemon manages on an OpenShift node. If one differs
 * from the MachineConfigs, the daemon marks the node as degraded and restores it. */
#ifndef HEIR_APPLY_MANAGED_H
#define HEIR_APPLY_MANAGED_H

#include "base/arena.h"
#include "base/root.h"

#define HEIR_MANAGED_CONFIG "/etc/machine-config-daemon/currentconfig"

/* Determines whether the MachineConfig that the daemon applied last contains the file `path`.
 * False if there is no such daemon, or if its state cannot be read. Returns 0 or -ENOMEM. */
int heir_managed_brings(struct heir_root *root, const char *path, bool *ret);

#endif
