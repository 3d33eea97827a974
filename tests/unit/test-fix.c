/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check --fix`: what each rule's fix makes of a file and where it is not offered, the diff,
 * writing, and what is left when writing fails. That nothing changes for any handler is tried on
 * many trees by tests/fix.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/context.h"
#include "base/macro.h"
#include "base/txn.h"
#include "report/udiff.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

#define CONFD "/etc/crio/crio.conf.d/"
#define GPU "[crio.runtime.runtimes.gpu]\n"

struct fixture {
	char *root;
	struct heir_ctx *ctx;
	char text[8192]; /* what was printed or read last */
};

static int set_up(void **state)
{
	struct fixture *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->root = tree_new();
	tree_programs(t->root);
	tree_file(t->root, "usr/bin/conmonrs", "x", 1, 0755);
	tree_file(t->root, "usr/bin/crun", "x", 1, 0755);
	tree_file(t->root, "usr/bin/runc", "x", 1, 0755);
	assert_int_equal(heir_ctx_new(&t->ctx), 0);
	assert_int_equal(heir_set(t->ctx, HEIR_ROOT, t->root), 0);
	assert_int_equal(heir_set(t->ctx, HEIR_CRIO_VERSION, "1.37"), 0);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *t = *state;

	heir_ctx_unref(t->ctx);
	tree_remove(t->root);
	free(t);
	return 0;
}

static int gather(void *data, const char *text, size_t len)
{
	struct fixture *t = data;

	strncat(t->text, text, len);
	return 0;
}

static const char *full_path(const struct fixture *t, const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", t->root, path);
	return full;
}

static const char *read_back(struct fixture *t, const char *path)
{
	FILE *file = fopen(full_path(t, path), "r");
	size_t n;

	assert_non_null(file);
	n = fread(t->text, 1, sizeof(t->text) - 1, file);
	t->text[n] = '\0';
	fclose(file);
	return t->text;
}

static unsigned n_names(const struct fixture *t, const char *dir)
{
	DIR *open = opendir(full_path(t, dir));
	unsigned n = 0;

	assert_non_null(open);
	while (readdir(open))
		n++;
	closedir(open);
	return n - 2;
}

static void find(struct fixture *t, const char *rule)
{
	heir_load(t->ctx);
	assert_int_equal(heir_check(t->ctx, &rule, rule != NULL, NULL, 0), 0);
	assert_int_equal(heir_fix(t->ctx), 0);
}

/* ---- Every rule ---- */

/* What becomes of a file's text; `after` NULL: it stays, and `why` is told, or no fix offered. */
struct rule_case {
	const char *rule, *version, *path, *before, *after, *why;
};

static const struct rule_case rule_cases[] = {
	/* A key's spelling. */
	{"key-case", NULL, CONFD "50", GPU "  Runtime_Path  = '/usr/bin/runc' # x\n",
		GPU "  runtime_path  = '/usr/bin/runc' # x\n", NULL},
	{"key-case", NULL, CONFD "50", "[crio.API]\r\n\"L\\u0069Sten\" = \"x\"",
		"[crio.api]\r\nlisten = \"x\"", NULL},
	{"key-case", NULL, "/etc/crio/crio.conf", "crio.runtime.Log_Level = 'info'\n",
		"crio.runtime.log_level = 'info'\n", NULL},
	{"key-case", NULL, "/etc/crio/heir.d/50", GPU "Inherit = 'default'\n",
		GPU "inherit = 'default'\n", NULL},
	/* Both spellings: key-twice. */
	{"key-case", NULL, CONFD "50", "[crio.runtime]\nLog_Level = 'info'\nlog_level = 'info'\n",
		NULL, NULL},
	{"key-case", NULL, CONFD "50", "[crio.runtime]\nLog_Level = 'info'\nLOG_LEVEL = 'info'\n",
		NULL, NULL},
	/* The name of a table that stands in several headers would be two tables. */
	{"key-case", NULL, CONFD "50",
		"[crio.Image]\n[crio.Runtime]\nlog_level = 'info'\n"
		"[crio.Runtime.runtimes.gpu]\nruntime_path = '/usr/bin/runc'\n",
		"[crio.image]\n[crio.Runtime]\nlog_level = 'info'\n"
		"[crio.Runtime.runtimes.gpu]\nruntime_path = '/usr/bin/runc'\n",
		"it would cause an error: two spellings of one key"},
	/* Not of a vendor's file. */
	{"key-case", NULL, CONFD "00-default", "[crio.runtime]\nLog_Level = 'info'\n", NULL, NULL},
	/* A document that only CRI-O's reader takes. */
	{"key-case", NULL, CONFD "50",
		"[crio.runtime]\nlog_level.x = 1\n[crio.runtime.log_level]\nLog_Dir = 'x'\n", NULL,
		NULL},
	{"key-case", NULL, CONFD "50",
		"[crio]\nimage.image_volumes = 'mkdir'\n[crio.image]\n[crio.runtime]\nLog_Level = "
		"'info'\n",
		NULL, "other TOML parsers reject the file"},

	/* Dead keys. */
	{"key-unknown", NULL, CONFD "50",
		"# head\n[crio.runtime]\n# above\nqqqqqq = 1 # behind\n\nlog_level = 'info'\n",
		"# head\n[crio.runtime]\n# above\n\nlog_level = 'info'\n", NULL},
	{"key-unknown", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/runc'\nqqqqqq = [ 1, # a\n 2,\n]",
		GPU "runtime_path = '/usr/bin/runc'", NULL},
	{"key-unknown", NULL, CONFD "50", "\xef\xbb\xbfqqqqqq = '''\n[crio]\n'''\r\nzzzzzz = 1\r\n",
		"\xef\xbb\xbf", NULL},
	{"key-unknown", NULL, CONFD "50",
		"[crio.runtime.runtimes]\n"
		"gpu = { qqqqqq = 1 , runtime_path = '/usr/bin/runc',zzzzzz = {a = 1} }\n",
		"[crio.runtime.runtimes]\ngpu = { runtime_path = '/usr/bin/runc' }\n", NULL},
	{"key-unknown", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/runc'\n"
		    "inherit_when = [{inherit = 'crun', when = {}, zzzzzz = 1}]\n",
		GPU "runtime_path = '/usr/bin/runc'\n"
		    "inherit_when = [{inherit = 'crun', when = {}}]\n",
		NULL},
	{"key-unknown", NULL, CONFD "50", "crio.runtime.qqqqqq = 1\n", "", NULL},
	/* With a newline in it nobody knows what the comment is about. */
	{"key-unknown", NULL, CONFD "50",
		"[crio.runtime.runtimes]\n"
		"gpu = { runtime_path = '/usr/bin/runc', # x\n qqqqqq = 1 }\n",
		NULL, NULL},
	/* Another key may be meant, or another table. */
	{"key-unknown", NULL, CONFD "50", "[crio.runtime]\nlog_levle = 'x'\n", NULL, NULL},
	{"key-unknown", NULL, CONFD "50", "[crio.runtime]\nruntime_path = 'x'\n", NULL, NULL},
	/* Tables, and what goes with them. */
	{"key-unknown", NULL, CONFD "50", "[crio.qqqqqqqq]\na = 1\n", NULL, NULL},
	{"key-unknown", NULL, CONFD "50", "[[qqqqqqqq]]\na = 1\n", NULL, NULL},
	{"key-unknown", NULL, CONFD "50", "qqqqqqqq.a = 1\n", NULL, NULL},
	{"key-unknown", NULL, CONFD "50", "crio.runtime.runtimes.runc.qqqqqq = 1\n", NULL,
		"CRI-O would have more or fewer handlers"},
	{"key-unknown", NULL, CONFD "50", "[crio.runtime]\ndefault_runtime = 'x'\nqqqqqq = 1\n",
		NULL, "CRI-O does not start"},
	{"key-unknown", NULL, CONFD "50", "[crio.runtime]\nqqqqqq = 1 # heir: ignore key-unknown\n",
		NULL, NULL},

	{"key-removed", "1.31", CONFD "50",
		GPU "runtime_path = '/usr/bin/runc'\n"
		    "disallowedannotations = []\n",
		GPU "runtime_path = '/usr/bin/runc'\n", NULL},
	{"key-removed", "1.30", CONFD "50",
		GPU "runtime_path = '/usr/bin/runc'\n"
		    "disallowedannotations = []\n",
		NULL, NULL},

	/* Copies of the default. */
	{"path-copies-default", NULL, CONFD "50",
		GPU "# why\n\truntime_path=\"/usr/bin/crun\"\t# mine\n",
		GPU "# why\n\tinherit_default_runtime = true\t# mine\n", NULL},
	{"path-copies-default", "1.32", CONFD "50",
		GPU "Runtime_Path = \"\"\"\\\n  /usr/bin/crun\"\"\"\nruntime_root = '/run/crun'\n"
		    "runtime_type = 'oci'\n",
		GPU "inherit_default_runtime = true\nruntime_root = '/run/crun'\n"
		    "runtime_type = 'oci'\n",
		NULL},
	{"path-copies-default", NULL, CONFD "50",
		"[crio.runtime.runtimes]\ngpu = {'runtime_path' = '/usr/bin/crun'}\n",
		"[crio.runtime.runtimes]\ngpu = {inherit_default_runtime = true}\n", NULL},
	{"path-copies-default", "1.31", CONFD "50", GPU "runtime_path = '/usr/bin/crun'\n", NULL,
		NULL},
	{"path-copies-default", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\ninherit_default_runtime = false\n", NULL,
		NULL},
	{"path-copies-default", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\nruntime_root = '/run/gpu'\n", NULL,
		"CRI-O would use another runtime_root of handler \"gpu\""},
	{"path-copies-default", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\nruntime_type = 'pod'\n", NULL,
		"CRI-O would use another runtime_type of handler \"gpu\""},
	{"path-copies-default", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\ninherit = 'none'\n", NULL,
		"it would cause an error"},
	/* Whoever inherits from it must not notice either. */
	{"path-copies-default", NULL, CONFD "50",
		"[crio.runtime.runtimes.crun]\nruntime_path = '/usr/bin/crun'\n"
		"runtime_config_path = ''\nruntime_root = '/run/mine'\n" GPU
		"runtime_path = '/usr/bin/crun'\n",
		NULL, "another runtime_root of handler \"gpu\""},
	{"annotation-deprecated", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\nallowed_annotations = [\n"
		    "\t'io.kubernetes.cri-o.Devices', # devices\n\t\"bundle\",\n]\n",
		GPU "runtime_path = '/usr/bin/crun'\nallowed_annotations = [\n"
		    "\t'io.kubernetes.cri-o.Devices', \"devices.crio.io\", # devices\n"
		    "\t\"bundle\",\n]\n",
		NULL},
	/* The other way round, in one line, and one that is named twice. */
	{"annotation-deprecated", NULL, CONFD "50",
		GPU "runtime_path = '/usr/bin/crun'\n"
		    "allowed_annotations = ['umask.crio.io','umask.crio.io']\n",
		GPU "runtime_path = '/usr/bin/crun'\n"
		    "allowed_annotations = ['umask.crio.io', "
		    "\"io.kubernetes.cri-o.umask\",'umask.crio.io']\n",
		NULL},
	{"annotation-deprecated", NULL, CONFD "50",
		"[crio]\nruntime.log_level = 'info'\n" GPU "runtime_path = '/usr/bin/crun'\n"
		"allowed_annotations = ['umask.crio.io']\n[crio.runtime]\nread_only = true\n",
		NULL, "other TOML parsers reject the file"},
};

static void try_case(const struct rule_case *c)
{
	struct heir_fix_info info;
	struct fixture *t;
	void *state;
	bool told = c->why == NULL;

	set_up(&state);
	t = state;
	if (c->version)
		assert_int_equal(heir_set(t->ctx, HEIR_CRIO_VERSION, c->version), 0);
	tree_text(t->root, c->path, c->before);
	find(t, c->rule);
	for (size_t i = 0; heir_fix_at(t->ctx, i, &info) == 0; i++) {
		if (!info.reason && !c->after)
			fail_msg("%s: fixed: %s", c->rule, c->before);
		told |= info.reason && c->why && strstr(info.reason, c->why);
		if (info.reason && !c->why)
			fail_msg("%s: %s: %s", c->rule, info.reason, c->before);
	}
	if (!told)
		fail_msg("%s: not told: %s: %s", c->rule, c->why, c->before);
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	assert_string_equal(read_back(t, c->path), c->after ? c->after : c->before);
	tear_down(&state);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rule_cases); i++)
		try_case(&rule_cases[i]);
}

static void test_every_rule_has_cases(void **state)
{
	(void)state;
	for (unsigned rule = 0; rule < HEIR_N_RULES; rule++) {
		unsigned made = 0, left = 0;

		for (size_t i = 0; i < ARRAY_LEN(rule_cases); i++)
			if (strcmp(rule_cases[i].rule, heir_rules[rule].id) == 0) {
				made += rule_cases[i].after != NULL;
				left += rule_cases[i].after == NULL;
			}
		if ((heir_rule_fix(rule) != NULL) != (made > 0 && left > 0))
			fail_msg("%s: %u fixed, %u not", heir_rules[rule].id, made, left);
	}
}

/* No other rule offers anything. */
static void test_only_those_rules(void **state)
{
	struct fixture *t = *state;

	tree_text(t->root, CONFD "50",
		"[crio]\ninternal_wipe = true\n[crio.runtime]\nconmon_cgroup = 'pod'\n" GPU
		"runtime_path = '/nope'\nmonitor_cgroup = 'system.slice'\n");
	find(t, NULL);
	assert_true(heir_n_diagnostics(t->ctx) > 1);
	assert_int_equal(heir_n_fixes(t->ctx), 0);
}

/* ---- More than one ---- */

/* One that cannot be made keeps no other from being made, wherever it stands. */
static void test_the_rest_is_made(void **state)
{
	struct fixture *t = *state;
	struct heir_fix_info info;
	unsigned made = 0, left = 0;

	for (unsigned i = 0; i < 20; i++) {
		char path[64], text[256];

		snprintf(path, sizeof(path), CONFD "50-%02u", i);
		snprintf(text, sizeof(text),
			"[crio.runtime.runtimes.h%u]\nRuntime_Path = '/usr/bin/crun'\n%sqqqqqq = "
			"1\n",
			i, i % 7 == 3 ? "runtime_root = '/run/other'\n" : "");
		tree_text(t->root, path, text);
	}
	find(t, NULL);
	for (size_t i = 0; heir_fix_at(t->ctx, i, &info) == 0; i++) {
		made += info.reason == NULL;
		left += info.reason != NULL;
	}
	assert_int_equal(left, 3);
	assert_int_equal(made, 3 * 20 - 3);
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	assert_string_equal(read_back(t, CONFD "50-03"),
		"[crio.runtime.runtimes.h3]\nruntime_path = '/usr/bin/crun'\n"
		"runtime_root = '/run/other'\n");
	assert_string_equal(read_back(t, CONFD "50-04"),
		"[crio.runtime.runtimes.h4]\ninherit_default_runtime = true\n");
}

/* Where nobody looks for the key that was meant, nothing is removed, not even a part. */
static void test_many_unknown_keys(void **state)
{
	struct fixture *t = *state;
	char *text = calloc(1, 16 << 10);

	strcpy(text, "[crio.runtime]\n");
	for (unsigned i = 0; i < 300; i++)
		sprintf(text + strlen(text), "qqqqqqqqqq%u = 1\n", i);
	tree_text(t->root, CONFD "50", text);
	find(t, NULL);
	assert_int_equal(heir_n_diagnostics(t->ctx), 300);
	assert_int_equal(heir_n_fixes(t->ctx), 0);
	free(text);
}

/* So many that cannot be made end the search, and what was found until then is made. */
static void test_too_many_refused(void **state)
{
	struct fixture *t = *state;
	struct heir_fix_info info;
	char *text = calloc(1, 64 << 10);
	unsigned given_up = 0;

	for (unsigned i = 0; i < 400; i++)
		sprintf(text + strlen(text),
			"[crio.runtime.runtimes.h%u]\nruntime_path = '/usr/bin/crun'\n"
			"inherit = 'none'\n",
			i);
	tree_text(t->root, CONFD "50", text);
	find(t, "path-copies-default");
	assert_int_equal(heir_n_fixes(t->ctx), 400);
	for (size_t i = 0; heir_fix_at(t->ctx, i, &info) == 0; i++) {
		assert_non_null(info.reason);
		given_up += strstr(info.reason, "too many") != NULL;
	}
	assert_in_range(given_up, 200, 399);
	free(text);
}

static void test_what_is_asked_wrongly(void **state)
{
	struct fixture *t = *state;
	struct heir_fix_info info;

	assert_int_equal(heir_fix(t->ctx), -EINVAL);
	assert_int_equal(heir_n_fixes(t->ctx), 0);
	assert_int_equal(heir_fix_at(t->ctx, 0, &info), -ERANGE);
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	heir_load(t->ctx);
	assert_int_equal(heir_fix(t->ctx), -EINVAL);
	assert_string_equal(heir_error(t->ctx), "nothing is checked yet");
	assert_int_equal(heir_set(t->ctx, HEIR_DEFAULT_RUNTIME, "crun"), 0);
	heir_load(t->ctx);
	assert_int_equal(heir_check(t->ctx, NULL, 0, NULL, 0), 0);
	assert_int_equal(heir_fix(t->ctx), -EINVAL);
	heir_unset(t->ctx, HEIR_DEFAULT_RUNTIME);
	heir_unset(t->ctx, HEIR_CRIO_VERSION);
	heir_load(t->ctx);
	assert_int_equal(heir_check(t->ctx, NULL, 0, NULL, 0), 0);
	assert_non_null(heir_assumed_release(t->ctx, NULL));
	assert_int_equal(heir_fix(t->ctx), -EINVAL);
	assert_string_equal(heir_error(t->ctx),
		"the release of CRI-O is not known: name it with --crio-version X.Y");
}

/* Objects lie over the node's files: what they hold is not in any file of it. */
static void test_objects(void **state)
{
	struct fixture *t = *state;
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;

	heir_load(t->ctx);
	assert_int_equal(heir_check(t->ctx, NULL, 0, NULL, 0), 0);
	t->ctx->core.root.overlay = &overlay;
	assert_int_equal(heir_fix(t->ctx), -EINVAL);
	assert_string_equal(heir_error(t->ctx), "objects cannot be fixed in place");
	t->ctx->core.root.overlay = NULL;
}

/* What would be found afterwards can be asked before anything is written. */
static void test_try(void **state)
{
	struct fixture *t = *state;

	tree_text(t->root, CONFD "50", "[crio.runtime]\nqqqqqq = 1\nlog_levle = 1\n");
	find(t, NULL);
	assert_int_equal(heir_n_fixes(t->ctx), 1);
	heir_try_fixes(t->ctx);
	assert_int_equal(heir_load(t->ctx), 0);
	assert_int_equal(heir_check(t->ctx, NULL, 0, NULL, 0), 0);
	assert_int_equal(heir_n_diagnostics(t->ctx), 1);
	assert_int_equal(heir_n_fixes(t->ctx), 0);
	assert_string_equal(
		read_back(t, CONFD "50"), "[crio.runtime]\nqqqqqq = 1\nlog_levle = 1\n");
}

/* ---- The diff ---- */

static void test_diff(void **state)
{
	static const struct {
		const char *path, *before, *diff;
		struct heir_edit edits[3];
		uint32_t n;
	} cases[] = {
		{"/x", "a\n", "", {{0, 0, HEIR_STR("")}}, 0},
		{"/x", "a\n", "--- a/x\n+++ b/x\n@@ -1,1 +0,0 @@\n-a\n", {{0, 2, HEIR_STR("")}}, 1},
		{"/x", "a",
			"--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n"
			"\\ No newline at end of file\n",
			{{0, 1, HEIR_STR("b")}}, 1},
		{"/x", "1\n2\n3\n4\n5\n6\n7\n8\n9",
			"--- a/x\n+++ b/x\n@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-5\n 6\n 7\n 8\n",
			{{8, 2, HEIR_STR("")}}, 1},
		/* Six lines between them share a hunk, seven do not. */
		{"/x", "1\n2\n3\n4\n5\n6\n7\n8\n",
			"--- a/x\n+++ b/x\n@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n "
			"7\n-8\n+y\n",
			{{0, 1, HEIR_STR("x")}, {14, 1, HEIR_STR("y")}}, 2},
		{"/x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
			"--- a/x\n+++ b/x\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n"
			"@@ -6,4 +5,4 @@\n 6\n 7\n 8\n-9\n+y\n",
			{{0, 2, HEIR_STR("")}, {16, 1, HEIR_STR("y")}}, 2},
		/* Two edits of a line, and one that joins two lines. */
		{"/x", "abcd\ne\n", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-abcd\n+xbyd\n e\n",
			{{0, 1, HEIR_STR("x")}, {2, 1, HEIR_STR("y")}}, 2},
		{"/x", "ab\ncd\ne\n", "--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n-ab\n-cd\n+ad\n e\n",
			{{1, 3, HEIR_STR("")}}, 1},
		{"/x y", "a\n", "--- a/x y\t\n+++ b/x y\t\n@@ -1,1 +1,1 @@\n-a\n+b\n",
			{{0, 1, HEIR_STR("b")}}, 1},
		{"/x\n\"y", "a\n",
			"--- \"a/x\\012\\\"y\"\n+++ \"b/x\\012\\\"y\"\n@@ -1,1 +1,1 @@\n-a\n+b\n",
			{{0, 1, HEIR_STR("b")}}, 1},
	};
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct fixture *t = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_out out;

		t->text[0] = '\0';
		heir_out_init(&out, &style, gather, t);
		assert_int_equal(heir_udiff(&out, cases[i].path, heir_str_from(cases[i].before),
					 cases[i].edits, cases[i].n),
			0);
		assert_int_equal(heir_out_finish(&out), 0);
		assert_string_equal(t->text, cases[i].diff);
	}
}

static void test_edits(void **state)
{
	struct heir_edit edits[] = {{6, 1, HEIR_STR("X")}, {2, 2, HEIR_STR("")},
		{0, 2, HEIR_STR("")}, {8, 0, HEIR_STR("end")}};
	struct heir_buf buf = HEIR_BUF_NULL;
	uint32_t n = heir_edits_sort(edits, 4);

	(void)state;
	assert_int_equal(n, 3);
	heir_edits_apply(&buf, HEIR_STR("01234567"), edits, n);
	assert_string_equal(buf.p, "45X7end");
	heir_buf_release(&buf);
	assert_int_equal(heir_edits_sort(edits, 0), 0);
}

/* ---- Writing ---- */

static struct heir_root *root_of(struct fixture *t)
{
	return &t->ctx->core.root;
}

static void test_write_keeps_mode(void **state)
{
	struct fixture *t = *state;
	struct stat before, after;

	tree_text(t->root, CONFD "50", "[crio.runtime]\nqqqqqq = 1\n");
	chmod(full_path(t, CONFD "50"), 0640);
	if (geteuid() == 0)
		assert_int_equal(chown(full_path(t, CONFD "50"), 12, 34), 0);
	assert_int_equal(stat(full_path(t, CONFD "50"), &before), 0);
	find(t, NULL);
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	assert_int_equal(stat(full_path(t, CONFD "50"), &after), 0);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_int_not_equal(after.st_ino, before.st_ino);
	assert_int_equal(n_names(t, CONFD), 1);
	assert_int_equal(n_names(t, "/etc/crio"), 1);
}

/* The first file that cannot be written is the last that is tried; nothing is left behind. */
static void test_write_of_a_changed_file(void **state)
{
	struct fixture *t = *state;
	struct heir_fix_info info;

	tree_text(t->root, CONFD "50", "[crio.runtime]\nqqqqqq = 1\n");
	tree_text(t->root, CONFD "60", "[crio.runtime]\nqqqqqq = 1\n");
	tree_text(t->root, CONFD "70", "[crio.runtime]\nqqqqqq = 1\n");
	find(t, NULL);
	tree_text(t->root, CONFD "60", "[crio.runtime]\nqqqqqq = 2\n");
	assert_int_equal(heir_write_fixes(t->ctx), -ESTALE);
	assert_non_null(strstr(heir_error(t->ctx), CONFD "60: it has changed"));
	assert_string_equal(read_back(t, CONFD "50"), "[crio.runtime]\n");
	assert_string_equal(read_back(t, CONFD "60"), "[crio.runtime]\nqqqqqq = 2\n");
	assert_string_equal(read_back(t, CONFD "70"), "[crio.runtime]\nqqqqqq = 1\n");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(heir_fix_at(t->ctx, i, &info), 0);
		assert_int_equal(info.reason != NULL, i > 0);
	}
	assert_int_equal(n_names(t, "/etc/crio"), 1);
}

static void test_links_stay(void **state)
{
	struct fixture *t = *state;
	struct heir_fix_info info;
	struct stat st;

	tree_text(t->root, "/etc/other", "[crio.runtime]\nqqqqqq = 1\n");
	tree_link(t->root, CONFD "50", "/etc/other");
	find(t, NULL);
	assert_int_equal(heir_fix_at(t->ctx, 0, &info), 0);
	assert_non_null(strstr(info.reason, "is a link"));
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	assert_int_equal(lstat(full_path(t, CONFD "50"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_string_equal(read_back(t, "/etc/other"), "[crio.runtime]\nqqqqqq = 1\n");
}

/* The temporary stands above the directory that is read, whatever the directory is called. */
static void test_directory_beside(void **state)
{
	struct fixture *t = *state;

	tree_text(t->root, "/opt/d/sub/50", "[crio.runtime]\nqqqqqq = 1\n");
	assert_int_equal(heir_set(t->ctx, HEIR_CONFIG_DIR, "/opt/d/."), 0);
	find(t, NULL);
	assert_int_equal(heir_n_fixes(t->ctx), 1);
	assert_int_equal(heir_write_fixes(t->ctx), 0);
	assert_string_equal(read_back(t, "/opt/d/sub/50"), "[crio.runtime]\n");
	/* Of "/" there is none. */
	tree_text(t->root, "/50", "[crio.runtime]\nqqqqqq = 1\n");
	assert_int_equal(heir_set(t->ctx, HEIR_CONFIG_DIR, "/"), 0);
	heir_load(t->ctx);
}

static void begin(
	struct fixture *t, struct heir_txn *txn, const char *path, const char *old, int wanted)
{
	struct heir_str was = heir_str_from(old);

	assert_int_equal(
		heir_txn_begin(txn, root_of(t), "/etc/crio", path, old ? &was : NULL), wanted);
}

static void test_txn(void **state)
{
	struct fixture *t = *state;
	struct heir_txn txn;
	struct stat st;

	/* A new file. */
	tree_text(t->root, CONFD "10", "old");
	begin(t, &txn, CONFD "50", NULL, 0);
	assert_int_equal(heir_txn_write(&txn, HEIR_STR("new ")), 0);
	assert_int_equal(heir_txn_write(&txn, HEIR_STR("file")), 0);
	assert_int_equal(n_names(t, CONFD), 1);
	assert_int_equal(heir_txn_commit(&txn), 0);
	heir_txn_release(&txn);
	assert_string_equal(read_back(t, CONFD "50"), "new file");
	assert_int_equal(stat(full_path(t, CONFD "50"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);

	/* Not committed: nothing happened. */
	begin(t, &txn, CONFD "10", "old", 0);
	assert_int_equal(heir_txn_write(&txn, HEIR_STR("new")), 0);
	assert_int_equal(n_names(t, "/etc/crio"), 2);
	heir_txn_release(&txn);
	heir_txn_release(&txn);
	assert_int_equal(n_names(t, "/etc/crio"), 1);
	assert_string_equal(read_back(t, CONFD "10"), "old");

	/* Changed before, or meanwhile; gone meanwhile. */
	begin(t, &txn, CONFD "10", "odd", -ESTALE);
	begin(t, &txn, CONFD "10", "old and more", -ESTALE);
	begin(t, &txn, CONFD "none", "old", -ESTALE);
	begin(t, &txn, CONFD "10", "old", 0);
	tree_text(t->root, CONFD "10", "odd");
	assert_int_equal(heir_txn_commit(&txn), -ESTALE);
	heir_txn_release(&txn);
	assert_string_equal(read_back(t, CONFD "10"), "odd");
	begin(t, &txn, CONFD "10", "odd", 0);
	unlink(full_path(t, CONFD "10"));
	assert_int_equal(heir_txn_commit(&txn), -ESTALE);
	heir_txn_release(&txn);
	assert_int_equal(n_names(t, "/etc/crio"), 1);

	/* Where none is expected, one that somebody wrote meanwhile is his. */
	begin(t, &txn, CONFD "10", NULL, 0);
	heir_txn_expect_none(&txn);
	assert_int_equal(heir_txn_write(&txn, HEIR_STR("new")), 0);
	tree_text(t->root, CONFD "10", "theirs");
	assert_int_equal(heir_txn_commit(&txn), -ESTALE);
	assert_string_equal(read_back(t, CONFD "10"), "theirs");
	unlink(full_path(t, CONFD "10"));
	assert_int_equal(heir_txn_commit(&txn), 0);
	heir_txn_release(&txn);
	assert_string_equal(read_back(t, CONFD "10"), "new");
	assert_int_equal(n_names(t, "/etc/crio"), 1);
}

static void test_txn_refuses(void **state)
{
	struct fixture *t = *state;
	struct heir_txn txn;
	struct heir_str old = HEIR_STR("old");

	tree_text(t->root, CONFD "10", "old");
	tree_text(t->root, CONFD "dir/x", "old");
	tree_link(t->root, CONFD "link", "10");
	tree_link(t->root, CONFD "dangling", "nothing");
	begin(t, &txn, CONFD "link", NULL, -ELOOP);
	begin(t, &txn, CONFD "dangling", NULL, -ELOOP);
	begin(t, &txn, CONFD "dir", NULL, -EINVAL);
	begin(t, &txn, "/no/such/dir/x", NULL, -ENOENT);
	begin(t, &txn, CONFD, NULL, -ENAMETOOLONG);
	assert_int_equal(mkfifo(full_path(t, CONFD "fifo"), 0644), 0);
	begin(t, &txn, CONFD "fifo", NULL, -EINVAL);
	assert_int_equal(heir_txn_begin(&txn, root_of(t), "/nowhere", CONFD "10", &old), -ENOENT);
	/* A link of the node leads nowhere outside. */
	tree_link(t->root, "/etc/out", "/../../../../../tmp");
	assert_int_equal(heir_txn_begin(&txn, root_of(t), "/etc/out", CONFD "10", &old), -ENOENT);
	assert_int_equal(n_names(t, "/etc/crio"), 1);
	assert_string_equal(read_back(t, CONFD "10"), "old");
}

enum { NOBODY = 65534 };

/* What beginning and committing give to somebody who is not root, as whom a process of its own
 * runs; 0 for both. */
static int write_as_nobody(struct fixture *t, const char *path)
{
	const struct heir_str old = HEIR_STR("old");
	struct heir_txn txn;
	int status, r;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
			_exit(255);
		r = heir_txn_begin(&txn, root_of(t), "/etc/crio", path, &old);
		r = r ? r : heir_txn_commit(&txn);
		heir_txn_release(&txn);
		_exit(-r);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void test_txn_read_only(void **state)
{
	struct fixture *t = *state;

	tree_text(t->root, CONFD "10", "old");
	if (geteuid() == 0)
		assert_int_equal(chown(full_path(t, CONFD "10"), NOBODY, NOBODY), 0);
	chmod(t->root, 0755);
	chmod(full_path(t, "/etc/crio"), 0555);
	assert_int_equal(write_as_nobody(t, CONFD "10"), -EACCES);
	chmod(full_path(t, "/etc/crio"), 0777);
	chmod(full_path(t, CONFD), 0555);
	assert_int_equal(write_as_nobody(t, CONFD "10"), -EACCES);
	assert_int_equal(n_names(t, "/etc/crio"), 1);
	chmod(full_path(t, CONFD), 0777);
	assert_int_equal(write_as_nobody(t, CONFD "10"), 0);
	assert_int_equal(n_names(t, "/etc/crio"), 1);
	assert_string_equal(read_back(t, CONFD "10"), "");
}

/* No room: the file size that a process may write stands for the disk. */
static void test_no_room(void **state)
{
	struct fixture *t = *state;
	struct rlimit before, small;

	tree_text(t->root, CONFD "50", "[crio.runtime]\nqqqqqq = 1\nlog_level = 'info'\n");
	find(t, NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 10;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(heir_write_fixes(t->ctx), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_string_equal(
		read_back(t, CONFD "50"), "[crio.runtime]\nqqqqqq = 1\nlog_level = 'info'\n");
	assert_int_equal(n_names(t, "/etc/crio"), 1);
	assert_int_equal(n_names(t, CONFD), 1);
}

static void test_errors_have_words(void **state)
{
	(void)state;
	for (int error = 0; error < 200; error++)
		assert_true(strlen(heir_txn_error(-error)) > 3);
	assert_non_null(strstr(heir_txn_error(-EXDEV), "another file system"));
}

/* ---- Memory ---- */

static int discard(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return 0;
}

/* The n-th allocation fails, for every n: an error is returned, or the whole is there. */
static void test_memory(void **state)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct fixture *t = *state;
	bool done = false;

	tree_text(t->root, CONFD "50",
		GPU "Runtime_Path = '/usr/bin/crun'\nqqqqqq = 1\n"
		    "[crio.runtime.runtimes.odd]\nruntime_path = '/usr/bin/crun'\n"
		    "runtime_root = '/run/odd'\n");
	tree_text(t->root, CONFD "60", "[crio.runtime.runtimes]\nx = { zzzzzz = 1, yyyyyy = 2 }\n");
	for (unsigned long n = 0; !done; n++) {
		struct heir_ctx *ctx;
		int r;

		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_int_equal(heir_ctx_copy(t->ctx, &ctx), 0);
		assert_int_equal(heir_load(ctx), 0);
		assert_int_equal(heir_check(ctx, NULL, 0, NULL, 0), 0);
		heir_test_fail_alloc(n);
		r = heir_fix(ctx);
		r = r ? r : heir_report_patch(ctx, &style, discard, NULL);
		r = r ? r : heir_report_fixes(ctx, &style, discard, NULL);
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_int_equal(r, done ? 0 : -ENOMEM);
		assert_int_equal(heir_n_fixes(ctx), done || heir_n_fixes(ctx) ? 6 : 0);
		heir_ctx_unref(ctx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_every_rule_has_cases),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_errors_have_words),
		cmocka_unit_test_setup_teardown(test_only_those_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_rest_is_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_unknown_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_many_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_asked_wrongly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_objects, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_try, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_diff, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_write_keeps_mode, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_write_of_a_changed_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directory_beside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_txn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_txn_refuses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_txn_read_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("fix", tests, NULL, NULL);
}
