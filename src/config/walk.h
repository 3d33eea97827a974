/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a drop-in directory holds, in the order in which CRI-O reads them. */
#ifndef HEIR_CONFIG_WALK_H
#define HEIR_CONFIG_WALK_H

#include <dirent.h>

#include "base/arena.h"
#include "base/root.h"

struct heir_walk_entry {
	const char *path;   /* full, as the node sees it */
	const char *name;   /* its part below the directory: "50-gpu.conf", "sub/10.conf" */
	unsigned char type; /* DT_REG, DT_LNK, ... as the directory tells it */
	int error; /* a directory that could not be listed: -errno; nothing below it follows */
	const struct heir_overlay_file *overlaid; /* it is one of the overlay's, or NULL */
};

struct heir_walk {
	int dir; /* the directory itself, open; -1: it is none */
	struct heir_walk_entry *entries;
	size_t n, size;
};

#define HEIR_WALK_NULL ((struct heir_walk){-1, NULL, 0, 0})

/* Lists every non-directory below `dir`, each directory's names in byte order, whatever they are
 * called; links are not entered. A `dir` that is missing has none; one that is a file or a link is
 * itself the only entry. Files of the overlay are among them, instead of the directory's own where
 * both have one. Mirrors Go's filepath.Walk as Config.UpdateFromPath uses it. 0, -ENOMEM,
 * or -errno when `dir` cannot be looked at. */
int heir_walk(
	struct heir_root *root, const char *dir, struct heir_arena *arena, struct heir_walk *ret);
void heir_walk_release(struct heir_walk *walk);

#endif
