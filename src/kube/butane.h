/* SPDX-License-Identifier: Apache-2.0 */
/* Butane configs of the variants openshift and fcos, to the extent that butane merely rewrites
 * them as an Ignition config: inline contents, and local files next to the config. */
#ifndef HEIR_KUBE_BUTANE_H
#define HEIR_KUBE_BUTANE_H

#include "kube/kube.h"

/* Sets the object's config to its root, with the contents of local files inserted. `dir` is the
 * directory of those files, which no path may leave; NULL if there is none. Whatever only butane
 * can expand is a diagnostic. Returns 0 or -ENOMEM. */
int heir_butane_read(struct heir_kube *kube, struct heir_kube_object *object, const char *dir);

#endif
