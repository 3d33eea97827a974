/* SPDX-License-Identifier: Apache-2.0 */
/* Replacements in a text: everything that they do not name stays byte for byte. */
#ifndef HEIR_BASE_EDIT_H
#define HEIR_BASE_EDIT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct heir_edit {
	uint32_t at, len;     /* what goes */
	struct heir_str text; /* what comes */
};

/* Puts edits in order of their places, and makes one of those that take away what touches. They
 * must not overlap otherwise. Returns how many are left. */
uint32_t heir_edits_sort(struct heir_edit *edits, uint32_t n);

/* Adds the text with the edits made, which are in order. */
void heir_edits_apply(
	struct heir_buf *buf, struct heir_str text, const struct heir_edit *edits, uint32_t n);

#endif
