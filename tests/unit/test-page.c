/* SPDX-License-Identifier: Apache-2.0 */
/* The page of `heir report`: where boxes and lines of the drawing run, that text stays text, and
 * that memory may run out anywhere. What the page says is for tests/cli/report.bats, how it looks
 * and works for tests/browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/macro.h"
#include "report/html.h"
#include "report/layout.h"
#include "report/page.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

/* ---- The layout ---- */

enum { MAX_BOXES = 120 };

struct forest {
	struct heir_layout_box boxes[MAX_BOXES];
	struct heir_layout layout;
};

static uint32_t below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % n;
}

/* Adds leaves that end the children of box `parent`, and share rows. */
static uint32_t add_bundle(struct forest *forest, uint32_t n, uint32_t parent, uint32_t size)
{
	while (size-- > 0 && n < MAX_BOXES)
		forest->boxes[n++] = (struct heir_layout_box){.parent = parent, .shares_row = true};
	return n;
}

/* In preorder the next box hangs on the last one, or on one above it, or is a root; the last roots
 * are alone. */
static void plant(struct forest *forest, uint64_t seed)
{
	uint32_t inner = below(&seed, MAX_BOXES), n = 0, parent = HEIR_LAYOUT_NONE;

	while (n < inner) {
		forest->boxes[n] = (struct heir_layout_box){.parent = parent};
		parent = n++;
		while (parent != HEIR_LAYOUT_NONE && below(&seed, 3) > 0) {
			if (below(&seed, 5) == 0)
				n = add_bundle(forest, n, parent, 1 + below(&seed, 11));
			parent = forest->boxes[parent].parent;
		}
	}
	n = add_bundle(forest, n, HEIR_LAYOUT_NONE, below(&seed, 20));
	forest->layout = (struct heir_layout){.boxes = forest->boxes, .n = n};
	heir_layout(&forest->layout);
}

struct segment {
	struct heir_layout_point from, to; /* from is not right of or below to */
	uint32_t parent, child;
};

static bool overlap(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return a <= d && c <= b;
}

static bool touch(const struct segment *a, const struct segment *b)
{
	return overlap(a->from.x, a->to.x, b->from.x, b->to.x) &&
	       overlap(a->from.y, a->to.y, b->from.y, b->to.y);
}

static const struct heir_layout_scale scale = {100, 20, 30, 10};

/* The box; without its edge, on which lines end, where that is `edge`. */
static struct segment extent(const struct heir_layout_box *box, uint32_t edge)
{
	struct heir_layout_point at = heir_layout_corner(&scale, box);

	return (struct segment){{at.x + edge, at.y + edge},
		{at.x + scale.width - edge, at.y + scale.height - edge}, 0, 0};
}

static uint32_t add_segments(const struct forest *forest, struct segment *list)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < forest->layout.n; i++) {
		const struct heir_layout_box *box = &forest->boxes[i];
		struct heir_layout_point at[HEIR_LAYOUT_CORNERS];
		unsigned n_points;

		if (box->parent == HEIR_LAYOUT_NONE)
			continue;
		n_points = heir_layout_line(&scale, box, &forest->boxes[box->parent], at);
		assert_in_range(n_points, 2, HEIR_LAYOUT_CORNERS);
		for (unsigned k = 0; k + 1 < n_points; k++) {
			/* Horizontal or vertical. */
			assert_true(at[k].x == at[k + 1].x || at[k].y == at[k + 1].y);
			list[n++] = (struct segment){
				{MIN(at[k].x, at[k + 1].x), MIN(at[k].y, at[k + 1].y)},
				{MAX(at[k].x, at[k + 1].x), MAX(at[k].y, at[k + 1].y)}, box->parent,
				i};
		}
	}
	return n;
}

static void check_boxes(const struct forest *forest)
{
	const struct heir_layout *layout = &forest->layout;

	for (uint32_t i = 0; i < layout->n; i++) {
		assert_true(forest->boxes[i].column < layout->n_columns);
		assert_true(forest->boxes[i].row < layout->n_rows);
		if (forest->boxes[i].parent != HEIR_LAYOUT_NONE)
			assert_true(forest->boxes[i].column >
				    forest->boxes[forest->boxes[i].parent].column);
		for (uint32_t k = 0; k < i; k++)
			assert_false(forest->boxes[i].column == forest->boxes[k].column &&
				     forest->boxes[i].row == forest->boxes[k].row);
	}
}

static void check_lines(const struct forest *forest)
{
	struct segment lines[MAX_BOXES * HEIR_LAYOUT_CORNERS];
	uint32_t n = add_segments(forest, lines);

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < i; k++)
			if (lines[i].parent != lines[k].parent)
				assert_false(touch(&lines[i], &lines[k]));
		for (uint32_t k = 0; k < forest->layout.n; k++) {
			bool ends = k == lines[i].child || k == lines[i].parent;
			struct segment box = extent(&forest->boxes[k], ends);

			assert_false(touch(&lines[i], &box));
		}
	}
}

static void test_layout(void **state)
{
	uint32_t most_columns = 0, most_rows = 0;
	struct forest forest;

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		plant(&forest, seed);
		check_boxes(&forest);
		check_lines(&forest);
		most_columns = MAX(most_columns, forest.layout.n_columns);
		most_rows = MAX(most_rows, forest.layout.n_rows);
	}
	/* They were forests worth the name. */
	assert_true(most_columns > 6);
	assert_true(most_rows > 30);
}

static void test_layout_of_nothing(void **state)
{
	struct heir_layout layout = {.boxes = NULL, .n = 0, .n_columns = 7, .n_rows = 7};

	(void)state;
	heir_layout(&layout);
	assert_int_equal(layout.n_columns, 0);
	assert_int_equal(layout.n_rows, 0);
}

/* ---- Text ---- */

static int grow_by(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return 0;
}

static void check_text(struct heir_str text, const char *wanted)
{
	static const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_HTML};
	_cleanup_(heir_buf_release) struct heir_buf got = HEIR_BUF_NULL;
	struct heir_out out;

	heir_out_init(&out, &style, grow_by, &got);
	heir_html_text(&out, text);
	assert_int_equal(heir_out_finish(&out), 0);
	assert_string_equal(got.p ? got.p : "", wanted);
}

static void test_text(void **state)
{
	(void)state;
	check_text(HEIR_STR(""), "");
	check_text(HEIR_STR("gpu"), "gpu");
	check_text(HEIR_STR("<script>"), "&lt;script&gt;");
	check_text(HEIR_STR("\"'&amp;"), "&quot;&#39;&amp;amp;");
	check_text(HEIR_STR("a\nb\0"), "a\\x0ab\\x00");
	check_text(HEIR_STR("\xff<"), "\\xff&lt;");
	check_text(HEIR_STR("\xe2\x80\xae"
			    "a"),
		"\\u{202e}a");
	check_text(HEIR_STR("\xc3\xa4\xe6\xbc\xa2"), "\xc3\xa4\xe6\xbc\xa2");
}

static void test_pipe(void **state)
{
	static const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_HTML};
	_cleanup_(heir_buf_release) struct heir_buf got = HEIR_BUF_NULL;
	struct heir_html_pipe pipe;
	struct heir_out out;

	(void)state;
	heir_out_init(&out, &style, grow_by, &got);
	heir_html_pipe_init(&pipe, &out);
	heir_out_addz(&pipe.text, "a < b\n\tc");
	heir_html_pipe_finish(&pipe);
	heir_html_name(&out, HEIR_STR(""));
	assert_int_equal(heir_out_finish(&out), 0);
	assert_string_equal(got.p, "a &lt; b\n\tc<bdi>&quot;&quot;</bdi>");
}

/* ---- The style ---- */

static void test_style(void **state)
{
	(void)state;
	assert_true(strlen(heir_page_css) > 1000);
	assert_null(strchr(heir_page_css, '<'));
	assert_null(strstr(heir_page_css, "url("));
	assert_null(strstr(heir_page_css, "@import"));
	assert_int_equal(strncmp(heir_page_css_digest, "sha256-", 7), 0);
	assert_int_equal(strlen(heir_page_css_digest), 7 + 44);
}

/* ---- The page ---- */

static const char before_text[] = "[crio.runtime]\ndefault_runtime = \"crun\"\n"
				  "[crio.runtime.runtimes.gone]\ninherit = \"crun\"\n"
				  "[crio.runtime.runtimes.lost]\nruntime_path = \"/nowhere\"\n";
static const char now_text[] = "[crio.runtime]\ndefault_runtime = \"runc\"\n"
			       "[crio.runtime.runtimes.runc]\nruntime_path = \"/usr/bin/runc\"\n"
			       "[crio.runtime.runtimes.\"<b>\"]\ninherit = \"default\"\n"
			       "[crio.runtime.runtimes.a]\ninherit = \"b\"\n"
			       "[crio.runtime.runtimes.b]\ninherit = \"a\"\n"
			       "[crio.runtime.runtimes.c]\ninherit = \"default\"\n"
			       "runtime_candidates = [\"crun\"]\n"
			       "[crio.runtime.runtimes.lost]\nruntime_path = \"/nowhere\"\n";

static struct heir_ctx *context_of(char *dir, const char *text)
{
	struct heir_ctx *ctx;

	tree_file(dir, "usr/bin/crun", "x", 1, 0755);
	tree_file(dir, "usr/bin/runc", "x", 1, 0755);
	tree_text(dir, "etc/crio/crio.conf.d/50-x.conf", text);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, dir), 0);
	assert_int_equal(heir_load(ctx), 0);
	return ctx;
}

struct fixture {
	char *dirs[2];
	struct heir_page_part part;
};

static int set_up(void **state)
{
	struct fixture *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->dirs[0] = tree_new();
	t->dirs[1] = tree_new();
	t->part.before.ctx = context_of(t->dirs[0], before_text);
	t->part.now.ctx = context_of(t->dirs[1], now_text);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *t = *state;

	heir_ctx_unref(t->part.now.ctx);
	heir_ctx_unref(t->part.before.ctx);
	tree_remove(t->dirs[0]);
	tree_remove(t->dirs[1]);
	free(t);
	return 0;
}

static void check_sides(struct fixture *t)
{
	assert_int_equal(heir_check(t->part.before.ctx, NULL, 0, NULL, 0), 0);
	assert_int_equal(heir_check(t->part.now.ctx, NULL, 0, NULL, 0), 0);
}

static void test_pools(void **state)
{
	static const char objects[] =
		"kind: MachineConfig\napiVersion: machineconfiguration.openshift.io/v1\n"
		"metadata: {name: %s, labels: {machineconfiguration.openshift.io/role: %s}}\n"
		"spec: {config: {ignition: {version: 3.2.0}}}\n---\n";
	char *dir = tree_new(), text[2 * sizeof(objects) + 32], path[256];
	struct heir_ctx *ctx;
	int n = snprintf(text, sizeof(text), objects, "a", "worker");

	(void)state;
	snprintf(text + n, sizeof(text) - (size_t)n, objects, "b", "gpu");
	tree_text(dir, "objects.yaml", text);
	snprintf(path, sizeof(path), "%s/objects.yaml", dir);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_n_pools(ctx), 0);
	assert_null(heir_pool_at(ctx, 0));
	assert_int_equal(heir_set(ctx, HEIR_INPUT, path), 0);
	/* Which one it is nobody has said yet. */
	assert_int_equal(heir_load(ctx), -EINVAL);
	assert_int_equal(heir_n_pools(ctx), 2);
	assert_string_equal(heir_pool_at(ctx, 0), "gpu");
	assert_string_equal(heir_pool_at(ctx, 1), "worker");
	assert_null(heir_pool_at(ctx, 2));
	assert_int_equal(heir_set(ctx, HEIR_POOL, "gpu"), 0);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_n_pools(ctx), 2);
	heir_ctx_unref(ctx);
	tree_remove(dir);
}

static const struct heir_style html = {
	.size = sizeof(struct heir_style), .format = HEIR_FORMAT_HTML};

static void test_needs_check(void **state)
{
	struct fixture *t = *state;
	struct heir_style text = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	_cleanup_(heir_buf_release) struct heir_buf got = HEIR_BUF_NULL;

	assert_int_equal(heir_report_page(&t->part, 0, NULL, &html, grow_by, &got), -EINVAL);
	assert_int_equal(heir_check(t->part.now.ctx, NULL, 0, NULL, 0), 0);
	assert_int_equal(heir_report_page(&t->part, 1, NULL, &html, grow_by, &got), -EINVAL);
	assert_string_equal(heir_error(t->part.now.ctx), "nothing is checked yet");
	check_sides(t);
	assert_int_equal(heir_report_page(&t->part, 1, NULL, &text, grow_by, &got), -EINVAL);
	assert_int_equal(got.len, 0);
}

static void test_same_twice(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf one = HEIR_BUF_NULL, two = HEIR_BUF_NULL;
	const struct heir_page_about about = {
		.title = "T", .command = "heir report --title 'a<b'", .date = "2026-12-01"};

	check_sides(t);
	assert_int_equal(heir_report_page(&t->part, 1, &about, &html, grow_by, &one), 0);
	assert_int_equal(heir_report_page(&t->part, 1, &about, &html, grow_by, &two), 0);
	assert_string_equal(one.p, two.p);
	assert_null(strstr(one.p, "<b>\""));
	assert_non_null(strstr(one.p, "<bdi>&lt;b&gt;</bdi>"));
	assert_non_null(strstr(one.p, " on 2026-12-01 with <code>heir report --title"));
	assert_non_null(strstr(one.p, "a&lt;b"));
}

static int refuse(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return -EPIPE;
}

static void test_write_error(void **state)
{
	struct fixture *t = *state;

	check_sides(t);
	assert_int_equal(heir_report_page(&t->part, 1, NULL, &html, refuse, NULL), -EPIPE);
}

/* The n-th allocation fails, then the next, until nothing does. */
static void test_no_memory(void **state)
{
	struct fixture *t = *state;
	int r = -ENOMEM;

	check_sides(t);
	for (unsigned long n = 0; r != 0; n++) {
		struct heir_buf got = HEIR_BUF_NULL;

		heir_test_fail_alloc(n);
		r = heir_report_page(&t->part, 1, NULL, &html, grow_by, &got);
		if (heir_test_alloc_count() > n)
			r = r == 0 && !got.failed ? -EIO : r == -ENOMEM || got.failed ? -ENOMEM : r;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		heir_buf_release(&got);
		assert_true(r == 0 || r == -ENOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_layout_of_nothing),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_style),
		cmocka_unit_test(test_pools),
		cmocka_unit_test_setup_teardown(test_needs_check, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_write_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
