/* SPDX-License-Identifier: Apache-2.0 */
/* Files laid over those of a node, or used without a node: the files in Kubernetes objects, and
 * texts that are tested before they are written. */
#ifndef HEIR_BASE_OVERLAY_H
#define HEIR_BASE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/os.h"
#include "base/source.h"

/* An object as messages name it. */
struct heir_object {
	/* the file it was read from, as the user named it; "-" for standard input */
	const char *input;
	const char *kind, *name;
	struct heir_str created; /* its creationTimestamp, or empty */
	enum heir_author author;
};

struct heir_overlay_file {
	const char *path;                 /* as the node sees it: absolute, without "." and ".." */
	struct heir_str text;             /* padded as heir_file_read() does */
	uint32_t mode;                    /* permission bits */
	const struct heir_object *object; /* the object that contains it, or NULL */
	struct heir_place where;          /* where in the object */
};

struct heir_overlay {
	struct heir_overlay_file *files; /* paths are unique */
	uint32_t n, size;
	struct heir_map by_path;
	bool alone; /* there is no file system below */
	/* The image of the node, or NULL if it is not known. */
	const struct heir_os *os;
	/* how it was determined, in one word: "option", "pool", "nodes", ... */
	const char *os_from;
	bool extended; /* packages are installed on top of the image */
};

#define HEIR_OVERLAY_NULL \
	((struct heir_overlay){NULL, 0, 0, HEIR_MAP_NULL, false, NULL, NULL, false})

void heir_overlay_release(struct heir_overlay *overlay);

/* Adds a file, or replaces the one with the same path. Everything it points to must outlive the
 * overlay. Returns 0 or -ENOMEM. */
int heir_overlay_put(struct heir_overlay *overlay, const struct heir_overlay_file *file);

/* Returns the file with that path, or NULL. */
const struct heir_overlay_file *heir_overlay_find(
	const struct heir_overlay *overlay, const char *path);

#endif
