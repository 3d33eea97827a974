/* SPDX-License-Identifier: Apache-2.0 */
/* What a node may run: OpenShift releases with their CRI-O, and the operating systems of their
 * images. The one place for `--ocp`, `--os`, `check --for` and `upgrade --to`. */
#ifndef HEIR_CONFIG_TARGET_H
#define HEIR_CONFIG_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/os.h"
#include "config/release.h"

struct heir_openshift {
	const char *name; /* "4.20" */
	uint16_t crio;    /* the minor of its CRI-O */
	const char *os;   /* of its nodes, unless the pool says otherwise; NULL if not known */
	bool unsure;      /* unreleased: its CRI-O may still change */
};

/* Oldest first. */
extern const struct heir_openshift heir_openshifts[];
extern const unsigned heir_n_openshifts;

/* NULL if it is not known. */
const struct heir_openshift *heir_openshift_find(struct heir_str name);
/* Returns the first OpenShift release with that CRI-O, or NULL. */
const struct heir_openshift *heir_openshift_of_crio(struct heir_version version);
/* Returns the release in the name of a build: 4.20 for "1.33.3-3.rhaos4.20.git22d4f06.el9". NULL
 * if there is none or it is not known. */
const struct heir_openshift *heir_openshift_of_build(struct heir_str build);

/* Returns the i-th operating system with a table, NULL after the last. */
const struct heir_os *heir_os_at(unsigned i);
/* Returns the operating system of that name, or NULL. */
const struct heir_os *heir_os_find(struct heir_str name);
/* Returns the operating system in status.nodeInfo.osImage of a Node: "Red Hat Enterprise Linux
 * CoreOS 9.6.20250811-0 (Plow)", "... CoreOS 418.94.202410260038-0", "CentOS Stream CoreOS
 * 10.0...". NULL if it is not known. */
const struct heir_os *heir_os_of_image(struct heir_str image);

/* A release to check against. */
struct heir_target {
	struct heir_version version;
	const struct heir_openshift *ocp; /* NULL: it was given as a CRI-O version */
};

enum { HEIR_MAX_TARGETS = 64 };

/* Parses "1.36", "5.1", "1.31..1.36", "4.18..5.1", or a list separated by commas, without
 * duplicates. Returns how many are in `ret`; -EINVAL with the invalid part in *ret_bad; or
 * -E2BIG. */
int heir_targets_read(
	const char *text, struct heir_target ret[HEIR_MAX_TARGETS], struct heir_str *ret_bad);

#endif
