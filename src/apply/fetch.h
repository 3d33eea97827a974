/* SPDX-License-Identifier: Apache-2.0 */
/* Queries the running CRI-O on its unix socket: GET /config, and pods and containers as the
 * kubelet does. It runs the program heir-fetch, so that heir itself need not contain an HTTP
 * client. */
#ifndef HEIR_APPLY_FETCH_H
#define HEIR_APPLY_FETCH_H

#include "config/config.h"

/* The requests. */
enum heir_fetch_what {
	HEIR_FETCH_CONFIG,
	HEIR_FETCH_PODS,       /* the reply to runtime.v1.RuntimeService/ListPodSandbox */
	HEIR_FETCH_CONTAINERS, /* ... to ListContainers, both as gRPC sends them */
	HEIR_FETCH_POD_STATUS, /* of each id the reply to PodSandboxStatus, verbose, one after the
				  other; an empty one for a pod that CRI-O does not have */
};

/* The names of requests in heir-fetch's second argument, ending with NULL. */
#define HEIR_FETCH_WORDS                                          \
	{                                                         \
		"config", "pods", "containers", "podstatus", NULL \
	}

/* The exit status of heir-fetch. Its output is only the answer. */
enum heir_fetch_status {
	HEIR_FETCH_FINE = 0,
	HEIR_FETCH_USAGE = 2,
	HEIR_FETCH_NO_CONNECTION = 10,
	HEIR_FETCH_TOO_SLOW,
	HEIR_FETCH_TOO_LARGE,
	HEIR_FETCH_REFUSED, /* an HTTP status other than 200 */
	HEIR_FETCH_BROKEN,  /* not HTTP, or it ended too early */
	HEIR_FETCH_FAILED,  /* a gRPC status other than 0 */
};

enum { HEIR_FETCH_MS = 5000, HEIR_FETCH_MAX = 16 << 20 };

/* Returns [crio] runroot, where containers/storage keeps what does not survive a boot, and whether
 * a file sets it; in the core's arena. */
const char *heir_fetch_runroot(const struct heir_config *config, bool *ret_set);

/* Returns the socket, [crio.api] listen or CRI-O's default; terminated, in the core's arena. NULL
 * if there is no memory. */
const char *heir_fetch_socket(const struct heir_config *config);

/* Runs `program`, which must be heir-fetch and trusted. The answer is in `arena`, with padding.
 * Returns 0; -errno with *ret_error in `arena`; -ENOMEM. */
int heir_fetch(const char *program, const char *socket, enum heir_fetch_what what,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret,
	const char **ret_error);

/* The same with a time limit of `ms` instead of HEIR_FETCH_MS and, for POD_STATUS, the ids of
 * pods, ending with NULL. */
int heir_fetch_ids(const char *program, const char *socket, enum heir_fetch_what what,
	const char *const *ids, int ms, struct heir_arena *arena, const struct heir_trace *trace,
	struct heir_str *ret, const char **ret_error);

#endif
