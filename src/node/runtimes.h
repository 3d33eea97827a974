/* SPDX-License-Identifier: Apache-2.0 */
/* What the OCI runtimes of this machine say of themselves: `BIN features` is run for those that
 * somebody asks about, once each, as probe.h has it. One without that command is asked for its
 * `--version` instead, for people to see what it is; a shim of a virtual machine knows neither, and
 * is not to be asked. Of no other machine anything is ever run: whoever makes one of these sees to
 * that. */
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
	struct heir_arena *arena; /* what they told */
	const char *cache;     /* where that is kept from one process to the next; NULL: nowhere */
	struct heir_map known; /* the paths that were asked, to numbers of `asked` */
	const struct heir_runtime_facts **asked;
	uint32_t n, size;
	const struct heir_trace *trace; /* NULL: nobody asks */
};

/* The arena and the name of the directory must outlive it. */
void heir_runtimes_init(
	struct heir_runtimes *runtimes, struct heir_arena *arena, const char *cache);
void heir_runtimes_release(struct heir_runtimes *runtimes);

/* What the binary at `path` tells, asked now if nobody did before: *ret is never NULL then, and
 * lives in the arena. A relative path starts at "/". 0 or -ENOMEM. */
int heir_runtimes_get(struct heir_runtimes *runtimes, struct heir_str path,
	const struct heir_runtime_facts **ret);

#endif
