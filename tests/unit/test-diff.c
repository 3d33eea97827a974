/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir diff` finds, not how it words it: each kind of change in both directions, each kind of
 * field, what is no difference, and two contexts of one library at work. */
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
#include "model/diff.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

/* A node for each side. */
struct fixture {
	char *dir[HEIR_N_SIDES];
	struct heir_ctx *ctx[HEIR_N_SIDES];
	struct heir_diff diff;
};

static int set_up(void **state)
{
	struct fixture *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		t->dir[side] = tree_new();
		tree_file(t->dir[side], "usr/bin/crun", "x", 1, 0755);
		tree_file(t->dir[side], "usr/bin/runc", "x", 1, 0755);
		assert_int_equal(heir_ctx_new(&t->ctx[side]), 0);
		assert_int_equal(heir_set(t->ctx[side], HEIR_ROOT, t->dir[side]), 0);
	}
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *t = *state;

	heir_diff_release(&t->diff);
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		heir_ctx_unref(t->ctx[side]);
		tree_remove(t->dir[side]);
	}
	free(t);
	return 0;
}

static void drop_in(struct fixture *t, enum heir_side side, const char *text)
{
	tree_text(t->dir[side], "etc/crio/crio.conf.d/50-x.conf", text);
}

static void set(struct fixture *t, enum heir_side side, enum heir_setting_id id, const char *value)
{
	assert_int_equal(heir_set(t->ctx[side], id, value), 0);
}

static void resolve(struct fixture *t)
{
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		assert_int_equal(heir_load(t->ctx[side]), 0);
		assert_int_equal(heir_resolve(t->ctx[side]), 0);
	}
}

static const struct heir_diff_handler *find(const struct heir_diff *diff, const char *name)
{
	for (uint32_t i = 0; i < diff->n_handlers; i++)
		if (heir_str_eqz(diff->handlers[i].name, name))
			return &diff->handlers[i];
	return NULL;
}

/* What the other direction must say. */
static enum heir_change mirrored(enum heir_change change)
{
	switch (change) {
	case HEIR_CHANGE_ADDED:
		return HEIR_CHANGE_REMOVED;
	case HEIR_CHANGE_REMOVED:
		return HEIR_CHANGE_ADDED;
	case HEIR_CHANGE_BROKEN:
		return HEIR_CHANGE_FIXED;
	case HEIR_CHANGE_FIXED:
		return HEIR_CHANGE_BROKEN;
	default:
		return change;
	}
}

/* Compares in both directions: the second must be the mirror image of the first. */
static void compare(struct fixture *t)
{
	_cleanup_(heir_diff_release) struct heir_diff back = {.handlers = NULL};
	const struct heir_view *left, *right;

	resolve(t);
	left = &t->ctx[HEIR_LEFT]->view;
	right = &t->ctx[HEIR_RIGHT]->view;
	heir_diff_release(&t->diff);
	assert_int_equal(heir_diff_init(&t->diff, left, right, NULL), 0);
	assert_int_equal(heir_diff_init(&back, right, left, NULL), 0);
	assert_int_equal(t->diff.n_handlers, back.n_handlers);
	assert_int_equal(t->diff.n_same, back.n_same);
	assert_int_equal(t->diff.default_differs, back.default_differs);
	for (uint32_t i = 0; i < back.n_handlers; i++) {
		const struct heir_diff_handler *a = &t->diff.handlers[i], *b = &back.handlers[i];

		assert_true(heir_str_eq(a->name, b->name));
		assert_int_equal(a->change, mirrored(b->change));
		assert_int_equal(a->fields, b->fields);
		assert_ptr_equal(a->handler[HEIR_LEFT], b->handler[HEIR_RIGHT]);
		assert_ptr_equal(a->dropped[HEIR_LEFT], b->dropped[HEIR_RIGHT]);
	}
}

static void assert_change(struct fixture *t, const char *name, enum heir_change change)
{
	const struct heir_diff_handler *handler = find(&t->diff, name);

	if (!handler && change != HEIR_CHANGE_NONE)
		fail_msg("%s does not differ", name);
	assert_int_equal(handler ? handler->change : HEIR_CHANGE_NONE, change);
}

/* Exactly this field differs, with these values as TOML writes them; NULL: not set. */
static void assert_field(struct fixture *t, const char *name, enum heir_field field,
	const char *old, const char *new)
{
	const char *const wanted[] = {old, new};
	const struct heir_diff_handler *handler = find(&t->diff, name);
	struct heir_origin origins[HEIR_N_SIDES];

	assert_non_null(handler);
	assert_int_equal(handler->fields, UINT32_C(1) << field);
	assert_int_equal(heir_diff_origins(&t->diff, handler, field, origins), 0);
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

		if (!wanted[side]) {
			assert_int_equal(origins[side].kind, HEIR_KIND_UNSET);
			continue;
		}
		assert_int_not_equal(origins[side].kind, HEIR_KIND_UNSET);
		heir_view_value(&text, &origins[side].value);
		assert_string_equal(text.p, wanted[side]);
	}
}

/* A handler "x" of each side with these further lines differs in exactly this field. */
static void assert_lines(struct fixture *t, const char *left, const char *right,
	enum heir_field field, const char *old, const char *new)
{
	const char *const lines[] = {left, right};
	char text[1024];

	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		snprintf(text, sizeof(text),
			"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n%s\n",
			lines[side]);
		drop_in(t, side, text);
	}
	compare(t);
	assert_int_equal(t->diff.n_handlers, 1);
	assert_change(t, "x", HEIR_CHANGE_CHANGED);
	assert_field(t, "x", field, old, new);
}

static void nothing_differs(void **state)
{
	struct fixture *t = *state;

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side, "[crio.runtime.runtimes.x]\ninherit = \"default\"\n");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
	assert_int_equal(t->diff.n_same, 2);
}

static void every_change(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.broken]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.changed]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.mended]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.other]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.removed]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.same]\nruntime_path = \"/usr/bin/crun\"\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.added]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.broken]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.changed]\nruntime_path = \"/usr/bin/runc\"\n"
		"[crio.runtime.runtimes.mended]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.other]\nruntime_path = \"/elsewhere\"\n"
		"[crio.runtime.runtimes.same]\nruntime_path = \"/usr/bin/crun\"\n");
	compare(t);
	assert_int_equal(t->diff.n_handlers, 6);
	assert_int_equal(t->diff.n_same, 2);
	assert_change(t, "added", HEIR_CHANGE_ADDED);
	assert_change(t, "broken", HEIR_CHANGE_BROKEN);
	assert_change(t, "changed", HEIR_CHANGE_CHANGED);
	assert_change(t, "mended", HEIR_CHANGE_FIXED);
	assert_change(t, "other", HEIR_CHANGE_CHANGED);
	assert_change(t, "removed", HEIR_CHANGE_REMOVED);
	assert_change(t, "same", HEIR_CHANGE_NONE);
	assert_field(
		t, "changed", HEIR_FIELD_runtime_path, "\"/usr/bin/crun\"", "\"/usr/bin/runc\"");
	assert_string_equal(
		heir_diff_reason(find(&t->diff, "broken"))->text, "/nowhere does not exist");
	assert_string_equal(
		heir_diff_reason(find(&t->diff, "mended"))->text, "/nowhere does not exist");
	assert_string_equal(
		heir_diff_reason(find(&t->diff, "other"))->text, "/elsewhere does not exist");
	assert_null(heir_diff_reason(find(&t->diff, "changed")));
}

static void added_and_dropped_at_once(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_RIGHT, "[crio.runtime.runtimes.x]\nruntime_path = \"/nowhere\"\n");
	compare(t);
	assert_change(t, "x", HEIR_CHANGE_ADDED);
	assert_non_null(heir_diff_reason(find(&t->diff, "x")));
}

static void what_both_drop_for_one_reason(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/nowhere\"\nruntime_root = \"/a\"\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/nowhere\"\nruntime_root = \"/b\"\n");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
}

static void another_origin_is_no_difference(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_LEFT, "[crio.runtime.runtimes.x]\ninherit = \"default\"\n");
	drop_in(t, HEIR_RIGHT,
		"\n[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"runtime_type = \"oci\"\nruntime_root = \"/run/crun\"\n");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
}

static void strings(void **state)
{
	assert_lines(*state, "runtime_root = \"/a\"", "runtime_root = \"/b\"",
		HEIR_FIELD_runtime_root, "\"/a\"", "\"/b\"");
	assert_lines(*state, "", "exec_cpu_affinity = \"first\"", HEIR_FIELD_exec_cpu_affinity,
		NULL, "\"first\"");
	assert_lines(*state, "runtime_root = \"/a\"", "runtime_root = \"\"",
		HEIR_FIELD_runtime_root, "\"/a\"", NULL);
}

static void booleans(void **state)
{
	assert_lines(*state, "no_sync_log = false", "no_sync_log = true", HEIR_FIELD_no_sync_log,
		"false", "true");
	assert_lines(*state, "privileged_without_host_devices = true", "",
		HEIR_FIELD_privileged_without_host_devices, "true", NULL);
}

static void integers(void **state)
{
	assert_lines(*state, "container_create_timeout = 60", "container_create_timeout = 90",
		HEIR_FIELD_container_create_timeout, "60", "90");
	assert_lines(*state, "", "container_create_timeout = 90",
		HEIR_FIELD_container_create_timeout, "240", "90");
}

static void lists(void **state)
{
	assert_lines(*state, "monitor_env = [\"A=1\"]", "monitor_env = [\"A=1\", \"B=2\"]",
		HEIR_FIELD_monitor_env, "[\"A=1\"]", "[\"A=1\", \"B=2\"]");
	assert_lines(*state, "monitor_env = [\"A=1\", \"B=2\"]", "monitor_env = [\"B=2\", \"A=1\"]",
		HEIR_FIELD_monitor_env, "[\"A=1\", \"B=2\"]", "[\"B=2\", \"A=1\"]");
	assert_lines(*state, "monitor_env = [\"A=1\"]", "monitor_env = []", HEIR_FIELD_monitor_env,
		"[\"A=1\"]", "[]");
}

static void maps(void **state)
{
	assert_lines(*state, "default_annotations = { a = \"1\" }",
		"default_annotations = { a = \"2\" }", HEIR_FIELD_default_annotations,
		"{ a = \"1\" }", "{ a = \"2\" }");
	assert_lines(*state, "default_annotations = { a = \"1\" }",
		"default_annotations = { b = \"1\" }", HEIR_FIELD_default_annotations,
		"{ a = \"1\" }", "{ b = \"1\" }");
}

/* The order of a table's keys says nothing. */
static void maps_in_another_order(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"default_annotations = { a = \"1\", b = \"2\" }\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"default_annotations = { b = \"2\", a = \"1\" }\n");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
}

/* "" and false are what is not there. */
static void zero_is_unset(void **state)
{
	struct fixture *t = *state;

	drop_in(t, HEIR_LEFT, "[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"runtime_root = \"\"\nno_sync_log = false\nallowed_annotations = []\n");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
}

static void stock_and_heir(void **state)
{
	struct fixture *t = *state;
	const struct heir_diff_handler *handler;
	struct heir_origin origins[HEIR_N_SIDES];

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side,
			"[crio.runtime.runtimes.x]\ninherit = \"runc\"\n"
			"[crio.runtime.runtimes.runc]\n");
	set(t, HEIR_LEFT, HEIR_AS, "stock");
	compare(t);
	assert_int_equal(t->diff.n_handlers, 1);
	assert_change(t, "x", HEIR_CHANGE_FIXED);
	handler = find(&t->diff, "x");
	assert_int_equal(heir_diff_origins(&t->diff, handler, HEIR_FIELD_runtime_path, origins), 0);
	assert_int_equal(origins[HEIR_LEFT].kind, HEIR_KIND_UNSET);
	assert_int_equal(origins[HEIR_RIGHT].kind, HEIR_KIND_INHERITED);
	assert_true(heir_str_eqz(origins[HEIR_RIGHT].from->name, "runc"));
}

static void the_default_moves(void **state)
{
	struct fixture *t = *state;

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side,
			"[crio.runtime.runtimes.x]\ninherit = \"default\"\n"
			"[crio.runtime.runtimes.y]\ninherit = \"crun\"\n"
			"[crio.runtime.runtimes.runc]\n");
	set(t, HEIR_RIGHT, HEIR_DEFAULT_RUNTIME, "runc");
	compare(t);
	assert_true(t->diff.default_differs);
	assert_change(t, "x", HEIR_CHANGE_CHANGED);
	assert_change(t, "y", HEIR_CHANGE_NONE);
	assert_change(t, "runc", HEIR_CHANGE_NONE);
}

static void a_default_alone_is_a_difference(void **state)
{
	struct fixture *t = *state;

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side, "[crio.runtime.runtimes.runc]\n");
	set(t, HEIR_RIGHT, HEIR_DEFAULT_RUNTIME, "runc");
	compare(t);
	assert_int_equal(t->diff.n_handlers, 0);
	assert_false(heir_diff_is_empty(&t->diff));
	set(t, HEIR_RIGHT, HEIR_DEFAULT_RUNTIME, "crun");
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
}

static void a_side_does_not_start(void **state)
{
	struct fixture *t = *state;

	set(t, HEIR_RIGHT, HEIR_DEFAULT_RUNTIME, "nobody");
	compare(t);
	assert_int_equal(t->diff.n_handlers, 0);
	assert_int_equal(t->diff.n_same, 0);
	assert_false(heir_diff_is_empty(&t->diff));
	/* Two that do not are no better. */
	set(t, HEIR_LEFT, HEIR_DEFAULT_RUNTIME, "nobody");
	compare(t);
	assert_false(heir_diff_is_empty(&t->diff));
}

/* Written on both sides, and the older release does not know it. */
static void a_field_arrives(void **state)
{
	struct fixture *t = *state;

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side,
			"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
			"container_create_timeout = 60\n");
	set(t, HEIR_LEFT, HEIR_CRIO_VERSION, "1.34");
	set(t, HEIR_RIGHT, HEIR_CRIO_VERSION, "1.35");
	compare(t);
	assert_false(t->diff.default_differs);
	assert_change(t, "x", HEIR_CHANGE_CHANGED);
	assert_field(t, "x", HEIR_FIELD_container_create_timeout, NULL, "60");
	/* What is built in has it too; its annotations got new names with it. */
	assert_change(t, "crun", HEIR_CHANGE_CHANGED);
}

static void releases(void **state)
{
	struct fixture *t = *state;

	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		drop_in(t, side, "[crio.runtime.runtimes.x]\ninherit_default_runtime = true\n");
	set(t, HEIR_LEFT, HEIR_CRIO_VERSION, "1.30");
	set(t, HEIR_RIGHT, HEIR_CRIO_VERSION, "1.32");
	set(t, HEIR_LEFT, HEIR_AS, "stock");
	set(t, HEIR_RIGHT, HEIR_AS, "stock");
	compare(t);
	assert_true(t->diff.default_differs);
	assert_change(t, "crun", HEIR_CHANGE_ADDED);
	assert_change(t, "runc", HEIR_CHANGE_REMOVED);
	assert_change(t, "x", HEIR_CHANGE_FIXED);
}

static void only_some(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_map_release) struct heir_map only = HEIR_MAP_NULL;
	uint32_t at;
	bool is_new;

	drop_in(t, HEIR_RIGHT,
		"[crio.runtime]\ndefault_runtime = \"b\"\n"
		"[crio.runtime.runtimes.a]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/usr/bin/crun\"\n");
	resolve(t);
	assert_int_equal(heir_map_put(&only, HEIR_STR("a"), 0, &at, &is_new), 0);
	assert_int_equal(heir_diff_init(&t->diff, &t->ctx[HEIR_LEFT]->view,
				 &t->ctx[HEIR_RIGHT]->view, &only),
		0);
	assert_int_equal(t->diff.n_handlers, 1);
	assert_int_equal(t->diff.n_same, 0);
	assert_change(t, "a", HEIR_CHANGE_ADDED);
	assert_false(t->diff.default_differs);
}

/* ---- The public face ---- */

static int gather(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return heir_buf_error(data);
}

static int report(struct fixture *t, enum heir_format format, unsigned width,
	const char *const *names, size_t n, struct heir_buf *text)
{
	struct heir_diff_side left = {t->ctx[HEIR_LEFT], "left"};
	struct heir_diff_side right = {t->ctx[HEIR_RIGHT], "right"};
	struct heir_style style = {
		.size = sizeof(struct heir_style), .format = format, .width = width};

	heir_buf_clear(text);
	return heir_report_diff(&left, &right, names, n, &style, gather, text);
}

static void answers(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	static const char *const known[] = {"x"}, *const unknown[] = {"xx"},
				 *const other[] = {"crun"};

	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 0, NULL, 0, &text), -EINVAL);
	drop_in(t, HEIR_LEFT, "[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n");
	resolve(t);
	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 0, NULL, 0, &text), 1);
	assert_int_equal(report(t, HEIR_FORMAT_JSON, 0, known, 1, &text), 1);
	assert_int_equal(report(t, HEIR_FORMAT_JSON, 0, other, 1, &text), 0);
	assert_int_equal(report(t, HEIR_FORMAT_JSON, 0, unknown, 1, &text), -ENOENT);
	assert_int_equal(text.len, 0);
	assert_non_null(strstr(heir_error(t->ctx[HEIR_LEFT]), "did you mean \"x\"?"));
}

/* A copy has every setting, and none that is given to it later goes back. */
static void a_copy_of_the_settings(void **state)
{
	struct fixture *t = *state;
	struct heir_ctx *copy;

	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.\"${NAME}\"]\nruntime_path = \"/usr/bin/runc\"\n");
	set(t, HEIR_LEFT, HEIR_ENV, "NAME=one");
	set(t, HEIR_LEFT, HEIR_VENDOR_GLOB, "50-*");
	set(t, HEIR_LEFT, HEIR_CRIO_VERSION, "1.36");
	assert_int_equal(heir_ctx_copy(t->ctx[HEIR_LEFT], &copy), 0);
	heir_ctx_unref(t->ctx[HEIR_RIGHT]);
	t->ctx[HEIR_RIGHT] = copy;
	compare(t);
	assert_true(heir_diff_is_empty(&t->diff));
	assert_int_equal(t->diff.n_same, 2);
	set(t, HEIR_RIGHT, HEIR_ENV, "NAME=two");
	set(t, HEIR_RIGHT, HEIR_CRIO_VERSION, "1.37");
	compare(t);
	assert_int_equal(t->diff.n_handlers, 2);
	assert_change(t, "one", HEIR_CHANGE_REMOVED);
	assert_change(t, "two", HEIR_CHANGE_ADDED);
	assert_int_equal(t->ctx[HEIR_LEFT]->where.version.minor, 36);
	assert_int_equal(t->ctx[HEIR_LEFT]->where.n_vendor_globs, 1);
	assert_int_equal(t->ctx[HEIR_RIGHT]->where.n_vendor_globs, 1);
	/* Its directory is its own to close; the settings are the first one's, which goes last. */
	t->ctx[HEIR_RIGHT] = heir_ctx_unref(copy);
	assert_int_equal(heir_load(t->ctx[HEIR_LEFT]), 0);
}

/* Everything that a text can hold. */
static void rich(struct fixture *t)
{
	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.a]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/usr/bin/crun\"\n"
		"allowed_annotations = [\"io.kubernetes.cri-o.Devices\"]\n"
		"default_annotations = { a = \"1\", b = \"2\", c = \"3\" }\n"
		"[crio.runtime.runtimes.c]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.d]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.f]\nruntime_path = \"/nowhere\"\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime]\ndefault_runtime = \"runc\"\n[crio.runtime.runtimes.runc]\n"
		"[crio.runtime.runtimes.a]\ninherit = \"default\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/usr/bin/runc\"\n"
		"default_annotations = { a = \"1\", b = \"2\", c = \"4\" }\n"
		"[crio.runtime.runtimes.c]\ninherit = \"e\"\n"
		"[crio.runtime.runtimes.d]\nruntime_path = \"/nowhere\"\n"
		"[crio.runtime.runtimes.e]\ninherit = \"e\"\n"
		"[crio.runtime.runtimes.f]\nruntime_path = \"/nowhere\"\n");
	resolve(t);
}

static void items_that_both_have_are_left_out(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	rich(t);
	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 0, NULL, 0, &text), 1);
	assert_non_null(strstr(text.p, "{ ..., c = \"3\" }"));
	assert_non_null(strstr(text.p, "-> { ..., c = \"4\" }"));
	/* One alone is as short as the dots. */
	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"monitor_env = [\"A=1\", \"B=2\", \"C=3\", \"D=4\"]\n");
	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/crun\"\n"
		"monitor_env = [\"A=1\", \"E=5\", \"C=3\", \"D=4\"]\n");
	resolve(t);
	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 0, NULL, 0, &text), 1);
	assert_non_null(strstr(text.p, "[\"A=1\", \"B=2\", ...]"));
	assert_non_null(strstr(text.p, "-> [\"A=1\", \"E=5\", ...]"));
}

static void lines_keep_to_the_terminal(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	rich(t);
	for (unsigned width = 72; width < 100; width++) {
		assert_int_equal(report(t, HEIR_FORMAT_TEXT, width, NULL, 0, &text), 1);
		for (const char *line = text.p; *line; line = strchr(line, '\n') + 1)
			assert_in_range(strcspn(line, "\n"), 0, width);
	}
}

/* The terminal's width changes where lines break, and no word. */
static void the_width_changes_no_word(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf wide = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf narrow = HEIR_BUF_NULL;
	char *a, *b, *at_a, *at_b;

	rich(t);
	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 0, NULL, 0, &wide), 1);
	assert_int_equal(report(t, HEIR_FORMAT_TEXT, 40, NULL, 0, &narrow), 1);
	assert_true(narrow.len > wide.len);
	a = strtok_r(wide.p, " \n", &at_a);
	b = strtok_r(narrow.p, " \n", &at_b);
	while (a && b) {
		assert_string_equal(a, b);
		a = strtok_r(NULL, " \n", &at_a);
		b = strtok_r(NULL, " \n", &at_b);
	}
	assert_ptr_equal(a, b);
}

static void foreign_text_is_escaped(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;

	drop_in(t, HEIR_RIGHT,
		"[crio.runtime.runtimes.\"a\\u001b[31m\"]\nruntime_path = \"/usr/bin/crun\"\n"
		"monitor_env = [\"\\u001b]0;x\\u0007\", \"\\n\\u202e\"]\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/no\\u001b[2Jwhere\"\n");
	resolve(t);
	for (unsigned width = 0; width <= 80; width += 40) {
		assert_int_equal(report(t, HEIR_FORMAT_TEXT, width, NULL, 0, &text), 1);
		assert_null(strchr(text.p, '\033'));
		assert_null(strchr(text.p, '\007'));
		assert_null(strstr(text.p, "\xe2\x80\xae"));
	}
	assert_non_null(strstr(text.p, "\\u"));
}

/* Whether two handlers that differ are in one group. */
static bool are_together(const struct heir_diff *diff, const char *a, const char *b)
{
	const struct heir_diff_handler *at = find(diff, a), *wanted = find(diff, b);

	assert_non_null(at);
	assert_non_null(wanted);
	while (at != wanted && at->next)
		at = &diff->handlers[at->next];
	return at == wanted;
}

static void equal_changes_are_grouped(void **state)
{
	struct fixture *t = *state;
	char text[20000], long_one[4000];

	memset(long_one, 'x', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	drop_in(t, HEIR_LEFT,
		"[crio.runtime.runtimes.a]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.c]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.y]\nruntime_path = \"/usr/bin/crun\"\n"
		"[crio.runtime.runtimes.z]\nruntime_path = \"/usr/bin/crun\"\n");
	snprintf(text, sizeof(text),
		"[crio.runtime.runtimes.a]\nruntime_path = \"/usr/bin/runc\"\n"
		"[crio.runtime.runtimes.b]\nruntime_path = \"/usr/bin/crun\"\nruntime_root = "
		"\"/b\"\n"
		"[crio.runtime.runtimes.c]\n\nruntime_path = \"/usr/bin/runc\"\n"
		"[crio.runtime.runtimes.y]\nruntime_path = \"/usr/bin/crun\"\nruntime_root = "
		"\"/%s1\"\n"
		"[crio.runtime.runtimes.z]\nruntime_path = \"/usr/bin/crun\"\nruntime_root = "
		"\"/%s2\"\n",
		long_one, long_one);
	drop_in(t, HEIR_RIGHT, text);
	compare(t);
	assert_int_equal(heir_diff_group(&t->diff), 0);
	assert_true(are_together(&t->diff, "a", "c"));
	assert_false(are_together(&t->diff, "a", "b"));
	/* These differ only where a report would no longer show it. */
	assert_false(are_together(&t->diff, "y", "z"));
	assert_true(find(&t->diff, "a")->grouped);
	assert_false(find(&t->diff, "a")->follows);
	assert_true(find(&t->diff, "c")->follows);
	assert_false(find(&t->diff, "b")->grouped);
}

static void memory_runs_out(void **state)
{
	struct fixture *t = *state;
	_cleanup_(heir_buf_release) struct heir_buf whole = HEIR_BUF_NULL;
	static const char *const names[] = {"a", "b", "c", "d", "f", "crun"};

	rich(t);
	for (unsigned format = HEIR_FORMAT_TEXT; format <= HEIR_FORMAT_JSON; format++) {
		bool reached = true;

		assert_int_equal(report(t, format, 80, names, ARRAY_LEN(names), &whole), 1);
		for (unsigned long n = 0; reached; n++) {
			_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
			int r;

			/* What is read anew asks for memory again. */
			resolve(t);
			heir_test_fail_alloc(n);
			r = report(t, format, 80, names, ARRAY_LEN(names), &text);
			reached = heir_test_alloc_count() > n;
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			if (r == 1)
				assert_string_equal(text.p, whole.p);
			else
				assert_int_equal(r, -ENOMEM);
			assert_true(reached || r == 1);
		}
	}
}

static void memory_runs_out_for_a_copy(void **state)
{
	struct fixture *t = *state;
	bool reached = true;

	set(t, HEIR_LEFT, HEIR_ENV, "NAME=one");
	set(t, HEIR_LEFT, HEIR_VENDOR_GLOB, "50-*");
	for (unsigned long n = 0; reached; n++) {
		struct heir_ctx *copy = NULL;
		int r;

		heir_test_fail_alloc(n);
		r = heir_ctx_copy(t->ctx[HEIR_LEFT], &copy);
		reached = heir_test_alloc_count() > n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_int_equal(r, reached ? -ENOMEM : 0);
		assert_true(!copy == !!r);
		heir_ctx_unref(copy);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(nothing_differs),
		CASE(every_change),
		CASE(added_and_dropped_at_once),
		CASE(what_both_drop_for_one_reason),
		CASE(another_origin_is_no_difference),
		CASE(strings),
		CASE(booleans),
		CASE(integers),
		CASE(lists),
		CASE(maps),
		CASE(maps_in_another_order),
		CASE(zero_is_unset),
		CASE(stock_and_heir),
		CASE(the_default_moves),
		CASE(a_default_alone_is_a_difference),
		CASE(a_side_does_not_start),
		CASE(a_field_arrives),
		CASE(releases),
		CASE(only_some),
		CASE(answers),
		CASE(a_copy_of_the_settings),
		CASE(items_that_both_have_are_left_out),
		CASE(lines_keep_to_the_terminal),
		CASE(the_width_changes_no_word),
		CASE(foreign_text_is_escaped),
		CASE(equal_changes_are_grouped),
		CASE(memory_runs_out),
		CASE(memory_runs_out_for_a_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
