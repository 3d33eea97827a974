/* SPDX-License-Identifier: Apache-2.0 */
/* Runs conmon as CRI-O does: before it serves, CRI-O runs `MONITOR --version` for each oci
 * handler, and stops if that fails or prints no version (conmonmgr.New). Each monitor is run once,
 * as probe.h describes. One that is not trusted is not run and counts as fine. Monitors of other
 * machines are never run; the caller ensures that. */
#ifndef HEIR_NODE_MONITORS_H
#define HEIR_NODE_MONITORS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/trace.h"

/* For one thread. */
struct heir_monitors {
	struct heir_arena *arena;
	struct heir_map known; /* from paths to indices of `problems` */
	const char **problems; /* NULL: none */
	uint32_t n, size;
	const struct heir_trace *trace; /* NULL: tracing is off */
};

/* The arena must outlive it. */
void heir_monitors_init(struct heir_monitors *monitors, struct heir_arena *arena);
void heir_monitors_release(struct heir_monitors *monitors);

/* Runs the monitor at an absolute path, once. *ret is why CRI-O would refuse it, to be printed
 * after "PATH --version"; NULL if it would not, or if heir does not run it. Returns 0 or
 * -ENOMEM. */
int heir_monitors_ask(struct heir_monitors *monitors, struct heir_str path, const char **ret);

/* The same for the output of a monitor. */
const char *heir_monitor_problem(struct heir_str output);

#endif
