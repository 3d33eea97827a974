/* SPDX-License-Identifier: Apache-2.0 */
/* Releases: how they are written, and since when a thing is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/macro.h"
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
		assert_int_equal(heir_field_find(heir_fields[f].name, &exact), f);
		assert_true(exact);
	}
	assert_int_equal(
		heir_field_find(HEIR_STR("Runtime_Path"), &exact), HEIR_FIELD_runtime_path);
	assert_false(exact);
	assert_int_equal(heir_field_find(HEIR_STR("DisallowedAnnotations"), &exact),
		HEIR_FIELD_disallowed_annotations);
	assert_true(exact);
	assert_int_equal(
		heir_field_find(HEIR_STR("disallowed_annotations"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_find(HEIR_STR("runtime_pat"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_find(HEIR_STR("runtime_pathx"), &exact), HEIR_N_FIELDS);
	assert_int_equal(heir_field_find(HEIR_STR(""), &exact), HEIR_N_FIELDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_parsed),
		cmocka_unit_test(since_lists),
		cmocka_unit_test(releases_in_their_order),
		cmocka_unit_test(every_list_is_well_written),
		cmocka_unit_test(keys_come_and_go),
		cmocka_unit_test(fields_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
