/* SPDX-License-Identifier: Apache-2.0 */
/* The annotations that a handler's allowed_annotations may name, per release. */
#ifndef HEIR_CONFIG_ANNOTATION_H
#define HEIR_CONFIG_ANNOTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "config/release.h"

/* Whether the release's list has this very name; "run.oci." and the like are names of their own
 * here, as in CRI-O's ValidateRuntimeAllowedAnnotations. */
bool heir_annotation_is_known(struct heir_str name, struct heir_version version);

/* The release that the name came with, as "1.35"; `since` of that row; NULL: no release knows it.
 */
const char *heir_annotation_since(struct heir_str name);

/* Some features have two names from 1.35 on, an older one and one that ends in .crio.io, and a
 * handler passes on the one that it lists. The other name, if the release knows both; p is NULL if
 * there is none. */
struct heir_str heir_annotation_twin(struct heir_str name, struct heir_version version);

/* A bit for the feature that a name is of: twins have the same one. 0 for other names. */
uint64_t heir_annotation_bit(struct heir_str name);

/* The i-th name of all releases together, in byte order; p is NULL behind the last. */
struct heir_str heir_annotation_at(unsigned i);

#endif
