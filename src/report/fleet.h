/* SPDX-License-Identifier: Apache-2.0 */
/* The printers of `heir fleet`. */
#ifndef HEIR_REPORT_FLEET_H
#define HEIR_REPORT_FLEET_H

#include "fleet/fleet.h"
#include "report/out.h"
#include "model/view.h"

/* 0 or -ENOMEM. The second is heir.fleet/1. */
int heir_fleet_text(const struct heir_fleet *fleet, struct heir_out *out);
int heir_fleet_json(const struct heir_fleet *fleet, struct heir_out *out);
int heir_fleet_markdown(const struct heir_fleet *fleet, struct heir_out *out);
/* For Prometheus. NULL: it failed. `time` is in seconds since 1970. 0 or -ENOMEM. */
int heir_fleet_metrics(
	const struct heir_fleet *fleet, bool differs, int64_t time, struct heir_out *out);

/* ---- For the printers ---- */

/* Adds "6 nodes, 2 differ: 1 missing, 1 extra". */
void heir_fleet_counts(const struct heir_fleet *fleet, struct heir_buf *buf);
/* "-" for the pool of nodes that are of none. */
const char *heir_fleet_pool_name(const struct heir_fleet *fleet, uint32_t pool);
/* Adds "37 of 40 nodes alike", or "1 of 40 nodes"; of those of its pool. */
void heir_fleet_alike(
	const struct heir_fleet *fleet, const struct heir_fleet_group *group, struct heir_buf *buf);
/* Adds the names of the nodes, of many the first ones and how many more there are. */
void heir_fleet_names(
	const struct heir_fleet *fleet, const struct heir_fleet_group *group, struct heir_buf *buf);
/* Adds "FILE:LINE", or nothing. 0 or -ENOMEM. */
int heir_fleet_place(const struct heir_fleet *fleet, struct heir_place place, struct heir_buf *buf);
/* Adds "3 of 4", "-" where the class selects none; and the pods that wait. */
void heir_fleet_have(const struct heir_fleet_count *count, struct heir_buf *buf);
void heir_fleet_waiting(const struct heir_fleet_class *class, struct heir_buf *buf);
/* What heir cannot know, a line each; false: there are no more. */
bool heir_fleet_doubt(const struct heir_fleet *fleet, unsigned i, struct heir_buf *buf);

#endif
