/* SPDX-License-Identifier: Apache-2.0 */
/* The annotations that allowed_annotations of a handler may contain, per release. */
#ifndef HEIR_CONFIG_ANNOTATION_H
#define HEIR_CONFIG_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "config/release.h"

/* Returns whether the release's list has exactly this name. Prefixes such as "run.oci." are names
 * of their own, as in CRI-O's ValidateRuntimeAllowedAnnotations. */
bool heir_annotation_is_known(struct heir_str name, struct heir_version version);

/* Returns the release that added the name, "1.35"; `since` of its row; NULL if no release has
 * it. */
const char *heir_annotation_since(struct heir_str name);

/* Since 1.35 some features have two names, an old one and one that ends in .crio.io; a handler
 * passes on the name that it lists. Returns the other name if the release has both; .p is NULL if
 * not. */
struct heir_str heir_annotation_twin(struct heir_str name, struct heir_version version);

/* Returns a bit for the feature of a name. Twins share it. 0 for other names. */
uint64_t heir_annotation_bit(struct heir_str name);

/* Returns the i-th name of all releases, in byte order; .p is NULL after the last. */
struct heir_str heir_annotation_at(unsigned i);

#endif
