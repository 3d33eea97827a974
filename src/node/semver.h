/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and integers as Go programs read them. */
#ifndef HEIR_NODE_SEMVER_H
#define HEIR_NODE_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct heir_semver {
	uint64_t core[3];    /* major, minor, patch; 0 where the text has fewer */
	struct heir_str pre; /* "rc.1" of "1.2.0-rc.1+x"; empty: a release */
};

/* One to three numbers, an optional "v" before, "-pre.release" and "+build" after: what NewVersion
 * of Masterminds/semver takes. The result points into the text. */
bool heir_semver_parse(struct heir_str text, struct heir_semver *ret);
/* Three numbers without leading zeros, no "v": what New of blang/semver takes. */
bool heir_semver_is_strict(struct heir_str text);
/* The order of semver.org: 1.0.2-dev < 1.0.2, and what follows "+" counts for nothing. */
int heir_semver_cmp(const struct heir_semver *a, const struct heir_semver *b);
/* The order of the three numbers alone, by which Node Feature Discovery compares. */
int heir_semver_cmp_core(const struct heir_semver *a, const struct heir_semver *b);

/* strconv.Atoi: an optional sign and decimal digits, within 64 bits. */
bool heir_integer_parse(struct heir_str text, int64_t *ret);

#endif
