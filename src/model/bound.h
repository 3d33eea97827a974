/* SPDX-License-Identifier: Apache-2.0 */
/* How much of inherited text a report holds. Thousands of handlers can inherit one value of
 * megabytes, and can name one parent whose name is as long: without a bound the report would be as
 * long as the square of the input.
 *
 * Values of more than HEIR_BOUND_LONG bytes share a room of HEIR_BOUND_ROOM bytes per report (in
 * struct heir_out), which is more than any real node needs. Once it is used up, a report shows the
 * beginning of such a value and "... and N more bytes" (of a list: items). Names of other handlers
 * are bounded in the same way, without a room. */
#ifndef HEIR_MODEL_BOUND_H
#define HEIR_MODEL_BOUND_H

#include "base/arena.h"
#include "base/buf.h"
#include "inherit/value.h"

enum {
	HEIR_BOUND_LONG = 1024,
	HEIR_BOUND_ROOM = 16 << 20, /* as much as the largest file that heir reads */
	HEIR_BOUND_CELL = 256,      /* columns to which a cell makes others wider */
};

/* Replaces a long value that has no place in *room by its beginning, in `arena`, and sets
 * origin->left_out. A room of NULL is none at all. 0 or -ENOMEM. */
int heir_bound_value(struct heir_arena *arena, size_t *room, struct heir_origin *origin);

/* Adds the name of a handler, as it is, or its beginning. */
void heir_bound_name(struct heir_buf *buf, struct heir_str name);

#endif
