/* SPDX-License-Identifier: Apache-2.0 */
/* Asking runtimes once, and keeping what they told: whatever became of the cache, the answer is
 * that of the file that is there. */
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
#include "node/cache.h"
#include "node/runtimes.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

/* A runtime that tells version 1.0.0 to `max`, and counts how often it was asked. */
struct fixture {
	char *dir;
	char program[PATH_MAX], cache[PATH_MAX], count[PATH_MAX];
};

static void make_program(struct fixture *f, const char *max)
{
	char text[3 * PATH_MAX];
	int n = snprintf(text, sizeof(text),
		"#!/bin/sh\nprintf x >>%s\n"
		"echo '{\"ociVersionMin\": \"1.0.0\", \"ociVersionMax\": \"%s\"}'\n",
		f->count, max);

	tree_file(f->dir, "program", text, (size_t)n, 0755);
}

/* What changes from now on shows. */
static void settle(void)
{
	usleep(1100 * 1000);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->dir = tree_new();
	snprintf(f->program, sizeof(f->program), "%s/program", f->dir);
	snprintf(f->count, sizeof(f->count), "%s/count", f->dir);
	make_program(f, "1.1.0");
	settle();
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	tree_remove(f->dir);
	free(f);
	return 0;
}

/* Only root can make a file that root owns. A cache of the test's own. */
static struct fixture *begin(void **state, const char *cache)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		skip();
	snprintf(f->cache, sizeof(f->cache), "%s/%s", f->dir, cache);
	unlink(f->count);
	return f;
}

static size_t times_asked(const struct fixture *f)
{
	struct stat st;

	return stat(f->count, &st) == 0 ? (size_t)st.st_size : 0;
}

/* Asks in a new process, so to say: the highest version, and whether that was kept. */
static void tells(const struct fixture *f, const char *max, bool cached)
{
	const struct heir_runtime_facts *runtime = NULL;
	struct heir_runtimes runtimes;
	struct heir_arena arena;

	heir_arena_init(&arena);
	heir_runtimes_init(&runtimes, &arena, f->cache);
	assert_int_equal(heir_runtimes_get(&runtimes, heir_str_from(f->program), &runtime), 0);
	assert_int_equal(runtime->state, HEIR_RUNTIME_ANSWERS);
	assert_string_equal(runtime->features->oci_version_max.p, max);
	assert_int_equal(runtime->cached, cached);
	heir_runtimes_release(&runtimes);
	heir_arena_release(&arena);
}

/* The path of the only entry. */
static const char *entry(const struct fixture *f)
{
	static char path[2 * PATH_MAX];
	DIR *dir = opendir(f->cache);
	struct dirent *d;

	path[0] = '\0';
	assert_non_null(dir);
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.') {
			assert_string_equal(path, "");
			snprintf(path, sizeof(path), "%s/%s", f->cache, d->d_name);
		}
	closedir(dir);
	assert_string_not_equal(path, "");
	return path;
}

static size_t n_entries(const struct fixture *f)
{
	DIR *dir = opendir(f->cache);
	struct dirent *d;
	size_t n = 0;

	assert_non_null(dir);
	while ((d = readdir(dir)))
		n += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
	closedir(dir);
	return n;
}

static void damage(const char *path, long at, bool cut)
{
	FILE *file = fopen(path, "r+e");
	int c;

	assert_non_null(file);
	if (cut)
		assert_int_equal(ftruncate(fileno(file), at), 0);
	fseek(file, at, SEEK_SET);
	c = fgetc(file);
	if (!cut) {
		fseek(file, at, SEEK_SET);
		fputc(c ^ 1, file);
	}
	assert_int_equal(fclose(file), 0);
}

/* ---- */

static void asked_once(void **state)
{
	struct fixture *f = begin(state, "once/cache");
	const struct heir_runtime_facts *first = NULL, *second = NULL;
	struct heir_runtimes runtimes;
	struct heir_arena arena;

	heir_arena_init(&arena);
	heir_runtimes_init(&runtimes, &arena, NULL);
	for (int i = 0; i < 100; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/nowhere/%d", i);
		assert_int_equal(heir_runtimes_get(&runtimes, heir_str_from(path), &first), 0);
		assert_int_equal(first->state, HEIR_RUNTIME_FAILED);
	}
	assert_int_equal(heir_runtimes_get(&runtimes, heir_str_from(f->program), &first), 0);
	assert_int_equal(heir_runtimes_get(&runtimes, heir_str_from(f->program), &second), 0);
	assert_ptr_equal(first, second);
	assert_int_equal(times_asked(f), 1);
	heir_runtimes_release(&runtimes);
	heir_arena_release(&arena);
	/* Nothing is kept where nobody said to. */
	assert_int_equal(access(f->cache, F_OK), -1);
}

static void what_was_told_is_kept(void **state)
{
	/* The two last names of the directory are made. */
	struct fixture *f = begin(state, "kept/cache");

	tells(f, "1.1.0", false);
	for (int i = 0; i < 3; i++)
		tells(f, "1.1.0", true);
	assert_int_equal(times_asked(f), 1);
}

static void a_damaged_entry_is_a_miss(void **state)
{
	struct fixture *f = begin(state, "damaged");
	struct stat st;

	tells(f, "1.1.0", false);
	assert_int_equal(stat(entry(f), &st), 0);
	for (long at = 0; at < st.st_size; at += 1 + st.st_size / 16) {
		damage(entry(f), at, false);
		tells(f, "1.1.0", false);
		tells(f, "1.1.0", true);
		damage(entry(f), at, true);
		tells(f, "1.1.0", false);
		tells(f, "1.1.0", true);
	}
}

static void every_bit_of_an_entry_counts(void **state)
{
	static const struct heir_cache_key key = {1, 2, 3, {4, 5}, {-6, 7}}, other = {.inode = 2};
	const struct heir_cache_answer answer = {3, HEIR_STR("{}\n"), HEIR_STR("x 1.0")};
	struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_cache_answer got;

	(void)state;
	heir_cache_format(&key, &answer, &buf);
	assert_true(heir_cache_parse(heir_buf_str(&buf), &key, &got));
	assert_int_equal(got.status, 3);
	assert_true(heir_str_eqz(got.features, "{}\n") && heir_str_eqz(got.version, "x 1.0"));
	assert_false(heir_cache_parse(heir_buf_str(&buf), &other, &got));
	for (size_t i = 0; i < buf.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			buf.p[i] = (char)(buf.p[i] ^ (1 << bit));
			assert_false(heir_cache_parse(heir_buf_str(&buf), &key, &got));
			buf.p[i] = (char)(buf.p[i] ^ (1 << bit));
		}
		assert_false(heir_cache_parse((struct heir_str){buf.p, i}, &key, &got));
	}
	heir_buf_addc(&buf, 'x');
	assert_false(heir_cache_parse(heir_buf_str(&buf), &key, &got));
	heir_buf_release(&buf);
}

static void what_cannot_be_kept_is_no_error(void **state)
{
	static const char *const dirs[] = {"program", "program/x", "a/b/c/d", ""};
	struct fixture *f = begin(state, "");

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		snprintf(f->cache, sizeof(f->cache), "%s/%s", dirs[i][0] ? f->dir : "/proc/self",
			dirs[i]);
		tells(f, "1.1.0", false);
		tells(f, "1.1.0", false);
	}
	memset(f->cache, 'x', sizeof(f->cache) - 1);
	f->cache[0] = '/';
	tells(f, "1.1.0", false);
}

static void what_others_may_write_does_not_count(void **state)
{
	struct fixture *f = begin(state, "others");
	char moved[PATH_MAX + 8], path[2 * PATH_MAX];

	tells(f, "1.1.0", false);
	snprintf(path, sizeof(path), "%s", entry(f));
	assert_int_equal(chmod(f->cache, 0777), 0);
	tells(f, "1.1.0", false);
	assert_int_equal(chmod(f->cache, 0755), 0);
	tells(f, "1.1.0", true);
	assert_int_equal(chown(f->cache, 65534, 0), 0);
	tells(f, "1.1.0", false);
	assert_int_equal(chown(f->cache, 0, 0), 0);
	assert_int_equal(chmod(path, 0666), 0);
	tells(f, "1.1.0", false);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 65534, 0), 0);
	tells(f, "1.1.0", false);
	unlink(path);
	tells(f, "1.1.0", false);
	/* Nor does a link. */
	snprintf(moved, sizeof(moved), "%s/moved", f->dir);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
	tells(f, "1.1.0", false);
}

static void no_more_than_so_many_are_kept(void **state)
{
	const struct heir_cache_answer answer = {0, HEIR_STR("{}"), HEIR_STR("")};
	struct fixture *f = begin(state, "many");
	struct heir_cache_key key = {.device = 1};
	struct heir_cache_answer got;
	struct heir_arena arena;

	heir_arena_init(&arena);
	for (unsigned i = 0; i < HEIR_CACHE_MAX + 10; i++) {
		char left[PATH_MAX + 32];

		key.inode = i;
		heir_cache_put(f->cache, &key, &answer);
		/* As a crash leaves it. */
		snprintf(left, sizeof(left), "%s/.heir-%u", f->cache, i);
		if (i < 5)
			close(open(left, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	assert_int_equal(n_entries(f), HEIR_CACHE_MAX);
	assert_int_equal(heir_cache_get(f->cache, &key, &arena, &got), 1);
	key.inode = 0;
	assert_int_equal(heir_cache_get(f->cache, &key, &arena, &got), 0);
	heir_arena_release(&arena);
}

static void without_memory(void **state)
{
	struct fixture *f = begin(state, "memory");

	for (int kept = 0; kept < 2; kept++) {
		bool done = false;

		for (unsigned long n = 0; !done; n++) {
			const struct heir_runtime_facts *runtime = NULL;
			struct heir_runtimes runtimes;
			struct heir_arena arena;
			int r;

			heir_arena_init(&arena);
			heir_runtimes_init(&runtimes, &arena, f->cache);
			heir_test_fail_alloc(n);
			r = heir_runtimes_get(&runtimes, heir_str_from(f->program), &runtime);
			done = heir_test_alloc_count() <= n;
			heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
			/* What could not be kept for want of memory is told all the same. */
			assert_true(r == 0 || (r == -ENOMEM && !done));
			if (r == 0)
				assert_string_equal(runtime->features->oci_version_max.p, "1.1.0");
			heir_runtimes_release(&runtimes);
			heir_arena_release(&arena);
		}
	}
}

/* The last: it changes the program. */
static void a_changed_file_is_asked_anew(void **state)
{
	const struct timespec times[2] = {{0, UTIME_OMIT}, {1000000000, 0}};
	struct fixture *f = begin(state, "changed");

	tells(f, "1.1.0", false);
	tells(f, "1.1.0", true);
	assert_int_equal(utimensat(AT_FDCWD, f->program, times, 0), 0);
	tells(f, "1.1.0", false);
	/* As long and as old as before, and in the same inode. */
	make_program(f, "1.2.0");
	assert_int_equal(utimensat(AT_FDCWD, f->program, times, 0), 0);
	/* What has only just changed is not kept. */
	tells(f, "1.2.0", false);
	tells(f, "1.2.0", false);
	settle();
	tells(f, "1.2.0", false);
	tells(f, "1.2.0", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked_once),
		cmocka_unit_test(what_was_told_is_kept),
		cmocka_unit_test(a_damaged_entry_is_a_miss),
		cmocka_unit_test(every_bit_of_an_entry_counts),
		cmocka_unit_test(what_cannot_be_kept_is_no_error),
		cmocka_unit_test(what_others_may_write_does_not_count),
		cmocka_unit_test(no_more_than_so_many_are_kept),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(a_changed_file_is_asked_anew),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
