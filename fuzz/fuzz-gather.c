/* SPDX-License-Identifier: Apache-2.0 */
/* Files of /proc, /sys and /etc from bytes: whatever they say, what is gathered keeps the promises
 * of facts, and comes back the same once it was printed and read. The first byte says which file.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/gzip.h"
#include "base/macro.h"
#include "node/gather_parts.h"
#include "report/facts.h"
#include "fuzz.h"

enum { ROOM = 4 << 20 };

static void pci_uevent(struct heir_gather *g, struct heir_str text)
{
	heir_gather_has_instances(g);
	if (heir_parse_pci_uevent(g, text))
		heir_gather_instance(g);
	else
		heir_gather_forget(g);
}

static void swaps(struct heir_gather *g, struct heir_str text)
{
	heir_gather_set_bool(g, "enabled", heir_parse_swaps(text));
}

static void packed_config(struct heir_gather *g, struct heir_str text)
{
	size_t budget = 1 << 20;
	struct heir_str config;
	const char *what = NULL;
	int r = heir_gunzip(text, &budget, &g->scratch, &config, &what);

	require(r == 0 || (r == -EINVAL && what));
	if (r == 0)
		heir_parse_kernel_config(g, config);
}

/* In the year 2001. */
static void local_features(struct heir_gather *g, struct heir_str text)
{
	g->now = 1000000000;
	heir_parse_local_features(g, text);
}

/* The order is that of the seeds' first bytes, "H" first. The names are of the kind that each
 * makes, for an empty list is read by its name. */
static const struct {
	const char *feature;
	void (*parse)(struct heir_gather *g, struct heir_str text);
} parsers[] = {
	{"cpu.cpuid", heir_parse_cpuid},
	{"cpu.model", heir_parse_cpu_model},
	{"cpu.rdt", heir_parse_cpu_rdt},
	{"local.feature", local_features},
	{"local.label", heir_parse_local_labels},
	{"kernel.config", heir_parse_kernel_config},
	{"kernel.version", heir_parse_kernel_version},
	{"kernel.loadedmodule", heir_parse_modules},
	{"system.osrelease", heir_parse_os_release},
	{"pci.device", pci_uevent},
	{"memory.swap", swaps},
	{"kernel.config", packed_config},
};

static void require_pairs(const struct heir_pair *a, size_t n, const struct heir_pair *b, size_t m)
{
	require(n == m);
	for (size_t i = 0; i < n; i++) {
		require(heir_str_eq(a[i].name, b[i].name) && heir_str_eq(a[i].value, b[i].value));
		require(a[i].name.p[a[i].name.len] == '\0');
		require(a[i].value.p[a[i].value.len] == '\0');
		require(i == 0 || heir_str_cmp(a[i - 1].name, a[i].name) < 0);
	}
}

static void require_same(const struct heir_feature *a, const struct heir_feature *b)
{
	require(heir_str_eq(a->name, b->name));
	require(a->has_flags == b->has_flags && a->has_attributes == b->has_attributes &&
		a->has_instances == b->has_instances);
	require(a->n_flags == b->n_flags && a->n_instances == b->n_instances);
	for (size_t i = 0; i < a->n_flags; i++) {
		require(heir_str_eq(a->flags[i], b->flags[i]));
		require(i == 0 || heir_str_cmp(a->flags[i - 1], a->flags[i]) < 0);
	}
	require_pairs(a->attributes, a->n_attributes, b->attributes, b->n_attributes);
	for (size_t i = 0; i < a->n_instances; i++)
		require_pairs(a->instances[i].attributes, a->instances[i].n_attributes,
			b->instances[i].attributes, b->instances[i].n_attributes);
}

static int append(void *data, const char *text, size_t len)
{
	heir_buf_add(data, text, len);
	return 0;
}

static void print(const struct heir_facts *facts, enum heir_format format, struct heir_buf *ret)
{
	const struct heir_style style = {.size = sizeof(struct heir_style), .format = format};
	struct heir_out out;

	heir_out_init(&out, &style, append, ret);
	require(heir_facts_print(facts, &out) == 0);
	require(heir_out_finish(&out) == 0);
}

static void print_and_read(const struct heir_feature *feature, struct heir_arena *arena)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf json = HEIR_BUF_NULL;
	const struct heir_facts facts = {.features = feature, .n_features = 1};
	struct heir_facts *again = NULL;
	const char *error = NULL;

	print(&facts, HEIR_FORMAT_TEXT, &text);
	print(&facts, HEIR_FORMAT_JSON, &json);
	require(json.len < ROOM);
	require(heir_facts_parse(heir_buf_str(&json), arena, &again, &error) == 0);
	require(again->n_features == 1);
	require_same(feature, &again->features[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct heir_feature *feature = NULL;
	struct heir_arena arena;
	struct heir_gather g;
	size_t which;

	if (size == 0)
		return 0;
	which = data[0] % ARRAY_LEN(parsers);
	heir_arena_init(&arena);
	heir_gather_init(&g, NULL, &arena, parsers[which].feature, ROOM - 64);
	parsers[which].parse(&g, (struct heir_str){(const char *)data + 1, size - 1});
	require(heir_gather_finish(&g, &feature) == 0);
	if (feature)
		print_and_read(feature, &arena);
	heir_gather_release(&g);
	heir_arena_release(&arena);
	return 0;
}
