/* SPDX-License-Identifier: Apache-2.0 */
/* What a node may run: releases of OpenShift with the CRI-O that they have, and the operating
 * systems of their images. Data, and how it is found; one place for `--ocp`, `--os`, `check --for`
 * and `upgrade --to`. */
#ifndef HEIR_CONFIG_TARGET_H
#define HEIR_CONFIG_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/os.h"
#include "config/release.h"

struct heir_openshift {
	const char *name; /* "4.20" */
	uint16_t crio;    /* the minor of its CRI-O */
	const char *os;   /* of its nodes, unless the pool says otherwise; NULL: not known */
	bool unsure;      /* its CRI-O may become another one yet */
};

/* Oldest first. */
extern const struct heir_openshift heir_openshifts[];
extern const unsigned heir_n_openshifts;

/* NULL: none that heir knows. */
const struct heir_openshift *heir_openshift_find(struct heir_str name);
/* The first release of OpenShift that has the CRI-O; NULL: none is known. */
const struct heir_openshift *heir_openshift_of_crio(struct heir_version version);
/* The release that the name of a build tells: of "1.33.3-3.rhaos4.20.git22d4f06.el9" 4.20; NULL: it
 * tells none that heir knows. */
const struct heir_openshift *heir_openshift_of_build(struct heir_str build);

/* The i-th operating system of which a table tells; NULL: no more. */
const struct heir_os *heir_os_at(unsigned i);
/* The one of that name, or NULL. */
const struct heir_os *heir_os_find(struct heir_str name);
/* The one that status.nodeInfo.osImage of a Node names: "Red Hat Enterprise Linux CoreOS
 * 9.6.20250811-0 (Plow)", "... CoreOS 418.94.202410260038-0", "CentOS Stream CoreOS 10.0...". NULL:
 * none that heir knows. */
const struct heir_os *heir_os_of_image(struct heir_str image);

/* A release that somebody asks about. */
struct heir_target {
	struct heir_version version;
	const struct heir_openshift *ocp; /* NULL: it was asked for by CRI-O's own number */
};

enum { HEIR_MAX_TARGETS = 64 };

/* Reads "1.36", "5.1", "1.31..1.36", "4.18..5.1", or several with commas between them. Doubles are
 * left out. Returns how many there are in `ret`; -EINVAL, and *ret_bad is the part that is none; or
 * -E2BIG. */
int heir_targets_read(
	const char *text, struct heir_target ret[HEIR_MAX_TARGETS], struct heir_str *ret_bad);

#endif
