/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacking what gzip packed, bounded. */
#ifndef HEIR_BASE_GZIP_H
#define HEIR_BASE_GZIP_H

#include "base/arena.h"
#include "base/str.h"

/* Unpacks one or more members into the arena, terminated as heir_file_read does it: at most
 * HEIR_FILE_MAX bytes and at most *budget, from which they are taken. `packed` is shorter than 4
 * GiB. 0; -EINVAL, and *ret_what says what is wrong with it; -ENOMEM. */
int heir_gunzip(struct heir_str packed, size_t *budget, struct heir_arena *arena,
	struct heir_str *ret, const char **ret_what);

#endif
