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

static void cpu_rdt(void **state)
{
	static const struct {
		const char *vendor, *flags, *wanted;
	} cases[] = {
		{"GenuineIntel", "fpu", ""},
		{"GenuineIntel", "cqm", ""},
		{"GenuineIntel", "cqm cqm_llc", "RDTMON=true"},
		{"GenuineIntel", "cqm cqm_llc cqm_occup_llc cqm_mbm_total",
			"RDTCMT=true, RDTMON=true"},
		{"GenuineIntel", "cqm cqm_llc cqm_mbm_local cqm_mbm_total",
			"RDTMBM=true, RDTMON=true"},
		{"GenuineIntel", "cat_l3 cat_l2 mba", ""},
		{"GenuineIntel", "rdt_a cat_l3 cat_l2 mba",
			"RDTL2CA=true, RDTL3CA=true, RDTMBA=true"},
		/* Of another bit, which Node Feature Discovery does not look at. */
		{"AuthenticAMD", "rdt_a cat_l3 mba", "RDTL3CA=true"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[256];

		snprintf(text, sizeof(text), "vendor_id: %s\ncpu family: 6\nflags: %s\n",
			cases[i].vendor, cases[i].flags);
		parses_to(heir_parse_cpu_rdt, text, cases[i].wanted);
	}
	parses_to(heir_parse_cpu_rdt, "CPU implementer : 0x41\nFeatures : fp\n", "");
	parses_to(heir_parse_cpu_rdt, "features : rdt_a cat_l3\n", "nothing");
}

/* ---- Files for the "local" source ---- */

/* 2001-09-09T01:46:40Z */
enum { SOME_TIME = 1000000000 };

static void local_features(struct heir_gather *g, struct heir_str text)
{
	g->now = SOME_TIME;
	heir_parse_local_features(g, text);
}

static void local_labels(struct heir_gather *g, struct heir_str text)
{
	g->now = SOME_TIME;
	heir_parse_local_labels(g, text);
}

static void local_lines(void **state)
{
	static const struct {
		const char *text, *features, *labels;
	} cases[] = {
		{"", "", ""},
		{"a\n  b=c \r\n\n# d\n#e=f\ng=h=i\nj=\n",
			"a=true, b=c, g=h=i, j=", "a=true, b=c, g=h=i, j="},
		{"k = v\n=x\n=\n", "k = v", "k = v"},
		{"a=1\na=2\n", "a=2", "a=2"},
		/* A directive is for one line, whatever stands between. */
		{"# +no-feature\n\n# c\na\nb\n# +no-label\nc\nd", "b=true, c=true, d=true",
			"a=true, b=true, d=true"},
		{"# +no-feature\n# +no-label\na\nb", "b=true", "b=true"},
		{"  # +no-feature=x  \na\n# +no-featured\nb\n#+no-label\nc\n# + no-label\nd\n# +\n",
			"b=true, c=true, d=true", "a=true, b=true, c=true, d=true"},
		/* It takes back what stands above. */
		{"a=1\n# +no-feature\na=2\n", "", "a=2"},
		{"# +no-label\na=1\na=2\n", "a=2", "a=2"},
		/* It waits for a line that has not expired. */
		{"# +expiry-time=2001-01-01T00:00:00Z\n# +no-label\na\n"
		 "# +expiry-time=2002-01-01T00:00:00Z\nb\nc\n",
			"b=true, c=true", "c=true"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		parses_to(local_features, cases[i].text, cases[i].features);
		parses_to(local_labels, cases[i].text, cases[i].labels);
	}
}

static void local_times(void **state)
{
	static const struct {
		const char *time;
		bool counts;
	} cases[] = {
		{"2001-09-09T01:46:40Z", true},
		{" 2001-09-09T01:46:40Z\t", true},
		{"2001-09-09T01:46:39Z", false},
		{"2001-09-09T01:46:39.999Z", false},
		{"2001-09-09T01:46:40.5Z", true},
		{"2001-09-09T03:46:40+02:00", true},
		{"2001-09-09T03:46:39+02:00", false},
		{"2001-09-08T22:16:40-03:30", true},
		{"2001-09-08T22:16:39-03:30", false},
		{"0000-01-01T00:00:00Z", false},
		{"1600-02-29T00:00:00Z", false},
		{"1970-01-01T00:00:00Z", false},
		{"2000-02-29T12:00:00Z", false},
		{"2000-12-31T23:59:59Z", false},
		{"2024-02-29T00:00:00Z", true},
		{"9999-12-31T23:59:59+23:59", true},
	};
	/* No times: what was said before goes on. */
	static const char *const wrong[] = {"", "2000-01-01", "2000-01-01T00:00:00",
		"2000-1-01T00:00:00Z", "2000-01-01t00:00:00Z", "2000-01-01T00:00:00z",
		"2000-01-01 00:00:00Z", "2000-00-01T00:00:00Z", "2000-13-01T00:00:00Z",
		"2000-01-00T00:00:00Z", "2000-01-32T00:00:00Z", "1900-02-29T00:00:00Z",
		"1999-02-29T00:00:00Z", "2000-02-30T00:00:00Z", "2000-04-31T00:00:00Z",
		"2000-01-01T24:00:00Z", "2000-01-01T00:60:00Z", "2000-01-01T00:00:60Z",
		"2000-01-01T00:00:00.Z", "2000-01-01T00:00:00+0100", "2000-01-01T00:00:00+24:00",
		"2000-01-01T00:00:00+01:60", "2000-01-01T00:00:00Zx", "+000-01-01T00:00:00Z"};
	char text[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text), "# +expiry-time=%s\na\n", cases[i].time);
		parses_to(local_features, text, cases[i].counts ? "a=true" : "");
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(text, sizeof(text), "# +expiry-time=%s\na\n", wrong[i]);
		parses_to(local_features, text, "a=true");
		snprintf(text, sizeof(text),
			"# +expiry-time=2001-01-01T00:00:00Z\n# +expiry-time=%s\na\n", wrong[i]);
		parses_to(local_features, text, "");
	}
	parses_to(local_features, "# +expiry-time\na\n", "a=true");
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
	char *text = malloc(HEIR_REGEX_MAX_VALUE + 64);

	(void)state;
	assert_string_equal(tell(p), "B=3");
	release(p);
	assert_non_null(text);
	for (int more = 0; more < 2; more++) {
		int n = sprintf(
			text, "CONFIG_L=%0*d\nCONFIG_S=1\n", HEIR_REGEX_MAX_VALUE + more, 0);

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
	static const char *const names[] = {"intel", "amd", "arm64", "gpu", "snp"};

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
	assert_null(ask(m, "cpu.sst"));
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

#define FEATURES_D "etc/kubernetes/node-feature-discovery/features.d/"

/* Links, what is no file, hidden and large files, and which of two files counts. */
static void local_directory(void **state)
{
	static char large[(64 << 10) + 1];
	struct machine *m = machine_new();
	char path[PATH_MAX];

	(void)state;
	assert_null(ask(m, "local.feature"));
	heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
	tree_text(m->dir, "etc/kubernetes/kubelet.conf", "");
	assert_int_equal(ask(m, "local.feature")->n_attributes, 0);
	memset(large, 'x', sizeof(large));
	memcpy(large, "exact\n#", 7);
	tree_file(m->dir, FEATURES_D "exact", large, sizeof(large) - 1, 0644);
	memcpy(large, "large\n#", 7);
	tree_file(m->dir, FEATURES_D "large", large, sizeof(large), 0644);
	tree_text(m->dir, FEATURES_D "10-a", "a=1\nb=1\n");
	tree_text(m->dir, FEATURES_D "9-b", "b=9\n# +no-feature\na=9\n");
	tree_text(m->dir, FEATURES_D ".hidden", "hidden\n");
	tree_text(m->dir, FEATURES_D "below/file", "below\n");
	tree_text(m->dir, "srv/linked", "linked\n");
	tree_link(m->dir, FEATURES_D "link", "/srv/linked");
	tree_link(m->dir, FEATURES_D "nowhere", "/nowhere");
	tree_link(m->dir, FEATURES_D "circle", "circle");
	snprintf(path, sizeof(path), "%s/" FEATURES_D "fifo", m->dir);
	assert_int_equal(mkfifo(path, 0644), 0);
	heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
	/* The directive is of its file alone. */
	assert_string_equal(attribute(m, "local.feature", "a"), "1");
	assert_string_equal(attribute(m, "local.label", "a"), "9");
	assert_string_equal(attribute(m, "local.feature", "b"), "9");
	assert_string_equal(attribute(m, "local.feature", "exact"), "true");
	assert_string_equal(attribute(m, "local.feature", "linked"), "true");
	assert_int_equal(ask(m, "local.feature")->n_attributes, 4);
	machine_free(m);
}

static void local_directory_too_large(void **state)
{
	static char comment[64 << 10];
	struct machine *m = machine_new();

	(void)state;
	memset(comment, '#', sizeof(comment));
	for (int i = 0; i < 17; i++) {
		char path[PATH_MAX];

		heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
		snprintf(path, sizeof(path), FEATURES_D "%02d", i);
		tree_file(m->dir, path, comment, sizeof(comment), 0644);
		assert_true((ask(m, "local.label") != NULL) == (i < 16));
	}
	machine_free(m);
}

/* A file that is there and cannot be read leaves the whole unknown. */
static void local_directory_unreadable(void **state)
{
	struct machine *m = machine_new();
	char path[PATH_MAX];

	(void)state;
	tree_text(m->dir, FEATURES_D "a", "a\n");
	tree_text(m->dir, FEATURES_D "b", "b\n");
	snprintf(path, sizeof(path), "%s/" FEATURES_D "b", m->dir);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(m->dir, 0755), 0);
	/* Root could. */
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	assert_null(ask(m, "local.feature"));
	assert_int_equal(seteuid(getuid()), 0);
	assert_int_equal(chmod(path, 0644), 0);
	heir_gatherer_init(&m->gatherer, &m->root, &m->arena);
	assert_int_equal(ask(m, "local.feature")->n_attributes, 2);
	machine_free(m);
}

/* What objects bring is read with what is there. */
static void local_directory_laid_over(void **state)
{
	struct machine *m = machine_new();
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	static const struct {
		const char *path, *text;
	} laid[] = {{"/" FEATURES_D "b", "b=laid\n"}, {"/" FEATURES_D "c", "c=laid\n"},
		{"/" FEATURES_D "sub/d", "d=laid\n"}, {"/etc/e", "e=laid\n"}};

	(void)state;
	tree_text(m->dir, FEATURES_D "a", "a=1\n");
	tree_text(m->dir, FEATURES_D "b", "b=1\n");
	for (size_t i = 0; i < ARRAY_LEN(laid); i++) {
		const struct heir_overlay_file file = {
			laid[i].path, str(laid[i].text), 0644, NULL, HEIR_PLACE_NONE};

		assert_int_equal(heir_overlay_put(&overlay, &file), 0);
	}
	m->root.overlay = &overlay;
	assert_string_equal(attribute(m, "local.feature", "a"), "1");
	assert_string_equal(attribute(m, "local.feature", "b"), "laid");
	assert_string_equal(attribute(m, "local.feature", "c"), "laid");
	assert_int_equal(ask(m, "local.feature")->n_attributes, 3);
	heir_overlay_release(&overlay);
	machine_free(m);
}

/* NAME=VALUE of the feature, of a machine with such files: "PATH\nTEXT". */
static void security_is(const char *const *files, size_t n, const char *wanted)
{
	struct machine *m = machine_new();
	struct parsed p = {.feature = NULL};

	for (size_t i = 0; i < n; i++) {
		char path[PATH_MAX];
		const char *end = strchr(files[i], '\n');

		snprintf(path, sizeof(path), "%.*s", (int)(end - files[i]), files[i]);
		tree_text(m->dir, path, end + 1);
	}
	p.feature = ask(m, "cpu.security");
	assert_string_equal(tell(&p), wanted);
	machine_free(m);
}

static void cpu_security(void **state)
{
#define CPU "proc/cpuinfo\nvendor_id: x\ncpu family: 6\nflags: "
#define AMD "sys/module/kvm_amd/parameters/"
#define SGX(node, bytes) "sys/devices/system/node/" node "/x86/sgx_total_bytes\n" bytes
	static const struct {
		const char *files[4], *wanted;
	} cases[] = {
		{{"etc/x\n"}, "nothing"},
		{{CPU "fpu\n"}, "nothing"},
		{{CPU "fpu\n", "sys/module/x/y\n"}, ""},
		{{CPU "tdx_guest\n"}, "tdx.protected=true"},
		{{CPU "tdx_guests\n", AMD "x\n"}, ""},
		{{AMD "sev\nN\n", AMD "sev_es\n0\n", AMD "sev_snp\n"}, "nothing"},
		{{AMD "sev\n1\n", "sys/fs/cgroup/misc.capacity\nsev_es 9\nsev 410\n"},
			"sev.asids=410, sev.enabled=true"},
		{{AMD "sev_es\nY\n", "sys/fs/cgroup/misc/misc.capacity\nsev 410\nsev_es max\n"},
			"sev.es.enabled=true"},
		{{AMD "sev\nN\n", "sys/fs/cgroup/misc.capacity\nsev 410\n"}, "nothing"},
		{{"sys/firmware/uv/prot_virt_host\n1\n"}, "se.enabled=true"},
		{{SGX("node0", "0\n")}, "nothing"},
		{{SGX("node0", "4096\n"), SGX("node1", "0\n")}, "sgx.enabled=true, sgx.epc=4096"},
		/* One that does not tell. */
		{{SGX("node0", "4096\n"), "sys/devices/system/node/node1/x\n"}, "nothing"},
		{{SGX("node0", "4096\n"), SGX("node1", "-1\n")}, "nothing"},
		{{SGX("node0", "9999999999999999\n")}, "nothing"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = 0;

		while (n < ARRAY_LEN(cases[i].files) && cases[i].files[n])
			n++;
		security_is(cases[i].files, n, cases[i].wanted);
	}
}

static void cache_classes(void **state)
{
	static const char *const cases[][2] = {{"16\n", "15"}, {"1\n", "0"}, {"0\n", "(none)"},
		{"x\n", "(none)"}, {"-3\n", "(none)"}, {"99999999999999999999\n", "(none)"}};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		bool has_cat = i % 2 == 0;
		struct machine *m = machine_new();

		tree_text(m->dir, "proc/cpuinfo",
			has_cat ? "vendor_id: x\ncpu family: 6\nflags: rdt_a cat_l3\n"
				: "vendor_id: x\ncpu family: 6\nflags: cat_l3\n");
		tree_text(m->dir, "sys/fs/resctrl/info/L3/num_closids", cases[i / 2][0]);
		assert_string_equal(attribute(m, "cpu.rdt", "RDTL3CA_NUM_CLOSID"),
			has_cat ? cases[i / 2][1] : "(none)");
		machine_free(m);
	}
}

static void coprocessor(void **state)
{
	struct machine *m = machine_new();

	(void)state;
	tree_text(m->dir, "sys/devices/vio/ibm,compression-v1/nx_gzip_caps/x", "");
	assert_string_equal(attribute(m, "cpu.coprocessor", "nx_gzip"), "true");
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

/* "PREFIXnnnnnSUFFIX\n" so many times. */
static void numbered(
	struct machine *m, const char *path, const char *prefix, const char *suffix, int n)
{
	struct heir_buf buf = HEIR_BUF_NULL;

	for (int i = 0; i < n; i++)
		heir_buf_printf(&buf, "%s%05d%s\n", prefix, i, suffix);
	assert_int_equal(heir_buf_error(&buf), 0);
	tree_file(m->dir, path, buf.p, buf.len, 0644);
	heir_buf_release(&buf);
}

/* Each may be asked; but what is printed of all must fit into what is read of a document. */
static void more_than_a_document(void **state)
{
	struct machine *m = machine_new();

	(void)state;
	tree_text(m->dir, "proc/sys/kernel/osrelease", "6.1\n");
	tree_text(m->dir, "proc/modules", "last 1\n");
	numbered(m, "boot/config-6.1", "CONFIG_A_", "=\"0123456789012345678901234567890\"", 25000);
	numbered(m, "lib/modules/6.1/modules.builtin", "a_module_of_some_length_", ".ko", 25000);
	assert_int_equal(ask(m, "kernel.config")->n_attributes, 25000);
	assert_int_equal(ask(m, "kernel.enabledmodule")->n_flags, 25001);
	assert_int_equal(heir_gather_all(&m->gatherer, &m->facts), 0);
	assert_non_null(heir_facts_feature(&m->facts, str("kernel.config")));
	assert_null(heir_facts_feature(&m->facts, str("kernel.enabledmodule")));
	assert_non_null(heir_facts_feature(&m->facts, str("kernel.loadedmodule")));
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
		cmocka_unit_test(cpu_rdt),
		cmocka_unit_test(local_lines),
		cmocka_unit_test(local_times),
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
		cmocka_unit_test(local_directory),
		cmocka_unit_test(local_directory_too_large),
		cmocka_unit_test(local_directory_unreadable),
		cmocka_unit_test(local_directory_laid_over),
		cmocka_unit_test(cpu_security),
		cmocka_unit_test(cache_classes),
		cmocka_unit_test(coprocessor),
		cmocka_unit_test(endless_directories),
		cmocka_unit_test(more_than_a_document),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(conditions_gather_what_they_ask),
		cmocka_unit_test(heirs_own_features),
		cmocka_unit_test(requirements_still_need_facts),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
