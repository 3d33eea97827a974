/* SPDX-License-Identifier: Apache-2.0 */
/* What the public functions answer, to be asked as often as one likes: names and values that a C
 * string cannot hold, memory, and formats that a report does not have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <heir/heir.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/context.h"
#include "base/macro.h"
#include "support/tree.h"

static struct heir_ctx *resolved(const char *dir, const char *text)
{
	struct heir_ctx *ctx;

	tree_programs(dir);
	tree_file(dir, "usr/bin/crun", "", 0, 0755);
	tree_text(dir, "etc/crio/crio.conf.d/50-x", text);
	assert_int_equal(heir_ctx_new(&ctx), 0);
	assert_int_equal(heir_set(ctx, HEIR_ROOT, dir), 0);
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	return ctx;
}

static int set_up(void **state)
{
	*state = tree_new();
	return 0;
}

static int tear_down(void **state)
{
	tree_remove(*state);
	return 0;
}

static void a_nul_is_told(void **state)
{
	struct heir_ctx *ctx =
		resolved(*state, "[crio.runtime.runtimes.\"a\\u0000b\"]\ninherit = \"default\"\n"
				 "[crio.runtime.runtimes.c]\ninherit = \"a\\u0000b\"\n"
				 "[crio.runtime.runtimes.d]\ninherit = \"e\\u0000f\"\n");
	struct heir_diagnostic diagnostic;
	struct heir_handler_info handler;
	struct heir_field_value value;
	size_t i;

	assert_int_equal(heir_n_handlers(ctx), 4);
	assert_int_equal(heir_handler_at(ctx, 0, &handler), 0);
	assert_string_equal(handler.name, "a\\x00b");
	assert_int_equal(heir_handler_find(ctx, "a", &i), -ENOENT);
	assert_int_equal(heir_handler_find(ctx, "c", &i), 0);
	assert_int_equal(heir_handler_at(ctx, i, &handler), 0);
	assert_string_equal(handler.parent, "a\\x00b");
	assert_int_equal(heir_handler_field(ctx, i, 0, &value), 0);
	assert_string_equal(value.text, "\"/usr/bin/crun\"");
	assert_int_equal(heir_diagnostic_at(ctx, 0, &diagnostic), 0);
	assert_non_null(strstr(diagnostic.message, "\"e\\x00f\""));
	heir_ctx_unref(ctx);
}

static int count(void *data, const char *text, size_t len)
{
	(void)text;
	*(size_t *)data += len;
	return 0;
}

static void ask_everything(struct heir_ctx *ctx)
{
	struct heir_diagnostic diagnostic;
	struct heir_handler_info handler;
	struct heir_field_value value;

	assert_non_null(heir_default_runtime(ctx));
	for (size_t i = 0; heir_diagnostic_at(ctx, i, &diagnostic) == 0; i++)
		;
	for (size_t i = 0; heir_handler_at(ctx, i, &handler) == 0; i++)
		for (size_t f = 0; f < heir_n_fields(); f++)
			heir_handler_field(ctx, i, f, &value);
}

static void asking_again_takes_no_memory(void **state)
{
	struct heir_ctx *ctx = resolved(*state,
		"[crio.runtime.runtimes.a]\ninherit = \"b\"\ninherit_fields = [\"all\"]\n"
		"default_annotations = { x = \"\\u0061\", y = \"\\u0062\" }\n"
		"[crio.runtime.runtimes.b]\ninherit = \"crun\"\nruntime_root = \"/\\u0061\"\n"
		"allowed_annotations = [\"devices.crio.io\"]\nmonitor_env = [\"A=\\u0062\"]\n"
		"[crio.runtime.runtimes.c]\ninherit = \"nobody\"\n");
	char *before, *values;

	ask_everything(ctx);
	before = ctx->core.arena.next;
	values = ctx->core.values.next;
	for (unsigned i = 0; i < 100; i++)
		ask_everything(ctx);
	assert_ptr_equal(ctx->core.arena.next, before);
	assert_ptr_equal(ctx->core.values.next, values);
	/* Not what was true before. */
	assert_int_equal(heir_set(ctx, HEIR_DEFAULT_RUNTIME, "b"), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_string_equal(heir_default_runtime(ctx), "b");
	heir_ctx_unref(ctx);
}

/* ---- Reports ---- */

enum { N_REPORTS = 11 };

static int report_one(struct heir_ctx *ctx, unsigned which, enum heir_format format, size_t *n)
{
	struct heir_style style = {.size = sizeof(style), .format = format};
	struct heir_diff_side side = {ctx, NULL};

	switch (which) {
	case 0:
		return heir_report_show(ctx, NULL, 0, false, &style, count, n);
	case 1:
		return heir_report_show_all(ctx, false, &style, count, n);
	case 2:
		return heir_report_explain(ctx, "a", NULL, &style, count, n);
	case 3:
		return heir_report_explain_key(ctx, "crio.runtime.log_level", &style, count, n);
	case 4:
		return heir_report_graph(ctx, NULL, 0, &style, count, n);
	case 5:
		return heir_report_blame(ctx, NULL, 0, &style, count, n);
	case 6:
		return heir_report_cat(ctx, &style, count, n);
	case 7:
		return heir_report_diff(&side, &side, NULL, 0, &style, count, n);
	case 8:
		return heir_report_render(ctx, NULL, NULL, &style, count, n);
	case 9:
		return heir_report_schema(ctx, &style, count, n);
	case 10:
		return heir_verdict(ctx) ? 0 : -ENOMEM;
	default:
		return -ERANGE;
	}
}

static size_t memory_of(const struct heir_ctx *ctx)
{
	return ctx->core.arena.total + ctx->core.values.total + ctx->settings_arena.total;
}

/* A program that asks all day must not grow. */
static void reports_keep_no_memory(void **state)
{
	static const char *const texts[] = {
		"[crio.runtime.runtimes.a]\ninherit = \"${X:-b}\"\n"
		"inherit_fields = [\"all\"]\ncontainer_min_memory = \"1Mi\\u0042\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/bin/\\u0073h\"\n"
		"monitor_env = [\"A=\\t\"]\n"
		"[crio.runtime.runtimes.c]\n"
		"runtime_candidates = [\"n\\u006fne\", \"auto\"]\n",
		"[crio.runtime]\ncgroup_manager = \"none\"\n[crio.runtime.runtimes.a]\n",
	};
	static const enum heir_format formats[] = {
		HEIR_FORMAT_TEXT, HEIR_FORMAT_JSON, HEIR_FORMAT_TOML};
	enum { TIMES = 1000 };

	for (unsigned t = 0; t < ARRAY_LEN(texts); t++) {
		struct heir_ctx *ctx = resolved(*state, texts[t]);
		unsigned reports = 0;

		assert_int_equal(heir_fatal(ctx, NULL), t == 1);
		for (unsigned which = 0; which < N_REPORTS; which++)
			for (unsigned f = 0; f < ARRAY_LEN(formats); f++) {
				size_t n = 0, before;

				if (report_one(ctx, which, formats[f], &n) == -EINVAL)
					continue;
				reports++;
				before = memory_of(ctx);
				for (unsigned i = 0; i < TIMES; i++)
					assert_true(report_one(ctx, which, formats[f], &n) >= 0);
				assert_int_equal(memory_of(ctx), before);
			}
		assert_true(reports >= 18);
		heir_ctx_unref(ctx);
	}
}

/* An answer that was kept is not given once it is no longer true. */
static void kept_answers_follow_what_is_resolved(void **state)
{
	struct heir_ctx *ctx =
		resolved(*state, "[crio.runtime.runtimes.a]\nruntime_path = \"/b\"\n");
	size_t n[4] = {0};

	assert_int_equal(report_one(ctx, 8, HEIR_FORMAT_TOML, &n[0]), 0);
	assert_int_equal(report_one(ctx, 2, HEIR_FORMAT_JSON, &n[1]), 0);
	tree_text(*state, "etc/crio/crio.conf.d/50-x",
		"[crio.runtime.runtimes.a]\ninherit = \"default\"\nmonitor_cgroup = \"pod\"\n");
	assert_int_equal(heir_load(ctx), 0);
	assert_int_equal(heir_resolve(ctx), 0);
	assert_int_equal(report_one(ctx, 8, HEIR_FORMAT_TOML, &n[2]), 0);
	assert_int_equal(report_one(ctx, 2, HEIR_FORMAT_JSON, &n[3]), 0);
	assert_int_not_equal(n[0], n[2]);
	assert_int_not_equal(n[1], n[3]);
	heir_ctx_unref(ctx);
}

/* ---- Explanations ---- */

static const struct heir_explanation *explanation(
	struct heir_ctx *ctx, const char *handler, const char *field)
{
	const struct heir_explanation *ret = NULL;
	size_t i, f;

	assert_int_equal(heir_handler_find(ctx, handler, &i), 0);
	assert_int_equal(heir_field_find(field, &f), 0);
	assert_int_equal(heir_handler_explain(ctx, i, f, &ret), 0);
	return ret;
}

static const char *outcome(const struct heir_explanation *e, const char *rule)
{
	for (size_t i = 0; i < e->n_rulings; i++)
		if (strcmp(e->rulings[i].rule, rule) == 0)
			return e->rulings[i].outcome;
	return "";
}

static void values_are_explained(void **state)
{
	struct heir_ctx *ctx = resolved(*state,

		"[crio.runtime.runtimes.a]\ninherit = \"b\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/bin/s\\u0068\"\n"
		"monitor_env = [\"A=1\", \"B\"]\ndefault_annotations = {k = \"v\"}\n"
		"privileged_without_host_devices = true\n");
	const struct heir_explanation *e = explanation(ctx, "a", "Runtime_Path");
	size_t f, before;

	assert_int_equal(e->type, HEIR_VALUE_STRING);
	assert_string_equal(e->string, "/bin/sh");
	assert_string_equal(e->owner, "b");
	assert_string_equal(e->rule, "inherit");
	assert_string_equal(outcome(e, "explicit"), "not-set");
	assert_string_equal(outcome(e, "inherit"), "decides");
	assert_string_equal(outcome(e, "path"), "not-reached");
	assert_int_equal(e->n_writes, 0);
	assert_ptr_equal(explanation(ctx, "a", "runtime_path"), e);

	e = explanation(ctx, "b", "runtime_path");
	assert_string_equal(e->owner, "b");
	assert_int_equal(e->n_writes, 1);
	assert_string_equal(e->writes[0].state, "counts");
	assert_non_null(e->writes[0].where.file);
	assert_null(e->writes[0].by.file);

	e = explanation(ctx, "b", "monitor_env");
	assert_int_equal(e->type, HEIR_VALUE_LIST);
	assert_int_equal(e->n_items, 2);
	assert_string_equal(e->items[1].value, "B");
	e = explanation(ctx, "b", "default_annotations");
	assert_int_equal(e->type, HEIR_VALUE_MAP);
	assert_string_equal(e->items[0].key, "k");
	e = explanation(ctx, "b", "privileged_without_host_devices");
	assert_true(e->type == HEIR_VALUE_BOOL && e->boolean);
	assert_int_equal(explanation(ctx, "a", "monitor_env")->type, HEIR_VALUE_NONE);

	before = memory_of(ctx);
	for (unsigned i = 0; i < 1000; i++)
		explanation(ctx, "a", "monitor_env");
	assert_int_equal(memory_of(ctx), before);
	assert_int_equal(heir_field_find("no_field", &f), -ENOENT);
	assert_int_equal(heir_handler_explain(ctx, 99, 0, &e), -ERANGE);
	assert_int_equal(heir_handler_explain(ctx, 0, heir_n_fields(), &e), -ERANGE);
	heir_ctx_unref(ctx);
}

/* ---- Locales ---- */

/* Makes a locale of the C library if the machine has its sources. */
static const char *make_locale(const char *dir, const char *name, const char *charset)
{
	static char locale[32];
	char command[512];

	snprintf(locale, sizeof(locale), "%s.%s", name, charset);
	snprintf(command, sizeof(command),
		"localedef -i %s -f %s '%s/%s' >/dev/null 2>&1 || test -d '%s/%s'", name, charset,
		dir, locale, dir, locale);
	setenv("LOCPATH", dir, 1);
	return system(command) == 0 && setlocale(LC_ALL, locale) ? locale : NULL;
}

static void answers_know_no_locale(void **state)
{
	static const struct {
		const char *name, *charset;
	} locales[] = {{"de_DE", "UTF-8"}, {"tr_TR", "ISO-8859-9"}};
	struct heir_ctx *ctx;
	struct heir_field_value value;
	size_t i, f;

	tree_programs(*state);
	for (unsigned l = 0; l < ARRAY_LEN(locales); l++) {
		if (!make_locale(*state, locales[l].name, locales[l].charset)) {
			print_message("# no locale %s can be made here\n", locales[l].name);
			skip();
		}
		assert_true(l > 0 || strcmp(localeconv()->decimal_point, ",") == 0);
		assert_int_equal(heir_ctx_new(&ctx), 0);
		assert_int_equal(heir_set(ctx, HEIR_ROOT, *state), 0);
		assert_int_equal(heir_set(ctx, HEIR_CRIO_VERSION, "1.29"), 0);
		assert_int_equal(
			heir_set(ctx, HEIR_CRIO_ARGS, "--runtimes a:/bin/sh:/r:oci:::1.5MiB"), 0);
		assert_int_equal(heir_load(ctx), 0);
		assert_int_equal(heir_resolve(ctx), 0);
		assert_int_equal(heir_handler_find(ctx, "a", &i), 0);
		assert_int_equal(heir_field_find("container_min_memory", &f), 0);
		assert_int_equal(heir_handler_field(ctx, i, f, &value), 0);
		assert_string_equal(value.text, "\"1.5MiB\"");
		assert_true(heir_ascii_eqfold("CGROUPFS-I", "cgroupfs-i", SIZE_MAX));
		assert_false(heir_ascii_eqfold("ab", "abc", SIZE_MAX));
		assert_false(heir_ascii_is_space('\xa0'));
		heir_ctx_unref(ctx);
		setlocale(LC_ALL, "C");
	}
}

/* ---- Sizes and references ---- */

static void structs_say_their_size(void **state)
{
	struct {
		struct heir_style style;
		char later[8];
	} newer = {.style = {.size = sizeof(newer), .format = HEIR_FORMAT_JSON}};
	struct heir_style none = {.format = HEIR_FORMAT_JSON};
	struct heir_apply_how how = {.dry_run = true};
	struct heir_style style = {.size = sizeof(style)};
	struct heir_ctx *ctx = resolved(*state, "[crio.runtime.runtimes.a]\n");
	size_t n = 0;

	assert_int_equal(heir_report_show(ctx, NULL, 0, false, &none, count, &n), -EINVAL);
	assert_int_equal(heir_apply(ctx, &how, &style, count, &n), -EINVAL);
	assert_int_equal(n, 0);
	assert_int_equal(heir_report_show(ctx, NULL, 0, false, &newer.style, count, &n), 0);
	assert_true(n > 0);
	newer.later[7] = 1;
	assert_int_equal(heir_report_show(ctx, NULL, 0, false, &newer.style, count, &n), -E2BIG);
	heir_ctx_unref(ctx);
}

static void references_are_counted(void **state)
{
	struct heir_ctx *ctx = resolved(*state, "[crio.runtime.runtimes.a]\n");

	assert_null(heir_ctx_ref(NULL));
	assert_ptr_equal(heir_ctx_ref(ctx), ctx);
	assert_null(heir_ctx_unref(ctx));
	assert_true(heir_n_handlers(ctx) > 0);
	assert_null(heir_ctx_unref(ctx));
	assert_null(heir_ctx_unref(NULL));
	assert_int_equal(heir_version_number(), HEIR_VERSION_NUMBER);
	assert_int_equal(HEIR_VERSION_NUMBER / 10000, HEIR_VERSION_MAJOR);
}

/* What CRI-O would do is said of the files as they were read. */
static void explaining_reads_nothing_anew(void **state)
{
	struct heir_ctx *ctx =
		resolved(*state, "[crio.runtime.runtimes.a]\ninherit = \"default\"\n");
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	size_t n = 0, again = 0, diagnostics = heir_n_diagnostics(ctx);

	assert_int_equal(heir_report_explain(ctx, "a", NULL, &style, count, &n), 0);
	tree_text(*state, "etc/crio/crio.conf.d/50-x", "no TOML");
	assert_int_equal(heir_report_explain(ctx, "a", NULL, &style, count, &again), 0);
	assert_int_equal(again, n);
	assert_int_equal(heir_n_diagnostics(ctx), diagnostics);
	heir_ctx_unref(ctx);
}

/* ---- Formats ---- */

enum { TEXT = 1, JSON = 2, TOML = 4, SARIF = 8, GITHUB = 16 };

static int report(struct heir_ctx *ctx, unsigned which, int format, size_t *n)
{
	struct heir_style style = {
		.size = sizeof(struct heir_style), .format = (enum heir_format)format};
	struct heir_diff_side sides[2] = {{ctx, NULL}, {ctx, NULL}};

	switch (which) {
	case 0:
		return heir_report_show(ctx, NULL, 0, false, &style, count, n);
	case 1:
		return heir_report_explain(ctx, "crun", NULL, &style, count, n);
	case 2:
		return heir_report_diff(&sides[0], &sides[1], NULL, 0, &style, count, n);
	case 3:
		return heir_report_cat(ctx, &style, count, n);
	case 4:
		return heir_report_diagnostics(ctx, NULL, &style, count, n);
	case 5:
		return heir_report_check(ctx, NULL, &style, count, n);
	default:
		return heir_report_rules(ctx, NULL, &style, count, n);
	}
}

static void a_format_that_a_report_lacks(void **state)
{
	static const unsigned has[] = {TEXT | JSON | TOML, TEXT | JSON, TEXT | JSON, TEXT | JSON,
		TEXT, TEXT | JSON | SARIF | GITHUB, TEXT | JSON};
	static const int formats[] = {0, 1, 2, 3, 4, 5, 31, 32, 33, 64, -1, INT32_MAX, INT32_MIN};
	struct heir_ctx *ctx = resolved(*state, "[crio.runtime.runtimes.a]\ninherit = \"x\"\n");

	for (unsigned which = 0; which < ARRAY_LEN(has); which++)
		for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
			bool known = i < 5 && has[which] >> i & 1;
			size_t n = 0;
			int r = report(ctx, which, formats[i], &n);

			assert_int_equal(r, known ? 0 : -EINVAL);
			assert_int_equal(n > 0, known);
			if (!known)
				assert_string_equal(
					heir_error(ctx), "this report has no such format");
		}
	heir_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_nul_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(asking_again_takes_no_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reports_keep_no_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			kept_answers_follow_what_is_resolved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answers_know_no_locale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_are_explained, set_up, tear_down),
		cmocka_unit_test_setup_teardown(structs_say_their_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(references_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(explaining_reads_nothing_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_format_that_a_report_lacks, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
