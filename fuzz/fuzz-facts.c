/* SPDX-License-Identifier: Apache-2.0 */
/* Facts from bytes, and the same bytes as what a runtime tells of itself: reading them never fails
 * but with words, what was read keeps its promises, and conditions and requirements can be
 * evaluated against it, twice with the same answer. What runtimes tell can be shown, and kept in
 * the cache, which notices what is damaged. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/macro.h"
#include "inherit/when.h"
#include "node/cache.h"
#include "node/facts.h"
#include "node/features.h"
#include "report/features.h"
#include "toml/toml.h"
#include "fuzz.h"

static const char *const conditions[] = {
	"when = {\"kernel.version.major\" = {op = \"Ge\", value = 5}, \"kernel.kvm.enabled\" = "
	"true}",
	"when = {\"system.osrelease\" = {\"VERSION_ID.major\" = {op = \"GeLe\", value = [4, 9]}}}",
	"when = {\"a.b.c.d\" = true}",
	"when = {\"system.osrelease.ID\" = {op = \"InRegexp\", value = [\"(?i)^(rhel|rhcos)$\","
	" \"^[^a-f\\\\d]+$\", \"(a|b)*c{2,9}\"]}}",
	"when = {\"kernel.loadedmodule.zfs\" = false, \"kernel.loadedmodule.kvm\" = true}",
	"when = {\"pci.device\" = {vendor = \"10de\", class = [\"0300\", \"0302\"]}}",
	"when = {\"pci.device\" = {sriov_totalvfs = {op = \"Gt\", value = 3}, x = false}}",
	"when = {\"pci.device.vendor\" = false, \"usb.device\" = {}}",
	"when = {\"cpu.cpuid.AVX2\" = {op = \"DoesNotExist\"}}",
	"when = {\"cpu.cpuid\" = {SSE = true, V = 1}}",
	"when = {\"a.b.c\" = {op = \"Lt\", value = \"1.2.3\", type = \"version\"}, \"a.b\" = {}}",
	"when = {\"a.b.c\" = {op = \"NotIn\", value = [\"x\"]}, \"a.b.d\" = {op = \"IsTrue\"}}",
};

static const char *const requirements[] = {
	"runtime_requires = {oci_version = \"1.1.0\", idmap = true, cgroup_v2 = true}",
	"runtime_requires = {mount_options = [\"rro\"], namespaces = [\"time\"]}",
	"runtime_requires = {capabilities = [\"CAP_BPF\"]}",
	"runtime_requires = {seccomp_actions = [\"SCMP_ACT_NOTIFY\"]}",
	"runtime_requires = {annotations = {\"run.oci.crun.wasm\" = \"true\"}}",
};

static void require_sorted(const struct heir_str *strings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		require(strings[i].p[strings[i].len] == '\0');
		require(i == 0 || heir_str_cmp(strings[i - 1], strings[i]) < 0);
	}
}

static void require_sorted_pairs(const struct heir_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		require(pairs[i].value.p[pairs[i].value.len] == '\0');
		require(i == 0 || heir_str_cmp(pairs[i - 1].name, pairs[i].name) < 0);
	}
}

static void check_facts(const struct heir_facts *facts)
{
	for (size_t i = 0; i < facts->n_features; i++) {
		const struct heir_feature *feature = &facts->features[i];

		require(heir_facts_feature(facts, feature->name) == feature);
		require(feature->has_flags || feature->n_flags == 0);
		require(feature->has_attributes || feature->n_attributes == 0);
		require(feature->has_instances || feature->n_instances == 0);
		require_sorted(feature->flags, feature->n_flags);
		require_sorted_pairs(feature->attributes, feature->n_attributes);
		for (size_t k = 0; k < feature->n_flags; k++)
			require(heir_feature_has_flag(feature, feature->flags[k]));
		for (size_t k = 0; k < feature->n_instances; k++)
			require_sorted_pairs(feature->instances[k].attributes,
				feature->instances[k].n_attributes);
	}
	for (size_t i = 0; i < facts->n_runtimes; i++)
		require(heir_facts_runtime(facts, facts->runtimes[i].path) ==
			facts->runtimes[i].features);
}

/* One of the two is NULL, and that question is not asked. */
static struct heir_verdict evaluate(const char *toml, const struct heir_facts *facts,
	const struct heir_features *features, struct heir_arena *arena)
{
	const struct heir_toml_options options = {HEIR_TOML_SPEC, HEIR_TOML_1_0, false};
	struct heir_verdict verdict = {HEIR_FAULTY, 0, 0, NULL};
	struct heir_toml_doc *doc = NULL;
	struct heir_effort effort = HEIR_EFFORT;
	heir_toml_node table;
	int r = heir_toml_parse(heir_str_from(toml), &options, &doc);

	require(r == 0 && !heir_toml_fatal(doc));
	table = heir_toml_first(doc, HEIR_TOML_ROOT);
	if (facts)
		r = heir_when_eval(doc, table, facts, &effort, arena, &verdict);
	else
		r = heir_features_meet(features, doc, table, arena, &verdict);
	require(r == 0 && verdict.text && strlen(verdict.text) < 1024);
	require(verdict.at + (size_t)verdict.len <= strlen(toml));
	heir_toml_free(doc);
	return verdict;
}

static void evaluate_twice(const char *toml, const struct heir_facts *facts,
	const struct heir_features *features, struct heir_arena *arena)
{
	struct heir_verdict first = evaluate(toml, facts, features, arena);
	struct heir_verdict second = evaluate(toml, facts, features, arena);

	require(first.answer == second.answer && first.at == second.at);
	require(first.len == second.len && strcmp(first.text, second.text) == 0);
	/* The requirements are well written. */
	require(facts || first.answer != HEIR_FAULTY);
}

static int swallow(void *data, const char *text, size_t len)
{
	(void)text;
	*(size_t *)data += len;
	return 0;
}

/* Whatever runtimes tell can be shown side by side. */
static void fuzz_shown(const struct heir_facts *facts)
{
	const struct heir_runtime_facts *items[8];
	struct heir_runtime_list list = {items, MIN(facts->n_runtimes, ARRAY_LEN(items))};

	for (size_t i = 0; i < list.n; i++)
		items[i] = &facts->runtimes[i];
	for (unsigned width = 0; width < 120; width += 40) {
		const struct heir_style style = {
			.size = sizeof(struct heir_style), .width = width, .ascii = width == 40};
		struct heir_out out;
		size_t len = 0;

		heir_out_init(&out, &style, swallow, &len);
		require(heir_features_print_table(&list, &out) == 0);
		require(width > 0 || heir_features_print_json(&list, &out) == 0);
		require(heir_out_finish(&out) == 0 && len > 0);
	}
}

static void fuzz_facts(struct heir_str text, struct heir_arena *arena)
{
	struct heir_facts *facts = NULL;
	const char *error = NULL;
	int r = heir_facts_parse(text, arena, &facts, &error);

	require(r == 0 ? facts && !error : r == -EINVAL && !facts && error);
	if (r < 0)
		return;
	check_facts(facts);
	fuzz_shown(facts);
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		evaluate_twice(conditions[i], facts, NULL, arena);
	for (size_t i = 0; i < facts->n_runtimes; i++)
		for (size_t k = 0; k < ARRAY_LEN(requirements); k++)
			evaluate_twice(requirements[k], NULL, facts->runtimes[i].features, arena);
}

static void fuzz_features(struct heir_str text, struct heir_arena *arena)
{
	struct heir_features *features = NULL;
	const char *error = NULL;
	int r = heir_features_parse(text, arena, &features, &error);

	require(r == 0 ? features && !error : r == -EINVAL && !features && error);
	if (r < 0)
		return;
	for (size_t i = 0; i < HEIR_N_FEATURES_LISTS; i++)
		require_sorted(features->lists[i].items, features->lists[i].n_items);
	require_sorted_pairs(features->annotations, features->n_annotations);
	for (size_t k = 0; k < ARRAY_LEN(requirements); k++)
		evaluate_twice(requirements[k], NULL, features, arena);
}

/* An entry of the cache: what is not whole is none, and what is gives back what was kept. */
static void fuzz_cache(struct heir_str text)
{
	static const struct heir_cache_key key = {1, 2, 3, {4, 5}, {6, 7}};
	const struct heir_cache_answer kept = {(int)(text.len % 126), text, HEIR_STR("1.0")};
	struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_cache_answer got;

	if (heir_cache_parse(text, &key, &got))
		require(got.features.len + got.version.len < text.len);
	heir_cache_format(&key, &kept, &buf);
	require(heir_cache_parse(heir_buf_str(&buf), &key, &got));
	require(got.status == kept.status && heir_str_eq(got.features, text));
	require(heir_str_eq(got.version, kept.version));
	heir_buf_release(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heir_str text = {(const char *)data, size};
	struct heir_arena arena;

	heir_arena_init(&arena);
	fuzz_facts(text, &arena);
	fuzz_features(text, &arena);
	fuzz_cache(text);
	heir_arena_release(&arena);
	return 0;
}
