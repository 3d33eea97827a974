/* SPDX-License-Identifier: Apache-2.0 */
/* Determines who can change where a path of this machine leads. It walks the path by hand, name by
 * name, so that everything passed is checked, and returns a descriptor: no other user can redirect
 * the path between check and use. */
#ifndef HEIR_BASE_WAY_H
#define HEIR_BASE_WAY_H

#include <limits.h>
#include <stdbool.h>

enum heir_way {
	/* For programs that are run: every directory and link must belong to root, and no other
	 * user may write to the directory. Directories with the sticky bit may be writable,
	 * because others cannot replace root's entries there. */
	HEIR_WAY_RUN,
	/* The same, except that the effective user is trusted as well as root. */
	HEIR_WAY_RUN_OWN,
	/* For files that are written. As root: every directory and link must belong to root. As
	 * another user: a link must belong to root, to the user, or to the owner of a directory
	 * that is not writable by everyone. */
	HEIR_WAY_WRITE,
};

/* Opens `path` with O_PATH and follows links. A relative path starts at the directory `at`
 * (AT_FDCWD: the working directory; -1: "/"). Checks the way, not the final file unless that is a
 * directory. Returns a descriptor that the caller closes; -EPERM if another user can redirect the
 * path; -errno. */
int heir_way_open(int at, const char *path, enum heir_way way);

/* The directory that contains, or would contain, the file that a path names. */
struct heir_way_end {
	int dir;                 /* open for reading; -1: none. The caller closes it */
	char name[NAME_MAX + 1]; /* in `dir`; may not exist, and was not a link during the walk */
	bool is_proc;            /* `dir` is in /proc; the name may contain '/' */
};

#define HEIR_WAY_END_NULL ((struct heir_way_end){-1, "", false})

/* Walks to where a file can be written (HEIR_WAY_WRITE). A link at the end is followed if root or
 * the effective user owns it. Links in /proc are not walked: they lead to open files of the
 * process. Returns 0; -EPERM as above; -ELOOP for another user's link at the end, or too many
 * links; -EISDIR if the path ends in "/" or a dot name; -errno. */
int heir_way_end(int at, const char *path, struct heir_way_end *ret);

/* Returns how many levels an open directory is below the parent of a directory of drop-ins, that
 * is one called crio.conf.d or like the last name of `config_dir` (may be NULL): 0 if it is not
 * below one, 1 if it is one itself; -errno. */
int heir_way_below_dropins(int dir, const char *config_dir);

#endif
