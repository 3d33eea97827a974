/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of a real CRI-O 1.37 to ListPodSandbox, ListContainers and PodSandboxStatus, which
 * are in tests/fixtures/crio-1.37/cri, and what is cut off or altered of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/cri.h"
#include "base/macro.h"
#include "support/fail-alloc.h"

enum { LIMIT = 64 << 10 };

/* A recorded message as it is sent, behind its five bytes. */
static struct heir_str recorded(const char *name)
{
	const char *source = getenv("HEIR_SOURCE");
	char path[4096], *text = malloc(LIMIT);
	size_t n;
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/tests/fixtures/crio-1.37/cri/%s.response.bin",
		source ? source : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	n = fread(text + 5, 1, LIMIT - 5, file);
	fclose(file);
	text[0] = text[1] = text[2] = 0;
	text[3] = (char)(n >> 8);
	text[4] = (char)n;
	return (struct heir_str){text, n + 5};
}

static void recorded_lists(void **state)
{
	struct heir_str pods = recorded("pods-all"), containers = recorded("ps-all");
	const struct heir_cri_item *items;
	struct heir_arena arena;
	uint32_t n, ended = 0;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_cri_list(pods, HEIR_CRI_PODS, &arena, &items, &n), 0);
	assert_int_equal(n, 12);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(items[i].id.len, 64);
		assert_true(heir_str_starts(items[i].space, "ns-"));
		ended += items[i].ended;
		if (items[i].ended)
			assert_true(heir_str_eqz(items[i].name, "stopped"));
	}
	assert_int_equal(ended, 1);
	assert_int_equal(heir_cri_list(containers, HEIR_CRI_CONTAINERS, &arena, &items, &n), 0);
	assert_int_equal(n, 11);
	ended = 0;
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(items[i].pod.len, 64);
		assert_true(heir_str_eqz(items[i].name, "box"));
		ended += items[i].ended;
	}
	/* The one that was made and not started lives. */
	assert_int_equal(ended, 2);
	heir_arena_release(&arena);
	free((char *)(uintptr_t)pods.p);
	free((char *)(uintptr_t)containers.p);
}

static void recorded_handlers(void **state)
{
	static const char *const rows[][3] = {
		{"plain", "plain", ""},
		{"plain-runc", "plain-runc", "runc"},
		{"plain-follow", "plain-follow", "follow"},
		{"plain-own", "plain-own", "h-own-root"},
		{"infra", "infra", ""},
		{"empty", "empty", "follow"},
		{"exited", "exited", "runc"},
		{"stopped", "stopped", "follow"},
	};
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct heir_cri_status status;
		struct heir_str whole, text;
		char name[64];

		snprintf(name, sizeof(name), "podstatus-%s", rows[i][0]);
		whole = text = recorded(name);
		assert_int_equal(heir_cri_take_status(&text, &arena, &status), 0);
		assert_int_equal(text.len, 0);
		assert_true(heir_str_eqz(status.name, rows[i][1]));
		assert_non_null(status.handler.p);
		assert_true(heir_str_eqz(status.handler, rows[i][2]));
		free((char *)(uintptr_t)whole.p);
	}
	heir_arena_release(&arena);
}

/* In memory of its very size, so that a byte read too much is seen. */
static int read_copy(struct heir_str text, int what)
{
	const struct heir_cri_item *items;
	struct heir_cri_status status;
	struct heir_arena arena;
	char *copy = malloc(text.len + 1);
	struct heir_str whole = {copy + 1, text.len};
	uint32_t n;
	int r;

	assert_non_null(copy);
	memcpy(copy + 1, text.p, text.len);
	heir_arena_init(&arena);
	r = what < 2 ? heir_cri_list(whole, (enum heir_cri_list)what, &arena, &items, &n)
		     : heir_cri_take_status(&whole, &arena, &status);
	heir_arena_release(&arena);
	free(copy);
	return r;
}

static void cut_off(void **state)
{
	static const char *const names[] = {"pods-all", "ps-all", "podstatus-plain"};

	(void)state;
	for (int what = 0; what < 3; what++) {
		struct heir_str text = recorded(names[what]);

		assert_int_equal(read_copy(text, what), 0);
		for (size_t len = 0; len < text.len; len++)
			assert_int_equal(read_copy((struct heir_str){text.p, len}, what), -EBADMSG);
		free((char *)(uintptr_t)text.p);
	}
}

/* Each byte of an answer as another one: read or refused, and no more than that. */
static void another_byte(void **state)
{
	struct heir_str text = recorded("ps-all");
	char *p = (char *)(uintptr_t)text.p;
	unsigned refused = 0;

	(void)state;
	for (size_t at = 0; at < text.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			int r;

			p[at] = (char)(p[at] ^ 1 << bit);
			r = read_copy(text, HEIR_CRI_CONTAINERS);
			assert_true(r == 0 || r == -EBADMSG);
			refused += r != 0;
			p[at] = (char)(p[at] ^ 1 << bit);
		}
	assert_true(refused > 100);
	free(p);
}

#define TEXT(text) ((struct heir_str){text, sizeof(text) - 1})

static void odd_messages(void **state)
{
	(void)state;
	assert_int_equal(read_copy(TEXT("\0\0\0\0\0"), HEIR_CRI_PODS), 0);
	/* An item needs an id; numbers end. */
	assert_int_equal(read_copy(TEXT("\0\0\0\0\2\x0a\0"), HEIR_CRI_PODS), -EBADMSG);
	assert_int_equal(read_copy(TEXT("\0\0\0\0\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
					"\x01"),
				 HEIR_CRI_PODS),
		-EBADMSG);
	/* A length that would wrap around; one that is compressed; two where one belongs. */
	assert_int_equal(read_copy(TEXT("\0\0\0\0\x0b\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
				 HEIR_CRI_PODS),
		-EBADMSG);
	assert_int_equal(read_copy(TEXT("\1\0\0\0\0"), HEIR_CRI_PODS), -EBADMSG);
	assert_int_equal(read_copy(TEXT("\0\0\0\0\0\0\0\0\0\0"), HEIR_CRI_PODS), -EBADMSG);
	/* A status without a pod: CRI-O does not have it. */
	assert_int_equal(read_copy(TEXT("\0\0\0\0\0"), 2), 0);
}

static void without_memory(void **state)
{
	struct heir_str text = recorded("podstatus-plain");
	int r = -ENOMEM;
	unsigned long n = 0;

	(void)state;
	for (; r == -ENOMEM; n++) {
		struct heir_cri_status status;
		struct heir_str rest = text;
		struct heir_arena arena;

		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_cri_take_status(&rest, &arena, &status);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		heir_arena_release(&arena);
	}
	assert_int_equal(r, 0);
	assert_true(n > 1);
	free((char *)(uintptr_t)text.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_lists),
		cmocka_unit_test(recorded_handlers),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(another_byte),
		cmocka_unit_test(odd_messages),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
