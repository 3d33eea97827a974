/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the monitors of this machine answer as CRI-O wants it: before it serves, CRI-O runs
 * `MONITOR --version` of each oci handler, and ends where that fails or prints no version
 * (conmonmgr.New). A monitor is run as probe.h has it, once. One that is not trusted is not run,
 * and counts as fine. Monitors of another machine are never asked: the caller sees to that. */
#ifndef HEIR_NODE_MONITORS_H
#define HEIR_NODE_MONITORS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/trace.h"

/* For one thread. */
struct heir_monitors {
	struct heir_arena *arena;
	struct heir_map known; /* the paths that were asked, to numbers of `troubles` */
	const char **problems; /* NULL: none */
	uint32_t n, size;
	const struct heir_trace *trace; /* NULL: nobody asks */
};

/* The arena must outlive it. */
void heir_monitors_init(struct heir_monitors *monitors, struct heir_arena *arena);
void heir_monitors_release(struct heir_monitors *monitors);

/* Asks the monitor at an absolute path, unless it was asked before. *ret is why CRI-O would refuse
 * it, as in "PATH --version" and *ret; NULL: it would not, or heir does not run it. 0 or -ENOMEM.
 */
int heir_monitors_ask(struct heir_monitors *monitors, struct heir_str path, const char **ret);

/* The same for what a monitor printed. */
const char *heir_monitor_problem(struct heir_str output);

#endif
