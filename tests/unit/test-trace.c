/* SPDX-License-Identifier: Apache-2.0 */
/* What a context tells of the things it looks at; and that it costs nothing when nobody asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "heir/heir.h"
#include "base/macro.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

static const char dropin[] =
	"[crio.runtime.runtimes.a]\n"
	"inherit_when = [{ inherit = \"crun\", when = { \"cgroup.version\" = \"2\" } }]\n"
	"[crio.runtime.runtimes.b]\n"
	"inherit_when = [{ inherit = \"crun\", when = { \"cgroup.version\" = \"2\" } }]\n"
	"[crio.runtime.runtimes.c]\n"
	"inherit = \"crun\"\n";
static const char facts[] = "{\"features\": {\"cgroup\": {\"version\": \"2\"}}}";

static unsigned n_clock_reads;

/* The C library's, counted. */
int clock_gettime(clockid_t clock, struct timespec *ret)
{
	n_clock_reads++;
	return (int)syscall(SYS_clock_gettime, clock, ret);
}

/* Lines as "KIND NAME OUTCOME", and whether each took time. */
struct told {
	char text[8192];
	size_t len;
	unsigned n, n_timed;
};

static void take(void *data, const struct heir_trace_event *event)
{
	struct told *told = data;

	told->len += (size_t)snprintf(told->text + told->len, sizeof(told->text) - told->len,
		"%s %s %s\n", event->kind, event->name, event->outcome);
	assert_true(told->len < sizeof(told->text));
	told->n++;
	told->n_timed += event->ns > 0;
}

static char *make_node(void)
{
	char *dir = tree_new();

	tree_file(dir, "etc/crio/crio.conf.d/50-x", dropin, strlen(dropin), 0644);
	tree_file(dir, "usr/bin/crun", "", 0, 0755);
	tree_file(dir, "facts.json", facts, strlen(facts), 0644);
	return dir;
}

static struct heir_ctx *context(const char *dir, struct told *told)
{
	char path[4096];
	struct heir_ctx *ctx;

	snprintf(path, sizeof(path), "%s/facts.json", dir);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	if (told)
		heir_set_trace(ctx, take, told);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, dir), 0);
	assert_int_equal(heir_set(ctx, HEIR_FACTS, path), 0);
	return ctx;
}

static unsigned count(const struct told *told, const char *line)
{
	unsigned n = 0;

	for (const char *p = told->text; (p = strstr(p, line)); p += strlen(line))
		n++;
	return n;
}

static void everything_is_told(void **state)
{
	char *dir = make_node();
	struct told told = {.n = 0};
	struct heir_ctx *ctx = context(dir, &told);

	(void)state;
	assert_int_equal(heir_set(ctx, HEIR_CRIO_VERSION, "1.34.2"), 0);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(count(&told, "/facts.json read\n"), 1);
	assert_int_equal(count(&told, "release 1.34.2 used\n"), 1);
	assert_int_equal(count(&told, "file /etc/crio/crio.conf missing\n"), 1);
	assert_int_equal(count(&told, "file /etc/crio/crio.conf.d listed\n"), 1);
	assert_int_equal(count(&told, "file /etc/crio/crio.conf.d/50-x read\n"), 1);
	assert_int_equal(count(&told, "file /etc/crio/heir.d missing\n"), 1);
	/* Two handlers ask, and it is told once. */
	assert_int_equal(count(&told, "fact cgroup known\n"), 1);
	assert_int_equal(count(&told, "binary crun found\n"), 1);
	assert_int_equal(count(&told, "step load done\n"), 1);
	assert_int_equal(count(&told, "step resolve done\n"), 1);
	assert_true(told.n_timed >= 6);
	/* Read anew, told anew; and then nobody asks any more. */
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(count(&told, "fact cgroup known\n"), 2);
	heir_set_trace(ctx, NULL, NULL);
	told.n = 0;
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(told.n, 0);
	/* Who asks between the two hears of the second. */
	told.text[told.len = 0] = '\0';
	heir_set_trace(ctx, take, &told);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(count(&told, "fact cgroup known\n"), 1);
	assert_int_equal(count(&told, "binary crun found\n"), 1);
	assert_int_equal(count(&told, "step load done\n"), 0);
	heir_ctx_unref(ctx);
	tree_remove(dir);
}

static void stock_skips_what_is_heirs(void **state)
{
	char *dir = make_node();
	struct told told = {.n = 0};
	struct heir_ctx *ctx = context(dir, &told);

	(void)state;
	assert_int_equal(heir_set(ctx, HEIR_AS, "stock"), 0);
	heir_unset(ctx, HEIR_FACTS);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(count(&told, "file /etc/crio/heir.d skipped\n"), 1);
	assert_int_equal(count(&told, "facts of the node skipped\n"), 1);
	heir_ctx_unref(ctx);
	tree_remove(dir);
}

static void a_copy_tells_nobody(void **state)
{
	char *dir = make_node();
	struct told told = {.n = 0};
	struct heir_ctx *ctx = context(dir, &told), *copy;
	unsigned before = told.n;

	(void)state;
	assert_int_equal(heir_ctx_copy(ctx, &copy), 0);
	assert_int_equal(heir_load(copy), 0);
	assert_int_equal(heir_resolve(copy), 0);
	assert_int_equal(told.n, before);
	heir_ctx_unref(copy);
	heir_ctx_unref(ctx);
	tree_remove(dir);
}

static void without_it_no_clock_is_read(void **state)
{
	char *dir = make_node();
	struct told told = {.n = 0};

	(void)state;
	for (int traced = 0; traced < 2; traced++) {
		struct heir_ctx *ctx;

		n_clock_reads = 0;
		ctx = context(dir, traced ? &told : NULL);
		assert_int_equal(heir_load(ctx), 0);
		assert_int_equal(heir_check(ctx, NULL, 0, NULL, 0), 0);
		heir_ctx_unref(ctx);
		if (traced)
			assert_true(n_clock_reads >= 2 * 6);
		else
			assert_int_equal(n_clock_reads, 0);
	}
	tree_remove(dir);
}

static void count_waits(void *data, const char *what)
{
	static const char *const kinds[] = {"objects: ", "files: ", "handlers: "};
	unsigned *n = data, kind = 0;

	while (kind < ARRAY_LEN(kinds) && strncmp(what, kinds[kind], strlen(kinds[kind])) != 0)
		kind++;
	assert_true(kind < ARRAY_LEN(kinds));
	n[kind]++;
}

static void what_is_waited_for_is_told(void **state)
{
	char *dir = make_node(), path[4096];
	unsigned n[3] = {0};
	struct heir_ctx *ctx;

	(void)state;
	tree_text(dir, "objects/a.yaml", "kind: MachineConfig\n");
	tree_text(dir, "objects/b.txt", "");
	snprintf(path, sizeof(path), "%s/objects", dir);
	for (int asked = 0; asked < 2; asked++) {
		ctx = context(dir, NULL);
		assert_int_equal(heir_set(ctx, HEIR_INPUT, path), 0);
		if (asked)
			heir_set_wait(ctx, count_waits, n);
		assert_int_equal(heir_load(ctx), 0);
		/* Who waits is not told what was used, and the facts are what they are. */
		assert_int_equal(heir_resolve(ctx), 0);
		assert_int_equal(n[0], asked ? 2 : 0);
		assert_int_equal(n[1] > 0, asked);
		assert_int_equal(n[2], asked);
		heir_ctx_unref(ctx);
	}
	tree_remove(dir);
}

static void memory_runs_out(void **state)
{
	char *dir = make_node();
	struct told told = {.n = 0};
	struct heir_ctx *ctx = context(dir, &told);
	int r = -ENOMEM;

	(void)state;
	for (unsigned n = 0; r == -ENOMEM; n++) {
		told.len = 0;
		heir_test_fail_alloc(n);
		r = heir_load(ctx);
		if (r == 0)
			r = heir_resolve(ctx);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	}
	assert_int_equal(r, 0);
	heir_ctx_unref(ctx);
	tree_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_told),
		cmocka_unit_test(stock_skips_what_is_heirs),
		cmocka_unit_test(a_copy_tells_nobody),
		cmocka_unit_test(without_it_no_clock_is_read),
		cmocka_unit_test(what_is_waited_for_is_told),
		cmocka_unit_test(memory_runs_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
