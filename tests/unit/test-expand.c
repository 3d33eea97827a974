/* SPDX-License-Identifier: Apache-2.0 */
/* ${VAR} in names and paths, and Go's notations of durations and sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/macro.h"
#include "config/duration.h"
#include "config/expand.h"
#include "support/fail-alloc.h"

static const char *variable(void *data, const char *name)
{
	static const char *const variables[][2] = {{"A", "alpha"}, {"EMPTY", ""}, {"_x9", "nine"},
		{"AB", "both"}, {"NESTED", "${A}"}, {"lower", "case"}};

	assert_string_equal(data, "data");
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		if (strcmp(variables[i][0], name) == 0)
			return variables[i][1];
	return NULL;
}

static const struct heir_where where = {.getenv = variable, .getenv_data = (void *)"data"};

/* `text` NULL: it cannot be expanded; then `unset` is the variable at fault, NULL: malformed. */
static const struct {
	const char *in, *text, *unset;
} expansions[] = {
	{"", "", NULL},
	{"plain", "plain", NULL},
	{"$", "$", NULL},
	{"$A", "$A", NULL},
	{"${", "${", NULL}, /* too short to be one: left alone */
	{"a$", "a$", NULL},
	{"$$", "$$", NULL},
	{"{A}", "{A}", NULL},
	{"${A}", "alpha", NULL},
	{"x${A}y", "xalphay", NULL},
	{"${A}${AB}", "alphaboth", NULL},
	{"${A}B}", "alphaB}", NULL},
	{"$${A}", "$alpha", NULL},
	{"${_x9}", "nine", NULL},
	{"${lower}", "case", NULL},
	{"${NESTED}", "${A}", NULL}, /* what came out is not looked at again */
	{"${EMPTY}", "", NULL},
	{"a${EMPTY}b", "ab", NULL},
	{"${NONE}", NULL, "NONE"},
	{"${a}", NULL, "a"},
	{"${A}${NONE}", NULL, "NONE"},
	{"${NONE:-word}", "word", NULL},
	{"${NONE:-}", "", NULL},
	{"${EMPTY:-word}", "word", NULL},
	{"${A:-word}", "alpha", NULL},
	{"${NONE:-a b:-c}", "a b:-c", NULL},
	{"${NONE:-${A}}", "${A}", NULL}, /* the word ends at the first brace and is literal */
	{"${NONE:-$A}", "$A", NULL},
	{"${}", NULL, NULL},
	{"a${", NULL, NULL},
	{"${A", NULL, NULL},
	{"${9}", NULL, NULL},
	{"${A-word}", NULL, NULL},
	{"${A:word}", NULL, NULL},
	{"${A:", NULL, NULL},
	{"${A:-word", NULL, NULL},
	{"${ A}", NULL, NULL},
	{"${A }", NULL, NULL},
	{"${\xc3\xa4}", NULL, NULL},
	{"${A}${", NULL, NULL},
};

static void variables_are_expanded(void **state)
{
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LEN(expansions); i++) {
		struct heir_str in = heir_str_from(expansions[i].in);
		struct heir_expansion got;

		assert_int_equal(heir_expand(&where, &arena, in, &got), 0);
		if (!expansions[i].text) {
			assert_int_equal(got.malformed, expansions[i].unset == NULL);
			assert_true(heir_str_eqz(got.unset, expansions[i].unset));
			assert_int_equal(got.unset.p != NULL, expansions[i].unset != NULL);
			continue;
		}
		if (got.malformed || got.unset.p || !heir_str_eqz(got.text, expansions[i].text))
			fail_msg("'%s' became '%.*s'", expansions[i].in, HEIR_STR_ARG(got.text));
		assert_int_equal(got.changed, strcmp(expansions[i].in, expansions[i].text) != 0);
		assert_true(got.changed || got.text.p == in.p);
	}
	heir_arena_release(&arena);
}

static void nobody_to_ask(void **state)
{
	const struct heir_where nobody = {.getenv = NULL};
	struct heir_expansion got;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_expand(&nobody, &arena, HEIR_STR("${A}"), &got), 0);
	assert_true(heir_str_eqz(got.unset, "A"));
	assert_int_equal(heir_expand(&nobody, &arena, HEIR_STR("${A:-b}"), &got), 0);
	assert_true(heir_str_eqz(got.text, "b"));
	/* A NUL in a text is a character like others. */
	assert_int_equal(heir_expand(&nobody, &arena, HEIR_STR("a\0${A:-b}"), &got), 0);
	assert_true(heir_str_eq(got.text, HEIR_STR("a\0b")));
	heir_arena_release(&arena);
}

static void expanding_without_memory(void **state)
{
	struct heir_expansion got;
	struct heir_arena arena;
	int r = -ENOMEM;

	(void)state;
	heir_arena_init(&arena);
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		heir_arena_release(&arena);
		heir_test_fail_alloc(n);
		r = heir_expand(&where, &arena, HEIR_STR("x${A}${AB}"), &got);
		assert_true(r == -ENOMEM || r == 0);
		assert_true(r < 0 || n > 1);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_true(heir_str_eqz(got.text, "xalphaboth"));
	heir_arena_release(&arena);
}

/* ---- Go's notations ---- */

struct notation {
	const char *text;
	bool valid;
};

/* time.ParseDuration of Go 1.19 said so. */
static const struct notation durations[] = {
	{"", false},
	{"0", true},
	{"-0", true},
	{"+0", true},
	{"00", false},
	{"0s", true},
	{"1", false},
	{"1.5", false},
	{"s", false},
	{"+", false},
	{"-", false},
	{"1s", true},
	{"-1s", true},
	{"+1s", true},
	{"--1s", false},
	{"1s-", false},
	{"5m30s", true},
	{"1h2m3s4ms5us6ns", true},
	{"1.5h", true},
	{"1.s", true},
	{".5s", true},
	{".s", false},
	{"1..5s", false},
	{"1 s", false},
	{" 1s", false},
	{"1s ", false},
	{"1d", false},
	{"1S", false},
	{"1H", false},
	{"1us", true},
	{"1\xc2\xb5"
	 "s",
		true},
	{"1\xce\xbc"
	 "s",
		true},
	{"1min", false},
	{"3ms2", false},
	{"1e3s", false},
	{"0x1s", false},
	{"1_0s", false},
	{"300ms", true},
	{"2h45m", true},
	{"9223372036854775807ns", true},
	{"9223372036854775808ns", false},
	{"-9223372036854775808ns", true},
	{"-9223372036854775809ns", false},
	{"9223372036854775.807us", true},
	{"9223372036854775.808us", false},
	{"2562047h47m16.854775807s", true},
	{"2562047h47m16.854775808s", false},
	{"-2562047h47m16.854775808s", true},
	{"2562048h", false},
	{"9223372036854775808", false},
	{"99999999999999999999s", false},
	{"0.100000000000000000000h", true},
	{"0.9223372036854775808s", true},
	{"1.00000000000000000000000000000000000000000000001s", true},
	{"3000000h", false},
	{"9223372036s", true},
	{"9223372037s", false},
	{"1\x0a", false},
	{"1s1", false},
	{"1s1m", true},
	{"1ns1h", true},
	{"0.0000000000000000000001ns", true},
	{"9223372036854775807ns1ns", false},
	{"-9223372036854775807ns1ns", true},
	{"-9223372036854775807ns2ns", false},
};

/* RAMInBytes of go-units, with strconv.ParseFloat of Go 1.19, said so. */
static const struct notation sizes[] = {
	{"", false},
	{"0", true},
	{"1", true},
	{"12MiB", true},
	{"500KiB", true},
	{"12mib", true},
	{"12MIB", true},
	{"12MB", true},
	{"12M", true},
	{"12m", true},
	{"12Mi", false},
	{"12MBi", false},
	{"12MiBs", false},
	{"12b", true},
	{"12B", true},
	{"12bb", false},
	{"12 MiB", true},
	{"12  MiB", false},
	{" 12", false},
	{"12 ", true},
	{"12  ", false},
	{"1.5g", true},
	{"1.5 g", true},
	{".5k", true},
	{"5.k", true},
	{".", false},
	{" ", false},
	{"1.2.3", false},
	{"-1", false},
	{"-0", true},
	{"+1", true},
	{"1e3", true},
	{"1e3k", true},
	{"1E3", true},
	{"1e", false},
	{"1e400", false},
	{"1e308", true},
	{"1.8e308", false},
	{"1e308p", true},
	{"1e-400", true},
	{"0x10", false},
	{"0x10k", false},
	{"0x1p4", true},
	{"0x1p4k", true},
	{"0X1.8P3", true},
	{"0x.1p0", true},
	{"0xp0", false},
	{"0x1p", false},
	{"0x1p5000", false},
	{"0x0p5000", true},
	{"0e5000", true},
	{"0x1p-5000", true},
	{"1_000", true},
	{"1__0", false},
	{"_1", false},
	{"1_", false},
	{"1_k", false},
	{"1_0k", true},
	{"1_.5", false},
	{"0x_1p0", true},
	{"0xa_bp0", true},
	{"1_e3", false},
	{"1e_3", false},
	{"1e1_0", true},
	{"inf", false},
	{"inf ", true},
	{"+inf ", true},
	{"-inf ", false},
	{"Inf ", true},
	{"infinity ", true},
	{"infinit ", false},
	{"INFINITY ", true},
	{"nan ", true},
	{"NaN ", true},
	{"-nan ", false},
	{"nan", false},
	{"inf k", true},
	{"k", false},
	{"KiB", false},
	{"1x", false},
	{"1e6x", false},
	{"1E", false},
	{"1t", true},
	{"1p", true},
	{"1pib", true},
	{"1e1p", true},
	{"12z", false},
	{"1,5", false},
	{"1,5k", false},
	{"1\x09", false},
	{"1\x0a", false},
	{"12\xe2\x84\xaa", true},
	{"12\xe2\x84\xaa"
	 "b",
		false},
	{"12ki\xc4\xb0", false},
	{"100000000000000000000000000000000000000000000000000000000000000000000000k", true},
	{"0.00000000000000000000000000000000000000000000000000000000000000000000000000001k", true},
	{"1k1", false},
	{"1 k ", false},
	{"1.", true},
	{"1.k", true},
	{"-.5", false},
	{"-0x1p0", false},
	{"\xd9\xa1"
	 "k",
		false},
	{"9223372036854775808", true},
	{"1e+3", true},
	{"1e+-3", false},
	{"1+", false},
	{"\xd9\xa1", false},
};

static void check_notations(
	const struct notation *list, size_t n, bool (*is_valid)(struct heir_str text))
{
	for (size_t i = 0; i < n; i++)
		if (is_valid(heir_str_from(list[i].text)) != list[i].valid)
			fail_msg("'%s' is taken for %svalid", list[i].text,
				list[i].valid ? "in" : "");
}

static void durations_are_those_of_go(void **state)
{
	(void)state;
	check_notations(durations, ARRAY_LEN(durations), heir_duration_is_valid);
	assert_false(heir_duration_is_valid(HEIR_STR_NULL));
	assert_false(heir_duration_is_valid(HEIR_STR("1s\0")));
}

static void sizes_are_those_of_go_units(void **state)
{
	(void)state;
	check_notations(sizes, ARRAY_LEN(sizes), heir_size_is_valid);
	assert_false(heir_size_is_valid(HEIR_STR_NULL));
	assert_false(heir_size_is_valid(HEIR_STR("1\0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_expanded),
		cmocka_unit_test(nobody_to_ask),
		cmocka_unit_test(expanding_without_memory),
		cmocka_unit_test(durations_are_those_of_go),
		cmocka_unit_test(sizes_are_those_of_go_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
