/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Results that may wait, for each thread. */
enum { WINDOW = 4 };

struct parallel {
	struct parallel_job job;
	pthread_t *threads;
	unsigned n_threads; /* that were made */
	pthread_mutex_t lock;
	pthread_cond_t ready; /* the next result is there */
	pthread_cond_t room;  /* a result was given back */
	/* Item i has place i % window. The lock guards what follows, but for the results of items
	 * that are being worked on, or are handed out. */
	unsigned char *results;
	bool *is_ready;
	size_t window;
	size_t n_begun, n_returned;
	bool is_out; /* one is handed out */
	bool stop;
};

static void *result_of(struct parallel *p, size_t item)
{
	return p->results + item % p->window * p->job.result_size;
}

static void *work(void *arg)
{
	struct parallel *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->stop && p->n_begun < p->job.n) {
		size_t item = p->n_begun;

		if (item - p->n_returned >= p->window) {
			pthread_cond_wait(&p->room, &p->lock);
			continue;
		}
		p->n_begun++;
		pthread_mutex_unlock(&p->lock);
		p->job.work(p->job.data, item, result_of(p, item));
		pthread_mutex_lock(&p->lock);
		p->is_ready[item % p->window] = true;
		pthread_cond_signal(&p->ready);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void init_sync(struct parallel *p)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&p->ready, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&p->room, NULL);
	pthread_mutex_init(&p->lock, NULL);
}

/* Fewer threads than asked for will do, and none as well. */
static void start(struct parallel *p)
{
	unsigned n = p->job.threads;

	if (n > p->job.n)
		n = (unsigned)p->job.n;
	if (n < 2)
		return;
	p->threads = calloc(n, sizeof(*p->threads));
	while (p->threads && p->n_threads < n &&
		pthread_create(&p->threads[p->n_threads], NULL, work, p) == 0)
		p->n_threads++;
}

struct parallel *parallel_new(const struct parallel_job *job)
{
	struct parallel *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->job = *job;
	p->window = (size_t)WINDOW * (job->threads ? job->threads : 1);
	p->results = calloc(p->window, job->result_size);
	p->is_ready = calloc(p->window, sizeof(*p->is_ready));
	if (!p->results || !p->is_ready) {
		free(p->results);
		free(p->is_ready);
		free(p);
		return NULL;
	}
	init_sync(p);
	start(p);
	return p;
}

struct parallel *parallel_free(struct parallel *p)
{
	if (!p)
		return NULL;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->room);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	for (size_t i = 0; i < p->window; i++)
		if (p->is_ready[i])
			p->job.release(p->results + i * p->job.result_size);
	pthread_cond_destroy(&p->ready);
	pthread_cond_destroy(&p->room);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p->results);
	free(p->is_ready);
	free(p);
	return NULL;
}

/* The result that is handed out comes back, and makes room for another. */
static void take_back(struct parallel *p)
{
	void *result = result_of(p, p->n_returned);

	p->job.release(result);
	memset(result, 0, p->job.result_size);
	p->is_ready[p->n_returned % p->window] = false;
	p->is_out = false;
	p->n_returned++;
	pthread_cond_broadcast(&p->room);
}

/* Waits until the item's result is there; false: not in time. */
static bool wait_for(struct parallel *p, size_t item, int ms)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (!p->is_ready[item % p->window] && r == 0)
		r = ms < 0 ? pthread_cond_wait(&p->ready, &p->lock)
			   : pthread_cond_timedwait(&p->ready, &p->lock, &until);
	return p->is_ready[item % p->window];
}

void *parallel_next(struct parallel *p, int ms)
{
	void *result = NULL;
	size_t item;

	pthread_mutex_lock(&p->lock);
	if (p->is_out)
		take_back(p);
	item = p->n_returned;
	if (item < p->job.n && p->n_threads == 0) {
		p->job.work(p->job.data, item, result_of(p, item));
		p->is_ready[item % p->window] = true;
	}
	if (item < p->job.n && wait_for(p, item, ms)) {
		p->is_out = true;
		result = result_of(p, item);
	}
	pthread_mutex_unlock(&p->lock);
	return result;
}

size_t parallel_n_done(const struct parallel *p)
{
	return p->n_returned + p->is_out;
}

unsigned parallel_n_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
