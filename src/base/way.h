/* SPDX-License-Identifier: Apache-2.0 */
/* Who decides where a path of this machine leads. A path is walked by hand, name by name, so that
 * what is judged is what is passed through; the result is a descriptor, and no other user can make
 * the same path lead elsewhere between the judgement and the use. */
#ifndef HEIR_BASE_WAY_H
#define HEIR_BASE_WAY_H

#include <limits.h>
#include <stdbool.h>

enum heir_way {
	/* For programs: each directory and link belongs to root, and no other user may write the
	 * directory. A directory with the sticky bit may be writable: what is root's in there
	 * stays. */
	HEIR_WAY_RUN,
	/* The same, but what belongs to the effective user is as good as root's. */
	HEIR_WAY_RUN_OWN,
	/* For files that are written. Root: each directory and link on the way belongs to root.
	 * Other users: a link belongs to root, to the user, or to the owner of a directory that
	 * not everybody may write. */
	HEIR_WAY_WRITE,
};

/* Opens `path` with O_PATH, links followed. A relative path starts at the directory `at` (AT_FDCWD
 * is the working directory), or at "/" if `at` is -1. Only the way is judged, not what is opened,
 * unless it is a directory. A descriptor for the caller to close, or: -EPERM another user may lead
 * the path elsewhere; else -errno. */
int heir_way_open(int at, const char *path, enum heir_way way);

/* The directory that holds, or would hold, what `path` names. */
struct heir_way_end {
	int dir;                 /* for reading; -1: none. For the caller to close */
	char name[NAME_MAX + 1]; /* in `dir`; not a link when it was walked, and need not exist */
	bool is_proc;            /* the file system is proc's, and the name may hold '/' */
};

#define HEIR_WAY_END_NULL ((struct heir_way_end){-1, "", false})

/* Walks to where a file can be written (HEIR_WAY_WRITE). A link at the end is followed if it
 * belongs to root or to the effective user. Proc's links are not walked: they lead to what the
 * process has open. 0, or: -EPERM as above; -ELOOP a link of another user at the end, or too many
 * links; -EISDIR the path names a directory by its form; else -errno. */
int heir_way_end(int at, const char *path, struct heir_way_end *ret);

/* How many names an open directory lies below the parent of a directory of drop-ins: one that is
 * called crio.conf.d or like the last name of `config_dir` (NULL: none). 0: it does not; 1: it is
 * one; -errno. */
int heir_way_below_dropins(int dir, const char *config_dir);

#endif
