/* SPDX-License-Identifier: Apache-2.0 */
/* The directory that an archive is unpacked into. Each name is opened in the directory that holds
 * it, links are never followed, and none exists until all files are written: nothing is written
 * outside the directory, whatever the members are called. */
#ifndef HEIR_UNPACK_TREE_H
#define HEIR_UNPACK_TREE_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	TREE_MAX_PATH = 2048, /* bytes of a path in the archive */
	TREE_MAX_DEPTH = 64,  /* names in it */
};

/* A path of the archive as names joined by '/': without "." and empty ones, relative. False: it is
 * too long, too deep or has a ".."; *ret_why says which. An empty path is the top itself. */
bool tree_clean_path(const char *path, char ret[static TREE_MAX_PATH], const char **ret_why);

/* Below, `path` is clean and not empty, and `top` the directory. 0 or -errno: -ENOTDIR, -EEXIST:
 * another member is in the way. */
int tree_make_dir(int top, const char *path);
/* A new file for writing, in the place of one that may be there: its descriptor. */
int tree_make_file(int top, const char *path, mode_t mode);
/* A second name of a file that was unpacked. */
int tree_make_hardlink(int top, const char *path, const char *target);
int tree_make_symlink(int top, const char *path, const char *target);

/* Removes a directory with all that is in it. 0 or -errno. */
int tree_remove(const char *dir);

#endif
