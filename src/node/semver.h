/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and integers as Go programs read them. */
#ifndef HEIR_NODE_SEMVER_H
#define HEIR_NODE_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct heir_semver {
	uint64_t core[3];    /* major, minor, patch; missing ones are 0 */
	struct heir_str pre; /* "rc.1" of "1.2.0-rc.1+x"; empty: a release */
};

/* Parses one to three numbers, with optional "v", "-pre.release" and "+build", as
 * Masterminds/semver's NewVersion does. The result points into the text. */
bool heir_semver_parse(struct heir_str text, struct heir_semver *ret);
/* Returns whether blang/semver's New would accept it: three numbers without leading zeros, no
 * "v". */
bool heir_semver_is_strict(struct heir_str text);
/* Compares by the rules of semver.org: 1.0.2-dev < 1.0.2; what follows "+" is ignored. */
int heir_semver_cmp(const struct heir_semver *a, const struct heir_semver *b);
/* Compares the three numbers only, as Node Feature Discovery does. */
int heir_semver_cmp_core(const struct heir_semver *a, const struct heir_semver *b);

/* Parses as strconv.Atoi does: an optional sign and decimal digits, 64 bits. */
bool heir_integer_parse(struct heir_str text, int64_t *ret);

#endif
