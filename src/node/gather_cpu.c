/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU. Node Feature Discovery executes CPUID; heir reads /proc/cpuinfo, where the kernel uses
 * other names and omits what it does not use. The first CPU counts. */
#include "node/gather_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/macro.h"

/* From the kernel's names (arch/x86/include/asm/cpufeatures.h) to those of
 * github.com/klauspost/cpuid, which Node Feature Discovery uses; in byte order. Omitted are flags
 * that the kernel merges while CPUID has one per vendor (ibrs, ssbd). */
static const struct x86_flag {
	const char *kernel, *name;
} x86_flags[] = {
	{"3dnow", "AMD3DNOW"},
	{"3dnowext", "AMD3DNOWEXT"},
	{"abm", "LZCNT"},
	{"adx", "ADX"},
	{"aes", "AESNI"},
	{"amd_ppin", "PPIN"},
	{"amx_bf16", "AMXBF16"},
	{"amx_fp16", "AMXFP16"},
	{"amx_int8", "AMXINT8"},
	{"amx_tile", "AMXTILE"},
	{"apx", "APX_F"},
	{"arch_capabilities", "IA32_ARCH_CAP"},
	{"avx", "AVX"},
	{"avx2", "AVX2"},
	{"avx512_bf16", "AVX512BF16"},
	{"avx512_bitalg", "AVX512BITALG"},
	{"avx512_fp16", "AVX512FP16"},
	{"avx512_vbmi2", "AVX512VBMI2"},
	{"avx512_vnni", "AVX512VNNI"},
	{"avx512_vp2intersect", "AVX512VP2INTERSECT"},
	{"avx512_vpopcntdq", "AVX512VPOPCNTDQ"},
	{"avx512bw", "AVX512BW"},
	{"avx512cd", "AVX512CD"},
	{"avx512dq", "AVX512DQ"},
	{"avx512er", "AVX512ER"},
	{"avx512f", "AVX512F"},
	{"avx512ifma", "AVX512IFMA"},
	{"avx512pf", "AVX512PF"},
	{"avx512vbmi", "AVX512VBMI"},
	{"avx512vl", "AVX512VL"},
	{"avx_ifma", "AVXIFMA"},
	{"avx_vnni", "AVXVNNI"},
	{"bmi1", "BMI1"},
	{"bmi2", "BMI2"},
	{"cldemote", "CLDEMOTE"},
	{"clzero", "CLZERO"},
	{"cmov", "CMOV"},
	{"cmpccxadd", "CMPCCXADD"},
	{"core_capabilities", "IA32_CORE_CAP"},
	{"cpb", "CPBOOST"},
	{"cppc", "CPPC"},
	{"cx16", "CX16"},
	{"cx8", "CMPXCHG8"},
	{"debug_swap", "SEV_DEBUGSWAP"},
	{"decodeassists", "SVMDA"},
	{"enqcmd", "ENQCMD"},
	{"erms", "ERMS"},
	{"f16c", "F16C"},
	{"flush_l1d", "FLUSH_L1D"},
	{"flushbyasid", "SVMFBASID"},
	{"fma", "FMA3"},
	{"fma4", "FMA4"},
	{"fpu", "X87"},
	{"fsrm", "FSRM"},
	{"fxsr", "FXSR"},
	{"fxsr_opt", "FXSROPT"},
	{"gfni", "GFNI"},
	{"hle", "HLE"},
	{"hybrid_cpu", "HYBRID_CPU"},
	{"hypervisor", "HYPERVISOR"},
	{"ibpb", "IBPB"},
	{"ibs", "IBS"},
	{"ibt", "CETIBT"},
	{"lahf_lm", "LAHF"},
	{"lam", "LAM"},
	{"lbrv", "LBRVIRT"},
	{"md_clear", "MD_CLEAR"},
	{"mmx", "MMX"},
	{"mmxext", "MMXEXT"},
	{"movbe", "MOVBE"},
	{"movdir64b", "MOVDIR64B"},
	{"movdiri", "MOVDIRI"},
	{"mpx", "MPX"},
	{"npt", "SVMNP"},
	{"nrip_save", "NRIPS"},
	{"nx", "NX"},
	{"overflow_recov", "MCAOVERFLOW"},
	{"pausefilter", "SVMPF"},
	{"pclmulqdq", "CLMUL"},
	{"pconfig", "PCONFIG"},
	{"pfthreshold", "SVMPFT"},
	{"pni", "SSE3"},
	{"popcnt", "POPCNT"},
	{"rdpru", "RDPRU"},
	{"rdrand", "RDRAND"},
	{"rdseed", "RDSEED"},
	{"rdtscp", "RDTSCP"},
	{"rtm", "RTM"},
	{"rtm_always_abort", "RTM_ALWAYS_ABORT"},
	{"sep", "SYSEE"},
	{"serialize", "SERIALIZE"},
	{"sev", "SEV"},
	{"sev_es", "SEV_ES"},
	{"sev_snp", "SEV_SNP"},
	{"sgx", "SGX"},
	{"sgx_lc", "SGXLC"},
	{"sha_ni", "SHA"},
	{"sme", "SME"},
	{"sse", "SSE"},
	{"sse2", "SSE2"},
	{"sse4_1", "SSE4"},
	{"sse4_2", "SSE42"},
	{"sse4a", "SSE4A"},
	{"ssse3", "SSSE3"},
	{"stibp", "STIBP"},
	{"succor", "SUCCOR"},
	{"svm", "SVM"},
	{"svm_lock", "SVML"},
	{"syscall", "SYSCALL"},
	{"tbm", "TBM"},
	{"tdx_guest", "TDX_GUEST"},
	{"tme", "TME"},
	{"topoext", "TOPEXT"},
	{"tsc_scale", "TSCRATEMSR"},
	{"tsxldtrk", "TSXLDTRK"},
	{"user_shstk", "CETSS"},
	{"vaes", "VAES"},
	{"vmcb_clean", "VMCBCLEAN"},
	{"vmx", "VMX"},
	{"vpclmulqdq", "VPCLMULQDQ"},
	{"waitpkg", "WAITPKG"},
	{"wbnoinvd", "WBNOINVD"},
	{"xgetbv1", "XGETBV1"},
	{"xop", "XOP"},
	{"xsave", "XSAVE"},
	{"xsavec", "XSAVEC"},
	{"xsaveopt", "XSAVEOPT"},
	{"xsaves", "XSAVES"},
};

/* The levels of the x86-64 psABI; each includes those before it. */
static const char *const x86_levels[][10] = {
	{"CMOV", "CMPXCHG8", "X87", "FXSR", "MMX", "SYSCALL", "SSE", "SSE2"},
	{"CX16", "LAHF", "POPCNT", "SSE3", "SSE4", "SSE42", "SSSE3"},
	{"AVX", "AVX2", "BMI1", "BMI2", "F16C", "FMA3", "LZCNT", "MOVBE", "OSXSAVE"},
	{"AVX512F", "AVX512BW", "AVX512CD", "AVX512DQ", "AVX512VL"},
};

/* As klauspost/cpuid names them. */
static const struct vendor {
	const char *kernel, *name;
} x86_vendors[] =
	{
		{"AuthenticAMD", "AMD"},
		{"CentaurHauls", "VIA"},
		{"GenuineIntel", "Intel"},
		{"HygonGenuine", "Hygon"},
},
  arm_vendors[] = {
	  {"0x41", "ARM"},
	  {"0x42", "Broadcom"},
	  {"0x43", "Cavium"},
	  {"0x44", "DEC"},
	  {"0x46", "Fujitsu"},
	  {"0x49", "Infineon"},
	  {"0x4d", "Motorola"},
	  {"0x4e", "NVIDIA"},
	  {"0x50", "AMCC"},
	  {"0x51", "Qualcomm"},
	  {"0x56", "Marvell"},
	  {"0x69", "Intel"},
	  {"0xc0", "Ampere"},
};

/* ---- /proc/cpuinfo ---- */

/* Finds the value of the first line "KEY : VALUE". */
static bool field(struct heir_str cpuinfo, const char *key, struct heir_str *ret)
{
	struct heir_str line;

	while (heir_gather_line(&cpuinfo, &line)) {
		const char *colon = line.len > 0 ? memchr(line.p, ':', line.len) : NULL;
		struct heir_str left = {line.p, colon ? (size_t)(colon - line.p) : 0};

		if (!colon || !heir_str_eqz(heir_gather_trim(left), key))
			continue;
		*ret = heir_gather_trim((struct heir_str){colon + 1, line.len - left.len - 1});
		return true;
	}
	return false;
}

static bool has_word(struct heir_str words, const char *wanted)
{
	struct heir_str word;

	while (heir_gather_word(&words, &word))
		if (heir_str_eqz(word, wanted))
			return true;
	return false;
}

static int compare_flag(const void *key, const void *row)
{
	return heir_str_cmp(*(const struct heir_str *)key,
		heir_str_from(((const struct x86_flag *)row)->kernel));
}

static const struct x86_flag *find_flag(struct heir_str name)
{
	return bsearch(&name, x86_flags, ARRAY_LEN(x86_flags), sizeof(x86_flags[0]), compare_flag);
}

/* Returns whether a CPU has more threads than cores. The flag "ht" only says that it could. */
static bool has_threads(struct heir_str cpuinfo, struct heir_str flags)
{
	struct heir_str siblings, cores;

	return has_word(flags, "ht") && field(cpuinfo, "siblings", &siblings) &&
	       field(cpuinfo, "cpu cores", &cores) && heir_gather_is_number(siblings) &&
	       heir_gather_is_number(cores) && !heir_str_eq(siblings, cores);
}

static bool has_flag(const struct heir_gather *g, const char *name)
{
	for (size_t i = 0; i < g->n_flags; i++)
		if (heir_str_eqz(g->flags[i], name))
			return true;
	return false;
}

static void add_levels(struct heir_gather *g)
{
	static const char *const names[] = {"X86_64_V1", "X86_64_V2", "X86_64_V3", "X86_64_V4"};

	static_assert(ARRAY_LEN(names) == ARRAY_LEN(x86_levels), "a level without a name");
	for (size_t level = 0; level < ARRAY_LEN(names); level++) {
		for (size_t i = 0; i < ARRAY_LEN(x86_levels[level]); i++)
			if (x86_levels[level][i] && !has_flag(g, x86_levels[level][i]))
				return;
		heir_gather_flag(g, heir_str_from(names[level]));
	}
}

static void add_x86_flags(struct heir_gather *g, struct heir_str cpuinfo, struct heir_str flags)
{
	struct heir_str words = flags, word;

	heir_gather_has_flags(g);
	while (heir_gather_word(&words, &word)) {
		const struct x86_flag *flag = find_flag(word);

		if (flag && !has_flag(g, flag->name))
			heir_gather_flag(g, heir_str_from(flag->name));
	}
	/* Linux enables XSAVE for programs whenever the CPU has it. */
	if (has_flag(g, "XSAVE"))
		heir_gather_flag(g, HEIR_STR("OSXSAVE"));
	if (has_threads(cpuinfo, flags))
		heir_gather_flag(g, HEIR_STR("HTT"));
	add_levels(g);
}

/* The kernel prints HWCAPs in lower case, Node Feature Discovery in upper case. */
static void add_arm_flags(struct heir_gather *g, struct heir_str features)
{
	struct heir_str word;

	heir_gather_has_flags(g);
	while (heir_gather_word(&features, &word)) {
		char name[64];

		if (word.len > sizeof(name))
			continue;
		for (size_t i = 0; i < word.len; i++)
			name[i] = word.p[i] >= 'a' && word.p[i] <= 'z' ? (char)(word.p[i] & ~0x20)
								       : word.p[i];
		heir_gather_flag(g, (struct heir_str){name, word.len});
	}
}

static bool is_x86(struct heir_str cpuinfo, struct heir_str *ret_flags)
{
	struct heir_str vendor;

	return field(cpuinfo, "vendor_id", &vendor) && field(cpuinfo, "cpu family", &vendor) &&
	       field(cpuinfo, "flags", ret_flags);
}

bool heir_cpuinfo_has(struct heir_str cpuinfo, const char *flag)
{
	struct heir_str flags;

	return is_x86(cpuinfo, &flags) && has_word(flags, flag);
}

void heir_parse_cpuid(struct heir_gather *g, struct heir_str cpuinfo)
{
	struct heir_str flags, implementer;

	if (is_x86(cpuinfo, &flags))
		add_x86_flags(g, cpuinfo, flags);
	else if (field(cpuinfo, "CPU implementer", &implementer) &&
		 field(cpuinfo, "Features", &flags))
		add_arm_flags(g, flags);
}

void heir_gather_cpuid(struct heir_gather *g)
{
	struct heir_str cpuinfo;

	if (heir_gather_head(g, "/proc/cpuinfo", &cpuinfo))
		heir_parse_cpuid(g, cpuinfo);
}

static const char *vendor_name(const struct vendor *vendors, size_t n, struct heir_str kernel)
{
	for (size_t i = 0; i < n; i++)
		if (heir_str_eqz(kernel, vendors[i].kernel))
			return vendors[i].name;
	return "VendorUnknown";
}

static void set_number(
	struct heir_gather *g, struct heir_str cpuinfo, const char *key, const char *name)
{
	struct heir_str number;

	if (field(cpuinfo, key, &number) && heir_gather_is_number(number))
		heir_gather_setz(g, name, number);
}

void heir_parse_cpu_model(struct heir_gather *g, struct heir_str cpuinfo)
{
	struct heir_str vendor, flags;

	if (is_x86(cpuinfo, &flags) && field(cpuinfo, "vendor_id", &vendor)) {
		heir_gather_setz(g, "vendor_id",
			heir_str_from(vendor_name(x86_vendors, ARRAY_LEN(x86_vendors), vendor)));
		set_number(g, cpuinfo, "cpu family", "family");
		set_number(g, cpuinfo, "model", "id");
		/* Which hypervisor it is, only CPUID says. */
		if (!has_word(flags, "hypervisor"))
			heir_gather_setz(g, "hypervisor", HEIR_STR("none"));
	} else if (field(cpuinfo, "CPU implementer", &vendor)) {
		heir_gather_setz(g, "vendor_id",
			heir_str_from(vendor_name(arm_vendors, ARRAY_LEN(arm_vendors), vendor)));
	}
}

void heir_gather_cpu_model(struct heir_gather *g)
{
	struct heir_str cpuinfo;

	if (heir_gather_head(g, "/proc/cpuinfo", &cpuinfo))
		heir_parse_cpu_model(g, cpuinfo);
}

/* The kernel turns what CPUID says about Resource Director Technology into flags. On AMD CPUs its
 * "mba" is a different bit from the one in Node Feature Discovery. */
void heir_parse_cpu_rdt(struct heir_gather *g, struct heir_str cpuinfo)
{
	static const struct {
		const char *name, *flags[3];
	} rows[] = {
		{"RDTMON", {"cqm", "cqm_llc"}},
		{"RDTCMT", {"cqm", "cqm_llc", "cqm_occup_llc"}},
		{"RDTMBM", {"cqm_llc", "cqm_mbm_total", "cqm_mbm_local"}},
		{"RDTL3CA", {"rdt_a", "cat_l3"}},
		{"RDTL2CA", {"rdt_a", "cat_l2"}},
		{"RDTMBA", {"rdt_a", "mba"}},
	};
	struct heir_str flags, vendor;

	if (field(cpuinfo, "CPU implementer", &vendor))
		heir_gather_has_attributes(g); /* other vendors have none of it */
	if (!is_x86(cpuinfo, &flags) || !field(cpuinfo, "vendor_id", &vendor))
		return;
	heir_gather_has_attributes(g);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool all = true;

		for (size_t k = 0; k < ARRAY_LEN(rows[i].flags) && rows[i].flags[k]; k++)
			all = all && has_word(flags, rows[i].flags[k]);
		if (all && (strcmp(rows[i].name, "RDTMBA") != 0 ||
				   heir_str_eqz(vendor, "GenuineIntel")))
			heir_gather_set_bool(g, rows[i].name, true);
	}
}

/* One class is the default class. */
static void set_classes(struct heir_gather *g)
{
	enum { MAX_DIGITS = 9 };
	struct heir_str text;
	size_t n = 0;

	if (!heir_gather_get(g, "RDTL3CA") ||
		!heir_gather_value(g, "/sys/fs/resctrl/info/L3/num_closids", &text) ||
		!heir_gather_is_number(text) || text.len > MAX_DIGITS)
		return;
	for (size_t i = 0; i < text.len; i++)
		n = n * 10 + (size_t)(text.p[i] - '0');
	if (n > 0)
		heir_gather_set_count(g, "RDTL3CA_NUM_CLOSID", n - 1);
}

void heir_gather_cpu_rdt(struct heir_gather *g)
{
	struct heir_str cpuinfo;

	if (!heir_gather_head(g, "/proc/cpuinfo", &cpuinfo))
		return;
	heir_parse_cpu_rdt(g, cpuinfo);
	set_classes(g);
}

/* ---- /sys ---- */

void heir_gather_cpu_coprocessor(struct heir_gather *g)
{
	if (!heir_gather_exists(g, "/sys/devices"))
		return;
	heir_gather_has_attributes(g);
	if (heir_gather_exists(g, "/sys/devices/vio/ibm,compression-v1/nx_gzip_caps"))
		heir_gather_set_bool(g, "nx_gzip", true);
}

/* The CPUs by package. */
struct packages {
	const char **ids;
	size_t n;
};

static bool add_package(struct heir_gather *g, struct packages *packages, struct heir_str id)
{
	for (size_t i = 0; i < packages->n; i++)
		if (heir_str_eqz(id, packages->ids[i]))
			return true;
	packages->ids[packages->n] = heir_arena_strndup(&g->scratch, id.p, id.len);
	if (!packages->ids[packages->n]) {
		g->error = -ENOMEM;
		return false;
	}
	packages->n++;
	return true;
}

/* Reads the topology of a CPU. An offline CPU has none and does not count. */
static bool read_cpu(
	struct heir_gather *g, const char *name, struct packages *packages, bool *threads)
{
	static const char devices[] = "/sys/bus/cpu/devices/";
	const char *path = heir_gather_path(g, devices, name, "/topology");
	_cleanup_(heir_fd_close) int dir = path ? heir_gather_open(g, path) : -1;
	struct heir_str siblings, id;

	if (dir < 0)
		return g->error == 0;
	if (!heir_gather_value_at(g, dir, "thread_siblings_list", &siblings) ||
		!heir_gather_value_at(g, dir, "physical_package_id", &id))
		return false;
	for (size_t i = 0; i < siblings.len; i++)
		*threads |= siblings.p[i] == ',' || siblings.p[i] == '-';
	return add_package(g, packages, id);
}

void heir_gather_cpu_topology(struct heir_gather *g)
{
	enum { MAX_PACKAGES = 1024 };
	struct packages packages = {NULL, 0};
	const char *const *names;
	bool threads = false;
	size_t n;

	if (!heir_gather_list(g, "/sys/bus/cpu/devices", &names, &n))
		return;
	packages.ids = heir_arena_zalloc(&g->scratch, MAX_PACKAGES, sizeof(*packages.ids));
	if (!packages.ids) {
		g->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (packages.n == MAX_PACKAGES || !read_cpu(g, names[i], &packages, &threads))
			return;
	if (packages.n == 0)
		return;
	heir_gather_set_bool(g, "hardware_multithreading", threads);
	heir_gather_set_count(g, "socket_count", packages.n);
}

void heir_gather_cpu_cstate(struct heir_gather *g)
{
	static const char max[] = "/sys/module/intel_idle/parameters/max_cstate";
	struct heir_str driver, states;

	if (!heir_gather_exists(g, "/sys/devices/system/cpu"))
		return;
	if (!heir_gather_exists(g, "/sys/devices/system/cpu/cpuidle")) {
		heir_gather_has_attributes(g);
		return;
	}
	if (!heir_gather_value(g, "/sys/devices/system/cpu/cpuidle/current_driver", &driver))
		return;
	if (!heir_str_eqz(driver, "intel_idle"))
		heir_gather_has_attributes(g);
	else if (heir_gather_value(g, max, &states) && heir_gather_is_number(states))
		heir_gather_set_bool(g, "enabled", !heir_str_eqz(states, "0"));
}

/* Sets the governor if all policies with CPUs have the same one. */
static void set_governor(struct heir_gather *g)
{
	static const char policies[] = "/sys/devices/system/cpu/cpufreq/";
	struct heir_str common = HEIR_STR_NULL, cpus, governor;
	const char *const *names;
	size_t n;

	if (!heir_gather_list(g, policies, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *path = heir_gather_path(g, policies, names[i], "");
		_cleanup_(heir_fd_close) int dir = path ? heir_gather_open(g, path) : -1;

		if (dir < 0 || !heir_gather_value_at(g, dir, "affected_cpus", &cpus) ||
			cpus.len == 0 ||
			!heir_gather_value_at(g, dir, "scaling_governor", &governor))
			continue;
		if (common.len > 0 && !heir_str_eq(common, governor))
			return;
		common = governor;
	}
	if (common.len > 0)
		heir_gather_setz(g, "scaling_governor", common);
}

void heir_gather_cpu_pstate(struct heir_gather *g)
{
	struct heir_str status, no_turbo;

	if (!heir_gather_exists(g, "/sys/devices/system/cpu"))
		return;
	if (!heir_gather_exists(g, "/sys/devices/system/cpu/intel_pstate")) {
		heir_gather_has_attributes(g);
		return;
	}
	if (!heir_gather_value(g, "/sys/devices/system/cpu/intel_pstate/status", &status))
		return;
	heir_gather_has_attributes(g);
	if (heir_str_eqz(status, "off"))
		return;
	heir_gather_setz(g, "status", status);
	if (heir_gather_value(g, "/sys/devices/system/cpu/intel_pstate/no_turbo", &no_turbo) &&
		no_turbo.len > 0)
		heir_gather_set_bool(g, "turbo", no_turbo.p[0] == '0');
	if (heir_str_eqz(status, "active"))
		set_governor(g);
}
