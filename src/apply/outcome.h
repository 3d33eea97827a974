/* SPDX-License-Identifier: Apache-2.0 */
/* Prints how an apply ended, as JSON. */
#ifndef HEIR_APPLY_OUTCOME_H
#define HEIR_APPLY_OUTCOME_H

#include <jansson.h>

#include "apply/apply.h"
#include "apply/drift.h"
#include "apply/guard.h"

struct heir_outcome {
	const struct heir_applying *applying; /* NULL: it failed before rendering */
	enum heir_apply_result result;
	bool dry_run;
	const char *action; /* "restarted", "reloaded"; NULL: neither */
	int64_t ms;         /* until CRI-O had the handlers */
	uint32_t confirmed;
	json_t *risks;     /* from heir_outcome_risks(), or NULL */
	const char *error; /* or NULL */
};

/* Returns the containers and pods at risk, as an array of heir.apply/1; NULL if there is no
 * memory. */
json_t *heir_outcome_risks(const struct heir_guard *guard);

/* Prints heir.apply/1. Returns 0 or -ENOMEM. */
int heir_outcome_json(const struct heir_outcome *outcome, struct heir_out *out);

#endif
