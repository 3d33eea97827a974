/* SPDX-License-Identifier: Apache-2.0 */
/* Who wrote a MachineConfig, and a file of one, as far as names tell. */
#ifndef HEIR_KUBE_AUTHOR_H
#define HEIR_KUBE_AUTHOR_H

#include "kube/object.h"

/* Of the MachineConfig of that name. */
enum heir_author heir_author_of_config(const struct heir_kube_object *config, struct heir_str role);
/* Of a file in it. */
enum heir_author heir_author_of_file(const struct heir_object *config, const char *path);

/* Is it the name of a MachineConfig that the MCO merged? Then *ret_pool is the pool it is for. */
bool heir_is_rendered(struct heir_str name, struct heir_str *ret_pool);

#endif
