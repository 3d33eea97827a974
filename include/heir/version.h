/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, and how the library was built. Included by heir.h. */
#ifndef HEIR_HEIR_VERSION_H
#define HEIR_HEIR_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEIR_PUBLIC __attribute__((visibility("default")))

/* ---- Versions ---- */

/* The version at compile time; heir_version() returns the one at run time. */
#define HEIR_VERSION_MAJOR 0
#define HEIR_VERSION_MINOR 1
#define HEIR_VERSION_PATCH 0

/* To compare: 1.2.3 is 10203. */
#define HEIR_VERSION_NUMBER \
	(HEIR_VERSION_MAJOR * 10000 + HEIR_VERSION_MINOR * 100 + HEIR_VERSION_PATCH)

HEIR_PUBLIC const char *heir_version(void);
/* Returns HEIR_VERSION_NUMBER of the library at run time. */
HEIR_PUBLIC unsigned heir_version_number(void);

/* How this library was built. It contains no time, host or path: equal sources and tools give equal
 * values. */
struct heir_build_info {
	const char *type;       /* meson's build type: "release", "debug", "plain", ... */
	const char *machine;    /* "x86_64-linux" */
	bool is_static;         /* the calling program is linked statically */
	bool has_assertions;    /* NDEBUG was not set */
	bool has_fetch;         /* heir-fetch was built with it */
	bool has_unpack;        /* heir-unpack, too */
	const char *sanitizers; /* "address,undefined"; NULL: none */
};

/* Cannot fail. */
HEIR_PUBLIC void heir_build_info(struct heir_build_info *ret);

/* A tool or library that it was built with or uses. */
struct heir_build_part {
	const char *kind;    /* "compiler", "libc", "library", or the helper that has the library:
			      "heir-fetch", "heir-unpack" */
	const char *name;    /* "gcc", "glibc", "jansson", ... */
	const char *version; /* of libraries, the one at run time; NULL: not known */
};

/* Returns 0, or -ERANGE after the last part. */
HEIR_PUBLIC int heir_build_part_at(size_t i, struct heir_build_part *ret);

/* Returns MINOR of known CRI-O release number `i`, 1.MINOR, the oldest first; 0 after the last. */
HEIR_PUBLIC unsigned heir_release_minor(size_t i);

#ifdef __cplusplus
}
#endif

#endif
