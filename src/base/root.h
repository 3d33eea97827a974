/* SPDX-License-Identifier: Apache-2.0 */
/* The file system of a node: the machine's own, or a directory that holds a copy of one (--root).
 * Every look at a node's files goes through here. With a directory nothing leaves it: absolute
 * links start at the directory, ".." stops there (openat2 with RESOLVE_IN_ROOT, or a walk that does
 * the same where the kernel has no openat2). Paths are as the node sees them; a relative one starts
 * at "/", which is CRI-O's working directory.
 *
 * An overlay lies over the directory. Where it stands alone nobody knows what else the node has:
 * then every path that is asked for is taken to be there, a file that root may run. So it is with a
 * directory of which only a part is known, but for the paths in that part. What the image of the
 * node's operating system says, if the overlay knows one, goes before all of these. */
#ifndef HEIR_BASE_ROOT_H
#define HEIR_BASE_ROOT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/overlay.h"
#include "base/seen.h"

struct heir_root {
	int fd;                             /* of the directory; -1: the machine's own */
	bool no_openat2;                    /* found out at the first use */
	const struct heir_overlay *overlay; /* NULL: none */
	struct heir_seen *seen; /* of the directory, without the overlay; NULL: it is asked anew */
	const char *only;       /* the path below which all is known; NULL: all is */
	/* The first look-up that failed for a reason that lies in the machine and not in the tree,
	 * such as -EIO or -ENFILE, and its path or the beginning of it. Whoever looked may take
	 * such a path for absent, and whoever asked for the whole must not believe it then. 0: none
	 */
	int problem;
	char troubled[256];
};

#define HEIR_ROOT_NULL ((struct heir_root){.fd = -1})

/* NULL: the machine's own. 0 or -errno. */
int heir_root_open(struct heir_root *root, const char *dir);
/* Is there an overlay alone, and no file system, or a part of one? */
bool heir_root_is_assumed(const struct heir_root *root);
/* Is it known whether there is a file at that path? */
bool heir_root_is_known(const struct heir_root *root, const char *path);
/* What the image of the node says of a path that the overlay does not bring. */
enum heir_os_verdict heir_root_os_lookup(const struct heir_root *root, const char *path);
/* The file of the overlay at that path, or NULL. */
const struct heir_overlay_file *heir_root_overlaid(const struct heir_root *root, const char *path);

/* A second hold of the same directory, without the overlay and what was seen. 0 or -errno. */
int heir_root_dup(const struct heir_root *root, struct heir_root *ret);
void heir_root_close(struct heir_root *root);

/* Opens with O_CLOEXEC and `flags` (no O_CREAT), whatever the overlay says; -ENOENT where it stands
 * alone. A descriptor, or -errno. */
int heir_root_openat(struct heir_root *root, const char *path, int flags);

/* Whether stat(2) would find something: 0 or -errno. */
int heir_root_find(struct heir_root *root, const char *path);
/* stat(2) and lstat(2): 0 or -errno. */
int heir_root_stat(struct heir_root *root, const char *path, struct stat *ret);
int heir_root_lstat(struct heir_root *root, const char *path, struct stat *ret);

/* Whether an error of the above says that there is no such file, for CRI-O as for heir: -ENOENT,
 * -ENOTDIR, and for a path that no file can have -ELOOP, -ENAMETOOLONG and -EINVAL. With any other
 * error it is not known. */
bool heir_root_is_absent(int error);

/* Whether a directory that heir_root_openat opened has an executable of that name, as exec.LookPath
 * would say for root: not a directory, and with some x bit. Only a link costs a look from the root
 * again, at `path`. 1, 0, or -errno: it is not known. */
int heir_root_has_executable(struct heir_root *root, int dir, const char *name, const char *path);

#endif
