/* SPDX-License-Identifier: Apache-2.0 */
/* The living containers as people and programs read them: `heir containers`. */
#ifndef HEIR_APPLY_CONTAINERS_PRINT_H
#define HEIR_APPLY_CONTAINERS_PRINT_H

#include "apply/containers.h"
#include "report/out.h"

/* Those that have a process and are CRI-O's, with pod, handler, creator and runtime_root. The
 * creator of one whose handler is bound late is in its record below `root`. 0 or -ENOMEM. */
int heir_containers_text(
	struct heir_containers *list, struct heir_root *root, struct heir_out *out);
/* heir.containers/1 */
int heir_containers_json(
	struct heir_containers *list, struct heir_root *root, struct heir_out *out);

#endif
