/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program to read what it prints: what may be run, what comes back, and that nothing is
 * left behind, whatever the program does and whatever state the caller is in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macro.h"
#include "config/installed.h"
#include "base/way.h"
#include "node/monitors.h"
#include "node/probe.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

struct fixture {
	char *dir;
	char program[PATH_MAX];
	struct heir_arena arena;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->dir = tree_new();
	snprintf(fixture->program, sizeof(fixture->program), "%s/program", fixture->dir);
	heir_arena_init(&fixture->arena);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	heir_arena_release(&fixture->arena);
	tree_remove(fixture->dir);
	free(fixture);
	return 0;
}

/* Only root can make a file that root owns. */
static struct fixture *as_root(void **state)
{
	if (geteuid() != 0)
		skip();
	return *state;
}

/* A shell script as the program. */
static void script(const struct fixture *fixture, const char *lines)
{
	char text[512];
	int n = snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", lines);

	unlink(fixture->program);
	tree_file(fixture->dir, "program", text, (size_t)n, 0755);
}

static int run(struct fixture *fixture, size_t max, struct heir_str *ret)
{
	static const char *const args[] = {"program", "one two", "", NULL};
	int fd = heir_probe_open(fixture->program), r;

	if (fd < 0)
		return fd;
	r = heir_probe_run(fd, args, max, &fixture->arena, ret);
	close(fd);
	return r;
}

static void prints(struct fixture *fixture, const char *lines, const char *wanted)
{
	struct heir_str got = HEIR_STR("nothing");

	script(fixture, lines);
	assert_int_equal(run(fixture, 1 << 20, &got), 0);
	assert_int_equal(got.len, strlen(wanted));
	assert_string_equal(got.p, wanted);
}

static void fails(struct fixture *fixture, const char *lines, size_t max, int wanted)
{
	struct heir_str got = HEIR_STR("untouched");

	script(fixture, lines);
	assert_int_equal(run(fixture, max, &got), wanted);
	assert_string_equal(got.p, "untouched");
}

static unsigned n_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* ---- */

static void what_it_prints_comes_back(void **state)
{
	struct fixture *fixture = as_root(state);

	prints(fixture, "echo hello", "hello\n");
	prints(fixture, "exit 0", "");
	prints(fixture, "printf '%s|' \"$#\" \"$@\"", "2|one two||");
	prints(fixture, "echo talk >&2; echo answer", "answer\n");
	prints(fixture, "sleep 0.1; echo late", "late\n");
	prints(fixture, "echo done; exec >&-; sleep 0.1", "done\n");
	prints(fixture, "sleep 60 & echo left", "left\n");
}

static void how_it_ended_comes_back(void **state)
{
	struct fixture *fixture = as_root(state);

	fails(fixture, "echo x; exit 3", 100, 3);
	fails(fixture, "echo x; kill -TERM $$", 100, 128 + SIGTERM);
	fails(fixture, "exec /nowhere", 100, 127);
	fails(fixture, "echo 0123456789", 10, -EFBIG);
	fails(fixture, "while :; do echo more; done", 1 << 16, -EFBIG);
	fails(fixture, "exec sleep 60", 100, -ETIMEDOUT);
	unlink(fixture->program);
	tree_file(fixture->dir, "program", "\177ELF", 4, 0755);
	assert_int_equal(run(fixture, 100, &(struct heir_str){NULL, 0}), -ENOEXEC);
}

static void nothing_is_left_behind(void **state)
{
	struct fixture *fixture = as_root(state);
	unsigned before = n_descriptors();

	prints(fixture, "sleep 60 & sleep 60 & echo x", "x\n");
	fails(fixture, "exit 1", 100, 1);
	fails(fixture, "echo 01234567890", 10, -EFBIG);
	assert_int_equal(n_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void what_was_judged_is_what_runs(void **state)
{
	static const char *const args[] = {"program", NULL};
	struct fixture *fixture = as_root(state);
	struct heir_str got;
	int fd;

	script(fixture, "echo judged");
	fd = heir_probe_open(fixture->program);
	assert_true(fd >= 0);
	script(fixture, "echo another");
	assert_int_equal(heir_probe_run(fd, args, 100, &fixture->arena, &got), 0);
	assert_string_equal(got.p, "judged\n");
	/* As often as one likes. */
	assert_int_equal(heir_probe_run(fd, args, 100, &fixture->arena, &got), 0);
	assert_string_equal(got.p, "judged\n");
	close(fd);
}

static void only_what_is_roots_alone_is_run(void **state)
{
	static const struct {
		unsigned mode;
		int r;
	} modes[] = {{0755, 0}, {0700, 0}, {0555, 0}, {0111, 0}, {0644, -EACCES}, {0775, -EPERM},
		{0757, -EPERM}, {0722, -EPERM}};
	struct fixture *fixture = as_root(state);
	const char *path;
	char dirs[PATH_MAX + 16];

	script(fixture, "echo x");
	for (unsigned i = 0; i < ARRAY_LEN(modes); i++) {
		int fd;

		assert_int_equal(chmod(fixture->program, modes[i].mode), 0);
		fd = heir_probe_open(fixture->program);
		assert_int_equal(MIN(fd, 0), modes[i].r);
		if (fd >= 0)
			close(fd);
	}
	assert_int_equal(chmod(fixture->program, 0755), 0);
	assert_int_equal(chown(fixture->program, 65534, 0), 0);
	assert_int_equal(heir_probe_open(fixture->program), -EPERM);
	/* The first one found counts, and one that may not be run is told. */
	snprintf(dirs, sizeof(dirs), "relative:/nowhere::%s:/bin", fixture->dir);
	assert_int_equal(heir_probe_find(dirs, "program", &fixture->arena, &path), -EPERM);
	assert_string_equal(path, fixture->program);
	assert_int_equal(heir_probe_find(dirs, "no such", &fixture->arena, &path), -ENOENT);
	assert_null(path);
	assert_int_equal(heir_probe_open(fixture->dir), -EACCES);
	assert_int_equal(heir_probe_open("/dev/null"), -EACCES);
	assert_int_equal(heir_probe_open("/nowhere"), -ENOENT);
}

/* The text with `word` in the place of its '%'. */
static void insert(char ret[2 * PATH_MAX], const char *text, const char *word)
{
	size_t before = strcspn(text, "%");

	snprintf(ret, 2 * PATH_MAX, "%.*s%s%s", (int)before, text, word, text + before + 1);
}

/* A script is what its interpreter makes of it. */
static void interpreters_are_judged(void **state)
{
	static const char *const refused[] = {"#!%/interpreter\n", "#! \t%/interpreter -x\n",
		"#!/usr/bin/env %/interpreter\n", "#!/usr/bin/env -S %/interpreter -u\n",
		"#!/usr/bin/env -i %/interpreter\n", "#!interpreter\n%", "#!\n%",
		"#!/usr/bin/env relative/%\n", "#!/usr/bin/env X=y %/interpreter\n",
		"#!/usr/bin/env -u X %/interpreter\n", "#!%/nested\n"};
	struct fixture *fixture = as_root(state);
	char text[2 * PATH_MAX], other[PATH_MAX];
	int fd;

	snprintf(other, sizeof(other), "%s/interpreter", fixture->dir);
	tree_text(fixture->dir, "interpreter", "#!/bin/sh\n");
	snprintf(text, sizeof(text), "#!%s\n", other);
	tree_text(fixture->dir, "nested", text);
	snprintf(text, sizeof(text), "%s/nested", fixture->dir);
	assert_int_equal(chmod(text, 0755), 0);
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++) {
		bool always = i >= 5 && i < ARRAY_LEN(refused) - 1;

		insert(text, refused[i], fixture->dir);
		tree_text(fixture->dir, "program", text);
		assert_int_equal(chmod(fixture->program, 0755), 0);
		assert_int_equal(chmod(other, 0755), 0);
		fd = heir_probe_open(fixture->program);
		if (always)
			assert_int_equal(fd, -EPERM);
		else
			assert_true(fd >= 0);
		close(fd);
		assert_int_equal(chmod(other, 0757), 0);
		assert_int_equal(heir_probe_open(fixture->program), -EPERM);
		assert_int_equal(heir_probe_open_own(fixture->program, NULL), -EPERM);
	}
	/* What env finds. */
	assert_int_equal(chmod(other, 0755), 0);
	tree_text(fixture->dir, "program", "#!/usr/bin/env interpreter\n");
	assert_int_equal(chmod(fixture->program, 0755), 0);
	fd = heir_probe_open_own(fixture->program, fixture->dir);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod(other, 0757), 0);
	assert_int_equal(heir_probe_open_own(fixture->program, fixture->dir), -EPERM);
	/* A relative directory of $PATH is any directory. */
	assert_int_equal(heir_probe_open_own(fixture->program, "bin:/bin"), -EPERM);
}

static int opens(const struct fixture *fixture, const char *path)
{
	char whole[2 * PATH_MAX];
	int fd;

	snprintf(whole, sizeof(whole), "%s/%s", fixture->dir, path);
	fd = heir_way_open(-1, whole, HEIR_WAY_RUN);
	if (fd >= 0)
		close(fd);
	return MIN(fd, 0);
}

static void the_way_is_judged_too(void **state)
{
	struct fixture *fixture = as_root(state);
	char name[NAME_MAX + 2], path[PATH_MAX];

	tree_text(fixture->dir, "a/b/file", "");
	tree_link(fixture->dir, "a/link", "../a/./b//file");
	tree_link(fixture->dir, "around", "around");
	tree_link(fixture->dir, "to-b", "a/b/");
	tree_link(fixture->dir, "nowhere", "none/file");
	assert_int_equal(opens(fixture, "a/link"), 0);
	assert_int_equal(opens(fixture, "to-b/../../a/b/file"), 0);
	assert_int_equal(opens(fixture, "to-b//file"), 0);
	assert_int_equal(opens(fixture, "around"), -ELOOP);
	assert_int_equal(opens(fixture, "around/file"), -ELOOP);
	assert_int_equal(opens(fixture, "nowhere"), -ENOENT);
	assert_int_equal(opens(fixture, "a/b/file/x"), -ENOTDIR);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(opens(fixture, name), -ENAMETOOLONG);
	assert_int_equal(heir_way_open(-1, "", HEIR_WAY_RUN), -ENOENT);
	/* Of a link the way that it leads counts, wherever the link is. */
	snprintf(path, sizeof(path), "%s/a", fixture->dir);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(opens(fixture, "to-b/file"), -EPERM);
	assert_int_equal(opens(fixture, "a/b/file"), -EPERM);
	assert_int_equal(chmod(path, 01777), 0);
	assert_int_equal(opens(fixture, "to-b/file"), 0);
	assert_int_equal(chown(path, 65534, 0), 0);
	assert_int_equal(opens(fixture, "to-b/file"), -EPERM);
	assert_int_equal(chown(path, 0, 0), 0);
	snprintf(path, sizeof(path), "%s/to-b", fixture->dir);
	assert_int_equal(lchown(path, 65534, 0), 0);
	assert_int_equal(opens(fixture, "to-b/file"), -EPERM);
}

/* A caller that blocks signals and has no standard streams, and ignores SIGCHLD. */
static void the_callers_state_does_not_matter(void **state)
{
	struct fixture *fixture = as_root(state);
	int saved[3], status;
	pid_t pid = fork();

	script(fixture, "read -r x; echo \"got ${x:-nothing}\"; kill -TERM $$; echo survived");
	if (pid == 0) {
		struct heir_str got = HEIR_STR("");
		sigset_t all;
		int r;

		signal(SIGTERM, SIG_IGN);
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
		for (int fd = 0; fd < 3; fd++) {
			saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
			close(fd);
		}
		r = run(fixture, 100, &got);
		script(fixture, "echo fine");
		r = r == 128 + SIGTERM ? run(fixture, 100, &got) : 1;
		for (int fd = 0; fd < 3; fd++)
			dup2(saved[fd], fd);
		_exit(r == 0 && strcmp(got.p, "fine\n") == 0 ? 0 : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int ask_while_children_are_forgotten(struct fixture *fixture)
{
	struct heir_str got = HEIR_STR("");
	unsigned before = n_descriptors();
	struct timespec start, end;
	char name[64];
	long child;

	script(fixture, "echo fine; exit 0");
	if (run(fixture, 100, &got) != 0 || strcmp(got.p, "fine\n") != 0)
		return 1;
	script(fixture, "echo no; exit 7");
	if (run(fixture, 100, &got) != 7)
		return 2;
	script(fixture, "kill -SEGV $$");
	if (run(fixture, 100, &got) != 128 + SIGSEGV)
		return 3;
	script(fixture, "head -c 500 /dev/zero");
	if (run(fixture, 100, &got) != -EFBIG)
		return 4;
	/* What it leaves behind ends with it. */
	script(fixture, "sleep 300 & echo $!");
	if (run(fixture, 100, &got) != 0)
		return 5;
	child = strtol(got.p, NULL, 10);
	snprintf(name, sizeof(name), "/proc/%ld/exe", child);
	for (int i = 0; i < 200 && access(name, F_OK) == 0; i++)
		usleep(10000);
	if (access(name, F_OK) == 0)
		return 6;
	script(fixture, "sleep 300");
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (run(fixture, 100, &got) != -ETIMEDOUT)
		return 7;
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (end.tv_sec - start.tv_sec > 30)
		return 8;
	return n_descriptors() == before ? 0 : 9;
}

/* A library cannot ask for children of its own; it has a process that waits for the program. */
static void a_caller_that_ignores_sigchld_is_told_all(void **state)
{
	static const int flags[] = {0, SA_NOCLDWAIT};
	struct fixture *fixture = as_root(state);

	for (unsigned i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct sigaction action = {
				.sa_flags = flags[i], .sa_handler = flags[i] ? SIG_DFL : SIG_IGN};

			sigaction(SIGCHLD, &action, NULL);
			_exit(ask_while_children_are_forgotten(fixture));
		}
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void without_memory_nothing_is_left_behind(void **state)
{
	static const char crio[] = "#!/bin/sh\necho crio version 1.34.2\n";
	struct fixture *fixture = as_root(state);
	unsigned before = n_descriptors();
	bool done = false;

	tree_file(fixture->dir, "crio", crio, sizeof(crio) - 1, 0755);
	for (unsigned long n = 0; !done; n++) {
		struct heir_version version = {0, 0};
		const char *error = NULL;
		struct heir_arena arena;
		int r;

		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_installed_version(fixture->dir, NULL, &arena, NULL, &version, &error);
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		if (done)
			assert_int_equal(version.minor, 34);
		assert_int_equal(r, done ? 0 : -ENOMEM);
		heir_arena_release(&arena);
	}
	assert_int_equal(n_descriptors(), before);
}

static void a_monitor_is_asked_once_and_without_memory_not_at_all(void **state)
{
	struct fixture *fixture = as_root(state);
	bool done = false;

	script(fixture, "echo conmon version 2; echo >>asked; exit 0");
	for (unsigned long n = 0; !done; n++) {
		struct heir_str path = heir_str_from(fixture->program);
		struct heir_monitors monitors;
		struct heir_arena arena;
		const char *first = NULL, *second = NULL;
		int r;

		heir_arena_init(&arena);
		heir_monitors_init(&monitors, &arena);
		heir_test_fail_alloc(n);
		r = heir_monitors_ask(&monitors, path, &first);
		if (r == 0)
			r = heir_monitors_ask(&monitors, path, &second);
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		assert_int_equal(r, done ? 0 : -ENOMEM);
		assert_true(!done || (first && first == second));
		assert_int_equal(monitors.n, done);
		heir_monitors_release(&monitors);
		heir_arena_release(&arena);
	}
}

/* What CRI-O takes: the third word is a version of three numbers. */
static void what_monitors_print_is_judged(void **state)
{
	static const struct {
		const char *output;
		bool fine;
	} cases[] = {
		{"conmon version 2.1.12\ncommit: abc\n", true},
		{"a\tb\n\v0.0.0", true},
		{"conmon version 2.1.12-0.dev.a-b+01.x\n", true},
		{"conmon version 2.1.12+01", true},
		{"conmon version 2.1.12-01a", true},
		{"", false},
		{"conmon version", false},
		{"conmon version 2.1", false},
		{"conmon version v2.1.12", false},
		{"conmon version 2.01.12", false},
		{"conmon version 2.1.12-01", false},
		{"conmon version 2.1.12-99999999999999999999", false},
		{"conmon version 99999999999999999999.1.12", false},
		{"conmon version 2.1.12-", false},
		{"conmon version 2.1.12+", false},
		{"conmon version 2.1.12_1", false},
		{"conmon: version: 2.1.12,", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			!heir_monitor_problem(heir_str_from(cases[i].output)), cases[i].fine);
}

static void versions_are_found_in_what_it_prints(void **state)
{
	enum { LAST = HEIR_PATCH_LAST };
	static const struct {
		const char *output;
		int minor, patch; /* minor -1: there is none */
	} cases[] = {
		{"crio version 1.34.2", 34, 2},
		{"crio version 1.34.2\nVersion: 1.34.9\n", 34, 2},
		{"a warning\ncrio version 1.34.2\ncrio version 1.35.0\n", 34, 2},
		{"crio version 1.34.2\r\n", 34, 2},
		{"crio version 1.34.2 (x)\n", 34, 2},
		{"crio version 1.34\n", 34, LAST},
		{"crio version 1.31.4-3.rhaos4.18.gitabc.el9\n", 31, 4},
		{"crio version 1.37.0+git\n", 37, 0},
		{"crio version 1.37.0~rc1\n", 37, 0},
		{"", -1, 0},
		{"\n\n", -1, 0},
		{"crio version ", -1, 0},
		{"crio version \n1.34.2", -1, 0},
		{"crio version 2.34.2\n", -1, 0},
		{"crio version 1.34.2x\n", -1, 0},
		{"crio version v1.34.2\n", -1, 0},
		{"crio version 1.34.2.5\n", -1, 0},
		{"crio version 1.34.\n", -1, 0},
		{"crio  version 1.34.2\n", -1, 0},
		{"xcrio version 1.34.2\n", -1, 0},
		{"crio version 1.34.0000000000000000000000000000000000000000002\n", -1, 0},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_version version = {0, 0};
		struct heir_str text;
		bool found = heir_installed_parse(heir_str_from(cases[i].output), &version, &text);

		assert_int_equal(found, cases[i].minor >= 0);
		if (found) {
			assert_int_equal(version.minor, cases[i].minor);
			assert_int_equal(version.patch, cases[i].patch);
		}
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_it_prints_comes_back),
		CASE(how_it_ended_comes_back),
		CASE(nothing_is_left_behind),
		CASE(what_was_judged_is_what_runs),
		CASE(only_what_is_roots_alone_is_run),
		CASE(interpreters_are_judged),
		CASE(the_way_is_judged_too),
		CASE(the_callers_state_does_not_matter),
		CASE(a_caller_that_ignores_sigchld_is_told_all),
		CASE(without_memory_nothing_is_left_behind),
		CASE(a_monitor_is_asked_once_and_without_memory_not_at_all),
		cmocka_unit_test(what_monitors_print_is_judged),
		cmocka_unit_test(versions_are_found_in_what_it_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
