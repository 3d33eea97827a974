/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes objects in, the files of a node out: what the Machine Config Operator (MCO) would put
 * there. Objects of a cluster, of a repository, or of a must-gather; kinds that say nothing about
 * CRI-O are passed over. */
#ifndef HEIR_KUBE_KUBE_H
#define HEIR_KUBE_KUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core.h"
#include "base/overlay.h"
#include "kube/object.h"

struct heir_kube;

int heir_kube_new(struct heir_core *core, struct heir_kube **ret);
/* What was read lives in the core's arena; the core has to outlive the objects. NULL. */
struct heir_kube *heir_kube_free(struct heir_kube *kube);

/* ---- In ---- */

/* A text of YAML or JSON: any number of documents, Lists too. `input` is its name as the user gave
 * it; both outlive the core. Becomes a source of scope HEIR_SCOPE_OBJECT. What is wrong with it
 * becomes a diagnostic: of object-syntax, object-twice or object-no-role; whatever else is wrong
 * with an object is told by who uses it. An object that comes again (kind and name) replaces the
 * one before. 0 or -ENOMEM. */
int heir_kube_read(struct heir_kube *kube, const char *input, struct heir_str text);

/* A file of at most HEIR_TREE_MAX_TEXT bytes, or a directory: it is walked in byte order for
 * regular files named *.yaml, *.yml and *.json, links to directories excepted. One in a directory
 * that does not parse is passed over if it does not even mention an API that heir reads, for
 * directories hold all kinds of files. These are files of the user, not of the node. 0; -ENOMEM; or
 * -errno, and *ret_failed names what could not be read (in the core's arena). `name` is what `path`
 * is called there and in places; NULL: as it is. */
int heir_kube_read_path(
	struct heir_kube *kube, const char *path, const char *name, const char **ret_failed);

/* ---- Objects ---- */

/* In the order in which they came. */
uint32_t heir_kube_n(const struct heir_kube *kube, enum heir_kube_kind kind);
const struct heir_kube_object *heir_kube_at(
	const struct heir_kube *kube, enum heir_kube_kind kind, uint32_t i);
/* The one of that name, or NULL. Pods are not found by name. */
const struct heir_kube_object *heir_kube_find(
	const struct heir_kube *kube, enum heir_kube_kind kind, struct heir_str name);

/* ---- Out ---- */

/* The pools that the objects speak of, in byte order: those that are there, those that a role label
 * names, those whose rendered MachineConfig is there. In the arena. 0 or -ENOMEM. */
int heir_kube_pools(struct heir_kube *kube, const char *const **ret, uint32_t *ret_n);
/* Which of them is meant when nobody names one: the only one, or the only one besides master. NULL:
 * none, or several. */
const char *heir_kube_pool_meant(const char *const *pools, uint32_t n);

/* A MachineConfig that a pool takes. */
struct heir_kube_selected {
	const char *name;
	/* The MachineConfig; or the ContainerRuntimeConfig of which the MCO makes it. */
	const struct heir_kube_object *object;
	bool first; /* its role is worker: it comes before all others */
};

/* The MachineConfigs of which a node of the pool is made, in the order in which they are merged,
 * those that ContainerRuntimeConfigs become among them. Where none of the MCO's own templates is
 * there, the others lie over the rendered one that the pool names, or the only one of the pool (of
 * workers, if the pool has none and takes theirs); several of which none is named are a diagnostic
 * (object-ambiguous). Asked again for the same pool, it gives the same list and tells nothing
 * twice. In the arena. 0 or -ENOMEM. */
int heir_kube_take(struct heir_kube *kube, const char *pool, const struct heir_kube_selected **ret,
	uint32_t *ret_n);

/* The files that a node of the pool would hold. Adds diagnostics about the objects that the pool
 * takes, of its files each time it is called: of severity F where a file under /etc/crio is
 * concerned, or who knows what files. Nothing is ever taken out of `ret`. 0 or -ENOMEM. */
int heir_kube_files(struct heir_kube *kube, const char *pool, struct heir_overlay *ret);

#endif
