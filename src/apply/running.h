/* SPDX-License-Identifier: Apache-2.0 */
/* What a running CRI-O does, as opposed to what it reports. After a SIGHUP, GET /config returns
 * the files' values, but the part of CRI-O that runs containers keeps those from its start. Three
 * observations reveal this: handlers without a monitor_path, values from files newer than the
 * process, and the runtimes that created running containers. */
#ifndef HEIR_APPLY_RUNNING_H
#define HEIR_APPLY_RUNNING_H

#include "apply/containers.h"
#include "apply/live.h"

/* A container that contradicts CRI-O's answer. */
struct heir_contradiction {
	const struct heir_crio_pod *pod;
	const struct heir_container *container;
	/* of its handler according to the answer; NULL: it has no such handler */
	const char *path, *root;
};

struct heir_running {
	int64_t started;   /* in seconds since 1970; 0 if unknown */
	const char *newer; /* a file with handlers that is newer than the process, or NULL */
	struct heir_containers list;
	struct heir_contradiction *items;
	uint32_t n, n_new; /* n_new: those created since CRI-O started */
	const char *fault; /* why running containers were not compared, or NULL */
};

#define HEIR_RUNNING_NULL ((struct heir_running){.items = NULL})

/* Examines the CRI-O of this machine that gave the answer `live` on `socket`; `config` is what the
 * files say. Returns 0 or -ENOMEM. Release in any case. */
int heir_running_init(struct heir_running *running, const struct heir_config *config,
	const struct heir_live *live, const char *fetch, const char *socket);
void heir_running_release(struct heir_running *running);

/* Appends a line about a contradiction, without newline. */
void heir_contradiction_words(const struct heir_contradiction *item, struct heir_buf *buf);

#endif
