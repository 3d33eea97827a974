/* SPDX-License-Identifier: Apache-2.0 */
/* How an apply ended, as JSON. */
#ifndef HEIR_APPLY_OUTCOME_H
#define HEIR_APPLY_OUTCOME_H

#include <jansson.h>

#include "apply/apply.h"
#include "apply/drift.h"
#include "apply/guard.h"

struct heir_outcome {
	const struct heir_applying *applying; /* NULL: it did not come to a rendering */
	enum heir_apply_result result;
	bool dry_run;
	const char *told; /* "restarted", "reloaded"; NULL: CRI-O was not told */
	int64_t ms;       /* until CRI-O had the handlers, if it was told */
	uint32_t confirmed;
	json_t *risks;     /* of heir_outcome_risks(); NULL: none */
	const char *error; /* NULL: none */
};

/* The containers and pods at risk, as an array of heir.apply/1; NULL: no memory. */
json_t *heir_outcome_risks(const struct heir_guard *guard);

/* Prints heir.apply/1. 0 or -ENOMEM. */
int heir_outcome_json(const struct heir_outcome *outcome, struct heir_out *out);

#endif
