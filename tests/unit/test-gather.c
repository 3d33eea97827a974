/* SPDX-License-Identifier: Apache-2.0 */
/* Facts gathered from a node: the parsers, the machines of tests/nodes, that each feature is
 * gathered once and only when it is asked for, and nodes that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/gzip.h"
#include "base/macro.h"
#include "node/expr.h"
#include "node/gather.h"
#include "node/gather_parts.h"
#include "node/json.h"
#include "support/fail-alloc.h"
#include "support/node.h"
#include "support/tree.h"

static struct heir_str str(const char *z)
{
	return heir_str_from(z);
}

/* ---- Parsers: a text, and what is gathered of it ---- */

struct parsed {
	struct heir_arena arena;
	struct heir_gather g;
	const struct heir_feature *feature;
	char told[8192];
};

static void add(struct parsed *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct parsed *p, const char *fmt, ...)
{
	size_t len = strlen(p->told);
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->told + len, sizeof(p->told) - len, fmt, args);
	va_end(args);
}

/* "FLAG FLAG", "NAME=VALUE, NAME=VALUE"; "nothing" where the feature is not available. */
static const char *tell(struct parsed *p)
{
	p->told[0] = '\0';
	if (!p->feature)
		return "nothing";
	for (size_t i = 0; i < p->feature->n_flags; i++)
		add(p, "%s%s", i > 0 ? " " : "", p->feature->flags[i].p);
	for (size_t i = 0; i < p->feature->n_attributes; i++)
		add(p, "%s%s=%s", i > 0 ? ", " : "", p->feature->attributes[i].name.p,
			p->feature->attributes[i].value.p);
	return p->told;
}

static struct parsed *parse_bytes(
	void (*parse)(struct heir_gather *g, struct heir_str text), struct heir_str text)
{
	struct parsed *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	heir_arena_init(&p->arena);
	heir_gather_init(&p->g, NULL, &p->arena, "x.y", 1 << 20);
	parse(&p->g, text);
	assert_int_equal(heir_gather_finish(&p->g, &p->feature), 0);
	return p;
}

static void release(struct parsed *p)
{
	heir_gather_release(&p->g);
	heir_arena_release(&p->arena);
	free(p);
}

static void parses_to(void (*parse)(struct heir_gather *g, struct heir_str text), const char *text,
	const char *wanted)
{
	struct parsed *p = parse_bytes(parse, str(text));

	assert_string_equal(tell(p), wanted);
	release(p);
}

static void kernel_versions(void **state)
{
	static const struct {
		const char *release, *wanted;
	} cases[] = {
		{"5.14.0-427.el9.x86_64\n",
			"full=5.14.0-427.el9.x86_64, major=5, minor=14, revision=0"},
		{"6.18.44", "full=6.18.44, major=6, minor=18, revision=44"},
		{"6.18", "full=6.18, major=6, minor=18"},
		{"7", "full=7, major=7"},
		{"7-rc1", "full=7-rc1, major=7"},
		{"6.1.2.3", "full=6.1.2.3"},
		{"6.1.", "full=6.1, major=6, minor=1"},
		{"6..1", "full=6..1"},
		{"6.1+", "full=6.1, major=6, minor=1"},
		{"6.1.0+x", "full=6.1.0_x"},
		{"custom", "full=custom"},
		{"..-_", "nothing"},
		{"", "nothing"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		parses_to(heir_parse_kernel_version, cases[i].release, cases[i].wanted);
}

static void kernel_configs(void **state)
{
	(void)state;
	parses_to(heir_parse_kernel_config,
		"CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x y\"\nCONFIG_D=\"\"\nCONFIG_E\n"
		"CONFIG_=y\nX_CONFIG_F=y\nCONFIG_G=a=b\nCONFIG_A=m",
		"A=m, C=x y, D=, G=a=b");
	parses_to(heir_parse_kernel_config, "", "");
	parses_to(heir_parse_kernel_config, "CONFIG_A=\xff\nCONFIG_B=\x01\nCONFIG_C\xc3=y\n",
		"B=\x01");
}

static void os_releases(void **state)
{
	(void)state;
	parses_to(heir_parse_os_release,
		"ID='a b'\nVERSION_ID=\"9.4.1\"\r\nX-Y=1\nEMPTY=\n =1\n#C=1\nQ=\"\"\n",
		"ID=a b, Q=, VERSION_ID=9.4.1, VERSION_ID.major=9, VERSION_ID.minor=4");
	parses_to(heir_parse_os_release, "VERSION_ID=rolling\n", "VERSION_ID=rolling");
	parses_to(heir_parse_os_release, "VERSION_ID=9.\n", "VERSION_ID=9., VERSION_ID.major=9");
	parses_to(heir_parse_os_release, "VERSION_ID=1\nVERSION_ID=2\n",
		"VERSION_ID=2, VERSION_ID.major=2");
}

static void module_lists(void **state)
{
	(void)state;
	parses_to(heir_parse_modules, "kvm 1 0 - Live 0x0\n\n  \t\nxfs 1\nkvm 2\nlast",
		"kvm last xfs");
	parses_to(heir_parse_modules, "", "");
}

static void cpu_flags(void **state)
{
	(void)state;
	/* Each level needs all of those before it. */
	parses_to(heir_parse_cpuid,
		"vendor_id : x\ncpu family : 6\nflags : cmov cx8 fpu fxsr mmx syscall sse sse2 "
		"avx512f\n",
		"AVX512F CMOV CMPXCHG8 FXSR MMX SSE SSE2 SYSCALL X86_64_V1 X87");
	/* "ht" alone is not hyper-threading. */
	parses_to(heir_parse_cpuid,
		"vendor_id: x\ncpu family: 6\nflags: ht\nsiblings: 2\ncpu cores: 2\n", "");
	parses_to(heir_parse_cpuid,
		"vendor_id: x\ncpu family: 6\nflags: ht\nsiblings: 4\ncpu cores: 2\n", "HTT");
	parses_to(heir_parse_cpuid, "vendor_id: x\ncpu family: 6\nflags: xsave xsave nope\n",
		"OSXSAVE XSAVE");
	parses_to(heir_parse_cpuid, "CPU implementer : 0x41\nFeatures : fp sve2p1\n", "FP SVE2P1");
	parses_to(heir_parse_cpuid, "vendor_id : IBM/S390\nfeatures : esan3\n", "nothing");
	parses_to(heir_parse_cpuid, "", "nothing");
	parses_to(heir_parse_cpuid, ":\n: x\nflags", "nothing");
}

/* From all over the table, which is searched by halves. */
static void cpu_flag_names(void **state)
{
	static const char *const some[] = {
		"3dnow", "abm", "avx512_4vnniw", "avx512f", "md_clear", "pni", "sse4_1", "xsaves"};
	static const char *const names[] = {
		"AMD3DNOW", "LZCNT", "", "AVX512F", "MD_CLEAR", "SSE3", "SSE4", "XSAVES"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		char text[128];

		snprintf(text, sizeof(text), "vendor_id: x\ncpu family: 6\nflags: %s\n", some[i]);
		parses_to(heir_parse_cpuid, text, names[i]);
	}
}

static void cpu_models(void **state)
{
	(void)state;
	parses_to(heir_parse_cpu_model,
		"vendor_id: HygonGenuine\ncpu family: 24\nmodel: 1\nmodel name: 7\nflags: fpu\n",
		"family=24, hypervisor=none, id=1, vendor_id=Hygon");
	parses_to(heir_parse_cpu_model,
		"vendor_id:   Shanghai  \ncpu family: x\nmodel: -1\nflags: hypervisor\n",
		"vendor_id=VendorUnknown");
	parses_to(heir_parse_cpu_model, "CPU implementer : 0x4e\nCPU part : 0x1\n",
		"vendor_id=NVIDIA");
	parses_to(heir_parse_cpu_model, "processor : 0\n", "nothing");
}

static void swaps(void **state)
{
	(void)state;
	assert_false(heir_parse_swaps(str("")));
	assert_false(heir_parse_swaps(str("Filename Type\n")));
	assert_false(heir_parse_swaps(str("Filename Type\n \n\n")));
	assert_true(heir_parse_swaps(str("Filename Type\n/dev/a partition\n")));
}

static void parse_pci(struct heir_gather *g, struct heir_str text)
{
	if (!heir_parse_pci_uevent(g, text))
		heir_gather_forget(g);
}

static void pci_uevents(void **state)
{
	static const char *const broken[] = {"PCI_CLASS=30200\nPCI_ID=10DE:2330\n",
		"PCI_CLASS=30200\nPCI_ID=10DE2330\nPCI_SUBSYS_ID=1:2\n",
		"PCI_CLASS=1030200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=1:2\n",
		"PCI_CLASS=\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=1:2\n",
		"PCI_CLASS=3g200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=1:2\n",
		"PCI_CLASS=30200\nPCI_ID=:\nPCI_SUBSYS_ID=1:2\n",
		"PCI_CLASS=30200\nPCI_ID=10DE:23300\nPCI_SUBSYS_ID=1:2\n", "", "PCI_CLASS",
		"\n\n="};

	(void)state;
	parses_to(parse_pci, "PCI_CLASS=30200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=1:2\n",
		"class=0302, device=2330, subsystem_device=0002, subsystem_vendor=0001, "
		"vendor=10de");
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct parsed *p = parse_bytes(parse_pci, str(broken[i]));

		assert_true(!p->feature || p->feature->n_attributes == 0);
		release(p);
	}
}

/* What no document of facts could hold is not there, and the rest is. */
static void unfit_elements(void **state)
{
	static const char nul[] = "CONFIG_A=1\0002\nCONFIG_B=3\n";
	struct parsed *p =
		parse_bytes(heir_parse_kernel_config, (struct heir_str){nul, sizeof(nul) - 1});
	char *text = malloc(HEIR_EXPR_MAX_VALUE + 64);

	(void)state;
	assert_string_equal(tell(p), "B=3");
	release(p);
	assert_non_null(text);
	for (int more = 0; more < 2; more++) {
		int n = sprintf(text, "CONFIG_L=%0*d\nCONFIG_S=1\n", HEIR_EXPR_MAX_VALUE + more, 0);

		p = parse_bytes(heir_parse_kernel_config, (struct heir_str){text, (size_t)n});
		assert_int_equal(p->feature->n_attributes, 2 - more);
		release(p);
	}
	free(text);
}

/* Half a list would answer wrongly. */
static void too_large_a_feature(void **state)
{
	struct heir_arena arena;
	struct heir_gather g;
	const struct heir_feature *feature;

	(void)state;
	heir_arena_init(&arena);
	heir_gather_init(&g, NULL, &arena, "x.y", 64);
	heir_parse_modules(&g, str("a\nb\nc\nd\ne\nf\ng\nh\ni\n"));
	assert_int_equal(heir_gather_finish(&g, &feature), 0);
	assert_null(feature);
	heir_gather_release(&g);
	heir_arena_release(&arena);
}

/* ---- gzip ---- */

static size_t pack(const char *text, size_t len, unsigned char *ret, size_t size)
{
	z_stream stream = {.next_in = (z_const unsigned char *)text, .avail_in = (uInt)len};

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_out = ret;
	stream.avail_out = (uInt)size;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return size - stream.avail_out;
}

static int unpack(
	struct heir_str packed, size_t most, struct heir_arena *arena, struct heir_str *ret)
{
	const char *what;

	return heir_gunzip(packed, &most, arena, ret, &what);
}

static void unpacking(void **state)
{
	enum { LARGE = 200000 };
	static unsigned char packed[LARGE];
	static char text[LARGE];
	struct heir_arena arena;
	struct heir_str ret, all;
	int r;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * i >> 7);
	all = (struct heir_str){(char *)packed, pack(text, sizeof(text), packed, sizeof(packed))};
	assert_int_equal(unpack(all, LARGE, &arena, &ret), 0);
	assert_int_equal(ret.len, sizeof(text));
	assert_memory_equal(ret.p, text, sizeof(text));
	assert_int_equal(ret.p[ret.len], '\0');
	assert_int_equal(unpack(all, LARGE - 1, &arena, &ret), -EINVAL);
	for (size_t n = 0; n < all.len; n += 1 + n / 16)
		assert_int_equal(unpack((struct heir_str){all.p, n}, LARGE, &arena, &ret), -EINVAL);
	packed[all.len / 2] ^= 0x55;
	assert_true(unpack(all, LARGE, &arena, &ret) < 0);
	assert_int_equal(unpack(str("text"), LARGE, &arena, &ret), -EINVAL);
	all.len = pack("", 0, packed, sizeof(packed));
	assert_int_equal(unpack(all, 0, &arena, &ret), 0);
	assert_int_equal(ret.len, 0);
	heir_arena_release(&arena);
	all.len = pack("text", 4, packed, sizeof(packed));
	r = -ENOMEM;
	for (unsigned n = 0; r == -ENOMEM; n++) {
		heir_test_fail_alloc(n);
		r = unpack(all, LARGE, &arena, &ret);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	}
	assert_int_equal(r, 0);
	heir_arena_release(&arena);
}

/* ---- Whole nodes ---- */

struct machine {
	char *dir;
	struct heir_root root;
	struct heir_arena arena;
	struct heir_gatherer gatherer;
	struct heir_facts facts;
};

static struct machine *machine_new(void)
{
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->dir = tree_new();
	heir_arena_init(&m->arena);
	assert_int_equal(heir_root_open(&m->root, m->dir), 0);
	heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
	return m;
}

static void machine_free(struct machine *m)
{
	heir_root_close(&m->root);
	heir_arena_release(&m->arena);
	tree_remove(m->dir);
	free(m);
}

static const struct heir_feature *ask(struct machine *m, const char *name)
{
	const struct heir_feature *feature = NULL;

	assert_int_equal(heir_facts_ask(&m->gatherer.facts, str(name), &feature), 0);
	return feature;
}

static const char *attribute(struct machine *m, const char *feature, const char *name)
{
	const struct heir_feature *found = ask(m, feature);
	const struct heir_str *value = found ? heir_feature_attribute(found, str(name)) : NULL;

	return value ? value->p : "(none)";
}

static char *source_path(const char *name, const char *suffix)
{
	static char path[PATH_MAX];
	const char *source = getenv("HEIR_SOURCE");

	assert_non_null(source);
	snprintf(path, sizeof(path), "%s/tests/nodes/%s%s", source, name, suffix);
	return path;
}

static void same_pairs(const struct heir_pair *a, size_t n, const struct heir_pair *b, size_t m)
{
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].name.p, b[i].name.p);
		assert_string_equal(a[i].value.p, b[i].value.p);
	}
}

static void same_feature(const struct heir_feature *a, const struct heir_feature *b)
{
	assert_string_equal(a->name.p, b->name.p);
	assert_int_equal(a->has_flags, b->has_flags);
	assert_int_equal(a->has_attributes, b->has_attributes);
	assert_int_equal(a->has_instances, b->has_instances);
	assert_int_equal(a->n_flags, b->n_flags);
	for (size_t i = 0; i < a->n_flags; i++)
		assert_string_equal(a->flags[i].p, b->flags[i].p);
	same_pairs(a->attributes, a->n_attributes, b->attributes, b->n_attributes);
	assert_int_equal(a->n_instances, b->n_instances);
	for (size_t i = 0; i < a->n_instances; i++)
		same_pairs(a->instances[i].attributes, a->instances[i].n_attributes,
			b->instances[i].attributes, b->instances[i].n_attributes);
}

/* What is gathered is what --facts reads of the document that heir facts prints (which the tests of
 * the program compare with the same file), whether at once or one by one. */
static void machines(void **state)
{
	static const char *const names[] = {"intel", "amd", "arm64", "gpu"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct machine *m = machine_new();
		struct heir_facts *wanted = NULL;
		struct heir_root here;
		struct heir_str text;
		const char *error = NULL;

		tree_unpack(m->dir, source_path(names[i], ".node"));
		assert_int_equal(heir_root_open(&here, NULL), 0);
		assert_int_equal(
			heir_file_read(&here, source_path(names[i], ".json"), &m->arena, &text), 0);
		assert_int_equal(heir_facts_parse(text, &m->arena, &wanted, &error), 0);
		for (size_t k = 0; k < wanted->n_features; k += 2)
			same_feature(ask(m, wanted->features[k].name.p), &wanted->features[k]);
		assert_int_equal(heir_gather_all(&m->gatherer, &m->facts), 0);
		assert_int_equal(m->facts.n_features, wanted->n_features);
		for (size_t k = 0; k < wanted->n_features; k++)
			same_feature(&m->facts.features[k], &wanted->features[k]);
		machine_free(m);
	}
}

static void names_are_known_and_sorted(void **state)
{
	(void)state;
	for (size_t i = 0; i < HEIR_N_GATHERED; i++) {
		assert_true(heir_feature_known(str(heir_gathered_name(i))));
		if (i > 0)
			assert_true(strcmp(heir_gathered_name(i - 1), heir_gathered_name(i)) < 0);
	}
	assert_null(heir_gathered_name(HEIR_N_GATHERED));
}

static void asked_once(void **state)
{
	struct machine *m = machine_new();
	const struct heir_feature *first;
	size_t n;

	(void)state;
	tree_unpack(m->dir, source_path("intel", ".node"));
	assert_int_equal(m->gatherer.n_opened, 0);
	assert_null(ask(m, "no.such"));
	assert_null(ask(m, "cpu.rdt"));
	assert_int_equal(m->gatherer.n_opened, 0);
	first = ask(m, "kernel.version");
	assert_non_null(first);
	assert_int_equal(m->gatherer.n_opened, 1);
	assert_ptr_equal(ask(m, "Kernel.VERSION"), first);
	assert_int_equal(m->gatherer.n_opened, 1);
	/* That it is not there is kept too. */
	tree_text(m->dir, "proc/swaps2", "");
	assert_non_null(ask(m, "memory.swap"));
	n = m->gatherer.n_opened;
	assert_null(ask(m, "memory.nothing"));
	assert_int_equal(m->gatherer.n_opened, n);
	machine_free(m);
}

static void nothing_at_all(void **state)
{
	struct machine *m = machine_new();

	(void)state;
	assert_int_equal(heir_gather_all(&m->gatherer, &m->facts), 0);
	assert_int_equal(m->facts.n_features, 0);
	machine_free(m);
}

static void packed_config(void **state)
{
	static const char text[] = "CONFIG_PACKED=y\n";
	struct machine *m = machine_new();
	unsigned char packed[256];

	(void)state;
	tree_text(m->dir, "proc/sys/kernel/osrelease", "6.1\n");
	tree_text(m->dir, "boot/config-6.1", "CONFIG_PLAIN=y\n");
	tree_file(m->dir, "proc/config.gz", packed,
		pack(text, sizeof(text) - 1, packed, sizeof(packed)), 0644);
	assert_string_equal(attribute(m, "kernel.config", "PACKED"), "y");
	assert_string_equal(attribute(m, "kernel.config", "PLAIN"), "(none)");
	machine_free(m);
	/* A damaged one is as if it were not there. */
	m = machine_new();
	tree_text(m->dir, "proc/sys/kernel/osrelease", "6.1\n");
	tree_text(m->dir, "boot/config-6.1", "CONFIG_PLAIN=y\n");
	tree_text(m->dir, "proc/config.gz", "no gzip");
	assert_string_equal(attribute(m, "kernel.config", "PLAIN"), "y");
	machine_free(m);
}

/* A release is no path. */
static void release_with_slashes(void **state)
{
	struct machine *m = machine_new();

	(void)state;
	tree_text(m->dir, "proc/sys/kernel/osrelease", "/../../etc/x\n");
	tree_text(m->dir, "etc/x", "CONFIG_WRONG=y\n");
	assert_null(ask(m, "kernel.config"));
	assert_string_equal(attribute(m, "kernel.version", "full"), "etc_x");
	machine_free(m);
}

/* Links that leave the node, circles, FIFOs, directories where files should be, huge files. */
static void nodes_that_lie(void **state)
{
	static char large[HEIR_GATHER_LINE + 2];
	struct machine *m = machine_new();
	char path[PATH_MAX];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	tree_text(m->dir, "sys/bus/pci/devices/a/vendor", "0x8086\n");
	tree_link(m->dir, "sys/bus/pci/devices/b", "b");
	tree_link(m->dir, "sys/bus/pci/devices/c", "../../../../../../../../etc");
	tree_link(m->dir, "sys/bus/pci/devices/d", "/nowhere");
	tree_text(m->dir, "sys/bus/pci/devices/e", "a file");
	tree_text(m->dir, "sys/bus/pci/devices/f\xff\n/uevent",
		"PCI_CLASS=30200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=1:2\n");
	tree_text(m->dir, "sys/bus/usb/devices/1-1/idProduct", "\xff\xfe\n");
	tree_text(m->dir, "sys/bus/usb/devices/1-1/serial", large);
	tree_text(m->dir, "proc/swaps/file", "");
	tree_link(m->dir, "proc/modules", "/proc/../../../../../../proc/self/maps");
	tree_text(m->dir, "sys/class/net/\xff/mtu", "1\n");
	snprintf(path, sizeof(path), "%s/proc/cpuinfo", m->dir);
	assert_int_equal(mkfifo(path, 0644), 0);
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/a/uevent", m->dir);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(ask(m, "pci.device")->n_instances, 1);
	assert_int_equal(ask(m, "usb.device")->n_instances, 1);
	assert_int_equal(ask(m, "usb.device")->instances[0].n_attributes, 0);
	assert_int_equal(ask(m, "network.virtual")->n_instances, 1);
	assert_null(ask(m, "cpu.cpuid"));
	assert_null(ask(m, "memory.swap"));
	assert_null(ask(m, "kernel.loadedmodule"));
	machine_free(m);
}

/* More than anybody has: the feature is not available, rather than half of it. */
static void endless_directories(void **state)
{
	struct machine *m = machine_new();
	int dir;

	(void)state;
	tree_link(m->dir, "sys/bus/node/devices/first", "x");
	dir = heir_root_openat(&m->root, "/sys/bus/node/devices", O_PATH);
	for (int i = 1; i < HEIR_GATHER_MAX_ENTRIES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(symlinkat("x", dir, name), 0);
	}
	assert_string_equal(attribute(m, "memory.numa", "node_count"), "16384");
	assert_int_equal(symlinkat("x", dir, "last"), 0);
	close(dir);
	heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
	assert_null(ask(m, "memory.numa"));
	machine_free(m);
}

static void no_memory(void **state)
{
	struct machine *m = machine_new();
	int r = -ENOMEM;

	(void)state;
	tree_unpack(m->dir, source_path("intel", ".node"));
	for (unsigned n = 0; r == -ENOMEM; n++) {
		heir_arena_release(&m->arena);
		heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
		heir_test_fail_alloc(n);
		r = heir_gather_all(&m->gatherer, &m->facts);
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	}
	assert_int_equal(r, 0);
	assert_int_equal(m->facts.n_features, HEIR_N_GATHERED);
	machine_free(m);
}

/* ---- Resolving with facts that are gathered meanwhile ---- */

/* The features that were asked for, in their order. */
static const char *asked(const struct heir_gatherer *gatherer)
{
	static char told[512];

	told[0] = '\0';
	for (size_t i = 0; i < HEIR_N_GATHERED; i++)
		if (gatherer->asked[i])
			snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s",
				told[0] ? " " : "", heir_gathered_name(i));
	return told;
}

static struct node *live_node(struct heir_gatherer *gatherer)
{
	struct node *node = node_new();

	tree_unpack(node->dir, source_path("gpu", ".node"));
	heir_gatherer_init(gatherer, &node->core.root, &node->facts_arena);
	node->assume.facts = &gatherer->facts;
	return node;
}

static void conditions_gather_what_they_ask(void **state)
{
	struct heir_gatherer gatherer;
	struct node *node = live_node(&gatherer);

	(void)state;
	node_conf(node, "10-parents",
		"[crio.runtime.runtimes.old]\ninherit = \"default\"\n"
		"[crio.runtime.runtimes.nvidia]\nruntime_path = \"/usr/bin/runc\"\n");
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(asked(&gatherer), "");
	assert_int_equal(gatherer.n_opened, 0);
	node_conf(node, "20-gpu",
		"[crio.runtime.runtimes.gpu]\n"
		"inherit_when = [{inherit = \"old\", when = {\"kernel.version.major\" = \"4\"}},\n"
		"{inherit = \"nvidia\", when = {\"pci.device\" = {vendor = \"10de\"}}},\n"
		"{inherit = \"old\", when = {\"kernel.config.KVM\" = true}}]\n");
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_via(node, "gpu"), "inherit_when nvidia");
	/* What stands behind the one that holds is not asked. */
	assert_string_equal(asked(&gatherer), "kernel.version pci.device");
	node_free(node);
}

static void heirs_own_features(void **state)
{
	static const struct {
		const char *when, *wanted;
	} cases[] = {
		{"{\"cgroup.version\" = \"2\"}", "inherit_when runc"},
		{"{\"cgroup.version\" = {op = \"Ge\", value = 2}}", "inherit_when runc"},
		{"{cgroup.version = \"1\"}", "inherit crun"},
		{"{\"device.vfio\" = true, \"device.kvm\" = false}", "inherit_when runc"},
		{"{device = {vfio = true, fuse = true}}", "inherit_when runc"},
		{"{\"device.kvm\" = true}", "inherit crun"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_gatherer gatherer;
		struct node *node = live_node(&gatherer);
		char text[512];

		snprintf(text, sizeof(text),
			"[crio.runtime.runtimes.runc]\n[crio.runtime.runtimes.x]\n"
			"inherit = \"crun\"\ninherit_when = [{inherit = \"runc\", when = %s}]\n",
			cases[i].when);
		node_conf(node, "x", text);
		assert_int_equal(node_resolve(node), 0);
		assert_string_equal(node_tell_via(node, "x"), cases[i].wanted);
		node_free(node);
	}
}

/* Of runtimes nobody asked anything yet. */
static void requirements_still_need_facts(void **state)
{
	struct heir_gatherer gatherer;
	struct node *node = live_node(&gatherer);

	(void)state;
	node_conf(node, "x",
		"[crio.runtime.runtimes.x]\nruntime_candidates = [\"runc\"]\n"
		"runtime_requires = {idmap = true}\n"
		"[crio.runtime.runtimes.y]\nruntime_candidates = [\"runc\"]\n");
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_dropped(node, "x"), "facts-needed x:3:20");
	assert_string_equal(node_tell_dropped(node, "y"), "ok");
	assert_int_equal(gatherer.n_opened, 0);
	node_free(node);
}

/* The machine that runs this, whatever it is: twice the same, and --facts could read it. */
static void this_machine(void **state)
{
	struct heir_facts facts[2];
	struct heir_gatherer gatherers[2];
	struct heir_arena arena;
	struct heir_root root;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_root_open(&root, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		heir_gatherer_init(&gatherers[i], &root, &arena);
		assert_int_equal(heir_gather_all(&gatherers[i], &facts[i]), 0);
	}
	assert_int_equal(facts[0].n_features, facts[1].n_features);
	assert_non_null(heir_facts_feature(&facts[0], str("kernel.version")));
	for (size_t i = 0; i < facts[0].n_features; i++)
		assert_string_equal(facts[0].features[i].name.p, facts[1].features[i].name.p);
	heir_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_versions),
		cmocka_unit_test(kernel_configs),
		cmocka_unit_test(os_releases),
		cmocka_unit_test(module_lists),
		cmocka_unit_test(cpu_flags),
		cmocka_unit_test(cpu_flag_names),
		cmocka_unit_test(cpu_models),
		cmocka_unit_test(swaps),
		cmocka_unit_test(pci_uevents),
		cmocka_unit_test(unfit_elements),
		cmocka_unit_test(too_large_a_feature),
		cmocka_unit_test(unpacking),
		cmocka_unit_test(machines),
		cmocka_unit_test(names_are_known_and_sorted),
		cmocka_unit_test(asked_once),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(packed_config),
		cmocka_unit_test(release_with_slashes),
		cmocka_unit_test(nodes_that_lie),
		cmocka_unit_test(endless_directories),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(conditions_gather_what_they_ask),
		cmocka_unit_test(heirs_own_features),
		cmocka_unit_test(requirements_still_need_facts),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
