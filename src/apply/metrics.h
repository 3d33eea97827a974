/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome of apply or drift for Prometheus: text format 0.0.4, for the textfile collector of
 * node_exporter. The two use different metric names, so both files may be in one directory. */
#ifndef HEIR_APPLY_METRICS_H
#define HEIR_APPLY_METRICS_H

#include "apply/drift.h"
#include "report/out.h"

struct heir_metrics {
	enum heir_metrics_of of;
	const struct heir_view *view; /* heir's view of the files; NULL if there is none */
	const struct heir_drift_sum *drift;
	unsigned result; /* an enum heir_apply_result or heir_drift_result */
	int64_t time;    /* seconds since 1970 */
};

/* Returns 0 or -ENOMEM. */
int heir_metrics_text(const struct heir_metrics *metrics, struct heir_out *out);

#endif
