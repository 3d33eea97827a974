/* SPDX-License-Identifier: Apache-2.0 */
/* Is this path there, and where in $PATH is that binary: asked once each, however many handlers
 * ask. */
#ifndef HEIR_INHERIT_LOOKUP_H
#define HEIR_INHERIT_LOOKUP_H

#include <stdbool.h>

#include "base/core.h"
#include "base/map.h"

/* crio.service's $PATH, not the caller's. */
#define HEIR_DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* $PATH that systemd gives a service of the node: where the directories of sbin are those of bin,
 * it names only these. Mirrors default_PATH() of systemd. */
const char *heir_lookup_default(struct heir_root *root);

/* Names of OCI runtimes, in which a longer one stands before its own beginning; ends with NULL. */
extern const char *const heir_oci_runtimes[];
bool heir_is_oci_runtime(struct heir_str name);

/* Limit of a node's $PATH: each look-up may have to look into all of them. Directories that do not
 * exist, or are the same, do not count. */
enum { HEIR_LOOKUP_MAX_DIRS = 128 };

/* A directory of $PATH, opened when it is first looked into. */
struct heir_lookup_dir {
	const char *path; /* without slashes at its end, but for "/" */
	int fd;           /* -1: not opened yet; -2: cannot be */
};

struct heir_lookup {
	struct heir_core *core;
	const char *path; /* the directories, separated by ':'; NULL: the default, until needed */
	struct heir_lookup_dir *dirs;
	uint32_t n_dirs;
	struct heir_map missing, binaries;
	const char **found;
	uint32_t n_found, size_found;
};

void heir_lookup_init(struct heir_lookup *lookup, struct heir_core *core, const char *path);
void heir_lookup_release(struct heir_lookup *lookup);

/* Whether os.Stat would say that the path does not exist: only then does CRI-O refuse it. 0,
 * -ENOMEM, or -errno: it is not known (heir_root_is_absent()), and core->lost is the path. */
int heir_lookup_missing(struct heir_lookup *lookup, struct heir_str path, bool *ret);

/* Whether the node has no directory of $PATH at all: a copy of its configuration alone. 1, 0 or
 * -ENOMEM. */
int heir_lookup_is_bare(struct heir_lookup *lookup);

/* Go's exec.LookPath: the first directory of $PATH that has an executable of that name, or the name
 * itself where it holds a '/'. Where the files of the node are not known, crun and runc are taken
 * to be in /usr/bin, as on the nodes of OpenShift, and other names are nowhere. *ret is NULL when
 * there is none; it belongs to the core's arena. 0, -ENOMEM, -E2BIG where $PATH has too many
 * directories, or -errno as above: never another
 * directory's binary because one could not be read. */
int heir_lookup_binary(struct heir_lookup *lookup, struct heir_str name, const char **ret);

#endif
