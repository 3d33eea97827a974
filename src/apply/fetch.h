/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the running CRI-O on its unix socket: GET /config, and for its pods and containers as the
 * kubelet does; through the program heir-fetch, so that heir itself need not carry an HTTP client.
 */
#ifndef HEIR_APPLY_FETCH_H
#define HEIR_APPLY_FETCH_H

#include "config/config.h"

/* What is asked for. */
enum heir_fetch_what {
	HEIR_FETCH_CONFIG,
	HEIR_FETCH_PODS,       /* the reply to runtime.v1.RuntimeService/ListPodSandbox */
	HEIR_FETCH_CONTAINERS, /* ... and to ListContainers, both as gRPC sends them */
	HEIR_FETCH_POD_STATUS, /* of each id the reply to PodSandboxStatus, verbose, one after the
				  other; an empty one for a pod that CRI-O does not have */
};

/* What heir-fetch calls that, in its second argument; ends with NULL. */
#define HEIR_FETCH_WORDS                                          \
	{                                                         \
		"config", "pods", "containers", "podstatus", NULL \
	}

/* How heir-fetch ends; it prints the answer and nothing else. */
enum heir_fetch_status {
	HEIR_FETCH_FINE = 0,
	HEIR_FETCH_USAGE = 2,
	HEIR_FETCH_NO_CONNECTION = 10,
	HEIR_FETCH_TOO_SLOW,
	HEIR_FETCH_TOO_LARGE,
	HEIR_FETCH_REFUSED, /* an answer of another status than 200 */
	HEIR_FETCH_BROKEN,  /* no HTTP, or it ended too early */
	HEIR_FETCH_FAILED,  /* gRPC ended with another status than 0 */
};

enum { HEIR_FETCH_MS = 5000, HEIR_FETCH_MAX = 16 << 20 };

/* Where the containers' storage keeps what does not outlive a boot: [crio] runroot, and whether a
 * file says so; as below. */
const char *heir_fetch_runroot(const struct heir_config *config, bool *ret_set);

/* The socket of [crio.api] listen, or where CRI-O has it if no file says; terminated, in the core's
 * arena. NULL: no memory. */
const char *heir_fetch_socket(const struct heir_config *config);

/* Runs `program`, which is heir-fetch and trusted. The answer is terminated as heir_file_read does
 * it, in `arena`. 0; or -errno with *ret_error in words, in `arena` too; -ENOMEM. */
int heir_fetch(const char *program, const char *socket, enum heir_fetch_what what,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_str *ret,
	const char **ret_error);

/* The same for `ms` milliseconds instead of HEIR_FETCH_MS, and of POD_STATUS with the ids of pods,
 * which end with NULL. */
int heir_fetch_ids(const char *program, const char *socket, enum heir_fetch_what what,
	const char *const *ids, int ms, struct heir_arena *arena, const struct heir_trace *trace,
	struct heir_str *ret, const char **ret_error);

#endif
