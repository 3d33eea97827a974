/* SPDX-License-Identifier: Apache-2.0 */
/* Objects: how YAML and JSON are read, what their places are, data URLs and gzip, which
 * MachineConfigs a pool takes and who wrote them, what ContainerRuntimeConfigs become, and every
 * refusal with its rule and its place. The merge itself is also in tests/mco.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/core.h"
#include "kube/author.h"
#include "kube/cluster.h"
#include "kube/ctrcfg.h"
#include "base/gzip.h"
#include "kube/dataurl.h"
#include "kube/kube.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

#define MCO "apiVersion: machineconfiguration.openshift.io/v1\n"
#define ROLE(role) "labels: {machineconfiguration.openshift.io/role: " role "}"
#define FILES "ignition: {version: 3.2.0}, storage: {files: "
/* A MachineConfig in one line. */
#define MC(name, role, config)                            \
	MCO "kind: MachineConfig\nmetadata: {name: " name \
	    ", " ROLE(role) "}\nspec: {config: {" config "}}\n---\n"
#define MC_FILES(name, role, files) MC(name, role, FILES "[" files "]}")
#define DROPIN(name) "path: /etc/crio/crio.conf.d/" name
#define POOL(name, spec) \
	MCO "kind: MachineConfigPool\nmetadata: {name: " name "}\nspec: " spec "\n---\n"
#define CR(name, spec) \
	MCO "kind: ContainerRuntimeConfig\nmetadata: {" name "}\nspec: {" spec "}\n---\n"
#define FOR_WORKER                                  \
	"machineConfigPoolSelector: {matchLabels: " \
	"{pools.operator.machineconfiguration.openshift.io/worker: ''}}, containerRuntimeConfig: "

/* What was read. */
struct cluster {
	struct heir_core core;
	struct heir_kube *kube;
	struct heir_overlay overlay;
	struct heir_buf told;
};

static int setup(void **state)
{
	struct cluster *c = calloc(1, sizeof(*c));

	heir_core_init(&c->core);
	assert_int_equal(heir_kube_new(&c->core, &c->kube), 0);
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct cluster *c = *state;

	heir_buf_release(&c->told);
	heir_overlay_release(&c->overlay);
	heir_kube_free(c->kube);
	heir_core_release(&c->core);
	free(c);
	return 0;
}

static void restart(struct cluster *c)
{
	heir_overlay_release(&c->overlay);
	heir_kube_free(c->kube);
	heir_core_release(&c->core);
	heir_core_init(&c->core);
	assert_int_equal(heir_kube_new(&c->core, &c->kube), 0);
}

static void read_text(struct cluster *c, const char *text)
{
	assert_int_equal(heir_kube_read(c->kube, "in.yaml", heir_str_from(text)), 0);
}

static void read_anew(struct cluster *c, const char *text)
{
	restart(c);
	read_text(c, text);
}

static void lay(struct cluster *c, const char *pool)
{
	heir_overlay_release(&c->overlay);
	assert_int_equal(heir_kube_files(c->kube, pool, &c->overlay), 0);
}

/* The text of a file; "-" where it is not there. */
static const char *file_of(struct cluster *c, const char *path)
{
	const struct heir_overlay_file *file = heir_overlay_find(&c->overlay, path);

	return file ? file->text.p : "-";
}

static const char *dropin(struct cluster *c, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/etc/crio/crio.conf.d/%s", name);
	return file_of(c, path);
}

/* "RULE LINE:COLUMN, ..." */
static const char *faults(struct cluster *c)
{
	heir_buf_clear(&c->told);
	for (uint32_t i = 0; i < c->core.diags.n; i++) {
		const struct heir_diag *diag = c->core.diags.items[i];
		struct heir_position at;

		assert_int_equal(heir_source_locate(&c->core.sources.items[diag->where.source],
					 &c->core.arena, diag->where.at, &at),
			0);
		heir_buf_printf(&c->told, "%s%s %u:%u", i ? ", " : "", heir_rules[diag->rule].id,
			at.line, at.column);
	}
	return c->told.p ? c->told.p : "";
}

/* ---- Data URLs ---- */

static const char *decode(struct heir_arena *arena, const char *url)
{
	struct heir_str text;
	const char *what = NULL;
	int r = heir_dataurl_decode(heir_str_from(url), arena, &text, &what);

	if (r < 0) {
		assert_int_equal(r, -EINVAL);
		return what;
	}
	assert_memory_equal(text.p + text.len, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	return text.p;
}

static void dataurls(void **state)
{
	static const char *const cases[][2] = {
		{"data:,", ""},
		{"data:,a%20b%0A%c3%A9", "a b\n\xc3\xa9"},
		{"data:,a+b", "a+b"},
		{"data:text/plain,x", "x"},
		{"data:text/plain;charset=utf-8,x", "x"},
		{"data:text/plain;a=\"q;\\\",\";b=c,x", "x"},
		{"data:;charset=utf-8,x", "x"},
		{"data:;base64,", ""},
		{"data:;base64,YWJj", "abc"},
		{"data:;base64,YWI=", "ab"},
		{"data:;base64,YQ==", "a"},
		{"data:;base64,YW\nJj\r\n", "abc"},
		{"data:application/octet-stream;base64,YWJjZA==", "abcd"},
		{"data:x-own/thing,x", "x"},
		{"", "not a data URL"},
		{"data", "not a data URL"},
		{"http://x/", "not a data URL"},
		{"DATA:,x", "not a data URL"},
		{"data:", "no comma before the data"},
		{"data:nocomma", "the media type has no slash"},
		{"data:own/thing,x", "an unknown media type"},
		{"data:text/plain", "no comma before the data"},
		{"data:text/plain;charset,x", "a parameter without a value"},
		{"data:text/plain;=x,x", "a parameter without a name"},
		{"data:text/plain;a=\"x,x", "a parameter without its closing quote"},
		{"data:text/plain;a=,x", "a parameter without a value"},
		{"data:,%", "a percent sign without two hexadecimal digits"},
		{"data:,%2", "a percent sign without two hexadecimal digits"},
		{"data:,%2g", "a percent sign without two hexadecimal digits"},
		{"data:,a b", "a character that has to be percent-encoded"},
		{"data:,[a]", "a character that has to be percent-encoded"},
		{"data:,\xc3\xa9", "a character that has to be percent-encoded"},
		{"data:;base64,@@@", "invalid base64 data"},
		{"data:;base64,YWJj=", "truncated base64 data"},
		{"data:;base64,YWI", "truncated base64 data"},
		{"data:;base64,Y", "truncated base64 data"},
		{"data:;base64,YQ==YQ==", "base64 data continue after the padding"},
		{"data:;base64,Y===", "truncated base64 data"},
	};
	struct heir_arena arena;

	(void)state;
	heir_arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(decode(&arena, cases[i][0]), cases[i][1]);
	heir_arena_release(&arena);
}

/* "abc\n"; an empty file; and two members of "a" and "b". */
static const char packed_abc[] = "data:;base64,H4sIAAAAAAACA0tMSuYCAE6BiEcEAAAA";
static const char packed_nothing[] = "data:;base64,H4sIAAAAAAAC/wMAAAAAAAAAAAA=";

static const char *unpack(struct heir_arena *arena, struct heir_str packed, size_t *budget)
{
	struct heir_str text = {NULL, 0};
	const char *what = NULL;
	int r = heir_gunzip(packed, budget, arena, &text, &what);

	if (r < 0)
		return what;
	assert_memory_equal(text.p + text.len, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	return text.p;
}

static void gzip(void **state)
{
	size_t budget = 8;
	struct heir_arena arena;
	struct heir_str packed, twice;
	const char *what;
	char *both;

	(void)state;
	heir_arena_init(&arena);
	assert_int_equal(heir_dataurl_decode(heir_str_from(packed_abc), &arena, &packed, &what), 0);
	both = heir_arena_bytes(&arena, packed.len * 2);
	memcpy(both, packed.p, packed.len);
	memcpy(both + packed.len, packed.p, packed.len);
	twice = (struct heir_str){both, packed.len * 2};
	assert_string_equal(unpack(&arena, packed, &budget), "abc\n");
	assert_int_equal(budget, 4);
	/* Together they are more than what is left. */
	assert_string_equal(
		unpack(&arena, twice, &budget), "unpacks to more than heir reads of one file");
	assert_int_equal(budget, 0);
	budget = 100;
	assert_string_equal(unpack(&arena, twice, &budget), "abc\nabc\n");
	packed.len--;
	assert_string_equal(unpack(&arena, packed, &budget), "truncated gzip data");
	both[12] ^= 0x55;
	assert_string_equal(unpack(&arena, twice, &budget), "not gzip, or corrupt");
	assert_string_equal(
		unpack(&arena, HEIR_STR("plain text"), &budget), "not gzip, or corrupt");
	assert_string_equal(unpack(&arena, HEIR_STR(""), &budget), "truncated gzip data");
	heir_arena_release(&arena);
}

/* ---- Texts ---- */

static void told_names(struct cluster *c)
{
	heir_buf_clear(&c->told);
	for (size_t kind = 0; kind < HEIR_KUBE_N_KINDS; kind++)
		for (uint32_t i = 0; i < heir_kube_n(c->kube, (enum heir_kube_kind)kind); i++)
			heir_buf_printf(&c->told, "%s%s", c->told.len ? " " : "",
				heir_kube_at(c->kube, (enum heir_kube_kind)kind, i)->id.name);
}

static void assert_names(struct cluster *c, const char *text, const char *names)
{
	read_anew(c, text);
	told_names(c);
	assert_string_equal(c->told.p ? c->told.p : "", names);
}

#define CLASS(name) \
	"apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: " name "}\nhandler: h\n"
#define JCLASS(name)                     \
	"{\"apiVersion\":\"node.k8s.io/" \
	"v1\",\"kind\":\"RuntimeClass\",\"metadata\":{\"name\":\"" name "\"},\"handler\":\"h\"}"

static void streams(void **state)
{
	struct cluster *c = *state;

	assert_names(c, "", "");
	assert_names(c, "---\n...\n# nothing\n---\n", "");
	assert_names(c, CLASS("a"), "a");
	assert_names(c, CLASS("a") "---\n" CLASS("b"), "a b");
	assert_names(c, "\xef\xbb\xbf" CLASS("a"), "a");
	assert_names(c, JCLASS("a"), "a");
	assert_names(c, JCLASS("a") JCLASS("b") "\n" JCLASS("c"), "a b c");
	assert_names(c, "---\n" JCLASS("a") "\n---\n" CLASS("b") "---\n" JCLASS("c"), "a b c");
	assert_names(c, JCLASS("a") "\n---\n" CLASS("b"), "a b");
	assert_names(c,
		"{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[" JCLASS("a") "," JCLASS(
			"b") "]}",
		"a b");
	assert_names(c,
		"apiVersion: v1\nitems:\n- " JCLASS("a") "\n- " JCLASS("b") "\nkind: List\n",
		"a b");
	/* What the API server itself sends. */
	assert_names(c,
		"{\"kind\":\"RuntimeClassList\",\"apiVersion\":\"node.k8s.io/"
		"v1\",\"items\":[{\"metadata\":{\"name\":\"a\"}}]}",
		"a");
	assert_names(c, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}\n", "");
	assert_names(c, "apiVersion: v1\nkind: RuntimeClass\nmetadata: {name: x}\n", "");
	assert_names(c, "[" JCLASS("a") "]", "");
	assert_names(c, "just text", "");
	assert_string_equal(faults(c), "");
}

static const char *class_name(struct cluster *c)
{
	return heir_kube_n(c->kube, HEIR_KUBE_CLASS) == 1
		       ? heir_kube_at(c->kube, HEIR_KUBE_CLASS, 0)->id.name
		       : "-";
}

static void json_strings(void **state)
{
	struct cluster *c = *state;

	read_anew(c, JCLASS("\\u0041\\n\\t\\/\\\\\\\"\\u00e9\\u20ac\\ud83d\\ude00\\ud83d!\\udc00"));
	assert_string_equal(class_name(c),
		"A\n\t/\\\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd!\xef\xbf\xbd");
	read_anew(c, " {\n\"metadata\" : { \"name\" : null , \"name\" : \"b\" "
		     "},\r\n\t\"kind\":\"RuntimeClass\", \"x\":[1,-2.5e+3,true,{}, []], "
		     "\"apiVersion\":\"node.k8s.io/v1\"}\n");
	assert_string_equal(class_name(c), "b");
	assert_string_equal(faults(c), "");
	/* The first and the last of each length of UTF-8. */
	read_anew(c,
		JCLASS("\\u0001\\u007f\\u0080\\u07ff\\u0800\\uffff\\ud800\\udc00\\udbff\\udfff"));
	assert_string_equal(class_name(c),
		"\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

/* libyaml takes time for each level of them that is open, at every token. */
static void yaml_flow_depth(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (int depth = 63; depth < 66; depth++) {
		heir_buf_clear(&buf);
		heir_buf_addz(&buf, "spec:\n- ");
		heir_buf_fill(&buf, '[', (size_t)depth);
		heir_buf_fill(&buf, ']', (size_t)depth);
		heir_buf_addz(&buf, "\n- [[]]\n---\n");
		heir_buf_addz(&buf, CLASS("a"));
		read_anew(c, buf.p);
		if (depth <= 64)
			assert_names(c, buf.p, "a");
		assert_string_equal(faults(c), depth <= 64 ? "" : "object-syntax 2:67");
	}
	/* Open and closed again they do not add up, and blocks may be deeper. */
	heir_buf_clear(&buf);
	heir_buf_addz(&buf, "spec:\n");
	for (int i = 0; i < 100; i++)
		heir_buf_addz(&buf, "- [[[a]]]\n");
	for (size_t i = 0; i < 100; i++) {
		heir_buf_fill(&buf, ' ', i);
		heir_buf_addz(&buf, i == 0 ? "x:\n" : "y:\n");
	}
	heir_buf_addz(&buf, "---\n" CLASS("a"));
	assert_names(c, buf.p, "a");
	heir_buf_release(&buf);
}

static void syntax(void **state)
{
	static const struct {
		const char *text, *faults;
	} cases[] = {
		{"a: [\n", "object-syntax 2:1"},
		{"a: b: c\n", "object-syntax 1:5"},
		{"a: \xc3\x28\n", "object-syntax 1:5"},
		{"\xc3\xa9: \"x\n", "object-syntax 2:1"},
		{"a: *b\n", ""},
		{"kind: *b\n", "object-syntax 1:7"},
		{"kind: &a {x: *a}\n", "object-syntax 1:14"},
		{"metadata: {<<: {a: b}}\n", ""},
		{"metadata: {<<: b}\n", "object-syntax 1:16"},
		{"metadata: {<<: [{a: b}, c]}\n", "object-syntax 1:25"},
		{"? {a: b}\n: c\n", "object-syntax 1:3"},
		{"{\"a\": }", "object-syntax 1:7"},
		{"{\"a\": 1,}", "object-syntax 1:9"},
		{"{\"a\" 1}", "object-syntax 1:6"},
		{"{\"a\": [1 2]}", "object-syntax 1:10"},
		{"{\"a\": {\"b\"]}", "object-syntax 1:11"},
		{"{\"a\": [}]}", "object-syntax 1:8"},
		{"{\"a\": \"\\x\"}", "object-syntax 1:9"},
		{"{\"a\": \"\\u12g4\"}", "object-syntax 1:9"},
		{"{\"a\": \"x\n\"}", "object-syntax 1:9"},
		{"{\"a\": \"x", "object-syntax 1:9"},
		{"{\"a\": \"x\\", "object-syntax 1:10"},
		{"{\"a\": nul}", "object-syntax 1:7"},
		{"{\"a\":", "object-syntax 1:6"},
	};
	struct cluster *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		read_anew(c, cases[i].text);
		if (strcmp(faults(c), cases[i].faults) != 0)
			fail_msg("%s: %s", cases[i].text, faults(c));
	}
}

/* A map's own members come before those of merge keys, an earlier of these before a later one. */
static void merge_keys(void **state)
{
	static const char head[] = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\n";
	static const struct {
		const char *metadata, *name;
	} cases[] = {
		{"{<<: {name: a}}", "a"},
		{"{<<: {name: a}, name: b}", "b"},
		{"{name: b, <<: {name: a}}", "b"},
		{"{<<: [{name: a}, {name: c}]}", "a"},
		{"{<<: [{labels: {}}, {name: c}]}", "c"},
		{"{<<: {name: a}, <<: {name: c}}", "a"},
		{"{<<: {<<: {name: a}}}", "a"},
		{"{labels: &l {name: a}, <<: *l}", "a"},
		{"{\"<<\": {name: a}, name: b}", "b"},
	};
	struct cluster *c = *state;
	char text[256];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text), "%smetadata: %s\n", head, cases[i].metadata);
		assert_names(c, text, cases[i].name);
		assert_string_equal(faults(c), "");
	}
}

/* Lists within lists, as deep as anything may be. */
static void nested_lists(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (int depth = 1; depth <= 240; depth += 239) {
		heir_buf_clear(&buf);
		for (int i = 0; i < depth; i++)
			heir_buf_addz(
				&buf, "{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [");
		heir_buf_addz(&buf, "{\"apiVersion\": \"node.k8s.io/v1\", \"kind\": "
				    "\"RuntimeClass\", \"metadata\": {\"name\": \"a\"}}");
		for (int i = 0; i < depth; i++)
			heir_buf_addz(&buf, "]}");
		assert_names(c, buf.p, "a");
	}
	heir_buf_release(&buf);
}

/* The others of the stream still count. */
static void resync(void **state)
{
	struct cluster *c = *state;

	assert_names(
		c, CLASS("a") "---\na: [\n---\n" CLASS("b") "---\n}\n---\n" CLASS("c"), "a b c");
	assert_string_equal(faults(c), "object-syntax 7:1, object-syntax 13:1");
	assert_names(c, "{\"a\": x}\n---\n" CLASS("b"), "b");
	/* A document that does not end counts for nothing. */
	assert_names(c, CLASS("a") "x: [\n---\n" CLASS("b"), "b");
}

static char *repeat(const char *head, const char *part, size_t n, const char *tail)
{
	size_t len = strlen(part);
	char *text = malloc(strlen(head) + n * len + strlen(tail) + 1), *to = text;

	to = stpcpy(to, head);
	while (n-- > 0)
		to = stpcpy(to, part);
	strcpy(to, tail);
	return text;
}

/* What makes other readers slow, large or dead. */
static void bombs(void **state)
{
	static const struct {
		const char *head, *part;
		size_t n;
		const char *tail, *faults;
	} cases[] = {
		{"{\"spec\":{\"config\":", "[", 1000000, "", "object-syntax 1:517"},
		{"{\"x\":", "[", 1000000, "", "object-syntax 1:505"},
		{"spec: ", "[", 1000000, "", "object-syntax 1:71"},
		{"", "- ", 1000000, "", "object-syntax 1:1001"},
		{"", "? ", 1000000, "", "object-syntax 1:3"},
		{"a: b", "\n", 1000000, " c\n", ""},
		{"a: |\n", " \n", 500000, "", ""},
		{"", "%TAG !a! b\n", 100000, "--- x\n", "object-syntax 17:1"},
		{"a: !", " ", 1000000, "b\n", ""},
		{"", "---\n", 250000, "", ""},
		{"metadata: {labels: [", "a,", HEIR_TREE_MAX_NODES, "]}",
			"object-syntax 1:8388621"},
		{"", "{}\n", HEIR_TREE_MAX_NODES + 10, "", "object-syntax 4194304:1"},
		{"metadata: {labels: [", "a,", 500000, "]}", ""},
	};
	struct cluster *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *text = repeat(cases[i].head, cases[i].part, cases[i].n, cases[i].tail);

		read_anew(c, text);
		if (strcmp(faults(c), cases[i].faults) != 0)
			fail_msg("case %zu: %s", i, faults(c));
		free(text);
	}
}

/* Ten aliases of ten aliases and so on: shared in memory, and bounded for whoever walks it. */
static void aliases(void **state)
{
	static const char alias[] = CLASS("&n x") "metadata2: *n\n";
	struct heir_buf buf = HEIR_BUF_NULL;
	struct cluster *c = *state;

	heir_buf_addz(&buf, "metadata:\n  labels:\n    l0: &l0 [lol, lol]\n");
	for (int i = 1; i < 40; i++) {
		heir_buf_printf(&buf, "    l%d: &l%d [", i, i);
		for (int k = 0; k < 10; k++)
			heir_buf_printf(&buf, "%s*l%d", k ? ", " : "", i - 1);
		heir_buf_addz(&buf, "]\n");
	}
	read_anew(c, buf.p);
	assert_int_equal(c->core.diags.n, 1);
	assert_string_equal(c->core.diags.items[0]->text, "aliases repeat more than heir reads");
	assert_true(c->core.arena.total < 1 << 20);
	heir_buf_release(&buf);

	/* An honest one. */
	read_anew(c, alias);
	assert_string_equal(faults(c), "");
	read_anew(c, MC("a", "worker",
			     FILES "[{" DROPIN("1") ", contents: &c {source: 'data:,x'}}, {" DROPIN(
				     "2") ", contents: *c}]}"));
	lay(c, "worker");
	assert_string_equal(dropin(c, "1"), "x");
	assert_string_equal(dropin(c, "2"), "x");
	assert_string_equal(faults(c), "");
}

static void faults_end(void **state)
{
	struct cluster *c = *state;
	char *text = repeat("", "---\na: [\n", 1000, "");

	read_anew(c, text);
	assert_int_equal(c->core.diags.n, HEIR_TREE_MAX_FAULTS);
	free(text);
}

/* Counted, not timed: what is kept grows with what is read. */
static void linear(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;
	size_t total[2];

	for (unsigned round = 0; round < 2; round++) {
		unsigned n = round ? 1000 : 500;

		heir_buf_clear(&buf);
		for (unsigned i = 0; i < n; i++)
			heir_buf_printf(&buf,
				MC_FILES("c%04u", "worker",
					"{" DROPIN("%u") ", contents: {source: 'data:,x'}}"),
				i, i);
		read_anew(c, buf.p);
		lay(c, "worker");
		assert_int_equal(c->overlay.n, n);
		total[round] = c->core.arena.total;
	}
	assert_string_equal(faults(c), "");
	assert_true(total[1] < total[0] * 5 / 2);
	assert_true(total[1] < buf.len * 10);
	heir_buf_release(&buf);
}

#define POD(name, namespace) \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: " namespace "}\n---\n"

/* Lists of pods are long, and little of each is kept. */
static void pruned(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{}");
	for (unsigned i = 0; i < 10000; i++)
		heir_buf_printf(&buf,
			",{\"metadata\":{\"name\":\"p%u\",\"managedFields\":[{\"a\":{\"b\":{},"
			"\"c\":"
			"[1,2,3]}}]},\"spec\":{\"containers\":[{\"image\":\"quay.io/some/"
			"where@sha256:0123456789abcdef\",\"env\":[{\"name\":\"A\",\"value\":\"b\"},"
			"{\"name\":\"A\",\"value\":\"b\"}]}],\"nodeName\":\"n\"}}",
			i);
	heir_buf_addz(&buf, "]}");
	read_anew(c, buf.p);
	assert_int_equal(heir_kube_n(c->kube, HEIR_KUBE_POD), 10000);
	assert_true(c->core.arena.total < buf.len * 3);
	/* The same ones again, as a must-gather has them: the later ones count, without a word. */
	read_text(c, POD("p7", "x") POD("p7", "x") POD("p7", "y"));
	assert_int_equal(heir_kube_n(c->kube, HEIR_KUBE_POD), 10002);
	assert_string_equal(faults(c), "object-invalid 1:46");
	heir_buf_release(&buf);
}

/* ---- Places ---- */

static void places(void **state)
{
	static const char text[] = "# \xc3\xa9\n" CLASS("\"g\\u0070u\"") "---\n" JCLASS("b");
	struct cluster *c = *state;
	struct heir_runtime_class class;

	read_anew(c, text);
	heir_runtime_class_read(heir_kube_at(c->kube, HEIR_KUBE_CLASS, 0), &class);
	assert_string_equal(class.name, "gpu");
	assert_memory_equal(text + class.where.at, "h\n---", 5);
	assert_int_equal(class.where.len, 1);
	heir_runtime_class_read(heir_kube_at(c->kube, HEIR_KUBE_CLASS, 1), &class);
	assert_memory_equal(text + class.where.at, "\"h\"}", 4);
	assert_int_equal(class.where.len, 3);
	assert_int_equal(c->core.sources.items[0].scope, HEIR_SCOPE_OBJECT);
	assert_string_equal(heir_kube_at(c->kube, HEIR_KUBE_CLASS, 0)->id.input, "in.yaml");
}

/* A file stands where its source is written; without one, where its entry is. */
static void file_places(void **state)
{
	static const char text[] = MC_FILES("a", "worker",
		"{" DROPIN("1") ", mode: 384, contents: {source: 'data:,x'}}, {" DROPIN(
			"2") ", overwrite: false}");
	struct cluster *c = *state;

	read_anew(c, text);
	lay(c, "worker");
	assert_int_equal(c->overlay.n, 2);
	assert_memory_equal(text + c->overlay.files[0].where.at, "'data:,x'", 9);
	assert_int_equal(c->overlay.files[0].mode, 0600);
	assert_string_equal(c->overlay.files[0].object->name, "a");
	assert_string_equal(c->overlay.files[0].object->kind, "MachineConfig");
	assert_memory_equal(text + c->overlay.files[1].where.at, "{path", 5);
	assert_int_equal(c->overlay.files[1].mode, 0644);
	assert_string_equal(dropin(c, "2"), "");
}

/* ---- Ignition ---- */

struct refusal {
	const char *config, *faults;
};

#define SOURCE(source) ", contents: {source: \"" source "\"}"

static void refusals(void **state)
{
	static const struct refusal cases[] = {
		{FILES "[{" DROPIN("1") SOURCE("data:,x") "}]}", ""},
		{FILES "[{" DROPIN("1") SOURCE("http://x/y") "}]}", "object-unsupported"},
		{FILES "[{" DROPIN("1") SOURCE("") "}]}", "object-unsupported"},
		{FILES "[{" DROPIN("1") SOURCE("data:;base64,@") "}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") "}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") ", overwrite: true}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") ", overwrite: false}]}", ""},
		{FILES "[{" DROPIN("1") ", overwrite: maybe}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") ", contents: x}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") ", contents: {source: 5}}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") ", contents: {source: 'data:,', compression: gzip}}]}",
			"object-invalid"},
		{FILES "[{" DROPIN("1") ", contents: {source: 'data:,', compression: xz}}]}",
			"object-unsupported"},
		{FILES "[{" DROPIN("1") ", contents: {source: 'data:,', compression: ''}}]}", ""},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", mode: 0644}]}", ""},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", mode: 0o644}]}", ""},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", mode: 4096}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", mode: '420'}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", mode: -1}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", append: [{source: 'data:,'}]}]}",
			"object-unsupported"},
		{FILES "[{" DROPIN("1") SOURCE("data:,") ", append: []}]}", ""},
		{FILES "[{path: etc/crio/crio.conf" SOURCE("data:,") "}]}", "object-invalid"},
		{FILES "[{path: /etc/x/../crio/crio.conf" SOURCE("data:,") "}]}", "object-invalid"},
		{FILES "[{path: /etc//crio/crio.conf" SOURCE("data:,") "}]}", "object-invalid"},
		{FILES "[{path: /etc/crio/crio.conf/" SOURCE("data:,") "}]}", "object-invalid"},
		{FILES "[{" DROPIN("1") SOURCE("data:,") "}, {" DROPIN("1") SOURCE("data:,") "}]}",
			"object-invalid"},
		{FILES "{}}", "object-invalid"},
		{FILES "[], links: [{path: /etc/crio/crio.conf.d/x, target: /y}]}",
			"object-unsupported"},
		{FILES "[], links: [{path: /etc/x, target: /y}]}", ""},
		/* Elsewhere the MCO refuses the same, and heir goes on. */
		{FILES "[{path: /a" SOURCE("http://x/y") "}]}", "object-refused"},
		{FILES "[{path: /a" SOURCE("data:;base64,@") "}]}", "object-refused"},
		{FILES "[{path: /etc/criox/a, mode: x" SOURCE("data:,") "}]}", "object-refused"},
		{FILES "[{path: ../a" SOURCE("data:,") "}]}", "object-refused"},
		{FILES "[{}, x, {path: {}}]}", "object-refused, object-refused, object-refused"},
		/* Versions. */
		{"ignition: {version: 3.5.0}", ""},
		{"ignition: {version: 3.6.0}", "object-unsupported"},
		{"ignition: {version: 3.5.0-experimental}", "object-unsupported"},
		{"ignition: {version: 2.1.0}", "object-unsupported"},
		{"ignition: {version: 2.2.0}", ""},
		{"storage: {}", "object-invalid"},
		{"", ""},
		{"ignition: {version: 2.2.0}, storage: {files: [{filesystem: root, " DROPIN("1")
				SOURCE("data:,") ", append: false}]}",
			""},
		{"ignition: {version: 2.2.0}, storage: {files: [{filesystem: root, " DROPIN("1")
				SOURCE("data:,") ", append: true}]}",
			"object-unsupported"},
		{"ignition: {version: 2.2.0}, storage: {files: [{filesystem: other, " DROPIN("1")
				SOURCE("data:,") "}]}",
			"object-unsupported"},
		{"ignition: {version: 2.2.0}, storage: {files: [{" DROPIN("1")
				SOURCE("data:,") "}]}",
			"object-unsupported"},
	};
	struct cluster *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_buf buf = HEIR_BUF_NULL;

		heir_buf_printf(&buf, MC("a", "worker", "%s"), cases[i].config);
		read_anew(c, buf.p);
		lay(c, "worker");
		heir_buf_clear(&c->told);
		for (uint32_t k = 0; k < c->core.diags.n; k++)
			heir_buf_printf(&c->told, "%s%s", k ? ", " : "",
				heir_rules[c->core.diags.items[k]->rule].id);
		if (strcmp(c->told.p ? c->told.p : "", cases[i].faults) != 0)
			fail_msg("%s: %s", cases[i].config, c->told.p ? c->told.p : "none");
		heir_buf_release(&buf);
	}
}

static void refusal_words(void **state)
{
	struct cluster *c = *state;

	read_anew(c, MC_FILES("99-gpu", "worker",
			     "{path: /a, contents: {source: 'data:,'}}, {" DROPIN(
				     "1") ",\n contents: {source: 'http://x'}}"));
	lay(c, "worker");
	assert_string_equal(c->core.diags.items[0]->text,
		"MachineConfig \"99-gpu\", $.spec.config.storage.files[1].contents.source "
		"(\"/etc/crio/crio.conf.d/1\"): the MCO accepts data URLs only");
	assert_string_equal(faults(c), "object-unsupported 5:21");
	assert_string_equal(dropin(c, "1"), "-");
	assert_string_equal(file_of(c, "/a"), "");
}

/* spec.config may be missing, but it is never anything else than an object. */
static void odd_configs(void **state)
{
	static const char *const heads =
		MCO "kind: MachineConfig\nmetadata: {name: a, " ROLE("worker") "}\n";
	static const char *const cases[][2] = {{"", ""}, {"spec: {}", ""},
		{"spec: {config: null}", ""}, {"spec: {config: {}}", ""},
		{"spec: {config: '{}'}", "object-invalid 4:16"},
		{"spec: {config: []}", "object-invalid 4:16"}};
	struct cluster *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_buf buf = HEIR_BUF_NULL;

		heir_buf_printf(&buf, "%s%s\n", heads, cases[i][0]);
		read_anew(c, buf.p);
		lay(c, "worker");
		assert_string_equal(faults(c), cases[i][1]);
		heir_buf_release(&buf);
	}
}

static void version_2_twice(void **state)
{
	struct cluster *c = *state;

	read_anew(c, MC("a", "worker",
			     "ignition: {version: 2.2.0}, storage: {files: ["
			     "{filesystem: root, " DROPIN("1") ", mode: 384" SOURCE(
				     "data:,one") "},"
						  "{filesystem: root, " DROPIN("1")
							  SOURCE("data:,two") "}]}"));
	lay(c, "worker");
	assert_string_equal(dropin(c, "1"), "two");
	/* The last entry as a whole: nothing of the first one is left. */
	assert_int_equal(c->overlay.files[0].mode, 0644);
	assert_string_equal(faults(c), "");
}

static void packed_files(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_printf(&buf,
		MC_FILES("a", "worker",
			"{" DROPIN(
				"1") ", contents: {compression: gzip, source: '%s'}}, "
				     "{" DROPIN(
					     "2") ", contents: {compression: gzip, source: '%s'}}"),
		packed_abc, packed_nothing);
	read_anew(c, buf.p);
	lay(c, "worker");
	assert_string_equal(dropin(c, "1"), "abc\n");
	assert_string_equal(dropin(c, "2"), "");
	assert_string_equal(faults(c), "");
	heir_buf_release(&buf);
}

/* ---- Pools ---- */

#define SOURCE_OF(text) "{" DROPIN("1") ", contents: {source: 'data:," text "'}}"

static void assert_taken(struct cluster *c, const char *pool, const char *names)
{
	const struct heir_kube_selected *list;
	uint32_t n;

	assert_int_equal(heir_kube_take(c->kube, pool, &list, &n), 0);
	heir_buf_clear(&c->told);
	for (uint32_t i = 0; i < n; i++)
		heir_buf_printf(&c->told, "%s%s", i ? " " : "", list[i].name);
	assert_string_equal(c->told.p && n ? c->told.p : "", names);
}

static const char roles[] = MC_FILES("99-z", "worker", SOURCE_OF("worker"))
	MC_FILES("10-g", "gpu", SOURCE_OF("gpu")) MC_FILES("50-m", "master", SOURCE_OF("master"))
		MC_FILES("50-i", "infra", SOURCE_OF("infra")) MC_FILES("10-a", "worker", "");

static void order(void **state)
{
	struct cluster *c = *state;

	read_anew(c, roles);
	assert_taken(c, "worker", "10-a 99-z");
	assert_taken(c, "master", "50-m");
	assert_taken(c, "arbiter", "");
	assert_taken(c, "gpu", "10-a 99-z 10-g");
	assert_taken(c, "nobody", "10-a 99-z");
	lay(c, "gpu");
	assert_string_equal(dropin(c, "1"), "gpu");
	assert_string_equal(faults(c), "");
}

static void selectors(void **state)
{
	static const char *const cases[][2] = {
		{"{machineConfigSelector: {matchLabels: {machineconfiguration.openshift.io/role: "
		 "gpu}}}",
			"10-g"},
		{"{machineConfigSelector: {matchExpressions: [{key: "
		 "machineconfiguration.openshift.io/role, operator: In, values: [infra, gpu]}]}}",
			"10-g 50-i"},
		{"{machineConfigSelector: {matchExpressions: [{key: "
		 "machineconfiguration.openshift.io/role, operator: NotIn, values: [infra, worker, "
		 "gpu]}]}}",
			"50-m"},
		{"{machineConfigSelector: {matchExpressions: [{key: "
		 "machineconfiguration.openshift.io/role, operator: Exists}]}}",
			"10-a 99-z 10-g 50-i 50-m"},
		{"{machineConfigSelector: {matchExpressions: [{key: other, operator: "
		 "DoesNotExist}]}}",
			"10-a 99-z 10-g 50-i 50-m"},
		{"{machineConfigSelector: {matchExpressions: [{key: other, operator: NotIn, "
		 "values: [x]}], matchLabels: {machineconfiguration.openshift.io/role: worker}}}",
			"10-a 99-z"},
		{"{machineConfigSelector: {matchExpressions: [{key: other, operator: In, values: "
		 "['']}]}}",
			""},
		{"{machineConfigSelector: {}}", ""},
		{"{}", ""},
	};
	struct cluster *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_buf buf = HEIR_BUF_NULL;

		heir_buf_printf(&buf, "%s" POOL("gpu", "%s"), roles, cases[i][0]);
		read_anew(c, buf.p);
		assert_taken(c, "gpu", cases[i][1]);
		assert_string_equal(faults(c), "");
		heir_buf_release(&buf);
	}
	read_anew(c,
		POOL("gpu",
			"{machineConfigSelector: {matchExpressions: [{key: a, operator: Is}]}}"));
	assert_taken(c, "gpu", "");
	assert_string_equal(faults(c), "object-invalid 4:51");
}

static void too_many_parts(void **state)
{
	struct cluster *c = *state;
	char *text = repeat(MCO
		"kind: MachineConfigPool\nmetadata: {name: gpu}\nspec: "
		"{machineConfigSelector: {matchExpressions: [{key: a, operator: In, values: [",
		"a,", 1000, "]}]}}\n");

	read_anew(c, text);
	assert_taken(c, "gpu", "");
	assert_string_equal(faults(c), "object-unsupported 4:31");
	free(text);
}

static void pools(void **state)
{
	struct cluster *c = *state;
	const char *const *list;
	uint32_t n;

	read_anew(c, roles);
	assert_int_equal(heir_kube_pools(c->kube, &list, &n), 0);
	assert_int_equal(n, 4);
	assert_string_equal(list[0], "gpu");
	assert_string_equal(list[3], "worker");
	assert_null(heir_kube_pool_meant(list, n));
	read_anew(c, MC("rendered-master-0123456789abcdef0123456789abcdef", "", "") POOL("my-own",
			     "{}") MC("rendered-my-own-0123456789abcdef0123456789abcdef", "", ""));
	assert_int_equal(heir_kube_pools(c->kube, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(heir_kube_pool_meant(list, n), "my-own");
	read_anew(c, CLASS("a"));
	assert_int_equal(heir_kube_pools(c->kube, &list, &n), 0);
	assert_null(heir_kube_pool_meant(list, n));
}

#define HASH "0123456789abcdef0123456789abcde"
#define RENDERED(name, text)                                                                \
	MCO "kind: MachineConfig\nmetadata: {name: " name "}\nspec: {config: {" FILES       \
	    "[" SOURCE_OF(text) ", {" DROPIN("00-default") ", overwrite: false}, {" DROPIN( \
		    "01-ctrcfg-logLevel") ", overwrite: false}]}}}\n---\n"

static enum heir_author author_of(struct cluster *c, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/etc/crio/crio.conf.d/%s", name);
	return heir_overlay_find(&c->overlay, path)->object->author;
}

static void rendered(void **state)
{
	struct cluster *c = *state;

	read_anew(c, RENDERED("rendered-gpu-" HASH "0", "old"));
	assert_string_equal(faults(c), "");
	lay(c, "gpu");
	assert_string_equal(dropin(c, "1"), "old");
	assert_int_equal(author_of(c, "1"), HEIR_AUTHOR_RENDERED);
	assert_int_equal(author_of(c, "00-default"), HEIR_AUTHOR_TEMPLATE);
	assert_int_equal(author_of(c, "01-ctrcfg-logLevel"), HEIR_AUTHOR_CTRCFG);
	assert_taken(c, "worker", "");

	read_text(c, RENDERED("rendered-gpu-" HASH "1", "new"));
	assert_taken(c, "gpu", "");
	assert_string_equal(faults(c), "object-ambiguous 3:18");
	read_anew(c, RENDERED("rendered-gpu-" HASH "0", "old") RENDERED("rendered-gpu-" HASH "1",
			     "new") POOL("gpu", "{configuration: {name: rendered-gpu-" HASH "1}}"));
	lay(c, "gpu");
	assert_string_equal(dropin(c, "1"), "new");

	/* What is new lies over it: all else that the node has is in there. */
	read_anew(c, MC_FILES("50-a", "gpu", SOURCE_OF("source")) MC("40-w", "worker", "")
			     RENDERED("rendered-gpu-" HASH "0", "old"));
	assert_taken(c, "gpu", "rendered-gpu-" HASH "0 40-w 50-a");
	lay(c, "gpu");
	assert_string_equal(dropin(c, "1"), "source");
	assert_non_null(heir_overlay_find(&c->overlay, "/etc/crio/crio.conf.d/00-default"));

	/* Where all sources are there, they count, and nothing else. */
	read_text(c, MC("01-gpu-container-runtime", "gpu", ""));
	assert_taken(c, "gpu", "40-w 01-gpu-container-runtime 50-a");
	assert_string_equal(faults(c), "");
}

/* A pool that is only about to be made. */
static void rendered_for_workers(void **state)
{
	struct cluster *c = *state;

	read_anew(c, MC_FILES("50-a", "gpu", SOURCE_OF("source"))
			     RENDERED("rendered-worker-" HASH "0", "old"));
	assert_taken(c, "gpu", "rendered-worker-" HASH "0 50-a");
	assert_taken(c, "master", "");
	read_text(c, RENDERED("rendered-gpu-" HASH "1", "own"));
	assert_taken(c, "gpu", "rendered-gpu-" HASH "1 50-a");
	read_anew(c,
		RENDERED("rendered-worker-" HASH "0", "old") RENDERED("rendered-worker-" HASH "1",
			"new") POOL("worker", "{configuration: {name: rendered-worker-" HASH "1}}")
			MC_FILES("50-a", "gpu", SOURCE_OF("source")));
	assert_taken(c, "gpu", "rendered-worker-" HASH "1 50-a");
	assert_string_equal(faults(c), "");
}

static void rendered_names(void **state)
{
	struct heir_str pool;

	(void)state;
	assert_true(heir_is_rendered(HEIR_STR("rendered-a-b-" HASH "f"), &pool));
	assert_true(heir_str_eqz(pool, "a-b"));
	assert_false(heir_is_rendered(HEIR_STR("rendered-a-" HASH), &pool));
	assert_false(heir_is_rendered(HEIR_STR("rendered-a-" HASH "g"), &pool));
	assert_false(heir_is_rendered(HEIR_STR("rendered--" HASH "f"), &pool));
	assert_false(heir_is_rendered(HEIR_STR("rendered-" HASH "f"), &pool));
}

static void authors(void **state)
{
	static const struct {
		const char *name, *role;
		enum heir_author author;
	} cases[] = {
		{"00-worker", "worker", HEIR_AUTHOR_TEMPLATE},
		{"01-worker-container-runtime", "worker", HEIR_AUTHOR_TEMPLATE},
		{"01-worker", "worker", HEIR_AUTHOR_USER},
		{"00-worker-x", "worker", HEIR_AUTHOR_USER},
		{"01-worker-kubelet", "gpu", HEIR_AUTHOR_USER},
		{"99-worker-generated-containerruntime", "worker", HEIR_AUTHOR_CTRCFG},
		{"99-worker-generated-containerruntime-3", "worker", HEIR_AUTHOR_CTRCFG},
		{"99-worker-0a1b-containerruntime", "worker", HEIR_AUTHOR_CTRCFG},
		{"00-override-worker-generated-crio-default-container-runtime", "worker",
			HEIR_AUTHOR_CTRCFG},
		{"99-worker-generated-registries", "worker", HEIR_AUTHOR_OPERATOR},
		{"97-worker-generated-kubelet", "worker", HEIR_AUTHOR_OPERATOR},
		{"50-performance-x", "worker", HEIR_AUTHOR_OPERATOR},
		{"50-gpu", "worker", HEIR_AUTHOR_USER},
	};
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		heir_buf_clear(&buf);
		heir_buf_printf(&buf, MC("%s", "%s", ""), cases[i].name, cases[i].role);
		read_anew(c, buf.p);
		assert_int_equal(
			heir_kube_at(c->kube, HEIR_KUBE_CONFIG, 0)->id.author, cases[i].author);
	}
	heir_buf_release(&buf);
	read_anew(c, MCO "kind: MachineConfig\nmetadata: {name: 50-a, " ROLE(
			     "worker") ", ownerReferences: [{kind: NodeFeature}]}\n---\n" MCO
				       "kind: MachineConfig\nmetadata: {name: 50-b, " ROLE(
					       "worker") ", ownerReferences: [{kind: "
							 "MachineConfigPool}]}\n");
	assert_int_equal(
		heir_kube_at(c->kube, HEIR_KUBE_CONFIG, 0)->id.author, HEIR_AUTHOR_OPERATOR);
	assert_int_equal(heir_kube_at(c->kube, HEIR_KUBE_CONFIG, 1)->id.author, HEIR_AUTHOR_USER);
}

static void names(void **state)
{
	struct cluster *c = *state;

	read_anew(c, MC_FILES("a", "worker", SOURCE_OF("one"))
			     MC_FILES("a", "worker", SOURCE_OF("two")));
	assert_string_equal(faults(c), "object-twice 8:18");
	lay(c, "worker");
	assert_string_equal(dropin(c, "1"), "two");
	/* The same object in two files of a must-gather. */
	read_anew(c, MC_FILES("a", "worker", SOURCE_OF("one"))
			     MC_FILES("a", "worker", SOURCE_OF("one")));
	assert_string_equal(faults(c), "");
	read_anew(c, MCO "kind: MachineConfig\nmetadata: {}\n");
	assert_string_equal(faults(c), "object-invalid 1:1");
	read_anew(c, MCO "kind: MachineConfig\nmetadata: {name: a}\n");
	assert_string_equal(faults(c), "object-no-role 3:18");
}

/* ---- ContainerRuntimeConfigs ---- */

#define DROPIN_TEXT(line) "[crio]\n  [crio.runtime]\n    " line "\n"

static void ctrcfg_files(void **state)
{
	struct cluster *c = *state;

	read_anew(c, CR("name: c", FOR_WORKER "{logLevel: debug, pidsLimit: 4096, logSizeMax: "
					      "1.5Mi, defaultRuntime: crun, overlaySize: 8G}"));
	assert_taken(c, "worker", "99-worker-generated-containerruntime");
	lay(c, "worker");
	assert_string_equal(faults(c), "");
	assert_int_equal(c->overlay.n, 4);
	assert_string_equal(dropin(c, "01-ctrcfg-logLevel"), DROPIN_TEXT("log_level = \"debug\""));
	assert_string_equal(dropin(c, "01-ctrcfg-pidsLimit"), DROPIN_TEXT("pids_limit = 4096"));
	assert_string_equal(
		dropin(c, "01-ctrcfg-logSizeMax"), DROPIN_TEXT("log_size_max = 1572864"));
	assert_string_equal(
		dropin(c, "01-ctrcfg-defaultRuntime"), DROPIN_TEXT("default_runtime = \"crun\""));
	assert_int_equal(author_of(c, "01-ctrcfg-logLevel"), HEIR_AUTHOR_CTRCFG);
	assert_string_equal(c->overlay.files[0].object->kind, "ContainerRuntimeConfig");
	/* Custom pools have what workers have. */
	lay(c, "gpu");
	assert_int_equal(c->overlay.n, 4);
	lay(c, "master");
	assert_int_equal(c->overlay.n, 0);
	read_anew(c, CR("name: c", FOR_WORKER "{pidsLimit: 0, logSizeMax: 0, logLevel: ''}"));
	lay(c, "worker");
	assert_int_equal(c->overlay.n, 1);
	assert_string_equal(dropin(c, "01-ctrcfg-pidsLimit"), DROPIN_TEXT("pids_limit = 0"));
}

static void ctrcfg_refusals(void **state)
{
	static const char *const cases[][2] = {{"{pidsLimit: 19}", "object-invalid"},
		{"{pidsLimit: 20}", ""}, {"{pidsLimit: -1}", "object-invalid"},
		{"{pidsLimit: many}", "object-invalid"}, {"{logSizeMax: 8192}", "object-invalid"},
		{"{logSizeMax: 8193}", ""}, {"{logSizeMax: -1}", ""},
		{"{logSizeMax: 8Kii}", "object-invalid"}, {"{logLevel: loud}", "object-invalid"},
		{"{defaultRuntime: kata}", "object-invalid"},
		{"{overlaySize: -1}", "object-invalid"}, {"{logLevel: [debug]}", "object-invalid"}};
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		heir_buf_clear(&buf);
		heir_buf_printf(&buf, CR("name: c", FOR_WORKER "%s"), cases[i][0]);
		read_anew(c, buf.p);
		lay(c, "worker");
		assert_int_equal(c->core.diags.n, cases[i][1][0] ? 1 : 0);
		if (c->core.diags.n > 0) {
			assert_string_equal(
				heir_rules[c->core.diags.items[0]->rule].id, cases[i][1]);
			assert_int_equal(c->overlay.n, 0);
		}
	}
	heir_buf_release(&buf);
}

static void ctrcfg_names(void **state)
{
	struct cluster *c = *state;

	/* In order of creation, whatever the order of reading. */
	read_anew(c, CR("name: new, creationTimestamp: '2026-01-02T00:00:00Z'",
			     FOR_WORKER "{logLevel: info}")
			     CR("name: old, creationTimestamp: '2025-01-02T00:00:00Z'",
				     FOR_WORKER "{logLevel: debug}"));
	assert_taken(c, "worker",
		"99-worker-generated-containerruntime 99-worker-generated-containerruntime-1");
	lay(c, "worker");
	assert_string_equal(dropin(c, "01-ctrcfg-logLevel"), DROPIN_TEXT("log_level = \"info\""));

	/* An empty number is that of the first. */
	read_anew(c, CR("name: new", FOR_WORKER "{logLevel: info}")
			     CR("name: old, annotations: "
				"{machineconfiguration.openshift.io/mc-name-suffix: ''}",
				     FOR_WORKER "{logLevel: debug}"));
	assert_taken(c, "worker",
		"99-worker-generated-containerruntime 99-worker-generated-containerruntime-1");

	/* What the MCO wrote on them counts before that. */
	read_anew(c,
		CR("name: a, annotations: {machineconfiguration.openshift.io/mc-name-suffix: '3'}",
			FOR_WORKER "{logLevel: info}")
			CR("name: b, annotations: "
			   "{machineconfiguration.openshift.io/mc-name-suffix: ''}",
				FOR_WORKER "{logLevel: debug}")
				CR("name: c", FOR_WORKER "{logLevel: warn}"));
	assert_taken(c, "worker",
		"99-worker-generated-containerruntime 99-worker-generated-containerruntime-3 "
		"99-worker-generated-containerruntime-4");

	/* One that the MCO made already is made anew: nobody knows whether that is what it was. */
	read_anew(c, CR("name: a", FOR_WORKER "{logLevel: info}") MC_FILES(
			     "99-worker-generated-containerruntime", "worker", SOURCE_OF("made")));
	assert_taken(c, "worker", "99-worker-generated-containerruntime");
	lay(c, "worker");
	assert_string_equal(dropin(c, "01-ctrcfg-logLevel"),
		"[crio]\n  [crio.runtime]\n    log_level = \"info\"\n");
	assert_int_equal(c->overlay.n, 1);

	/* A custom pool's own comes after that of the workers. */
	read_anew(c, POOL("gpu", "{machineConfigSelector: {matchExpressions: [{key: "
				 "machineconfiguration.openshift.io/role, operator: In, values: "
				 "[worker, gpu]}]}}") CR("name: a", FOR_WORKER "{logLevel: info}"));
	assert_taken(c, "gpu", "99-worker-generated-containerruntime");
	read_text(c, MCO "kind: MachineConfigPool\nmetadata: {name: gpu, labels: {own: "
			 "gpu}}\nspec: {machineConfigSelector: {matchExpressions: [{key: "
			 "machineconfiguration.openshift.io/role, operator: In, values: [worker, "
			 "gpu]}]}}\n---\n" CR("name: b",
				 "machineConfigPoolSelector: {matchLabels: {own: gpu}}, "
				 "containerRuntimeConfig: {logLevel: debug}"));
	assert_taken(
		c, "gpu", "99-worker-generated-containerruntime 99-gpu-generated-containerruntime");
	assert_taken(c, "worker", "99-worker-generated-containerruntime");
}

static void ctrcfg_too_many(void **state)
{
	struct cluster *c = *state;
	struct heir_buf buf = HEIR_BUF_NULL;

	for (int i = 0; i < 11; i++) {
		if (i == 10) {
			read_anew(c, buf.p);
			lay(c, "worker");
			assert_string_equal(faults(c), "");
			assert_int_equal(c->overlay.n, 1);
		}
		heir_buf_printf(&buf, CR("name: c%d", FOR_WORKER "{logLevel: info}"), i);
	}
	read_anew(c, buf.p);
	lay(c, "worker");
	assert_string_equal(faults(c), "object-invalid 53:18");
	heir_buf_release(&buf);
}

static void ctrcfg_selectors(void **state)
{
	struct cluster *c = *state;

	read_anew(c,
		CR("name: c",
			"machineConfigPoolSelector: {}, containerRuntimeConfig: {logLevel: info}")
			CR("name: d", "containerRuntimeConfig: {logLevel: info}"));
	lay(c, "worker");
	assert_int_equal(c->overlay.n, 0);
	read_anew(c, CR("name: c", "machineConfigPoolSelector: {matchExpressions: [{key: "
				   "machineconfiguration.openshift.io/mco-built-in, operator: "
				   "Exists}]}, containerRuntimeConfig: {logLevel: info}"));
	assert_taken(c, "master", "99-master-generated-containerruntime");
	assert_taken(c, "gpu", "99-worker-generated-containerruntime");
	/* A rendered one holds some already, but not one that is about to be made. */
	read_text(c, RENDERED("rendered-worker-" HASH "0", "old"));
	assert_taken(c, "worker", "rendered-worker-" HASH "0 99-worker-generated-containerruntime");
}

static void quantities(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
		bool ok;
	} cases[] = {{"0", 0, true}, {"8192", 8192, true}, {"-3", -3, true}, {"+3", 3, true},
		{"16Ki", 16384, true}, {"16k", 16000, true}, {"1.5Mi", 1572864, true},
		{"1M", 1000000, true}, {"2Gi", INT64_C(2147483648), true},
		{"1E", INT64_C(1000000000000000000), true}, {"1e3", 1000, true},
		{"1E3", 1000, true}, {"1e-3", 1, true}, {"1500m", 2, true}, {"-1500m", -1, true},
		{"1n", 1, true}, {".5Ki", 512, true}, {"5.", 5, true},
		{"1Ei", INT64_C(1) << 60, true}, {"", 0, false}, {"Ki", 0, false}, {"1K", 0, false},
		{"1ki", 0, false}, {"1KiB", 0, false}, {"1 Ki", 0, false}, {"1.2.3", 0, false},
		{"1e", 0, false}, {"1e9999999999", 0, false}, {"8Ei", 0, false},
		{"99999999999999999999", 0, false}, {"-", 0, false}, {".", 0, false},
		{"1x", 0, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 0;
		bool ok = heir_quantity_parse(heir_str_from(cases[i].text), &value);

		if (ok != cases[i].ok || value != cases[i].value)
			fail_msg("%s: %d %lld", cases[i].text, ok, (long long)value);
	}
}

/* ---- Other kinds ---- */

static void cluster(void **state)
{
	struct cluster *c = *state;
	struct heir_runtime_class class;
	struct heir_pod pod;

	read_anew(c,
		CLASS("a") "scheduling: {nodeSelector: {gpu: 'true'}}\n---\n"
			   "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec: "
			   "{runtimeClassName: a, nodeName: w1}\n---\n"
			   "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: m}\n");
	assert_string_equal(faults(c), "");
	heir_runtime_class_read(heir_kube_find(c->kube, HEIR_KUBE_CLASS, HEIR_STR("a")), &class);
	assert_true(heir_str_eqz(class.handler, "h"));
	assert_true(heir_str_eqz(class.selects->first->key, "gpu"));
	assert_int_equal(heir_kube_n(c->kube, HEIR_KUBE_POD), 2);
	heir_pod_read(heir_kube_at(c->kube, HEIR_KUBE_POD, 0), &pod);
	assert_true(heir_str_eqz(pod.namespace, "n") && heir_str_eqz(pod.name, "p"));
	assert_true(heir_str_eqz(pod.runtime_class, "a") && heir_str_eqz(pod.node, "w1"));
	heir_pod_read(heir_kube_at(c->kube, HEIR_KUBE_POD, 1), &pod);
	assert_true(heir_str_eqz(pod.namespace, "m") && pod.runtime_class.len == 0);
}

#define NODE(name, roles) \
	"apiVersion: v1\nkind: Node\nmetadata: {name: " name ", labels: {" roles "}}\n---\n"
#define NODES_OF(role) "{nodeSelector: {matchLabels: {node-role.kubernetes.io/" role ": ''}}}"

static const char *pool_of(struct cluster *c, const char *node)
{
	const char *pool = heir_kube_pool_of(
		c->kube, heir_kube_find(c->kube, HEIR_KUBE_NODE, heir_str_from(node)));

	return pool ? pool : "-";
}

static void memberships(void **state)
{
	static const char nodes[] = NODE("m",
		"node-role.kubernetes.io/master: '', node-role.kubernetes.io/gpu: ''") NODE("w",
		"node-role.kubernetes.io/worker: ''") NODE("g",
		"node-role.kubernetes.io/worker: '', node-role.kubernetes.io/gpu: ''") NODE("2",
		"node-role.kubernetes.io/infra: '', node-role.kubernetes.io/gpu: ''") NODE("0", "");
	struct cluster *c = *state;

	read_anew(c, nodes);
	assert_string_equal(pool_of(c, "m"), "master");
	assert_string_equal(pool_of(c, "g"), "worker");
	assert_string_equal(pool_of(c, "0"), "-");
	read_text(c, POOL("gpu", NODES_OF("gpu")) POOL("worker", NODES_OF("worker"))
			     POOL("master", NODES_OF("master")) POOL("infra", NODES_OF("infra")));
	assert_string_equal(pool_of(c, "m"), "master");
	assert_string_equal(pool_of(c, "w"), "worker");
	assert_string_equal(pool_of(c, "g"), "gpu");
	assert_string_equal(pool_of(c, "2"), "-");
	assert_string_equal(pool_of(c, "0"), "-");
}

/* ---- Files of the user ---- */

static const char *path_in(char path[512], const char *root, const char *name)
{
	snprintf(path, 512, "%s/%s", root, name);
	return path;
}

static void directories(void **state)
{
	struct cluster *c = *state;
	const char *failed = NULL;
	char *root = tree_new(), path[512];

	tree_text(root, "b.yaml", CLASS("b"));
	tree_text(root, "a/z.json", JCLASS("az"));
	tree_text(root, "a/a.yml", CLASS("aa"));
	tree_text(root, "a0.yaml", CLASS("a0"));
	tree_text(root, "readme.md", CLASS("no"));
	tree_text(root, "c.yaml", "a: [ RuntimeClass\n");
	tree_text(root, "d.yaml", "node.k8s.io/v1: [ RuntimeClass\n");
	tree_text(root, "e.yaml", "values: of another kind\n");
	tree_link(root, "f.yaml", "b.yaml");
	tree_link(root, "loop", ".");
	restart(c);
	assert_int_equal(heir_kube_read_path(c->kube, root, NULL, &failed), 0);
	told_names(c);
	assert_string_equal(c->told.p, "aa az a0 b");
	/* Only the file that speaks of our API is told. */
	assert_int_equal(c->core.diags.n, 1);
	assert_non_null(
		strstr(c->core.sources.items[c->core.diags.items[0]->where.source].path, "d.yaml"));
	/* A file by its name, whatever that is. */
	restart(c);
	assert_int_equal(
		heir_kube_read_path(c->kube, path_in(path, root, "readme.md"), NULL, &failed), 0);
	told_names(c);
	assert_string_equal(c->told.p, "no");
	assert_int_equal(
		heir_kube_read_path(c->kube, path_in(path, root, "nope"), NULL, &failed), -ENOENT);
	assert_string_equal(failed, path);
	tree_link(root, "dangling.yaml", "nope");
	assert_int_equal(heir_kube_read_path(c->kube, root, NULL, &failed), -ENOENT);
	assert_non_null(strstr(failed, "dangling.yaml"));
	tree_remove(root);
}

static void too_long(void **state)
{
	struct cluster *c = *state;
	size_t len = HEIR_TREE_MAX_TEXT + 1;
	char *text = calloc(1, len);

	restart(c);
	assert_int_equal(heir_kube_read(c->kube, "big", (struct heir_str){text, len}), 0);
	assert_string_equal(faults(c), "object-syntax 1:1");
	free(text);
}

/* ---- Memory ---- */

/* With every n-th allocation failing in turn: no memory, or the whole answer. */
static void no_memory(void **state)
{
	static const char text[] = CLASS("c") "---\n" CLASS("c") "x: y\n---\n" JCLASS(
		"\\n") "\n---\n" MC_FILES("0", "worker",
		SOURCE_OF("x") ", {path: /a, mode: x}, {" DROPIN("2") "}") MC_FILES("a", "worker",
		SOURCE_OF("y") ", {" DROPIN(
			"3") ", contents: {compression: gzip, source: "
			     "'data:;base64,H4sIAAAAAAACA0tMSuYCAE6BiEcEAAAA'}}")
		RENDERED("rendered-worker-" HASH "0", "z")
			CR("name: c", FOR_WORKER "{pidsLimit: 4096, logLevel: info}") "x: &a [\n";
	bool done = false;

	(void)state;
	for (unsigned long n = 0; !done; n++) {
		struct heir_overlay overlay = HEIR_OVERLAY_NULL;
		struct heir_kube *kube = NULL;
		struct heir_core core;
		int r;

		heir_core_init(&core);
		heir_test_fail_alloc(n);
		r = heir_kube_new(&core, &kube);
		if (r == 0)
			r = heir_kube_read(kube, "in", heir_str_from(text));
		if (r == 0)
			r = heir_kube_files(kube, "worker", &overlay);
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		if (r == 0) {
			assert_int_equal(overlay.n, 6);
			assert_int_equal(core.diags.n, 4);
		} else {
			assert_int_equal(r, -ENOMEM);
		}
		assert_true(r == 0 || !done);
		heir_overlay_release(&overlay);
		heir_kube_free(kube);
		heir_core_release(&core);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dataurls),
		cmocka_unit_test(gzip),
		CASE(streams),
		CASE(yaml_flow_depth),
		CASE(json_strings),
		CASE(syntax),
		CASE(resync),
		CASE(merge_keys),
		CASE(nested_lists),
		CASE(bombs),
		CASE(aliases),
		CASE(faults_end),
		CASE(linear),
		CASE(pruned),
		CASE(places),
		CASE(file_places),
		CASE(refusals),
		CASE(refusal_words),
		CASE(odd_configs),
		CASE(version_2_twice),
		CASE(packed_files),
		CASE(order),
		CASE(selectors),
		CASE(too_many_parts),
		CASE(pools),
		CASE(rendered),
		CASE(rendered_for_workers),
		cmocka_unit_test(rendered_names),
		CASE(authors),
		CASE(names),
		CASE(ctrcfg_files),
		CASE(ctrcfg_refusals),
		CASE(ctrcfg_names),
		CASE(ctrcfg_too_many),
		CASE(ctrcfg_selectors),
		cmocka_unit_test(quantities),
		CASE(cluster),
		CASE(memberships),
		CASE(directories),
		CASE(too_long),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
