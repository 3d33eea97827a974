/* SPDX-License-Identifier: Apache-2.0 */
/* The containers of CRI-O that live on a node, with the runtime that created each of them, and its
 * pods. Four sources are joined by ids:
 *
 * - conmon's command line in /proc: creator (-r), --root, bundle (-b) and id (-c). It outlives
 *   restarts of CRI-O;
 * - the annotations in the bundles' config.json: pod, names, and of a sandbox the handler;
 * - state directories under every runtime_root that is known, for containers without a conmon;
 * - the running CRI-O, for what the others do not tell.
 *
 * A source that should answer and does not is a fault, never an empty list. */
#ifndef HEIR_APPLY_CONTAINERS_H
#define HEIR_APPLY_CONTAINERS_H

#include "apply/deadline.h"
#include "base/arena.h"
#include "base/map.h"
#include "base/root.h"
#include "base/trace.h"

struct heir_crio_pod {
	struct heir_str id, name, space; /* "" if unknown */
	struct heir_str handler;         /* "": it names no handler; p NULL: unknown */
};

struct heir_container {
	struct heir_str id, name; /* the name: "" if unknown */
	struct heir_str pod;      /* the id of its pod; p NULL: unknown */
	/* runtime_path and runtime_root it was created with, and the directory of its config.json;
	 * NULL if unknown */
	const char *creator, *root, *bundle;
	int monitor;        /* the process id of its conmon; 0: none */
	int64_t pid, start; /* its own, and when it started in ticks; 0 if unknown */
	bool running;       /* it has a process */
	bool foreign;       /* it is not CRI-O's */
};

struct heir_containers {
	struct heir_arena arena;
	struct heir_container *items;
	struct heir_crio_pod *pods;
	uint32_t n, size, n_pods, size_pods;
	struct heir_map by_id, pod_by_id;
	const char *fault; /* with -EIO: which source did not answer, and why */
};

#define HEIR_CONTAINERS_NULL ((struct heir_containers){.items = NULL})

struct heir_containers_query {
	struct heir_root *root;
	bool live;                    /* `root` is this machine: look at processes, ask CRI-O */
	const struct heir_str *roots; /* the runtime_roots that are known */
	uint32_t n_roots;
	const char *runroot;        /* of the storage: bundles are below it */
	bool runroot_is_set;        /* containers with bundles elsewhere are of another CRI-O */
	const char *fetch, *socket; /* heir-fetch, and where CRI-O listens */
	struct heir_deadline deadline;
	const struct heir_trace *trace;
};

/* Lists them. Without `live` every state directory counts as a living container. 0; -EIO with
 * `fault`; -ENOMEM. Release in any case. */
int heir_containers_init(struct heir_containers *list, const struct heir_containers_query *query);
void heir_containers_release(struct heir_containers *list);

/* The pod of that id, or NULL. */
const struct heir_crio_pod *heir_containers_pod(
	const struct heir_containers *list, struct heir_str id);

/* Returns whether the container still has the process by which it was found; true if nothing tells.
 */
bool heir_container_lives(const struct heir_container *container);

/* When a process began, in seconds since 1970; 0: unknown. */
int64_t heir_process_began(int64_t pid);
/* The same of the conmon of a container; 0: it has none. */
int64_t heir_container_began(const struct heir_container *container);

/* ---- For the files of this list ---- */

/* Sets the fault; -EIO or -ENOMEM. */
int heir_containers_fail(struct heir_containers *list, const char *fmt, ...) _printf_(2, 3);

/* The container or pod of that id, added if it is new. The pointer holds until the next one is
 * added. 0 or -ENOMEM. */
int heir_containers_add(
	struct heir_containers *list, struct heir_str id, struct heir_container **ret);
int heir_containers_add_pod(
	struct heir_containers *list, struct heir_str id, struct heir_crio_pod **ret);

/* Each adds what its source knows. 0; -EIO with the fault; -ENOMEM. */
int heir_containers_read_proc(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_read_bundles(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_read_states(
	struct heir_containers *list, const struct heir_containers_query *query);
int heir_containers_ask_crio(
	struct heir_containers *list, const struct heir_containers_query *query);

/* Reads one bundle, a directory with a config.json; -ENOENT: it has none. */
int heir_containers_read_bundle(struct heir_containers *list, struct heir_root *root,
	struct heir_str id, const char *bundle);

/* conmon's arguments, each terminated, as /proc/PID/cmdline has them. */
struct heir_conmon {
	const char *name, *id, *creator, *root, *bundle; /* root NULL: not given */
};

/* Returns whether it is such a command line; its strings are slices of the text. */
bool heir_conmon_read(struct heir_str cmdline, struct heir_conmon *ret);

/* The number that the text begins with; 0: it does not, or the number is too large. */
int64_t heir_digits(const char *text);

/* Whether process `pid` exists, is not a zombie, and began at `start` (0: at any time). */
bool heir_process_lives(int64_t pid, int64_t start);

#endif
