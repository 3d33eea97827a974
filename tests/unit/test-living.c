/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of the answers to ListPodSandbox and ListContainers, whoever wrote them. What the
 * guard makes of it is in tests/cli/reload.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/living.h"
#include "base/macro.h"
#include "support/fail-alloc.h"

#define TEXT(text) ((struct heir_str){text, sizeof(text) - 1})

/* Two pods, "a" of handler "gpu" and "b" of none and not ready; and their containers: "c" runs in
 * "a", "d" has ended in "b", "e" is of nobody. */
#define PODS                                                    \
	TEXT("\0\0\0\0\x1c"                                     \
	     "\x0a\x11\x0a\1a\x12\2xy\x18\0\x20\x85\1\x3a\3gpu" \
	     "\x0a\x05\x0a\1b\x18\1"                            \
	     "\x10\x07")
#define CONTAINERS                          \
	TEXT("\0\0\0\0\x20"                 \
	     "\x0a\x08\x0a\1c\x12\1a\x30\1" \
	     "\x0a\x08\x0a\1d\x12\1b\x30\2" \
	     "\x0a\x0a\x0a\1e\x12\3zzz\x30\1")

static void an_answer(void **state)
{
	struct heir_living living;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_living_init(&living, PODS, CONTAINERS, &arena), 0);
	assert_int_equal(living.n_pods, 2);
	assert_true(heir_str_eqz(living.pods[0].of, "gpu"));
	assert_true(heir_str_eqz(living.pods[1].of, ""));
	assert_false(living.pods[0].ended);
	assert_true(living.pods[1].ended);
	assert_int_equal(living.n_containers, 3);
	assert_false(living.containers[0].ended);
	assert_true(living.containers[1].ended);
	assert_ptr_equal(heir_living_pod(&living, HEIR_STR("a")), &living.pods[0]);
	assert_ptr_equal(heir_living_pod(&living, HEIR_STR("c")), &living.pods[0]);
	assert_ptr_equal(heir_living_pod(&living, HEIR_STR("d")), &living.pods[1]);
	assert_null(heir_living_pod(&living, HEIR_STR("e")));
	assert_null(heir_living_pod(&living, HEIR_STR("zzz")));
	heir_living_release(&living);
	heir_arena_release(&arena);
}

/* In memory of its very size, so that a byte read too much is seen. */
static int read_copy(struct heir_str pods, struct heir_str containers)
{
	struct heir_living living;
	struct heir_arena arena;
	char *a = malloc(pods.len + 1), *b = malloc(containers.len + 1);
	char *texts[] = {a + 1, b + 1};
	int r;

	assert_non_null(a);
	assert_non_null(b);
	memcpy(texts[0], pods.p, pods.len);
	memcpy(texts[1], containers.p, containers.len);
	heir_arena_init(&arena);
	r = heir_living_init(&living, (struct heir_str){texts[0], pods.len},
		(struct heir_str){texts[1], containers.len}, &arena);
	heir_living_release(&living);
	heir_arena_release(&arena);
	free(a);
	free(b);
	return r;
}

static void cut_off(void **state)
{
	(void)state;
	assert_int_equal(read_copy(PODS, CONTAINERS), 0);
	for (size_t len = 0; len < PODS.len; len++)
		assert_int_equal(read_copy((struct heir_str){PODS.p, len}, CONTAINERS), -EBADMSG);
	for (size_t len = 0; len < CONTAINERS.len; len++)
		assert_int_equal(read_copy(PODS, (struct heir_str){CONTAINERS.p, len}), -EBADMSG);
}

/* Each byte of an answer as each other one: read or refused, and no more than that. */
static void another_byte(void **state)
{
	char text[64];
	unsigned refused = 0;

	(void)state;
	for (size_t at = 0; at < PODS.len; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			int r;

			memcpy(text, PODS.p, PODS.len);
			text[at] = (char)byte;
			r = read_copy((struct heir_str){text, PODS.len}, CONTAINERS);
			assert_true(r == 0 || r == -EBADMSG);
			refused += r != 0;
		}
	assert_in_range(refused, 256 * 5 - 5, 256 * PODS.len);
}

static void nothing_lives(void **state)
{
	(void)state;
	assert_int_equal(read_copy(TEXT("\0\0\0\0\0"), TEXT("\0\0\0\0\0")), 0);
	/* An item needs an id; numbers end. */
	assert_int_equal(read_copy(TEXT("\0\0\0\0\2\x0a\0"), TEXT("\0\0\0\0\0")), -EBADMSG);
	assert_int_equal(read_copy(TEXT("\0\0\0\0\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
				 TEXT("\0\0\0\0\0")),
		0);
	assert_int_equal(
		read_copy(TEXT("\0\0\0\0\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
			TEXT("\0\0\0\0\0")),
		-EBADMSG);
	/* A length that would wrap around. */
	assert_int_equal(read_copy(TEXT("\0\0\0\0\x0b\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
				 TEXT("\0\0\0\0\0")),
		-EBADMSG);
	/* Compressed. */
	assert_int_equal(read_copy(TEXT("\1\0\0\0\0"), TEXT("\0\0\0\0\0")), -EBADMSG);
}

static void without_memory(void **state)
{
	int r = -ENOMEM;
	unsigned long n = 0;

	(void)state;
	for (; r == -ENOMEM; n++) {
		struct heir_living living;
		struct heir_arena arena;

		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_living_init(&living, PODS, CONTAINERS, &arena);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		heir_living_release(&living);
		heir_arena_release(&arena);
	}
	assert_int_equal(r, 0);
	assert_true(n > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(another_byte),
		cmocka_unit_test(nothing_lives),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
