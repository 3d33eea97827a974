/* SPDX-License-Identifier: Apache-2.0 */
/* The files in a drop-in directory, in the order in which CRI-O reads them. */
#ifndef HEIR_CONFIG_WALK_H
#define HEIR_CONFIG_WALK_H

#include <dirent.h>

#include "base/arena.h"
#include "base/root.h"

struct heir_walk_entry {
	const char *path;   /* the full path as the node sees it */
	const char *name;   /* relative to the directory: "50-gpu.conf", "sub/10.conf" */
	unsigned char type; /* DT_REG, DT_LNK, ... from the directory */
	int error; /* -errno of a directory that could not be listed; nothing below it follows */
	const struct heir_overlay_file *overlaid; /* the overlay's file, or NULL */
};

struct heir_walk {
	int dir; /* the open directory, or -1 */
	struct heir_walk_entry *entries;
	size_t n, size;
};

#define HEIR_WALK_NULL ((struct heir_walk){-1, NULL, 0, 0})

/* Lists every non-directory below `dir`, each directory in byte order, whatever the names; links
 * are not entered. A missing `dir` has none; one that is a file or link is the only entry. Files
 * of the overlay replace those with the same path. Mirrors Go's filepath.Walk as
 * Config.UpdateFromPath uses it. Returns 0, -ENOMEM, or -errno if `dir` cannot be read. */
int heir_walk(
	struct heir_root *root, const char *dir, struct heir_arena *arena, struct heir_walk *ret);
void heir_walk_release(struct heir_walk *walk);

#endif
