/* SPDX-License-Identifier: Apache-2.0 */
/* The same work for many items, done by several threads, with the results handed out in the order
 * of the items. Items are begun in that order too, and none is begun that lies more than a few for
 * each thread behind the one that is handed out next: however slow an item is, only so many results
 * wait for it. */
#ifndef HEIR_CLI_PARALLEL_H
#define HEIR_CLI_PARALLEL_H

#include <stddef.h>

struct parallel_job {
	size_t n;
	unsigned threads; /* at most; for 1 none is made, and the caller's does the work */
	/* Fills the result of an item, which is zeroed before; runs in any thread. */
	void (*work)(void *data, size_t item, void *result);
	size_t result_size;
	void (*release)(void *result); /* what a result holds; its own memory stays */
	void *data;
};

struct parallel;

/* The threads begin at once. NULL: no memory. The job is copied. */
struct parallel *parallel_new(const struct parallel_job *job);
/* Waits for the items that are begun, and begins no other. Takes NULL, returns NULL. */
struct parallel *parallel_free(struct parallel *p);

/* The result of the next item, which lives until the next call that hands out one. Waits for it,
 * but no longer than `ms` milliseconds (-1: as long as it takes). NULL: not there yet, or it was
 * the last. */
void *parallel_next(struct parallel *p, int ms);

/* How many results were handed out. */
size_t parallel_n_done(const struct parallel *p);

/* The processors that this process may use. */
unsigned parallel_n_processors(void);

#endif
