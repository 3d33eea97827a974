/* SPDX-License-Identifier: Apache-2.0 */
/* What a running CRI-O does besides what it prints. After a SIGHUP GET /config shows the files,
 * while the part of CRI-O that runs containers keeps what it had when it started; so three things
 * that can be seen from outside are compared with it: handlers without a monitor_path, files that
 * are newer than the process and that it shows all the same, and the runtimes that living
 * containers were created with. */
#ifndef HEIR_APPLY_RUNNING_H
#define HEIR_APPLY_RUNNING_H

#include "apply/containers.h"
#include "apply/live.h"

/* A container that runs otherwise than CRI-O's answer says. */
struct heir_contradiction {
	const struct heir_crio_pod *pod;
	const struct heir_container *container;
	const char *path, *root; /* of its handler by the answer; NULL: it has no such handler */
};

struct heir_running {
	int64_t started;   /* in seconds since 1970; 0: unknown */
	const char *newer; /* a file that defines handlers, newer than that; NULL: none is */
	struct heir_containers list;
	struct heir_contradiction *items;
	uint32_t n, n_new; /* n_new: of them, created since CRI-O started */
	const char *fault; /* why living containers were not compared; NULL: they were */
};

#define HEIR_RUNNING_NULL ((struct heir_running){.items = NULL})

/* Looks at the CRI-O of this machine that answered on `socket` with `live`; `config` is what the
 * files say. 0 or -ENOMEM. Release in any case. */
int heir_running_init(struct heir_running *running, const struct heir_config *config,
	const struct heir_live *live, const char *fetch, const char *socket);
void heir_running_release(struct heir_running *running);

/* Adds a line about a contradiction, without an end of line. */
void heir_contradiction_words(const struct heir_contradiction *item, struct heir_buf *buf);

#endif
