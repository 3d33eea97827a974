/* SPDX-License-Identifier: Apache-2.0 */
/* The annotations that a handler's allowed_annotations may name, per release. */
#ifndef HEIR_CONFIG_ANNOTATION_H
#define HEIR_CONFIG_ANNOTATION_H

#include <stdbool.h>

#include "base/str.h"
#include "config/release.h"

/* Whether the release's list has this very name; "run.oci." and the like are names of their own
 * here, as in CRI-O's ValidateRuntimeAllowedAnnotations. */
bool heir_annotation_is_known(struct heir_str name, struct heir_version version);

/* The i-th name of all releases together, in byte order; p is NULL behind the last. */
struct heir_str heir_annotation_at(unsigned i);

#endif
