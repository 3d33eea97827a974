/* SPDX-License-Identifier: Apache-2.0 */
/* Protection of virtual machines: SGX, TDX, SEV, and Secure Execution of s390x. Elements exist
 * only for what is enabled. */
#include "node/gather_parts.h"

#include <errno.h>

#include "base/macro.h"

/* Node Feature Discovery adds up the enclave page cache from CPUID. The kernel reports it per NUMA
 * node; all nodes must report it. */
static void set_sgx(struct heir_gather *g)
{
	static const char nodes[] = "/sys/devices/system/node/";
	const char *const *names;
	size_t n, sum = 0;

	if (!heir_gather_list(g, nodes, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		enum { MAX_DIGITS = 15 };
		struct heir_str name = heir_str_from(names[i]), bytes;
		const char *path;
		size_t size = 0;

		if (!heir_str_starts(name, "node") ||
			!heir_gather_is_number((struct heir_str){name.p + 4, name.len - 4}))
			continue;
		path = heir_gather_path(g, nodes, names[i], "/x86/sgx_total_bytes");
		if (!path || !heir_gather_value(g, path, &bytes) || !heir_gather_is_number(bytes) ||
			bytes.len > MAX_DIGITS)
			return;
		for (size_t k = 0; k < bytes.len; k++)
			size = size * 10 + (size_t)(bytes.p[k] - '0');
		sum += size;
	}
	if (sum == 0)
		return;
	heir_gather_set_bool(g, "sgx.enabled", true);
	heir_gather_set_count(g, "sgx.epc", sum);
}

/* Reads the number of keys or IDs, a line "NAME NUMBER" in the first file that exists; the second
 * one is that of cgroup v1. */
static void set_capacity(struct heir_gather *g, const char *resource, const char *element)
{
	static const char *const places[] = {
		"/sys/fs/cgroup/misc.capacity", "/sys/fs/cgroup/misc/misc.capacity"};
	struct heir_str text, line, name, number;

	if (!heir_gather_value(g, places[0], &text) && !heir_gather_value(g, places[1], &text))
		return;
	while (heir_gather_line(&text, &line))
		if (heir_gather_word(&line, &name) && heir_str_eqz(name, resource) &&
			heir_gather_word(&line, &number) && heir_gather_is_number(number)) {
			heir_gather_setz(g, element, number);
			return;
		}
}

/* Module parameters are "Y", or "1" if they are numbers. */
static bool is_on(struct heir_gather *g, const char *path)
{
	struct heir_str value;

	return heir_gather_value(g, path, &value) && value.len > 0 &&
	       (value.p[0] == 'Y' || value.p[0] == '1');
}

static void set_switches(struct heir_gather *g)
{
	static const struct {
		const char *path, *element, *resource, *capacity;
	} rows[] = {
		{"/sys/module/kvm_intel/parameters/tdx", "tdx.enabled", "tdx", "tdx.total_keys"},
		{"/sys/module/kvm_amd/parameters/sev", "sev.enabled", "sev", "sev.asids"},
		{"/sys/module/kvm_amd/parameters/sev_es", "sev.es.enabled", "sev_es",
			"sev.encrypted_state_ids"},
		{"/sys/module/kvm_amd/parameters/sev_snp", "sev.snp.enabled", NULL, NULL},
		{"/sys/firmware/uv/prot_virt_host", "se.enabled", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_on(g, rows[i].path))
			continue;
		heir_gather_set_bool(g, rows[i].element, true);
		if (rows[i].resource)
			set_capacity(g, rows[i].resource, rows[i].capacity);
	}
}

void heir_gather_cpu_security(struct heir_gather *g)
{
	struct heir_str cpuinfo;
	bool has_cpuinfo = heir_gather_head(g, "/proc/cpuinfo", &cpuinfo);

	/* A missing element is only meaningful if all of these can be read. */
	if (has_cpuinfo && heir_gather_exists(g, "/sys/module"))
		heir_gather_has_attributes(g);
	if (has_cpuinfo && heir_cpuinfo_has(cpuinfo, "tdx_guest"))
		heir_gather_set_bool(g, "tdx.protected", true);
	set_switches(g);
	set_sgx(g);
}
