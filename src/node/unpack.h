/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacks archives with heir-unpack, which owns the directory: it removes the directory when this
 * process closes it or ends, however that happens. */
#ifndef HEIR_NODE_UNPACK_H
#define HEIR_NODE_UNPACK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/trace.h"
#include "node/unpack_words.h"

struct heir_unpacked {
	pid_t pid;
	int control, records; /* pipes; closing `control` ends heir-unpack */
	const char *dir;
};

#define HEIR_UNPACKED_NULL ((struct heir_unpacked){.pid = -1, .control = -1, .records = -1})

/* Unpacks the archive on the descriptor `fd`, completely or only files that may contain objects,
 * into a new directory in `tmp`. `program` is checked as by heir_probe_open_own(). `name` is for
 * traces, which also report skipped members. Strings are in the arena. Returns 0, or -errno with a
 * message in *ret_error (NULL if there is no memory) and nothing left behind. */
int heir_unpack(const char *program, const char *tmp, const char *name, int fd, bool objects,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_unpacked *ret,
	const char **ret_error);

/* Creates the symbolic links of the archive as well. Afterwards only code that resolves links
 * within the directory may read it. Returns 0 or -errno. */
int heir_unpack_links(struct heir_unpacked *unpacked, const char *name, struct heir_arena *arena,
	const struct heir_trace *trace);

/* Removes the directory. */
void heir_unpack_close(struct heir_unpacked *unpacked);

#endif
