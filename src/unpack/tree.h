/* SPDX-License-Identifier: Apache-2.0 */
/* The directory into which an archive is unpacked. Each name is opened relative to its directory,
 * links are never followed, and none are created until all files are written. So nothing is
 * written outside the directory, whatever the members are called. */
#ifndef HEIR_UNPACK_TREE_H
#define HEIR_UNPACK_TREE_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	TREE_MAX_PATH = 2048, /* bytes of a path in the archive */
	TREE_MAX_DEPTH = 64,  /* names in a path */
};

/* Normalizes a path: names joined by '/', relative, without "." and empty names; empty for the
 * top. Returns false, with the reason in *ret_why, if it is too long, too deep or has "..". */
bool tree_clean_path(const char *path, char ret[static TREE_MAX_PATH], const char **ret_why);

/* For the functions below, `path` is normalized and not empty, and `top` is the directory. They
 * return 0 or -errno; -ENOTDIR and -EEXIST mean that another member is in the way. */
int tree_make_dir(int top, const char *path);
/* Creates a file for writing, replacing an existing one. Returns its descriptor. */
int tree_make_file(int top, const char *path, mode_t mode);
/* Creates a second name for an extracted file. */
int tree_make_hardlink(int top, const char *path, const char *target);
int tree_make_symlink(int top, const char *path, const char *target);

/* Removes a directory with its contents. Returns 0 or -errno. */
int tree_remove(const char *dir);

#endif
