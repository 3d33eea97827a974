/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon of the Machine Config Operator looks after on an OpenShift node: it marks a node
 * whose file is another one than its MachineConfigs say as degraded, and puts its own back. */
#ifndef HEIR_APPLY_MANAGED_H
#define HEIR_APPLY_MANAGED_H

#include "base/arena.h"
#include "base/root.h"

#define HEIR_MANAGED_CONFIG "/etc/machine-config-daemon/currentconfig"

/* Does the MachineConfig that the daemon applied last bring the file `path`? Where there is no
 * such daemon, or nothing that can be read of it, it does not. 0 or -ENOMEM. */
int heir_managed_brings(struct heir_root *root, const char *path, bool *ret);

#endif
