/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader: places, faults and how it goes on after them, limits, the two dialects, and what
 * it does without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macro.h"
#include "base/str.h"
#include "support/fail-alloc.h"
#include "toml/toml.h"

static const struct heir_toml_options spec = {HEIR_TOML_SPEC, HEIR_TOML_1_1, false};
static const struct heir_toml_options spec_1_0 = {HEIR_TOML_SPEC, HEIR_TOML_1_0, false};
static const struct heir_toml_options crio = {HEIR_TOML_CRIO, HEIR_TOML_1_1, false};
static const struct heir_toml_options crio_1_0 = {HEIR_TOML_CRIO, HEIR_TOML_1_0, false};

static struct heir_toml_doc *parse_str(
	struct heir_str text, const struct heir_toml_options *options)
{
	struct heir_toml_doc *doc;

	assert_int_equal(heir_toml_parse(text, options, &doc), 0);
	return doc;
}

static struct heir_toml_doc *parse(const char *text, const struct heir_toml_options *options)
{
	return parse_str(heir_str_from(text), options);
}

static struct heir_toml_doc *parse_fine(const char *text)
{
	struct heir_toml_doc *doc = parse(text, &spec);

	if (heir_toml_n_faults(doc) > 0)
		fail_msg("%s: %s", text, heir_toml_fault(doc, 0)->message);
	return doc;
}

/* The node at "a.b.c". */
static heir_toml_node at(const struct heir_toml_doc *doc, const char *path)
{
	heir_toml_node node = HEIR_TOML_ROOT;

	while (*path) {
		size_t n = strcspn(path, ".");

		node = heir_toml_get(doc, node, (struct heir_str){path, n});
		path += n + (path[n] == '.');
	}
	return node;
}

static void assert_span(
	const struct heir_toml_doc *doc, struct heir_toml_span span, const char *want)
{
	struct heir_str got = {heir_toml_text(doc).p + span.at, span.len};

	if (!heir_str_eqz(got, want))
		fail_msg("'%.*s' is not '%s'", HEIR_STR_ARG(got), want);
}

static void assert_str(struct heir_str got, const char *want)
{
	if (!heir_str_eqz(got, want))
		fail_msg("'%.*s' is not '%s'", HEIR_STR_ARG(got), want);
}

/* The tree in one line: {a=1 b=[2 {c="x"}]}, values as they are written, tables of headers too. */
static void dump(const struct heir_toml_doc *doc, heir_toml_node node, struct heir_buf *buf)
{
	struct heir_toml_span span = heir_toml_value_span(doc, node);
	enum heir_toml_type type = heir_toml_type(doc, node);
	bool table = type == HEIR_TOML_TABLE, first = true;

	if (!table && type != HEIR_TOML_ARRAY && type != HEIR_TOML_ARRAY_OF_TABLES) {
		heir_buf_add(buf, heir_toml_text(doc).p + span.at, span.len);
		return;
	}
	heir_buf_addc(buf, table ? '{' : '[');
	heir_toml_foreach (child, doc, node) {
		if (!first)
			heir_buf_addc(buf, ' ');
		first = false;
		if (table) {
			heir_buf_adds(buf, heir_toml_key(doc, child));
			heir_buf_addc(buf, '=');
		}
		dump(doc, child, buf);
	}
	heir_buf_addc(buf, table ? '}' : ']');
}

static void spans(void **state)
{
	struct heir_toml_doc *doc = parse_fine("top = 1 # one\n"
					       "[a . \"b c\"]\n"
					       "'lit' = 'x'\n"
					       "d.e = [ 1, {f = \"\"\"\nx\"\"\"} ]\n"
					       "[[ t ]]\n"
					       "[[t]]\n"
					       "when = 1979-05-27 07:32:00Z\n");
	heir_toml_node table = heir_toml_get(doc, at(doc, "a"), HEIR_STR("b c")), node;

	(void)state;
	assert_span(doc, heir_toml_key_span(doc, at(doc, "top")), "top");
	assert_span(doc, heir_toml_value_span(doc, at(doc, "top")), "1");
	assert_span(doc, heir_toml_key_span(doc, table), "\"b c\"");
	assert_span(doc, heir_toml_value_span(doc, table), "[a . \"b c\"]");
	assert_span(doc, heir_toml_value_span(doc, at(doc, "a")), "[a . \"b c\"]");
	node = heir_toml_get(doc, table, HEIR_STR("lit"));
	assert_span(doc, heir_toml_key_span(doc, node), "'lit'");
	assert_span(doc, heir_toml_value_span(doc, node), "'x'");
	node = heir_toml_get(doc, table, HEIR_STR("d"));
	assert_span(doc, heir_toml_value_span(doc, node), "d");
	node = heir_toml_get(doc, node, HEIR_STR("e"));
	assert_span(doc, heir_toml_value_span(doc, node), "[ 1, {f = \"\"\"\nx\"\"\"} ]");
	node = heir_toml_next(doc, heir_toml_first(doc, node));
	assert_span(doc, heir_toml_value_span(doc, node), "{f = \"\"\"\nx\"\"\"}");
	assert_span(doc, heir_toml_key_span(doc, node), "{f = \"\"\"\nx\"\"\"}");
	node = at(doc, "t");
	assert_int_equal(heir_toml_type(doc, node), HEIR_TOML_ARRAY_OF_TABLES);
	assert_int_equal(heir_toml_n_children(doc, node), 2);
	assert_span(doc, heir_toml_value_span(doc, heir_toml_first(doc, node)), "[[ t ]]");
	node = heir_toml_next(doc, heir_toml_first(doc, node));
	assert_span(doc, heir_toml_value_span(doc, node), "[[t]]");
	node = heir_toml_get(doc, node, HEIR_STR("when"));
	assert_span(doc, heir_toml_value_span(doc, node), "1979-05-27 07:32:00Z");
	heir_toml_free(doc);
}

static void values(void **state)
{
	struct heir_toml_doc *doc = parse_fine("i = [0, -0, +9_000, 0xDEAD_beef, 0o17, 0b101,"
					       " 9223372036854775807, -9223372036854775808]\n"
					       "t = true\nf = false\n"
					       "\"k\\u00e9\\n\" = 1\n");
	static const int64_t want[] = {0, 0, 9000, 0xdeadbeef, 15, 5, INT64_MAX, INT64_MIN};
	size_t i = 0;

	(void)state;
	heir_toml_foreach (node, doc, at(doc, "i"))
		assert_true(heir_toml_integer(doc, node) == want[i++]);
	assert_int_equal(i, ARRAY_LEN(want));
	assert_true(heir_toml_bool(doc, at(doc, "t")));
	assert_false(heir_toml_bool(doc, at(doc, "f")));
	assert_str(heir_toml_key(doc, at(doc, "k\xc3\xa9\n")), "k\xc3\xa9\n");
	heir_toml_free(doc);
}

static double float_of(const char *token)
{
	char text[2048];
	struct heir_toml_doc *doc;
	double value;

	snprintf(text, sizeof(text), "x = %s", token);
	doc = parse_fine(text);
	value = heir_toml_float(doc, at(doc, "x"));
	heir_toml_free(doc);
	return value;
}

static void floats(void **state)
{
	static const struct {
		const char *token;
		double value;
	} cases[] = {
		{"0.0", 0.0},
		{"1.5", 1.5},
		{"-6.626e-34", -6.626e-34},
		{"5e+22", 5e22},
		{"1e23", 1e23},
		{"224_617.445_991_228", 224617.445991228},
		{"9007199254740993.0", 9007199254740992.0},
		{"1.7976931348623157e308", 1.7976931348623157e308},
		{"4.9406564584124654e-324", 4.9406564584124654e-324},
		{"123456789012345678901234567890.0", 123456789012345678901234567890.0},
		{"0.000000000000000000000000000000000000001", 1e-39},
		{"1e-400", 0.0},
	};
	char digits[1200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (float_of(cases[i].token) != cases[i].value)
			fail_msg("%s", cases[i].token);
	}
	assert_true(isnan(float_of("nan")) && isnan(float_of("-nan")));
	assert_true(float_of("+inf") == INFINITY && float_of("-inf") == -INFINITY);
	assert_true(signbit(float_of("-0.0")));
	assert_true(float_of("1e999") == INFINITY);
	/* Half way between two doubles but for the last of very many digits. */
	memset(digits, '0', sizeof(digits));
	memcpy(digits, "9007199254740993.", 17);
	memcpy(digits + 1150, "1", 2);
	assert_true(float_of(digits) == 9007199254740994.0);
}

/* The program may have set a locale in which the decimal point is another one. */
static void floats_ignore_the_locale(void **state)
{
	(void)state;
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
		setlocale(LC_NUMERIC, "C.UTF-8");
	assert_true(float_of("1.25") == 1.25);
	assert_true(float_of("123456789.123456789123456789") == 123456789.123456789123456789);
	setlocale(LC_NUMERIC, "C");
}

static void dates(void **state)
{
	struct heir_toml_doc *doc = parse_fine("a = 1979-05-27T07:32:01.1234567891-07:30\n"
					       "b = 2000-02-29 23:59\n"
					       "c = 0001-01-01 # date\n"
					       "d = 07:32\n");
	struct heir_toml_datetime t = heir_toml_datetime(doc, at(doc, "a"));

	(void)state;
	assert_int_equal(heir_toml_type(doc, at(doc, "a")), HEIR_TOML_DATETIME);
	assert_int_equal(t.year, 1979);
	assert_int_equal(t.month, 5);
	assert_int_equal(t.day, 27);
	assert_int_equal(t.hour, 7);
	assert_int_equal(t.minute, 32);
	assert_int_equal(t.second, 1);
	assert_int_equal(t.nanosecond, 123456789);
	assert_int_equal(t.n_digits, 9);
	assert_int_equal(t.offset, -450);
	assert_int_equal(heir_toml_type(doc, at(doc, "b")), HEIR_TOML_DATETIME_LOCAL);
	assert_int_equal(heir_toml_type(doc, at(doc, "c")), HEIR_TOML_DATE_LOCAL);
	assert_int_equal(heir_toml_type(doc, at(doc, "d")), HEIR_TOML_TIME_LOCAL);
	heir_toml_free(doc);
}

static void strings(void **state)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"x = \"\"", ""},
		{"x = ''", ""},
		{"x = \"a\\tb\\\"\\\\\\u00e9\\U0001F600\\x41\\e\"",
			"a\tb\"\\\xc3\xa9\xf0\x9f\x98\x80"
			"A\x1b"},
		{"x = 'a\\tb'", "a\\tb"},
		{"x = \"\"\"\"\"\"", ""},
		{"x = \"\"\"\na\r\nb\"\"\"", "a\r\nb"},
		{"x = \"\"\"a \\  \n\n  \t b\"\"\"", "a b"},
		{"x = \"\"\"\"a\"\"\"\"\"", "\"a\"\""},
		{"x = \"\"\"a\\\"\"\"\"", "a\""},
		{"x = '''\n'a'''''", "'a''"},
		{"x = \"a\tb \xe2\x82\xac long enough for two steps of eight\"",
			"a\tb \xe2\x82\xac long enough for two steps of eight"},
	};
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_toml_doc *doc = parse_fine(cases[i].text);

		assert_str(heir_toml_string(doc, at(doc, "x"), &arena), cases[i].value);
		heir_toml_free(doc);
	}
	heir_arena_release(&arena);
}

/* A fault as it is told: line, the bytes it marks, the message; several in order. */
struct fault_case {
	const struct heir_toml_options *options;
	const char *text;
	const char *faults; /* "KIND LINE:COLUMN+LENGTH message\n..." */
};

static void describe(const struct heir_toml_doc *doc, struct heir_buf *buf)
{
	static const char *const kinds[] = {"syntax", "duplicate", "encoding", "version", "limit"};

	for (size_t i = 0; i < heir_toml_n_faults(doc); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(doc, i);
		unsigned line = 1, column = 1;

		for (uint32_t k = 0; k < fault->where.at; k++) {
			line += heir_toml_text(doc).p[k] == '\n';
			column = heir_toml_text(doc).p[k] == '\n' ? 1 : column + 1;
		}
		heir_buf_printf(buf, "%s%s %u:%u+%u %s\n", fault->tolerated ? "tolerated " : "",
			kinds[fault->kind], line, column, fault->where.len, fault->message);
	}
}

static void run_fault_cases(const struct fault_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct heir_toml_doc *doc = parse(cases[i].text, cases[i].options);
		struct heir_buf buf = HEIR_BUF_NULL;

		describe(doc, &buf);
		if (!heir_str_eqz(heir_buf_str(&buf), cases[i].faults))
			fail_msg("%s\ngives\n%s", cases[i].text, buf.p ? buf.p : "nothing");
		heir_buf_release(&buf);
		heir_toml_free(doc);
	}
}

static void faults(void **state)
{
	static const struct fault_case cases[] = {
		{&spec, "a b = 1\n", "syntax 1:3+1 expected '=' after the key\n"},
		{&spec, "a\n", "syntax 1:2+1 expected '=' after the key\n"},
		{&spec, "= 1\n", "syntax 1:1+1 expected a key\n"},
		{&spec, "a =\n", "syntax 1:4+1 expected a value\n"},
		{&spec, "a =", "syntax 1:4+0 expected a value\n"},
		{&spec, "a = crun\n", "syntax 1:5+4 expected a value; strings need quotes\n"},
		{&spec, "a = 1 b\n", "syntax 1:7+1 expected a newline after the value\n"},
		{&spec, "[a] b\n", "syntax 1:5+1 expected a newline after the header\n"},
		{&spec, "a = 01\n", "syntax 1:5+2 a number cannot begin with a zero\n"},
		{&spec, "a = 1__0\n",
			"syntax 1:5+4 an underscore in a number must be between two digits\n"},
		{&spec, "a = 9223372036854775808\n", "syntax 1:5+19 number is out of range\n"},
		{&spec, "a = +0x1\n", "syntax 1:5+4 a number with a prefix cannot have a sign\n"},
		{&spec, "a = 2001-02-29\n", "syntax 1:5+10 malformed date or time\n"},
		{&spec, "a = \"b\n", "syntax 1:7+1 string has no closing '\"'\n"},
		{&spec, "a = 'b", "syntax 1:7+0 string has no closing \"'\"\n"},
		{&spec, "a = '''b", "syntax 1:9+0 string has no closing \"'''\"\n"},
		{&spec, "a = \"\\q\"\n", "syntax 1:7+1 unknown escape\n"},
		{&spec, "a = \"\\ud800\"\n",
			"syntax 1:6+6 the escape is not a Unicode character\n"},
		{&spec, "a = \"\\u12\"\n",
			"syntax 1:10+1 expected four hexadecimal digits after '\\u'\n"},
		{&spec, "a = [1 2]\n", "syntax 1:8+1 expected ',' or ']' in the array\n"},
		{&spec, "a = [1", "syntax 1:7+0 array has no closing ']'\n"},
		{&spec, "a = {b = 1", "syntax 1:11+0 inline table has no closing '}'\n"},
		{&spec, "[a\n", "syntax 1:3+1 expected '.' or ']' after the name of the table\n"},
		{&spec, "[[a]\n", "syntax 1:5+1 expected ']]' after the name of the table\n"},
		{&spec, "\"\"\"a\"\"\" = 1\n",
			"syntax 1:3+1 a multi-line string cannot be a key\n"},
		{&spec, "# a\x01\n", "encoding 1:4+1 control character U+0001 is not allowed\n"},
		{&spec, "a = \"\xc3(\"\n", "encoding 1:6+1 byte 0xc3 is not UTF-8\n"},
		{&spec, "a = \"\xed\xa0\x80\"\n", "encoding 1:6+1 byte 0xed is not UTF-8\n"},
		{&spec, "a = 1\rb = 2\n",
			"encoding 1:6+1 carriage return without a newline after it\n"},
		{&spec_1_0, "a = {b = 1,\n}\n",
			"version 1:11+1 a comma at the end of an inline table needs TOML 1.1\n"
			"version 1:12+1 a newline in an inline table needs TOML 1.1\n"},
		{&spec_1_0, "a = 07:32\n", "version 1:5+5 a time without seconds needs TOML 1.1\n"},
		{&spec_1_0, "a = \"\\e\\x41\"\n",
			"version 1:7+1 the escape '\\e' needs TOML 1.1\n"},
		{&spec, "a = 1\na = 2\n", "duplicate 2:1+1 key \"a\" is already defined\n"},
		{&spec, "[a]\n[a]\n", "duplicate 2:2+1 table \"a\" is already defined\n"},
		{&spec, "a = {}\n[a.b]\n",
			"duplicate 2:2+1 inline table \"a\" cannot be extended\n"},
		{&spec, "[t]\na.b = 1\na.b.c = 2\n",
			"duplicate 3:3+1 key \"t.a.b\" is already defined and is not a table\n"},
		{&spec, "[[a]]\n[b]\n[a]\n", "duplicate 3:2+1 key \"a\" is already defined\n"},
		{&spec, "a = []\n[[a]]\n",
			"duplicate 2:3+1 key \"a\" is already defined and is not an array of "
			"tables\n"},
	};

	(void)state;
	run_fault_cases(cases, ARRAY_LEN(cases));
}

/* CRI-O's own messages name these lines. */
static void lines_of_crio(void **state)
{
	static const struct fault_case cases[] = {
		{&crio, "[a\nb = 1\n",
			"syntax 2:1+1 expected '.' or ']' after the name of the table\n"},
		{&crio, "[a\r\nb = 1\n",
			"syntax 1:3+1 expected '.' or ']' after the name of the table\n"},
		{&crio, "a =\n", "syntax 2:1+0 expected a value\n"},
		{&crio, "b = 1\na =", "syntax 1:6+1 expected a value\n"},
		{&crio, "a =", "syntax 1:4+0 expected a value\n"},
		{&crio, "b = 1\na = \"x\n", "syntax 2:7+1 string has no closing '\"'\n"},
		{&crio, "b = 1\na = \"x\r\n", "syntax 1:6+1 string has no closing '\"'\n"},
		{&crio, "b = 1\na.", "syntax 2:3+0 expected a key\n"},
		{&crio, "a = \"\"\"\n\\ud800\n\"\"\"\n",
			"syntax 3:3+1 the escape is not a Unicode character\n"},
		{&crio_1_0, "a = {b = 1,\nc = 2}\n",
			"version 1:12+1 a newline in an inline table needs TOML 1.1\n"},
		{&crio, "a.b = 1\na = {\nc = 2}\n",
			"duplicate 3:1+1 table \"a\" is already defined\n"},
		/* The outer key is found wrong when its value has been read. */
		{&crio, "a = 1\na = [{\nb = 1,\nb = 2}]\n",
			"duplicate 2:1+1 key \"a\" is already defined and is not an array of "
			"tables\n"
			"duplicate 4:1+1 key \"a.b\" is already defined\n"},
		{&crio, "a = 1\na.b = [\n1, @]\nc = 1\n", "syntax 3:4+1 expected a value\n"},
	};

	(void)state;
	run_fault_cases(cases, ARRAY_LEN(cases));
}

static void goes_on(void **state)
{
	static const struct fault_case cases[] = {
		{&spec, "a = \nb == 1\n[c\nd = 1\nd = 2\n",
			"syntax 1:5+1 expected a value\n"
			"syntax 2:4+1 expected a value\n"
			"syntax 3:3+1 expected '.' or ']' after the name of the table\n"
			"duplicate 5:1+1 key \"d\" is already defined\n"},
		/* The rest of a broken array is no statement. */
		{&spec, "a = [\n  1,\n  2 3,\n  \"x\",\n]\nb = \n",
			"syntax 3:5+1 expected ',' or ']' in the array\n"
			"syntax 6:5+1 expected a value\n"},
		/* What breaks the array is the next statement. */
		{&spec, "a = [1,\nb = 2\nb = 3\n",
			"syntax 2:1+1 expected a value; strings need quotes\n"
			"duplicate 3:1+1 key \"b\" is already defined\n"},
		{&spec, "a = [1\n[b]\n[b]\n",
			"syntax 2:1+1 expected ',' or ']' in the array\n"
			"duplicate 3:2+1 table \"b\" is already defined\n"},
		{&spec, "a = \"\"\"\ntext\nmore = 1\nmore = 2\n",
			"duplicate 4:1+4 key \"more\" is already defined\n"
			"syntax 5:1+0 string has no closing '\"\"\"'\n"},
		/* A table that is there twice: its keys are not told again. */
		{&spec, "[a]\nb = 1\n[a]\nb = 1\nb = 2\n",
			"duplicate 3:2+1 table \"a\" is already defined\n"
			"duplicate 5:1+1 key \"b\" is already defined\n"},
		{&spec, "a = {\n b = 1,\n c 2,\n d = 3,\n}\ne = \n",
			"syntax 3:4+1 expected '=' after the key\n"
			"syntax 6:5+1 expected a value\n"},
	};

	(void)state;
	run_fault_cases(cases, ARRAY_LEN(cases));
}

static void other_place(void **state)
{
	struct heir_toml_doc *doc = parse("abc = 1\nd.abc = 2\nabc = 3\nx = [1,\n", &spec);
	const struct heir_toml_fault *fault = heir_toml_fault(doc, 0);

	(void)state;
	assert_true(fault->has_other);
	assert_int_equal(fault->other.at, 0);
	assert_span(doc, fault->other, "abc");
	fault = heir_toml_fault(doc, 1);
	assert_true(fault->has_other);
	assert_span(doc, fault->other, "[");
	assert_null(heir_toml_fault(doc, 2));
	heir_toml_free(doc);
}

/* A document, whether it is fatal, and what CRI-O gets. */
static void dialect(void **state)
{
	static const struct {
		const char *text, *tree; /* NULL: fatal */
		unsigned tolerated;
	} cases[] = {
		{"[a]\nb.c = 1\n[a.b]\nd = 2\n", "{a={b={c=1 d=2}}}", 1},
		{"[a]\nb.c = 1\nb.d = 2\n[a.b]\n", NULL, 0},
		{"[a]\nb.c = 1\nb.d = 2\nb.e = 3\n[a.b]\n", NULL, 0},
		{"[a.b]\nc = 1\n[a]\nb.d = 2\n", "{a={b={c=1 d=2}}}", 1},
		{"a = {b = 1}\na.c = 2\n", "{a={b=1 c=2}}", 1},
		{"a = {b = 1}\n[a.c]\nd = 2\n", "{a={b=1 c={d=2}}}", 1},
		{"a = {b = 1}\n[a]\n", NULL, 0},
		{"a = [1]\na = 2\n", "{a=2}", 1},
		{"a = 1\na = [2, 3]\n", "{a=[2 3]}", 1},
		{"a = [1]\na = [2]\na = [[3], 4]\n", "{a=[[3] 4]}", 2},
		{"a = [1]\n[a]\nb = 1\n", "{a={b=1}}", 1},
		{"a = [1]\n[[a]]\n", NULL, 0},
		{"a = [1]\n[a.b]\n", NULL, 0},
		{"a = [1]\na = {b = 2}\n", "{a={b=2}}", 1},
		{"a = [1]\na.b = 1\na.c = 2\n", "{a={c=2}}", 2},
		{"a = 1\na = 2\n", NULL, 0},
		{"a = 1\na = {}\n", NULL, 0},
		{"a = 1\na.b = 2\n", NULL, 0},
		{"a = 1\na.b.c = 2\n", NULL, 0},
		{"a.b = 1\na = 2\n", "{a={b=1}}", 1},
		{"a.b = 1\na = {c = 2}\n", NULL, 0},
		{"a = {b.c = 1, b = 2}\n", "{a={b={c=1}}}", 1},
		{"a = {b.c = 1, b = 2, b.d = 3}\n", NULL, 0},
		{"a = [{b.c = 1, b = 2}]\n", "{a=[{b=2}]}", 1},
		{"a = [{b = 1, b = 2}]\n", NULL, 0},
		{"a = 1\na = [{b = 1}]\n", NULL, 0},
		{"[[t.a]]\nb = 1\n[t]\na = [{c = 2}]\n", "{t={a=[{c=2}]}}", 1},
		{"[[t.a]]\nb = 1\n[t]\na.c = 2\n", "{t={a=[{b=1 c=2}]}}", 1},
		{"[[a]]\nb = 1\n[a]\n", NULL, 0},
		{"[a]\n[[a]]\n", NULL, 0},
		{"[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2\n", "{a=[{b={c=1}} {b={c=2}}]}", 0},
		{"a = 1987-07-05T17:45:00+24:60\n", "{a=1987-07-05T17:45:00+24:60}", 1},
		{"a = 1987-07-05T17:45:00+25:00\n", NULL, 0},
		{"a = 1987-07-05T17:45:60Z\n", NULL, 0},
		{"a = 1e999\n", NULL, 0},
		{"a = 1e-999\n", "{a=1e-999}", 0},
		{"\xff\xfe"
		 "a = 1\n",
			"{a=1}", 1},
		{"\xef\xbb\xbf"
		 "a = 1\n",
			"{a=1}", 0},
		{"\"\\u0061\" = [1]\na = 2\n", "{a=2}", 1},
		{"a = [1]\n\"\\u0061\" = 2\n", "{a=2}", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_toml_doc *doc = parse(cases[i].text, &crio);
		struct heir_buf buf = HEIR_BUF_NULL;

		if (heir_toml_fatal(doc) != !cases[i].tree)
			fail_msg("%s", cases[i].text);
		dump(doc, HEIR_TOML_ROOT, &buf);
		if (cases[i].tree && !heir_str_eqz(heir_buf_str(&buf), cases[i].tree))
			fail_msg("%s gives %s", cases[i].text, buf.p);
		if (cases[i].tree && heir_toml_n_faults(doc) != cases[i].tolerated)
			fail_msg("%s has %zu faults", cases[i].text, heir_toml_n_faults(doc));
		heir_buf_release(&buf);
		heir_toml_free(doc);
		/* Whatever CRI-O tolerates the specification forbids. */
		doc = parse(cases[i].text, &spec);
		if (cases[i].tolerated && !heir_toml_fatal(doc))
			fail_msg("%s is fine", cases[i].text);
		heir_toml_free(doc);
	}
}

static void nul_bytes(void **state)
{
	struct heir_toml_doc *doc = parse_str(HEIR_STR("\n\0a\0=\0"), &crio);

	(void)state;
	assert_true(heir_toml_fatal(doc));
	assert_int_equal(heir_toml_n_faults(doc), 1);
	assert_int_equal(heir_toml_fault(doc, 0)->kind, HEIR_TOML_ENCODING);
	assert_int_equal(heir_toml_fault(doc, 0)->where.at, 0);
	heir_toml_free(doc);
}

static void variables(void **state)
{
	static const struct heir_toml_options bare = {HEIR_TOML_CRIO, HEIR_TOML_1_1, true};
	struct heir_toml_doc *doc = parse("[crio.${A}-x.y${B:-w.o]rd}]\nk = 1\n", &bare);
	struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	dump(doc, HEIR_TOML_ROOT, &buf);
	assert_str(heir_buf_str(&buf), "{crio={${A}-x={y${B:-w.o]rd}={k=1}}}}");
	assert_int_equal(heir_toml_n_faults(doc), 0);
	heir_buf_release(&buf);
	heir_toml_free(doc);

	for (size_t i = 0; i < 6; i++) {
		static const char *const bad[] = {
			"[${}]\n", "[${A]\n", "[$A]\n", "[${A:-\x01}]\n", "${A} = 1\n", "[${1}]\n"};

		doc = parse(bad[i], &bare);
		assert_true(heir_toml_fatal(doc));
		heir_toml_free(doc);
	}
	doc = parse("[${A}]\n", &crio);
	assert_true(heir_toml_fatal(doc));
	heir_toml_free(doc);
}

static struct heir_buf repeated(const char *before, const char *what, size_t n, const char *after)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, before);
	for (size_t i = 0; i < n; i++)
		heir_buf_addz(&buf, what);
	heir_buf_addz(&buf, after);
	assert_int_equal(heir_buf_error(&buf), 0);
	return buf;
}

static void assert_depth(
	const char *before, const char *what, size_t n, const char *after, bool fine)
{
	struct heir_buf text = repeated(before, what, n, after);

	for (int i = 0; i < 2; i++) {
		struct heir_toml_doc *doc = parse_str(heir_buf_str(&text), i ? &crio : &spec);

		if (fine) {
			assert_int_equal(heir_toml_n_faults(doc), 0);
		} else {
			assert_int_equal(heir_toml_fault(doc, 0)->kind, HEIR_TOML_LIMIT);
			assert_true(heir_toml_fatal(doc));
		}
		heir_toml_free(doc);
	}
	heir_buf_release(&text);
}

static void depth(void **state)
{
	struct heir_buf closing;

	(void)state;
	closing = repeated("", "]", 1000, "\n");
	assert_depth("a = ", "[", 1000, closing.p, true);
	heir_buf_release(&closing);
	assert_depth("a = ", "[", 1001, "", false);
	assert_depth("a = ", "[", 100000, "", false);
	closing = repeated("1", "}", 999, "\n");
	assert_depth("a = ", "{a=", 999, closing.p, true);
	heir_buf_release(&closing);
	assert_depth("a = ", "{a=", 1000, "1", false);
	assert_depth("a = ", "{a=", 100000, "", false);
	assert_depth("", "a.", 999, "a = 1\n", true);
	assert_depth("", "a.", 1000, "a = 1\n", false);
	assert_depth("[b]\n", "a.", 999, "a = 1\n", false);
	assert_depth("", "a.", 100000, "a = 1\n", false);
	assert_depth("[", "a.", 999, "a]\n", true);
	assert_depth("[", "a.", 999, "a]\nb = 1\n", false);
	assert_depth("[[", "a.", 999, "a]]\n", false);
	assert_depth("[", "a.", 100000, "a]\n", false);
}

static void many_faults(void **state)
{
	struct heir_buf text = repeated("", "a = [1]\n", 500, "");
	struct heir_toml_doc *doc;

	(void)state;
	/* Tolerated ones only, and then a fatal one. */
	doc = parse_str(heir_buf_str(&text), &crio);
	assert_int_equal(heir_toml_n_faults(doc), HEIR_TOML_MAX_FAULTS);
	assert_false(heir_toml_fatal(doc));
	heir_toml_free(doc);
	heir_buf_addz(&text, "b =\n");
	doc = parse_str(heir_buf_str(&text), &crio);
	assert_int_equal(heir_toml_n_faults(doc), HEIR_TOML_MAX_FAULTS);
	assert_true(heir_toml_fatal(doc));
	assert_false(heir_toml_fault(doc, HEIR_TOML_MAX_FAULTS - 1)->tolerated);
	heir_toml_free(doc);
	heir_buf_release(&text);

	text = repeated("", "a =\n", 500, "");
	doc = parse_str(heir_buf_str(&text), &spec);
	assert_int_equal(heir_toml_n_faults(doc), HEIR_TOML_MAX_FAULTS);
	heir_toml_free(doc);
	heir_buf_release(&text);
}

/* Enough for the shared hash to grow, and for its seed. */
static void many_keys(void **state)
{
	struct heir_buf text = HEIR_BUF_NULL;
	struct heir_toml_doc *doc;
	heir_toml_node small, large;
	char key[32];

	(void)state;
	for (int i = 0; i < 5000; i++)
		heir_buf_printf(&text, "k%d = %d\ns.t%d.\"q\\u0041%d\" = %d\n", i, i, i % 7, i, i);
	doc = parse_str(heir_buf_str(&text), &spec);
	assert_int_equal(heir_toml_n_faults(doc), 0);
	small = at(doc, "s");
	assert_int_equal(heir_toml_n_children(doc, small), 7);
	for (int i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(heir_toml_integer(doc, at(doc, key)), i);
		assert_int_equal(heir_toml_get(doc, small, heir_str_from(key)), 0);
		snprintf(key, sizeof(key), "t%d", i % 7);
		large = heir_toml_get(doc, small, heir_str_from(key));
		snprintf(key, sizeof(key), "qA%d", i);
		assert_int_equal(
			heir_toml_integer(doc, heir_toml_get(doc, large, heir_str_from(key))), i);
	}
	assert_int_equal(at(doc, "k5000"), 0);
	assert_int_equal(heir_toml_get(doc, at(doc, "k1"), HEIR_STR("x")), 0);
	heir_toml_set_tag(doc, at(doc, "k77"), 0xbeef);
	assert_int_equal(heir_toml_tag(doc, at(doc, "k77")), 0xbeef);
	assert_int_equal(heir_toml_tag(doc, at(doc, "k78")), 0);
	heir_toml_free(doc);
	heir_buf_release(&text);
}

/* A table that was large is replaced, and its old keys must not come back. */
static void replaced_table(void **state)
{
	struct heir_buf text = HEIR_BUF_NULL;
	struct heir_toml_doc *doc;

	(void)state;
	heir_buf_addz(&text, "a = [0]\na = {");
	for (int i = 0; i < 2000; i++)
		heir_buf_printf(&text, "%sold%d = 1", i ? ", " : "", i);
	/* The array's mark is gone now; the dotted keys below go into what the array leaves. */
	heir_buf_addz(&text, "}\nb = [0]\nb.x = 1\n");
	for (int i = 0; i < 20; i++)
		heir_buf_printf(&text, "b.new%d = 1\n", i);
	doc = parse_str(heir_buf_str(&text), &crio);
	assert_false(heir_toml_fatal(doc));
	assert_int_equal(heir_toml_n_children(doc, at(doc, "a")), 2000);
	assert_int_equal(heir_toml_n_children(doc, at(doc, "b")), 1);
	assert_int_not_equal(at(doc, "b.new19"), 0);
	assert_int_equal(at(doc, "b.new18"), 0);
	assert_int_equal(at(doc, "b.x"), 0);
	heir_toml_free(doc);
	heir_buf_release(&text);
}

static void type_names(void **state)
{
	(void)state;
	assert_string_equal(heir_toml_type_name(HEIR_TOML_ARRAY_OF_TABLES), "array of tables");
	assert_string_equal(heir_toml_type_name(HEIR_TOML_NONE), "nothing");
}

static void empty(void **state)
{
	struct heir_toml_doc *doc = parse_str(HEIR_STR_NULL, &spec);

	(void)state;
	assert_int_equal(heir_toml_n_nodes(doc), 1);
	assert_int_equal(heir_toml_type(doc, HEIR_TOML_ROOT), HEIR_TOML_TABLE);
	assert_int_equal(heir_toml_first(doc, HEIR_TOML_ROOT), 0);
	assert_int_equal(heir_toml_next(doc, HEIR_TOML_ROOT), 0);
	assert_int_equal(heir_toml_type(doc, 0), HEIR_TOML_NONE);
	assert_false(heir_toml_fatal(doc));
	heir_toml_free(doc);
	assert_null(heir_toml_free(NULL));
}

/* Keys with escapes, faults of each kind, a table that is hashed, more nodes than a chunk holds. */
static void without_memory(void **state)
{
	struct heir_buf text = HEIR_BUF_NULL;
	int r = -ENOMEM;

	(void)state;
	heir_buf_addz(&text, "\"a\\n\" = 1\na.b = [{c = 1}]\na.b = 2\nx = {y = 1}\nx.z = 2\n"
			     "[a\n\x01\nq = \"\\q\"\n[w]\n[w]\n");
	for (int i = 0; i < 1500; i++)
		heir_buf_printf(&text, "\"k\\u0041%d\" = %d\n", i, i);
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		struct heir_toml_doc *doc = NULL;
		struct heir_str s = heir_buf_str(&text);

		heir_test_fail_alloc(n);
		r = heir_toml_parse(s, &crio, &doc);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_true(r == 0 || (r == -ENOMEM && !doc));
		heir_toml_free(doc);
		assert_true(n < 10000);
	}
	assert_int_equal(r, 0);
	heir_buf_release(&text);
}

static void string_without_memory(void **state)
{
	struct heir_toml_doc *doc = parse_fine("a = \"x\\ny\"\n");
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	heir_test_fail_alloc(0);
	assert_null(heir_toml_string(doc, at(doc, "a"), &arena).p);
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	heir_arena_release(&arena);
	heir_toml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans),
		cmocka_unit_test(values),
		cmocka_unit_test(floats),
		cmocka_unit_test(floats_ignore_the_locale),
		cmocka_unit_test(dates),
		cmocka_unit_test(strings),
		cmocka_unit_test(faults),
		cmocka_unit_test(lines_of_crio),
		cmocka_unit_test(goes_on),
		cmocka_unit_test(other_place),
		cmocka_unit_test(dialect),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(variables),
		cmocka_unit_test(depth),
		cmocka_unit_test(many_faults),
		cmocka_unit_test(many_keys),
		cmocka_unit_test(replaced_table),
		cmocka_unit_test(type_names),
		cmocka_unit_test(empty),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(string_without_memory),
	};

	return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
