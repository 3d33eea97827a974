/* SPDX-License-Identifier: Apache-2.0 */
/* Which programs an operating system image contains: from a built-in table of a few programs, or
 * from a complete list of its files. */
#ifndef HEIR_BASE_OS_H
#define HEIR_BASE_OS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* A program in /usr/bin that the image has or lacks. */
struct heir_os_program {
	const char *name;
	bool has;
};

struct heir_os {
	const char *name;  /* "rhel-10"; for a list, its file name */
	const char *label; /* for messages: "RHEL CoreOS 10" */
	/* ends with a NULL name; NULL if `paths` is used instead */
	const struct heir_os_program *programs;
	const char *source, *date;    /* where the information is from, and its date */
	const struct heir_str *paths; /* from a list, in byte order */
	size_t n_paths;
};

enum heir_os_verdict {
	HEIR_OS_UNKNOWN, /* not in the table, or not a path of the image */
	HEIR_OS_HAS,
	HEIR_OS_LACKS,
};

/* Returns what is known about a path as the node sees it. /bin, /sbin and /lib mean those in /usr.
 * Paths outside /usr and below /usr/local do not come from the image, so a list proves only that
 * they exist. `extended`: packages were installed on top of the image, so absence from the list
 * proves something only for runtimes and monitors that no such package provides. `os` may be
 * NULL. */
enum heir_os_verdict heir_os_lookup(const struct heir_os *os, const char *path, bool extended);

/* Reads a list of paths, one per line, as `rpm -qla` and `tar t` print it, into `os->paths`. All
 * memory is from `arena`. Returns 0; -EINVAL if no path is in /usr/bin; -ENOMEM. */
int heir_os_read(struct heir_os *os, struct heir_arena *arena, struct heir_str text);

#endif
