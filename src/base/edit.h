/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a text: each replaces a span, everything else stays byte for byte. */
#ifndef HEIR_BASE_EDIT_H
#define HEIR_BASE_EDIT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct heir_edit {
	uint32_t at, len;     /* the span that is replaced */
	struct heir_str text; /* the new text */
};

/* Sorts edits by place and merges removals that touch or overlap. Other edits must not overlap.
 * Returns the new number of edits. */
uint32_t heir_edits_sort(struct heir_edit *edits, uint32_t n);

/* Appends the text with all edits applied. They must be sorted. */
void heir_edits_apply(
	struct heir_buf *buf, struct heir_str text, const struct heir_edit *edits, uint32_t n);

#endif
