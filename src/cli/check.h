/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir check` of one node and of several have in common. */
#ifndef HEIR_CLI_CHECK_H
#define HEIR_CLI_CHECK_H

#include "cli/cli.h"

enum { CHECK_MAX_RULES = 256 };

struct check_sums {
	size_t errors, warnings, notes;
	const char *rule;             /* of the worst finding; NULL: there is none */
	unsigned by[CHECK_MAX_RULES]; /* findings of each rule, by its number */
};

/* Adds one to the other. */
void check_add_sums(struct check_sums *sums, const struct check_sums *more);

/* Adds what heir_check() found. 0 or -ENOMEM. */
int check_count(const struct cli *cli, struct heir_ctx *ctx, struct check_sums *sums);
/* The findings that are shown as text; NULL: all. */
const char *check_severities(const struct cli *cli);
/* The last line, for a person. */
void check_print_sums(const struct cli *cli, const struct check_sums *sums);
/* Are they findings? An exit_code. */
int check_verdict(const struct cli *cli, const struct check_sums *sums);

/* The pools of the objects, in one document of SARIF. An exit_code. */
int check_pools(struct cli *cli);
/* The nodes that the arguments name. An exit_code. */
int check_roots(struct cli *cli);

#endif
