/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check`, a TAP line a case. Precision: over all recorded answers of CRI-O there is a finding
 * of severity F exactly where it refuses to start, and one of severity D exactly for each handler
 * that it drops. Pages: the wrong example of every rule fires it at its place, the right one does
 * not. And the text of ignore comments, and what is found when memory runs out. */
#include <heir/heir.h>

#include "api/program.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "check/pages.h"
#include "support/fail-alloc.h"
#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

/* A context for the tree (NULL: for objects alone), with objects over it (NULL: none), loaded and
 * checked. */
static struct heir_ctx *check_tree(
	const char *root, const char *version, const char *objects, const char *facts)
{
	struct heir_ctx *ctx;
	int r = heir_ctx_new(&ctx);

	if (r == 0 && root)
		r = heir_set(ctx, HEIR_ROOT, root);
	if (r == 0 && version)
		r = heir_set(ctx, HEIR_CRIO_VERSION, version);
	if (r == 0 && objects)
		r = heir_set(ctx, HEIR_INPUT, objects);
	if (r == 0 && facts)
		r = heir_set(ctx, HEIR_FACTS, facts);
	if (r < 0)
		tap_give_up("no context");
	/* A file that cannot be read is a finding. */
	heir_load(ctx);
	if (heir_check(ctx, NULL, 0, NULL, 0) < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

static struct heir_diagnostic finding(struct heir_ctx *ctx, size_t i)
{
	struct heir_diagnostic d;

	if (heir_diagnostic_at(ctx, i, &d) < 0)
		tap_give_up("no finding");
	return d;
}

static void list_findings(struct heir_ctx *ctx)
{
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d = finding(ctx, i);

		printf("#   %s:%u: %s [%s]\n", d.where.file ? d.where.file : "-", d.where.line,
			d.message, d.rule);
	}
}

/* ---- Vectors ---- */

/* These vectors were recorded without the steps that end the start for these rules. */
static bool is_not_recorded(const char *rule)
{
	static const char *const rules[] = {"cgroup-mismatch", "monitor-missing", "program-missing",
		"value-invalid", "workload-invalid", "containers-conf-invalid"};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i], rule) == 0)
			return true;
	return false;
}

static bool refuses(struct heir_ctx *ctx)
{
	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d = finding(ctx, i);

		if (d.severity == 'F' && !is_not_recorded(d.rule))
			return true;
	}
	return false;
}

static bool is_heirs_own(const char *rule)
{
	static const char *const own[] = {"parent-unknown", "parent-dropped", "inherit-cycle",
		"inherit-invalid", "variable-unset", "name-empty", "name-collision",
		"candidate-none", "facts-needed"};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(own[i], rule) == 0)
			return true;
	return false;
}

/* Every handler that CRI-O drops has one finding, and no other has any. */
static bool drops(struct heir_ctx *ctx, json_t *dropped)
{
	json_t *found = json_object();
	const char *name;
	json_t *value;
	bool ok = true;

	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d = finding(ctx, i);

		/* One that nothing uses is dropped as well, and that is a note. */
		if (d.severity != 'D' && strcmp(d.rule, "vendor-binary-absent") != 0)
			continue;
		/* What heir makes of its own keys; where CRI-O drops the handler too, that is the
		 * one finding about it. */
		if (is_heirs_own(d.rule) && !(d.handler && json_object_get(dropped, d.handler)))
			continue;
		ok &= d.handler && json_object_get(dropped, d.handler) &&
		      !json_object_get(found, d.handler);
		if (d.handler)
			json_object_set_new(found, d.handler, json_true());
	}
	json_object_foreach(dropped, name, value) ok &= json_object_get(found, name) != NULL;
	json_decref(found);
	return ok;
}

static void check_vector(const char *file, json_t *vector)
{
	json_t *expect = json_object_get(vector, "expect");
	json_t *resolved = json_object_get(expect, "resolved");
	bool fatal = json_object_get(json_object_get(expect, "loaded"), "error") ||
		     json_object_get(resolved, "error");
	char *root = vector_tree(vector);
	struct heir_ctx *ctx =
		check_tree(root, json_string_value(json_object_get(vector, "release")), NULL, NULL);
	bool ok = refuses(ctx) == fatal;

	if (!fatal && resolved)
		ok &= drops(ctx, json_object_get(expect, "dropped"));
	tap_case(ok, file, vector_title(vector));
	if (!ok)
		list_findings(ctx);
	heir_ctx_unref(ctx);
	tree_remove(root);
}

/* ---- Pages ---- */

static const char *full_path(const char *path, char full[512])
{
	snprintf(full, 512, "%s%s", path[0] == '/' ? "" : "/etc/crio/crio.conf.d/", path);
	return full;
}

static void make_file(const char *root, const struct heir_page_file *file)
{
	static const unsigned modes[] = {[HEIR_PAGE_TEXT] = 0644,
		[HEIR_PAGE_LOOSE] = 0666,
		[HEIR_PAGE_BINARY] = 0755,
		[HEIR_PAGE_OPEN] = 0777};
	const char *text = file->text ? file->text : "#!/bin/sh\n";
	char path[512], full[1024];

	full_path(file->path, path);
	snprintf(full, sizeof(full), "%s%s", root, path);
	switch (file->kind) {
	case HEIR_PAGE_OBJECTS:
	case HEIR_PAGE_ALONE:
	case HEIR_PAGE_FACTS:
		tree_text(root, file->path, file->text);
		break;
	case HEIR_PAGE_LINK:
		tree_link(root, path, file->text);
		break;
	case HEIR_PAGE_DIR:
		/* With its parents. */
		strncat(path, "/x", sizeof(path) - strlen(path) - 1);
		tree_text(root, path, "");
		strcat(full, "/x");
		unlink(full);
		break;
	default:
		tree_file(root, path, text, strlen(text), modes[file->kind]);
		chmod(full, modes[file->kind]);
	}
}

static struct heir_ctx *check_page(
	const struct heir_rule_page *page, const struct heir_page_file *files, char **ret_root)
{
	char *root = tree_new(), objects[512], facts[512];
	bool has_objects = false, alone = false, has_facts = false;

	tree_programs(root);
	for (; files->path; files++) {
		make_file(root, files);
		if (files->kind == HEIR_PAGE_OBJECTS || files->kind == HEIR_PAGE_ALONE) {
			snprintf(objects, sizeof(objects), "%s/%s", root, files->path);
			has_objects = true;
			alone = files->kind == HEIR_PAGE_ALONE;
		} else if (files->kind == HEIR_PAGE_FACTS) {
			snprintf(facts, sizeof(facts), "%s/%s", root, files->path);
			has_facts = true;
		}
	}
	*ret_root = root;
	return check_tree(alone ? NULL : root, page->version, has_objects ? objects : NULL,
		has_facts ? facts : NULL);
}

/* Does the rule fire? At its place, if one is given. */
static bool fires(struct heir_ctx *ctx, const char *rule, const char *at)
{
	char path[512], place[600];

	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d = finding(ctx, i);

		if (strcmp(d.rule, rule) != 0)
			continue;
		if (!at)
			return true;
		snprintf(place, sizeof(place), "%s", d.where.file ? d.where.file : "");
		/* Of objects the input's own name, wherever it lies. */
		if (d.where.line > 0 && strstr(d.where.file, ".yaml")) {
			snprintf(place, sizeof(place), "%s:%u", strrchr(d.where.file, '/') + 1,
				d.where.line);
			if (strcmp(place, at) == 0)
				return true;
		} else if (d.where.line > 0)
			snprintf(place, sizeof(place), "%s:%u", d.where.file, d.where.line);
		if (strcmp(place, full_path(at, path)) == 0)
			return true;
	}
	return false;
}

static void check_rule(size_t i)
{
	const struct heir_rule_page *page = &heir_rule_pages[i];
	struct heir_rule_info rule;
	struct heir_ctx *ctx;
	char *root;
	bool ok;

	heir_rule_at(i, &rule);
	ok = page->what && page->at && page->wrong[0].path && page->right[0].path;
	tap_case(ok, rule.id, "has a page with a wrong and a right example");
	if (!ok)
		return;
	ctx = check_page(page, page->wrong, &root);
	ok = fires(ctx, rule.id, page->at);
	tap_case(ok, rule.id, "fires in the wrong example, at its place");
	if (!ok)
		list_findings(ctx);
	heir_ctx_unref(ctx);
	tree_remove(root);
	ctx = check_page(page, page->right, &root);
	ok = !fires(ctx, rule.id, NULL);
	tap_case(ok, rule.id, "does not fire in the right example");
	if (!ok)
		list_findings(ctx);
	heir_ctx_unref(ctx);
	tree_remove(root);
}

/* ---- Single cases ---- */

struct single {
	const char *name, *version;
	struct heir_page_file files[4];
	const char *rules; /* what is found, in order, separated by blanks */
};

#define GPU "[crio.runtime.runtimes.gpu]\n"

/* Near misses, and findings that must not come twice or not together. */
static const struct single singles[] = {
	{"an empty node is clean", NULL, {{NULL, 0, NULL}}, ""},
	{"an ignore comment at the end of the line", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/nope\" # heir: ignore path-missing later\n"}},
		""},
	{"an ignore comment above another comment", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU
			"# heir: ignore path-missing later\n# why\n\nruntime_path = \"/nope\"\n"}},
		""},
	{"two ignore comments for one line", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "# heir: ignore path-missing\n# heir: ignore key-case\n"
			    "Runtime_Path = \"/nope\" # heir: ignore key-unknown\n"}},
		"ignore-unused"},
	{"an ignore comment in a string is none", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/usr/bin/runc\"\nruntime_root = \"/run/runc\"\n"
			    "monitor_exec_cgroup = \"\"\"\n# heir: ignore path-missing\n\"\"\"\n"}},
		""},
	{"an ignore comment behind a string with the same words", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/# heir: ignore key-case\" # heir: ignore "
			    "path-missing\n"}},
		""},
	{"what a comment's reason says is no comment", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU
			"runtime_path = \"/nope\" # heir: ignore path-missing # heir: ignore x\n"}},
		""},
	{"the same comment twice", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "# heir: ignore path-missing\n"
			    "runtime_path = \"/nope\" # heir: ignore path-missing\n"}},
		"ignore-unused"},
	{"a comment on the first line speaks of its own finding too", NULL,
		{{".50", HEIR_PAGE_TEXT,
			"# heir: ignore file-hidden ours\n# heir: ignore file-hidden ours\n"}},
		"ignore-unused"},
	{"what stops CRI-O cannot be ignored", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"# heir: ignore default-unknown\n[crio.runtime]\n"
			"default_runtime = \"no\" # heir: ignore default-unknown\n"}},
		"ignore-unused default-unknown ignore-unused"},
	{"an ignore comment for a rule that is none", NULL,
		{{"50", HEIR_PAGE_TEXT, "# heir: ignore path-mising\n"}}, "ignore-unused"},
	{"an ignore comment on the first line speaks of the file", NULL,
		{{".50", HEIR_PAGE_TEXT, "# heir: ignore file-hidden ours\n"}}, ""},
	{"heir reads hidden files of heir.d too", NULL,
		{{"/etc/crio/heir.d/.50", HEIR_PAGE_TEXT, ""}}, "file-hidden"},
	{"and backups", NULL, {{"/etc/crio/heir.d/50.bak", HEIR_PAGE_TEXT, ""}}, "file-backup"},
	{"runtime_requires without a candidate, and with one", NULL,
		{{"50", HEIR_PAGE_TEXT,
			 GPU "inherit = \"none\"\nruntime_path = \"/usr/bin/runc\"\nruntime_root = "
			     "\"/run/runc\"\n"
			     "[crio.runtime.runtimes.gpu.runtime_requires]\nidmap = true\n"},
			{"60", HEIR_PAGE_TEXT,
				"[crio.runtime.runtimes.two]\nruntime_candidates = \"auto\"\n"
				"runtime_requires = {}\n"}},
		"requires-unused inherit-not-applied"},
	{"candidates beside an empty path, and beside one that decides", NULL,
		{{"50", HEIR_PAGE_TEXT,
			 GPU "runtime_path = \"\"\nruntime_candidates = [\"crun\"]\n"},
			{"60", HEIR_PAGE_TEXT,
				"[crio.runtime.runtimes.two]\nruntime_path = \"/usr/bin/crun\"\n"
				"runtime_candidates = \"auto\"\nruntime_requires = {}\n"}},
		"inherit-not-applied path-copies-default candidates-unused"},
	{"features that there are not, and those that there are", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU
			"inherit_when = [{inherit = \"crun\", when = {\"Kernel.Version.major\" = "
			"5, "
			"\"device\" = {kvm = true}, \"system.osrelease.VERSION_ID.major\" = 9, "
			"\"no.such\" = {}, \"no.such.x\" = 1, \"no.such.y.z\" = {op = \"Exists\"}, "
			"\"pci.device.vendor\" = \"10de\", \"local.label\" = {\"a.b\" = "
			"true}}}]\n"}},
		"facts-needed feature-unknown feature-unknown feature-unknown feature-unknown"},
	{"what is wrong with each condition, once", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU
			"inherit_when = [{inherit = \"crun\", when = {\"cpu.cpuid.A\" = 1.5}},\n"
			"{inherit = \"crun\", when = {\"cpu.cpuid.A\" = {op = \"Is\"}}}, 5, {},\n"
			"{inherit = \"crun\", when = 5}]\n"
			"[crio.runtime.runtimes.b]\ninherit_when = 5\n"}},
		"inherit-invalid condition-invalid inherit-invalid"},
	{"a key of [crio.runtime] in a handler's table", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/usr/bin/crun\"\nlog_level = \"x\"\n"}},
		"path-copies-default key-unknown"},
	{"unknown tables, once each", NULL,
		{{"50", HEIR_PAGE_TEXT, "[crio.imgae]\na = 1\n[cri]\nb = 2\n"}},
		"key-unknown key-unknown"},
	{"keys of a table that is too new are not told one by one", "1.33",
		{{"50", HEIR_PAGE_TEXT,
			"[crio.nri.default_validator]\nnri_enable_default_validator = true\n"}},
		"key-too-new"},
	{"a backport whose number is not known is not too new", "1.34",
		{{"50", HEIR_PAGE_TEXT,
			"[crio.checkpoint_restore]\ncontainer_level_enabled = \"none\"\n"}},
		""},
	{"what such a table has besides is unknown all the same", "1.34",
		{{"50", HEIR_PAGE_TEXT, "[crio.checkpoint_restore]\nqqqqqq = 1\n"}}, "key-unknown"},
	{"1.35 got no backport of it", "1.35",
		{{"50", HEIR_PAGE_TEXT, "[crio.checkpoint_restore]\n"}}, "key-too-new"},
	{"keys that only releases of old knew were removed", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"[crio]\nfile_locking = false\n[crio.api]\nhost_ip = \"\"\n[crio.runtime]\n"
			"default_mounts = []\nmanage_network_ns_lifecycle = true\n"
			"runtime_untrusted_workload = \"\"\n"}},
		"key-removed key-removed key-removed key-removed key-removed"},
	{"a deprecated key with its default says nothing", "1.34",
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime]\nuid_mappings = \"\"\npids_limit = -1\nconmon_env = []\n"
			"[crio.image]\ninsecure_registries = []\n"}},
		""},
	{"keys are not deprecated before they were", "1.28",
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime]\nuid_mappings = \"0:1:2\"\nselinux = true\n"
			"[crio.image]\ninsecure_registries = [\"a\"]\n"
			"[crio.stats]\nstats_collection_period = 10\n"}},
		""},
	{"and are afterwards", "1.34",
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime]\nuid_mappings = \"0:1:2\"\nselinux = true\n"
			"[crio.image]\ninsecure_registries = [\"a\"]\n"
			"[crio.stats]\nstats_collection_period = 10\n"}},
		"key-deprecated key-deprecated key-deprecated key-deprecated"},
	{"Go names are spelled as one likes", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime.workloads.w]\nactivation_annotation = \"a\"\n"
			"[crio.runtime.workloads.w.resources]\ncpushares = 1\n"}},
		""},
	{"enable_criu_support is deprecated from 1.37 on", NULL,
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\nenable_criu_support = false\n"}},
		"key-deprecated"},
	{"enable_criu_support is not deprecated in 1.36", "1.36",
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\nenable_criu_support = false\n"}}, ""},
	{"before 1.35 an annotation has one name", "1.34",
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/usr/bin/crun\"\n"
			    "allowed_annotations = [\"io.kubernetes.cri-o.umask\"]\n"}},
		"path-copies-default"},
	{"both directions, and each feature once", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/usr/bin/crun\"\n"
			    "allowed_annotations = [\"io.kubernetes.cri-o.umask\", "
			    "\"io.kubernetes.cri-o.umask\", \"devices.crio.io\", "
			    "\"cpu-quota.crio.io\"]\n"}},
		"path-copies-default annotation-deprecated annotation-deprecated"},
	{"a vendor's list is not the user's to fix", NULL,
		{{"00-default", HEIR_PAGE_TEXT,
			"[crio.runtime.runtimes.runc]\nruntime_root = \"/run/runc\"\n"
			"allowed_annotations = [\"io.kubernetes.cri-o.umask\"]\n"}},
		""},
	{"what a parent allows is allowed", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "inherit = \"crun\"\ninherit_fields = [\"allowed_annotations\"]\n"
			    "allowed_annotations = [\"io.kubernetes.cri-o.Devices\"]\n"}},
		"inherit-not-applied annotations-inherited"},
	{"keys in files of a vendor are not the user's to fix", NULL,
		{{"00-default", HEIR_PAGE_TEXT,
			 "[crio.runtime]\nmanage_ns_lifecycle = true\nlog_levle = \"x\"\n"
			 "Log_Level = \"info\"\nlog_size_max = 16384\n[crio.imgae]\n"},
			{"10-crio.conf", HEIR_PAGE_TEXT, "[crio.runtime]\nqqqqqq = 1\n"}},
		""},
	{"the user's are", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime]\nmanage_ns_lifecycle = true\nlog_levle = \"x\"\n"
			"Log_Level = \"info\"\nlog_size_max = 16384\n"}},
		"key-removed key-unknown key-case key-deprecated"},
	{"heir's keys are known", NULL,
		{{"50", HEIR_PAGE_TEXT,
			GPU "inherit = \"none\"\nruntime_path = \"/usr/bin/crun\"\n"
			    "[crio.runtime]\nimplicit_inherit = false\n"}},
		"path-copies-default"},
	{"implicit_inherit of another type does not stop CRI-O", NULL,
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\nimplicit_inherit = 1\n"}},
		"inherit-invalid"},
	{"a type that CRI-O does not take does, next to it", NULL,
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\nimplicit_inherit = 1\nlog_level = 1\n"}},
		"inherit-invalid value-type"},
	{"a vendor's table may replace the built-in one", NULL,
		{{"10-crio.conf", HEIR_PAGE_TEXT,
			"[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\n"}},
		""},
	{"a user's table may not", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\n"}},
		"table-replaced"},
	{"numbers of the same width", NULL,
		{{"05-a", HEIR_PAGE_TEXT, ""}, {"50-b", HEIR_PAGE_TEXT, ""},
			{"99-c", HEIR_PAGE_TEXT, ""}},
		""},
	{"numbers of another width in the right order", NULL,
		{{"1-a", HEIR_PAGE_TEXT, ""}, {"20-b", HEIR_PAGE_TEXT, ""}}, ""},
	{"the same number with and without zero", NULL,
		{{"010-a", HEIR_PAGE_TEXT, ""}, {"10-b", HEIR_PAGE_TEXT, ""}}, ""},
	{"an empty directory of that name", NULL, {{"/etc/crio/conf.d", HEIR_PAGE_DIR, NULL}}, ""},
	{"the default's own fault is told once", NULL,
		{{"50", HEIR_PAGE_TEXT,
			"[crio.runtime]\ndefault_runtime = \"gpu\"\n" GPU
			"runtime_path = \"/nope\"\n"}},
		"default-invalid"},
	{"cgroupfs takes no system.slice up to 1.32", "1.32",
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\ncgroup_manager = \"cgroupfs\"\n"}},
		"cgroup-mismatch"},
	{"from 1.33 on it does", "1.33",
		{{"50", HEIR_PAGE_TEXT, "[crio.runtime]\ncgroup_manager = \"cgroupfs\"\n"}}, ""},
	{"conmon_cgroup says the same as the handler", NULL,
		{{"00-default", HEIR_PAGE_TEXT, "[crio.runtime]\nconmon_cgroup = \"pod\"\n"},
			{"50", HEIR_PAGE_TEXT,
				GPU
				"runtime_path = \"/usr/bin/crun\"\nmonitor_cgroup = \"pod\"\n"}},
		"path-copies-default"},
	{"a release that fills nothing in", "1.34",
		{{"50", HEIR_PAGE_TEXT,
			GPU "runtime_path = \"/usr/bin/crun\"\ncontainer_create_timeout = 10\n"}},
		"path-copies-default key-too-new"},
	{"a wrapper shares the state of what it wraps", NULL,
		{{"50", HEIR_PAGE_TEXT, GPU "runtime_path = \"/opt/nvidia-container-runtime\"\n"},
			{"/opt/nvidia-container-runtime", HEIR_PAGE_BINARY, NULL}},
		""},
	{"a handler of heir.d that CRI-O never sees", NULL,
		{{"/etc/crio/heir.d/50", HEIR_PAGE_TEXT, GPU "runtime_path = \"/nope\"\n"}},
		"path-missing"},
	{"a binary of the built-in handler that others may write", NULL,
		{{"/usr/bin/crun", HEIR_PAGE_OPEN, NULL}}, "binary-writable"},
	{"a binary is judged once, where a file names it", NULL,
		{{"/usr/bin/crun", HEIR_PAGE_OPEN, NULL},
			{"50", HEIR_PAGE_TEXT, GPU "runtime_path = \"/usr/bin/crun\"\n"}},
		"binary-writable path-copies-default"},
	{"all faults of all files", NULL,
		{{"50", HEIR_PAGE_TEXT, "a = \n[crio.runtime]\nb = \n"},
			{"60", HEIR_PAGE_TEXT, "[crio.runtime]\nlog_level = 1\n"}},
		"toml-syntax toml-syntax value-type"},
};

static void check_single(const struct single *single)
{
	struct heir_rule_page page = {.version = single->version};
	char found[1024] = "", *root;
	struct heir_ctx *ctx = check_page(&page, single->files, &root);
	bool ok;

	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		strncat(found, i ? " " : "", sizeof(found) - strlen(found) - 1);
		strncat(found, finding(ctx, i).rule, sizeof(found) - strlen(found) - 1);
	}
	ok = strcmp(found, single->rules) == 0;
	tap_case(ok, "single:", single->name);
	if (!ok) {
		printf("# want: %s\n", single->rules);
		list_findings(ctx);
	}
	heir_ctx_unref(ctx);
	tree_remove(root);
}

/* ---- Memory ---- */

static int discard(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return 0;
}

/* The n-th allocation fails, for every n: an error is returned or the whole is there. */
static void check_memory(const char *root)
{
	static const enum heir_format formats[] = {HEIR_FORMAT_TEXT, HEIR_FORMAT_GITHUB};
	bool done = false, ok = true;
	unsigned long n;

	for (n = 0; !done && ok; n++) {
		struct heir_ctx *ctx = NULL;
		int r;

		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		r = heir_ctx_new(&ctx);
		r = r ? r : heir_set(ctx, HEIR_ROOT, root);
		if (r < 0)
			tap_give_up("no context");
		heir_test_fail_alloc(n);
		r = heir_load(ctx);
		r = r ? r : heir_check(ctx, NULL, 0, NULL, 0);
		for (size_t f = 0; f < ARRAY_LEN(formats) && r == 0; f++) {
			struct heir_style style = {
				.size = sizeof(struct heir_style), .format = formats[f]};

			r = heir_report_check(ctx, NULL, &style, discard, NULL);
			r = r ? r : heir_report_check_part(ctx, "r", NULL, &style, discard, NULL);
		}
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		ok = done ? r == 0 : r < 0;
		heir_ctx_unref(ctx);
	}
	tap_case(ok, "every allocation may fail:", root);
	if (!ok)
		printf("# at allocation %lu\n", n);
}

int main(int argc, char *argv[])
{
	static const char *const files[] = {"crio-named.jsonl", "crio-dialect.jsonl",
		"crio-mixed.jsonl", "crio-random.jsonl", "crio-releases.jsonl"};
	static const char *const examples[] = {"ocp-worker", "debian-node"};
	const char *source = getenv("HEIR_SOURCE");
	char path[512];

	umask(0022);
	for (size_t i = 0; i < heir_n_rules(); i++)
		check_rule(i);
	for (size_t i = 0; i < ARRAY_LEN(singles); i++)
		check_single(&singles[i]);
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		snprintf(path, sizeof(path), "%s/examples/%s", source ? source : ".", examples[i]);
		check_memory(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (argc < 2 || strstr(files[i], argv[1]))
			vector_each(files[i], check_vector);
	return tap_end();
}
