/* SPDX-License-Identifier: Apache-2.0 */
/* The one writer of Markdown: that foreign text stays text, in prose, in cells and as code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "report/markdown.h"

static int keep(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return 0;
}

/* What one of the functions makes of the text. */
static char *written(void (*print)(struct heir_out *, struct heir_str), struct heir_str s)
{
	static const struct heir_style style = {.size = sizeof(style)};
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_out out;

	heir_out_init(&out, &style, keep, &buf);
	print(&out, s);
	assert_int_equal(heir_out_finish(&out), 0);
	return strndup(buf.len ? buf.p : "", buf.len);
}

static void assert_written(
	void (*print)(struct heir_out *, struct heir_str), const char *text, const char *wanted)
{
	char *got = written(print, heir_str_from(text));

	assert_string_equal(got, wanted);
	free(got);
}

static void text_stays_text(void **state)
{
	(void)state;
	assert_written(heir_markdown_text, "plain words, 12", "plain words, 12");
	assert_written(heir_markdown_text, "<b>|[x](y)", "\\<b\\>\\|\\[x\\]\\(y\\)");
	assert_written(heir_markdown_text, "a\nb", "a\\\\x0ab");
	/* Nobody is notified, no issue is referred to. */
	assert_written(heir_markdown_text, "@team #12", "\\@&#8203;team \\#&#8203;12");
}

static void a_cell_has_one_end(void **state)
{
	(void)state;
	assert_written(heir_markdown_cell, "a | b", " a \\| b |");
	assert_written(heir_markdown_cell, "\\|", " \\\\\\| |");
}

static void code_stays_code(void **state)
{
	(void)state;
	assert_written(heir_markdown_code, "<b>&amp;_x_", "`<b>&amp;_x_`");
	assert_written(heir_markdown_code, "a`b", "`` a`b ``");
	assert_written(heir_markdown_code, "``", "``` `` ```");
	assert_written(heir_markdown_code, " x", "`  x `");
	assert_written(heir_markdown_code, "a|b", "`a\\|b`");
	assert_written(heir_markdown_code, "", "");
}

/* As CommonMark reads a span: a fence of backticks, up to the next one of the same length. */
static void no_text_ends_code(void **state)
{
	static const char letters[] = "`` a<|@";
	uint64_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 5000; round++) {
		char text[12];
		size_t len = 1 + round % (sizeof(text) - 1), fence, run = 0, spans = 0;
		char *got;

		for (size_t i = 0; i < len; i++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			text[i] = letters[(seed >> 33) % strlen(letters)];
		}
		got = written(heir_markdown_code, (struct heir_str){text, len});
		fence = strspn(got, "`");
		for (const char *p = got + fence; *p; p += run ? run : 1) {
			run = strspn(p, "`");
			spans += run == fence;
			if (*p == '|')
				assert_int_equal(p[-1], '\\');
		}
		assert_int_equal(spans, 1);
		assert_int_equal(strspn(got + strlen(got) - fence, "`"), fence);
		free(got);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_stays_text),
		cmocka_unit_test(a_cell_has_one_end),
		cmocka_unit_test(code_stays_code),
		cmocka_unit_test(no_text_ends_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
