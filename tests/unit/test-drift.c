/* SPDX-License-Identifier: Apache-2.0 */
/* What a running CRI-O's answer is taken for, and memory that runs out over it.
 * tests/cli/drift.bats has the kinds of drift. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/metrics.h"
#include "base/macro.h"
#include "support/answer.h"
#include "support/fail-alloc.h"
#include "support/node.h"
#include "support/tree.h"

#define TEXT(text) ((struct heir_str){text "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof(text) - 1})

static const struct heir_version newest = {37, HEIR_PATCH_LAST};

static void an_answer(void **state)
{
	struct heir_live live;
	struct heir_origin origin;

	(void)state;
	assert_int_equal(
		heir_live_init(&live,
			TEXT("[crio.runtime]\ndefault_runtime = \"b\"\n"
			     "[crio.runtime.runtimes.b]\nruntime_path = \"/x\"\n"
			     "[crio.runtime.runtimes.a]\nmonitor_env = [\"A=1\", \"B\"]\n"),
			newest),
		0);
	assert_true(heir_str_eqz(live.default_name, "b"));
	assert_int_equal(live.view.n_handlers, 2);
	assert_true(heir_str_eqz(live.view.handlers[0]->name, "a"));
	assert_int_equal(
		heir_live_get(&live, live.view.handlers[0], HEIR_FIELD_monitor_env, &origin), 0);
	assert_int_equal(origin.value.list.n, 2);
	assert_int_equal(
		heir_live_get(&live, live.view.handlers[0], HEIR_FIELD_runtime_path, &origin), 0);
	assert_int_equal(origin.kind, HEIR_KIND_UNSET);
	heir_live_release(&live);
}

static void no_answer(void **state)
{
	static const struct heir_str texts[] = {
		TEXT(""),
		TEXT("x"),
		TEXT("[crio]\n"),
		TEXT("crio = 1\n"),
		TEXT("[crio.runtime]\nruntimes = 1\n"),
		TEXT("[crio.runtime.runtimes]\nx = 1\n"),
		TEXT("\xff"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct heir_live live;

		assert_int_equal(heir_live_init(&live, texts[i], newest), -EBADMSG);
		assert_non_null(live.error);
		heir_live_release(&live);
		heir_live_release(&live);
	}
}

/* Both printers of a drift that has everything; 0 or -ENOMEM. */
static int print_all(struct node *node, struct answer *text, struct answer *json)
{
	static const struct heir_str text_of =
		TEXT("[crio.runtime]\ndefault_runtime = \"extra\"\n"
		     "[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/runc\"\n"
		     "runtime_root = \"/run/crun\"\n"
		     "[crio.runtime.runtimes.extra]\n[crio.runtime.runtimes.kata]\n");
	_cleanup_(heir_live_release) struct heir_live live = HEIR_LIVE_NULL;
	_cleanup_(heir_drift_release) struct heir_drift drift = {.handlers = NULL};
	struct heir_style style = {.size = sizeof(struct heir_style), .color = true};
	struct heir_view view = {.handlers = NULL};
	struct heir_out out;
	int r = heir_live_init(&live, text_of, newest), done;

	if (r == 0)
		r = heir_view_init(&view, &node->core, &node->config, &node->res);
	if (r == 0)
		r = heir_drift_init(&drift, &view, &node->res, &live);
	drift.live_name = "x";
	if (r == 0) {
		heir_out_init(&out, &style, gather, text);
		r = heir_drift_text(&drift, &out);
		done = heir_out_finish(&out);
		r = r < 0 ? r : done;
	}
	if (r == 0) {
		heir_out_init(&out, &style, gather, json);
		r = heir_drift_json(&drift, &out);
		done = heir_out_finish(&out);
		r = r < 0 ? r : done;
	}
	heir_view_release(&view);
	/* The answer could not grow either. */
	return r == -1 ? -ENOMEM : r;
}

static void without_memory(void **state)
{
	struct node *node = node_new();
	struct answer wanted[2] = {{NULL, 0}, {NULL, 0}};
	int r = -ENOMEM;

	(void)state;
	node->where.as = HEIR_AS_STOCK;
	node_binary(node, "usr/bin/conmon");
	node_conf(node, "50",
		"[crio.runtime.runtimes.missing]\nruntime_path = \"/usr/bin/runc\"\n"
		"[crio.runtime.runtimes.kata]\n");
	assert_int_equal(node_resolve(node), 0);
	assert_int_equal(print_all(node, &wanted[0], &wanted[1]), 0);
	assert_non_null(strstr(wanted[0].text, "lacks it"));
	assert_non_null(strstr(wanted[0].text, "no file defines it"));
	assert_non_null(strstr(wanted[0].text, "would drop it now"));
	assert_non_null(strstr(wanted[0].text, "lost by a reload"));
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		struct answer given[2] = {{NULL, 0}, {NULL, 0}};

		heir_test_fail_alloc(n);
		r = print_all(node, &given[0], &given[1]);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		for (unsigned i = 0; i < 2; i++) {
			if (r == 0)
				assert_string_equal(given[i].text, wanted[i].text);
			free(given[i].text);
		}
	}
	assert_int_equal(r, 0);
	free(wanted[0].text);
	free(wanted[1].text);
	node_free(node);
}

static int print_metrics(struct node *node, enum heir_metrics_of of, struct answer *text)
{
	struct heir_drift_sum sum = {.known = true, .n = {1, 2, 3, 4}, .reloaded = true};
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct heir_view view = {.handlers = NULL};
	struct heir_metrics metrics = {of, &view, &sum, 1, 5};
	struct heir_out out;
	int r = heir_view_init(&view, &node->core, &node->config, &node->res), done;

	if (r == 0) {
		heir_out_init(&out, &style, gather, text);
		r = heir_metrics_text(&metrics, &out);
		done = heir_out_finish(&out);
		r = r < 0 ? r : done;
	}
	heir_view_release(&view);
	return r == -1 ? -ENOMEM : r;
}

static void metrics_without_memory(void **state)
{
	struct node *node = node_new();

	(void)state;
	node_conf(node, "50", "[crio.runtime.runtimes.\"a\\\"b\"]\nruntime_path = \"/bin/sh\"\n");
	assert_int_equal(node_resolve(node), 0);
	for (unsigned of = HEIR_METRICS_APPLY; of <= HEIR_METRICS_DRIFT; of++) {
		struct answer wanted = {NULL, 0};
		int r = -ENOMEM;

		assert_int_equal(print_metrics(node, of, &wanted), 0);
		assert_non_null(strstr(wanted.text, "_handlers{drift=\"extra\"} 4\n"));
		for (unsigned long n = 0; r == -ENOMEM; n++) {
			struct answer given = {NULL, 0};

			heir_test_fail_alloc(n);
			r = print_metrics(node, of, &given);
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			if (r == 0)
				assert_string_equal(given.text, wanted.text);
			free(given.text);
		}
		assert_int_equal(r, 0);
		free(wanted.text);
	}
	node_free(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(metrics_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
