/* SPDX-License-Identifier: Apache-2.0 */
/* The file system of a node: the machine's own, or a directory with a copy of one (--root). Every
 * access to a node's files goes through here. With a directory, no path leaves it: absolute links
 * start at the directory and ".." stops there (openat2() with RESOLVE_IN_ROOT, or a walk with the
 * same result if the kernel has no openat2). Paths are as the node sees them; a relative path
 * starts at "/", which is CRI-O's working directory.
 *
 * An overlay may provide files on top of the directory. If there is only an overlay, it is unknown
 * what else the node has: every other path is then assumed to exist, as a file that root may
 * execute. The same holds for a directory with only a part of a node, except for paths in that
 * part. If the overlay knows the image of the node's operating system, that takes precedence. */
#ifndef HEIR_BASE_ROOT_H
#define HEIR_BASE_ROOT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/overlay.h"
#include "base/seen.h"

struct heir_root {
	int fd;                             /* the directory; -1: the machine's own "/" */
	bool no_openat2;                    /* determined by the first use */
	const struct heir_overlay *overlay; /* or NULL */
	/* cached results for the directory, without the overlay; NULL: no cache */
	struct heir_seen *seen;
	const char *only; /* the path below which everything is known; NULL: everything is */
	/* The first lookup that failed for a reason in the machine rather than the tree, such as
	 * -EIO or -ENFILE, and (the beginning of) its path. The lookup itself treats the path as
	 * absent; a caller that uses the overall result must check this. 0: none */
	int problem;
	char troubled[256];
};

#define HEIR_ROOT_NULL ((struct heir_root){.fd = -1})

/* Opens a directory as root; NULL: the machine's own. Returns 0 or -errno. */
int heir_root_open(struct heir_root *root, const char *dir);
/* Returns whether paths may be assumed to exist: there is only an overlay, or a part of a node. */
bool heir_root_is_assumed(const struct heir_root *root);
/* Returns whether it is known if a file exists at that path. */
bool heir_root_is_known(const struct heir_root *root, const char *path);
/* Returns what the image of the node has at a path that the overlay does not provide. */
enum heir_os_verdict heir_root_os_lookup(const struct heir_root *root, const char *path);
/* Returns the overlay's file at that path, or NULL. */
const struct heir_overlay_file *heir_root_overlaid(const struct heir_root *root, const char *path);

/* Duplicates the descriptor of the directory, without overlay and cache. Returns 0 or -errno. */
int heir_root_dup(const struct heir_root *root, struct heir_root *ret);
void heir_root_close(struct heir_root *root);

/* Opens a file of the directory, not of the overlay, with O_CLOEXEC and `flags` (no O_CREAT).
 * Returns a descriptor; -ENOENT if there is only an overlay; -errno. */
int heir_root_openat(struct heir_root *root, const char *path, int flags);

/* Returns 0 if stat(2) would succeed, else -errno. */
int heir_root_find(struct heir_root *root, const char *path);
/* stat(2) and lstat(2). Return 0 or -errno. */
int heir_root_stat(struct heir_root *root, const char *path, struct stat *ret);
int heir_root_lstat(struct heir_root *root, const char *path, struct stat *ret);

/* Returns whether an error of the functions above means that no such file exists, for CRI-O as for
 * heir: -ENOENT, -ENOTDIR, and for impossible paths -ELOOP, -ENAMETOOLONG and -EINVAL. Any other
 * error means that it is not known. */
bool heir_root_is_absent(int error);

/* Returns whether a directory opened by heir_root_openat() has an executable of that name, by the
 * criteria of Go's exec.LookPath for root: not a directory, and at least one x bit. Only a link
 * needs another lookup from the root, at `path`. Returns 1, 0, or -errno if it is not known. */
int heir_root_has_executable(struct heir_root *root, int dir, const char *name, const char *path);

#endif
