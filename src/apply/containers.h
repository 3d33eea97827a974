/* SPDX-License-Identifier: Apache-2.0 */
/* The running containers of CRI-O on a node, with the runtime that created each of them, and their
 * pods. Four sources are joined by ids:
 *
 * - conmon's command line in /proc: creator (-r), --root, bundle (-b) and id (-c); conmon outlives
 *   restarts of CRI-O;
 * - the annotations in the bundles' config.json: pod, names, and the handler of a sandbox;
 * - state directories below every known runtime_root, for containers without a conmon;
 * - the running CRI-O, for what is still missing.
 *
 * A source that should answer and does not is an error, never an empty list. */
#ifndef HEIR_APPLY_CONTAINERS_H
#define HEIR_APPLY_CONTAINERS_H

#include "apply/deadline.h"
#include "base/arena.h"
#include "base/map.h"
#include "base/root.h"
#include "base/trace.h"

struct heir_crio_pod {
	struct heir_str id, name, space; /* "" if unknown */
	struct heir_str handler;         /* "" if it names no handler; .p NULL if unknown */
};

struct heir_container {
	struct heir_str id, name; /* name: "" if unknown */
	struct heir_str pod;      /* the id of its pod; .p NULL if unknown */
	/* runtime_path and runtime_root it was created with, and the directory of its config.json;
	 * NULL if unknown */
	const char *creator, *root, *bundle;
	int monitor;        /* process id of its conmon, or 0 */
	int64_t pid, start; /* its process, and its start time in ticks; 0 if unknown */
	bool running;       /* it has a process */
	bool foreign;       /* not one of CRI-O's */
};

struct heir_containers {
	struct heir_arena arena;
	struct heir_container *items;
	struct heir_crio_pod *pods;
	uint32_t n, size, n_pods, size_pods;
	struct heir_map by_id, pod_by_id;
	const char *fault; /* with -EIO: which source failed, and why */
};

#define HEIR_CONTAINERS_NULL ((struct heir_containers){.items = NULL})

struct heir_containers_query {
	struct heir_root *root;
	bool live;                    /* `root` is this machine: read /proc, query CRI-O */
	const struct heir_str *roots; /* all known runtime_roots */
	uint32_t n_roots;
	const char *runroot; /* of containers/storage; bundles are below it */
	/* containers with bundles elsewhere belong to another CRI-O */
	bool runroot_is_set;
	const char *fetch, *socket; /* the program heir-fetch, and CRI-O's socket */
	struct heir_deadline deadline;
	const struct heir_trace *trace;
};

/* Lists the containers. Without `live` every state directory counts as a running container.
 * Returns 0; -EIO with `fault`; -ENOMEM. Release in any case. */
int heir_containers_init(struct heir_containers *list, const struct heir_containers_query *query);
void heir_containers_release(struct heir_containers *list);

/* Returns the pod with that id, or NULL. */
const struct heir_crio_pod *heir_containers_pod(
	const struct heir_containers *list, struct heir_str id);

/* Returns whether the process of the container still exists; true if it is not known. */
bool heir_container_lives(const struct heir_container *container);

/* Returns when a process started, in seconds since 1970; 0 if unknown. */
int64_t heir_process_began(int64_t pid);
/* The same for the conmon of a container; 0 if it has none. */
int64_t heir_container_began(const struct heir_container *container);

/* ---- For the files of this list ---- */

/* Sets the fault. Returns -EIO or -ENOMEM. */
int heir_containers_fail(struct heir_containers *list, const char *fmt, ...) _printf_(2, 3);

/* Get the container or pod with that id, adding it if necessary. The pointer is valid until the
 * next one is added. Return 0 or -ENOMEM. */
int heir_containers_add(
	struct heir_containers *list, struct heir_str id, struct heir_container **ret);
int heir_containers_add_pod(
	struct heir_containers *list, struct heir_str id, struct heir_crio_pod **ret);

/* Each adds what one source knows. Returns 0; -EIO with the fault; -ENOMEM. */
int heir_containers_read_proc(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_read_bundles(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_read_states(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_ask_crio(
	struct heir_containers *list, const struct heir_containers_query *query);

/* Reads a bundle, a directory with config.json. Returns -ENOENT if it has none. */
int heir_containers_read_bundle(struct heir_containers *list, struct heir_root *root,
	struct heir_str id, const char *bundle);

/* The arguments of a conmon. Strings are terminated, as in /proc/PID/cmdline. */
struct heir_conmon {
	const char *name, *id, *creator, *root, *bundle; /* root is NULL if it is not given */
};

/* Returns whether it is the command line of a conmon. The strings are slices of the text. */
bool heir_conmon_read(struct heir_str cmdline, struct heir_conmon *ret);

/* Returns the number at the beginning of the text; 0 if there is none or it is too large. */
int64_t heir_digits(const char *text);

/* Returns whether process `pid` exists, is not a zombie, and started at `start` (0: at any
 * time). */
bool heir_process_lives(int64_t pid, int64_t start);

#endif
