/* SPDX-License-Identifier: Apache-2.0 */
/* Which programs the image of an operating system carries: as far as a table tells, or all of them,
 * as a list of paths tells. */
#ifndef HEIR_BASE_OS_H
#define HEIR_BASE_OS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* A program of /usr/bin that the image has, or does not have. */
struct heir_os_program {
	const char *name;
	bool has;
};

struct heir_os {
	const char *name;                       /* "rhel-10"; of a list its file name */
	const char *label;                      /* in messages: "RHEL CoreOS 10" */
	const struct heir_os_program *programs; /* NULL: `paths` tells; the name NULL ends them */
	const char *source, *date;              /* who says so, and as of when */
	const struct heir_str *paths;           /* of a list: in byte order */
	size_t n_paths;
};

enum heir_os_verdict {
	HEIR_OS_UNKNOWN, /* the table does not tell, or the path is not of the image */
	HEIR_OS_HAS,
	HEIR_OS_LACKS,
};

/* What the image says of a path as the node sees it. /bin, /sbin and /lib are those of /usr; paths
 * outside /usr, and those of /usr/local, are not of the image, so a list says no more of them than
 * that it has them. `extended`: the node has packages besides the image, so a list lacks only
 * runtimes and monitors that no such package brings. `os` may be NULL. */
enum heir_os_verdict heir_os_lookup(const struct heir_os *os, const char *path, bool extended);

/* Fills `os->paths` with a list of paths, one per line, as `rpm -qla` and `tar t` print them. All
 * of it goes to `arena`. 0; -EINVAL: nothing of it is in /usr/bin; -ENOMEM. */
int heir_os_read(struct heir_os *os, struct heir_arena *arena, struct heir_str text);

#endif
