/* SPDX-License-Identifier: Apache-2.0 */
/* Files that lie over those of a node, or stand instead of them: out of Kubernetes objects, or
 * texts that are tried before they are written. */
#ifndef HEIR_BASE_OVERLAY_H
#define HEIR_BASE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/os.h"
#include "base/source.h"

/* An object as messages name it. */
struct heir_object {
	const char
		*input; /* the file that it was read from, as it was named; "-": standard input */
	const char *kind, *name;
	struct heir_str created; /* its creationTimestamp; empty: it has none */
	enum heir_author author;
};

struct heir_overlay_file {
	const char *path;                 /* as the node sees it: absolute, without "." and ".." */
	struct heir_str text;             /* terminated as heir_file_read does it */
	uint32_t mode;                    /* permission bits */
	const struct heir_object *object; /* NULL: of none */
	struct heir_place where;          /* where the object holds it */
};

struct heir_overlay {
	struct heir_overlay_file *files; /* no two with the same path */
	uint32_t n, size;
	struct heir_map by_path;
	bool alone; /* there is no file system under it */
	/* The image of the node, of which it says more than a file system does; NULL: not known. */
	const struct heir_os *os;
	const char *os_from; /* by what it is known, in one word: "option", "pool", "nodes", ... */
	bool extended;       /* packages lie over the image */
};

#define HEIR_OVERLAY_NULL \
	((struct heir_overlay){NULL, 0, 0, HEIR_MAP_NULL, false, NULL, NULL, false})

void heir_overlay_release(struct heir_overlay *overlay);

/* Adds a file, or replaces the one of that path. What it points to must outlive the overlay. 0 or
 * -ENOMEM. */
int heir_overlay_put(struct heir_overlay *overlay, const struct heir_overlay_file *file);

/* The file of that path, or NULL. */
const struct heir_overlay_file *heir_overlay_find(
	const struct heir_overlay *overlay, const char *path);

#endif
