/* SPDX-License-Identifier: Apache-2.0 */
/* Starts programs and measures them: wall time from the call that starts one to the return of the
 * wait for it, and memory at its end. */
#ifndef HEIR_BENCH_RUN_H
#define HEIR_BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct bench_memory {
	long rss;     /* KiB that are resident at exit, exact (smaps_rollup) */
	long dirty;   /* KiB of them that are private and written to */
	long highest; /* KiB, the kernel's high-water mark; below 1 MiB it is coarse */
};

/* Runs a program with its output thrown away. Returns its exit status, or -1 (and says why on
 * stderr) where it could not be started or was killed. */
int bench_spawn(char *const argv[], double *ret_us);

/* The same; its wall time in us. Ends the process where the exit status is above `most`: 1 for a
 * heir that may find something. */
double bench_run(char *const argv[], int most);

/* Runs it once more and reads its memory where it is about to exit, as its tracer. False: tracing
 * is not allowed here. */
bool bench_memory(char *const argv[], struct bench_memory *ret);

/* The median; sorts the values. */
double bench_median(double *values, size_t n);

/* Whether a program of this name is in $PATH. */
bool bench_is_in_path(const char *name);

/* The value of a variable that ./dev bench sets; ends the process where it is missing. */
const char *bench_setting(const char *name);

#endif
