/* SPDX-License-Identifier: Apache-2.0 */
/* Releases: how they are written, and since when a thing is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/macro.h"
#include "config/annotation.h"
#include "config/field.h"
#include "config/keys.h"
#include "config/release.h"
#include "config/schema.h"

static void versions_are_parsed(void **state)
{
	enum { LAST = HEIR_PATCH_LAST };
	static const struct {
		const char *text;
		int minor, patch; /* minor -1: it is none */
	} versions[] = {
		{"1.34", 34, LAST},
		{"1.34.2", 34, 2},
		{"v1.34.2", 34, 2},
		{"v1.34", 34, LAST},
		{"1.34.0", 34, 0},
		{"1.0", 0, LAST},
		{"1.99.1", 99, 1},
		{"1.65534.65534", 65534, 65534},
		{"1.65535", -1, 0},
		{"1.1.65535", -1, 0},
		{"1.99999999999999999999", -1, 0},
		{"", -1, 0},
		{"v", -1, 0},
		{"1", -1, 0},
		{"1.", -1, 0},
		{"1.34.", -1, 0},
		{"1.34.2.", -1, 0},
		{"1.34.2.1", -1, 0},
		{"2.34", -1, 0},
		{"11.34", -1, 0},
		{"0.34", -1, 0},
		{"vv1.34", -1, 0},
		{"V1.34", -1, 0},
		{" 1.34", -1, 0},
		{"1.34 ", -1, 0},
		{"1.34-rc1", -1, 0},
		{"1.34.x", -1, 0},
		{"1.-34", -1, 0},
		{"1.+34", -1, 0},
		{"latest", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct heir_version version = {0, 0};
		bool got = heir_version_parse(versions[i].text, &version);

		if (got != (versions[i].minor >= 0) ||
			(got && (version.minor != versions[i].minor ||
					version.patch != versions[i].patch)))
			fail_msg("'%s': %d, 1.%u.%u", versions[i].text, got, version.minor,
				version.patch);
	}
}

static struct heir_version version(const char *text)
{
	struct heir_version ret;

	assert_true(heir_version_parse(text, &ret));
	return ret;
}

static void since_lists(void **state)
{
	static const struct {
		const char *version, *since;
		bool there;
	} cases[] = {
		{"1.28.0", "", true},
		{"1.28", "1.29", false},
		{"1.29.0", "1.29", true},
		{"1.29", "1.29", true},
		{"1.30.0", "1.29", true},
		{"1.29.2", "1.29.3", false},
		{"1.29.3", "1.29.3", true},
		{"1.29", "1.29.3", true},
		/* A patch release is about its own minor only. */
		{"1.30", "1.29.3", false},
		{"1.35.2", "1.36 1.34.8 1.35.3", false},
		{"1.35.3", "1.36 1.34.8 1.35.3", true},
		{"1.35.4", "1.36 1.34.8 1.35.3", true},
		{"1.34.7", "1.36 1.34.8 1.35.3", false},
		{"1.34.8", "1.36 1.34.8 1.35.3", true},
		{"1.33", "1.36 1.34.8 1.35.3", false},
		{"1.36.0", "1.36 1.34.8 1.35.3", true},
		{"1.37", "1.36 1.34.8 1.35.3", true},
		{"1.31.3", "1.32 1.31.3", true},
		{"1.31.2", "1.32 1.31.3", false},
		{"1.9", "1.10", false},
		/* A patch release whose number is not known is not there. */
		{"1.34", "1.37 1.34.?", false},
		{"1.37", "1.37 1.34.?", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (heir_version_has(version(cases[i].version), cases[i].since) != cases[i].there)
			fail_msg("%s in '%s'", cases[i].version, cases[i].since);
}

static void releases_in_their_order(void **state)
{
	(void)state;
	assert_ptr_equal(heir_release_newest(), &heir_releases[heir_n_releases - 1]);
	for (unsigned i = 0; i < heir_n_releases; i++) {
		struct heir_version any = {heir_releases[i].minor, 3};

		assert_int_equal(heir_releases[i].minor, heir_releases[0].minor + i);
		assert_ptr_equal(heir_release_of(any), &heir_releases[i]);
	}
	assert_null(heir_release_of(version("1.27")));
	assert_null(heir_release_of(version("1.38")));
	assert_int_equal(heir_version_toml(version("1.28")), HEIR_TOML_1_0);
	assert_int_equal(heir_version_toml(version("1.34")), HEIR_TOML_1_0);
	assert_int_equal(heir_version_toml(version("1.35.0")), HEIR_TOML_1_0);
	assert_int_equal(heir_version_toml(version("1.35.1")), HEIR_TOML_1_1);
	assert_int_equal(heir_version_toml(version("1.35")), HEIR_TOML_1_1);
	assert_int_equal(heir_version_toml(version("1.36.0")), HEIR_TOML_1_1);
	assert_int_equal(heir_version_toml(version("1.37")), HEIR_TOML_1_1);
	/* One that heir does not know is not guessed at. */
	assert_int_equal(heir_version_toml(version("1.38")), HEIR_TOML_1_0);
}

/* A list that does not parse would stop the program that asks: each is asked once here, for a
 * release that none of its entries can be of. */
static void every_list_is_well_written(void **state)
{
#define ALWAYS ""
#define STILL ""
#define SINCE(table, key, type, opens, since, until, ...) since, until,
	static const char *const lists[] = {HEIR_KEYS(SINCE)};
	struct heir_version before = {0, 0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		assert_int_equal(heir_version_has(before, lists[i]), lists[i][0] == '\0');
	for (size_t i = 0; i < HEIR_N_FIELDS; i++)
		assert_int_equal(heir_version_has(before, heir_fields[i].since),
			heir_fields[i].since[0] == '\0');
}

static void unknown_patches_may_have_it(void **state)
{
	static const struct {
		const char *version, *since;
		bool may;
	} cases[] = {
		{"1.34", "1.37 1.30.? 1.34.?", true},
		{"1.34.0", "1.37 1.30.? 1.34.?", true},
		{"1.30", "1.37 1.30.? 1.34.?", true},
		{"1.33", "1.37 1.30.? 1.34.?", false},
		{"1.37", "1.37 1.30.?", true},
		{"1.28", "", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (heir_version_may_have(version(cases[i].version), cases[i].since) !=
			cases[i].may)
			fail_msg("%s in '%s'", cases[i].version, cases[i].since);
}

static void shims_are_named_by_release(void **state)
{
	static const struct {
		const char *path;
		bool before, since; /* up to 1.36, and from 1.37 on */
	} names[] = {
		{"/usr/bin/containerd-shim-kata-v2", true, true},
		{"containerd-shim-kata-v2", true, true},
		{"/usr/bin/containerd-shim-runsc-v1", false, true},
		{"/usr/bin/containerd-shim-v2", false, true},
		{"/usr/bin/containerd-shim-x", false, true},
		{"/usr/bin/containerd-shim-", false, false},
		{"/usr/bin/containerd-shim--v2", false, true},
		{"/usr/bin/containerd-shim---v2", true, true},
		{"/usr/bin/containerd-shim-a+b-v2", true, true},
		{"/usr/bin/containerd-shim-kata-v20", true, true},
		{"/usr/bin/containerd-shim-kata-v2-tp", true, true},
		{"/usr/bin/containerd-shim-kata-v2.real", true, false},
		{"/usr/bin/my-containerd-shim-kata-v2.sh", true, false},
		{"/usr/bin/containerd-shim-a.b-v2", false, false},
		{"/usr/bin/containerd-shim-a_b-v2", false, false},
		{"/usr/bin/containerd-shim-a b-v2", false, false},
		{"/usr/bin/containerd-shim-.containerd-shim-b-v2", true, false},
		{"/usr/bin/containerd-shim-containerd-shim-v2", true, true},
		{"/opt/containerd-shim-kata-v2/kata", false, false},
		{"/usr/bin/containerd-shim-kata-v2/", true, true},
		{"/usr/bin/Containerd-shim-kata-v2", false, false},
		{"/usr/bin/kata", false, false},
		{"/", false, false},
		{"", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (unsigned r = 0; r < heir_n_releases; r++) {
			struct heir_version v = {heir_releases[r].minor, HEIR_PATCH_LAST};
			bool want = v.minor < 37 ? names[i].before : names[i].since;

			if (heir_version_accepts_shim(v, heir_str_from(names[i].path)) != want)
				fail_msg("1.%u: %s", v.minor, names[i].path);
		}
}

static void the_first_1_28_allows_no_devices(void **state)
{
	(void)state;
	assert_null(strstr(heir_version_builtin(version("1.28.2")), "Devices"));
	assert_non_null(strstr(heir_version_builtin(version("1.28.3")), "Devices"));
	assert_non_null(strstr(heir_version_builtin(version("1.28")), "Devices"));
	assert_non_null(strstr(heir_version_builtin(version("1.29.0")), "Devices"));
}

/* ---- crio-schema.tsv: every key, read off CRI-O's sources ---- */

static bool read_line(FILE *file, char line[4096], char *columns[12])
{
	char *rest = line;

	if (!fgets(line, 4096, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	for (unsigned i = 0; i < 12; i++)
		columns[i] = rest ? strsep(&rest, "\t") : NULL;
	return true;
}

static enum heir_key_table table_named(const char *name)
{
	static const char *const names[] = {
		[HEIR_KEYS_CRIO] = "crio",
		[HEIR_KEYS_API] = "crio.api",
		[HEIR_KEYS_CHECKPOINT] = "crio.checkpoint_restore",
		[HEIR_KEYS_IMAGE] = "crio.image",
		[HEIR_KEYS_METRICS] = "crio.metrics",
		[HEIR_KEYS_NETWORK] = "crio.network",
		[HEIR_KEYS_NRI] = "crio.nri",
		[HEIR_KEYS_VALIDATOR] = "crio.nri.default_validator",
		[HEIR_KEYS_RUNTIME] = "crio.runtime",
		[HEIR_KEYS_WORKLOAD] = "crio.runtime.workloads.*",
		[HEIR_KEYS_RESOURCES] = "crio.runtime.workloads.*.resources",
		[HEIR_KEYS_STATS] = "crio.stats",
		[HEIR_KEYS_TRACING] = "crio.tracing",
		[HEIR_KEYS_HANDLER] = "crio.runtime.runtimes.*",
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	return HEIR_KEYS_NOWHERE;
}

/* The minor of "1.34", "<=1.20" or "main (1.37)". */
static unsigned minor_of(const char *text)
{
	const char *point = strstr(text, "1.");

	return point ? (unsigned)atoi(point + 2) : 0;
}

/* Does the release have the key, by the columns "first minor" and "backported first tag"? */
static bool arrived(char *columns[12], struct heir_version v)
{
	char tags[128], *rest = tags, *tag;

	if (v.minor >= minor_of(columns[4]))
		return true;
	snprintf(tags, sizeof(tags), "%s", columns[5]);
	while ((tag = strsep(&rest, ";"))) {
		unsigned minor, patch;

		if (sscanf(tag, "v1.%u.%u", &minor, &patch) == 2 && minor == v.minor &&
			v.patch >= patch)
			return true;
	}
	return false;
}

static bool is_in_heir(enum heir_key_table table, struct heir_str key, struct heir_version v)
{
	bool exact;
	enum heir_field field;

	if (table != HEIR_KEYS_HANDLER)
		return heir_key_find(table, key, v, &exact) && exact;
	field = heir_field_by_name(key, &exact);
	return field < HEIR_N_FIELDS && exact && heir_field_is_known(field, v);
}

static void keys_are_those_of_the_sources(void **state)
{
	const char *source = getenv("HEIR_SOURCE");
	char path[512], line[4096], *columns[12];
	unsigned n = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/../shared/facts/crio-schema.tsv", source ? source : "");
	file = fopen(path, "re");
	if (!file) {
		print_message("# no crio-schema.tsv to compare with\n");
		skip();
	}
	read_line(file, line, columns);
	while (read_line(file, line, columns)) {
		enum heir_key_table table = table_named(columns[0]);

		assert_int_not_equal(table, HEIR_KEYS_NOWHERE);
		for (unsigned r = 0; r < heir_n_releases; r++)
			for (unsigned patch = 0; patch < 20; patch++) {
				struct heir_version v = {heir_releases[r].minor,
					patch < 19 ? (uint16_t)patch : HEIR_PATCH_LAST};
				bool want = arrived(columns, v) && v.minor <= minor_of(columns[6]);

				if (is_in_heir(table, heir_str_from(columns[1]), v) != want)
					fail_msg("%s.%s in 1.%u.%u", columns[0], columns[1],
						v.minor, v.patch);
			}
		n++;
	}
	fclose(file);
	assert_true(n > 150);
}

static void annotations_are_those_of_the_sources(void **state)
{
	const char *source = getenv("HEIR_SOURCE");
	char path[512], line[4096], *columns[12];
	unsigned n = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/../shared/facts/crio-allowed-annotations.tsv",
		source ? source : "");
	file = fopen(path, "re");
	if (!file) {
		print_message("# no crio-allowed-annotations.tsv to compare with\n");
		skip();
	}
	read_line(file, line, columns);
	while (read_line(file, line, columns) && columns[4]) {
		/* Columns as arrived() wants them. */
		char *as_key[12] = {[4] = columns[1], [5] = columns[4]};

		for (unsigned r = 0; r < heir_n_releases; r++)
			for (unsigned patch = 0; patch < 20; patch++) {
				struct heir_version v = {heir_releases[r].minor, (uint16_t)patch};

				if (heir_annotation_is_known(heir_str_from(columns[0]), v) !=
					arrived(as_key, v))
					fail_msg("%s in 1.%u.%u", columns[0], v.minor, patch);
			}
		n++;
	}
	fclose(file);
	assert_true(n == 45);
}

static void annotations_have_twins(void **state)
{
	struct heir_str name;
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; (name = heir_annotation_at(i)).p; i++) {
		struct heir_str twin = heir_annotation_twin(name, version("1.35"));

		assert_non_null(heir_annotation_since(name));
		assert_null(heir_annotation_twin(name, version("1.34")).p);
		if (!twin.p)
			continue;
		n++;
		assert_false(heir_str_eq(name, twin));
		assert_true(heir_str_eq(heir_annotation_twin(twin, version("1.37")), name));
		assert_true(heir_annotation_bit(name) == heir_annotation_bit(twin));
	}
	assert_int_equal(n, 30);
	assert_true(heir_annotation_bit(HEIR_STR("bundle")) != 0);
	assert_true(heir_annotation_bit(HEIR_STR("bundle")) !=
		    heir_annotation_bit(HEIR_STR("run.oci.")));
	assert_true(heir_annotation_bit(HEIR_STR("nope")) == 0);
	assert_null(heir_annotation_since(HEIR_STR("nope")));
	assert_string_equal(heir_annotation_since(HEIR_STR("devices.crio.io")), "1.35");
}

static void defaults_of_deprecated_keys(void **state)
{
	static const struct {
		enum heir_key_table table;
		const char *key, *value, *version;
		bool is_default;
	} cases[] = {
		{HEIR_KEYS_RUNTIME, "uid_mappings", "\"\"", "1.34", true},
		{HEIR_KEYS_RUNTIME, "uid_mappings", "''", "1.34", true},
		{HEIR_KEYS_RUNTIME, "uid_mappings", "\"0:1:2\"", "1.34", false},
		{HEIR_KEYS_RUNTIME, "selinux", "false", "1.34", true},
		{HEIR_KEYS_RUNTIME, "selinux", "true", "1.34", false},
		{HEIR_KEYS_RUNTIME, "pids_limit", "0", "1.28", true},
		{HEIR_KEYS_RUNTIME, "pids_limit", "0", "1.29", false},
		{HEIR_KEYS_RUNTIME, "pids_limit", "-1", "1.29", true},
		{HEIR_KEYS_RUNTIME, "conmon_env", "[]", "1.34", true},
		{HEIR_KEYS_RUNTIME, "conmon_env", "['A=1']", "1.34", false},
		{HEIR_KEYS_CRIO, "internal_wipe", "true", "1.34", true},
		{HEIR_KEYS_CRIO, "internal_wipe", "false", "1.34", false},
		/* Of keys that are not deprecated no default is known. */
		{HEIR_KEYS_RUNTIME, "log_level", "''", "1.34", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct heir_toml_options options = {HEIR_TOML_CRIO, HEIR_TOML_1_0, false};
		struct heir_version v = version(cases[i].version);
		const struct heir_key_row *row;
		struct heir_toml_doc *doc;
		char text[64];
		bool exact;

		snprintf(text, sizeof(text), "key = %s\n", cases[i].value);
		assert_int_equal(heir_toml_parse(heir_str_from(text), &options, &doc), 0);
		row = heir_key_find(cases[i].table, heir_str_from(cases[i].key), v, &exact);
		assert_non_null(row);
		if (heir_key_is_default(row, v, doc, heir_toml_first(doc, HEIR_TOML_ROOT)) !=
			cases[i].is_default)
			fail_msg("%s = %s in %s", cases[i].key, cases[i].value, cases[i].version);
		heir_toml_free(doc);
	}
}

static void keys_come_and_go(void **state)
{
	static const struct {
		enum heir_key_table table;
		const char *key, *version;
		bool known, exact;
	} keys[] = {
		{HEIR_KEYS_ROOT, "crio", "1.28", true, true},
		{HEIR_KEYS_ROOT, "CRIO", "1.28", true, false},
		{HEIR_KEYS_ROOT, "runtime", "1.28", false, false},
		{HEIR_KEYS_RUNTIME, "default_runtime", "1.37", true, true},
		{HEIR_KEYS_RUNTIME, "Default_Runtime", "1.37", true, false},
		{HEIR_KEYS_RUNTIME, "default_runtime ", "1.37", false, false},
		{HEIR_KEYS_RUNTIME, "default", "1.37", false, false},
		{HEIR_KEYS_RUNTIME, "", "1.37", false, false},
		{HEIR_KEYS_RUNTIME, "timezone", "1.29", false, false},
		{HEIR_KEYS_RUNTIME, "timezone", "1.30.0", true, true},
		{HEIR_KEYS_RUNTIME, "min_injected_gomaxprocs", "1.35.2", false, false},
		{HEIR_KEYS_RUNTIME, "min_injected_gomaxprocs", "1.35.3", true, true},
		{HEIR_KEYS_RUNTIME, "seccomp_use_default_when_empty", "1.29", true, true},
		{HEIR_KEYS_RUNTIME, "seccomp_use_default_when_empty", "1.30.0", false, false},
		{HEIR_KEYS_RUNTIME, "manage_ns_lifecycle", "1.28", false, false},
		{HEIR_KEYS_RUNTIME,
			"\xe2\x84\xaa"
			"x",
			"1.37", false, false},
		{HEIR_KEYS_RUNTIME,
			"\xc5\xbf"
			"elinux",
			"1.37", true, false},
		{HEIR_KEYS_WORKLOAD, "disallowedannotations", "1.37", true, false},
		{HEIR_KEYS_HANDLER, "runtime_path", "1.37", false, false},
		{HEIR_KEYS_NOWHERE, "x", "1.37", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		bool exact = false;
		const struct heir_key_row *row = heir_key_find(keys[i].table,
			heir_str_from(keys[i].key), version(keys[i].version), &exact);

		if ((row != NULL) != keys[i].known || (row && exact != keys[i].exact))
			fail_msg("%s in %s", keys[i].key, keys[i].version);
		if (row)
			assert_true(heir_str_eqfold(heir_str_from(keys[i].key), row->name));
	}
}

static void fields_are_found(void **state)
{
	bool exact;

	(void)state;
	for (unsigned f = 0; f < HEIR_N_FIELDS; f++) {
		if (f == HEIR_FIELD_disallowed_annotations)
			continue;
		assert_int_equal(heir_field_by_name(heir_fields[f].name, &exact), f);
		assert_true(exact);
	}
	assert_int_equal(
		heir_field_by_name(HEIR_STR("Runtime_Path"), &exact), HEIR_FIELD_runtime_path);
	assert_false(exact);
	assert_int_equal(heir_field_by_name(HEIR_STR("DisallowedAnnotations"), &exact),
		HEIR_FIELD_disallowed_annotations);
	assert_true(exact);
	assert_int_equal(
		heir_field_by_name(HEIR_STR("disallowed_annotations"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_by_name(HEIR_STR("runtime_pat"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_by_name(HEIR_STR("runtime_pathx"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_by_name(HEIR_STR(""), &exact), HEIR_N_FIELDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_parsed),
		cmocka_unit_test(since_lists),
		cmocka_unit_test(releases_in_their_order),
		cmocka_unit_test(unknown_patches_may_have_it),
		cmocka_unit_test(shims_are_named_by_release),
		cmocka_unit_test(the_first_1_28_allows_no_devices),
		cmocka_unit_test(keys_are_those_of_the_sources),
		cmocka_unit_test(annotations_are_those_of_the_sources),
		cmocka_unit_test(annotations_have_twins),
		cmocka_unit_test(defaults_of_deprecated_keys),
		cmocka_unit_test(every_list_is_well_written),
		cmocka_unit_test(keys_come_and_go),
		cmocka_unit_test(fields_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
