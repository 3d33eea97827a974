/* SPDX-License-Identifier: Apache-2.0 */
/* Butane configs of the variants openshift and fcos, as far as butane only writes them down as an
 * Ignition config: inline texts, and local files beside the config. */
#ifndef HEIR_KUBE_BUTANE_H
#define HEIR_KUBE_BUTANE_H

#include "kube/kube.h"

/* Sets the object's config: its root, with the texts of local files in place. `dir` is the
 * directory that those are in, which no path leaves; NULL: there is none. What only butane can
 * expand is a diagnostic. 0 or -ENOMEM. */
int heir_butane_read(struct heir_kube *kube, struct heir_kube_object *object, const char *dir);

#endif
