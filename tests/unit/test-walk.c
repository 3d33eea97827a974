/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a drop-in directory count, in which order: Go's filepath.Walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "config/walk.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

struct fixture {
	char *dir;
	struct heir_root root;
	struct heir_arena arena;
	struct heir_walk walk;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->dir = tree_new();
	assert_int_equal(heir_root_open(&fixture->root, fixture->dir), 0);
	heir_arena_init(&fixture->arena);
	fixture->walk = HEIR_WALK_NULL;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	heir_walk_release(&fixture->walk);
	heir_arena_release(&fixture->arena);
	heir_root_close(&fixture->root);
	tree_remove(fixture->dir);
	free(fixture);
	return 0;
}

static int walk(struct fixture *fixture, const char *dir)
{
	heir_walk_release(&fixture->walk);
	return heir_walk(&fixture->root, dir, &fixture->arena, &fixture->walk);
}

/* The names in order, links marked with '@', errors with '!'. */
static void check(struct fixture *fixture, const char *dir, const char *const names[], size_t n)
{
	assert_int_equal(walk(fixture, dir), 0);
	for (size_t i = 0; i < n && i < fixture->walk.n; i++) {
		const struct heir_walk_entry *entry = &fixture->walk.entries[i];
		char got[PATH_MAX];

		snprintf(got, sizeof(got), "%s%s%s", entry->error ? "!" : "",
			entry->type == DT_LNK ? "@" : "", entry->name);
		assert_string_equal(got, names[i]);
	}
	assert_int_equal(fixture->walk.n, n);
}

#define CHECK(fixture, dir, ...)                                    \
	do {                                                        \
		const char *const names_[] = {__VA_ARGS__};         \
		check((fixture), (dir), names_, ARRAY_LEN(names_)); \
	} while (0)

static void names_are_in_byte_order(void **state)
{
	/* In the order in which they are to be found. */
	static const char *const names[] = {" blank", "#50-x#", "-", ".hidden", "00-default", "1",
		"10-crio.conf", "100-x", "50-gpu.conf", "50-gpu.conf.bak", "50-gpu.conf~", "9",
		"99-x", "UPPER", "Z", "_", "a", "a b", "a.conf", "ab", "b\nnewline", "z", "~",
		"\xc3\xa4", "\xff"};
	struct fixture *fixture = *state;
	char path[PATH_MAX];

	for (size_t i = ARRAY_LEN(names); i-- > 0;) {
		snprintf(path, sizeof(path), "d/%s", names[i * 7 % ARRAY_LEN(names)]);
		tree_text(fixture->dir, path, "");
	}
	check(fixture, "/d", names, ARRAY_LEN(names));
	assert_string_equal(fixture->walk.entries[4].path, "/d/00-default");
	assert_string_equal(fixture->walk.entries[4].name, "00-default");
}

static void a_directory_comes_where_its_name_stands(void **state)
{
	struct fixture *fixture = *state;

	tree_text(fixture->dir, "d/a.conf", "");
	tree_text(fixture->dir, "d/a/z", "");
	tree_text(fixture->dir, "d/a/b/y", "");
	tree_text(fixture->dir, "d/a-b", "");
	tree_text(fixture->dir, "d/a0", "");
	tree_text(fixture->dir, "d/.git/HEAD", "");
	tree_text(fixture->dir, "d/b", "");
	tree_text(fixture->dir, "d/empty/x", "");
	assert_int_equal(unlinkat(fixture->root.fd, "d/empty/x", 0), 0);
	CHECK(fixture, "/d", ".git/HEAD", "a/b/y", "a/z", "a-b", "a.conf", "a0", "b");
	/* However the directory is written. */
	CHECK(fixture, "/d/", ".git/HEAD", "a/b/y", "a/z", "a-b", "a.conf", "a0", "b");
	assert_string_equal(fixture->walk.entries[1].path, "/d/a/b/y");
	CHECK(fixture, "d/a", "b/y", "z");
	assert_string_equal(fixture->walk.entries[0].path, "d/a/b/y");
	CHECK(fixture, "/../d/./a", "b/y", "z");
}

static void links_are_not_entered(void **state)
{
	struct fixture *fixture = *state;

	tree_text(fixture->dir, "elsewhere/x", "");
	tree_text(fixture->dir, "d/m", "");
	tree_link(fixture->dir, "d/a", "/elsewhere");
	tree_link(fixture->dir, "d/b", "m");
	tree_link(fixture->dir, "d/c", "nowhere");
	tree_link(fixture->dir, "d/self", ".");
	tree_link(fixture->dir, "d/sub/up", "..");
	tree_link(fixture->dir, "d/z", "z");
	CHECK(fixture, "/d", "@a", "@b", "@c", "m", "@self", "@sub/up", "@z");
}

static void what_is_no_file_counts_too(void **state)
{
	struct fixture *fixture = *state;

	tree_text(fixture->dir, "d/a", "");
	assert_int_equal(mkfifoat(fixture->root.fd, "d/fifo", 0600), 0);
	CHECK(fixture, "/d", "a", "fifo");
}

static void the_directory_itself(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(walk(fixture, "/missing"), 0);
	assert_int_equal(fixture->walk.n, 0);
	assert_int_equal(walk(fixture, "/missing/below"), 0);
	assert_int_equal(fixture->walk.n, 0);
	tree_text(fixture->dir, "file", "");
	CHECK(fixture, "/file", "");
	assert_string_equal(fixture->walk.entries[0].path, "/file");
	assert_int_equal(walk(fixture, "/file/below"), -ENOTDIR);
	assert_int_equal(fixture->walk.n, 0);
	tree_text(fixture->dir, "d/x", "");
	tree_link(fixture->dir, "to-d", "d");
	CHECK(fixture, "/to-d", "@");
	assert_string_equal(fixture->walk.entries[0].path, "/to-d");
	/* With a slash behind it lstat sees the directory. */
	CHECK(fixture, "/to-d/", "x");
	tree_link(fixture->dir, "to-file", "file");
	CHECK(fixture, "/to-file", "@");
	/* CRI-O asks with stat whether it exists. */
	tree_link(fixture->dir, "dangling", "nowhere");
	assert_int_equal(walk(fixture, "/dangling"), 0);
	assert_int_equal(fixture->walk.n, 0);
	tree_link(fixture->dir, "loop", "loop");
	assert_int_equal(walk(fixture, "/loop"), -ELOOP);
}

static void the_root_as_directory(void **state)
{
	struct fixture *fixture = *state;

	tree_text(fixture->dir, "x", "");
	tree_text(fixture->dir, "y/z", "");
	CHECK(fixture, "/", "x", "y/z");
	assert_string_equal(fixture->walk.entries[1].path, "/y/z");
}

/* A directory that cannot be listed is an entry with its error, and the walk goes on. */
static void unreadable_directories(void **state)
{
	struct fixture *fixture = *state;
	uid_t was = geteuid();
	char path[PATH_MAX];
	int r;

	tree_text(fixture->dir, "d/b/x", "");
	tree_text(fixture->dir, "d/c", "");
	snprintf(path, sizeof(path), "%s/d/b", fixture->dir);
	assert_int_equal(chmod(path, 0), 0);
	/* Root may read everything: be somebody else for a moment. */
	assert_int_equal(chmod(fixture->dir, 0755), 0);
	if (was == 0)
		assert_int_equal(seteuid(65534), 0);
	r = walk(fixture, "/d");
	assert_int_equal(seteuid(was), 0);
	assert_int_equal(r, 0);
	assert_int_equal(fixture->walk.n, 2);
	assert_int_equal(fixture->walk.entries[0].error, -EACCES);
	assert_string_equal(fixture->walk.entries[0].name, "b");
	assert_string_equal(fixture->walk.entries[1].name, "c");
	assert_int_equal(chmod(path, 0755), 0);
}

/* Deeper than PATH_MAX: made, and taken away again, step by step. */
enum { DEPTH = 22, LENGTH = 200 };

static void make_deep(int top, const char *name)
{
	int at = dup(top);

	for (int i = 0; i < DEPTH; i++) {
		int next;

		assert_int_equal(mkdirat(at, name, 0755), 0);
		next = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(at);
		at = next;
	}
	close(at);
}

static void remove_deep(int top, const char *name)
{
	int steps[DEPTH] = {top};

	for (int i = 1; i < DEPTH; i++)
		steps[i] = openat(steps[i - 1], name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int i = DEPTH; i-- > 0;) {
		assert_int_equal(unlinkat(steps[i], name, AT_REMOVEDIR), 0);
		close(steps[i]);
	}
}

static void paths_that_are_too_long(void **state)
{
	struct fixture *fixture = *state;
	const struct heir_walk_entry *entry;
	char name[LENGTH + 1];
	int top;

	memset(name, 'n', LENGTH);
	name[LENGTH] = '\0';
	tree_text(fixture->dir, "d/z", "");
	top = openat(fixture->root.fd, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_deep(top, name);
	assert_int_equal(walk(fixture, "/d"), 0);
	remove_deep(top, name);
	assert_int_equal(fixture->walk.n, 2);
	entry = &fixture->walk.entries[0];
	assert_int_equal(entry->error, -ENAMETOOLONG);
	assert_true(strlen(entry->path) >= PATH_MAX);
	assert_string_equal(fixture->walk.entries[1].name, "z");
}

static void deep_nests(void **state)
{
	struct fixture *fixture = *state;
	char path[PATH_MAX] = "d/";

	for (int i = 0; i < 240; i++)
		strcat(path, "s/");
	strcat(path, "x");
	tree_text(fixture->dir, path, "");
	tree_text(fixture->dir, "d/s/t", "");
	assert_int_equal(walk(fixture, "/d"), 0);
	assert_int_equal(fixture->walk.n, 2);
	assert_string_equal(fixture->walk.entries[0].path + 1, path);
	assert_string_equal(fixture->walk.entries[1].name, "s/t");
	/* And by hand, where it still reaches. */
	fixture->root.no_openat2 = true;
	assert_int_equal(walk(fixture, "/d"), 0);
	assert_int_equal(fixture->walk.n, 2);
	assert_int_equal(fixture->walk.entries[0].error, 0);
}

static void lay(struct heir_overlay *overlay, const char *path)
{
	struct heir_overlay_file file = {path, HEIR_STR("laid"), 0644, NULL, HEIR_PLACE_NONE};

	assert_int_equal(heir_overlay_put(overlay, &file), 0);
}

static void an_overlay_lies_among_the_files(void **state)
{
	struct fixture *fixture = *state;
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;

	tree_text(fixture->dir, "d/10", "");
	tree_text(fixture->dir, "d/20", "");
	tree_text(fixture->dir, "d/a.b", "");
	lay(&overlay, "/d/30");
	lay(&overlay, "/d/20");
	lay(&overlay, "/d/a/x");
	lay(&overlay, "/d/15");
	lay(&overlay, "/dd/99");
	lay(&overlay, "/d");
	fixture->root.overlay = &overlay;
	/* "a/" comes before "a.b", as its directory would. */
	CHECK(fixture, "/d", "10", "15", "20", "30", "a/x", "a.b");
	CHECK(fixture, "/d/", "10", "15", "20", "30", "a/x", "a.b");
	assert_int_equal(walk(fixture, "/d"), 0);
	assert_null(fixture->walk.entries[0].overlaid);
	assert_ptr_equal(fixture->walk.entries[2].overlaid, heir_overlay_find(&overlay, "/d/20"));
	CHECK(fixture, "/dd", "99");
	overlay.alone = true;
	CHECK(fixture, "/d", "15", "20", "30", "a/x");
	heir_overlay_release(&overlay);
}

static void without_memory(void **state)
{
	struct fixture *fixture = *state;
	int r = -ENOMEM;
	char path[32];

	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "d/%d/%d", i % 3, i);
		tree_text(fixture->dir, path, "");
	}
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		heir_arena_release(&fixture->arena);
		heir_walk_release(&fixture->walk);
		heir_test_fail_alloc(n);
		r = heir_walk(&fixture->root, "/d", &fixture->arena, &fixture->walk);
		assert_true(r == -ENOMEM || r == 0);
		/* A directory that opendir had no memory for is no answer about the directory. */
		for (size_t i = 0; i < fixture->walk.n; i++)
			assert_int_equal(fixture->walk.entries[i].error, 0);
		assert_true(r < 0 || n > 8);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
	assert_int_equal(fixture->walk.n, 40);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(names_are_in_byte_order),
		CASE(a_directory_comes_where_its_name_stands),
		CASE(links_are_not_entered),
		CASE(what_is_no_file_counts_too),
		CASE(the_directory_itself),
		CASE(the_root_as_directory),
		CASE(unreadable_directories),
		CASE(paths_that_are_too_long),
		CASE(deep_nests),
		CASE(an_overlay_lies_among_the_files),
		CASE(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
