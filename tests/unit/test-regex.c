/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of Go: which there are, what they match, and what they may cost. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/macro.h"
#include "base/regex.h"
#include "support/fail-alloc.h"

static struct heir_effort effort;

static int matches(const char *pattern, struct heir_str text, bool *ret, const char **ret_error)
{
	struct heir_regex *regex = NULL;
	int r = heir_regex_new(heir_str_from(pattern), &effort, &regex, ret_error);

	if (r == 0)
		r = heir_regex_match(regex, text, &effort, ret);
	heir_regex_free(regex);
	return r;
}

/* What Go says of the pattern and the text. */
static void pattern_matches(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{"", "", true},
		{"", "x", true},
		{"b", "abc", true},
		{"^b", "abc", false},
		{"^ab*c$", "abbc", true},
		{"a|b", "xb", true},
		{"a||b", "", true},
		{"^(a|)$", "", true},
		{"()", "", true},
		{"^(?:ab)+$", "abab", true},
		{"^(?:ab)+$", "aba", false},
		{"(?i)^RHEL$", "rhel", true},
		{"^RHEL$", "rhel", false},
		{"\\d", "d", false},
		{"\\d", "5", true},
		{"\\D", "5", false},
		{"\\D", "d", true},
		{"^\\w+$", "a_1", true},
		{"\\W", "a_1", false},
		{"\\s", "a b", true},
		{"\\S", " \t", false},
		{"\\bel9\\b", "427.el9", true},
		{"\\bel9\\b", "427.el90", false},
		{"\\Bl9", "el9", true},
		{"\\Ael", "el9", true},
		{"\\A9", "el9", false},
		{"9\\z", "el9", true},
		{"^5\\.14\\.", "5.14.0", true},
		{"^5\\.14\\.", "5x14.0", false},
		{"\\<", "<", true},
		{"\\<a", "a", false},
		{"\\`", "`", true},
		{"\\t", "\t", true},
		{"\\t", "t", false},
		{"\\ ", " ", true},
		{"a{2}", "aa", true},
		{"^a{2}$", "a", false},
		{"^a{2,}$", "aaa", true},
		{"^a{1,2}$", "aaa", false},
		{"^a{0}b$", "b", true},
		{"a{", "a{", true},
		{"a{x}", "a{x}", true},
		{"^a{,3}$", "aa", false},
		{"a{,3}", "a{,3}", true},
		{"^a{2$", "a{2", true},
		{"}", "}", true},
		{"]", "]", true},
		{"^a+?$", "", false},
		{"^a+?$", "aa", true},
		{"^a*?$", "", true},
		{"^a??$", "a", true},
		{"^a{2}?$", "", false},
		{"^.$", "\n", false},
		{"^.$", "x", true},
		{"^a$", "a\n", false},
		{"a.b", "a\nb", false},
		{"[abc]", "xb", true},
		{"^[^abc]$", "b", false},
		{"^[a-c]$", "b", true},
		{"^[a-c]$", "-", false},
		{"^[]a]$", "]", true},
		{"^[^]a]$", "]", false},
		{"^[a-]$", "-", true},
		{"^[-a]$", "-", true},
		{"^[\\]]$", "]", true},
		{"^[\\.]$", ".", true},
		{"^[\\.]$", "\\", false},
		{"^[\\\\]$", "\\", true},
		{"^[\\d.]+$", "1.2", true},
		{"^[\\w-]+$", "a-b_c", true},
		{"^[\\s]$", "s", false},
		{"^[\\^]$", "^", true},
		{"^[\\^-]$", "-", true},
		{"^[\\^-]$", "^", true},
		{"^[^\\^]$", "^", false},
		{"^[a^]$", "^", true},
		{"^[[]$", "[", true},
		{"^[[.]$", ".", true},
		{"^[.[:alpha:]]$", "x", true},
		{"^[[:digit:]x]$", "x", true},
		{"^[[:^]$", ":", true},
		{"^[+--]$", ",", true},
		{"^[[:punct:]]$", "~", true},
		{"^[[:xdigit:]]$", "g", false},
		{"^[=[]$", "=", true},
		{"^[:[]$", ":", true},
		{"^é+$", "éé", true},
		{"^é?$", "\xc3", false},
		{"日", "日本", true},
		{"^[[:word:]]+$", "a_", true},
		{"^(a(b(c)))*$", "abcabc", true},
		{"a^", "a", false},
		{"$a", "a", false},
		{"a$|b", "bc", true},
		{"^*a", "a", true},
		{"\\b+a", "a", true},
		{"^\\x41$", "A", true},
		{"^\\x{e9}$", "é", true},
		{"^\\101\\0$", "A", false},
		{"^\\101$", "A", true},
		{"^\\Qa.b*\\E$", "a.b*", true},
		{"^\\Qa.b*\\E+$", "a.b**", true},
		{"^a\\Q\\E$", "a", true},
		{"^\\Qa.b", "axb", false},
		{"(?P<n>a)", "a", true},
		{"(?<n>a)", "a", true},
		{"^a(?i)b$", "aB", true},
		{"^a(?i)b$", "AB", false},
		{"^(?:a(?i)b|c)d$", "Cd", true},
		{"^(?:a(?i)b|c)d$", "CD", false},
		{"^(?i:a)b$", "Ab", true},
		{"^(?i:a)b$", "AB", false},
		{"(?i)(?-i)A", "a", false},
		{"(?)a", "a", true},
		{"(?U)^a+$", "aa", true},
		{"a.b", "a\nb", false},
		{"(?s)a.b", "a\nb", true},
		{"(?m)^b$", "a\nb\nc", true},
		{"(?m)a\n^", "a\n", true},
		{"(?m)^\\Ab", "a\nb", false},
		{"^[é]$", "é", true},
		{"^[à-é]$", "á", true},
		{"^[^a]$", "é", true},
		{"^.$", "日", true},
		{"^.{2}$", "é", false},
		{"^[\\D]$", "é", true},
		{"^[^\\D]$", "5", true},
		{"^[[:^digit:]]$", "x", true},
		{"^[[:^digit:]]$", "5", false},
		{"^[[:cntrl:]]$", "\x7f", true},
		{"^[[:ascii:]]$", "é", false},
		{"^\\w$", "é", false},
		{"^\\s$", "\v", false},
		{"^\\S$", "\v", true},
		{"^[\\S]$", "\v", true},
		{"^[[:space:]]$", "\v", true},
		{"\\bé", "é", false},
		{"(?i)^k$", "\xe2\x84\xaa", true},
		{"(?i)^\\w$", "\xc5\xbf", true},
		{"(?i)^\\W$", "\xc5\xbf", false},
		{"^\\w$", "\xc5\xbf", false},
		{"(?i)^É$", "é", true},
		{"^\\pL+$", "aé日", true},
		{"^\\p{Lu}$", "É", true},
		{"^\\p{^Lu}$", "É", false},
		{"^\\PN$", "5", false},
		{"^\\p{Greek}+$", "λ", true},
		{"^[\\p{Greek}x]+$", "xλ", true},
		{"^\\pC$", "\x01", true},
		{"^\xef\xbf\xbd{2}$", "\xff\xfe", true},
		{"^a.b$",
			"a\x80"
			"b",
			true},
		{"^(a*)*$", "aaaa", true},
		{"^(a|b*)*c$", "abbac", true},
	};

	(void)state;
	effort.left = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *error = "", *fault;
		bool result = false;
		int r = matches(cases[i].pattern, heir_str_from(cases[i].text), &result, &error);

		if (r != 0)
			fail_msg("'%s': %d %s", cases[i].pattern, r, error);
		if (result != cases[i].matches)
			fail_msg("'%s' on '%s'", cases[i].pattern, cases[i].text);
		assert_int_equal(heir_regex_check(heir_str_from(cases[i].pattern), &fault), 0);
		if (fault)
			fail_msg("'%s' is refused: %s", cases[i].pattern, fault);
	}
}

/* What Go does not compile, and what it does and heir does not run. */
static void patterns_refused(void **state)
{
	static const struct {
		const char *pattern;
		bool go;
	} cases[] = {
		{"\\1", false},
		{"(a)\\1", false},
		{"\\8", false},
		{"\\x4", false},
		{"\\x{}", false},
		{"\\x{110000}", false},
		{"\\x{41", false},
		{"\\C", false},
		{"\\Z", false},
		{"\\G", false},
		{"\\K", false},
		{"\\h", false},
		{"\\R", false},
		{"\\é", false},
		{"\\", false},
		{"\\p", false},
		{"\\pX", false},
		{"\\p{Nope}", false},
		{"\\p{Lu", false},
		{"\\p{}", false},
		{"\\p{Lu Ll}", false},
		{"\\p{greek}", false},
		{"(", false},
		{")", false},
		{"a)", false},
		{"((a)", false},
		{"[", false},
		{"[a", false},
		{"[]", false},
		{"[^]", false},
		{"[z-a]", false},
		{"[a-\\d]", false},
		{"[\\", false},
		{"[\\8]", false},
		{"[[:nope:]]", false},
		{"*", false},
		{"a**", false},
		{"a+*", false},
		{"a*+", false},
		{"a|*", false},
		{"(*)", false},
		{"(?i)*", false},
		{"a{2}{3}", false},
		{"a{3,2}", false},
		{"a{1001}", false},
		{"a{,3}{99999999999}", false},
		{"a???", false},
		{"{2}{2}", false},
		{"(?=a)", false},
		{"(?!a)", false},
		{"(?<=a)", false},
		{"(?<!a)", false},
		{"(?>a)", false},
		{"(?#a)", false},
		{"(?|a)", false},
		{"(?x)a", false},
		{"(?i-)a", false},
		{"(?-)a", false},
		{"(?i--s)a", false},
		{"(?P=n)", false},
		{"(?P>n)", false},
		{"(?P<>a)", false},
		{"(?P<a-b>a)", false},
		{"(?P<n", false},
		{"(?P<n>a)(?P<n>b)", false},
		{"(?R)", false},
		{"(*UTF)a", false},
		{"((((a{99}){99}){99}){99})", false},
		{"(a{500}){3}", false},
		{"((a{500}){0}b){900}", true},
		{"\xff", false},
		{"[\xff]", false},
		{"a(?i)*", true},
		{"a*(?i)*", true},
		{"a\\Q\\E*", true},
		{"(?i)\\pL", true},
		{"(?i)[\\W]", true},
		{"(?i)[[:^lower:]]", true},
		{"\\PC", true},
		{"\\x{d800}", true},
		{"(aaaaaaaaaa){1000}", true},
	};

	(void)state;
	effort.left = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *error = NULL, *fault = NULL;
		bool result;
		int r = matches(cases[i].pattern, HEIR_STR("a"), &result, &error);

		if (r != -EINVAL || !error)
			fail_msg("'%s' is not refused", cases[i].pattern);
		assert_int_equal(heir_regex_check(heir_str_from(cases[i].pattern), &fault), 0);
		if (!fault != cases[i].go)
			fail_msg("Go %s '%s'", cases[i].go ? "takes" : "refuses", cases[i].pattern);
	}
}

/* Patterns at and over the limits, and of the kinds that other engines choke on. */
static void pattern_limits(void **state)
{
	static const struct {
		char fill;
		size_t n;
		int r;
		bool go;
	} cases[] = {
		{'a', HEIR_REGEX_MAX_LENGTH, 0, true},
		{'a', HEIR_REGEX_MAX_LENGTH + 1, -EINVAL, true},
		{'(', HEIR_REGEX_MAX_LENGTH, -EINVAL, false},
		{'[', HEIR_REGEX_MAX_LENGTH, -EINVAL, false},
		{'|', HEIR_REGEX_MAX_LENGTH, 0, true},
		{'.', HEIR_REGEX_MAX_LENGTH, 0, true},
		{'\0', 1, 0, true},
		{'(', 1 << 20, -EINVAL, false},
	};

	(void)state;
	effort.left = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
		const char *error = NULL, *fault = NULL;
		struct heir_regex *regex = NULL;
		int r;

		heir_buf_fill(&buf, cases[i].fill, cases[i].n);
		r = heir_regex_new(heir_buf_str(&buf), &effort, &regex, &error);
		assert_int_equal(r, cases[i].r);
		heir_regex_free(regex);
		assert_int_equal(heir_regex_check(heir_buf_str(&buf), &fault), 0);
		assert_int_equal(!fault, cases[i].go);
	}
}

static void nested(struct heir_buf *buf, const char *open, size_t n)
{
	for (size_t i = 0; i < n; i++)
		heir_buf_addz(buf, open);
	heir_buf_addz(buf, "ab");
	heir_buf_fill(buf, ')', n);
}

static void pattern_deep(void **state)
{
	static const struct {
		const char *open;
		size_t n;
		int r;
		bool go;
	} cases[] = {
		{"(", HEIR_REGEX_MAX_DEPTH, 0, true},
		{"(", HEIR_REGEX_MAX_DEPTH + 1, -EINVAL, true},
		{"(", 5000, -EINVAL, false},
		{"(?:", 5000, -EINVAL, true},
	};

	(void)state;
	effort.left = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
		const char *error = NULL, *fault = NULL;
		bool result = false;

		nested(&buf, cases[i].open, cases[i].n);
		assert_int_equal(matches(buf.p, HEIR_STR("xab"), &result, &error), cases[i].r);
		assert_int_equal(result, cases[i].r == 0);
		assert_int_equal(heir_regex_check(heir_buf_str(&buf), &fault), 0);
		assert_int_equal(!fault, cases[i].go);
	}
}

/* Patterns that take exponential time are stopped, having taken no more than a match may. */
static void steps_are_bounded(void **state)
{
	static const char *const patterns[] = {
		"^(a+)+$",
		"(a*)*b",
		"(a|aa)+$",
		"(.*a){20}",
		"((a{0,9}){0,9}){0,9}b",
		"((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)b",
	};
	static const uint64_t most = HEIR_REGEX_MAX_STEPS;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	(void)state;
	heir_buf_fill(&text, 'a', 50);
	heir_buf_addc(&text, '!');
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		const char *error = "";
		bool result;
		int r;

		effort.left = UINT64_MAX;
		r = matches(patterns[i], heir_buf_str(&text), &result, &error);
		if (r != -EOVERFLOW && r != 0)
			fail_msg("'%s': %d %s", patterns[i], r, error);
		assert_true(UINT64_MAX - effort.left < 2 * most);
	}
	effort.left = UINT64_MAX;
	assert_int_equal(
		matches("^(a+)+$", heir_buf_str(&text), &(bool){false}, &(const char *){NULL}),
		-EOVERFLOW);
}

/* Of a long value a step counts more; one that is longer still is not looked at. */
static void effort_is_bounded(void **state)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	uint64_t used;
	const char *error = "";
	bool result;

	(void)state;
	effort.left = 1000000;
	assert_int_equal(matches("b$", HEIR_STR("aaaa"), &result, &error), 0);
	used = 1000000 - effort.left;
	assert_in_range(used, 5, 60);
	effort.left = used - 1;
	assert_int_equal(matches("b$", HEIR_STR("aaaa"), &result, &error), -EOVERFLOW);
	assert_int_equal(effort.left, 0);
	assert_int_equal(matches("b$", HEIR_STR("aaaa"), &result, &error), -EOVERFLOW);
	heir_buf_fill(&text, 'a', HEIR_REGEX_MAX_VALUE);
	effort.left = UINT64_MAX;
	assert_int_equal(matches("[ab]([cd]|[ef])", heir_buf_str(&text), &result, &error), 0);
	assert_true(UINT64_MAX - effort.left > (uint64_t)HEIR_REGEX_MAX_VALUE * 65);
	heir_buf_addc(&text, 'a');
	assert_int_equal(matches("a", heir_buf_str(&text), &result, &error), -EOVERFLOW);
}

static void memory(void **state)
{
	int r = -ENOMEM;

	(void)state;
	effort.left = UINT64_MAX;
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		const char *error = NULL;
		bool result = false;

		heir_test_fail_alloc(n);
		r = matches("(?P<n>[^\\d]((((((((((((((((((a)))))))))))))))))))",
			HEIR_STR("\xff"
				 "a"),
			&result, &error);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_true(r == -ENOMEM || (r == 0 && result && n > 3));
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pattern_matches),
		cmocka_unit_test(patterns_refused),
		cmocka_unit_test(pattern_limits),
		cmocka_unit_test(pattern_deep),
		cmocka_unit_test(steps_are_bounded),
		cmocka_unit_test(effort_is_bounded),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
