/* SPDX-License-Identifier: Apache-2.0 */
/* Determines who wrote a MachineConfig, and a file in one, from names and owner references. */
#ifndef HEIR_KUBE_AUTHOR_H
#define HEIR_KUBE_AUTHOR_H

#include "kube/object.h"

/* The author of a whole MachineConfig. */
enum heir_author heir_author_of_config(const struct heir_kube_object *config, struct heir_str role);
/* The author of a file in it. */
enum heir_author heir_author_of_file(const struct heir_object *config, const char *path);

/* Returns whether this is the name of a MachineConfig that the MCO merged, and the pool it is
 * for. */
bool heir_is_rendered(struct heir_str name, struct heir_str *ret_pool);

#endif
