/* SPDX-License-Identifier: Apache-2.0 */
/* Decompresses gzip, bounded. */
#ifndef HEIR_BASE_GZIP_H
#define HEIR_BASE_GZIP_H

#include "base/arena.h"
#include "base/str.h"

/* Decompresses all members into the arena, padded as heir_file_read() does: at most HEIR_FILE_MAX
 * bytes, and at most *budget, which is reduced accordingly. `packed` must be shorter than 4 GiB.
 * Returns 0; -EINVAL with the reason in *ret_what; -ENOMEM. */
int heir_gunzip(struct heir_str packed, size_t *budget, struct heir_arena *arena,
	struct heir_str *ret, const char **ret_what);

#endif
