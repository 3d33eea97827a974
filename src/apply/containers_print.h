/* SPDX-License-Identifier: Apache-2.0 */
/* Prints running containers: `heir containers`. */
#ifndef HEIR_APPLY_CONTAINERS_PRINT_H
#define HEIR_APPLY_CONTAINERS_PRINT_H

#include "apply/containers.h"
#include "report/out.h"

/* Prints containers of CRI-O that have a process, with pod, handler, creator and runtime_root. If
 * the handler is bound late, the creator is taken from heir-runtime's record below `root`. Returns
 * 0 or -ENOMEM. */
int heir_containers_text(
	struct heir_containers *list, struct heir_root *root, struct heir_out *out);
/* heir.containers/1 */
int heir_containers_json(
	struct heir_containers *list, struct heir_root *root, struct heir_out *out);

#endif
