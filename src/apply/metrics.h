/* SPDX-License-Identifier: Apache-2.0 */
/* How an apply or a look at the drift ended, for Prometheus: the text format 0.0.4, as the textfile
 * collector of node_exporter takes it. The names of the two have nothing in common, so that both
 * files may lie in one directory. */
#ifndef HEIR_APPLY_METRICS_H
#define HEIR_APPLY_METRICS_H

#include "apply/drift.h"
#include "report/out.h"

struct heir_metrics {
	enum heir_metrics_of of;
	const struct heir_view *view; /* what heir makes of the files; NULL: nobody knows */
	const struct heir_drift_sum *drift;
	unsigned result; /* a enum heir_apply_result or enum heir_drift_result */
	int64_t time;    /* in seconds since 1970 */
};

/* 0 or -ENOMEM. */
int heir_metrics_text(const struct heir_metrics *metrics, struct heir_out *out);

#endif
