/* SPDX-License-Identifier: Apache-2.0 */
/* A bar on standard error that says how far a long piece of work is, or a line that says what is
 * waited for. It appears where that is a terminal that can take a line back, the user did not ask
 * for quiet, and the work goes on for more than a second. */
#ifndef HEIR_CLI_PROGRESS_H
#define HEIR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "cli/cli.h"

/* How long to wait for something new before the bar is asked for again. */
enum { PROGRESS_MS = 100 };

struct progress {
	const char *what; /* "checking" */
	size_t total;
	bool possible, shown;
	bool ascii;
	struct timespec next; /* not to be drawn before this */
};

void progress_init(
	struct progress *progress, const struct cli *cli, const char *what, size_t total);
/* Draws it, unless it is too soon. */
void progress_show(struct progress *progress, size_t done);
/* Takes the line back, for something else to be written. */
void progress_clear(struct progress *progress);

/* From now on a line says what `ctx` waits for, where that takes more than a second; for a context
 * of the first thread. */
void show_waiting(const struct cli *cli, struct heir_ctx *ctx);
/* The same for what the program itself waits for: to be called some times a second. */
void wait_for(const struct cli *cli, const char *what);
/* Takes that line back, before anything else is written. */
void clear_waiting(void);

#endif
