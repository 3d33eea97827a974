/* SPDX-License-Identifier: Apache-2.0 */
/* From Kubernetes objects to the files of a node: what the Machine Config Operator (MCO) would
 * write there. Objects come from a cluster, a repository or a must-gather; kinds that do not
 * concern CRI-O are ignored. */
#ifndef HEIR_KUBE_KUBE_H
#define HEIR_KUBE_KUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core.h"
#include "base/overlay.h"
#include "kube/object.h"

struct heir_kube;

int heir_kube_new(struct heir_core *core, struct heir_kube **ret);
/* What was read is in the core's arena; the core must outlive the objects. heir_kube_free()
 * returns NULL. */
struct heir_kube *heir_kube_free(struct heir_kube *kube);

/* ---- In ---- */

/* Reads a text of YAML or JSON: any number of documents, including Lists. `input` is its name as
 * given by the user; both must outlive the core. It becomes a source of scope HEIR_SCOPE_OBJECT.
 * Its faults become diagnostics of object-syntax, object-twice or object-no-role; other faults of
 * an object are reported by the code that uses it. An object with the kind and name of an earlier
 * one replaces it. Returns 0 or -ENOMEM. */
int heir_kube_read(struct heir_kube *kube, const char *input, struct heir_str text);

/* Reads a file of at most HEIR_TREE_MAX_TEXT bytes, or a directory: regular files named *.yaml,
 * *.yml and *.json below it, in byte order, without following links to directories. A file in a
 * directory that does not parse is ignored unless it mentions an API that heir reads, because
 * directories contain all kinds of files. The path is the user's, not the node's. `name` replaces
 * `path` in messages and places, unless NULL. Returns 0; -ENOMEM; or -errno with the path that
 * could not be read in *ret_failed (in the core's arena). */
int heir_kube_read_path(
	struct heir_kube *kube, const char *path, const char *name, const char **ret_failed);

/* ---- Objects ---- */

/* In the order of reading. */
uint32_t heir_kube_n(const struct heir_kube *kube, enum heir_kube_kind kind);
const struct heir_kube_object *heir_kube_at(
	const struct heir_kube *kube, enum heir_kube_kind kind, uint32_t i);
/* Returns the object with that name, or NULL. Pods cannot be found by name. */
const struct heir_kube_object *heir_kube_find(
	const struct heir_kube *kube, enum heir_kube_kind kind, struct heir_str name);

/* ---- Out ---- */

/* Returns the pools that objects mention, in byte order: MachineConfigPools, role labels, and
 * rendered MachineConfigs. In the arena. Returns 0 or -ENOMEM. */
int heir_kube_pools(struct heir_kube *kube, const char *const **ret, uint32_t *ret_n);
/* Returns the default pool: the only one, or the only one apart from master. NULL if there are
 * none or several. */
const char *heir_kube_pool_meant(const char *const *pools, uint32_t n);

/* A MachineConfig that applies to a pool. */
struct heir_kube_selected {
	const char *name;
	/* The MachineConfig, or the ContainerRuntimeConfig from which the MCO makes it. */
	const struct heir_kube_object *object;
	bool first; /* its role is worker: it precedes all others */
};

/* Returns the MachineConfigs of a pool in merge order, including those made from
 * ContainerRuntimeConfigs. Without the MCO's templates, the others are merged over a rendered
 * MachineConfig: the one that the pool names, or the only one of the pool (else of workers, for a
 * pool without one that takes theirs). Several candidates are a diagnostic (object-ambiguous).
 * Repeated calls for the same pool return the same list and report nothing again. In the arena.
 * Returns 0 or -ENOMEM. */
int heir_kube_take(struct heir_kube *kube, const char *pool, const struct heir_kube_selected **ret,
	uint32_t *ret_n);

/* Adds the files that a node of the pool would have to `ret`. Adds diagnostics about the objects
 * of the pool, and on each call about its files: of severity F if a file under /etc/crio is or may
 * be affected. Never removes files from `ret`. Returns 0 or -ENOMEM. */
int heir_kube_files(struct heir_kube *kube, const char *pool, struct heir_overlay *ret);

/* Returns the kind of the first object that was skipped because it says nothing about CRI-O; NULL:
 * none was. */
const char *heir_kube_other_kind(const struct heir_kube *kube);

#endif
