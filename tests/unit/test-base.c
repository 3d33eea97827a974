/* SPDX-License-Identifier: Apache-2.0 */
/* The ground layer: strings, arena, buffer, and what they do without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/macro.h"
#include "base/map.h"
#include "base/memo.h"
#include "base/str.h"
#include "base/utf8.h"
#include "support/fail-alloc.h"

static struct heir_str str(const char *z)
{
	return heir_str_from(z);
}

static void str_eq(void **state)
{
	(void)state;
	assert_true(heir_str_eq(HEIR_STR("crun"), str("crun")));
	assert_false(heir_str_eq(HEIR_STR("crun"), str("crun-vm")));
	assert_false(heir_str_eq(HEIR_STR("crun"), str("runc")));
	assert_true(heir_str_eq(HEIR_STR_NULL, HEIR_STR("")));
	assert_true(heir_str_eq(HEIR_STR("a\0b"), (struct heir_str){"a\0b", 3}));
	assert_false(heir_str_eq(HEIR_STR("a\0b"), HEIR_STR("a\0c")));
	assert_true(heir_str_eqz(HEIR_STR_NULL, ""));
	assert_true(heir_str_eqz(HEIR_STR_NULL, NULL));
	assert_false(heir_str_eqz(HEIR_STR("a\0b"), "a"));
}

static void str_cmp_is_byte_order(void **state)
{
	/* each before the next */
	static const char *const sorted[] = {
		"",
		"00-default",
		"1",
		"10",
		"100-x",
		"99-x",
		"Z",
		"a",
		"a-",
		"a.b",
		"ab",
		"b",
		"\xc3\xa4",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		for (size_t j = 0; j < ARRAY_LEN(sorted); j++) {
			int r = heir_str_cmp(str(sorted[i]), str(sorted[j]));

			assert_int_equal((r > 0) - (r < 0), (i > j) - (i < j));
		}
	}
	assert_true(heir_str_cmp(HEIR_STR("a"), HEIR_STR("a\0")) < 0);
	assert_int_equal(heir_str_cmp(HEIR_STR_NULL, HEIR_STR("")), 0);
}

static void str_starts(void **state)
{
	(void)state;
	assert_true(heir_str_starts(HEIR_STR("00-default"), "00-"));
	assert_true(heir_str_starts(HEIR_STR("00-default"), ""));
	assert_true(heir_str_starts(HEIR_STR("00-"), "00-"));
	assert_false(heir_str_starts(HEIR_STR("00"), "00-"));
	assert_true(heir_str_starts(HEIR_STR_NULL, ""));
}

static void str_eqfold(void **state)
{
	(void)state;
	assert_true(heir_str_eqfold(HEIR_STR("RunTime_Path"), HEIR_STR("runtime_path")));
	assert_true(heir_str_eqfold(HEIR_STR("runtime_path"), HEIR_STR("RUNTIME_PATH")));
	assert_false(heir_str_eqfold(HEIR_STR("runtime_pat"), HEIR_STR("runtime_path")));
	assert_false(heir_str_eqfold(HEIR_STR("runtime_paths"), HEIR_STR("runtime_path")));
	assert_true(heir_str_eqfold(HEIR_STR_NULL, HEIR_STR("")));
	/* 0x20 apart and no letters */
	assert_false(heir_str_eqfold(HEIR_STR("@"), HEIR_STR("`")));
	assert_false(heir_str_eqfold(HEIR_STR("["), HEIR_STR("{")));
	assert_false(heir_str_eqfold(HEIR_STR("_"), HEIR_STR("\x7f")));
}

static void str_eqfold_beyond_ascii(void **state)
{
	(void)state;
	/* U+212A, the Kelvin sign, folds to k; U+017F, the long s, to s */
	assert_true(heir_str_eqfold(HEIR_STR("\xe2\x84\xaa"), HEIR_STR("k")));
	assert_true(heir_str_eqfold(HEIR_STR("\xe2\x84\xaa"), HEIR_STR("K")));
	assert_true(heir_str_eqfold(HEIR_STR("\xc5\xbf"), HEIR_STR("s")));
	assert_true(heir_str_eqfold(
		HEIR_STR("allowed_annotation\xc5\xbf"), HEIR_STR("allowed_annotations")));
	assert_false(heir_str_eqfold(HEIR_STR("\xe2\x84\xaa"), HEIR_STR("s")));
	assert_false(heir_str_eqfold(HEIR_STR("\xc5\xbf"), HEIR_STR("k")));
	/* cut short, or a neighbour */
	assert_false(heir_str_eqfold(HEIR_STR("\xe2\x84"), HEIR_STR("k")));
	assert_false(heir_str_eqfold(HEIR_STR("\xc5"), HEIR_STR("s")));
	assert_false(heir_str_eqfold(HEIR_STR("\xe2\x84\xab"), HEIR_STR("k")));
	/* a K with an umlaut is none */
	assert_false(heir_str_eqfold(HEIR_STR("k\xcc\x88"), HEIR_STR("k")));
}

/* The numbers that another program with this hash gives, Python; and over the bytes and nothing
 * else: where they stand must not matter. */
static void hash_is_siphash(void **state)
{
	static const struct {
		const char *text;
		uint64_t hash;
	} cases[] = {
		{"a", UINT64_C(0x407448d2b89b1813)},
		{"runtime_path", UINT64_C(0xa75db43e73fe5ece)},
		{"12345678", UINT64_C(0x3489982430560a87)},
		{"0123456789abcdef!", UINT64_C(0x9463628f6c8882ca)},
	};
	const struct heir_hash_key open = HEIR_HASH_KEY_OPEN, secret = heir_hash_key_secret();
	char copy[] = "xruntime_path";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_true(heir_hash(&open, heir_str_from(cases[i].text)) == cases[i].hash);
	assert_true(heir_hash(&open, HEIR_STR("runtime_path")) ==
		    heir_hash(&open, (struct heir_str){copy + 1, sizeof(copy) - 2}));
	assert_true(heir_hash(&open, HEIR_STR("")) != heir_hash(&open, HEIR_STR("\0")));
	assert_true(heir_hash(&open, HEIR_STR("")) == heir_hash(&open, HEIR_STR_NULL));
	assert_true(heir_hash(&open, HEIR_STR("a")) != heir_hash(&secret, HEIR_STR("a")));
}

/* How many entries stand in a row without a free one, at most: what a search goes through. */
static uint32_t longest_row(const struct heir_map *map)
{
	uint32_t row = 0, longest = 0;

	for (uint32_t i = 0; i < 2 * map->size; i++) {
		row = map->entries[i & (map->size - 1)].key.p ? row + 1 : 0;
		longest = MAX(longest, row);
	}
	return longest;
}

/* Names that all begin at one place under the key that everybody knows: the map has another one. */
static void map_is_seeded(void **state)
{
	enum { N = 3000, BITS = 10, LENGTH = 12 };
	const struct heir_hash_key open = HEIR_HASH_KEY_OPEN;
	_cleanup_(heir_map_release) struct heir_map map = HEIR_MAP_NULL;
	char(*names)[LENGTH] = calloc(N, LENGTH);
	uint32_t n = 0;

	(void)state;
	assert_non_null(names);
	for (uint32_t i = 0; n < N; i++) {
		uint32_t number;
		bool is_new;

		snprintf(names[n], LENGTH, "h%u", i);
		if ((heir_hash(&open, heir_str_from(names[n])) & ((1u << BITS) - 1)) != 0)
			continue;
		assert_int_equal(
			heir_map_put(&map, heir_str_from(names[n]), n, &number, &is_new), 0);
		assert_true(is_new && number == n);
		n++;
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(heir_map_get(&map, heir_str_from(names[i])), i);
	/* With the open key they stand in four heaps of 750, and those run into one another. */
	assert_in_range(longest_row(&map), 1, 500);
	free(names);
}

/* The numbers that FNV-1a's authors give; and what is added in turn is as if it were one. */
static void digest_is_fnv_1a(void **state)
{
	uint64_t foo = heir_digest_add(HEIR_DIGEST_START, HEIR_STR("foo"));

	(void)state;
	assert_true(heir_digest_add(HEIR_DIGEST_START, HEIR_STR_NULL) == HEIR_DIGEST_START);
	assert_true(
		heir_digest_add(HEIR_DIGEST_START, HEIR_STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(heir_digest_add(foo, HEIR_STR("bar")) == UINT64_C(0x85944171f73967e8));
}

static void str_distance(void **state)
{
	char long64[64], long65[65];

	(void)state;
	memset(long64, 'a', sizeof(long64));
	memset(long65, 'a', sizeof(long65));
	assert_int_equal(heir_str_distance(HEIR_STR("crun"), HEIR_STR("crun"), 3), 0);
	assert_int_equal(heir_str_distance(HEIR_STR("CRun"), HEIR_STR("crun"), 3), 0);
	assert_int_equal(heir_str_distance(HEIR_STR("nvidai"), HEIR_STR("nvidia"), 3), 1);
	assert_int_equal(heir_str_distance(HEIR_STR("crun"), HEIR_STR("cruns"), 3), 1);
	assert_int_equal(heir_str_distance(HEIR_STR("crun"), HEIR_STR("crn"), 3), 1);
	assert_int_equal(heir_str_distance(HEIR_STR("crun"), HEIR_STR("crin"), 3), 1);
	assert_int_equal(heir_str_distance(HEIR_STR("crun"), HEIR_STR("runc"), 3), 2);
	assert_int_equal(heir_str_distance(HEIR_STR("kitten"), HEIR_STR("sitting"), 3), 3);
	assert_int_equal(heir_str_distance(HEIR_STR(""), HEIR_STR("abc"), 9), 3);
	assert_int_equal(heir_str_distance(HEIR_STR("abc"), HEIR_STR_NULL, 9), 3);
	/* cut off at the limit */
	assert_int_equal(heir_str_distance(HEIR_STR("abcdef"), HEIR_STR("uvwxyz"), 2), 3);
	assert_int_equal(
		heir_str_distance((struct heir_str){long64, 64}, (struct heir_str){long64, 64}, 2),
		0);
	assert_int_equal(
		heir_str_distance((struct heir_str){long65, 65}, (struct heir_str){long65, 65}, 2),
		3);
}

static const char *near_one(const char *wanted)
{
	static const char *const names[] = {"crun", "nvidia", "nvidia-legacy", "In", "NotIn"};
	struct heir_near near = heir_near_to(heir_str_from(wanted), NULL);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		heir_near_try(&near, heir_str_from(names[i]));
	return near.best.p ? near.best.p : "none";
}

static void near_names(void **state)
{
	(void)state;
	assert_string_equal(near_one("nvidai"), "nvidia");
	assert_string_equal(near_one("nvidia-leagcy"), "nvidia-legacy");
	assert_string_equal(near_one("in"), "In");
	assert_string_equal(near_one("crn"), "crun");
	/* Everything short is near to what is short. */
	assert_string_equal(near_one("x"), "none");
	assert_string_equal(near_one("xy"), "none");
	assert_string_equal(near_one(""), "none");
	assert_string_equal(near_one("kata-containers"), "none");
}

/* Each name that is tried costs something, more where it is compared, and once all is spent none is
 * looked at. */
static void near_is_bounded(void **state)
{
	struct heir_effort effort = {0, 1000000};
	struct heir_near near = heir_near_to(HEIR_STR("nvidai"), &effort);

	(void)state;
	heir_near_try(&near, HEIR_STR("a-name-that-is-much-longer"));
	assert_int_equal(effort.names, 999999);
	heir_near_try(&near, HEIR_STR("nvidxx"));
	assert_in_range(effort.names, 999900, 999995);
	effort.names = 5;
	heir_near_try(&near, HEIR_STR("nvidia"));
	assert_true(heir_str_eqz(near.best, "nvidxx"));
	assert_int_equal(effort.names, 0);
	heir_near_try(&near, HEIR_STR("nvidia"));
	assert_true(heir_str_eqz(near.best, "nvidxx"));
}

static void arena_pieces_do_not_overlap(void **state)
{
	enum { N = 3000 };
	static unsigned char *piece[N];
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < N; i++) {
		piece[i] =
			i % 3 ? heir_arena_alloc(&arena, i) : (void *)heir_arena_bytes(&arena, i);
		assert_non_null(piece[i]);
		if (i % 3)
			assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
		memset(piece[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(piece[i][k], i & 0xff);
	heir_arena_release(&arena);
	assert_null(arena.blocks);
	assert_int_equal(arena.total, 0);
}

static void arena_large_and_overflowing(void **state)
{
	struct heir_arena arena;
	unsigned char *p;

	(void)state;
	heir_arena_init(&arena);
	p = heir_arena_zalloc(&arena, 5, 1 << 20);
	assert_non_null(p);
	for (size_t i = 0; i < 5 << 20; i++)
		assert_int_equal(p[i], 0);
	assert_null(heir_arena_zalloc(&arena, SIZE_MAX / 2, 3));
	assert_null(heir_arena_alloc(&arena, SIZE_MAX));
	assert_null(heir_arena_alloc(&arena, SIZE_MAX - 64));
	assert_null(heir_arena_bytes(&arena, SIZE_MAX));
	/* and it goes on working */
	assert_non_null(heir_arena_alloc(&arena, 1));
	heir_arena_release(&arena);
}

static void arena_clears_reused_memory(void **state)
{
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (unsigned round = 0; round < 2; round++) {
		unsigned char *p = heir_arena_zalloc(&arena, 100, 100);

		assert_non_null(p);
		for (size_t i = 0; i < 10000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, 10000);
		heir_arena_release(&arena);
	}
}

static void arena_strings(void **state)
{
	struct heir_arena arena;
	char *s;

	(void)state;
	heir_arena_init(&arena);
	assert_string_equal(heir_arena_strndup(&arena, "crun-vm", 4), "crun");
	assert_string_equal(heir_arena_strndup(&arena, NULL, 0), "");
	s = heir_arena_printf(&arena, "%s:%d", "00-default", 31);
	assert_string_equal(s, "00-default:31");
	s = heir_arena_printf(&arena, "%*d", 40000, 7);
	assert_int_equal(strlen(s), 40000);
	assert_int_equal(s[39999], '7');
	heir_arena_release(&arena);
}

static void buf_adds(void **state)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	assert_int_equal(heir_buf_str(&buf).len, 0);
	heir_buf_addz(&buf, "crun");
	heir_buf_addc(&buf, ':');
	heir_buf_adds(&buf, HEIR_STR("runc"));
	heir_buf_adds(&buf, HEIR_STR_NULL);
	heir_buf_fill(&buf, '.', 3);
	heir_buf_fill(&buf, 'x', 0);
	heir_buf_printf(&buf, "%d", 42);
	heir_buf_add(&buf, "\0!", 2);
	assert_int_equal(heir_buf_error(&buf), 0);
	assert_true(heir_str_eq(heir_buf_str(&buf), HEIR_STR("crun:runc...42\0!")));
	assert_int_equal(buf.p[buf.len], '\0');

	heir_buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.p, "");
	heir_buf_release(&buf);
	assert_null(buf.p);
	heir_buf_release(&buf);
}

static const char *printed(struct heir_buf *buf, const char *fmt, ...) _printf_(2, 3);

static const char *printed(struct heir_buf *buf, const char *fmt, ...)
{
	va_list args;

	heir_buf_release(buf);
	va_start(args, fmt);
	heir_buf_vmessage(buf, fmt, args);
	va_end(args);
	assert_int_equal(heir_buf_error(buf), 0);
	assert_int_equal(strlen(buf->p), buf->len);
	return buf->p;
}

/* What a message quotes is there whole, whatever bytes it has, unless it is long; other text loses
 * nothing. */
static void buf_quotes(void **state)
{
	struct heir_str name = HEIR_STR("a\0b\0"), longest, text;
	struct heir_buf buf = HEIR_BUF_NULL;
	char many[1000];

	(void)state;
	assert_string_equal(printed(&buf, "%s", ""), "");
	assert_string_equal(printed(&buf, "\"%.*s\" is no \"%s\"", HEIR_STR_ARG(name), "x"),
		"\"a\\x00b\\x00\" is no \"x\"");
	assert_string_equal(
		printed(&buf, "%d %d %u %zu%c%%", -7, INT_MIN, UINT_MAX, (size_t)0, '!'),
		"-7 -2147483648 4294967295 0!%");
	assert_string_equal(printed(&buf, "%.*s%.*s", HEIR_STR_ARG(HEIR_STR_NULL), 1, "xy"), "x");
	/* the C library's */
	assert_string_equal(printed(&buf, "%02x|%5d|%.*s", 7, 42, 2, "abc"), "07|   42|ab");
	/* long: the middle goes, and no character is cut */
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = "\xe2\x82\xac"[i % 3];
	longest = (struct heir_str){many, 512};
	assert_int_equal(strlen(printed(&buf, "%.*s", HEIR_STR_ARG(longest))), 512);
	longest.len = 999;
	heir_buf_clear(&buf);
	heir_buf_printf(&buf, "<%.*s>", HEIR_STR_ARG(longest));
	assert_int_equal(buf.len, 999 + 2);
	assert_memory_equal(buf.p + 1, many, 999);
	text = heir_str_from(printed(&buf, "%.*s.", HEIR_STR_ARG(longest)));
	assert_in_range(text.len, 500, 520);
	while (text.len > 0) {
		uint32_t c;
		size_t n = heir_utf8_decode(text, &c);

		assert_int_not_equal(n, 0);
		text = (struct heir_str){text.p + n, text.len - n};
	}
	heir_buf_release(&buf);
}

static void memo_remembers(void **state)
{
	static const char texts[1000] = "";
	struct heir_memo memo = {NULL, 0, 0};

	(void)state;
	assert_null(heir_memo_get(&memo, texts));
	for (size_t i = 0; i < sizeof(texts); i++)
		assert_int_equal(heir_memo_put(&memo, texts + i, (struct heir_str){texts, i}), 0);
	assert_int_equal(heir_memo_put(&memo, texts, (struct heir_str){texts, 77}), 0);
	assert_int_equal(memo.n, sizeof(texts));
	assert_int_equal(heir_memo_get(&memo, texts)->len, 77);
	for (size_t i = 1; i < sizeof(texts); i++)
		assert_int_equal(heir_memo_get(&memo, texts + i)->len, i);
	assert_null(heir_memo_get(&memo, texts + sizeof(texts)));
	heir_memo_release(&memo);
	heir_test_fail_alloc(0);
	assert_int_equal(heir_memo_put(&memo, texts, HEIR_STR("x")), -ENOMEM);
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_null(heir_memo_get(&memo, texts));
	heir_memo_release(&memo);
}

static void buf_grows(void **state)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	for (int i = 0; i < 20000; i++)
		heir_buf_printf(&buf, "%05d", i);
	assert_int_equal(heir_buf_error(&buf), 0);
	assert_int_equal(buf.len, 100000);
	for (int i = 0; i < 20000; i++) {
		char want[16];

		snprintf(want, sizeof(want), "%05d", i);
		assert_memory_equal(buf.p + 5 * (size_t)i, want, 5);
	}
	heir_buf_release(&buf);
}

static void buf_error_sticks(void **state)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	heir_buf_addz(&buf, "kept");
	heir_buf_add(&buf, "x", SIZE_MAX);
	assert_int_equal(heir_buf_error(&buf), -ENOMEM);
	heir_buf_addz(&buf, "lost");
	assert_int_equal(heir_buf_error(&buf), -ENOMEM);
	assert_string_equal(buf.p, "kept");
	heir_buf_clear(&buf);
	assert_int_equal(heir_buf_error(&buf), -ENOMEM);
	heir_buf_release(&buf);
	assert_int_equal(heir_buf_error(&buf), 0);
}

/* 0 or -ENOMEM; whatever it took is given back, which the sanitizers' build watches. */
static int use_arena_and_buf(void)
{
	struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_arena arena;
	int r = -ENOMEM;

	heir_arena_init(&arena);
	if (!heir_arena_alloc(&arena, 100000) || !heir_arena_zalloc(&arena, 1000, 1000) ||
		!heir_arena_strndup(&arena, "crun", 4) ||
		!heir_arena_printf(&arena, "%*d", 3000000, 1))
		goto out;
	for (size_t i = 0; i < 5; i++)
		heir_buf_fill(&buf, 'x', 1000);
	heir_buf_printf(&buf, "%*d", 100000, 1);
	r = heir_buf_error(&buf);
	if (r == 0)
		assert_int_equal(buf.len, 105000);
out:
	heir_buf_release(&buf);
	heir_arena_release(&arena);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	unsigned long n;

	(void)state;
	for (n = 0; n < 1000; n++) {
		int r;

		heir_test_fail_alloc(n);
		r = use_arena_and_buf();
		if (heir_test_alloc_count() <= n) {
			assert_int_equal(r, 0);
			break;
		}
		assert_int_equal(r, -ENOMEM);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	/* three blocks of the arena and some of the buffer: the loop did something and ended */
	assert_in_range(n, 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_eq),
		cmocka_unit_test(digest_is_fnv_1a),
		cmocka_unit_test(str_cmp_is_byte_order),
		cmocka_unit_test(str_starts),
		cmocka_unit_test(str_eqfold),
		cmocka_unit_test(str_eqfold_beyond_ascii),
		cmocka_unit_test(hash_is_siphash),
		cmocka_unit_test(map_is_seeded),
		cmocka_unit_test(str_distance),
		cmocka_unit_test(near_names),
		cmocka_unit_test(near_is_bounded),
		cmocka_unit_test(arena_pieces_do_not_overlap),
		cmocka_unit_test(arena_large_and_overflowing),
		cmocka_unit_test(arena_clears_reused_memory),
		cmocka_unit_test(arena_strings),
		cmocka_unit_test(buf_adds),
		cmocka_unit_test(buf_quotes),
		cmocka_unit_test(memo_remembers),
		cmocka_unit_test(buf_grows),
		cmocka_unit_test(buf_error_sticks),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
