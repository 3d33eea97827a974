/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions as a program uses them: settings, stages, reloading, several contexts in
 * several threads, and every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <heir/heir.h>

#include "api/program.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

#define DROPIN "etc/crio/crio.conf.d/50-x"

static const char text[] =
	"[crio.runtime]\nconmon = \"/c\"\n"
	"[crio.runtime.runtimes.a]\ninherit = \"b\"\n"
	"inherit_fields = [\"all\"]\nallowed_annotations = [\"devices.crio.io\"]\n"
	"[crio.runtime.runtimes.b]\ninherit = \"${X:-crun}\"\n"
	"allowed_annotations = [\"umask.crio.io\"]\n"
	"[crio.runtime.runtimes.c]\ninherit = \"c\"\n"
	"[crio.runtime.runtimes.d]\nruntime_candidates = [\"none\", \"crun\"]\n"
	"runtime_requires = {oci_version = \"1.1.0\"}\n"
	"[crio.runtime.runtimes.e]\n"
	"inherit_when = [{inherit = \"b\", when = {\"k.v.major\" = \"5\"}}]\n"
	"[crio.runtime.runtimes.f]\nRuntime_Path = \"/gone\"\n"
	"runtime_path = \"/gone\"\n";
static const char facts[] = "{\"features\": {\"k.v\": {\"major\": \"5\"}}, \"runtimes\": "
			    "{\"/usr/bin/crun\": {\"ociVersionMin\": \"1.0.0\", "
			    "\"ociVersionMax\": \"1.2.0\"}}}";

struct fixture {
	char *dir;
	char facts[PATH_MAX];
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->dir = tree_new();
	tree_programs(fixture->dir);
	tree_file(fixture->dir, "usr/bin/crun", "", 0, 0755);
	tree_text(fixture->dir, DROPIN, text);
	tree_text(fixture->dir, "facts.json", facts);
	snprintf(fixture->facts, sizeof(fixture->facts), "%s/facts.json", fixture->dir);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	tree_remove(fixture->dir);
	free(fixture);
	return 0;
}

static int new_context(const struct fixture *fixture, struct heir_ctx **ret)
{
	int r = heir_ctx_new(ret);

	if (r == 0)
		r = heir_set(*ret, HEIR_ROOT, fixture->dir);
	if (r == 0)
		r = heir_set(*ret, HEIR_FACTS, fixture->facts);
	return r;
}

static struct heir_ctx *context(const struct fixture *fixture)
{
	struct heir_ctx *ctx;

	assert_int_equal(new_context(fixture, &ctx), 0);
	return ctx;
}

static struct heir_ctx *resolved(const struct fixture *fixture)
{
	struct heir_ctx *ctx = context(fixture);

	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	return ctx;
}

/* ---- Reports ---- */

struct gathered {
	char *text;
	size_t len;
	int after; /* of so many pieces the next is refused; -1: none is */
};

static int gather(void *data, const char *piece, size_t len)
{
	struct gathered *got = data;

	/* Not through the allocator that fails on purpose. */
	if (got->after == 0)
		return -EPIPE;
	got->after -= got->after > 0;
	assert_true(got->len + len < 1 << 20);
	memcpy(got->text + got->len, piece, len);
	got->len += len;
	return 0;
}

static char space[2][1 << 20];

enum report {
	SHOW_TEXT,
	SHOW_JSON,
	SHOW_TOML,
	EXPLAIN,
	CAT,
	CAT_JSON,
	DIAGNOSTICS,
	SCHEMA,
	GRAPH,
	GRAPH_DOT,
	GRAPH_MERMAID,
	N_REPORTS
};

static int report(struct heir_ctx *ctx, enum report which, struct gathered *got)
{
	static const enum heir_format formats[N_REPORTS] = {HEIR_FORMAT_TEXT, HEIR_FORMAT_JSON,
		HEIR_FORMAT_TOML, HEIR_FORMAT_TEXT, HEIR_FORMAT_TEXT, HEIR_FORMAT_JSON,
		HEIR_FORMAT_TEXT, HEIR_FORMAT_JSON, HEIR_FORMAT_TEXT, HEIR_FORMAT_DOT,
		HEIR_FORMAT_MERMAID};
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = formats[which], .width = 80};

	switch (which) {
	case EXPLAIN:
		return heir_report_explain(ctx, "a", "runtime_path", &style, gather, got);
	case CAT:
	case CAT_JSON:
		return heir_report_cat(ctx, &style, gather, got);
	case DIAGNOSTICS:
		return heir_report_diagnostics(ctx, NULL, &style, gather, got);
	case SCHEMA:
		return heir_report_schema(ctx, &style, gather, got);
	case GRAPH:
	case GRAPH_DOT:
	case GRAPH_MERMAID:
		return heir_report_graph(ctx, NULL, 0, &style, gather, got);
	default:
		return heir_report_show(ctx, NULL, 0, false, &style, gather, got);
	}
}

static struct gathered must_report(struct heir_ctx *ctx, enum report which, char *into)
{
	struct gathered got = {into, 0, -1};

	assert_int_equal(report(ctx, which, &got), 0);
	assert_true(got.len > 0);
	return got;
}

/* ---- Settings and stages ---- */

static void settings_are_judged(void **state)
{
	static const struct {
		int id;
		const char *value;
		int r;
	} settings[] = {
		{HEIR_CRIO_VERSION, "1.37", 0},
		{HEIR_CRIO_VERSION, "1.28.6", 0},
		{HEIR_CRIO_VERSION, "v1.30", 0},
		{HEIR_CRIO_VERSION, "1.27", -EINVAL},
		{HEIR_CRIO_VERSION, "1.38", -EINVAL},
		{HEIR_CRIO_VERSION, "", -EINVAL},
		{HEIR_CRIO_VERSION, NULL, -EINVAL},
		{HEIR_AS, "stock", 0},
		{HEIR_AS, "heir", 0},
		{HEIR_AS, "Stock", -EINVAL},
		{HEIR_AS, "", -EINVAL},
		{HEIR_ENV, "A=b", 0},
		{HEIR_ENV, "A=", 0},
		{HEIR_ENV, "A=b=c", 0},
		{HEIR_ENV, "A", -EINVAL},
		{HEIR_ENV, "=b", -EINVAL},
		{HEIR_ENV, "A=\xff", -EINVAL},
		{HEIR_DEFAULT_RUNTIME, "\xff", -EINVAL},
		{HEIR_DEFAULT_RUNTIME, "crun", 0},
		{HEIR_ROOT, "/nonexistent/heir", -ENOENT},
		{HEIR_ROOT, "/dev/null", -ENOTDIR},
		{HEIR_FACTS, "/nonexistent/heir", -ENOENT},
		{HEIR_FACTS, "/dev/null", -EINVAL},
		{HEIR_FACTS, "/", -EISDIR},
		{HEIR_VENDOR_GLOB, "70-*", 0},
		{HEIR_VENDOR_GLOB, "[]a]x[!]][[:alpha:][.].]]", 0},
		{HEIR_VENDOR_GLOB, "]", 0},
		{HEIR_VENDOR_GLOB, "\\[", 0},
		{HEIR_VENDOR_GLOB, "[\\]]", 0},
		{HEIR_VENDOR_GLOB, "", -EINVAL},
		{HEIR_VENDOR_GLOB, "[", -EINVAL},
		{HEIR_VENDOR_GLOB, "a[]", -EINVAL},
		{HEIR_VENDOR_GLOB, "[!]", -EINVAL},
		{HEIR_VENDOR_GLOB, "[a][[:alpha:]", -EINVAL},
		{HEIR_VENDOR_GLOB, "[a\\]", -EINVAL},
		{HEIR_VENDOR_GLOB, "a\\", -EINVAL},
		{HEIR_N_SETTING_IDS, "x", -EINVAL},
		{-1, "x", -EINVAL},
	};
	struct heir_ctx *ctx;

	(void)state;
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_string_equal(heir_error(ctx), "");
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		int r = heir_set(ctx, (enum heir_setting_id)settings[i].id, settings[i].value);

		if (r != settings[i].r)
			fail_msg("%d = '%s': %d", settings[i].id, settings[i].value, r);
		assert_true(r == 0 || heir_error(ctx)[0]);
	}
	assert_int_equal(heir_set(ctx, HEIR_AS, "\033[2J"), -EINVAL);
	assert_null(strchr(heir_error(ctx), '\033'));
	assert_null(heir_ctx_unref(ctx));
	assert_null(heir_ctx_unref(NULL));
}

static void nothing_is_answered_before_its_time(void **state)
{
	struct heir_diagnostic diagnostic;
	struct heir_handler_info info;
	struct heir_field_value value;
	struct gathered got = {space[0], 0, -1};
	struct heir_ctx *ctx = context(*state);
	size_t i;

	for (unsigned stage = 0; stage < 2; stage++) {
		assert_int_equal(heir_n_handlers(ctx), 0);
		assert_null(heir_default_runtime(ctx));
		assert_int_equal(heir_handler_at(ctx, 0, &info), -ERANGE);
		assert_int_equal(heir_handler_find(ctx, "a", &i), -ENOENT);
		assert_int_equal(heir_handler_field(ctx, 0, 0, &value), -ERANGE);
		assert_false(heir_fatal(ctx, &diagnostic));
		assert_int_equal(report(ctx, SHOW_JSON, &got), -EINVAL);
		assert_int_equal(report(ctx, EXPLAIN, &got), -EINVAL);
		if (stage == 0) {
			assert_int_equal(heir_n_diagnostics(ctx), 0);
			assert_int_equal(heir_diagnostic_at(ctx, 0, &diagnostic), -ERANGE);
			assert_int_equal(report(ctx, CAT, &got), -EINVAL);
			assert_int_equal(heir_resolve(ctx), -EINVAL);
			assert_int_equal(heir_load(ctx), 0);
		}
	}
	assert_int_equal(got.len, 0);
	heir_ctx_unref(ctx);
}

static void handlers_are_answered(void **state)
{
	static const struct {
		const char *name, *parent, *via;
		bool dropped;
	} handlers[] = {{"a", "b", "inherit", false}, {"b", "crun", "inherit", false},
		{"c", "c", "inherit", true}, {"crun", NULL, "none", false},
		{"d", NULL, "none", false}, {"e", "b", "inherit_when", false},
		{"f", NULL, "none", true}};
	struct heir_ctx *ctx = resolved(*state);
	struct heir_handler_info info;
	struct heir_field_value value;
	size_t at;

	assert_int_equal(heir_n_handlers(ctx), ARRAY_LEN(handlers));
	assert_string_equal(heir_default_runtime(ctx), "crun");
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		assert_int_equal(heir_handler_at(ctx, i, &info), 0);
		assert_string_equal(info.name, handlers[i].name);
		assert_string_equal(info.via, handlers[i].via);
		assert_int_equal(info.dropped, handlers[i].dropped);
		assert_int_equal(info.reason != NULL, handlers[i].dropped);
		assert_int_equal(info.parent != NULL, handlers[i].parent != NULL);
		if (info.parent)
			assert_string_equal(info.parent, handlers[i].parent);
		assert_int_equal(heir_handler_find(ctx, info.name, &at), 0);
		assert_int_equal(at, i);
	}
	assert_int_equal(heir_handler_find(ctx, "", &at), -ENOENT);
	assert_int_equal(heir_handler_find(ctx, "zz", &at), -ENOENT);
	assert_int_equal(heir_handler_field(ctx, 0, 0, &value), 0);
	assert_string_equal(value.text, "\"/usr/bin/crun\"");
	assert_string_equal(value.kind, "inherited");
	assert_string_equal(value.from, "crun");
	assert_null(value.where.file);
	assert_int_equal(heir_handler_field(ctx, 0, 3, &value), -ENOENT);
	assert_int_equal(heir_handler_field(ctx, 0, heir_n_fields(), &value), -ERANGE);
	assert_int_equal(heir_handler_field(ctx, 99, 0, &value), -ERANGE);
	assert_int_equal(heir_handler_field(ctx, 6, 0, &value), 0);
	assert_string_equal(value.where.file, "/" DROPIN);
	assert_int_equal(value.where.line, 19);
	assert_int_equal(value.where.column, 16);
	for (size_t f = 0; f < heir_n_fields(); f++)
		assert_true(heir_field_name(f)[0] && heir_field_help(f)[0]);
	assert_null(heir_field_name(heir_n_fields()));
	assert_null(heir_field_help(heir_n_fields()));
	heir_ctx_unref(ctx);
}

static const char *program_variable(void *data, const char *name)
{
	return strcmp(name, "X") == 0 ? data : NULL;
}

static const char *parent_of_b(struct heir_ctx *ctx)
{
	struct heir_handler_info info;
	size_t at;

	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(heir_handler_find(ctx, "b", &at), 0);
	assert_int_equal(heir_handler_at(ctx, at, &info), 0);
	return info.parent ? info.parent : "none";
}

static int take(void *data, const char *chunk, size_t len)
{
	strncat(data, chunk, len);
	return 0;
}

/* A context that looks at this machine, but for its files of CRI-O. */
static struct heir_ctx *live_context(const struct fixture *fixture)
{
	char dir[PATH_MAX], conf[PATH_MAX], path[PATH_MAX], none[PATH_MAX];
	struct heir_ctx *ctx;

	snprintf(dir, sizeof(dir), "%s/live", fixture->dir);
	snprintf(conf, sizeof(conf), "%s/live.conf", fixture->dir);
	snprintf(path, sizeof(path), "%s/usr/bin", fixture->dir);
	snprintf(none, sizeof(none), "%s/no/heir.d", fixture->dir);
	tree_text(fixture->dir, "live.conf", "");
	tree_text(fixture->dir, "live/x",
		"[crio.runtime.runtimes.x]\ninherit = \"none\"\nruntime_path = \"/bin/sh\"\n"
		"inherit_when = [{inherit = \"crun\", when = "
		"{\"kernel.version.full\" = {op = \"Exists\"}}}]\n");
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_CONFIG, conf), 0);
	assert_int_equal(heir_set(ctx, HEIR_CONFIG_DIR, dir), 0);
	assert_int_equal(heir_set(ctx, HEIR_SOURCE_DIR, none), 0);
	assert_int_equal(heir_set(ctx, HEIR_PATH, path), 0);
	return ctx;
}

static const char *via_of(struct heir_ctx *ctx, const char *name)
{
	struct heir_handler_info handler;
	size_t i;

	assert_int_equal(heir_handler_find(ctx, name, &i), 0);
	assert_int_equal(heir_handler_at(ctx, i, &handler), 0);
	return handler.dropped ? handler.reason : handler.via;
}

/* Without facts that were given, conditions ask this machine; below a root nobody does. */
static void conditions_ask_this_machine(void **state)
{
	const struct fixture *fixture = *state;
	struct heir_ctx *ctx = live_context(fixture), *copy;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(heir_load(ctx), 0);
		assert_int_equal(heir_resolve(ctx), 0);
		assert_int_equal(heir_resolve(ctx), 0);
		assert_string_equal(via_of(ctx, "x"), "inherit_when");
	}
	assert_int_equal(heir_ctx_copy(ctx, &copy), 0);
	assert_int_equal(heir_load(copy), 0);
	assert_int_equal(heir_resolve(copy), 0);
	assert_string_equal(via_of(copy, "x"), "inherit_when");
	heir_ctx_unref(copy);
	/* Given ones are all that is known. */
	assert_int_equal(heir_set(ctx, HEIR_FACTS, fixture->facts), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_string_equal(via_of(ctx, "x"), "inherit");
	heir_ctx_unref(ctx);
	ctx = live_context(fixture);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, "/"), 0);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_non_null(strstr(via_of(ctx, "x"), "facts"));
	heir_ctx_unref(ctx);
}

static void facts_are_reported(void **state)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	const struct fixture *fixture = *state;
	struct heir_ctx *ctx;
	char out[1024] = "";

	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, fixture->dir), 0);
	assert_int_equal(heir_report_facts(ctx, NULL, &style, take, out), 0);
	assert_string_equal(out, "{\"schema\": \"heir.facts/1\",\n \"features\": {}}\n");
	out[0] = '\0';
	assert_int_equal(heir_report_facts(ctx, "k.v", &style, take, out), -ENOENT);
	assert_int_equal(heir_set(ctx, HEIR_FACTS, fixture->facts), 0);
	assert_int_equal(heir_report_facts(ctx, "k.v.major", &style, take, out), 0);
	assert_string_equal(out, "5\n");
	assert_int_equal(heir_report_facts(ctx, "k.v.mayor", &style, take, out), -ENOENT);
	assert_string_equal(
		heir_error(ctx), "unknown fact \"k.v.mayor\" (did you mean \"k.v.major\"?)");
	heir_ctx_unref(ctx);
}

static int ignore(void *data, const char *chunk, size_t len)
{
	(void)data;
	(void)chunk;
	(void)len;
	return 0;
}

/* All facts, one, and one that is not there. */
static void facts_without_memory(void **state)
{
	static const char *const names[] = {NULL, "kernel.version.major", "kernel.version.mayor"};
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	const struct fixture *fixture = *state;

	tree_text(fixture->dir, "proc/sys/kernel/osrelease", "6.1.0\n");
	tree_text(fixture->dir, "boot/config-6.1.0", "CONFIG_A=y\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int r = -ENOMEM;

		for (unsigned long n = 0; r == -ENOMEM; n++) {
			struct heir_ctx *ctx;

			assert_int_equal(heir_ctx_new(&ctx), 0);
			assert_int_equal(heir_set(ctx, HEIR_ROOT, fixture->dir), 0);
			heir_test_fail_alloc(n);
			r = heir_report_facts(ctx, names[i], &style, ignore, NULL);
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			heir_ctx_unref(ctx);
		}
		assert_int_equal(r, i == 2 ? -ENOENT : 0);
	}
}

/* Each report has its formats, and says so of any other. */
static void formats_that_a_report_has_not(void **state)
{
	const struct heir_style dot = {.size = sizeof(struct heir_style),
					.format = HEIR_FORMAT_DOT},
				toml = {.format = HEIR_FORMAT_TOML};
	struct heir_ctx *ctx = resolved(*state);
	const struct heir_diff_side side = {ctx, NULL};

	assert_int_equal(heir_report_show(ctx, NULL, 0, false, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_explain(ctx, "a", NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_graph(ctx, NULL, 0, &toml, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_diff(&side, &side, NULL, 0, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_cat(ctx, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_render(ctx, NULL, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_diagnostics(ctx, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_check(ctx, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_check_part(ctx, NULL, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_checks(ctx, &dot, NULL, NULL, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_patch(ctx, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_fixes(ctx, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_rules(ctx, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_facts(ctx, NULL, &dot, ignore, NULL), -EINVAL);
	assert_int_equal(heir_report_schema(ctx, &dot, ignore, NULL), -EINVAL);
	assert_string_equal(heir_error(ctx), "this report has no such format");
	heir_ctx_unref(ctx);
}

/* A setting runs nothing: the crio of this machine is asked when all is loaded, and of the path
 * that was set last. */
static void auto_runs_nothing_before_load(void **state)
{
	const struct fixture *fixture = *state;
	char path[512], script[700], mark[512];
	struct heir_ctx *ctx;

	if (geteuid() != 0)
		skip(); /* who is not root cannot make a crio that is run */
	snprintf(path, sizeof(path), "%s/bin", fixture->dir);
	snprintf(mark, sizeof(mark), "%s/ran", fixture->dir);
	snprintf(script, sizeof(script), "#!/bin/sh\n: >%s\necho crio version 1.34.2\n", mark);
	tree_file(fixture->dir, "bin/crio", script, strlen(script), 0755);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_CRIO_VERSION, "auto"), 0);
	assert_int_equal(heir_set(ctx, HEIR_PATH, path), 0);
	assert_int_not_equal(access(mark, F_OK), 0);
	heir_load(ctx);
	assert_int_equal(access(mark, F_OK), 0);
	unlink(mark);
	heir_ctx_unref(ctx);
}

/* That the release was asked of this machine goes with it. */
static void a_release_is_forgotten(void **state)
{
	const struct fixture *fixture = *state;
	char path[512];
	struct heir_ctx *ctx;

	snprintf(path, sizeof(path), "%s/bin", fixture->dir);
	tree_file(fixture->dir, "bin/crio", "#!/bin/sh\necho crio version 1.34.2\n", 35, 0755);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_PATH, path), 0);
	if (heir_set(ctx, HEIR_CRIO_VERSION, "auto") < 0) {
		heir_ctx_unref(ctx);
		skip(); /* who is not root cannot make a crio that is run */
	}
	assert_int_equal(heir_set(ctx, HEIR_ROOT, fixture->dir), -EINVAL);
	heir_unset(ctx, HEIR_CRIO_VERSION);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, fixture->dir), 0);
	heir_ctx_unref(ctx);
}

static void variables_come_from_the_program(void **state)
{
	struct heir_ctx *ctx = context(*state);
	char d[] = "d";

	setenv("X", "a", 1);
	assert_string_equal(parent_of_b(ctx), "crun");
	unsetenv("X");
	heir_set_getenv(ctx, program_variable, d);
	assert_string_equal(parent_of_b(ctx), "d");
	assert_int_equal(heir_set(ctx, HEIR_ENV, "X=f"), 0);
	assert_string_equal(parent_of_b(ctx), "f");
	assert_int_equal(heir_set(ctx, HEIR_ENV, "XY=e"), 0);
	assert_int_equal(heir_set(ctx, HEIR_ENV, "X=e"), 0);
	assert_string_equal(parent_of_b(ctx), "e");
	heir_ctx_unref(ctx);
}

static void unknown_names_are_told(void **state)
{
	static const char *const names[] = {"a", "cruun"};
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct gathered got = {space[0], 0, -1};
	struct heir_ctx *ctx = resolved(*state);

	assert_int_equal(heir_report_show(ctx, names, 2, false, &style, gather, &got), -ENOENT);
	assert_non_null(strstr(heir_error(ctx), "\"crun\""));
	assert_int_equal(heir_report_explain(ctx, "zzz", NULL, &style, gather, &got), -ENOENT);
	assert_int_equal(
		heir_report_explain(ctx, "a", "runtime_pat", &style, gather, &got), -ENOENT);
	assert_non_null(strstr(heir_error(ctx), "runtime_path"));
	assert_int_equal(got.len, 0);
	heir_ctx_unref(ctx);
}

static void a_reader_may_stop(void **state)
{
	struct heir_ctx *ctx = resolved(*state);

	for (unsigned which = 0; which < N_REPORTS; which++) {
		struct gathered got = {space[0], 0, 0};

		assert_int_equal(report(ctx, which, &got), -EPIPE);
		/* And the context is none the worse for it. */
		must_report(ctx, which, space[0]);
	}
	heir_ctx_unref(ctx);
}

/* Hands over the parts of a list; -EIO for one that is NULL. */
struct parts {
	const char *const *texts;
	size_t n, at;
};

static int next_part(void *data, struct heir_part *ret)
{
	struct parts *parts = data;

	if (parts->at == parts->n)
		return 0;
	*ret = (struct heir_part){.text = parts->texts[parts->at++], .errors = 1, .notes = 2};
	if (!ret->text)
		return -EIO;
	ret->len = strlen(ret->text);
	return 1;
}

static void parts_make_one_report(void **state)
{
	static const char *const texts[] = {"a", "", "b"}, *const broken[] = {"a", NULL, "b"};
	static const struct {
		enum heir_format format;
		const char *begins, *ends;
	} formats[] = {
		{HEIR_FORMAT_TEXT, "ab", "ab"},
		{HEIR_FORMAT_GITHUB, "ab", "ab"},
		{HEIR_FORMAT_JSON, "{\"schema\": \"heir.checks/1\", \"crio_version\": \"1.37\",",
			"\"roots\": [a,b],\n \"counts\": {\"errors\": 3, \"warnings\": 0, "
			"\"notes\": 6}}\n"},
		{HEIR_FORMAT_SARIF, "{\"version\": \"2.1.0\",",
			"\"results\": [a,b],\n  \"properties\": {\"counts\": {\"errors\": 3, "
			"\"warnings\": 0, \"notes\": 6}}}]}\n"},
	};
	struct heir_ctx *ctx = context(*state);

	for (unsigned i = 0; i < ARRAY_LEN(formats); i++) {
		const struct heir_style style = {
			.size = sizeof(struct heir_style), .format = formats[i].format};
		struct gathered got = {space[0], 0, -1}, none = {space[1], 0, 0};
		struct parts parts = {texts, ARRAY_LEN(texts), 0};
		size_t len = strlen(formats[i].ends);

		assert_int_equal(
			heir_report_checks(ctx, &style, next_part, &parts, gather, &got), 0);
		assert_true(got.len >= len);
		assert_memory_equal(got.text, formats[i].begins, strlen(formats[i].begins));
		assert_memory_equal(got.text + got.len - len, formats[i].ends, len);
		parts.at = 0;
		assert_int_equal(
			heir_report_checks(ctx, &style, next_part, &parts, gather, &none), -EPIPE);
		parts = (struct parts){broken, ARRAY_LEN(broken), 0};
		assert_int_equal(
			heir_report_checks(ctx, &style, next_part, &parts, gather, &got), -EIO);
		assert_int_equal(parts.at, 2);
	}
	heir_ctx_unref(ctx);
}

static void a_part_needs_nothing_loaded(void **state)
{
	const struct heir_style json = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	const struct heir_style plain = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct gathered got = {space[0], 0, -1};
	struct heir_ctx *ctx;

	(void)state;
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, "/nowhere"), -ENOENT);
	assert_int_equal(heir_report_check_part(ctx, "n", NULL, &plain, gather, &got), 0);
	assert_int_equal(got.len, 0);
	assert_int_equal(heir_report_check_part(ctx, "n", NULL, &json, gather, &got), 0);
	got.text[got.len] = '\0';
	assert_non_null(strstr(got.text, "{\"root\": \"n\", \"error\": \"/nowhere: no such file"));
	heir_ctx_unref(ctx);
}

/* Bytes that are no UTF-8, more of them than an excerpt shows, before the place of a fault. */
static void lines_that_are_no_text(void **state)
{
	static const char rest[] = "]d dd[crio.runherit = \"b\"\nx =\"]";
	struct fixture *fixture = *state;
	char line[400];

	for (size_t ds = 0; ds < 80; ds += 10) {
		struct heir_ctx *ctx;
		size_t len = 160 + ds;

		memset(line, 'd', sizeof(line));
		memset(line + 10, 0xb3, 150);
		memcpy(line + len, rest, sizeof(rest) - 1);
		tree_file(fixture->dir, DROPIN, line, len + sizeof(rest) - 1, 0644);
		ctx = resolved(fixture);
		assert_true(heir_fatal(ctx, NULL));
		must_report(ctx, DIAGNOSTICS, space[0]);
		heir_ctx_unref(ctx);
	}
}

/* ---- Reloading ---- */

static void reloading_reads_again(void **state)
{
	struct fixture *fixture = *state;
	struct heir_ctx *ctx = resolved(fixture);
	struct heir_diagnostic diagnostic;
	size_t first = heir_n_diagnostics(ctx);

	tree_text(fixture->dir, DROPIN, "[crio.runtime.runtimes.z]\n");
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_n_handlers(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(heir_n_handlers(ctx), 2);
	assert_int_equal(heir_n_diagnostics(ctx), 0);
	tree_text(fixture->dir, DROPIN, "crio = 1\n");
	assert_int_equal(heir_load(ctx), 0);
	assert_true(heir_fatal(ctx, &diagnostic));
	assert_string_equal(diagnostic.rule, "value-type");
	assert_int_equal(diagnostic.where.line, 1);
	assert_int_equal(diagnostic.where.column, 8);
	assert_int_equal(diagnostic.severity, 'F');
	assert_int_equal(heir_resolve(ctx), 0);
	assert_true(heir_fatal(ctx, NULL));
	assert_null(heir_default_runtime(ctx));
	assert_int_equal(heir_n_handlers(ctx), 0);
	tree_text(fixture->dir, DROPIN, text);
	assert_int_equal(heir_load(ctx), 0);
	assert_false(heir_fatal(ctx, &diagnostic));
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(heir_n_diagnostics(ctx), first);
	/* Settings stay, and those that change count. */
	assert_int_equal(heir_set(ctx, HEIR_AS, "stock"), 0);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(heir_n_handlers(ctx), 7);
	heir_ctx_unref(ctx);
}

static void resolving_twice_changes_nothing(void **state)
{
	struct heir_ctx *ctx = resolved(*state);
	struct gathered first = must_report(ctx, SHOW_JSON, space[0]), second;
	size_t n = heir_n_diagnostics(ctx);

	assert_int_equal(heir_resolve(ctx), 0);
	second = must_report(ctx, SHOW_JSON, space[1]);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.text, second.text, first.len);
	assert_int_equal(heir_n_diagnostics(ctx), n);
	heir_ctx_unref(ctx);
}

static void a_file_that_cannot_be_read(void **state)
{
	struct fixture *fixture = *state;
	struct heir_ctx *ctx = context(fixture);
	struct heir_diagnostic diagnostic;

	tree_link(fixture->dir, "etc/crio/crio.conf.d/a", "a");
	assert_int_equal(heir_load(ctx), -ELOOP);
	assert_true(heir_error(ctx)[0]);
	assert_true(heir_fatal(ctx, &diagnostic));
	assert_string_equal(diagnostic.rule, "file-unreadable");
	assert_string_equal(diagnostic.where.file, "/etc/crio/crio.conf.d/a");
	assert_int_equal(diagnostic.where.line, 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_true(heir_fatal(ctx, NULL));
	heir_ctx_unref(ctx);
}

/* ---- Threads ---- */

struct worker {
	const struct fixture *fixture;
	char *text;
	size_t len;
	int r;
};

static int gather_alone(void *data, const char *piece, size_t len)
{
	struct worker *worker = data;
	char *longer = realloc(worker->text, worker->len + len);

	if (!longer)
		return -ENOMEM;
	worker->text = longer;
	memcpy(longer + worker->len, piece, len);
	worker->len += len;
	return 0;
}

static void *work(void *data)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct worker *worker = data;

	for (int round = 0; round < 30 && worker->r == 0; round++) {
		struct heir_ctx *ctx = NULL;

		worker->len = 0;
		worker->r = new_context(worker->fixture, &ctx);
		if (worker->r == 0)
			worker->r = heir_load(ctx);
		if (worker->r == 0)
			worker->r = heir_resolve(ctx);
		if (worker->r == 0)
			worker->r =
				heir_report_show(ctx, NULL, 0, false, &style, gather_alone, worker);
		heir_ctx_unref(ctx);
	}
	return NULL;
}

static void contexts_share_nothing(void **state)
{
	struct worker workers[6] = {{0}};
	pthread_t threads[ARRAY_LEN(workers)];

	for (size_t i = 0; i < ARRAY_LEN(workers); i++) {
		workers[i].fixture = *state;
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(workers); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].r, 0);
		assert_true(workers[i].len > 500);
		assert_int_equal(workers[i].len, workers[0].len);
		assert_memory_equal(workers[i].text, workers[0].text, workers[0].len);
	}
	for (size_t i = 0; i < ARRAY_LEN(workers); i++)
		free(workers[i].text);
}

/* ---- Without memory ---- */

/* Everything that can be asked, of a context in whatever state. */
static void ask_everything(struct heir_ctx *ctx)
{
	struct heir_diagnostic diagnostic;
	struct heir_handler_info info;

	heir_fatal(ctx, &diagnostic);
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++)
		heir_diagnostic_at(ctx, i, &diagnostic);
	for (size_t i = 0; i < heir_n_handlers(ctx); i++)
		heir_handler_at(ctx, i, &info);
	heir_default_runtime(ctx);
	assert_non_null(heir_error(ctx));
}

/* All that a program does, until something fails. */
static int do_everything(const struct fixture *fixture, struct heir_ctx **ctx, enum report which,
	char *into, size_t *len)
{
	struct gathered got = {into, 0, -1};
	int r = new_context(fixture, ctx);

	if (r == 0)
		r = heir_load(*ctx);
	if (r == 0)
		r = heir_resolve(*ctx);
	if (r == 0)
		r = report(*ctx, which, &got);
	*len = got.len;
	return r;
}

static void every_allocation_fails_once(void **state)
{
	static const enum report reports[] = {SHOW_TEXT, SHOW_JSON, SHOW_TOML, CAT, CAT_JSON,
		DIAGNOSTICS, EXPLAIN, GRAPH, GRAPH_DOT, GRAPH_MERMAID};

	for (unsigned i = 0; i < ARRAY_LEN(reports); i++) {
		struct heir_ctx *ctx = resolved(*state);
		struct gathered want = must_report(ctx, reports[i], space[0]);
		int r = -ENOMEM;

		heir_ctx_unref(ctx);
		for (unsigned long n = 0; r == -ENOMEM; n++) {
			size_t len = 0;

			ctx = NULL;
			heir_test_fail_alloc(n);
			r = do_everything(*state, &ctx, reports[i], space[1], &len);
			assert_true(r == -ENOMEM || r == 0);
			assert_true(
				r < 0 || (len == want.len && memcmp(space[0], space[1], len) == 0));
			assert_true(r < 0 || n > 20);
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			if (r == -ENOMEM && ctx) {
				ask_everything(ctx);
				assert_int_equal(heir_load(ctx), 0);
				assert_int_equal(heir_resolve(ctx), 0);
				ask_everything(ctx);
			}
			heir_ctx_unref(ctx);
		}
	}
}

/* A context that was good before: what it knew is gone, and nothing of it is looked at. */
static void reloading_without_memory(void **state)
{
	struct fixture *fixture = *state;
	int r = -ENOMEM;

	for (unsigned long n = 0; r == -ENOMEM; n++) {
		struct heir_ctx *ctx;

		tree_text(fixture->dir, DROPIN, "crio = 1\n");
		ctx = resolved(fixture);
		tree_text(fixture->dir, DROPIN, text);
		heir_test_fail_alloc(n);
		r = heir_load(ctx);
		if (r == 0)
			r = heir_resolve(ctx);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		ask_everything(ctx);
		assert_true(r == 0 || r == -ENOMEM);
		assert_true(r < 0 || n > 20);
		heir_ctx_unref(ctx);
	}
}

static void how_it_was_built(void **state)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct heir_build_info info;
	struct heir_build_part part;
	size_t n_libraries = 0, n = 0;

	(void)state;
	heir_build_info(&info);
	assert_true(info.type[0] && strchr(info.machine, '-'));
	/* The tests are linked with the shared libraries. */
	assert_false(info.is_static);
	for (; heir_build_part_at(n, &part) == 0; n++) {
		assert_true(part.name[0] && (!part.version || part.version[0]));
		n_libraries += strcmp(part.kind, "library") == 0;
	}
	assert_int_equal(n_libraries, 5);
	assert_int_equal(heir_build_part_at(n, &part), -ERANGE);
	assert_int_equal(heir_build_part_at(SIZE_MAX, &part), -ERANGE);
	for (int r = -ENOMEM, i = 0; r == -ENOMEM; i++) {
		struct gathered got = {space[0], 0, -1};
		struct heir_ctx *ctx;

		assert_int_equal(heir_ctx_new(&ctx), 0);
		style.format = HEIR_FORMAT_SARIF;
		assert_int_equal(heir_report_version(ctx, true, &style, gather, &got), -EINVAL);
		style.format = HEIR_FORMAT_JSON;
		heir_test_fail_alloc((unsigned long)i);
		r = heir_report_version(ctx, true, &style, gather, &got);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_true(r == -ENOMEM || (r == 0 && got.len > 100));
		heir_ctx_unref(ctx);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_judged),
		CASE(nothing_is_answered_before_its_time),
		CASE(handlers_are_answered),
		CASE(conditions_ask_this_machine),
		CASE(facts_are_reported),
		CASE(facts_without_memory),
		CASE(formats_that_a_report_has_not),
		CASE(auto_runs_nothing_before_load),
		CASE(a_release_is_forgotten),
		CASE(variables_come_from_the_program),
		CASE(unknown_names_are_told),
		CASE(a_reader_may_stop),
		CASE(parts_make_one_report),
		cmocka_unit_test(a_part_needs_nothing_loaded),
		CASE(lines_that_are_no_text),
		CASE(reloading_reads_again),
		CASE(resolving_twice_changes_nothing),
		CASE(a_file_that_cannot_be_read),
		CASE(contexts_share_nothing),
		CASE(every_allocation_fails_once),
		CASE(reloading_without_memory),
		cmocka_unit_test(how_it_was_built),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
