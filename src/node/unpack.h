/* SPDX-License-Identifier: Apache-2.0 */
/* Archives: heir-unpack unpacks one into a private directory, and removes it when this process
 * closes it or is gone, whatever ended it. */
#ifndef HEIR_NODE_UNPACK_H
#define HEIR_NODE_UNPACK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/trace.h"
#include "node/unpack_words.h"

struct heir_unpacked {
	pid_t pid;
	int control, records; /* pipes; closing `control` ends it */
	const char *dir;
};

#define HEIR_UNPACKED_NULL ((struct heir_unpacked){.pid = -1, .control = -1, .records = -1})

/* Unpacks the archive that the descriptor `fd` reads, all of it or what may hold objects, with
 * `program`, which is judged as heir_probe_open_own() judges, into a directory of its own in `tmp`.
 * `name` is what `trace` is told of, members that are skipped too. 0; or -errno, with words in
 * *ret_error (NULL without memory), and nothing is left. Strings belong to the arena. */
int heir_unpack(const char *program, const char *tmp, const char *name, int fd, bool objects,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_unpacked *ret,
	const char **ret_error);

/* Makes the symbolic links of the archive too. From now on only what resolves links itself may read
 * the directory. 0 or -errno. */
int heir_unpack_links(struct heir_unpacked *unpacked, const char *name, struct heir_arena *arena,
	const struct heir_trace *trace);

/* Removes the directory. */
void heir_unpack_close(struct heir_unpacked *unpacked);

#endif
