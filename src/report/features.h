/* SPDX-License-Identifier: Apache-2.0 */
/* What OCI runtimes say of themselves, side by side: `heir features`. */
#ifndef HEIR_REPORT_FEATURES_H
#define HEIR_REPORT_FEATURES_H

#include <jansson.h>

#include "node/facts.h"
#include "report/out.h"

struct heir_runtime_list {
	const struct heir_runtime_facts **items; /* in the order in which they are shown */
	size_t n;
};

/* A column for each runtime, and rows for what they have; of lists how long they are and what not
 * all of them have. Where the terminal has no room for all columns there are several tables. 0 or
 * -ENOMEM. */
int heir_features_print_table(const struct heir_runtime_list *list, struct heir_out *out);
/* heir.features/1. */
int heir_features_print_json(const struct heir_runtime_list *list, struct heir_out *out);

/* The answer of a runtime as far as heir reads it, in the form of the OCI specification; null for
 * NULL. */
json_t *heir_features_json(const struct heir_features *features);

#endif
