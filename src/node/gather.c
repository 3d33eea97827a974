/* SPDX-License-Identifier: Apache-2.0 */
/* The table of all facts that can be gathered, and the cache of those that were requested. */
#include "node/gather.h"

#include <errno.h>
#include <stdlib.h>

#include "base/macro.h"
#include "node/gather_parts.h"
#include "node/json.h"

/* In byte order of names. The size limits are many times what real nodes need. */
static const struct row {
	const char *feature;
	void (*gather)(struct heir_gather *g);
	size_t max_kib;
} rows[] = {
	{"cgroup", heir_gather_cgroup, 4},
	{"cpu.coprocessor", heir_gather_cpu_coprocessor, 4},
	{"cpu.cpuid", heir_gather_cpuid, 128},
	{"cpu.cstate", heir_gather_cpu_cstate, 4},
	{"cpu.model", heir_gather_cpu_model, 64},
	{"cpu.pstate", heir_gather_cpu_pstate, 64},
	{"cpu.rdt", heir_gather_cpu_rdt, 4},
	{"cpu.security", heir_gather_cpu_security, 4},
	{"cpu.topology", heir_gather_cpu_topology, 4},
	{"device", heir_gather_character_devices, 64},
	{"kernel.config", heir_gather_kernel_config, 2048},
	{"kernel.enabledmodule", heir_gather_modules_enabled, 1024},
	{"kernel.kvm", heir_gather_kvm, 4},
	{"kernel.loadedmodule", heir_gather_modules_loaded, 256},
	{"kernel.selinux", heir_gather_selinux, 4},
	{"kernel.version", heir_gather_kernel_version, 64},
	{"local.feature", heir_gather_local_features, 128},
	{"local.label", heir_gather_local_labels, 128},
	{"memory.hugepages", heir_gather_hugepages, 64},
	{"memory.numa", heir_gather_numa, 4},
	{"memory.nv", heir_gather_nv, 512},
	{"memory.swap", heir_gather_swap, 4},
	{"network.device", heir_gather_net, 1024},
	{"network.virtual", heir_gather_net_virtual, 2048},
	{"pci.device", heir_gather_pci, 4096},
	{"storage.block", heir_gather_block, 2048},
	{"system.dmiid", heir_gather_dmi, 64},
	{"system.name", heir_gather_node_name, 64},
	{"system.osrelease", heir_gather_os_release, 256},
	{"usb.device", heir_gather_usb, 512},
};
static_assert(ARRAY_LEN(rows) == HEIR_N_GATHERED, "a feature without a row");

const char *heir_gathered_name(size_t i)
{
	return i < ARRAY_LEN(rows) ? rows[i].feature : NULL;
}

static int gather_row(struct heir_gatherer *gatherer, size_t i)
{
	uint64_t begun = heir_trace_begin(gatherer->trace);
	struct heir_gather g;
	int r;

	heir_gather_init(
		&g, gatherer->root, gatherer->arena, rows[i].feature, rows[i].max_kib << 10);
	rows[i].gather(&g);
	r = heir_gather_finish(&g, &gatherer->features[i]);
	gatherer->n_opened += g.n_opened;
	gatherer->cost[i] = (rows[i].max_kib << 10) - g.room;
	gatherer->asked[i] = r == 0;
	if (r == 0)
		heir_trace_report(gatherer->trace, begun, HEIR_TRACE_fact, rows[i].feature,
			gatherer->features[i] ? "gathered" : "missing", "files opened: %zu",
			g.n_opened);
	heir_gather_release(&g);
	return r;
}

static struct heir_gatherer *gatherer_of(struct heir_facts_source *source)
{
	return (struct heir_gatherer *)((char *)source - offsetof(struct heir_gatherer, source));
}

static int gather_feature(
	struct heir_facts_source *source, struct heir_str name, const struct heir_feature **ret)
{
	struct heir_gatherer *gatherer = gatherer_of(source);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int r = 0;

		if (!heir_feature_name_is(name, rows[i].feature))
			continue;
		if (!gatherer->asked[i])
			r = gather_row(gatherer, i);
		if (r == 0)
			*ret = gatherer->features[i];
		return r;
	}
	*ret = NULL;
	return 0;
}

static int get_runtime(struct heir_facts_source *source, struct heir_str path,
	const struct heir_runtime_facts **ret)
{
	struct heir_runtimes *runtimes = gatherer_of(source)->runtimes;

	*ret = NULL;
	return runtimes ? heir_runtimes_get(runtimes, path, ret) : 0;
}

void heir_gatherer_init(
	struct heir_gatherer *gatherer, struct heir_root *root, struct heir_arena *arena)
{
	*gatherer = (struct heir_gatherer){
		.source = {gather_feature, get_runtime}, .root = root, .arena = arena};
	gatherer->facts.source = &gatherer->source;
}

int heir_gather_all(struct heir_gatherer *gatherer, struct heir_facts *ret)
{
	struct heir_feature *features =
		heir_arena_zalloc(gatherer->arena, ARRAY_LEN(rows), sizeof(*features));
	/* The rest of the document is for runtimes. */
	size_t n = 0, room = HEIR_JSON_MAX_SIZE - (256 << 10);

	if (!features)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int r = gatherer->asked[i] ? 0 : gather_row(gatherer, i);

		if (r < 0)
			return r;
		if (!gatherer->features[i] || gatherer->cost[i] > room)
			continue;
		room -= gatherer->cost[i];
		features[n++] = *gatherer->features[i];
	}
	*ret = (struct heir_facts){.features = features, .n_features = n};
	return 0;
}
