/* SPDX-License-Identifier: Apache-2.0 */
/* What handlers get: each rule of inheritance by name, what is left out of it, and that every value
 * tells where it comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/macro.h"
#include "inherit/link.h"
#include "inherit/order.h"
#include "start/start.h"
#include "support/fail-alloc.h"
#include "support/node.h"
#include "support/tree.h"

#define H(name) "[crio.runtime.runtimes." name "]\n"
#define CRUN "\"/usr/bin/crun\" "

static int set_up(void **state)
{
	*state = node_new();
	return 0;
}

static int tear_down(void **state)
{
	node_free(*state);
	return 0;
}

/* Resolves a node whose one drop-in "x" holds the text. */
static struct node *resolve(void **state, const char *text)
{
	struct node *node = *state;

	node_conf(node, "x", text);
	assert_int_equal(node_resolve(node), 0);
	return node;
}

static void tells_at(
	struct node *node, int line, const char *handler, enum heir_field field, const char *want)
{
	const char *got = node_tell(node, handler, field);

	if (strcmp(got, want) != 0)
		fail_msg("line %d: %s.%s is %s, not %s", line, handler, heir_fields[field].name.p,
			got, want);
}

#define TELLS(node, handler, field, want) \
	tells_at((node), __LINE__, (handler), HEIR_FIELD_##field, (want))
#define VIA(node, handler, want) assert_string_equal(node_tell_via((node), (handler)), (want))
#define DROPPED(node, handler, want) \
	assert_string_equal(node_tell_dropped((node), (handler)), (want))
#define OK(node, handler) DROPPED(node, handler, "ok")

/* ---- 4.1: whose value is runtime_path ---- */

static void an_explicit_path_comes_first(void **state)
{
	struct node *node = resolve(state,
		H("a") "runtime_path = \"/usr/bin/runc\"\ninherit = \"crun\"\n"
		       "runtime_candidates = [\"crun\"]\n" H("b") "runtime_path = \"\"\n"
								  "inherit = \"a\"\n");

	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" explicit x:2:16");
	/* Type and root are inherited all the same. */
	TELLS(node, "a", runtime_type, "\"oci\" inherited crun");
	TELLS(node, "a", runtime_root, "\"/run/crun\" inherited crun");
	TELLS(node, "a", runtime_config_path, "unset");
	VIA(node, "a", "inherit crun");
	/* An empty path is none. */
	TELLS(node, "b", runtime_path, "\"/usr/bin/runc\" inherited a x:2:16");
	TELLS(node, "b", runtime_root, "\"/run/crun\" inherited crun");
}

static void a_candidate_comes_before_the_parent(void **state)
{
	struct node *node = resolve(state,
		H("a") "inherit = \"crun\"\nruntime_candidates = [\"none\", \"runc\", "
		       "\"crun\"]\n" H("b") "inherit = \"a\"\n" H(
			       "c") "runtime_candidates = [\"none\"]\ninherit = "
				    "\"crun\"\n" H("d") "inherit = \"c\"\n" H(
					    "e") "runtime_candidates = "
						 "[\"/usr/bin/crun\"]\n" H("f") "runtime_"
										"candidates "
										"= []\n");

	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" candidate");
	TELLS(node, "a", runtime_root, "\"/run/crun\" inherited crun");
	TELLS(node, "b", runtime_path, "\"/usr/bin/runc\" inherited a");
	/* No silent fall back to the parent. */
	DROPPED(node, "c", "candidate-none x:7:22");
	DROPPED(node, "d", "parent-dropped x:10:11");
	TELLS(node, "e", runtime_path, CRUN "candidate");
	VIA(node, "e", "none");
	DROPPED(node, "f", "candidate-none x:14:22");
}

static void auto_is_spelled_out(void **state)
{
	struct node *node = *state;

	node_binary(node, "/usr/libexec/crio/youki");
	node->assume.path = "/nowhere";
	resolve(state,
		H("a") "runtime_candidates = \"auto\"\n" H(
			"crun") "runtime_path = \"/usr/bin/crun\"\n" H("b") "runtime_candidates = "
									    "\"crun\"\n" H(
										    "c") "ru"
											 "nt"
											 "im"
											 "e_"
											 "ca"
											 "nd"
											 "id"
											 "at"
											 "es"
											 " ="
											 " 1"
											 "\n" H("d") "runtime_candidates = [\"crun\", 1]\n");
	TELLS(node, "a", runtime_path, "\"/usr/libexec/crio/youki\" candidate");
	DROPPED(node, "b", "inherit-invalid x:6:22");
	DROPPED(node, "c", "inherit-invalid x:8:22");
	DROPPED(node, "d", "inherit-invalid x:10:31");
	node->assume.path = NULL;
	assert_int_equal(node_resolve(node), 0);
	TELLS(node, "a", runtime_path, CRUN "candidate");
	/* The first that is there decides: what stands behind it is not looked at. */
	OK(node, "d");
}

static void requirements_need_features(void **state)
{
	static const char facts[] =
		"{\"runtimes\": {\"/usr/bin/crun\": null, \"/usr/bin/runc\": "
		"{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"1.2.0\"}}}";
	static const char text[] = H(
		"a") "runtime_candidates = [\"crun\", \"runc\"]\n"
		     "runtime_requires = { oci_version = \"1.1.0\" }\n" H(
			     "b") "runtime_candidates = [\"crun\", \"runc\"]\nruntime_requires = "
				  "{}\n" H("c") "runtime_candidates = [\"crun\"]\nruntime_requires "
						"= 1\n" H("d") "runtime_candidates = [\"none\"]\n"
							       "runtime_requires = { oci_version = "
							       "\"1.1.0\" }\n" H(
								       "e") "runtime_candidates = "
									    "[\"runc\"]\n"
									    "runtime_requires = { "
									    "oci_version = "
									    "\"1.9.0\" }\n" H(
										    "f") "runtime_"
											 "candidate"
											 "s = "
											 "[\"runc\""
											 "]\nruntim"
											 "e_"
											 "requires "
											 "= { what "
											 "= 1 }\n";
	struct node *node = resolve(state, text);

	DROPPED(node, "a", "facts-needed x:3:20");
	TELLS(node, "b", runtime_path, CRUN "candidate");
	DROPPED(node, "c", "inherit-invalid x:9:20");
	/* Nothing is there to be asked. */
	DROPPED(node, "d", "candidate-none x:11:22");
	node_facts(node, facts);
	assert_int_equal(node_resolve(node), 0);
	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" candidate");
	DROPPED(node, "e", "candidate-none x:14:22");
	assert_true(strncmp(node_tell_dropped(node, "f"), "inherit-invalid x:18:", 21) == 0);
}

static void the_first_condition_that_holds(void **state)
{
	static const char text[] = H(
		"a") "inherit = \"runc\"\ninherit_when = [\n"
		     " { inherit = \"none-such\", when = { \"kernel.version.major\" = \"4\" } },\n"
		     " { inherit = \"b\", when = { \"kernel.version.major\" = \"5\" } },\n"
		     " { inherit = \"crun\", when = { } }]\n" H(
			     "b") "runtime_path = "
				  "\"/usr/bin/runc\"\n" H("runc") "runtime_root = \"/r\"\n" H(
					  "c") "inherit = "
					       "\"runc\"\n"
					       "[[crio.runtime."
					       "runtimes.c."
					       "inherit_when]]"
					       "\ninherit = "
					       "\"b\"\n"
					       "when = { "
					       "\"kernel."
					       "version.major\" "
					       "= \"4\" }\n" H(
						       "d") "inh"
							    "eri"
							    "t_"
							    "whe"
							    "n "
							    "= "
							    "[{ "
							    "inh"
							    "eri"
							    "t "
							    "= "
							    "\"b"
							    "\","
							    " wh"
							    "en "
							    "= "
							    "{ "
							    "\"k"
							    "ern"
							    "el."
							    "ver"
							    "sio"
							    "n."
							    "maj"
							    "or"
							    "\" "
							    "= "
							    "\"4"
							    "\" "
							    "} "
							    "}]"
							    "\n" H("e") "inherit_when = [{ inherit "
									"= \"none\", when = {} "
									"}]\n";
	struct node *node = *state;

	node_facts(node, "{\"features\": {\"kernel.version\": {\"major\": \"5\"}}}");
	resolve(state, text);
	VIA(node, "a", "inherit_when b");
	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" inherited b x:8:16");
	/* Nothing matched: as if it were not there. */
	VIA(node, "c", "inherit runc");
	TELLS(node, "c", runtime_root, "\"/r\" inherited runc x:10:16");
	VIA(node, "d", "implicit crun");
	VIA(node, "e", "inherit_when");
	DROPPED(node, "e", "path-not-found x:18:24");
	/* Without facts a condition is an error, not false. */
	node->assume.facts = NULL;
	assert_int_equal(node_resolve(node), 0);
	DROPPED(node, "a", "facts-needed x:4:34");
	DROPPED(node, "c", "facts-needed x:15:8");
}

/* What is written wrongly is so whether or not anything is known of the node. */
static void faults_without_facts(void **state)
{
	static const char text[] =
		"[crio.runtime.runtimes.a]\n"
		"inherit_when = [{inherit = \"crun\", when = {\"x.y\" = {op = \"Gtt\", value = "
		"1}}}]\n"
		"[crio.runtime.runtimes.b]\n"
		"inherit_when = [{inherit = \"crun\", when = {\"x.y\" = {op = \"Gt\", value = "
		"1}}}]\n"
		"[crio.runtime.runtimes.c]\n"
		"runtime_candidates = [\"runc\"]\nruntime_requires = {namespaces = \"pid\"}\n"
		"[crio.runtime.runtimes.d]\n"
		"runtime_candidates = [\"runc\"]\nruntime_requires = {namespaces = [\"pid\"]}\n";
	struct node *node = resolve(state, text);

	DROPPED(node, "a", "inherit-invalid x:2:58");
	DROPPED(node, "b", "facts-needed x:4:43");
	DROPPED(node, "c", "inherit-invalid x:7:34");
	DROPPED(node, "d", "facts-needed x:10:20");
}

static void conditions_that_are_none(void **state)
{
	struct node *node = *state;

	node_facts(node, "{\"features\": {\"a.b\": []}}");
	resolve(state,
		H("a") "inherit_when = 1\n" H("b") "inherit_when = [1]\n" H(
			"c") "inherit_when = "
			     "[{ when = {} "
			     "}]\n" H(
				     "d") "inh"
					  "eri"
					  "t_"
					  "whe"
					  "n "
					  "= "
					  "[{ "
					  "inh"
					  "eri"
					  "t "
					  "= "
					  "1, "
					  "whe"
					  "n "
					  "= "
					  "{} "
					  "}]"
					  "\n" H("e") "inherit_when = [{ inherit = \"crun\" "
						      "}]\n" H(
							      "f") "inherit_when = [{ inherit = "
								   "\"crun\", when = 1 }]\n" H(
									   "g") "inherit_when = "
										"[{ inherit = "
										"\"crun\", when "
										"= { x = 1 } "
										"}]\n" H(
											"h") "in"
											     "he"
											     "ri"
											     "t_"
											     "wh"
											     "en"
											     " ="
											     " ["
											     "]"
											     "\n" H("i") "inherit_when = {}\n");
	DROPPED(node, "a", "inherit-invalid x:2:16");
	DROPPED(node, "b", "inherit-invalid x:4:17");
	DROPPED(node, "c", "inherit-invalid x:6:17");
	DROPPED(node, "d", "inherit-invalid x:8:29");
	DROPPED(node, "e", "inherit-invalid x:10:17");
	DROPPED(node, "f", "inherit-invalid x:12:44");
	assert_true(strncmp(node_tell_dropped(node, "g"), "inherit-invalid x:14:", 21) == 0);
	VIA(node, "h", "implicit crun");
	DROPPED(node, "i", "inherit-invalid x:18:16");
}

static void inherit_names_a_handler(void **state)
{
	struct node *node = resolve(state,
		"[crio.runtime]\ndefault_runtime = \"crun\"\n" H("a") "inherit = \"default\"\n" H("b") "inherit = \"b2\"\n" H("b2") "inherit = \"a\"\nruntime_root = \"/b2\"\n" H(
			"c") "inherit = \"none\"\n" H("d") "inherit = \"\"\n" H("e") "inherit = "
										     "1\n" H("runc") "inherit = \"none\"\n" H(
											     "g") "inherit = \"b22\"\n" H("h") "inherit = [\"b2\"]\n");

	VIA(node, "a", "inherit crun");
	TELLS(node, "a", runtime_path, CRUN "inherited crun");
	/* The value's owner is told, not the next in the chain. */
	VIA(node, "b", "inherit b2");
	TELLS(node, "b", runtime_path, CRUN "inherited crun");
	TELLS(node, "b", runtime_root, "\"/b2\" inherited b2 x:9:16");
	TELLS(node, "b2", runtime_root, "\"/b2\" explicit x:9:16");
	VIA(node, "c", "inherit");
	DROPPED(node, "c", "path-not-found x:10:24");
	VIA(node, "d", "implicit crun");
	DROPPED(node, "e", "inherit-invalid x:15:11");
	/* From nobody: its own name is looked up. */
	TELLS(node, "runc", runtime_path, "\"/usr/bin/runc\" path");
	DROPPED(node, "g", "parent-unknown x:19:11");
	assert_string_equal(heir_resolution_find(&node->res, HEIR_STR("g"))->dropped->notes->text,
		"did you mean \"b2\"?");
	DROPPED(node, "h", "inherit-invalid x:21:11");
}

static void cri_o_s_own_rule(void **state)
{
	static const char text[] = "[crio.runtime]\ndefault_runtime = \"def\"\n" H(
		"def") "runtime_path = \"/usr/bin/runc\"\nruntime_root = \"/d\"\n"
		       "monitor_path = \"/m\"\nruntime_type = \"\"\n" H(
			       "a") "inherit_default_runtime = true\nruntime_path = \"/own\"\n"
				    "runtime_type = \"vm\"\nmonitor_path = \"/a\"\n" H(
					    "b") "inherit_default_runtime = true\ninherit = "
						 "\"none\"\n"
						 "runtime_path = \"/usr/bin/crun\"\n" H(
							 "c") "inherit_default_runtime = "
							      "true\ninherit_fields = "
							      "[\"all\"]\n" H("d") "inherit_"
										   "default_"
										   "runtime = "
										   "false\ninherit "
										   "= \"a\"\n"
										   "inherit_fields "
										   "= "
										   "[\"monitor_"
										   "path\"]\n";
	struct node *node = resolve(state, text);

	VIA(node, "a", "inherit_default_runtime def");
	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" inherited def x:4:16");
	TELLS(node, "a", runtime_root, "\"/d\" inherited def x:5:16");
	TELLS(node, "a", runtime_type, "unset");
	TELLS(node, "a", monitor_path, "\"/a\" explicit x:12:16");
	/* `inherit` has the say under heir; stock does not know it. */
	VIA(node, "b", "inherit");
	TELLS(node, "b", runtime_path, CRUN "explicit x:16:16");
	/* inherit_fields is no part of CRI-O's rule. */
	TELLS(node, "c", monitor_path, "\"/usr/bin/conmon\" path");
	TELLS(node, "d", monitor_path, "\"/a\" inherited a x:12:16");
	node->where.as = HEIR_AS_STOCK;
	assert_int_equal(node_resolve(node), 0);
	VIA(node, "b", "inherit_default_runtime def");
	TELLS(node, "b", runtime_path, "\"/usr/bin/runc\" inherited def x:4:16");
	/* Before it arrived it was an unknown key. */
	node_release(node, "1.31.2");
	assert_int_equal(node_resolve(node), 0);
	VIA(node, "a", "none");
	TELLS(node, "a", runtime_path, "\"/own\" explicit x:10:16");
}

static void the_default_inherits_from_nobody(void **state)
{
	struct node *node =
		resolve(state, H("crun") "inherit_default_runtime = true\n" H("a") "\n");

	assert_string_equal(node_tell_fatal(node), "starts");
	VIA(node, "crun", "inherit_default_runtime crun");
	assert_null(heir_result_base(heir_resolution_find(&node->res, HEIR_STR("crun"))));
	TELLS(node, "crun", runtime_path, CRUN "path");
	TELLS(node, "a", runtime_path, CRUN "inherited crun");
	resolve(state, H("crun") "inherit = \"default\"\n");
	assert_string_equal(node_tell_fatal(node), "default-invalid x:2:11");
}

static void implicit_is_for_new_handlers(void **state)
{
	static const char *const runtimes[] = {"crun", "runc", "youki", "runsc", "krun",
		"crun-wasm", "crun-vm", "kata-runtime", "sysbox-runc", "nvidia-container-runtime",
		"urunc"};
	struct node *node = *state;
	char text[128];

	node_conf(node, "00-default", H("vendored") H("crun"));
	node_conf(node, "50-a", H("vendored") H("fresh"));
	for (size_t i = 0; i < ARRAY_LEN(runtimes); i++) {
		snprintf(text, sizeof(text), "60-%zu", i);
		node_conf(node, text, "");
		snprintf(text, sizeof(text), H("%s"), runtimes[i]);
		tree_text(node->dir, "etc/crio/heir.d/x", text);
		assert_int_equal(node_resolve(node), 0);
		VIA(node, runtimes[i], "none");
	}
	VIA(node, "vendored", "none");
	VIA(node, "fresh", "implicit crun");
	TELLS(node, "fresh", runtime_path, CRUN "inherited crun");
	TELLS(node, "fresh", runtime_type, "unset");
	DROPPED(node, "vendored", "path-not-found 50-a:1:24");
	/* Each thing that makes it another rule's. */
	resolve(state,
		H("a") "runtime_path = \"/usr/bin/runc\"\n" H(
			"b") "runtime_candidates = [\"runc\"]\n" H("c") "runtime_path = "
									"\"\"\n" H(
										"d") "inh"
										     "eri"
										     "t_"
										     "def"
										     "aul"
										     "t_"
										     "run"
										     "tim"
										     "e "
										     "= "
										     "fal"
										     "se"
										     "\n" H("e") "i"
												 "n"
												 "h"
												 "e"
												 "r"
												 "i"
												 "t"
												 "_"
												 "d"
												 "e"
												 "f"
												 "a"
												 "u"
												 "l"
												 "t"
												 "_"
												 "r"
												 "u"
												 "n"
												 "t"
												 "i"
												 "m"
												 "e"
												 " "
												 "="
												 " "
												 "t"
												 "r"
												 "u"
												 "e"
												 "\n");
	VIA(node, "a", "none");
	VIA(node, "b", "none");
	VIA(node, "c", "implicit crun");
	VIA(node, "d", "implicit crun");
	VIA(node, "e", "inherit_default_runtime crun");
	node->where.as = HEIR_AS_STOCK;
	assert_int_equal(node_resolve(node), 0);
	VIA(node, "c", "none");
	DROPPED(node, "c", "path-not-found x:5:24");
}

static void implicit_can_be_switched_off(void **state)
{
	struct node *node = resolve(state,
		"[crio.runtime]\nimplicit_inherit = false\n" H("a") H("b") "inherit = "
									   "\"crun\"\n");

	VIA(node, "a", "none");
	DROPPED(node, "a", "path-not-found x:3:24");
	VIA(node, "b", "inherit crun");
	node_conf(node, "y", "[crio.runtime]\nImplicit_Inherit = true\n");
	assert_int_equal(node_resolve(node), 0);
	VIA(node, "a", "implicit crun");
}

/* ---- What goes wrong ---- */

static void cycles_drop_all_their_members(void **state)
{
	struct node *node = resolve(state,
		H("a") "inherit = \"b\"\n" H("b") "inherit = \"c\"\n" H("c") "inherit = \"a\"\n" H("tail") "inherit = \"a\"\n" H("longer") "inherit = \"tail\"\nruntime_path = \"/usr/bin/crun\"\n" H(
			"self") "inherit = \"self\"\n" H("d") "inherit = \"e\"\n" H("e") "inherit "
											 "= "
											 "\"d\"\nru"
											 "ntime_"
											 "path = "
											 "\"/usr/"
											 "bin/"
											 "crun\""
											 "\n" H("fi"
												"n"
												"e") "inherit = "
												     "\"crun\"\n");
	const struct heir_diag *diag;

	DROPPED(node, "a", "inherit-cycle x:2:11");
	DROPPED(node, "b", "inherit-cycle x:4:11");
	DROPPED(node, "c", "inherit-cycle x:6:11");
	DROPPED(node, "tail", "parent-dropped x:8:11");
	DROPPED(node, "longer", "parent-dropped x:10:11");
	DROPPED(node, "self", "inherit-cycle x:13:11");
	DROPPED(node, "d", "inherit-cycle x:15:11");
	DROPPED(node, "e", "inherit-cycle x:17:11");
	OK(node, "fine");
	diag = heir_resolution_find(&node->res, HEIR_STR("longer"))->dropped;
	/* The end of the chain is told, not its next link. */
	assert_non_null(strstr(diag->notes->text, "\"a\" -> \"b\" -> \"c\" -> \"a\""));
}

static void chains_of_any_length(void **state)
{
	enum { LENGTH = 20000 };
	struct heir_buf buf = HEIR_BUF_NULL;
	struct node *node = *state;
	char name[32];

	/* The last one first, so that the way up is long. */
	for (int i = LENGTH; i > 0; i--)
		heir_buf_printf(&buf, H("h%d") "inherit = \"h%d\"\n", i, i - 1);
	heir_buf_addz(&buf, H("h0") "inherit = \"crun\"\nruntime_root = \"/r\"\n");
	assert_false(buf.failed);
	tree_file(node->dir, "etc/crio/crio.conf.d/x", buf.p, buf.len, 0644);
	assert_int_equal(node_resolve(node), 0);
	snprintf(name, sizeof(name), "h%d", LENGTH);
	TELLS(node, name, runtime_path, CRUN "inherited crun");
	TELLS(node, name, runtime_root, "\"/r\" inherited h0 x:40003:16");
	/* And a circle as long. */
	heir_buf_printf(&buf, H("h0b") "inherit = \"h%d\"\n", LENGTH);
	memcpy(strstr(buf.p, "inherit = \"crun\""), "inherit = \"h0b\" ", 16);
	tree_file(node->dir, "etc/crio/crio.conf.d/x", buf.p, buf.len, 0644);
	heir_buf_release(&buf);
	assert_int_equal(node_resolve(node), 0);
	DROPPED(node, "h0", "inherit-cycle x:40002:11");
	DROPPED(node, name, "inherit-cycle x:2:11");
	assert_true(strlen(heir_resolution_find(&node->res, HEIR_STR("h0"))->dropped->text) < 200);
}

static void unknown_parents(void **state)
{
	struct node *node = resolve(state,
		H("a") "inherit = \"missing\"\nruntime_path = \"/usr/bin/crun\"\n" H(
			"b") "inherit = \"a\"\n" H("c") "inherit = \"b\"\n" H("crun") "inherit = "
										      "\"missing\""
										      "\n");

	DROPPED(node, "a", "parent-unknown x:2:11");
	DROPPED(node, "b", "parent-dropped x:5:11");
	DROPPED(node, "c", "parent-dropped x:7:11");
	assert_string_equal(node_tell_fatal(node), "default-invalid x:9:11");
}

static void variables_everywhere(void **state)
{
	static const char *const env[] = {"NAME=gpu", "DIR=/usr/bin", "EMPTY=", NULL};
	struct node *node = *state;

	node->env = env;
	tree_text(node->dir, "etc/crio/heir.d/h",
		H("p") "runtime_path = \"${DIR}/runc\"\nruntime_root = \"/run/${NAME:-x}\"\n" H("q") "runtime_path = \"${NONE}/crun\"\n" H("r") "runtime_root = \"${\\u0041\"\n" H(
			"s") "monitor_path = \"${NONE}\"\n" H("t") "seccomp_profile = "
								   "\"${NONE}\"\n" H(
									   "u") "runtime_"
										"config_"
										"path = "
										"\"${"
										"NONE}"
										"\"\n" H(
											"v") "runt"
											     "ime_"
											     "path"
											     " = "
											     "\"${"
											     "EMPT"
											     "Y}"
											     "\""
											     "\n" H("w") "inherit = \"q\"\n" H(
												     "y") "monitor_cgroup = \"${NONE}\"\n");
	resolve(state,
		H("\"${NAME}\"") "inherit = \"${PARENT:-crun}\"\n" H(
			"b") "inherit = "
			     "\"${NONE}\"\n" H("c") "inherit = \"${NAME}\"\n" H(
				     "d") "inherit = "
					  "\"${EMPTY}"
					  "\"\n" H("e") "inherit = \"${\"\n" H(
						  "f") "inherit = \"x${\"\n" H("\"${"
									       "NONE}"
									       "\"") "run"
										     "tim"
										     "e_"
										     "pat"
										     "h "
										     "= "
										     "\"/"
										     "x\""
										     "\n" H("g") "r"
												 "u"
												 "n"
												 "t"
												 "i"
												 "m"
												 "e"
												 "_"
												 "p"
												 "a"
												 "t"
												 "h"
												 " "
												 "="
												 " "
												 "\"${DIR}/crun\"\n" H(
													 "i") "inherit = \"\\u0024{NONE}\"\n");
	VIA(node, "gpu", "inherit crun");
	VIA(node, "c", "inherit gpu");
	DROPPED(node, "b", "variable-unset x:4:11");
	DROPPED(node, "d", "name-empty x:8:11");
	/* Two characters are no variable, and no handler's name. */
	DROPPED(node, "e", "parent-unknown x:10:11");
	DROPPED(node, "f", "variable-unset x:12:11");
	DROPPED(node, "${NONE}", "variable-unset x:13:24");
	/* In crio.conf.d paths are literal, as CRI-O takes them. */
	DROPPED(node, "g", "path-missing x:16:16");
	DROPPED(node, "i", "variable-unset x:18:11");
	TELLS(node, "p", runtime_path, "\"/usr/bin/runc\" explicit heir.d/h:2:16");
	TELLS(node, "p", runtime_root, "\"/run/gpu\" explicit heir.d/h:3:16");
	DROPPED(node, "q", "variable-unset heir.d/h:5:16");
	DROPPED(node, "r", "variable-unset heir.d/h:7:16");
	DROPPED(node, "s", "variable-unset heir.d/h:9:16");
	DROPPED(node, "t", "variable-unset heir.d/h:11:19");
	DROPPED(node, "u", "variable-unset heir.d/h:13:23");
	/* Empty once expanded: unset. */
	TELLS(node, "v", runtime_path, CRUN "inherited crun");
	DROPPED(node, "w", "parent-dropped heir.d/h:17:11");
	TELLS(node, "y", monitor_cgroup, "\"${NONE}\" explicit heir.d/h:19:18");
}

static void a_dropped_parent_still_lends(void **state)
{
	struct node *node = resolve(state,
		H("p") "runtime_path = \"/gone\"\nruntime_root = "
		       "\"/p\"\n" H("a") "inherit = \"p\"\nruntime_path "
					 "= \"/usr/bin/runc\"\n" H("b") "inherit = \"p\"\n" H(
						 "q") "exec_cpu_"
						      "affinity = "
						      "\"all\"\nruntime_"
						      "path = "
						      "\"/usr/bin/"
						      "crun\"\n" H("c") "inherit = \"q\"\n");

	/* CRI-O's own judgement on the parent is not one on the child. */
	DROPPED(node, "p", "path-missing x:2:16");
	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" explicit x:6:16");
	TELLS(node, "a", runtime_root, "\"/p\" inherited p x:3:16");
	OK(node, "a");
	/* It has the same path, so the same fate. */
	DROPPED(node, "b", "path-missing x:2:16");
	DROPPED(node, "q", "affinity-unknown x:10:21");
	OK(node, "c");
}

static void validation_has_its_order(void **state)
{
	struct node *node =
		resolve(state, H("a") "runtime_type = \"OCI\"\nruntime_path = \"/gone\"\n" H("b") "runtime_type = \"vm\"\nruntime_path = \"/usr/bin/crun\"\n" H("c") "runtime_path = \"/usr/bin/crun\"\nruntime_config_path = \"/usr/bin/crun\"\n" H(
				       "d") "runtime_path = \"/usr/bin/crun\"\nallowed_annotations "
					    "= [\"x\"]\n" H(
						    "e") "runtime_path = "
							 "\"/usr/bin/crun\"\nruntime_type "
							 "= \"pod\"\n"
							 "no_sync_log = true\n" H(
								 "f") "runtime_path = "
								      "\"/usr/bin/"
								      "crun\"\nstream_"
								      "websockets = "
								      "true\n" H(
									      "g") "runt"
										   "ime_"
										   "path"
										   " = "
										   "\"/"
										   "usr/"
										   "bin/"
										   "crun"
										   "\"\n"
										   "secc"
										   "omp_"
										   "prof"
										   "ile "
										   "= "
										   "\"/"
										   "gone"
										   "\""
										   "\n" H("h") "run"
											       "tim"
											       "e_"
											       "pat"
											       "h "
											       "= "
											       "\"/"
											       "usr"
											       "\""
											       "\n" H("i") "runtime_path = \"usr/bin/crun\"\n" H(
												       "j") "runtime_path = \"/usr/bin/crun/\"\n");

	DROPPED(node, "a", "type-unknown x:2:16");
	DROPPED(node, "b", "vm-binary-name x:6:16");
	DROPPED(node, "c", "config-path-type x:9:23");
	DROPPED(node, "d", "annotation-unknown x:12:24");
	DROPPED(node, "e", "sync-log-type x:16:15");
	DROPPED(node, "f", "websockets-type x:19:21");
	DROPPED(node, "g", "seccomp-missing x:22:19");
	/* CRI-O only asks whether stat says that it does not exist. */
	OK(node, "h");
	OK(node, "i");
	OK(node, "j");
	node_binary(node, "/opt/containerd-shim-kata-v2");
	resolve(state,
		H("a") "runtime_type = \"vm\"\nruntime_path = "
		       "\"/opt/containerd-shim-kata-v2\"\nruntime_config_path = \"/gone\"\n" H(
			       "b") "runtime_type = \"vm\"\nruntime_path = "
				    "\"/opt/containerd-shim-kata-v2\"\n");
	DROPPED(node, "a", "config-path-missing x:4:23");
	OK(node, "b");
}

/* ---- 4.2: the other fields ---- */

static void fields_travel_on_request(void **state)
{
	static const char text[] =
		H("p") "runtime_path = \"/usr/bin/crun\"\nmonitor_exec_cgroup = \"/m\"\n"
		       "no_sync_log = true\ncontainer_create_timeout = 100\n"
		       "allowed_annotations = [\"devices.crio.io\", \"umask.crio.io\"]\n"
		       "default_annotations = { a = \"1\", b = \"2\" }\n"
		       "privileged_without_host_devices = true\n" H("none") "inherit = \"p\"\n" H("all") "inherit = \"p\"\ninherit_fields = [\"all\"]\n" H(
			       "own") "inherit = \"p\"\ninherit_fields = [\"all\"]\nno_sync_log = "
				      "false\n"
				      "monitor_exec_cgroup = \"\"\ncontainer_create_timeout = 0\n"
				      "allowed_annotations = [\"umask.crio.io\", "
				      "\"link-logs.crio.io\"]\n"
				      "default_annotations = { b = \"3\", c = \"4\" }\n" H("some") "inherit = \"p\"\ninherit_fields = [\"no_sync_log\", \"runtime_path\"]\n" H(
					      "grand") "inherit = \"all\"\ninherit_fields = "
						       "[\"monitor_exec_cgroup\"]\n" H(
							       "cut") "inherit = "
								      "\"none\"\nr"
								      "untime_"
								      "path = "
								      "\"/usr/bin/"
								      "crun\"\n"
								      "inherit_"
								      "fields = "
								      "[\"all\"]"
								      "\n" H("chil"
									     "d") "inherit = "
										  "\"none\"\nruntim"
										  "e_path = "
										  "\"/usr/bin/"
										  "crun\"\n" H(
											  "fa"
											  "r") "inh"
											       "eri"
											       "t "
											       "= "
											       "\"n"
											       "one"
											       "2\""
											       "\ni"
											       "nhe"
											       "rit"
											       "_fi"
											       "eld"
											       "s "
											       "= "
											       "[\""
											       "mon"
											       "ito"
											       "r_"
											       "exe"
											       "c_"
											       "cgr"
											       "oup"
											       "\""
											       "]"
											       "\n" H("none2") "inherit = \"p\"\n";
	struct node *node = resolve(state, text);

	TELLS(node, "none", monitor_exec_cgroup, "unset");
	TELLS(node, "none", allowed_annotations, "unset");
	TELLS(node, "all", monitor_exec_cgroup, "\"/m\" inherited p x:3:23");
	TELLS(node, "all", no_sync_log, "true inherited p x:4:15");
	TELLS(node, "all", container_create_timeout, "100 inherited p x:5:28");
	TELLS(node, "all", allowed_annotations,
		"[\"devices.crio.io\", \"umask.crio.io\"] inherited p x:6:23");
	TELLS(node, "all", inherit_default_runtime, "unset");
	/* false and 0 are set, "" is not; arrays are joined, tables merged. */
	TELLS(node, "own", no_sync_log, "false explicit x:17:15");
	TELLS(node, "own", monitor_exec_cgroup, "\"/m\" inherited p x:3:23");
	TELLS(node, "own", container_create_timeout, "240 default");
	TELLS(node, "own", allowed_annotations,
		"[\"devices.crio.io\", \"umask.crio.io\", \"link-logs.crio.io\"] "
		"inherited p x:20:23");
	TELLS(node, "own", default_annotations,
		"{ a = \"1\", b = \"3\", c = \"4\" } inherited p x:21:23");
	TELLS(node, "own", privileged_without_host_devices, "true inherited p x:8:35");
	TELLS(node, "some", no_sync_log, "true inherited p x:4:15");
	TELLS(node, "some", monitor_exec_cgroup, "unset");
	/* What the parent asked for it has to lend; whose own it is, is told. */
	TELLS(node, "grand", monitor_exec_cgroup, "\"/m\" inherited p x:3:23");
	TELLS(node, "cut", monitor_exec_cgroup, "unset");
	/* What the parent does not have it cannot lend. */
	TELLS(node, "far", monitor_exec_cgroup, "unset");
}

/* monitor_path comes with the path, where the handler has none of its own. */
static void the_monitor_travels_with_the_path(void **state)
{
	static const char text[] =
		"[crio.runtime]\ndefault_runtime = \"p\"\n"
		"[crio.runtime.runtimes.p]\nruntime_path = \"/usr/bin/crun\"\n"
		"monitor_path = \"/m\"\n"
		"[crio.runtime.runtimes.named]\ninherit = \"p\"\nruntime_path = \"/usr/bin/runc\"\n"
		"[crio.runtime.runtimes.own]\ninherit = \"p\"\nmonitor_path = \"/o\"\n"
		"[crio.runtime.runtimes.empty]\ninherit = \"own\"\nmonitor_path = \"\"\n"
		"[crio.runtime.runtimes.implied]\n"
		"[crio.runtime.runtimes.flag]\ninherit_default_runtime = true\n"
		"[crio.runtime.runtimes.marked]\ninherit_default_runtime = true\n"
		"monitor_path = \"/f\"\n"
		"[crio.runtime.runtimes.behind]\ninherit = \"marked\"\n"
		"[crio.runtime.runtimes.alone]\ninherit = \"none\"\nruntime_path = "
		"\"/usr/bin/crun\"\n";
	struct node *node = resolve(state, text);

	TELLS(node, "named", monitor_path, "\"/m\" inherited p x:5:16");
	TELLS(node, "own", monitor_path, "\"/o\" explicit x:11:16");
	TELLS(node, "empty", monitor_path, "\"/o\" inherited own x:11:16");
	TELLS(node, "implied", monitor_path, "\"/m\" inherited p x:5:16");
	/* Nor is CRI-O's own rule asked for it, nor by name. */
	TELLS(node, "flag", monitor_path, "\"/usr/bin/conmon\" path");
	TELLS(node, "flag", runtime_path, "\"/usr/bin/crun\" inherited p x:4:16");
	TELLS(node, "marked", monitor_path, "\"/f\" explicit x:20:16");
	TELLS(node, "behind", monitor_path, "\"/f\" inherited marked x:20:16");
	TELLS(node, "alone", monitor_path, "\"/usr/bin/conmon\" path");
}

static void requests_that_are_none(void **state)
{
	struct node *node = resolve(
		state, H("a") "inherit_fields = \"all\"\n" H("b") "inherit_fields = [1]\n" H("c") "inherit_fields = [\"nonsense\"]\n" H("d") "inherit_fields = [\"Monitor_Path\"]\n" H(
			       "e") "inherit_fields "
				    "= "
				    "[\"inherit\"]"
				    "\n" H("f") "inh"
						"eri"
						"t_"
						"fie"
						"lds"
						" = "
						"[\""
						"inh"
						"eri"
						"t_"
						"def"
						"aul"
						"t_"
						"run"
						"tim"
						"e\""
						"]"
						"\n" H("g") "inhe"
							    "rit_"
							    "fiel"
							    "ds "
							    "= "
							    "[\"a"
							    "ll\""
							    ", "
							    "\"no"
							    "nsen"
							    "se\""
							    "]"
							    "\n" H("h") "inherit_fields = []\n" H(
								    "i") "inherit_fields = "
									 "[\"ALL\"]\n" H(
										 "runc") "i"
											 "n"
											 "h"
											 "e"
											 "r"
											 "i"
											 "t"
											 "_"
											 "f"
											 "i"
											 "e"
											 "l"
											 "d"
											 "s"
											 " "
											 "="
											 " "
											 "["
											 "\"nonsens"
											 "e\"]\n");

	DROPPED(node, "a", "inherit-invalid x:2:18");
	DROPPED(node, "b", "inherit-invalid x:4:19");
	DROPPED(node, "c", "inherit-invalid x:6:19");
	DROPPED(node, "d", "inherit-invalid x:8:19");
	DROPPED(node, "e", "inherit-invalid x:10:19");
	DROPPED(node, "f", "inherit-invalid x:12:19");
	DROPPED(node, "g", "inherit-invalid x:14:26");
	OK(node, "h");
	DROPPED(node, "i", "inherit-invalid x:18:19");
	/* Also where there is nobody to inherit from. */
	DROPPED(node, "runc", "inherit-invalid x:20:19");
}

static void fields_that_a_release_does_not_know(void **state)
{
	struct node *node = *state;

	node_release(node, "1.30");
	resolve(state, "[crio.runtime]\ndefault_runtime = \"crun\"\n" H(
			       "crun") "no_sync_log = true\nseccomp_profile = \"/gone\"\n"
				       "container_create_timeout = 5\n" H(
					       "a") "inherit = \"crun\"\ninherit_fields = "
						    "[\"all\", \"no_sync_log\"]\n");
	OK(node, "a");
	TELLS(node, "a", no_sync_log, "unset");
	TELLS(node, "a", seccomp_profile, "unset");
	TELLS(node, "a", container_create_timeout, "unset");
}

/* ---- What CRI-O makes of it ---- */

static void settings_overrule_the_monitor(void **state)
{
	static const char text[] =
		"[crio.runtime]\nconmon = \"/c\"\nconmon_cgroup = \"pod\"\nconmon_env = "
		"[\"A=b\"]\n" H(
			"a") "runtime_path = \"/usr/bin/crun\"\nmonitor_path = \"/m\"\n"
			     "monitor_env = [\"X=y\"]\nmonitor_cgroup = \"m.slice\"\n" H(
				     "v") "runtime_type = \"vm\"\nruntime_path = "
					  "\"/opt/containerd-shim-x\"\n"
					  "monitor_path = \"/m\"\n" H(
						  "p") "runtime_type = \"pod\"\nruntime_path = "
						       "\"/usr/bin/crun\"\n";
	struct node *node = *state;

	node_binary(node, "/opt/containerd-shim-x");
	resolve(state, text);
	TELLS(node, "a", monitor_path, "\"/c\" explicit x:2:10");
	TELLS(node, "a", monitor_cgroup, "\"pod\" explicit x:3:17");
	TELLS(node, "a", monitor_env, "[\"A=b\"] explicit x:4:14");
	/* oci only. */
	TELLS(node, "v", monitor_path, "\"/m\" explicit x:13:16");
	TELLS(node, "v", monitor_cgroup, "unset");
	TELLS(node, "p", monitor_path, "unset");
	/* Empty ones overrule nothing. */
	node_conf(node, "y",
		"[crio.runtime]\nconmon = \"\"\nconmon_cgroup = \"\"\n"
		"conmon_env = []\n");
	assert_int_equal(node_resolve(node), 0);
	TELLS(node, "a", monitor_path, "\"/m\" explicit x:7:16");
	TELLS(node, "a", monitor_cgroup, "\"m.slice\" explicit x:9:18");
	TELLS(node, "a", monitor_env, "[\"X=y\"] explicit x:8:15");
}

static void defaults_are_filled_in_per_release(void **state)
{
	static const struct {
		const char *release, *manager, *cgroup;
		enum heir_field field;
		const char *line, *want;
	} cases[] = {
		{"1.37", "systemd", NULL, HEIR_FIELD_monitor_cgroup, "",
			"\"system.slice\" default"},
		{"1.37", "cgroupfs", NULL, HEIR_FIELD_monitor_cgroup, "", "unset"},
		{"1.37", "cgroupfs", NULL, HEIR_FIELD_monitor_cgroup,
			"monitor_cgroup = \"system.slice\"", "\"\" default"},
		{"1.33.0", "cgroupfs", NULL, HEIR_FIELD_monitor_cgroup, "", "unset"},
		{"1.32", "cgroupfs", NULL, HEIR_FIELD_monitor_cgroup, "",
			"\"system.slice\" default"},
		{"1.37", "systemd", NULL, HEIR_FIELD_container_min_memory, "", "\"12MiB\" default"},
		{"1.37", "systemd", NULL, HEIR_FIELD_container_min_memory,
			"container_min_memory = \"1GiB\"", "\"1GiB\" explicit x:6:24"},
		{"1.37", "systemd", NULL, HEIR_FIELD_container_min_memory,
			"container_min_memory = \"lots\"", "\"12MiB\" default"},
		{"1.30", "systemd", NULL, HEIR_FIELD_container_min_memory, "", "\"12MiB\" default"},
		{"1.30", "systemd", NULL, HEIR_FIELD_container_min_memory,
			"container_min_memory = \"lots\"", "\"12MiB\" default"},
		{"1.29.3", "systemd", NULL, HEIR_FIELD_container_min_memory, "",
			"\"12MiB\" default"},
		{"1.29.2", "systemd", NULL, HEIR_FIELD_container_min_memory,
			"container_min_memory = \"lots\"", "unset"},
		{"1.35.0", "systemd", NULL, HEIR_FIELD_container_create_timeout, "", "240 default"},
		{"1.35.0", "systemd", NULL, HEIR_FIELD_container_create_timeout,
			"container_create_timeout = 29", "30 default"},
		{"1.35.0", "systemd", NULL, HEIR_FIELD_container_create_timeout,
			"container_create_timeout = 30", "30 explicit x:6:28"},
		{"1.35.0", "systemd", NULL, HEIR_FIELD_container_create_timeout,
			"container_create_timeout = -1", "30 default"},
		{"1.34", "systemd", NULL, HEIR_FIELD_container_create_timeout,
			"container_create_timeout = 29", "unset"},
	};
	struct node *node = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			"[crio.runtime]\ndefault_runtime = \"a\"\ncgroup_manager = \"%s\"\n" H(
				"a") "runtime_path = \"/usr/bin/crun\"\n%s\n",
			cases[i].manager, cases[i].line);
		node_release(node, cases[i].release);
		resolve(state, text);
		tells_at(node, (int)i, "a", cases[i].field, cases[i].want);
	}
}

/* ---- The default ---- */

static void the_default_runtime(void **state)
{
	struct node *node = resolve(
		state, "[crio.runtime]\ndefault_runtime = \"runc\"\n" H("runc") H("a") H("b") "");

	assert_true(heir_str_eqz(node->res.default_runtime, "runc"));
	assert_string_equal(node_tell_place(node, node->res.default_place), "x:2:19");
	TELLS(node, "a", runtime_path, "\"/usr/bin/runc\" inherited runc");
	/* What if. */
	node->assume.default_runtime = "crun";
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_place(node, node->res.default_place), "(built in)");
	TELLS(node, "a", runtime_path, CRUN "inherited crun");
	node->assume.default_runtime = "missing";
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_fatal(node), "default-unknown (built in)");
	/* As in a file: the release's own. */
	node->assume.default_runtime = "";
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_fatal(node), "starts");
	assert_true(heir_str_eqz(node->res.default_runtime, "crun"));
	node->assume.default_runtime = NULL;
	/* Empty: the release's own. */
	resolve(state, "[crio.runtime]\ndefault_runtime = \"\"\n" H("a"));
	assert_true(heir_str_eqz(node->res.default_runtime, "crun"));
	node_release(node, "1.30");
	assert_int_equal(node_resolve(node), 0);
	assert_true(heir_str_eqz(node->res.default_runtime, "runc"));
	resolve(state, "[crio.runtime]\ndefault_runtime = \"gone\"\n" H("\"gone \""));
	assert_string_equal(node_tell_fatal(node), "default-unknown x:2:19");
	resolve(state, H("runc") "runtime_path = \"/gone\"\n");
	assert_string_equal(node_tell_fatal(node), "default-invalid x:2:16");
	/* What loading found already is not resolved at all. */
	resolve(state, "crio = 1\n");
	assert_string_equal(node_tell_fatal(node), "value-type x:1:8");
	assert_null(node->res.results);
	assert_null(heir_resolution_find(&node->res, HEIR_STR("runc")));
}

/* ---- Looking up ---- */

static void binaries_are_looked_up_as_go_does(void **state)
{
	struct node *node = *state;

	node_binary(node, "/a/in-a");
	node_binary(node, "/b/in-a");
	node_binary(node, "/b/in-b");
	tree_file(node->dir, "a/not-x", "", 0, 0644);
	node_binary(node, "/b/not-x");
	tree_text(node->dir, "a/dir/file", "");
	node_binary(node, "/b/dir");
	tree_file(node->dir, "a/group-x", "", 0, 0610);
	tree_link(node->dir, "a/linked", "/b/in-b");
	tree_link(node->dir, "a/dangling", "/nowhere");
	node_binary(node, "/rel/relative");
	node_binary(node, "/here");
	node_binary(node, "/rel/sub/tool");
	node->assume.path = "/none::rel:.:/a:/b//:/a/not-x:/";
	resolve(state,
		"[crio.runtime]\nimplicit_inherit = false\ndefault_runtime = \"in-a\"\n" H("in-a")
			H("in-b") H("not-x") H("dir") H("group-x") H("linked") H("dangling")
				H("relative") H("here") H("\"rel/sub/tool\"") H("\"/rel/sub/tool\"")
					H("\"/rel/gone\"") H("\"a/dir\"") H("\"\"")
						H("\"in-a\\u0000\"") H("\".\"") H("\"..\""));
	TELLS(node, "in-a", runtime_path, "\"/a/in-a\" path");
	TELLS(node, "in-b", runtime_path, "\"/b/in-b\" path");
	TELLS(node, "not-x", runtime_path, "\"/b/not-x\" path");
	TELLS(node, "dir", runtime_path, "\"/b/dir\" path");
	TELLS(node, "group-x", runtime_path, "\"/a/group-x\" path");
	TELLS(node, "linked", runtime_path, "\"/a/linked\" path");
	TELLS(node, "here", runtime_path, "\"/here\" path");
	assert_true(strncmp(node_tell_dropped(node, "dangling"), "path-not-found", 14) == 0);
	/* Go takes nothing from a relative directory, but a name with a slash is a path. */
	assert_true(strncmp(node_tell_dropped(node, "relative"), "path-not-found", 14) == 0);
	TELLS(node, "rel/sub/tool", runtime_path, "\"rel/sub/tool\" path");
	TELLS(node, "/rel/sub/tool", runtime_path, "\"/rel/sub/tool\" path");
	assert_true(strncmp(node_tell_dropped(node, "/rel/gone"), "path-not-found", 14) == 0);
	assert_true(strncmp(node_tell_dropped(node, "a/dir"), "path-not-found", 14) == 0);
	assert_true(strncmp(node_tell_dropped(node, ""), "path-not-found", 14) == 0);
	assert_true(strncmp(node_tell_dropped(node, "."), "path-not-found", 14) == 0);
	assert_true(strncmp(node_tell_dropped(node, ".."), "path-not-found", 14) == 0);
	node->core.root.no_openat2 = true;
	node->assume.path = "";
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_fatal(node), "default-invalid x:4:24");
}

/* ---- Without memory ---- */

static const char
	everything
		[] =
			"[crio.runtime]\nconmon = \"/c\"\nimplicit_inherit = true\n" H(
				"a") "inherit = \"b\"\ninherit_fields = [\"all\"]\n"
				     "allowed_annotations = "
				     "[\"devices.crio.io\"]\ndefault_annotations = {c = \"3\"}\n" H(
					     "b") "inherit = \"${X:-crun}\"\nallowed_annotations = "
						  "[\"umask.crio.io\"]\n"
						  "default_annotations = {a = \"\\u0031\", b = "
						  "\"2\"}\n"
						  "inherit_fields = [\"allowed_annotations\"]\n" H("c") "inherit = \"d\"\n" H("d") "inherit = \"c\"\n" H("e") "inherit = \"d\"\n" H(
							  "f") "runtime_candidates = [\"none\", "
							       "\"runc\"]\n"
							       "runtime_requires = {oci_version = "
							       "\"1.1.0\"}\n" H(
								       "g") "inherit_when = "
									    "[{inherit = \"b\", "
									    "when = {\"k.v.major\" "
									    "= \"4\"}}, "
									    "{inherit = \"c\", "
									    "when = {\"k.v.major\" "
									    "= \"5\"}}]\n" H("h") "inherit = \"missing\"\n" H(
										    "i") "runtime_"
											 "path = "
											 "\"/"
											 "gone\""
											 "\n" H("\""
												"${"
												"NO"
												"NE"
												"}"
												"\"") "inherit = \"i\"\n" H("new");

static void files_that_lie_over_the_node(void **state)
{
	struct node *node = *state;

	node_conf(node, "50-a", H("a") "runtime_path = \"/usr/bin/runc\"\n");
	node_conf(node, "60-b", H("b") "inherit = \"a\"\n");
	node_lay(node, "/etc/crio/crio.conf.d/50-a",
		"# laid\n" H("a") "runtime_path = \"/opt/laid\"\n", 0644);
	node_lay(node, "/opt/laid", "", 0755);
	node_lay(node, "/usr/local/bin/youki", "", 0755);
	node_lay(node, "/usr/local/bin/runsc", "", 0644);
	node_lay(node, "/etc/crio/crio.conf.d/70-c", H("youki") H("runsc"), 0644);
	assert_int_equal(node_resolve(node), 0);
	TELLS(node, "a", runtime_path, "\"/opt/laid\" explicit 50-a:3:16");
	TELLS(node, "b", runtime_path, "\"/opt/laid\" inherited a 50-a:3:16");
	TELLS(node, "youki", runtime_path, "\"/usr/local/bin/youki\" path");
	/* Nobody may execute it. */
	DROPPED(node, "runsc", "path-not-found 70-c:2:24");
}

/* Objects without a file system: nobody knows what else the node has. */
static void a_node_of_which_only_files_are_known(void **state)
{
	struct node *node = *state;

	node_conf(node, "50-a", H("never"));
	node_lay(node, "/etc/crio/crio.conf.d/50-a",
		H("a") "runtime_path = \"/opt/unknown\"\n" H("new") H("kata-runtime") H("runsc")
			H("runc"),
		0644);
	node_lay(node, "/usr/local/bin/runsc", "", 0755);
	node->overlay.alone = true;
	assert_int_equal(node_resolve(node), 0);
	TELLS(node, "a", runtime_path, "\"/opt/unknown\" explicit 50-a:2:16");
	TELLS(node, "crun", runtime_path, "\"/usr/bin/crun\" path");
	TELLS(node, "runc", runtime_path, "\"/usr/bin/runc\" path");
	TELLS(node, "runsc", runtime_path, "\"/usr/local/bin/runsc\" path");
	TELLS(node, "new", runtime_path, "\"/usr/bin/crun\" inherited crun");
	DROPPED(node, "kata-runtime", "path-not-found 50-a:4:24");
	assert_null(heir_config_handler(&node->config, HEIR_STR("never")));
}

/* However many handlers inherit a value, its text is decoded once: all of them have the very same
 * bytes. */
static void values_are_decoded_once(void **state)
{
	static const enum heir_field fields[] = {HEIR_FIELD_runtime_root,
		HEIR_FIELD_monitor_exec_cgroup, HEIR_FIELD_monitor_env,
		HEIR_FIELD_default_annotations};
	struct heir_buf text = HEIR_BUF_NULL;
	struct node *node;

	heir_buf_addz(&text, H("p") "runtime_path = \"/usr/bin/crun\"\n"
				    "runtime_root = \"/\\u0041\"\n"
				    "monitor_exec_cgroup = \"\\u0042\"\n"
				    "default_annotations = { a = \"\\u0043\" }\n"
				    "monitor_env = [\"\\u0044=1\"]\n");
	heir_buf_addz(&text, H("a") "inherit = \"p\"\ninherit_fields = [\"all\"]\n");
	heir_buf_addz(&text, H("b") "inherit = \"a\"\ninherit_fields = [\"all\"]\n");
	assert_false(text.failed);
	node = resolve(state, text.p);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		bool is_list = i >= 2;
		const char *first = NULL;

		for (const char *name = "pab"; *name; name++) {
			struct heir_origin origin;
			const char *at;

			assert_int_equal(heir_result_get(&node->res,
						 heir_resolution_find(
							 &node->res, (struct heir_str){name, 1}),
						 fields[i], &origin),
				0);
			at = is_list ? origin.value.list.entries[0].value.p : origin.value.string.p;
			assert_ptr_equal(at, first ? first : at);
			first = at;
			heir_core_forget_values(&node->core);
		}
	}
	heir_buf_release(&text);
}

static void resolving_without_memory(void **state)
{
	struct node *node = *state;
	int r = -ENOMEM;

	node_facts(node, "{\"features\": {\"k.v\": {\"major\": \"5\"}}, \"runtimes\": "
			 "{\"/usr/bin/runc\": {\"ociVersionMin\": \"1.0.0\", "
			 "\"ociVersionMax\": \"1.2.0\"}}}");
	node_conf(node, "x", everything);
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		node_forget(node);
		assert_int_equal(heir_root_open(&node->core.root, node->dir), 0);
		heir_test_fail_alloc(n);
		r = heir_config_load(&node->config, &node->core, &node->where);
		if (r == 0)
			r = heir_start_resolve(&node->res, &node->config, &node->assume);
		assert_true(r == -ENOMEM || r == 0);
		assert_true(r < 0 || n > 20);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_string_equal(node_tell_fatal(node), "starts");
	TELLS(node, "a", allowed_annotations,
		"[\"io.containers.trace-syscall\", \"devices.crio.io\", \"umask.crio.io\"] "
		"inherited crun x:7:23");
	TELLS(node, "f", runtime_path, "\"/usr/bin/runc\" candidate");
	DROPPED(node, "g", "parent-dropped x:24:73");
	TELLS(node, "new", monitor_path, "\"/c\" explicit x:2:10");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_explicit_path_comes_first),
		CASE(a_candidate_comes_before_the_parent),
		CASE(auto_is_spelled_out),
		CASE(requirements_need_features),
		CASE(the_first_condition_that_holds),
		CASE(faults_without_facts),
		CASE(conditions_that_are_none),
		CASE(inherit_names_a_handler),
		CASE(cri_o_s_own_rule),
		CASE(the_default_inherits_from_nobody),
		CASE(implicit_is_for_new_handlers),
		CASE(implicit_can_be_switched_off),
		CASE(cycles_drop_all_their_members),
		CASE(chains_of_any_length),
		CASE(unknown_parents),
		CASE(variables_everywhere),
		CASE(a_dropped_parent_still_lends),
		CASE(validation_has_its_order),
		CASE(fields_travel_on_request),
		CASE(the_monitor_travels_with_the_path),
		CASE(requests_that_are_none),
		CASE(fields_that_a_release_does_not_know),
		CASE(settings_overrule_the_monitor),
		CASE(defaults_are_filled_in_per_release),
		CASE(the_default_runtime),
		CASE(binaries_are_looked_up_as_go_does),
		CASE(files_that_lie_over_the_node),
		CASE(a_node_of_which_only_files_are_known),
		CASE(values_are_decoded_once),
		CASE(resolving_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
