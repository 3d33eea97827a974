/* SPDX-License-Identifier: Apache-2.0 */
/* What the OCI runtimes of this machine report about themselves: `BIN features` is run on demand,
 * once per binary, as probe.h describes. If a runtime has no such command, `--version` is run to
 * identify it. Shims for virtual machines have neither and must not be run. Programs of other
 * machines are never run; the caller ensures that. */
#ifndef HEIR_NODE_RUNTIMES_H
#define HEIR_NODE_RUNTIMES_H

#include "base/arena.h"
#include "base/map.h"
#include "base/trace.h"
#include "node/facts.h"

enum {
	HEIR_RUNTIME_MAX_OUTPUT = 1 << 20, /* bytes of `features` */
	HEIR_RUNTIME_MAX_VERSION = 200,    /* bytes of the first line of `--version` */
};

/* For one thread. */
struct heir_runtimes {
	struct heir_arena *arena; /* for the results */
	const char *cache;        /* a directory for the cache, or NULL */
	struct heir_map known;    /* from paths to indices of `asked` */
	const struct heir_runtime_facts **asked;
	uint32_t n, size;
	const struct heir_trace *trace; /* NULL: tracing is off */
};

/* The arena and the directory name must outlive it. */
void heir_runtimes_init(
	struct heir_runtimes *runtimes, struct heir_arena *arena, const char *cache);
void heir_runtimes_release(struct heir_runtimes *runtimes);

/* Gets what the binary at `path` reports, running it the first time. *ret is in the arena and not
 * NULL on success. A relative path starts at "/". Returns 0 or -ENOMEM. */
int heir_runtimes_get(struct heir_runtimes *runtimes, struct heir_str path,
	const struct heir_runtime_facts **ret);

#endif
