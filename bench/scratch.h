/* SPDX-License-Identifier: Apache-2.0 */
/* A directory to make trees in, gone when the benchmark ends. */
#ifndef HEIR_BENCH_SCRATCH_H
#define HEIR_BENCH_SCRATCH_H

/* Its path, the same each time; ends the process where it cannot be made. */
char *bench_scratch(void);

/* Ends the process, saying of what errno is the fault. */
__attribute__((noreturn)) void bench_give_up(const char *what);

#endif
