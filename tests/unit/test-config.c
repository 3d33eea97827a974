/* SPDX-License-Identifier: Apache-2.0 */
/* Files into a configuration: every key's type per release, spellings, what replaces what, which
 * files are a vendor's, and what each release has built in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/macro.h"
#include "check/check.h"
#include "config/annotation.h"
#include "config/keys.h"
#include "config/schema.h"
#include "support/fail-alloc.h"
#include "support/node.h"
#include "support/tree.h"

static int set_up(void **state)
{
	*state = node_new();
	return 0;
}

static int tear_down(void **state)
{
	node_free(*state);
	return 0;
}

static void load(struct node *node)
{
	assert_int_equal(node_load(node), 0);
}

/* ---- Types ---- */

/* What stands in a table that the key is put into; a value that fits and one that does not. */
static const char *const headers[] = {
	[HEIR_KEYS_ROOT] = "",
	[HEIR_KEYS_CRIO] = "crio",
	[HEIR_KEYS_API] = "crio.api",
	[HEIR_KEYS_CHECKPOINT] = "crio.checkpoint_restore",
	[HEIR_KEYS_IMAGE] = "crio.image",
	[HEIR_KEYS_METRICS] = "crio.metrics",
	[HEIR_KEYS_NETWORK] = "crio.network",
	[HEIR_KEYS_NRI] = "crio.nri",
	[HEIR_KEYS_VALIDATOR] = "crio.nri.default_validator",
	[HEIR_KEYS_RUNTIME] = "crio.runtime",
	[HEIR_KEYS_WORKLOAD] = "crio.runtime.workloads.w",
	[HEIR_KEYS_RESOURCES] = "crio.runtime.workloads.w.resources",
	[HEIR_KEYS_STATS] = "crio.stats",
	[HEIR_KEYS_TRACING] = "crio.tracing",
	[HEIR_KEYS_HANDLER] = "crio.runtime.runtimes.h",
};

static const struct {
	const char *fits, *wrong[3];
} values[] = {
	[HEIR_TYPE_STRING] = {"\"10s\"", {"1", "true", "[\"x\"]"}},
	[HEIR_TYPE_BOOL] = {"true", {"\"true\"", "1", "{}"}},
	[HEIR_TYPE_INTEGER] = {"7", {"7.0", "\"7\"", "true"}},
	[HEIR_TYPE_DURATION] = {"\"10s\"", {"\"10\"", "true", "1.5"}},
	[HEIR_TYPE_STRV] = {"[\"x\"]", {"\"x\"", "[1]", "[[\"x\"]]"}},
	[HEIR_TYPE_MAP] = {"{x = \"y\"}", {"{x = 1}", "{x = [\"y\"]}", "{x = {y = \"z\"}}"}},
	[HEIR_TYPE_TABLE] = {"{}", {"1", "\"x\"", "[]"}},
	[HEIR_TYPE_TABLES] = {"{}", {"{x = 1}", "{x = []}", "{x = \"\"}"}},
};

/* Whether CRI-O would start on a document of one key, and if not, that it is for this key. */
static void check_value(struct node *node, const char *header, const char *key, const char *value,
	bool starts, bool known)
{
	static const char want[] = "value-type x:2:";
	char text[512];

	snprintf(text, sizeof(text), "%s%s%s\n%s = %s\n", header[0] ? "[" : "#", header,
		header[0] ? "]" : "", key, value);
	node_conf(node, "x", text);
	load(node);
	if (starts) {
		if (node->config.fatal)
			fail_msg("1.%u: %s: %s", node->where.version.minor, text,
				node->config.fatal->text);
		return;
	}
	if (strncmp(node_tell_fatal(node), want, strlen(want)) != 0)
		fail_msg("1.%u, which %s it: %s: %s", node->where.version.minor,
			known ? "knows" : "does not know", text, node->told);
}

static void check_key(
	struct node *node, const char *header, const char *key, enum heir_type type, bool known)
{
	check_value(node, header, key, values[type].fits, true, known);
	for (unsigned i = 0; i < ARRAY_LEN(values[type].wrong); i++)
		check_value(node, header, key, values[type].wrong[i], !known, known);
}

struct row {
	enum heir_key_table table;
	const char *key;
	enum heir_type type;
	const char *since, *until;
};

#define ALWAYS ""
#define STILL ""
#define AS_ROW(table, key, type, opens, since, until, ...) \
	{HEIR_KEYS_##table, key, HEIR_TYPE_##type, since, until},
static const struct row rows[] = {HEIR_KEYS(AS_ROW)};

static void every_key_has_its_type(void **state)
{
	struct node *node = *state;

	node->where.as = HEIR_AS_STOCK;
	for (unsigned k = 0; k < ARRAY_LEN(rows); k++) {
		const struct row *row = &rows[k];
		/* The table's own table may be too new as well; then nothing is asked of it. */
		bool table_known = true, exact;

		/* The oldest and the newest: between them test-release says what is there. */
		for (unsigned at = 0; at < 2; at++) {
			struct heir_version version = {
				at ? heir_release_newest()->minor : heir_releases[0].minor,
				HEIR_PATCH_LAST};

			node->where.version = version;
			if (row->table == HEIR_KEYS_CHECKPOINT || row->table == HEIR_KEYS_VALIDATOR)
				table_known = at == 1;
			check_key(node, headers[row->table], row->key, row->type,
				table_known && heir_key_find(row->table, heir_str_from(row->key),
						       version, &exact) != NULL);
		}
	}
}

static void every_field_has_its_type(void **state)
{
	struct node *node = *state;

	for (unsigned r = 0; r < heir_n_releases; r += heir_n_releases - 1)
		for (unsigned as = 0; as < 2; as++)
			for (unsigned f = 0; f < HEIR_N_FIELDS; f++) {
				const struct heir_field_row *row = &heir_fields[f];
				struct heir_version version = {
					heir_releases[r].minor, HEIR_PATCH_LAST};
				bool known = heir_version_has(version, row->since);
				const char *key = row->name.p;

				if (f == HEIR_FIELD_disallowed_annotations) {
					key = "disallowedannotations";
					known = version.minor <= 30;
				}
				/* heir's own are judged where they are used. */
				if (row->type == HEIR_TYPE_ANY)
					continue;
				node->where.version = version;
				node->where.as = as ? HEIR_AS_STOCK : HEIR_AS_HEIR;
				check_key(node, headers[HEIR_KEYS_HANDLER], key, row->type, known);
			}
}

static const struct {
	const char *release, *text;
	const char *told; /* all diagnostics; "" for none */
} documents[] = {
	{"1.37", "", ""},
	{"1.37", "\xef\xbb\xbf# BOM\r\n[crio]\r\n", ""},
	{"1.37", "x = 1\n[y]\nz = [1, \"a\"]\n", ""},
	{"1.37", "[crio.runtime.nonsense]\nx = 1\n", ""},
	{"1.37", "crio = 1\n", "value-type x:1:8"},
	{"1.37", "[[crio]]\n", "value-type x:1:1"},
	{"1.37", "[[crio.runtime]]\n[[crio.runtime]]\n", "value-type x:2:1"},
	{"1.37", "[crio.runtime]\nruntimes = 1\n", "value-ignored x:2:12"},
	{"1.37", "[crio.runtime]\nruntimes = []\n", "value-ignored x:2:12"},
	{"1.37", "[[crio.runtime.runtimes]]\n", "value-ignored x:1:1"},
	{"1.37", "[crio.runtime]\nworkloads = \"x\"\n", "value-ignored x:2:13"},
	{"1.37", "[crio.runtime.runtimes]\nx = 1\n", "value-type x:2:5"},
	{"1.37", "[[crio.runtime.runtimes.x]]\n", "value-type x:1:1"},
	{"1.37", "[crio.runtime.runtimes.x]\nplatform_runtime_paths = 1\n", "value-ignored x:2:26"},
	{"1.37", "[crio.runtime.runtimes.x]\ndefault_annotations = [\"a\"]\n",
		"value-ignored x:2:23"},
	{"1.37", "[crio.runtime.runtimes.x]\ndefault_annotations = {a = 1}\n", "value-type x:2:28"},
	{"1.31.3", "[crio.runtime.runtimes.x]\ndefault_annotations = {a = 1}\n", ""},
	{"1.31.4", "[crio.runtime.runtimes.x]\ndefault_annotations = {a = 1}\n",
		"value-type x:2:28"},
	{"1.31.2", "[crio.runtime.runtimes.x]\ninherit_default_runtime = 1\n", ""},
	{"1.31.3", "[crio.runtime.runtimes.x]\ninherit_default_runtime = 1\n", "value-type x:2:27"},
	{"1.30", "[crio.runtime.runtimes.x]\nDisallowedAnnotations = 1\n", "value-type x:2:25"},
	{"1.30", "[crio.runtime.runtimes.x]\ndisallowed_annotations = 1\n", ""},
	{"1.31", "[crio.runtime.runtimes.x]\nDisallowedAnnotations = 1\n", ""},
	{"1.37", "[crio.runtime]\nhooks_dir = [\"a\", 1]\n", "value-type x:2:13"},
	{"1.37", "[crio.runtime]\nhooks_dir = [{a = 1}]\n", "value-type x:2:13"},
	{"1.37", "[[crio.runtime.hooks_dir]]\n", "value-type x:1:1"},
	{"1.37", "[crio.runtime]\nctr_stop_timeout = -5\n", ""},
	{"1.37", "[crio.runtime]\nctr_stop_timeout = \"5\"\n", "value-type x:2:20"},
	{"1.37", "[crio.runtime]\npids_limit = 1e3\n", "value-type x:2:14"},
	{"1.37", "[crio.runtime]\nselinux = 0\n[crio.image]\npause_image = 0\n",
		"value-type x:2:11, value-type x:4:15"},
	/* Spellings. */
	{"1.37", "[CRIO.Runtime]\nDEFAULT_runtime = 1\n", "value-type x:2:19"},
	{"1.37", "[crio.runtime.runtimes.x]\nRuntime_Path = 1\n", "value-type x:2:16"},
	{"1.37", "[crio.runtime.runtimes.x]\n\"runtime_t\u017fpe\" = 1\n", ""},
	{"1.37", "[crio.runtime.runtimes.x]\n\"mon\u0131tor_path\" = 1\n", ""},
	{"1.37",
		"[crio.runtime.runtimes.x]\n\"\xc5\xbf"
		"eccomp_profile\" = 1\n",
		"value-type x:2:21"},
	{"1.37", "[crio.runtime.runtimes.x]\n\"priv\xe2\x84\xaa\" = 1\n", ""},
	{"1.37", "[crio.runtime.runtimes.x]\nruntime_path = \"\"\nRuntime_path = \"\"\n",
		"key-twice x:3:1"},
	{"1.37", "[crio.runtime.runtimes.x]\nRuntime_path = \"\"\nruntime_path = \"\"\n",
		"key-twice x:2:1"},
	{"1.37", "[crio.runtime]\nSELinux = true\nselinux = true\n", "key-twice x:2:1"},
	{"1.37", "[crio.runtime]\nselinux = true\nSELinux = true\n", "key-twice x:3:1"},
	{"1.37", "[crio]\n[Crio]\n", "key-twice x:2:2"},
	/* TOML faults pass through. */
	{"1.37", "a = \n", "toml-syntax x:2:1"},
	{"1.37", "a = 1\na = 2\n", "toml-duplicate x:2:1"},
	{"1.35.0", "a = \"\\x41\"\n", "toml-version x:1:6"},
	{"1.35.1", "a = \"\\x41\"\n", ""},
};

/* A fault is told at its line; the column is the reader's own to choose. */
static bool same_told(const char *want, const char *got)
{
	return strncmp(want, "toml-", 5) == 0 ? strncmp(want, got, 9) == 0 : strcmp(want, got) == 0;
}

static void documents_have_these_faults(void **state)
{
	struct node *node = *state;

	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		node_release(node, documents[i].release);
		node_conf(node, "x", documents[i].text);
		load(node);
		if (!same_told(documents[i].told, node_tell_diagnostics(node)))
			fail_msg("%s, 1.%u: %s", documents[i].text, node->where.version.minor,
				node->told);
	}
}

/* Each that CRI-O may pick beside another is told, with the other place. */
static void spellings_are_told_with_each_other(void **state)
{
	static const char *const others[] = {"x:2:1", "x:2:1", "x:8:1", "x:8:1"};
	struct node *node = *state;

	node_conf(node, "x",
		"[crio.runtime.runtimes.x]\nRuntime_path = \"a\"\nrUntime_path = \"b\"\n"
		"ruNtime_path = \"c\"\n[crio.runtime.runtimes.y]\nRuntime_path = \"a\"\n"
		"rUntime_path = \"b\"\nruntime_path = \"c\"\n[crio.runtime.runtimes.z]\n"
		"Runtime_path = \"a\"\n");
	load(node);
	assert_string_equal(node_tell_diagnostics(node),
		"key-twice x:3:1, key-twice x:4:1, key-twice x:6:1, key-twice x:7:1");
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_string_equal(
			node_tell_place(node, node->core.diags.items[i]->notes->where), others[i]);
}

/* Many unknown keys before many spellings of a known one: not quadratic. */
static void many_spellings_take_no_longer(void **state)
{
	struct node *node = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, "[crio.runtime.runtimes.x]\n");
	for (unsigned i = 0; i < 60000; i++)
		heir_buf_printf(&buf, "k%u=0\n", i);
	for (unsigned i = 1; i < 60000; i++) {
		char key[] = "inherit_default_runtime";

		for (unsigned bit = 0, at = 0; bit < 16; bit++, at++) {
			at += key[at] == '_';
			if (i >> bit & 1)
				key[at] &= ~0x20;
		}
		heir_buf_printf(&buf, "%s=true\n", key);
	}
	assert_false(buf.failed);
	tree_file(node->dir, "etc/crio/crio.conf.d/x", buf.p, buf.len, 0644);
	heir_buf_release(&buf);
	load(node);
	assert_null(node->config.fatal);
	assert_int_equal(node->config.n_handlers, 2);
	assert_int_equal(node->core.diags.n, 59998);
}

/* The filter looks at each finding once, not once per file that has a comment, and the comment of a
 * file does not apply to another one. */
static void ignore_comments_cost_one_look_per_finding(void **state)
{
	static const char text[] = "# heir: ignore key-removed why\n[crio]\n";
	enum { N_FILES = 50 };
	struct node *node = *state;
	struct heir_resolution res = {.config = &node->config};
	struct heir_check check = {
		.core = &node->core, .config = &node->config, .res = &res, .stock = &res};
	char name[64];
	uint32_t n_files = 0;

	for (unsigned i = 0; i < N_FILES; i++) {
		snprintf(name, sizeof(name), "etc/crio/crio.conf.d/%02u.conf", i);
		tree_file(node->dir, name, text, sizeof(text) - 1, 0644);
	}
	load(node);
	for (uint32_t s = 0; s < node->config.n_docs; s++) {
		struct heir_place where = {s, sizeof("# heir: ignore key-removed why\n") - 1, 1};

		if (!heir_is_node_file(&check, s))
			continue;
		n_files++;
		assert_non_null(heir_find(&check, HEIR_RULE_KEY_REMOVED, where, "ignored"));
		assert_non_null(heir_find(&check, HEIR_RULE_KEY_UNKNOWN, where, "kept"));
	}
	assert_int_equal(n_files, N_FILES);
	heir_check_ignores(&check);
	assert_int_equal(check.error, 0);
	assert_int_equal(check.n_filtered, 2 * N_FILES);
	assert_int_equal(check.findings.n, N_FILES);
	for (uint32_t i = 0; i < check.findings.n; i++)
		assert_int_equal(check.findings.items[i]->rule, HEIR_RULE_KEY_UNKNOWN);
	heir_diags_release(&check.findings);
}

/* ---- What counts ---- */

static const char *path_of(struct node *node, const char *name)
{
	const struct heir_handler *handler =
		heir_config_handler(&node->config, heir_str_from(name));
	heir_toml_node at;
	struct heir_str text;

	assert_non_null(handler);
	at = heir_table_field(&node->config, handler->table, HEIR_FIELD_runtime_path);
	if (at == 0)
		return "none";
	text = heir_config_string(&node->config, handler->table->source, at);
	snprintf(node->told, sizeof(node->told), "%.*s", HEIR_STR_ARG(text));
	return node->told;
}

/* A large table says at once where its fields are, the same as what a search finds. */
static void large_tables_are_indexed(void **state)
{
	static const char *const spellings[][3] = {
		{"runtime_path = \"exact\"", "RUNTIME_PATH = \"loud\"", "exact"},
		{"Runtime_path = \"first\"", "RUNTIME_PATH = \"last\"", "last"},
		{"", "rUNTIME_PATH = \"alone\"", "alone"},
		{"", "", "none"},
	};
	struct node *node = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (unsigned size = 10; size < 200; size += 60) {
		for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
			heir_buf_printf(&buf, "[crio.runtime.runtimes.t%u-%zu]\n%s\n", size, i,
				spellings[i][0]);
			for (unsigned k = 0; k < size; k++)
				heir_buf_printf(&buf, "k%u = 0\n", k);
			heir_buf_printf(&buf, "%s\n", spellings[i][1]);
		}
	}
	assert_false(buf.failed);
	tree_file(node->dir, "etc/crio/crio.conf.d/x", buf.p, buf.len, 0644);
	heir_buf_release(&buf);
	load(node);
	for (unsigned size = 10; size < 200; size += 60) {
		for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
			const struct heir_handler *handler;
			char name[32];

			snprintf(name, sizeof(name), "t%u-%zu", size, i);
			handler = heir_config_handler(&node->config, heir_str_from(name));
			assert_non_null(handler);
			assert_int_equal(handler->table->nodes != NULL, size > 64);
			assert_string_equal(path_of(node, name), spellings[i][2]);
		}
	}
}

static void the_exact_spelling_wins(void **state)
{
	struct node *node = *state;

	node_conf(node, "x",
		"[crio.runtime.runtimes.a]\nruntime_path = \"exact\"\nRUNTIME_PATH = \"loud\"\n"
		"[crio.runtime.runtimes.b]\nRuntime_path = \"first\"\nRUNTIME_PATH = \"last\"\n"
		"[crio.runtime.runtimes.c]\nrUNTIME_PATH = \"alone\"\n"
		"[crio.RUNTIME]\ndefault_runtime = \"b\"\ncgroup_Manager = \"loud\"\n"
		"cgroup_manager = \"exact\"\nDefault_Runtime = \"a\"\n");
	load(node);
	assert_null(node->config.fatal);
	assert_string_equal(path_of(node, "a"), "exact");
	assert_string_equal(path_of(node, "b"), "last");
	assert_string_equal(path_of(node, "c"), "alone");
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_default_runtime), "b"));
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_cgroup_manager), "exact"));
}

static void tables_are_replaced_whole(void **state)
{
	static const char *const places[] = {
		"heir.d/z:1:24", "90-c:1:24", "10-a:2:24", "crio.conf:1:24", "(built in)"};
	const struct heir_write *write;
	struct node *node = *state;

	tree_text(node->dir, "etc/crio/crio.conf",
		"[crio.runtime.runtimes.crun]\nruntime_path = \"conf\"\n");
	node_conf(node, "10-a", "# a\n[crio.runtime.runtimes.crun]\nruntime_path = \"a\"\n");
	node_conf(node, "50-b", "[crio.runtime.runtimes.other]\n");
	node_conf(node, "90-c", "[crio.runtime.runtimes.crun]\nmonitor_path = \"c\"\n");
	tree_text(node->dir, "etc/crio/heir.d/z", "[crio.runtime.runtimes.crun]\n");
	load(node);
	write = heir_config_handler(&node->config, HEIR_STR("crun"))->table;
	for (size_t i = 0; i < ARRAY_LEN(places); i++, write = write->replaced) {
		assert_non_null(write);
		assert_string_equal(
			node_tell_place(node, heir_write_key_place(&node->config, write)),
			places[i]);
	}
	assert_null(write);
	assert_string_equal(path_of(node, "crun"), "none");
	/* heir.d is heir's alone. */
	node->where.as = HEIR_AS_STOCK;
	load(node);
	write = heir_config_handler(&node->config, HEIR_STR("crun"))->table;
	assert_string_equal(
		node_tell_place(node, heir_write_key_place(&node->config, write)), places[1]);
	assert_int_equal(node->config.n_docs, 5);
}

static void settings_remember_their_history(void **state)
{
	static const char *const places[] = {
		"90-c:2:19", "50-b:2:19", "crio.conf:1:32", "(built in)"};
	const struct heir_write *write;
	struct node *node = *state;

	tree_text(node->dir, "etc/crio/crio.conf", "crio.runtime.default_runtime = \"\"\n");
	node_conf(node, "50-b", "[crio.runtime]\ndefault_runtime = \"x\"\n");
	node_conf(node, "90-c",
		"[crio.runtime]\ndefault_runtime = \"\\u0079\"\nimplicit_inherit = false\n"
		"conmon_env = [\"a=b\"]\n");
	load(node);
	write = node->config.settings[HEIR_SETTING_default_runtime];
	for (size_t i = 0; i < ARRAY_LEN(places); i++, write = write->replaced) {
		assert_non_null(write);
		assert_string_equal(
			node_tell_place(node, heir_write_value_place(&node->config, write)),
			places[i]);
	}
	assert_null(write);
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_default_runtime), "y"));
	assert_true(heir_str_eqz(heir_config_setting(&node->config, HEIR_SETTING_conmon), ""));
	/* Not a string: no text of it. */
	assert_true(heir_str_eqz(heir_config_setting(&node->config, HEIR_SETTING_conmon_env), ""));
	assert_non_null(node->config.settings[HEIR_SETTING_implicit_inherit]);
	node->where.as = HEIR_AS_STOCK;
	load(node);
	assert_null(node->config.settings[HEIR_SETTING_implicit_inherit]);
}

static void implicit_inherit_is_a_key_of_heir(void **state)
{
	struct node *node = *state;

	node_conf(node, "x", "[crio.runtime]\nimplicit_inherit = \"no\"\n");
	load(node);
	assert_string_equal(node_tell_fatal(node), "inherit-invalid x:2:20");
	node->where.as = HEIR_AS_STOCK;
	load(node);
	assert_string_equal(node_tell_fatal(node), "starts");
}

static void vendors_are_known_by_their_files(void **state)
{
	static const struct {
		const char *file;
		bool vendor;
	} files[] = {
		{"00-default", true},
		{"01-ctrcfg-x", true},
		{"01-ctrcfg-", true},
		{"10-crio.conf", true},
		{"00-default.bak", false},
		{"01-ctrcfg", false},
		{"10-crio.conf~", false},
		{"sub/00-default", false},
		{"50-mine", false},
		{"70-oem-x.conf", true},
		{"oem/a.conf", true},
		{"oem/b/a.conf", false},
	};
	static const char *const globs[] = {"70-oem-*", "oem/*.conf"};
	struct node *node = *state;
	char text[128], name[32];

	node->where.vendor_globs = globs;
	node->where.n_vendor_globs = ARRAY_LEN(globs);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(text, sizeof(text), "[crio.runtime.runtimes.h%zu]\n", i);
		node_conf(node, files[i].file, text);
	}
	/* crio.conf is the user's, and so is heir.d, whatever its files are called. */
	tree_text(node->dir, "etc/crio/crio.conf", "[crio.runtime.runtimes.conf]\n");
	tree_text(node->dir, "etc/crio/heir.d/00-default", "[crio.runtime.runtimes.own]\n");
	/* Once a vendor's, always: a later file of the user's does not make it new. */
	node_conf(node, "99-user", "[crio.runtime.runtimes.h0]\n");
	load(node);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(name, sizeof(name), "h%zu", i);
		if (heir_config_handler(&node->config, heir_str_from(name))->vendor !=
			files[i].vendor)
			fail_msg("%s", files[i].file);
	}
	assert_false(heir_config_handler(&node->config, HEIR_STR("conf"))->vendor);
	assert_false(heir_config_handler(&node->config, HEIR_STR("own"))->vendor);
	assert_true(heir_config_handler(&node->config, HEIR_STR("crun"))->vendor);
}

static void names_are_expanded(void **state)
{
	static const char *const env[] = {"A=gpu", "EMPTY=", "B=gpu", NULL};
	struct node *node = *state;

	node->env = env;
	node_conf(node, "a",
		"[crio.runtime.runtimes.\"${A}\"]\n[crio.runtime.runtimes.\"${NONE}\"]\n"
		"[crio.runtime.runtimes.\"${EMPTY}\"]\n[crio.runtime.runtimes.\"${\"]\n"
		"[crio.runtime.runtimes.\"x${\"]\n[crio.runtime.runtimes.\"\"]\n");
	tree_text(node->dir, "etc/crio/heir.d/a", "[crio.runtime.runtimes.${A}-x]\n");
	load(node);
	assert_string_equal(node_tell_diagnostics(node),
		"variable-unset a:2:24, name-empty a:3:24, variable-unset a:5:24");
	assert_null(heir_config_handler(&node->config, HEIR_STR("gpu"))->broken);
	assert_non_null(heir_config_handler(&node->config, HEIR_STR("${NONE}"))->broken);
	assert_non_null(heir_config_handler(&node->config, HEIR_STR("${EMPTY}"))->broken);
	assert_null(heir_config_handler(&node->config, HEIR_STR(""))->broken);
	assert_non_null(heir_config_handler(&node->config, HEIR_STR("gpu-x")));
	/* Names that become one: in one file a fault, of two files the later one counts. */
	node_conf(
		node, "a", "[crio.runtime.runtimes.\"${A}\"]\n[crio.runtime.runtimes.\"${B}\"]\n");
	load(node);
	assert_string_equal(node_tell_diagnostics(node), "name-collision a:2:24");
	assert_string_equal(
		node_tell_place(node, node->core.diags.items[0]->notes->where), "a:1:24");
	node_conf(node, "a", "[crio.runtime.runtimes.\"${A}\"]\n");
	node_conf(node, "b", "[crio.runtime.runtimes.gpu]\nruntime_path = \"b\"\n");
	load(node);
	assert_string_equal(node_tell_diagnostics(node), "");
	assert_string_equal(path_of(node, "gpu"), "b");
	node->where.as = HEIR_AS_STOCK;
	load(node);
	assert_non_null(heir_config_handler(&node->config, HEIR_STR("${A}")));
}

static void files_that_cannot_be_read(void **state)
{
	struct node *node = *state;

	tree_link(node->dir, "etc/crio/crio.conf.d/a", "nowhere");
	load(node);
	assert_string_equal(node_tell_fatal(node), "dropin-dangling-link /etc/crio/crio.conf.d/a");
	assert_int_equal(node->config.io_error, 0);
	tree_link(node->dir, "etc/crio/crio.conf.d/0", "/etc");
	load(node);
	assert_string_equal(node_tell_fatal(node), "dropin-directory-link /etc/crio/crio.conf.d/0");
	tree_link(node->dir, "etc/crio/crio.conf.d/-", "-");
	load(node);
	assert_string_equal(node_tell_fatal(node), "file-unreadable /etc/crio/crio.conf.d/-");
	assert_int_equal(node->config.io_error, -ELOOP);
	/* All the others were read as well. */
	assert_string_equal(node_tell_diagnostics(node),
		"file-unreadable /etc/crio/crio.conf.d/-, "
		"dropin-directory-link /etc/crio/crio.conf.d/0, "
		"dropin-dangling-link /etc/crio/crio.conf.d/a");
}

static void crio_conf_may_be_missing(void **state)
{
	struct node *node = *state;

	load(node);
	assert_string_equal(node_tell_diagnostics(node), "");
	node->where.config = "/etc/crio/crio.conf";
	load(node);
	assert_string_equal(node_tell_fatal(node), "file-unreadable /etc/crio/crio.conf");
	assert_int_equal(node->config.io_error, -ENOENT);
	node->where.config = "/etc";
	load(node);
	assert_non_null(node->config.fatal);
	tree_text(node->dir, "else/where", "[crio.runtime.runtimes.x]\n");
	tree_text(node->dir, "drop/in", "[crio.runtime.runtimes.y]\n");
	tree_text(node->dir, "source/of", "[crio.runtime.runtimes.z]\n");
	node->where.config = "/else/where";
	node->where.config_dir = "/drop";
	node->where.source_dir = "source";
	load(node);
	assert_null(node->config.fatal);
	assert_int_equal(node->config.n_handlers, 4);
	assert_true(heir_str_eqz(node->config.handlers[3]->name, "z"));
}

/* ---- What is built in ---- */

/* The table of facts: default_runtime, and its handler as TOML. The release that knows a field is
 * asked for it; what it does not know is not there. */
static const struct {
	const char *release, *runtime, *memory, *annotation, *timeout;
} builtins[] = {
	{"1.28", "runc", "none", "io.kubernetes.cri-o.Devices", "none"},
	{"1.29.2", "runc", "none", "io.kubernetes.cri-o.Devices", "none"},
	{"1.30", "runc", "\"12MiB\"", "io.kubernetes.cri-o.Devices", "none"},
	{"1.31", "crun", "\"500KiB\"", "io.kubernetes.cri-o.Devices", "none"},
	{"1.32", "crun", "\"500KiB\"", "io.kubernetes.cri-o.Devices", "none"},
	{"1.33", "crun", "\"500KiB\"", "io.kubernetes.cri-o.Devices", "none"},
	{"1.34", "crun", "\"500KiB\"", "io.kubernetes.cri-o.Devices", "none"},
	{"1.35.0", "crun", "\"500KiB\"", "devices.crio.io", "240"},
	{"1.36", "crun", "\"500KiB\"", "devices.crio.io", "240"},
	{"1.37", "crun", "\"500KiB\"", "devices.crio.io", "240"},
};

/* A field of the built-in table, as it is written there. */
static struct heir_str builtin_text(struct node *node, enum heir_field field)
{
	const struct heir_write *table = node->config.handlers[0]->table;
	heir_toml_node at = heir_table_field(&node->config, table, field);
	struct heir_toml_span span = heir_toml_value_span(node->config.docs[0], at);

	return at ? (struct heir_str){heir_toml_text(node->config.docs[0]).p + span.at, span.len}
		  : HEIR_STR("none");
}

static void every_release_has_its_handler(void **state)
{
	struct node *node = *state;
	char text[128];

	assert_int_equal(ARRAY_LEN(builtins), heir_n_releases);
	for (size_t i = 0; i < ARRAY_LEN(builtins); i++) {
		node_release(node, builtins[i].release);
		load(node);
		assert_string_equal(node_tell_diagnostics(node), "");
		assert_int_equal(heir_toml_n_faults(node->config.docs[0]), 0);
		assert_int_equal(node->config.n_handlers, 1);
		assert_true(heir_str_eqz(node->config.handlers[0]->name, builtins[i].runtime));
		assert_true(node->config.handlers[0]->vendor);
		assert_true(heir_str_eqz(
			heir_config_setting(&node->config, HEIR_SETTING_default_runtime),
			builtins[i].runtime));
		assert_true(heir_str_eqz(
			heir_config_setting(&node->config, HEIR_SETTING_cgroup_manager),
			"systemd"));
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_runtime_type), "\"oci\""));
		snprintf(text, sizeof(text), "\"/run/%s\"", builtins[i].runtime);
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_runtime_root), text));
		assert_true(heir_str_eqz(
			builtin_text(node, HEIR_FIELD_container_min_memory), builtins[i].memory));
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_monitor_env),
			"[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"]"));
		snprintf(text, sizeof(text), "[\"io.containers.trace-syscall\", \"%s\"]",
			builtins[i].annotation);
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_allowed_annotations), text));
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_container_create_timeout),
			builtins[i].timeout));
		assert_true(heir_str_eqz(builtin_text(node, HEIR_FIELD_runtime_path), "none"));
	}
}

static void annotations_arrive_with_their_releases(void **state)
{
	static const struct {
		const char *name, *release;
		bool known;
	} names[] = {
		{"io.containers.trace-syscall", "1.28", true},
		{"io.kubernetes.cri-o.Devices", "1.28", true},
		{"devices.crio.io", "1.34", false},
		{"devices.crio.io", "1.35.0", true},
		{"run.oci.", "1.28.5", false},
		{"run.oci.", "1.28.6", true},
		{"run.oci.", "1.29.3", false},
		{"run.oci.", "1.29.4", true},
		{"run.oci.", "1.30.0", true},
		{"run.oci.keep_original_groups", "1.37", false},
		{"cpu-shared.crio.io", "1.28.2", false},
		{"cpu-shared.crio.io", "1.28.3", true},
		{"", "1.37", false},
		{"zzz", "1.37", false},
		{"IO.containers.trace-syscall", "1.37", false},
	};
	struct heir_version version;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_true(heir_version_parse(names[i].release, &version));
		if (heir_annotation_is_known(heir_str_from(names[i].name), version) !=
			names[i].known)
			fail_msg("%s in %s", names[i].name, names[i].release);
	}
}

static void loading_without_memory(void **state)
{
	struct node *node = *state;
	int r = -ENOMEM;

	node_conf(node, "a",
		"[crio.runtime.runtimes.\"${A:-x}\"]\nRuntime_path = 1\nruntime_path = \"\"\n"
		"[crio.runtime]\nselinux = 1\nDefault_runtime = \"x\"\ndefault_runtime = \"y\"\n");
	node_conf(node, "b", "a = \nb = 1\nb = 2\n");
	tree_link(node->dir, "etc/crio/crio.conf.d/c", "nowhere");
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		node_forget(node);
		assert_int_equal(heir_root_open(&node->core.root, node->dir), 0);
		heir_test_fail_alloc(n);
		r = heir_config_load(&node->config, &node->core, &node->where);
		assert_true(r == -ENOMEM || r == 0);
		assert_true(r < 0 || n > 20);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_string_equal(node_tell_fatal(node), "value-type a:2:16");
	assert_true(node->core.diags.n >= 6);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_key_has_its_type),
		CASE(every_field_has_its_type),
		CASE(documents_have_these_faults),
		CASE(spellings_are_told_with_each_other),
		CASE(many_spellings_take_no_longer),
		CASE(ignore_comments_cost_one_look_per_finding),
		CASE(large_tables_are_indexed),
		CASE(the_exact_spelling_wins),
		CASE(tables_are_replaced_whole),
		CASE(settings_remember_their_history),
		CASE(implicit_inherit_is_a_key_of_heir),
		CASE(vendors_are_known_by_their_files),
		CASE(names_are_expanded),
		CASE(files_that_cannot_be_read),
		CASE(crio_conf_may_be_missing),
		CASE(every_release_has_its_handler),
		cmocka_unit_test(annotations_arrive_with_their_releases),
		CASE(loading_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
