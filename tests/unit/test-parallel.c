/* SPDX-License-Identifier: Apache-2.0 */
/* The ordered map: every item once, in order, by any number of threads, and never more results in
 * waiting than it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/macro.h"
#include "cli/parallel.h"

struct result {
	size_t item;
	void *held; /* the counts, once it was made */
};

struct counts {
	atomic_size_t begun, released;
	atomic_bool held_up; /* item 0 waits for as long as this is set */
	atomic_bool wrong;   /* only the first thread may assert */
};

static struct counts counts;

static void work(void *data, size_t item, void *result)
{
	struct result *r = result;

	if (data != &counts || r->held)
		atomic_store(&counts.wrong, true);
	atomic_fetch_add(&counts.begun, 1);
	while (item == 0 && atomic_load(&counts.held_up))
		usleep(1000);
	r->item = item;
	r->held = data;
}

static void release(void *result)
{
	struct result *r = result;

	if (r->held != &counts)
		atomic_store(&counts.wrong, true);
	atomic_fetch_add(&counts.released, 1);
}

static struct parallel *begin(size_t n, unsigned threads)
{
	struct parallel_job job = {.n = n,
		.threads = threads,
		.work = work,
		.result_size = sizeof(struct result),
		.release = release,
		.data = &counts};
	struct parallel *p;

	atomic_store(&counts.begun, 0);
	atomic_store(&counts.released, 0);
	p = parallel_new(&job);
	assert_non_null(p);
	return p;
}

static void every_item_once_and_in_order(void **state)
{
	static const unsigned threads[] = {1, 2, 3, 16, 64};
	static const size_t items[] = {0, 1, 2, 5, 1000};

	(void)state;
	for (unsigned t = 0; t < ARRAY_LEN(threads); t++)
		for (unsigned n = 0; n < ARRAY_LEN(items); n++) {
			struct parallel *p = begin(items[n], threads[t]);

			for (size_t i = 0; i < items[n]; i++) {
				const struct result *r = parallel_next(p, -1);

				assert_non_null(r);
				assert_int_equal(r->item, i);
				assert_int_equal(parallel_n_done(p), i + 1);
			}
			assert_null(parallel_next(p, -1));
			assert_null(parallel_next(p, 0));
			parallel_free(p);
			assert_int_equal(atomic_load(&counts.begun), items[n]);
			assert_int_equal(atomic_load(&counts.released), items[n]);
		}
}

static void a_slow_item_holds_up_only_so_many(void **state)
{
	struct parallel *p;
	size_t before = 0, now;

	(void)state;
	atomic_store(&counts.held_up, true);
	p = begin(10000, 4);
	assert_null(parallel_next(p, 10));
	/* Until nothing moves any more. */
	while ((now = atomic_load(&counts.begun)) != before || now < 4) {
		before = now;
		assert_null(parallel_next(p, 50));
	}
	atomic_store(&counts.held_up, false);
	assert_in_range(now, 4, 16);
	assert_int_equal(parallel_n_done(p), 0);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(((const struct result *)parallel_next(p, -1))->item, i);
	parallel_free(p);
}

static void it_may_be_left_early(void **state)
{
	static const unsigned threads[] = {1, 2, 16};

	(void)state;
	for (unsigned t = 0; t < ARRAY_LEN(threads); t++)
		for (size_t take = 0; take < 5; take++) {
			struct parallel *p = begin(1000, threads[t]);

			for (size_t i = 0; i < take; i++)
				assert_non_null(parallel_next(p, -1));
			assert_null(parallel_free(p));
			assert_int_equal(atomic_load(&counts.begun), atomic_load(&counts.released));
			assert_true(atomic_load(&counts.begun) < 1000);
		}
	assert_null(parallel_free(NULL));
}

static void there_is_a_processor_and_nothing_was_wrong(void **state)
{
	(void)state;
	assert_true(parallel_n_processors() >= 1);
	assert_false(atomic_load(&counts.wrong));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_once_and_in_order),
		cmocka_unit_test(a_slow_item_holds_up_only_so_many),
		cmocka_unit_test(it_may_be_left_early),
		cmocka_unit_test(there_is_a_processor_and_nothing_was_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
