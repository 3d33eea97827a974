/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on a node and requirements of a runtime: every operator on a missing element, a flag,
 * an attribute and instances, every shorthand, every fault with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macro.h"
#include "inherit/when.h"
#include "node/facts.h"
#include "support/fail-alloc.h"
#include "toml/toml.h"

enum { T = HEIR_HOLDS, F = HEIR_HOLDS_NOT, X = HEIR_FAULTY };

static const char node[] =
	"{\"features\": {"
	" \"kernel.version\": {\"full\": \"5.14.0-427.el9\", \"major\": \"5\", \"minor\": \"14\"},"
	" \"kernel.loadedmodule\": [\"kvm\", \"overlay\"],"
	" \"kernel.selinux\": {\"enabled\": \"true\"}, \"memory.swap\": {\"enabled\": \"false\"},"
	" \"kernel.enabledmodule\": [], \"memory.nv\": [], \"kernel.config\": {},"
	" \"system.osrelease\": {\"ID\": \"rhcos\", \"VERSION_ID\": \"4.18\","
	"  \"VERSION_ID.major\": \"4\"},"
	" \"cpu.cpuid\": {\"flags\": [\"AVX2\", \"BOTH\"],"
	"  \"attributes\": {\"AVX10_VERSION\": \"1\", \"BOTH\": \"false\"}},"
	" \"acme.thing\": {\"flags\": [\"red\"], \"instances\": [{\"size\": \"3\"}]},"
	" \"pci.device\": ["
	"  {\"vendor\": \"10de\", \"class\": \"0302\", \"iommu_group/type\": \"DMA\"},"
	"  {\"vendor\": \"8086\", \"class\": \"0200\", \"sriov_totalvfs\": \"8\"},"
	"  {\"vendor\": \"8086\", \"class\": \"0300\", \"sriov_totalvfs\": \"64\"}]}}";

static struct heir_effort enough = HEIR_EFFORT_ANY;

/* What both kinds of cases need; everything is NULL or empty at first. */
struct fixture {
	struct heir_arena arena;
	struct heir_toml_doc *doc;
	struct heir_facts *facts;
	struct heir_features *features;
	heir_toml_node table;
};

static void fixture_release(struct fixture *fixture)
{
	fixture->doc = heir_toml_free(fixture->doc);
	heir_arena_release(&fixture->arena);
}

static int try_load(
	struct fixture *fixture, const char *toml, const char *facts, const char *features)
{
	const struct heir_toml_options options = {HEIR_TOML_SPEC, HEIR_TOML_1_1, false};
	const char *error = NULL;
	int r = heir_toml_parse(heir_str_from(toml), &options, &fixture->doc);

	if (r < 0)
		return r;
	if (heir_toml_fatal(fixture->doc))
		fail_msg("'%s': %s", toml, heir_toml_fault(fixture->doc, 0)->message);
	fixture->table = heir_toml_first(fixture->doc, HEIR_TOML_ROOT);
	if (facts)
		r = heir_facts_parse(
			heir_str_from(facts), &fixture->arena, &fixture->facts, &error);
	if (r == 0 && features)
		r = heir_features_parse(
			heir_str_from(features), &fixture->arena, &fixture->features, &error);
	if (error)
		fail_msg("%s", error);
	return r;
}

static void check(const struct fixture *fixture, const struct heir_verdict *verdict,
	const char *toml, int answer, const char *text, const char *place)
{
	struct heir_str whole = heir_toml_text(fixture->doc);

	if ((int)verdict->answer != answer)
		fail_msg("'%s' is %d, not %d: %s", toml, (int)verdict->answer, answer,
			verdict->text);
	assert_non_null(verdict->text);
	assert_true(verdict->at + (size_t)verdict->len <= whole.len);
	if (text && !strstr(verdict->text, text))
		fail_msg("'%s' says: %s", toml, verdict->text);
	if (place && !heir_str_eqz((struct heir_str){whole.p + verdict->at, verdict->len}, place))
		fail_msg("'%s' points at: %.*s", toml, (int)verdict->len, whole.p + verdict->at);
}

/* `condition` is what stands between the braces of `when`. */
static void when(int answer, const char *condition, const char *text, const char *place)
{
	_cleanup_(heir_buf_release) struct heir_buf toml = HEIR_BUF_NULL;
	struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
	struct fixture fixture = {.doc = NULL};

	heir_arena_init(&fixture.arena);
	heir_buf_printf(&toml, "when = {%s}\n", condition);
	assert_int_equal(try_load(&fixture, toml.p, node, NULL), 0);
	assert_int_equal(heir_when_eval(fixture.doc, fixture.table, fixture.facts, &enough,
				 &fixture.arena, &verdict),
		0);
	check(&fixture, &verdict, condition, answer, text, place);
	fixture_release(&fixture);
}

/* Every operator, and what it says of an element that is missing in a feature which is there, of a
 * flag and of three attributes. */
static void operators(void **state)
{
	static const struct {
		const char *expr;
		int missing, flag, major, on, off; /* of "5", "true", "false" */
	} cases[] = {
		{"{op = \"In\", value = \"5\"}", F, F, T, F, F},
		{"{op = \"In\", value = [\"true\", \"5\"]}", F, F, T, T, F},
		{"{op = \"In\", value = 5}", F, F, T, F, F},
		{"{op = \"In\", value = [5, \"false\"]}", F, F, T, F, T},
		{"{op = \"NotIn\", value = \"5\"}", F, F, F, T, T},
		{"{op = \"NotIn\", value = [\"x\", \"true\"]}", F, F, T, F, T},
		{"{op = \"InRegexp\", value = \"^[0-9]+$\"}", F, F, T, F, F},
		{"{op = \"InRegexp\", value = [\"^x\", \"u\"]}", F, F, F, T, F},
		{"{op = \"Exists\"}", F, T, T, T, T},
		{"{op = \"Exists\", value = []}", F, T, T, T, T},
		{"{op = \"DoesNotExist\"}", T, F, F, F, F},
		{"{op = \"Gt\", value = \"4\"}", F, F, T, X, X},
		{"{op = \"Gt\", value = 5}", F, F, F, X, X},
		{"{op = \"Ge\", value = [\"5\"]}", F, F, T, X, X},
		{"{op = \"Ge\", value = 6}", F, F, F, X, X},
		{"{op = \"Lt\", value = 6}", F, F, T, X, X},
		{"{op = \"Lt\", value = \"+5\"}", F, F, F, X, X},
		{"{op = \"Le\", value = 5}", F, F, T, X, X},
		{"{op = \"Le\", value = -5}", F, F, F, X, X},
		{"{op = \"GtLt\", value = [4, 6]}", F, F, T, X, X},
		{"{op = \"GtLt\", value = [5, 6]}", F, F, F, X, X},
		{"{op = \"GtLt\", value = [4, 5]}", F, F, F, X, X},
		{"{op = \"GeLe\", value = [5, 6]}", F, F, T, X, X},
		{"{op = \"GeLe\", value = [\"4\", \"5\"]}", F, F, T, X, X},
		{"{op = \"GeLe\", value = [6, 7]}", F, F, F, X, X},
		{"{op = \"Ge\", value = \"5.0.0-rc1\", type = \"version\"}", F, F, T, X, X},
		{"{op = \"Gt\", value = \"4.9\", type = \"version\"}", F, F, T, X, X},
		{"{op = \"Le\", value = \"v5\", type = \"version\"}", F, F, T, X, X},
		{"{op = \"Lt\", value = 5, type = \"version\"}", F, F, F, X, X},
		{"{op = \"GeLe\", value = [\"5\", \"5\"], type = \"version\"}", F, F, T, X, X},
		{"{op = \"GtLt\", value = [\"6\", \"4\"], type = \"version\"}", F, F, F, X, X},
		{"{op = \"Gt\", value = 4, type = \"\"}", F, F, T, X, X},
		{"{op = \"IsTrue\"}", F, F, F, T, F},
		{"{op = \"IsFalse\"}", F, F, F, F, T},
		{"\"5\"", F, F, T, F, F},
		{"5", F, F, T, F, F},
		{"[\"true\", 5]", F, F, T, T, F},
		{"true", F, T, T, T, F},
		{"false", T, F, F, F, T},
	};
	static const char *const names[] = {"kernel.version.none", "kernel.loadedmodule.kvm",
		"kernel.version.major", "kernel.selinux.enabled", "memory.swap.enabled"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const int answers[] = {
			cases[i].missing, cases[i].flag, cases[i].major, cases[i].on, cases[i].off};

		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			char condition[256], table[256];

			snprintf(condition, sizeof(condition), "\"%s\" = %s", names[k],
				cases[i].expr);
			when(answers[k], condition, NULL, NULL);
			snprintf(table, sizeof(table), "\"%.*s\" = {%s = %s}",
				(int)(strrchr(names[k], '.') - names[k]), names[k],
				strrchr(names[k], '.') + 1, cases[i].expr);
			when(answers[k], table, NULL, NULL);
			/* A feature that is not there is no match, whatever is asked. */
			snprintf(condition, sizeof(condition), "\"local.label.%s\" = %s",
				strrchr(names[k], '.') + 1, cases[i].expr);
			when(F, condition, "the facts have no feature \"local.label\"", condition);
		}
	}
}

struct condition {
	int answer;
	const char *condition, *text, *place;
};

static void check_all(const struct condition *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		when(cases[i].answer, cases[i].condition, cases[i].text, cases[i].place);
}

static void names(void **state)
{
	static const struct condition cases[] = {
		{F, "\"system.osrelease.VERSION_ID.major\" = \"4\"",
			"no feature \"system.osrelease.VERSION_ID\": for the attribute "
			"\"VERSION_ID.major\" write \"system.osrelease\" = {\"VERSION_ID.major\" = "
			"...}",
			NULL},
		{T, "\"system.osrelease\" = {\"VERSION_ID.major\" = \"4\"}", NULL, NULL},
		{T, "\"system.osrelease\" = {\"VERSION_ID.major\" = {op = \"Le\", value = 4}}",
			NULL, NULL},
		{T, "\"system.osrelease.VERSION_ID\" = \"4.18\"", NULL, NULL},
		{T, "\"SYSTEM.OSrelease.ID\" = \"rhcos\"", NULL, NULL},
		{F, "\"system.osrelease.id\" = \"rhcos\"", "system.osrelease.id does not exist",
			NULL},
		{T, "\"acme.thing.red\" = true", NULL, NULL},
		{F, "\"nope.feature.x\" = true", "no feature \"nope.feature\"", NULL},
		{F, "\"nope.feature.x\" = false", "no feature \"nope.feature\"", NULL},
		{F, "\"nope.feature\" = {x = true}", "no feature \"nope.feature\"", NULL},
		{F, "\"nope.feature\" = {op = \"Exists\"}", "no feature \"nope\"", NULL},
		{F, "\"pci.devcie.vendor\" = \"10de\"", "did you mean \"pci.device\"?", NULL},
		{F, "\"kernel.kvm.enabled\" = false", "no feature \"kernel.kvm\"", NULL},
		{T, "", "it requires nothing", "{}"},
		{T, "\"kernel.version.major\" = 5", "all of it holds",
			"{\"kernel.version.major\" = 5}"},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

static void instances(void **state)
{
	static const struct condition cases[] = {
		{T, "\"pci.device\" = {vendor = \"10de\"}", NULL, NULL},
		{T, "\"pci.device\" = {vendor = \"10de\", class = [\"0300\", \"0302\"]}", NULL,
			NULL},
		{F, "\"pci.device\" = {vendor = \"10de\", class = \"0200\"}",
			"none of the 3 entries of pci.device matches",
			"\"pci.device\" = {vendor = \"10de\", class = \"0200\"}"},
		{T,
			"\"pci.device\" = {vendor = \"8086\", sriov_totalvfs = {op = \"Gt\", value "
			"= 8}}",
			NULL, NULL},
		{F,
			"\"pci.device\" = {vendor = \"8086\", sriov_totalvfs = {op = \"Gt\", value "
			"= 64}}",
			NULL, NULL},
		{T, "\"pci.device\" = {vendor = \"10de\", sriov_totalvfs = false}", NULL, NULL},
		{F, "\"pci.device\" = {vendor = \"8086\", sriov_totalvfs = false}", NULL, NULL},
		{T, "\"pci.device\" = {vendor = \"8086\", sriov_totalvfs = true}", NULL, NULL},
		{T, "\"pci.device\" = {sriov_totalvfs = {op = \"DoesNotExist\"}}", NULL, NULL},
		{T, "\"pci.device\" = {\"iommu_group/type\" = \"DMA\"}", NULL, NULL},
		{T, "\"pci.device\" = {}", NULL, NULL},
		{F, "\"memory.nv\" = {}", "no memory.nv exists", NULL},
		{F, "\"memory.nv\" = {mode = false}", "no memory.nv exists", NULL},
		{F, "\"usb.device\" = {}", "no feature \"usb.device\"", NULL},
		{T, "\"pci.device.vendor\" = \"8086\"", NULL, NULL},
		{F, "\"pci.device.vendor\" = \"1002\"", NULL, NULL},
		{T, "\"pci.device.sriov_totalvfs\" = true", NULL, NULL},
		{F, "\"pci.device.sriov_totalvfs\" = false",
			"pci.device.sriov_totalvfs exists, and false requires that it does not",
			NULL},
		{T, "\"pci.device.serial\" = false", NULL, NULL},
		{T, "\"memory.nv.mode\" = false", NULL, NULL},
		/* One of an instance's values is no number: faulty even where another matches. */
		{X, "\"pci.device\" = {vendor = {op = \"Gt\", value = 1}}",
			"pci.device.vendor is \"10de\", and Gt compares integers",
			"vendor = {op = \"Gt\", value = 1}"},
		/* But not where something before it has turned the instance away. */
		{T, "\"pci.device\" = {class = \"0300\", vendor = {op = \"Gt\", value = 1}}", NULL,
			NULL},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

static void several_kinds(void **state)
{
	static const struct condition cases[] = {
		{T, "\"cpu.cpuid\" = {AVX2 = true, AVX10_VERSION = 1}", NULL, NULL},
		{F, "\"cpu.cpuid\" = {AVX2 = true, AVX10_VERSION = 2}",
			"cpu.cpuid.AVX10_VERSION is \"1\", not \"2\"", "AVX10_VERSION = 2"},
		{T, "\"cpu.cpuid.AVX512F\" = {op = \"DoesNotExist\"}", NULL, NULL},
		{F, "\"cpu.cpuid.AVX2\" = {op = \"DoesNotExist\"}", NULL, NULL},
		{F, "\"cpu.cpuid.AVX10_VERSION\" = {op = \"DoesNotExist\"}", NULL, NULL},
		{T, "\"cpu.cpuid.AVX512F\" = false", NULL, NULL},
		{F, "\"cpu.cpuid.AVX2\" = false", "cpu.cpuid.AVX2 exists, and false", NULL},
		/* The same whether char has a sign or not. */
		{F, "\"cpu.cpuid\" = {\"\u00c4VX\" = true}", "cpu.cpuid.\"\303\204VX\"", NULL},
		/* A flag and an attribute of one name: either for true, both for false. */
		{T, "\"cpu.cpuid.BOTH\" = true", NULL, NULL},
		{F, "\"cpu.cpuid.BOTH\" = false", NULL, NULL},
		{T, "\"acme.thing\" = {red = true}", NULL, NULL},
		{T, "\"acme.thing\" = {size = 3}", NULL, NULL},
		{F, "\"acme.thing\" = {red = true, size = 3}", NULL, NULL},
		{F, "\"acme.thing.red\" = false", NULL, NULL},
		{F, "\"acme.thing.size\" = false", NULL, NULL},
		{T, "\"acme.thing.blue\" = false", NULL, NULL},
		{T, "\"acme.thing.size\" = 3", NULL, NULL},
		{T, "\"acme.thing\" = {}", NULL, NULL},
		{T, "\"kernel.enabledmodule\" = {}", NULL, NULL},
		{T, "\"kernel.enabledmodule.zfs\" = false", NULL, NULL},
		{T, "\"kernel.enabledmodule.zfs\" = {op = \"DoesNotExist\"}", NULL, NULL},
		{F, "\"kernel.enabledmodule.zfs\" = true", NULL, NULL},
		{T, "\"kernel.config.PREEMPT\" = false", NULL, NULL},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

static void all_hold(void **state)
{
	static const struct condition cases[] = {
		{T, "\"kernel.version.major\" = 5, \"kernel.loadedmodule.kvm\" = true", NULL, NULL},
		{F, "\"kernel.version.major\" = 6, \"kernel.loadedmodule.kvm\" = true", NULL,
			"\"kernel.version.major\" = 6"},
		{F, "\"kernel.version.major\" = 6, \"kernel.loadedmodule.zfs\" = true", NULL,
			"\"kernel.version.major\" = 6"},
		{F, "\"kernel.version.major\" = 5, \"kernel.loadedmodule.zfs\" = true",
			"kernel.loadedmodule.zfs does not exist",
			"\"kernel.loadedmodule.zfs\" = true"},
		{X, "\"kernel.version.major\" = 6, \"kernel.loadedmodule.zfs\" = 1.5", NULL, "1.5"},
		{X, "\"kernel.version.major\" = 2.5, \"kernel.loadedmodule.zfs\" = 1.5", NULL,
			"2.5"},
		{X, "\"nope.feature\" = {x = 2.5, y = {op = \"?\"}}", NULL, "2.5"},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

static void reasons(void **state)
{
	static const struct condition cases[] = {
		{F, "\"kernel.version.major\" = \"6\"", "kernel.version.major is \"5\", not \"6\"",
			NULL},
		{F, "\"kernel.version.major\" = [6, 7]", "is \"5\", not one of \"6\", \"7\"", NULL},
		{F, "\"kernel.version.major\" = [1, 2, 3, 4, 6, 7]",
			"not one of \"1\", \"2\", \"3\", \"4\" and 2 more", NULL},
		{F, "\"kernel.version.major\" = {op = \"NotIn\", value = 5}",
			"is \"5\", which NotIn excludes", NULL},
		{F, "\"kernel.version.major\" = {op = \"InRegexp\", value = \"x\"}",
			"is \"5\", which does not match \"x\"", NULL},
		{F, "\"kernel.version.major\" = {op = \"Ge\", value = \"6\"}",
			"kernel.version.major is \"5\", and Ge \"6\" requires more", NULL},
		{F, "\"kernel.version.major\" = {op = \"Lt\", value = 5}",
			"and Lt \"5\" requires less", NULL},
		{F, "\"kernel.version.major\" = {op = \"GtLt\", value = [5, 7]}",
			"and GtLt \"5\", \"7\" requires a value between them", NULL},
		{F, "\"kernel.version.major\" = {op = \"IsTrue\"}", "is \"5\", not \"true\"", NULL},
		{F, "\"kernel.version.major\" = {op = \"IsFalse\"}", "is \"5\", not \"false\"",
			NULL},
		{F, "\"kernel.version.major\" = {op = \"DoesNotExist\"}",
			"is \"5\", and DoesNotExist requires that it does not exist", NULL},
		{F, "\"memory.swap.enabled\" = true",
			"is \"false\", and true requires the opposite", NULL},
		{F, "\"kernel.selinux.enabled\" = false",
			"is \"true\", and false requires the opposite", NULL},
		{F, "\"kernel.loadedmodule.kvm\" = \"1\"",
			"kernel.loadedmodule.kvm is a flag, which has no value for In", NULL},
		{X, "\"kernel.version.full\" = {op = \"Gt\", value = 5}",
			"kernel.version.full is \"5.14.0-427.el9\", and Gt compares integers",
			"\"kernel.version.full\" = {op = \"Gt\", value = 5}"},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

/* None of these depends on whether the node has the element or the feature. */
static void faults(void **state)
{
	static const char *const names[] = {"kernel.version.major", "kernel.version.none",
		"kernel.loadedmodule.kvm", "pci.device.vendor", "local.label.x", "nope.feature.x"};
	static const struct {
		const char *expr, *text, *place;
	} cases[] = {
		{"{op = \"in\", value = \"5\"}", "unknown operator \"in\", did you mean \"In\"?",
			"\"in\""},
		{"{op = \"DoesntExist\"}", "did you mean \"DoesNotExist\"?", "\"DoesntExist\""},
		{"{op = \"\"}", "unknown operator \"\"", "\"\""},
		{"{op = \"true\"}", "unknown operator \"true\"", "\"true\""},
		{"{op = 5}", "op is not a string", "5"},
		{"{value = 5}", "the expression has no op", "{value = 5}"},
		{"{}", "the expression has no op", "{}"},
		{"{op = \"In\", valeu = \"5\"}", "no \"valeu\", did you mean \"value\"?", "valeu"},
		{"{op = \"Exists\", with = \"5\"}", "no \"with\"", "with"},
		{"{op = \"In\"}", "In needs at least one value", "{op = \"In\"}"},
		{"{op = \"In\", value = []}", "In needs at least one value", NULL},
		{"{op = \"NotIn\"}", "NotIn needs at least one value", NULL},
		{"{op = \"InRegexp\", value = []}", "InRegexp needs at least one value", NULL},
		{"{op = \"Exists\", value = 1}", "Exists takes no value", NULL},
		{"{op = \"DoesNotExist\", value = \"\"}", "DoesNotExist takes no value", NULL},
		{"{op = \"IsTrue\", value = 1}", "IsTrue takes no value", NULL},
		{"{op = \"IsFalse\", value = [1]}", "IsFalse takes no value", NULL},
		{"{op = \"Gt\"}", "Gt takes exactly one value", NULL},
		{"{op = \"Ge\", value = [1, 2]}", "Ge takes exactly one value", NULL},
		{"{op = \"Lt\", value = []}", "Lt takes exactly one value", NULL},
		{"{op = \"Le\", value = [1, 2, 3]}", "Le takes exactly one value", NULL},
		{"{op = \"GtLt\", value = 1}", "GtLt takes exactly two values", NULL},
		{"{op = \"GeLe\", value = [1, 2, 3]}", "GeLe takes exactly two values", NULL},
		{"{op = \"Gt\", value = \"x\"}", "Gt compares integers, and \"x\" is not one",
			"\"x\""},
		{"{op = \"GtLt\", value = [1, \"1.5\"]}", "\"1.5\" is not one", "\"1.5\""},
		{"{op = \"Ge\", value = \"99999999999999999999\"}", "is not one", NULL},
		{"{op = \"Ge\", value = \"1.x\", type = \"version\"}",
			"Ge compares versions, and \"1.x\" is not one", "\"1.x\""},
		{"{op = \"GtLt\", value = [7, 7]}", "must be less than the second", NULL},
		{"{op = \"GeLe\", value = [8, 7]}", "must be less than the second", NULL},
		{"{op = \"Ge\", value = 1, type = \"int\"}", "type is \"version\" or left out",
			"\"int\""},
		{"{op = \"Ge\", value = 1, type = 1}", "type is \"version\" or left out", NULL},
		{"{op = \"In\", value = 1, type = \"version\"}", "In does not compare numbers",
			NULL},
		{"{op = \"InRegexp\", value = [\"a\", \"(\"]}", "invalid pattern \"(\": ", "\"(\""},
		{"{op = \"InRegexp\", value = \"(?=a)\"}", "does not know", "\"(?=a)\""},
		{"{op = \"In\", value = true}", "not bool", "true"},
		{"{op = \"In\", value = [\"a\", 1.5]}", "not float", "1.5"},
		{"{op = \"In\", value = {}}", "not ", "{}"},
		{"[]", "In needs at least one value", "[]"},
		{"[\"a\", [\"b\"]]", "not array", "[\"b\"]"},
		{"[true]", "not bool", "true"},
		{"1.5", "a condition cannot be of type float", "1.5"},
		{"2024-01-01", "cannot be of type", "2024-01-01"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			char condition[256];

			snprintf(condition, sizeof(condition), "\"%s\" = %s", names[k],
				cases[i].expr);
			/* Without an op, a feature that nobody knows is one whole. */
			if (k < 5 || cases[i].expr[0] != '{' || strstr(cases[i].expr, "op ="))
				when(X, condition, cases[i].text, cases[i].place);
			snprintf(condition, sizeof(condition), "\"%.*s\" = {el = %s}",
				(int)(strrchr(names[k], '.') - names[k]), names[k], cases[i].expr);
			when(X, condition, cases[i].text, cases[i].place);
		}
}

static void faulty_keys(void **state)
{
	static const struct condition cases[] = {
		{X, "zfs = true", "\"zfs\" is not a feature: quote the whole name", "zfs"},
		{X, "kernel.version.major = \"5\"", "as in \"kernel.version\"", "kernel"},
		{X, "pci.device.vendor = \"10de\"", "as in \"pci.device\"", "pci"},
		{X, "kernel = {}", "as in \"kernel.version.major\"", "kernel"},
		{X, "kernel.nope = {}", "as in \"kernel.version.major\"", "kernel"},
		{X, "\"\" = true", "\"\" is not a feature", "\"\""},
		{X, "\".x\" = true", "\".x\" is not a feature", NULL},
		{X, "\"x.\" = true", "\"x.\" is not a feature", NULL},
		{X, "\"kernel.version\" = \"5\"", "add the name of one of its attributes",
			"\"kernel.version\""},
		{X, "\"pci.device\" = true", "\"pci.device\" is a feature", "\"pci.device\""},
		{X, "\"acme.thing\" = true", "\"acme.thing\" is a feature", NULL},
		{X, "\"pci.device\" = {iommu.group = \"x\"}", "no \"group\"", "group"},
	};

	(void)state;
	check_all(cases, ARRAY_LEN(cases));
}

/* `when` by a header, by dotted keys, of a wrong type. */
static void other_tables(void **state)
{
	static const struct {
		const char *toml;
		int answer;
		const char *place;
	} cases[] = {
		{"[when]\n\"kernel.version.major\" = 6\n", F, "\"kernel.version.major\" = 6"},
		{"[when]\n[when.\"pci.device\"]\nvendor = \"10de\"\n", T, NULL},
		{"[when.\"pci.device\"]\nvendor = \"1002\"\n", F, "\"pci.device\""},
		{"when.\"kernel.version.major\" = 5\n", T, NULL},
		{"when.\"pci.device\".vendor = \"10de\"\n", T, NULL},
		{"when = true\n", X, "true"},
		{"when = []\n", X, "[]"},
		{"[[when]]\n", X, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
		struct fixture fixture = {.doc = NULL};

		heir_arena_init(&fixture.arena);
		assert_int_equal(try_load(&fixture, cases[i].toml, node, NULL), 0);
		assert_int_equal(heir_when_eval(fixture.doc, fixture.table, fixture.facts, &enough,
					 &fixture.arena, &verdict),
			0);
		check(&fixture, &verdict, cases[i].toml, cases[i].answer, NULL, cases[i].place);
		fixture_release(&fixture);
	}
}

static const char crun[] =
	"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.1.0+dev\","
	" \"mountOptions\": [\"rro\", \"bind\", \"idmap\"],"
	" \"linux\": {\"namespaces\": [\"mount\", \"pid\"], \"capabilities\": [\"CAP_BPF\"],"
	"  \"cgroup\": {\"v1\": true, \"v2\": true},"
	"  \"seccomp\": {\"enabled\": true, \"actions\": [\"SCMP_ACT_ALLOW\"]},"
	"  \"mountExtensions\": {\"idmap\": {\"enabled\": false}}},"
	" \"annotations\": {\"run.oci.crun.wasm\": \"true\"}}";

static void require(
	int answer, const char *features, const char *toml, const char *text, const char *place)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
	struct fixture fixture = {.doc = NULL};

	heir_arena_init(&fixture.arena);
	heir_buf_printf(&buf, "runtime_requires = {%s}\n", toml);
	assert_int_equal(try_load(&fixture, buf.p, NULL, features), 0);
	assert_int_equal(heir_features_meet(fixture.features, fixture.doc, fixture.table,
				 &fixture.arena, &verdict),
		0);
	check(&fixture, &verdict, toml, answer, text, place);
	fixture_release(&fixture);
}

/* What crun above, a runtime that tells nothing ({}) and one without the command answer. */
static void requirements(void **state)
{
	static const struct {
		const char *toml;
		int crun, silent, none;
		const char *text; /* of crun */
	} cases[] = {
		{"", T, T, T, "it requires nothing"},
		{"oci_version = \"1.1.0\"", T, F, F, "meets oci_version"},
		{"oci_version = \"1.1\"", T, F, F, NULL},
		{"oci_version = \"1.0.0\"", T, F, F, NULL},
		{"oci_version = \"1.1.0-rc.3\"", T, F, F, NULL},
		{"oci_version = \"1.0.0-rc.1\"", F, F, F,
			"the runtime supports oci_version \"1.0.0\" to \"1.1.0+dev\", not "
			"\"1.0.0-rc.1\""},
		{"oci_version = \"1.1.1\"", F, F, F, NULL},
		{"mount_options = []", T, T, T, NULL},
		{"mount_options = [\"rro\", \"bind\"]", T, F, F, NULL},
		{"mount_options = [\"rro\", \"rnoatime\"]", F, F, F,
			"does not support the mount option \"rnoatime\""},
		{"namespaces = [\"pid\"]", T, F, F, NULL},
		{"namespaces = [\"time\"]", F, F, F, "does not support the namespace \"time\""},
		{"capabilities = [\"CAP_BPF\"]", T, F, F, NULL},
		{"capabilities = [\"cap_bpf\"]", F, F, F, "the capability \"cap_bpf\""},
		{"seccomp_actions = [\"SCMP_ACT_ALLOW\"]", T, F, F, NULL},
		{"seccomp_actions = [\"SCMP_ACT_NOTIFY\"]", F, F, F,
			"the seccomp action \"SCMP_ACT_NOTIFY\""},
		{"idmap = true", F, F, F, "the runtime does not support idmap mounts"},
		{"idmap = false", T, T, T, NULL},
		{"cgroup_v2 = true", T, F, F, NULL},
		{"cgroup_v2 = false", T, T, T, NULL},
		{"annotations = {}", T, T, T, NULL},
		{"annotations = {\"run.oci.crun.wasm\" = \"true\"}", T, F, F, NULL},
		{"annotations = {\"run.oci.crun.wasm\" = \"false\"}", F, F, F,
			"annotation \"run.oci.crun.wasm\" is \"true\", not \"false\""},
		{"annotations = {\"run.oci.crun.commit\" = \"x\"}", F, F, F,
			"no annotation \"run.oci.crun.commit\""},
		{"cgroup_v2 = true, namespaces = [\"pid\"]", T, F, F,
			"meets cgroup_v2, namespaces"},
		{"cgroup_v2 = true, namespaces = [\"time\"]", F, F, F,
			"does not support the namespace \"time\"; meets cgroup_v2"},
		{"idmap = true, cgroup_v2 = true, namespaces = [\"time\"], mount_options = []", F,
			F, F,
			"the runtime does not support idmap mounts; the runtime does not support "
			"the namespace \"time\"; meets cgroup_v2, mount_options"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		require(cases[i].crun, crun, cases[i].toml, cases[i].text, NULL);
		require(cases[i].silent, "{}", cases[i].toml,
			cases[i].silent == F && !strstr(cases[i].toml, "annotations")
				? "the runtime does not report"
				: NULL,
			NULL);
		require(cases[i].none, NULL, cases[i].toml,
			cases[i].none == F ? "the runtime does not report its features" : NULL,
			NULL);
	}
}

static void version_ranges(void **state)
{
	static const struct {
		const char *features;
		int answer;
	} cases[] = {
		{"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.0.2\"}", T},
		{"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.0.2-dev\"}", F},
		{"{\"ociVersionMin\": \"1.0.2-dev\", \"ociVersionMax\": \"1.0.2+dev\"}", T},
		{"{\"ociVersionMin\": \"1.0.3\", \"ociVersionMax\": \"1.2.0\"}", F},
		{"{\"ociVersionMin\": \"1.0.0\"}", F},
		{"{\"ociVersionMax\": \"1.2.0\"}", F},
		{"{\"ociVersionMin\": \"x\", \"ociVersionMax\": \"1.2.0\"}", F},
		{"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"\"}", F},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		require(cases[i].answer, cases[i].features, "oci_version = \"1.0.2\"", NULL, NULL);
}

/* Whatever the runtime can. */
static void faulty_requirements(void **state)
{
	static const struct {
		const char *toml, *text, *place;
	} cases[] = {
		{"mountoptions = []",
			"unknown requirement \"mountoptions\", did you mean "
			"\"mount_options\"?",
			"mountoptions"},
		{"what = 1", "unknown requirement \"what\"", "what"},
		{"oci_version = 1.1", "oci_version must be a string", "1.1"},
		{"oci_version = \"latest\"", "oci_version \"latest\" is not a version",
			"oci_version = \"latest\""},
		{"namespaces = \"pid\"", "namespaces must be an array of strings", "\"pid\""},
		{"namespaces = [\"pid\", 5]", "namespaces must be strings", "5"},
		{"capabilities = {}", "capabilities must be an array of strings", "{}"},
		{"idmap = \"true\"", "idmap must be true or false", "\"true\""},
		{"cgroup_v2 = 1", "cgroup_v2 must be true or false", "1"},
		{"annotations = [\"x\"]", "annotations must be a table of strings", "[\"x\"]"},
		{"annotations = {x = 1}", "annotations must be strings", "1"},
		{"annotations = {run.oci = \"1\"}", "quote the annotation's name", "run"},
		{"namespaces = [\"time\"], idmap = 1", "idmap must be true or false", "1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		require(X, crun, cases[i].toml, cases[i].text, cases[i].place);
		require(X, NULL, cases[i].toml, cases[i].text, cases[i].place);
	}
}

static void no_table(void **state)
{
	struct heir_verdict verdict = {HEIR_HOLDS, 0, 0, NULL};
	struct fixture fixture = {.doc = NULL};

	(void)state;
	heir_arena_init(&fixture.arena);
	assert_int_equal(try_load(&fixture, "runtime_requires = []", NULL, crun), 0);
	assert_int_equal(heir_features_meet(fixture.features, fixture.doc, fixture.table,
				 &fixture.arena, &verdict),
		0);
	check(&fixture, &verdict, "[]", X, "runtime_requires is not a table", "[]");
	fixture_release(&fixture);
}

/* A value that is too long for a pattern, and one that is cut in the words. */
static void long_values(void **state)
{
	_cleanup_(heir_buf_release) struct heir_buf facts = HEIR_BUF_NULL;
	static const struct {
		const char *toml, *text;
		int answer;
	} cases[] = {
		{"when = {\"a.b.c\" = {op = \"InRegexp\", value = \"x\"}}", "too long for InRegexp",
			X},
		{"when = {\"a.b.c\" = \"x\"}", "xxx...\", not \"x\"", F},
	};

	(void)state;
	heir_buf_addz(&facts, "{\"features\": {\"a.b\": {\"c\": \"");
	heir_buf_fill(&facts, 'x', 5000);
	heir_buf_addz(&facts, "\"}}}");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
		struct fixture fixture = {.doc = NULL};

		heir_arena_init(&fixture.arena);
		assert_int_equal(try_load(&fixture, cases[i].toml, facts.p, NULL), 0);
		assert_int_equal(heir_when_eval(fixture.doc, fixture.table, fixture.facts, &enough,
					 &fixture.arena, &verdict),
			0);
		check(&fixture, &verdict, cases[i].toml, cases[i].answer, cases[i].text, NULL);
		assert_true(strlen(verdict.text) < 200);
		fixture_release(&fixture);
	}
}

static const char *const hungry[] = {
	"when = {\"kernel.version.major\" = {op = \"Ge\", value = 6}, \"pci.devcie.x\" = true}",
	"when = {\"kernel.version.full\" = {op = \"InRegexp\", value = [\"^x\", \"[\\\\d]+z\"]}}",
	"when = {\"pci.device\" = {vendor = [\"1002\", \"10df\"]}}",
	"when = {\"system.osrelease.VERSION_ID.major\" = 4}",
	"when = {kernel.version.major = 5, \"x.y\" = {op = \"Inn\", value = \"\\u0041\"}}",
	"when = {\"pci.device\" = {vendor = {op = \"Gt\", value = 5}}}",
	"when = {\"pci.device\" = {vendor = {op = \"InRegexp\", value = \"(\"}}}",
	"when = {oci_version = \"1.1.1\", namespaces = [\"time\"], annotations = {a = \"b\"}}",
	"when = {oci_verson = \"1.1.1\"}",
};

/* One evaluation in which the arena has so little left that the first allocation fails that does
 * not fit; `requires`: of the runtime, not of the node. */
static int eval_with_room(
	const char *toml, bool requires, size_t room, unsigned long nth, bool *ret_failed)
{
	enum { FIRST_BLOCK = 16 << 10 };
	struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
	struct fixture fixture = {.doc = NULL};
	struct heir_arena arena;
	int r;

	heir_arena_init(&fixture.arena);
	heir_arena_init(&arena);
	assert_int_equal(try_load(&fixture, toml, node, crun), 0);
	assert_non_null(heir_arena_bytes(&arena, FIRST_BLOCK - room));
	heir_test_fail_alloc(nth);
	if (requires)
		r = heir_features_meet(
			fixture.features, fixture.doc, fixture.table, &arena, &verdict);
	else
		r = heir_when_eval(
			fixture.doc, fixture.table, fixture.facts, &enough, &arena, &verdict);
	*ret_failed = heir_test_alloc_count() > nth;
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_true(r == 0 ? verdict.text != NULL : verdict.text == NULL);
	heir_arena_release(&arena);
	fixture_release(&fixture);
	return r;
}

/* What instances, values and patterns cost is counted; a condition for which too little is left is
 * faulty, and so are all that come after it. */
static void effort_runs_out(void **state)
{
	static const struct {
		const char *toml;
		uint64_t left;
		enum heir_answer answer;
	} cases[] = {
		{"when = {\"pci.device.vendor\" = \"x\"}", 1000000, HEIR_HOLDS_NOT},
		{"when = {\"pci.device.vendor\" = \"x\"}", 4000, HEIR_FAULTY},
		{"when = {\"pci.device.vendor\" = [\"x\", \"y\", \"z\", \"u\", \"v\", \"w\"]}",
			9000, HEIR_FAULTY},
		{"when = {\"pci.device.vendor\" = {op = \"InRegexp\", value = \"[xy]\"}}", 9000,
			HEIR_FAULTY},
		{"when = {\"pci.device.vendor\" = {op = \"InRegexp\", value = \"x\"}}", 3,
			HEIR_FAULTY},
	};
	_cleanup_(heir_buf_release) struct heir_buf facts = HEIR_BUF_NULL;

	(void)state;
	heir_buf_addz(&facts, "{\"schema\": \"heir.facts/1\", \"features\": {\"pci.device\": [");
	for (int i = 0; i < 1000; i++)
		heir_buf_printf(&facts, "%s{\"vendor\": \"10de\"}", i ? "," : "");
	heir_buf_addz(&facts, "]}}");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
		struct heir_effort effort = {cases[i].left, 0};
		struct fixture fixture = {.doc = NULL};

		heir_arena_init(&fixture.arena);
		assert_int_equal(try_load(&fixture, cases[i].toml, facts.p, NULL), 0);
		assert_int_equal(heir_when_eval(fixture.doc, fixture.table, fixture.facts, &effort,
					 &fixture.arena, &verdict),
			0);
		assert_int_equal(verdict.answer, cases[i].answer);
		assert_int_equal(effort.left == 0, cases[i].answer == HEIR_FAULTY);
		fixture_release(&fixture);
	}
}

static void without_memory(void **state)
{
	enum { LARGEST = 8 << 10 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hungry); i++) {
		bool requires = strstr(hungry[i], "oci_ver") != NULL;
		size_t failures = 0;
		bool failed = true;

		/* Each allocation of the arena is once the one that fails... */
		for (size_t room = 0; room < LARGEST; room += 8) {
			int r = eval_with_room(hungry[i], requires, room, 0, &failed);

			assert_int_equal(r, failed ? -ENOMEM : 0);
			failures += failed;
		}
		assert_true(failures > 3);
		/* ... and each of the buffers, when there is room in the arena. */
		failed = true;
		for (unsigned long n = 0; failed; n++) {
			int r = eval_with_room(hungry[i], requires, LARGEST, n, &failed);

			assert_int_equal(r, failed ? -ENOMEM : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators),
		cmocka_unit_test(names),
		cmocka_unit_test(instances),
		cmocka_unit_test(several_kinds),
		cmocka_unit_test(all_hold),
		cmocka_unit_test(reasons),
		cmocka_unit_test(faults),
		cmocka_unit_test(faulty_keys),
		cmocka_unit_test(other_tables),
		cmocka_unit_test(requirements),
		cmocka_unit_test(version_ranges),
		cmocka_unit_test(faulty_requirements),
		cmocka_unit_test(no_table),
		cmocka_unit_test(long_values),
		cmocka_unit_test(effort_runs_out),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
