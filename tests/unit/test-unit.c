/* SPDX-License-Identifier: Apache-2.0 */
/* crio.service as systemd composes it, and its flags as a layer above the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/macro.h"
#include "config/flags.h"
#include "support/fail-alloc.h"
#include "support/node.h"
#include "support/tree.h"
#include "unit/unit.h"

#define ETC "/etc/systemd/system/"
#define RUN "/run/systemd/system/"
#define LOCAL "/usr/local/lib/systemd/system/"
#define LIB "/usr/lib/systemd/system/"
#define SERVICE "crio.service"
#define START(words) "[Service]\nExecStart=/usr/bin/crio " words "\n"

/* A unit of its own tree. */
struct world {
	char *dir;
	struct heir_core core;
	struct heir_unit unit;
	struct heir_buf told;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world)
		return -1;
	world->dir = tree_new();
	heir_core_init(&world->core);
	*state = world;
	return heir_root_open(&world->core.root, world->dir);
}

static void forget(struct world *world)
{
	heir_unit_release(&world->unit);
	heir_core_release(&world->core);
	heir_core_init(&world->core);
}

static int tear_down(void **state)
{
	struct world *world = *state;

	forget(world);
	tree_remove(world->dir);
	heir_buf_release(&world->told);
	free(world);
	return 0;
}

static int read_unit(struct world *world)
{
	forget(world);
	assert_int_equal(heir_root_open(&world->core.root, world->dir), 0);
	return heir_unit_read(&world->core, &world->unit);
}

/* "[WORD][WORD]", or "unclear". */
static const char *tell_args(struct world *world)
{
	heir_buf_clear(&world->told);
	if (world->unit.unclear)
		return "unclear";
	heir_buf_addz(&world->told, "");
	for (uint32_t i = 0; i < world->unit.args.n; i++) {
		heir_buf_addc(&world->told, '[');
		heir_buf_adds(&world->told, world->unit.args.items[i].text);
		heir_buf_addc(&world->told, ']');
	}
	return world->told.p ? world->told.p : "";
}

static const char *args(struct world *world)
{
	assert_int_equal(read_unit(world), 0);
	return tell_args(world);
}

/* The value of a variable, "-" for none. */
static const char *var(struct world *world, const char *name)
{
	const struct heir_unit_var *found = heir_unit_var(&world->unit, heir_str_from(name));

	return found ? found->value.p : "-";
}

/* "PATH:LINE" */
static const char *place(struct world *world, struct heir_place where)
{
	struct heir_position at;

	assert_int_not_equal(where.source, HEIR_SOURCE_NONE);
	assert_int_equal(heir_source_locate(&world->core.sources.items[where.source],
				 &world->core.arena, where.at, &at),
		0);
	heir_buf_clear(&world->told);
	heir_buf_printf(
		&world->told, "%s:%u", world->core.sources.items[where.source].path, at.line);
	return world->told.p;
}

static void put(struct world *world, const char *path, const char *text)
{
	tree_text(world->dir, path, text);
}

/* ---- Words ---- */

/* What is behind "ExecStart=" and what CRI-O gets of it. */
static void test_words(void **state)
{
	static const struct {
		const char *line, *args;
	} cases[] = {
		{"/usr/bin/crio", ""},
		{"/usr/bin/crio -a  --b=c\t-d", "[-a][--b=c][-d]"},
		{"/usr/bin/crio \"a b\" 'c d' \"\" e\" f\"g", "[a b][c d][][e fg]"},
		{"/usr/bin/crio \\x41\\s\\t\\101\\u00e4\\\\ \"\\\"\"", "[A \tA\xc3\xa4\\][\"]"},
		{"/usr/bin/crio 'it''s' \"it's\"", "[its][it's]"},
		{"/usr/bin/crio a\\;b \\; c", "unclear"},
		{"/usr/bin/crio a \\; c", "[a][;][c]"},
		{"/usr/bin/crio a ; /usr/bin/other", "[a]"},
		{"/usr/bin/other ; /usr/bin/crio b", "[b]"},
		{"/usr/bin/crio \"unterminated", "unclear"},
		{"/usr/bin/crio \\q", "unclear"},
		{"/usr/bin/crio %n %N %p %i %j %t %S %E %% %z 100%", "[crio.service][crio][crio][]"
								     "[crio][/run][/var/lib][/etc]"
								     "[%][%z][100%]"},
		{"/usr/bin/crio %H", "unclear"},
		{"/usr/bin/crio a%%H", "[a%H]"},
		{"-/usr/bin/crio a", "[a]"},
		{"+!!/usr/bin/crio a", "[a]"},
		{"@/usr/bin/crio name a", "[a]"},
		{":/usr/bin/crio $A ${B} $$", "[$A][${B}][$$]"},
		{"/usr/bin/crio $A x$A ${A} x${A}y $NO ${NO} $$A $$",
			"[one][two words][x$A][one 'two words'][xone 'two words'y][][$A][$]"},
		{"/usr/bin/crio $EMPTY ${EMPTY} $HOME", "unclear"},
		{"/usr/bin/crio $EMPTY ${EMPTY}", "[]"},
		{"/usr/bin/crio ${A", "[${A]"},
		{"/usr/bin/crio $UNKNOWN", "unclear"},
		{"crio a", "[a]"},
		{"", "unclear"},
	};
	struct world *world = *state;
	char text[512];

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text),
			"[Service]\nEnvironment=\"A=one 'two words'\" EMPTY= UNKNOWN=%%H\n"
			"ExecStart=%s\n",
			cases[i].line);
		put(world, ETC SERVICE, text);
		if (strcmp(args(world), cases[i].args) != 0)
			fail_msg("%s: %s", cases[i].line, world->told.p ? world->told.p : "");
	}
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *args;
	} cases[] = {
		{"[Service]\nExecStart=/usr/bin/crio \\\n  a \\\n# no\n; no\n  b\nX=y\n", "[a][b]"},
		{"[Service]\nExecStart=/usr/bin/crio a\\\n", "[a]"},
		{"[Service]\r\nExecStart = /usr/bin/crio a\r\n", "[a]"},
		{"\xef\xbb\xbf[Service]\nExecStart=/usr/bin/crio a\n", "[a]"},
		{"[Unit]\nExecStart=/usr/bin/crio a\n", "unclear"},
		{"ExecStart=/usr/bin/crio a\n", "unclear"},
		{"[Service]\n#ExecStart=/usr/bin/crio b\nExecStart=/usr/bin/crio a\n", "[a]"},
		{"[Service]\nExecStart=/usr/bin/crio a\nExecStart=\nExecStart=/usr/bin/crio b\n",
			"[b]"},
		{"[Service]\nExecStart=/usr/bin/crio \"x\nExecStart=\nExecStart=/usr/bin/crio b\n",
			"[b]"},
		{"[Service]\nExecStart=/usr/bin/crio a\nExecStart=\n", "unclear"},
		{"[Service]\nexecstart=/usr/bin/crio a\n", "unclear"},
	};
	struct world *world = *state;

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		put(world, ETC SERVICE, cases[i].text);
		if (strcmp(args(world), cases[i].args) != 0)
			fail_msg("%s: %s", cases[i].text, world->told.p ? world->told.p : "");
	}
}

/* ---- The daemon ---- */

static void test_wrappers(void **state)
{
	static const struct {
		const char *line, *args;
	} cases[] = {
		{"/usr/bin/nsenter --mount=/run/kubens/mnt /usr/bin/crio $O", "[-x][y z]"},
		{"/usr/bin/nsenter -t 1 -m -- crio a", "[a]"},
		{"/usr/bin/taskset -c 0 /usr/bin/nice -n 5 /opt/bin/crio a", "[a]"},
		{"/usr/bin/env A=1 CONTAINER_CONMON=/c /usr/bin/crio a", "[a]"},
		{"/usr/bin/env -i /usr/bin/crio a", "unclear"},
		{"/bin/sh -c \"/usr/bin/crio a 'b c'\"", "[a][b c]"},
		{"/bin/bash -c \"exec nsenter -m/x /usr/bin/crio $O\"", "[-x]['y][z']"},
		{"/bin/bash -c \"nsenter --mount=%t/m ${ORIG}\"", "[orig]"},
		{"/bin/bash -c \"nsenter --mount=%t/m ${MISSING}\"", "unclear"},
		{"/bin/sh -c 'crio a; echo b'", "unclear"},
		{"/bin/sh -c 'crio $(cat /x)'", "unclear"},
		{"/bin/sh -c 'crio a > /log'", "unclear"},
		{"/bin/sh /usr/local/bin/start-crio", "unclear"},
		{"/usr/local/bin/start-crio --config /etc/crio", "unclear"},
		{"/usr/local/bin/start-crio", "unclear"},
		{"/opt/wrap /usr/bin/crio a", "[a]"},
		{"@/usr/bin/nsenter crio crio a", "unclear"},
		{"/usr/bin/env sh -c 'env sh -c \"crio a\"'", "[a]"},
		{"crio.sh a", "unclear"},
		{"$O", "unclear"},
	};
	struct world *world = *state;
	char text[512];

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text),
			"[Service]\nEnvironment=\"O=-x 'y z'\" \"ORIG=/usr/bin/crio orig\"\n"
			"ExecStart=%s\n",
			cases[i].line);
		put(world, ETC SERVICE, text);
		if (strcmp(args(world), cases[i].args) != 0)
			fail_msg("%s: %s", cases[i].line, world->told.p ? world->told.p : "");
	}
	put(world, ETC SERVICE, "[Service]\nExecStart=env CONTAINER_CONMON=/c /usr/bin/crio\n");
	assert_string_equal(args(world), "");
	assert_string_equal(var(world, "CONTAINER_CONMON"), "/c");
}

/* ---- Environment ---- */

static void test_environment(void **state)
{
	struct world *world = *state;

	put(world, ETC SERVICE,
		"[Service]\nEnvironment=A=1 \"B=2 3\" 'C=4' D=%n 1X=no NOVALUE E=$A\n"
		"Environment=A=5\nEnvironmentFile=/etc/one\nEnvironmentFile=-/etc/none\n"
		"EnvironmentFile=-/etc/two\nUnsetEnvironment=C X=1 Y=1\n"
		"ExecStart=/usr/bin/crio ${A} ${X}\n");
	put(world, "/etc/one", "A=file\nX=1\nY=2\n");
	put(world, "/etc/two", "A=two\n");
	assert_string_equal(args(world), "[two][]");
	assert_string_equal(var(world, "A"), "two");
	assert_string_equal(var(world, "B"), "2 3");
	assert_string_equal(var(world, "C"), "-");
	assert_string_equal(var(world, "D"), "crio.service");
	assert_string_equal(var(world, "1X"), "-");
	assert_string_equal(var(world, "E"), "$A");
	assert_string_equal(var(world, "X"), "-");
	assert_string_equal(var(world, "Y"), "2");
	assert_null(world->unit.missing);
	assert_string_equal(place(world, world->unit.args.items[0].where), "/etc/two:1");

	/* An empty assignment forgets what was set before. */
	put(world, ETC SERVICE ".d/10.conf",
		"[Service]\nEnvironment=\nEnvironmentFile=\nUnsetEnvironment=\nEnvironment=Z=1\n");
	assert_string_equal(args(world), "[][]");
	assert_string_equal(var(world, "B"), "-");
	assert_string_equal(var(world, "Z"), "1");
}

static void test_environment_files(void **state)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"A=b", "b"},
		{"  A = b c  \n", "b c"},
		{"A=\"b  c\" \n", "b  c"},
		{"A='b \\ c'\n", "b \\ c"},
		{"A=\"b\"'c' d\n", "bcd"},
		{"A=\"b\\\"c\\$d\\ne\"\n", "b\"c$d\\ne"},
		{"A=b\\ c\n", "b c"},
		{"A=b \\\n  c\n", "b   c"},
		{"A=\"b \\\nc\"\n", "b c"},
		{"A=\"b\nc\"\n", "b\nc"},
		{"#A=x\n;A=x\nA=b#c\n", "b#c"},
		{"A=b\n# comment \\\nA=c\n", "c"},
		{"A=\n", ""},
		{"A=b=c\n", "b=c"},
		{"A\nB=1\n", "-"},
		{"export A=b\n", "-"},
		{"A=b\"c\n", "b\"c"},
		{"A=\xff\n", "-"},
		{"A='b", "b"},
		{"A=b\r\nB=c\r\n", "b"},
	};
	struct world *world = *state;

	put(world, ETC SERVICE, "[Service]\nEnvironmentFile=/etc/env\nExecStart=/usr/bin/crio\n");
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		put(world, "/etc/env", cases[i].text);
		assert_int_equal(read_unit(world), 0);
		if (strcmp(var(world, "A"), cases[i].value) != 0)
			fail_msg("%s: %s", cases[i].text, var(world, "A"));
	}
}

static void test_missing_environment_file(void **state)
{
	struct world *world = *state;

	put(world, ETC SERVICE, "[Service]\nEnvironmentFile=/etc/env\nExecStart=/usr/bin/crio\n");
	assert_string_equal(args(world), "");
	assert_string_equal(world->unit.missing, "/etc/env");
	assert_string_equal(place(world, world->unit.missing_at), ETC SERVICE ":2");

	put(world, ETC SERVICE,
		"[Service]\nEnvironmentFile=/etc/env.d/*.env\nExecStart=/usr/bin/crio\n");
	assert_string_equal(args(world), "");
	assert_string_equal(world->unit.missing, "/etc/env.d/*.env");
	put(world, "/etc/env.d/2.env", "A=2\n");
	put(world, "/etc/env.d/1.env", "A=1\nB=1\n");
	put(world, "/etc/env.d/3.txt", "A=3\n");
	assert_string_equal(args(world), "");
	assert_null(world->unit.missing);
	assert_string_equal(var(world, "A"), "2");
	assert_string_equal(var(world, "B"), "1");
}

/* ---- Files ---- */

static void test_search(void **state)
{
	struct world *world = *state;

	assert_int_equal(read_unit(world), 0);
	assert_null(world->unit.path);
	put(world, LIB SERVICE, START("lib"));
	assert_string_equal(args(world), "[lib]");
	put(world, LOCAL SERVICE, START("local"));
	assert_string_equal(args(world), "[local]");
	put(world, RUN SERVICE, START("run"));
	assert_string_equal(args(world), "[run]");
	put(world, ETC SERVICE, START("etc"));
	assert_string_equal(args(world), "[etc]");
	assert_string_equal(world->unit.path, ETC SERVICE);
}

static void test_dropins(void **state)
{
	struct world *world = *state;

	put(world, LIB SERVICE, START("unit"));
	put(world, LIB SERVICE ".d/20.conf", "[Service]\nEnvironment=A=lib B=lib\n");
	put(world, ETC SERVICE ".d/10.conf", "[Service]\nEnvironment=A=etc C=etc\n");
	put(world, ETC SERVICE ".d/30.txt", "[Service]\nEnvironment=A=no\n");
	put(world, ETC SERVICE ".d/.40.conf", "[Service]\nEnvironment=A=no\n");
	put(world, ETC "service.d/15.conf", "[Service]\nEnvironment=C=all\n");
	assert_string_equal(args(world), "[unit]");
	assert_string_equal(var(world, "A"), "lib");
	assert_string_equal(var(world, "B"), "lib");
	assert_string_equal(var(world, "C"), "all");

	/* One of the same name masks those of lower directories. */
	put(world, RUN SERVICE ".d/20.conf", "[Service]\nEnvironment=A=run\n");
	assert_string_equal(args(world), "[unit]");
	assert_string_equal(var(world, "A"), "run");
	assert_string_equal(var(world, "B"), "-");
	tree_link(world->dir, ETC SERVICE ".d/20.conf", "/dev/null");
	assert_string_equal(args(world), "[unit]");
	assert_string_equal(var(world, "A"), "etc");
}

static void test_masked(void **state)
{
	struct world *world = *state;

	put(world, LIB SERVICE, START("unit"));
	put(world, ETC SERVICE, "");
	assert_string_equal(args(world), "unclear");
}

static void test_aliases(void **state)
{
	struct world *world = *state;

	put(world, LIB SERVICE, START("unit") "[Install]\nAlias=cri-o.service other.service\n");
	put(world, ETC "other.service.d/10.conf", "[Service]\nEnvironment=A=alias\n");
	put(world, ETC "cri-.service.d/10-x.conf", "[Service]\nEnvironment=B=prefix\n");
	assert_string_equal(args(world), "[unit]");
	assert_string_equal(var(world, "A"), "alias");
	assert_string_equal(var(world, "B"), "prefix");

	/* A link is an alias too, also by way of another one. */
	put(world, LIB SERVICE, START("unit"));
	put(world, ETC "third.service.d/10.conf", "[Service]\nEnvironment=A=link\n");
	tree_link(world->dir, ETC "second.service", LIB SERVICE);
	tree_link(world->dir, ETC "third.service", "second.service");
	assert_string_equal(args(world), "[unit]");
	assert_string_equal(var(world, "A"), "link");
	assert_string_equal(var(world, "B"), "-");
}

static void test_loop_of_aliases(void **state)
{
	struct world *world = *state;

	tree_link(world->dir, ETC "a.service", "b.service");
	tree_link(world->dir, ETC "b.service", "a.service");
	tree_link(world->dir, ETC SERVICE, "a.service");
	assert_string_equal(args(world), "unclear");
	assert_non_null(strstr(world->unit.unclear, "cannot be read"));
}

static void test_many(void **state)
{
	enum { N = 10000, LINE = 64 << 10 };
	struct world *world = *state;
	struct heir_buf line = HEIR_BUF_NULL;
	char path[128];

	heir_buf_addz(&line, "[Service]\nExecStart=/usr/bin/crio ");
	heir_buf_fill(&line, 'x', LINE);
	for (unsigned i = 0; i < LINE / 3; i++)
		heir_buf_addz(&line, " $A");
	heir_buf_addc(&line, '\n');
	put(world, ETC SERVICE, line.p);
	for (unsigned i = 0; i < N; i++) {
		snprintf(path, sizeof(path), ETC SERVICE ".d/%05u.conf", i);
		put(world, path, "[Service]\nEnvironment=A=1 B=2\n");
	}
	assert_int_equal(read_unit(world), 0);
	assert_int_equal(world->unit.args.n, 1 + LINE / 3);
	assert_int_equal(world->unit.args.items[0].text.len, LINE);
	heir_buf_release(&line);
}

/* What variables stand for is bounded as well. */
static void test_expansion_is_bounded(void **state)
{
	struct world *world = *state;
	struct heir_buf text = HEIR_BUF_NULL;

	heir_buf_addz(&text, "[Service]\nEnvironment=A=");
	heir_buf_fill(&text, 'x', 64 << 10);
	heir_buf_addz(&text, "\nExecStart=/usr/bin/crio");
	for (unsigned i = 0; i < 10000; i++)
		heir_buf_addz(&text, " ${A}");
	heir_buf_addc(&text, '\n');
	put(world, ETC SERVICE, text.p);
	assert_string_equal(args(world), "unclear");
	assert_non_null(strstr(world->unit.unclear, "2 MiB"));
	heir_buf_release(&text);
}

static void test_places(void **state)
{
	struct world *world = *state;

	put(world, ETC SERVICE,
		"[Service]\nEnvironmentFile=/etc/env\nExecStart=/usr/bin/crio a \\\n\n");
	put(world, ETC SERVICE ".d/10-x.conf",
		"[Service]\nExecStart=\nExecStart=/usr/bin/crio \\\n  --a \\\n  $B\n");
	put(world, "/etc/env", "# of CRI-O\nB=\"c d\"\n");
	assert_string_equal(args(world), "[--a][c][d]");
	assert_string_equal(
		place(world, world->unit.args.items[0].where), ETC SERVICE ".d/10-x.conf:4");
	assert_string_equal(place(world, world->unit.args.items[1].where), "/etc/env:2");
}

static void test_process(void **state)
{
	static const char cmdline[] = "/usr/bin/crio\0--config\0\0x y", environ[] = "A=1\0B=2";
	struct world *world = *state;

	assert_int_equal(heir_unit_from_process(&world->core, "/proc/7",
				 (struct heir_str){cmdline, sizeof(cmdline)},
				 (struct heir_str){environ, sizeof(environ)}, &world->unit),
		0);
	assert_string_equal(tell_args(world), "[--config][][x y]");
	assert_string_equal(var(world, "B"), "2");
	assert_string_equal(place(world, world->unit.args.items[2].where), "/proc/7/cmdline:4");
}

static void test_out_of_memory(void **state)
{
	struct world *world = *state;
	int r = -ENOMEM;

	put(world, LIB SERVICE,
		"[Service]\nEnvironment=A=1\nEnvironmentFile=/etc/env\nUnsetEnvironment=C\n"
		"ExecStart=/bin/sh -c \"nsenter crio $B\" ${A}\n[Install]\nAlias=x.service\n");
	put(world, ETC SERVICE ".d/1.conf", "[Service]\nEnvironment=D=1 \\\n  E=2\n");
	tree_link(world->dir, ETC "y.service", LIB SERVICE);
	put(world, "/etc/env", "B='c d'\n");
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		forget(world);
		assert_int_equal(heir_root_open(&world->core.root, world->dir), 0);
		heir_test_fail_alloc(n);
		r = heir_unit_read(&world->core, &world->unit);
		if (heir_test_alloc_count() <= n)
			break;
		assert_int_equal(r, -ENOMEM);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_int_equal(r, 0);
	assert_string_equal(tell_args(world), "[c][d]");
}

/* ---- Flags ---- */

/* Loads a node whose unit has these flags; what stops CRI-O, "RULE PLACE", or "starts". */
static const char *start(struct node *node, const char *release, const char *flags)
{
	char text[1024];

	snprintf(text, sizeof(text), "[Service]\nExecStart=/usr/bin/crio %s\n", flags);
	tree_text(node->dir, ETC SERVICE, text);
	node_release(node, release);
	assert_int_equal(node_load(node), 0);
	return node_tell_fatal(node);
}

static void test_flags(void **state)
{
#define BAD "flag-invalid " ETC SERVICE ":2:"
	static const struct {
		const char *release, *flags, *stops;
	} cases[] = {
		{"1.37", "-l info --log-filter x --selinux -d /x -c=", "starts"},
		{"1.37", "-log-level=debug --selinux=false --pids-limit -1 --pids-limit=0x_10",
			"starts"},
		{"1.37", "--nope", BAD},
		{"1.37", "--nope=x --log-level", BAD},
		{"1.37", "--log-level", BAD},
		{"1.37", "--pids-limit x", BAD},
		{"1.37", "--pids-limit=", BAD},
		{"1.37", "--pids-limit 9223372036854775808", BAD},
		{"1.37", "--pids-limit 1_000", "starts"},
		{"1.37", "--pids-limit 1__0", BAD},
		{"1.37", "--pids-limit 08", BAD},
		{"1.37", "--selinux=maybe", BAD},
		{"1.37", "--pull-progress-timeout 10", BAD},
		{"1.37", "--pull-progress-timeout 10s", "starts"},
		{"1.31.2", "--pull-progress-timeout 10s", BAD},
		{"1.28", "--timezone UTC", BAD},
		{"1.30", "--timezone UTC", "starts"},
		{"1.30", "--registry x", "starts"},
		{"1.31", "--registry x", BAD},
		{"1.37", "-c /etc/crio/crio.conf --config=", BAD},
		{"1.37", "extra", BAD},
		{"1.37", "-- --log-level", BAD},
		{"1.37", "--", "starts"},
		{"1.37", "-", BAD},
		{"1.37", "---x", BAD},
		{"1.37", "\"\"", BAD},
		{"1.37", "config", BAD},
		{"1.37", "--help", BAD},
		{"1.37", "-v", BAD},
		{"1.37", "--log-format xml", BAD},
		{"1.37", "--log-format json --log /var/log/none/x", BAD},
		{"1.37", "--log /x.log", "starts"},
		{"1.37", "--config /none", "config-missing " ETC SERVICE ":2:"},
		{"1.37", "--config etc/none", "config-missing " ETC SERVICE ":2:"},
		{"1.37", "--config-dir /none", "starts"},
		{"1.37", "--runtimes a:b", BAD},
		{"1.37", "--runtimes=", BAD},
		{"1.37", "--runtimes x:/usr/bin/crun:", "starts"},
		{"1.37", "--runtimes x:/usr/bin/crun::::::", BAD},
		{"1.37", "--runtimes x:/usr/bin/crun:::::", BAD},
		{"1.37", "--runtimes x:/usr/bin/crun:::::12MiB", "starts"},
		{"1.28", "--runtimes x:/usr/bin/crun::::", "starts"},
		{"1.28", "--runtimes x:/usr/bin/crun:::::12MiB", BAD},
	};
	struct node *node = node_new();

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		const char *stops = start(node, cases[i].release, cases[i].flags);

		if (strncmp(stops, cases[i].stops, strlen(cases[i].stops)) != 0)
			fail_msg("%s: %s", cases[i].flags, stops);
	}
	node_free(node);
}

static void test_variables_stop(void **state)
{
	static const struct {
		const char *variable, *stops;
	} cases[] = {
		{"CONTAINER_PIDS_LIMIT=x", BAD},
		{"CONTAINER_PIDS_LIMIT=", "starts"},
		{"CONTAINER_SELINUX=maybe", BAD},
		{"CONTAINER_SELINUX=", "starts"},
		{"CONTAINER_RUNTIMES=", BAD},
		{"CONTAINER_CONFIG=/none", "config-missing " ETC SERVICE ":2:"},
		{"CONTAINER_CONFIG=", "starts"},
		{"CONTAINER_LOG_FORMAT=", BAD},
		{"CONTAINER_PULL_PROGRESS_TIMEOUT=", "starts"},
		{"CONTAINER_NOBODY_KNOWS=x", "starts"},
	};
	struct node *node = node_new();
	char text[256];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(text, sizeof(text),
			"[Service]\nEnvironment=%s\nExecStart=/usr/bin/crio --pids-limit 5\n",
			cases[i].variable);
		tree_text(node->dir, ETC SERVICE, text);
		assert_int_equal(node_load(node), 0);
		if (strncmp(node_tell_fatal(node), cases[i].stops, strlen(cases[i].stops)) != 0)
			fail_msg("%s: %s", cases[i].variable, node_tell_fatal(node));
	}
	node_free(node);
}

/* A flag wins over its variable, and both over all files, heir.d among them. */
static void test_precedence(void **state)
{
	struct node *node = node_new();

	(void)state;
	node_conf(node, "99.conf",
		"[crio.runtime]\nconmon = \"/file\"\n[crio.runtime.runtimes.x]\n"
		"runtime_path = \"/usr/bin/runc\"\nruntime_root = \"/run/x\"\n");
	tree_text(node->dir, "/etc/crio/heir.d/1.conf",
		"[crio.runtime.runtimes.x]\nruntime_path = \"/usr/bin/runc\"\n");
	tree_text(node->dir, ETC SERVICE,
		"[Service]\nEnvironment=CONTAINER_RUNTIMES=x:/none:,y:/usr/bin/crun:/run/y\n"
		"Environment=CONTAINER_DEFAULT_RUNTIME=y\n"
		"ExecStart=/usr/bin/crio --runtimes ' x:/usr/bin/crun:/run/z , "
		"x:/usr/bin/crun:/1:::'"
		" \\\n  --default-runtime x\n");
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(node_tell_fatal(node), "starts");
	assert_string_equal(node_tell(node, "x", HEIR_FIELD_runtime_path),
		"\"/usr/bin/crun\" explicit " ETC SERVICE ":4:25");
	assert_string_equal(node_tell(node, "x", HEIR_FIELD_runtime_root),
		"\"/1\" explicit " ETC SERVICE ":4:25");
	assert_true(heir_str_eqz(node->res.default_runtime, "x"));
	assert_null(heir_config_handler(&node->config, HEIR_STR("y")));
	node_free(node);
}

static void test_memory_of_runtimes(void **state)
{
	static const struct {
		const char *release, *memory, *value;
	} cases[] = {
		{"1.29", "", "\"0B\" "},
		{"1.29", ":::12MiB", "\"12MiB\" "},
		{"1.29", ":::1.5g", "\"1.5GiB\" "},
		{"1.29", ":::1234567", "\"1.177MiB\" "},
		{"1.31", ":::1.5g", "\"1.5g\" "},
	};
	struct node *node = node_new();
	char flags[128];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(flags, sizeof(flags), "--runtimes x:/usr/bin/crun:/r:oci%s",
			cases[i].memory);
		tree_text(node->dir, ETC SERVICE, "");
		assert_string_equal(start(node, cases[i].release, flags), "starts");
		assert_int_equal(node_resolve(node), 0);
		if (strncmp(node_tell(node, "x", HEIR_FIELD_container_min_memory), cases[i].value,
			    strlen(cases[i].value)) != 0)
			fail_msg("%s %s: %s", cases[i].release, cases[i].memory, node->told);
	}
	node_free(node);
}

/* Which files are read, and $PATH. */
static void test_where(void **state)
{
	struct node *node = node_new();

	(void)state;
	tree_text(node->dir, "/etc/crio/crio.conf", "[crio.runtime]\ndefault_runtime = \"no\"\n");
	tree_text(node->dir, "/opt/c.conf", "[crio.runtime]\nconmon = \"/opt\"\n");
	tree_text(node->dir, "/opt/d/1.conf", "[crio.runtime]\nconmon_cgroup = \"pod\"\n");
	assert_string_equal(start(node, "1.37", "-c opt/c.conf -d /opt/d"), "starts");
	assert_true(heir_str_eqz(heir_config_setting(&node->config, HEIR_SETTING_conmon), "/opt"));
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_conmon_cgroup), "pod"));
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_default_runtime), "crun"));

	start(node, "1.37", "--config= --config-dir=");
	assert_true(heir_str_eqz(
		heir_config_setting(&node->config, HEIR_SETTING_default_runtime), "crun"));
	assert_true(heir_str_eqz(heir_config_setting(&node->config, HEIR_SETTING_conmon), ""));

	/* heir's own options have the last word. */
	node->where.config = "/opt/c.conf";
	assert_string_equal(start(node, "1.37", "--config /none"), "starts");
	node->where.config = NULL;
	node->where.no_unit = true;
	assert_string_equal(start(node, "1.37", "--nope"), "starts");
	node->where.no_unit = false;
	node->where.crio_args = "--conmon '/a b'";
	assert_string_equal(start(node, "1.37", "--nope"), "starts");
	assert_true(heir_str_eqz(heir_config_setting(&node->config, HEIR_SETTING_conmon), "/a b"));

	node->where.crio_args = NULL;
	tree_text(node->dir, ETC SERVICE,
		"[Service]\nEnvironment=PATH=/opt/bin\nExecStart=/usr/bin/crio\n");
	node_binary(node, "/opt/bin/crun");
	node_conf(node, "9.conf", "[crio.runtime]\ndefault_runtime = \"crun\"\n");
	assert_int_equal(node_resolve(node), 0);
	assert_string_equal(
		node_tell(node, "crun", HEIR_FIELD_runtime_path), "\"/opt/bin/crun\" path");
	node_free(node);
}

/* Each flag of each release is accepted, and says what its key says. */
static void test_every_flag(void **state)
{
	static const char *const values[] = {
		[HEIR_FLAG_STRING] = "text",
		[HEIR_FLAG_BOOL] = "true",
		[HEIR_FLAG_INT] = "7",
		[HEIR_FLAG_DURATION] = "7s",
		[HEIR_FLAG_LIST] = "a,b",
		[HEIR_FLAG_RUNTIMES] = "x:/usr/bin/crun:",
	};
	struct node *node = node_new();

	(void)state;
	for (unsigned i = 0; i < heir_n_flag_rows; i++) {
		const struct heir_flag_row *row = &heir_flag_rows[i];
		char flags[128], release[16] = "1.37";

		if (row->key[0] == '\0')
			continue;
		if (row->until[0])
			snprintf(release, sizeof(release), "%s", row->until);
		snprintf(flags, sizeof(flags), "--%s=%s", row->name, values[row->kind]);
		if (strcmp(start(node, release, flags), "starts") != 0 || node->config.flags.n != 1)
			fail_msg("%s: %s", flags, node->told);
		/* A key that the release does not know would be ignored. */
		if (row->kind != HEIR_FLAG_RUNTIMES) {
			bool exact;
			const struct heir_key_row *key = heir_key_find(
				row->table, heir_str_from(row->key), node->where.version, &exact);

			if (!key || !exact)
				fail_msg("%s: no key %s in %s", flags, row->key, release);
		}
	}
	node_free(node);
}

static void test_flags_out_of_memory(void **state)
{
	struct node *node = node_new();
	int r = -ENOMEM;

	(void)state;
	tree_text(node->dir, ETC SERVICE,
		"[Service]\nEnvironment=CONTAINER_HOOKS_DIR=a,b CONTAINER_SELINUX=x\n"
		"ExecStart=/usr/bin/crio --runtimes a:/b:c,d --config /none --log /none/x\n");
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		node_forget(node);
		heir_test_fail_alloc(n);
		r = node_load(node);
		if (heir_test_alloc_count() <= n)
			break;
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_int_equal(r, 0);
	node_free(node);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_words),
		WITH_WORLD(test_lines),
		WITH_WORLD(test_wrappers),
		WITH_WORLD(test_environment),
		WITH_WORLD(test_environment_files),
		WITH_WORLD(test_missing_environment_file),
		WITH_WORLD(test_search),
		WITH_WORLD(test_dropins),
		WITH_WORLD(test_masked),
		WITH_WORLD(test_aliases),
		WITH_WORLD(test_loop_of_aliases),
		WITH_WORLD(test_many),
		WITH_WORLD(test_expansion_is_bounded),
		WITH_WORLD(test_places),
		WITH_WORLD(test_process),
		WITH_WORLD(test_out_of_memory),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_variables_stop),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_memory_of_runtimes),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_every_flag),
		cmocka_unit_test(test_flags_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
