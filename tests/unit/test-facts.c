/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a node and features of runtimes: what is read, what is refused and in which words, the
 * order of versions. Conditions on them are in test-when.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/macro.h"
#include "node/expr.h"
#include "node/facts.h"
#include "node/json.h"
#include "node/semver.h"
#include "support/fail-alloc.h"

static struct heir_str str(const char *z)
{
	return heir_str_from(z);
}

static const struct heir_facts *parse(struct heir_arena *arena, const char *json)
{
	struct heir_facts *facts = NULL;
	const char *error = NULL;
	int r = heir_facts_parse(str(json), arena, &facts, &error);

	if (r != 0)
		fail_msg("%s: %d %s", json, r, error ? error : "");
	return facts;
}

static const char sample[] =
	"{\"schema\": \"heir.facts/1\", \"features\": {"
	" \"kernel.version\": {\"major\": \"5\", \"minor\": 14, \"Full\": \"5.14.0\"},"
	" \"Kernel.LoadedModule\": [\"overlay\", \"kvm\", \"overlay\"],"
	" \"pci.device\": [{\"vendor\": \"10de\", \"class\": \"0302\"}, {}],"
	" \"cpu.cpuid\": {\"flags\": [\"AVX2\"], \"attributes\": {\"AVX10_VERSION\": \"1\"},"
	"  \"instances\": [{\"x\": true}]},"
	" \"local.label\": {\"flags\": \"not a kind\", \"on\": false},"
	" \"local.feature\": {}, \"usb.device\": [], \"kernel.enabledmodule\": [], \"x.y\": []},"
	" \"runtimes\": {\"/usr/bin/runc\": null, \"/usr/bin/crun\": {\"ociVersionMin\": "
	"\"1.0.0\"}}}";

static void facts_kinds(void **state)
{
	const struct heir_facts *facts;
	const struct heir_feature *feature;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	facts = parse(&arena, sample);
	assert_int_equal(facts->n_features, 9);

	feature = heir_facts_feature(facts, str("kernel.VERSION"));
	assert_non_null(feature);
	assert_true(feature->has_attributes && !feature->has_flags && !feature->has_instances);
	assert_string_equal(heir_feature_attribute(feature, str("minor"))->p, "14");
	assert_null(heir_feature_attribute(feature, str("full")));
	assert_non_null(heir_feature_attribute(feature, str("Full")));

	feature = heir_facts_feature(facts, str("kernel.loadedmodule"));
	assert_true(feature->has_flags && !feature->has_attributes && !feature->has_instances);
	assert_int_equal(feature->n_flags, 2);
	assert_true(heir_feature_has_flag(feature, str("kvm")));
	assert_false(heir_feature_has_flag(feature, str("zfs")));

	feature = heir_facts_feature(facts, str("pci.device"));
	assert_true(feature->has_instances && !feature->has_attributes && !feature->has_flags);
	assert_int_equal(feature->n_instances, 2);
	assert_string_equal(
		heir_instance_attribute(&feature->instances[0], str("vendor"))->p, "10de");
	assert_null(heir_instance_attribute(&feature->instances[1], str("vendor")));

	feature = heir_facts_feature(facts, str("cpu.cpuid"));
	assert_true(feature->has_flags && feature->has_attributes && feature->has_instances);
	assert_string_equal(heir_instance_attribute(&feature->instances[0], str("x"))->p, "true");
	heir_arena_release(&arena);
}

static void facts_odd_kinds(void **state)
{
	const struct heir_facts *facts;
	const struct heir_feature *feature;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	facts = parse(&arena, sample);
	feature = heir_facts_feature(facts, str("local.label"));
	assert_true(feature->has_attributes && !feature->has_flags);
	assert_string_equal(heir_feature_attribute(feature, str("on"))->p, "false");
	assert_string_equal(heir_feature_attribute(feature, str("flags"))->p, "not a kind");
	feature = heir_facts_feature(facts, str("local.feature"));
	assert_true(feature->has_attributes && feature->n_attributes == 0);
	feature = heir_facts_feature(facts, str("usb.device"));
	assert_true(feature->has_instances && !feature->has_flags);
	feature = heir_facts_feature(facts, str("kernel.enabledmodule"));
	assert_true(feature->has_flags && !feature->has_instances);
	feature = heir_facts_feature(facts, str("x.y"));
	assert_true(feature->has_flags && feature->has_instances);
	assert_null(heir_facts_feature(facts, str("nope.feature")));
	assert_null(heir_facts_feature(facts, str("")));
	heir_arena_release(&arena);
}

static void facts_runtimes(void **state)
{
	const struct heir_facts *facts;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	facts = parse(&arena, sample);
	assert_null(heir_facts_runtime(facts, str("/usr/bin/runc")));
	assert_null(heir_facts_runtime(facts, str("/usr/bin/youki")));
	assert_non_null(heir_facts_runtime(facts, str("/usr/bin/crun")));
	facts = parse(&arena, "{}");
	assert_null(heir_facts_runtime(facts, str("/usr/bin/crun")));
	assert_null(heir_facts_feature(facts, str("kernel.version")));
	heir_arena_release(&arena);
}

static void facts_names(void **state)
{
	const struct heir_facts *facts;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	facts = parse(&arena, "{\"features\": {\"acme.widget\": []}}");
	assert_true(heir_feature_known(str("PCI.device")));
	assert_true(heir_feature_known(str("cpu.coprocessor")));
	assert_true(heir_feature_known(str("usb.device")));
	assert_false(heir_feature_known(str("acme.widget")));
	assert_false(heir_feature_known(str("pci.devic")));
	assert_string_equal(heir_feature_nearest(facts, str("pci.devcie"), NULL), "pci.device");
	assert_string_equal(heir_feature_nearest(facts, str("acme.wigdet"), NULL), "acme.widget");
	assert_null(heir_feature_nearest(facts, str("nope.feature"), NULL));
	heir_arena_release(&arena);
}

static void facts_wrong(void **state)
{
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"[]", "the document is not an object"},
		{"{\"what\": 1}", "what is not a part of facts"},
		{"{\"schema\": \"heir.facts/2\"}", "schema is not \"heir.facts/1\""},
		{"{\"schema\": 1}", "schema is not \"heir.facts/1\""},
		{"{\"features\": []}", "features is not an object"},
		{"{\"features\": null}", "features is not an object"},
		{"{\"features\": {\"a.b\": 1}}", "features.a.b is neither an array nor an object"},
		{"{\"features\": {\"a.b\": null}}",
			"features.a.b is neither an array nor an object"},
		{"{\"features\": {\"a.b\": [\"x\", 1]}}", "features.a.b[1] is not a string"},
		{"{\"features\": {\"a.b\": [\"x\", {}]}}", "features.a.b[1] is not a string"},
		{"{\"features\": {\"a.b\": [{}, \"x\"]}}", "features.a.b[1] is not an object"},
		{"{\"features\": {\"pci.device\": [{}, {}, {\"vendor\": []}]}}",
			"features.pci.device[2].vendor is not a string"},
		{"{\"features\": {\"a.b\": {\"x\": null}}}", "features.a.b.x is not a string"},
		{"{\"features\": {\"a.b\": {\"x\": 1.5}}}", "features.a.b.x is not a string"},
		{"{\"features\": {\"a.b\": {\"flags\": [], \"other\": []}}}",
			"features.a.b.flags is not a string"},
		{"{\"features\": {\"a.b\": {\"flags\": [1]}}}",
			"features.a.b.flags[0] is not a string"},
		{"{\"features\": {\"a.b\": {\"attributes\": {\"x\": {}}}}}",
			"features.a.b.attributes.x is not a string"},
		{"{\"features\": {\"a.b\": {\"instances\": [1]}}}",
			"features.a.b.instances[0] is not an object"},
		{"{\"features\": {\"a.b\": [], \"A.b\": []}}",
			"features.a.b is given twice (upper and lower case are equal)"},
		{"{\"runtimes\": []}", "runtimes is not an object"},
		{"{\"runtimes\": {\"/x\": []}}", "runtimes./x is not an object"},
		{"{\"runtimes\": {\"/x\": {\"ociVersionMin\": 1}}}",
			"runtimes./x.ociVersionMin is not a string"},
		{"{\"runtimes\": {\"/x\": {\"linux\": {\"cgroup\": {\"v2\": \"yes\"}}}}}",
			"runtimes./x.linux.cgroup.v2 is not a boolean"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_facts *facts = NULL;
		const char *error = NULL;
		struct heir_arena arena;

		heir_arena_init(&arena);
		assert_int_equal(
			heir_facts_parse(str(cases[i].json), &arena, &facts, &error), -EINVAL);
		assert_null(facts);
		assert_string_equal(error, cases[i].error);
		heir_arena_release(&arena);
	}
}

static void refuse(struct heir_str json, const char *part)
{
	struct heir_facts *facts = NULL;
	const char *error = NULL;
	struct heir_arena arena;

	heir_arena_init(&arena);
	assert_int_equal(heir_facts_parse(json, &arena, &facts, &error), -EINVAL);
	assert_null(facts);
	assert_non_null(error);
	if (!strstr(error, part))
		fail_msg("'%s' is not in '%s'", part, error);
	heir_arena_release(&arena);
}

static void facts_hostile(void **state)
{
	enum { DEEP = 100000 };
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	refuse(HEIR_STR_NULL, "not JSON");
	refuse(str(""), "not JSON");
	refuse(str("{"), "not JSON");
	refuse(str("{} x"), "not JSON");
	refuse(str("{\"features\": {}, \"features\": {}}"), "not JSON");
	refuse(str("{\"features\": {\"a.b\": [\"\\u0000\"]}}"), "not JSON");
	refuse(str("{\"features\": {\"a\\u0000.b\": []}}"), "not JSON");
	refuse(str("{\"schema\": \"\xff\"}"), "not JSON");
	refuse(str("{\"schema\": \"\\ud800\"}"), "not JSON");
	refuse(str("{\"schema\": 1e999}"), "not JSON");
	refuse(str("{\"schema\": 99999999999999999999}"), "not JSON");
	refuse(HEIR_STR("{\"features\": {}}\0"), "not JSON");
	heir_buf_fill(&buf, '[', DEEP);
	heir_buf_fill(&buf, ']', DEEP);
	assert_int_equal(heir_buf_error(&buf), 0);
	refuse(heir_buf_str(&buf), "not JSON");
	heir_buf_clear(&buf);
	heir_buf_fill(&buf, ' ', HEIR_JSON_MAX_SIZE + 1);
	assert_int_equal(heir_buf_error(&buf), 0);
	refuse(heir_buf_str(&buf), "2 MiB");
}

/* A long name is cut, and between characters. */
static void facts_long_names(void **state)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	(void)state;
	heir_buf_addz(&buf, "{\"features\": {\"");
	heir_buf_fill(&buf, 'a', 63);
	heir_buf_addz(&buf, "é");
	heir_buf_fill(&buf, 'b', 100000);
	heir_buf_addz(&buf, "\": 1}}");
	refuse(heir_buf_str(&buf), "aaa... is neither");
}

static void features_values(void **state)
{
	static const char json[] =
		"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.1.0+dev\", \"hooks\": 7,"
		" \"mountOptions\": [\"rro\", \"bind\", \"rro\"],"
		" \"linux\": {\"namespaces\": [], \"capabilities\": null,"
		"  \"cgroup\": {\"v1\": true, \"v2\": false}, \"seccomp\": {\"enabled\": true},"
		"  \"mountExtensions\": {\"idmap\": {\"enabled\": true}}},"
		" \"annotations\": {\"b\": \"2\", \"a\": \"1\"}}";
	struct heir_features *features = NULL;
	const char *error = NULL;
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_features_parse(str(json), &arena, &features, &error), 0);
	assert_string_equal(features->oci_version_min.p, "1.0.0");
	assert_string_equal(features->oci_version_max.p, "1.1.0+dev");
	assert_true(features->lists[HEIR_MOUNT_OPTIONS].known);
	assert_int_equal(features->lists[HEIR_MOUNT_OPTIONS].n_items, 2);
	assert_true(features->lists[HEIR_NAMESPACES].known);
	assert_int_equal(features->lists[HEIR_NAMESPACES].n_items, 0);
	assert_false(features->lists[HEIR_CAPABILITIES].known);
	assert_false(features->lists[HEIR_SECCOMP_ACTIONS].known);
	assert_int_equal(features->switches[HEIR_IDMAP], HEIR_YES);
	assert_int_equal(features->switches[HEIR_CGROUP_V2], HEIR_NO);
	assert_int_equal(features->n_annotations, 2);
	assert_string_equal(features->annotations[0].name.p, "a");
	heir_arena_release(&arena);
}

/* Nothing at all, or null at any level, is unknown. */
static void features_unknown(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"ociVersionMin\": null, \"ociVersionMax\": null, \"mountOptions\": null,"
		" \"linux\": null, \"annotations\": null}",
		"{\"linux\": {\"seccomp\": null, \"cgroup\": null, \"mountExtensions\": null}}",
		"{\"linux\": {\"seccomp\": {\"actions\": null}, \"cgroup\": {\"v2\": null},"
		" \"mountExtensions\": {\"idmap\": null}}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct heir_features *features = NULL;
		const char *error = NULL;
		struct heir_arena arena;

		heir_arena_init(&arena);
		assert_int_equal(heir_features_parse(str(texts[i]), &arena, &features, &error), 0);
		assert_null(features->oci_version_min.p);
		assert_null(features->oci_version_max.p);
		for (size_t k = 0; k < HEIR_N_FEATURES_LISTS; k++)
			assert_false(features->lists[k].known);
		for (size_t k = 0; k < HEIR_N_FEATURES_SWITCHES; k++)
			assert_int_equal(features->switches[k], HEIR_UNKNOWN);
		assert_false(features->annotations_known);
		heir_arena_release(&arena);
	}
}

static void features_wrong(void **state)
{
	static const struct {
		const char *json, *error;
	} cases[] = {
		{"7", "the document is not JSON"},
		{"[]", "the document is not an object"},
		{"", "the document is not JSON"},
		{"unknown command features\n", "the document is not JSON"},
		{"{\"mountOptions\": {}}", "mountOptions is not an array"},
		{"{\"mountOptions\": [1]}", "mountOptions[0] is not a string"},
		{"{\"linux\": []}", "linux is not an object"},
		{"{\"linux\": {\"seccomp\": true}}", "linux.seccomp is not an object"},
		{"{\"linux\": {\"seccomp\": {\"actions\": \"x\"}}}",
			"linux.seccomp.actions is not an array"},
		{"{\"linux\": {\"mountExtensions\": {\"idmap\": true}}}",
			"linux.mountExtensions.idmap is not an object"},
		{"{\"linux\": {\"mountExtensions\": {\"idmap\": {\"enabled\": 1}}}}",
			"linux.mountExtensions.idmap.enabled is not a boolean"},
		{"{\"annotations\": []}", "annotations is not an object"},
		{"{\"annotations\": {\"a\": 1}}", "annotations.a is not a string"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_features *features = NULL;
		const char *error = NULL;
		struct heir_arena arena;

		heir_arena_init(&arena);
		assert_int_equal(heir_features_parse(str(cases[i].json), &arena, &features, &error),
			-EINVAL);
		assert_null(features);
		assert_true(heir_str_starts(str(error), cases[i].error));
		heir_arena_release(&arena);
	}
}

static void semver_order(void **state)
{
	static const char *const ascending[] = {
		"0.9",
		"1.0.0-1",
		"1.0.0-2",
		"1.0.0-10",
		"1.0.0-alpha",
		"1.0.0-alpha.1",
		"1.0.0-alpha.beta",
		"1.0.0-beta",
		"1.0.0-rc.1",
		"v1",
		"1.0.2-dev",
		"1.0.2",
		"1.1+dev",
		"1.2.0-99999999999999999998",
		"1.2.0-99999999999999999999",
		"1.2.0",
		"10",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ascending); i++)
		for (size_t k = 0; k < ARRAY_LEN(ascending); k++) {
			struct heir_semver a, b;
			int r;

			assert_true(heir_semver_parse(str(ascending[i]), &a));
			assert_true(heir_semver_parse(str(ascending[k]), &b));
			r = heir_semver_cmp(&a, &b);
			if ((r < 0) != (i < k) || (r > 0) != (i > k))
				fail_msg("%s against %s: %d", ascending[i], ascending[k], r);
		}
}

static void semver_texts(void **state)
{
	static const char *const wrong[] = {
		"",
		"v",
		"x",
		"1.",
		".1",
		"1.2.3.4",
		"1.2.3-",
		"1.2.3+",
		"1.2.3-a..b",
		"1.2.3-a.",
		"1.2.3-\xc3\xa9",
		"1 ",
		" 1",
		"-1",
		"99999999999999999999",
		"1.2.x",
		"1.2-a+",
		"1,2",
	};
	static const char *const same[] = {"1.1.0", "1.1", "v1.1.0", "1.1.0+dev", "01.1.0"};
	struct heir_semver a, b;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (heir_semver_parse(str(wrong[i]), &a))
			fail_msg("'%s' is no version", wrong[i]);
	assert_true(heir_semver_parse(str("1.1.0"), &a));
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		assert_true(heir_semver_parse(str(same[i]), &b));
		assert_int_equal(heir_semver_cmp(&a, &b), 0);
	}
	assert_true(heir_semver_parse(str("1.1.0-rc.1"), &b));
	assert_true(heir_semver_cmp(&b, &a) < 0);
	assert_int_equal(heir_semver_cmp_core(&b, &a), 0);
}

static void integers(void **state)
{
	static const char *const wrong[] = {"", "-", "+", "x", "1x", "1 ", " 1", "1_0", "0x1",
		"1.0", "--1", "+-1", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999"};
	int64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (heir_integer_parse(str(wrong[i]), &n))
			fail_msg("'%s' is no integer", wrong[i]);
	assert_true(heir_integer_parse(str("+007"), &n) && n == 7);
	assert_true(heir_integer_parse(str("-0"), &n) && n == 0);
	assert_true(heir_integer_parse(str("9223372036854775807"), &n) && n == INT64_MAX);
	assert_true(heir_integer_parse(str("-9223372036854775808"), &n) && n == INT64_MIN);
}

static void operator_names(void **state)
{
	(void)state;
	for (enum heir_op op = HEIR_OP_IN; op < HEIR_N_NAMED_OPS; op++)
		assert_int_equal(heir_op_find(str(heir_op_name(op))), op);
	assert_int_equal(heir_op_find(str("in")), HEIR_N_OPS);
	assert_int_equal(heir_op_find(str("true")), HEIR_N_OPS);
	assert_int_equal(heir_op_find(str("")), HEIR_N_OPS);
	assert_string_equal(heir_op_nearest(str("in")), "In");
	assert_string_equal(heir_op_nearest(str("DoesntExist")), "DoesNotExist");
	assert_string_equal(heir_op_nearest(str("isTrue")), "IsTrue");
	assert_null(heir_op_nearest(str("==")));
	assert_null(heir_op_nearest(str("")));
}

/* Leaves so little in the arena that an allocation soon needs memory, and lets that fail: with each
 * size every allocation of the code is once the one that fails. */
static int parse_with_room(size_t room, bool *ret_failed)
{
	enum { FIRST_BLOCK = 16 << 10 };
	struct heir_facts *facts = NULL;
	const char *error = NULL;
	struct heir_arena arena;
	int r;

	heir_arena_init(&arena);
	assert_non_null(heir_arena_bytes(&arena, FIRST_BLOCK - room));
	heir_test_fail_alloc(0);
	r = heir_facts_parse(str(sample), &arena, &facts, &error);
	*ret_failed = heir_test_alloc_count() > 0;
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	if (r == 0)
		assert_non_null(facts);
	else
		assert_null(facts);
	assert_null(error);
	heir_arena_release(&arena);
	return r;
}

static void facts_without_memory(void **state)
{
	size_t failures = 0, room;

	(void)state;
	for (room = 0; room < 16 << 10; room += 8) {
		bool failed;
		int r = parse_with_room(room, &failed);

		assert_int_equal(r, failed ? -ENOMEM : 0);
		if (!failed)
			break;
		failures++;
	}
	assert_true(failures > 20);
	assert_true(room < 16 << 10);
}

/* The words of an error need memory too. */
static void error_without_memory(void **state)
{
	struct heir_facts *facts = NULL;
	const char *error = NULL;
	unsigned long n = 0;
	int r = -ENOMEM;

	(void)state;
	for (; r == -ENOMEM; n++) {
		struct heir_arena arena;

		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_facts_parse(str("[]"), &arena, &facts, &error);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		heir_arena_release(&arena);
	}
	assert_int_equal(r, -EINVAL);
	assert_true(n > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_kinds),
		cmocka_unit_test(facts_odd_kinds),
		cmocka_unit_test(facts_runtimes),
		cmocka_unit_test(facts_names),
		cmocka_unit_test(facts_wrong),
		cmocka_unit_test(facts_hostile),
		cmocka_unit_test(facts_long_names),
		cmocka_unit_test(features_values),
		cmocka_unit_test(features_unknown),
		cmocka_unit_test(features_wrong),
		cmocka_unit_test(semver_order),
		cmocka_unit_test(semver_texts),
		cmocka_unit_test(integers),
		cmocka_unit_test(operator_names),
		cmocka_unit_test(facts_without_memory),
		cmocka_unit_test(error_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
