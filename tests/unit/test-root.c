/* SPDX-License-Identifier: Apache-2.0 */
/* Staying inside --root, with openat2 and by hand: both must find the same file or fail alike. And
 * reading whole files through it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macro.h"
#include "base/root.h"
#include "support/fail-alloc.h"
#include "support/tree.h"

/* What stands outside the root has the same names as what stands inside it, so that a path that
 * escapes finds a file, and a wrong one. */
struct fixture {
	char *outer;
	struct heir_root kernel, hand;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char root[PATH_MAX];

	assert_non_null(fixture);
	fixture->outer = tree_new();
	tree_text(fixture->outer, "etc/file", "outside");
	tree_text(fixture->outer, "file", "outside");
	tree_text(fixture->outer, "secret", "outside");
	tree_text(fixture->outer, "root/file", "inside");
	tree_text(fixture->outer, "root/etc/file", "inside etc");
	tree_text(fixture->outer, "root/etc/new\nline", "odd");
	tree_text(fixture->outer, "root/a/b/c/deep", "deep");
	snprintf(root, sizeof(root), "%s/root", fixture->outer);
	assert_int_equal(heir_root_open(&fixture->kernel, root), 0);
	assert_int_equal(heir_root_open(&fixture->hand, root), 0);
	fixture->hand.no_openat2 = true;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	heir_root_close(&fixture->kernel);
	heir_root_close(&fixture->hand);
	tree_remove(fixture->outer);
	free(fixture);
	return 0;
}

static void link_to(const struct fixture *fixture, const char *name, const char *target)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "root/%s", name);
	tree_link(fixture->outer, path, target);
}

/* The inode of a path, or -errno. */
static long long look(struct heir_root *root, const char *path, int flags)
{
	struct stat st;
	int r = flags & O_NOFOLLOW ? heir_root_lstat(root, path, &st)
				   : heir_root_stat(root, path, &st);

	return r < 0 ? r : (long long)st.st_ino;
}

static long long inside(const struct fixture *fixture, const char *path)
{
	char full[PATH_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s/root/%s", fixture->outer, path);
	assert_int_equal(lstat(full, &st), 0);
	return (long long)st.st_ino;
}

static void make_links(const struct fixture *fixture)
{
	static const char *const links[][2] = {
		{"absolute", "/etc/file"},
		{"relative", "etc/file"},
		{"to-dir", "a/b"},
		{"to-root", "/"},
		{"twice", "relative"},
		{"thrice", "/twice"},
		{"dangling", "/secret"},
		{"dangling-up", "../secret"},
		{"climbs", "../../../../etc/file"},
		{"a/climbs", "../../../file"},
		{"a/b/up", ".."},
		{"a/absolute-dir", "/a/b/"},
		{"loop", "loop"},
		{"loop-1", "loop-2"},
		{"loop-2", "/loop-1"},
		{"dots", "./a/./b/../b/c/deep"},
		{"slashes", "//etc///file"},
		{"file-slash", "file/"},
		{"dir-slash", "a/"},
		{"into-file", "file/x"},
		{"new\nline", "/etc/new\nline"},
		{"many-up", "../../../../../../../../../../../../../../../.."},
	};

	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		link_to(fixture, links[i][0], links[i][1]);
}

/* The path; what stat and lstat find: a path below the root that is not a link, or -errno. */
static const struct {
	const char *path, *file;
	int error;
	const char *link; /* what lstat finds; NULL: as stat */
} cases[] = {
	{"/", ".", 0, NULL},
	{"", ".", 0, NULL},
	{".", ".", 0, NULL},
	{"..", ".", 0, NULL},
	{"/..", ".", 0, NULL},
	{"/../../../..", ".", 0, NULL},
	{"///", ".", 0, NULL},
	{"/file", "file", 0, NULL},
	{"file", "file", 0, NULL},
	{"etc/file", "etc/file", 0, NULL},
	{"//etc//file", "etc/file", 0, NULL},
	{"/./etc/./file", "etc/file", 0, NULL},
	{"/../file", "file", 0, NULL},
	{"/../../etc/../file", "file", 0, NULL},
	{"/../etc/file", "etc/file", 0, NULL},
	{"/secret", NULL, ENOENT, NULL},
	{"/../secret", NULL, ENOENT, NULL},
	{"/etc", "etc", 0, NULL},
	{"/etc/", "etc", 0, NULL},
	{"/etc/.", "etc", 0, NULL},
	{"/etc//", "etc", 0, NULL},
	{"/file/", NULL, ENOTDIR, NULL},
	{"/file/.", NULL, ENOTDIR, NULL},
	{"/file/..", NULL, ENOTDIR, NULL},
	{"/file/x", NULL, ENOTDIR, NULL},
	{"/missing", NULL, ENOENT, NULL},
	{"/missing/..", NULL, ENOENT, NULL},
	{"/missing/x", NULL, ENOENT, NULL},
	{"/a/b/../..", ".", 0, NULL},
	{"/a/b/c/../../b/c/deep", "a/b/c/deep", 0, NULL},
	{"/absolute", "etc/file", 0, "absolute"},
	{"/relative", "etc/file", 0, "relative"},
	{"/relative/", NULL, ENOTDIR, NULL},
	{"/to-dir", "a/b", 0, "to-dir"},
	{"/to-dir/", "a/b", 0, NULL},
	{"/to-dir/c/deep", "a/b/c/deep", 0, NULL},
	{"/to-dir/../b", "a/b", 0, NULL},
	{"/to-root", ".", 0, "to-root"},
	{"/to-root/etc/file", "etc/file", 0, NULL},
	{"/to-root/to-root/to-root/..", ".", 0, NULL},
	{"/twice", "etc/file", 0, "twice"},
	{"/thrice", "etc/file", 0, "thrice"},
	{"/dangling", NULL, ENOENT, "dangling"},
	{"/dangling-up", NULL, ENOENT, "dangling-up"},
	{"/climbs", "etc/file", 0, "climbs"},
	{"/a/climbs", "file", 0, "a/climbs"},
	{"/a/b/up", "a", 0, "a/b/up"},
	{"/a/b/up/b/up/b/c/deep", "a/b/c/deep", 0, NULL},
	{"/a/absolute-dir", "a/b", 0, "a/absolute-dir"},
	{"/a/absolute-dir/c/deep", "a/b/c/deep", 0, NULL},
	{"/loop", NULL, ELOOP, "loop"},
	{"/loop/x", NULL, ELOOP, NULL},
	{"/loop-1", NULL, ELOOP, "loop-1"},
	{"/dots", "a/b/c/deep", 0, "dots"},
	{"/slashes", "etc/file", 0, "slashes"},
	{"/file-slash", NULL, ENOTDIR, "file-slash"},
	{"/dir-slash", "a", 0, "dir-slash"},
	{"/dir-slash/b", "a/b", 0, NULL},
	{"/into-file", NULL, ENOTDIR, "into-file"},
	{"/etc/new\nline", "etc/new\nline", 0, NULL},
	{"/new\nline", "etc/new\nline", 0, "new\nline"},
	{"/many-up", ".", 0, "many-up"},
	{"/many-up/file", "file", 0, NULL},
};

static void both_ways_find_the_same(void **state)
{
	struct fixture *fixture = *state;

	make_links(fixture);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heir_root *roots[] = {&fixture->kernel, &fixture->hand};
		long long want = cases[i].error ? -cases[i].error : inside(fixture, cases[i].file);
		long long link = cases[i].link ? inside(fixture, cases[i].link) : want;

		for (size_t k = 0; k < ARRAY_LEN(roots); k++) {
			long long got = look(roots[k], cases[i].path, 0);

			if (got != want)
				fail_msg("%s%s: stat %lld, not %lld", cases[i].path,
					k ? " by hand" : "", got, want);
			got = look(roots[k], cases[i].path, O_NOFOLLOW);
			if (got != link)
				fail_msg("%s%s: lstat %lld, not %lld", cases[i].path,
					k ? " by hand" : "", got, link);
		}
	}
	assert_false(fixture->kernel.no_openat2);
}

static void opens_with_the_flags(void **state)
{
	static const struct {
		const char *path;
		int flags, error;
	} table[] = {
		{"/file", O_RDONLY, 0},
		{"/absolute", O_RDONLY, 0},
		{"/absolute", O_RDONLY | O_NOFOLLOW, ELOOP},
		{"/absolute", O_PATH | O_NOFOLLOW, 0},
		{"/to-dir/c/deep", O_RDONLY | O_NOFOLLOW, 0},
		{"/to-dir/", O_RDONLY | O_NOFOLLOW | O_DIRECTORY, 0},
		{"/to-dir", O_RDONLY | O_NOFOLLOW | O_DIRECTORY, ENOTDIR},
		{"/to-dir", O_PATH | O_NOFOLLOW | O_DIRECTORY, ENOTDIR},
		{"/to-dir", O_RDONLY | O_DIRECTORY, 0},
		{"/file", O_RDONLY | O_DIRECTORY, ENOTDIR},
		{"/file", O_PATH | O_DIRECTORY, ENOTDIR},
		{"/etc", O_PATH | O_DIRECTORY, 0},
		{"/etc", O_WRONLY, EISDIR},
		{"/", O_RDONLY | O_DIRECTORY, 0},
		{"/missing", O_RDONLY, ENOENT},
	};
	struct fixture *fixture = *state;

	make_links(fixture);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct heir_root *roots[] = {&fixture->kernel, &fixture->hand};

		for (size_t k = 0; k < ARRAY_LEN(roots); k++) {
			int fd = heir_root_openat(roots[k], table[i].path, table[i].flags);

			if ((fd < 0 ? -fd : 0) != table[i].error)
				fail_msg("%s %#x%s: %d", table[i].path, (unsigned)table[i].flags,
					k ? " by hand" : "", fd);
			if (fd < 0)
				continue;
			assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
			close(fd);
		}
	}
}

/* 40 links are followed, 41 are not; both ways. */
static void links_are_counted(void **state)
{
	struct fixture *fixture = *state;
	char name[32], target[32] = "file";

	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "link-%d", i);
		link_to(fixture, name, target);
		memcpy(target, name, sizeof(target));
	}
	assert_int_equal(look(&fixture->kernel, "link-40", 0), inside(fixture, "file"));
	assert_int_equal(look(&fixture->hand, "link-40", 0), inside(fixture, "file"));
	assert_int_equal(look(&fixture->kernel, "link-41", 0), -ELOOP);
	assert_int_equal(look(&fixture->hand, "link-41", 0), -ELOOP);
}

/* 300 names deep: both go there, and fail alike with a name or a path that is too long. */
static void depth_and_length_are_bounded(void **state)
{
	struct fixture *fixture = *state;
	char deep[PATH_MAX] = "root/", up[PATH_MAX] = "", name[NAME_MAX + 3], *path;

	for (int i = 0; i < 300; i++) {
		strcat(deep, "d/");
		strcat(up, "d/../");
	}
	strcat(deep, "file");
	tree_text(fixture->outer, deep, "");
	assert_true(look(&fixture->kernel, deep + 5, 0) > 0);
	assert_int_equal(look(&fixture->hand, deep + 5, 0), look(&fixture->kernel, deep + 5, 0));
	/* Going up again makes room. */
	assert_int_equal(look(&fixture->kernel, up, 0), inside(fixture, "."));
	assert_int_equal(look(&fixture->hand, up, 0), inside(fixture, "."));
	memset(name, 'n', sizeof(name));
	name[0] = '/';
	name[NAME_MAX + 2] = '\0';
	assert_int_equal(look(&fixture->kernel, name, 0), -ENAMETOOLONG);
	assert_int_equal(look(&fixture->hand, name, 0), -ENAMETOOLONG);
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(look(&fixture->kernel, name, 0), -ENOENT);
	assert_int_equal(look(&fixture->hand, name, 0), -ENOENT);
	path = malloc(PATH_MAX + 1);
	assert_non_null(path);
	memset(path, '/', PATH_MAX);
	path[PATH_MAX] = '\0';
	assert_int_equal(look(&fixture->kernel, path, 0), -ENAMETOOLONG);
	assert_int_equal(look(&fixture->hand, path, 0), -ENAMETOOLONG);
	path[PATH_MAX - 1] = '\0';
	assert_int_equal(look(&fixture->kernel, path, 0), inside(fixture, "."));
	assert_int_equal(look(&fixture->hand, path, 0), inside(fixture, "."));
	free(path);
}

/* ---- Random forests of links ---- */

static uint64_t seed = 20261122;

static unsigned roll(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

/* Names that exist, names that do not, and everything that moves. */
static void random_path(char *path, size_t size)
{
	static const char *const parts[] = {"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "d",
		"e", "f", "..", "..", ".", "", "gone"};
	unsigned n = 1 + roll(5);

	snprintf(path, size, "%s", roll(2) ? "/" : "");
	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(path);

		snprintf(path + len, size - len, "%s%s", parts[roll(ARRAY_LEN(parts))],
			i + 1 < n || roll(5) == 0 ? "/" : "");
	}
}

static void forest(const char *root)
{
	static const char *const dirs[] = {"", "d/", "d/e/", "e/"};
	char name[64], target[64];

	for (size_t k = 0; k < ARRAY_LEN(dirs); k++) {
		snprintf(name, sizeof(name), "%sf", dirs[k]);
		tree_text(root, name, "");
		for (unsigned i = 0; i < 8; i++) {
			random_path(target, sizeof(target));
			snprintf(name, sizeof(name), "%sl%u", dirs[k], i);
			if (target[0])
				tree_link(root, name, target);
		}
	}
}

static void random_forests_agree(void **state)
{
	unsigned found = 0, looped = 0;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		char *root = tree_new();
		struct heir_root kernel, hand;

		forest(root);
		assert_int_equal(heir_root_open(&kernel, root), 0);
		assert_int_equal(heir_root_dup(&kernel, &hand), 0);
		hand.no_openat2 = true;
		for (unsigned i = 0; i < 250; i++) {
			int flags = roll(2) ? O_NOFOLLOW : 0;
			char path[64];
			long long a, b;

			random_path(path, sizeof(path));
			a = look(&kernel, path, flags);
			b = look(&hand, path, flags);
			if (a != b)
				fail_msg("round %u: '%s' is %lld, by hand %lld", round, path, a, b);
			found += a > 0;
			looped += a == -ELOOP;
		}
		heir_root_close(&kernel);
		heir_root_close(&hand);
		tree_remove(root);
	}
	/* The forests were worth a walk. */
	assert_true(found > 1000);
	assert_true(looped > 50);
}

/* ---- While others move things ---- */

struct mover {
	const char *dir;
	atomic_bool stop;
};

static void *keep_renaming(void *data)
{
	struct mover *mover = data;
	char a[PATH_MAX], b[PATH_MAX];

	snprintf(a, sizeof(a), "%s/moving-a", mover->dir);
	snprintf(b, sizeof(b), "%s/moving-b", mover->dir);
	mkdir(a, 0755);
	while (!atomic_load(&mover->stop))
		if (rename(a, b) < 0 || rename(b, a) < 0)
			break;
	return NULL;
}

/* openat2 answers EAGAIN when anything anywhere is renamed while it goes through "..": that is no
 * answer about the path. */
static void survives_renames_elsewhere(void **state)
{
	struct fixture *fixture = *state;
	struct mover mover = {.dir = fixture->outer};
	long long want = inside(fixture, "file");
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, keep_renaming, &mover), 0);
	for (int i = 0; i < 20000; i++) {
		long long got = look(&fixture->kernel, "/a/b/c/../../../a/b/../../file", 0);

		if (got != want) {
			atomic_store(&mover.stop, true);
			pthread_join(thread, NULL);
			fail_msg("try %d: %lld", i, got);
		}
	}
	atomic_store(&mover.stop, true);
	pthread_join(thread, NULL);
	assert_false(fixture->kernel.no_openat2);
}

/* ---- Without a root ---- */

static void the_machine_itself(void **state)
{
	struct fixture *fixture = *state;
	struct heir_root root, other;
	char path[PATH_MAX], *longest;
	struct stat st;

	assert_int_equal(heir_root_open(&root, NULL), 0);
	assert_int_equal(heir_root_dup(&root, &other), 0);
	assert_int_equal(other.fd, -1);
	snprintf(path, sizeof(path), "%s/root/file", fixture->outer);
	assert_int_equal(look(&root, path, 0), inside(fixture, "file"));
	/* Relative to "/", wherever the program stands. */
	assert_int_equal(chdir(fixture->outer), 0);
	assert_int_equal(look(&root, path + 1, 0), inside(fixture, "file"));
	assert_int_equal(look(&root, path + 1, O_NOFOLLOW), inside(fixture, "file"));
	assert_int_equal(look(&root, "secret", 0), -ENOENT);
	assert_int_equal(heir_root_stat(&root, "", &st), 0);
	assert_int_equal(chdir("/"), 0);
	longest = malloc(PATH_MAX + 1);
	assert_non_null(longest);
	memset(longest, 'x', PATH_MAX);
	longest[PATH_MAX] = '\0';
	assert_int_equal(look(&root, longest, 0), -ENAMETOOLONG);
	free(longest);
	heir_root_close(&root);
}

static void roots_that_cannot_be_opened(void **state)
{
	struct fixture *fixture = *state;
	struct heir_root root;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/missing", fixture->outer);
	assert_int_equal(heir_root_open(&root, path), -ENOENT);
	assert_int_equal(root.fd, -1);
	snprintf(path, sizeof(path), "%s/file", fixture->outer);
	assert_int_equal(heir_root_open(&root, path), -ENOTDIR);
}

/* ---- Files ---- */

static void files_are_read_whole(void **state)
{
	struct fixture *fixture = *state;
	struct heir_arena arena;
	struct heir_str text;
	char zeros[16] = {0};
	char *big;

	heir_arena_init(&arena);
	make_links(fixture);
	assert_int_equal(heir_file_read(&fixture->hand, "/absolute", &arena, &text), 0);
	assert_true(heir_str_eqz(text, "inside etc"));
	assert_memory_equal(text.p + text.len, zeros, sizeof(zeros));
	tree_file(fixture->outer, "root/nul", "a\0b", 3, 0644);
	assert_int_equal(heir_file_read(&fixture->kernel, "nul", &arena, &text), 0);
	assert_int_equal(text.len, 3);
	tree_text(fixture->outer, "root/empty", "");
	assert_int_equal(heir_file_read(&fixture->kernel, "/empty", &arena, &text), 0);
	assert_int_equal(text.len, 0);
	assert_memory_equal(text.p, zeros, sizeof(zeros));
	big = calloc(1, HEIR_FILE_MAX + 1);
	assert_non_null(big);
	tree_file(fixture->outer, "root/big", big, HEIR_FILE_MAX, 0644);
	assert_int_equal(heir_file_read(&fixture->kernel, "/big", &arena, &text), 0);
	assert_int_equal(text.len, HEIR_FILE_MAX);
	tree_file(fixture->outer, "root/bigger", big, HEIR_FILE_MAX + 1, 0644);
	assert_int_equal(heir_file_read(&fixture->kernel, "/bigger", &arena, &text), -EFBIG);
	free(big);
	heir_arena_release(&arena);
}

static void what_is_no_file(void **state)
{
	struct fixture *fixture = *state;
	struct heir_root machine = HEIR_ROOT_NULL;
	struct heir_arena arena;
	struct heir_str text;
	char path[PATH_MAX];
	int pipes[2];

	heir_arena_init(&arena);
	assert_int_equal(heir_file_read(&fixture->kernel, "/etc", &arena, &text), -EISDIR);
	assert_int_equal(heir_file_read(&fixture->kernel, "/none", &arena, &text), -ENOENT);
	assert_int_equal(heir_file_read(&machine, "/dev/null", &arena, &text), 0);
	assert_int_equal(text.len, 0);
	assert_int_equal(heir_file_read(&machine, "/dev/zero", &arena, &text), -ENXIO);
	/* One of /proc says that it has no size. */
	assert_int_equal(heir_file_read(&machine, "/proc/self/status", &arena, &text), 0);
	assert_true(heir_str_starts(text, "Name:"));
	snprintf(path, sizeof(path), "%s/root/fifo", fixture->outer);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(heir_file_read(&fixture->kernel, "/fifo", &arena, &text), -ENXIO);
	assert_int_equal(heir_file_read(&fixture->hand, "/fifo", &arena, &text), -ENXIO);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "piped", 5), 5);
	close(pipes[1]);
	assert_int_equal(heir_file_read_fd(pipes[0], HEIR_FILE_MAX, &arena, &text), 0);
	assert_true(heir_str_eqz(text, "piped"));
	close(pipes[0]);
	heir_arena_release(&arena);
}

static void errors_have_words(void **state)
{
	(void)state;
	assert_string_equal(heir_file_error(-ENOENT), "no such file or directory");
	assert_string_equal(heir_file_error(ENOENT), "no such file or directory");
	assert_non_null(strstr(heir_file_error(-EFBIG), "16 MiB"));
	assert_non_null(strstr(heir_file_error(-ENXIO), "FIFO"));
	assert_string_equal(heir_file_error(-EROFS), heir_strerror(EROFS));
	assert_non_null(strstr(heir_strerror(-EROFS), "ead-only"));
	/* musl has words of its own for those. */
	assert_true(heir_file_error(-99999)[0] != '\0');
#ifdef __GLIBC__
	assert_string_equal(heir_file_error(-99999), "unknown error");
#endif
}

static void reading_without_memory(void **state)
{
	struct fixture *fixture = *state;
	int pipes[2], r = -ENOMEM;
	struct heir_arena arena;
	struct heir_str text;

	for (unsigned long n = 0; r == -ENOMEM; n++) {
		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_file_read(&fixture->hand, "/file", &arena, &text);
		assert_true(r == 0 || r == -ENOMEM);
		assert_true(r < 0 || n > 0);
		heir_arena_release(&arena);
	}
	r = -ENOMEM;
	for (unsigned long n = 0; r == -ENOMEM; n++) {
		assert_int_equal(pipe(pipes), 0);
		assert_int_equal(write(pipes[1], "piped", 5), 5);
		close(pipes[1]);
		heir_arena_init(&arena);
		heir_test_fail_alloc(n);
		r = heir_file_read_fd(pipes[0], HEIR_FILE_MAX, &arena, &text);
		assert_true(r == 0 || r == -ENOMEM);
		assert_true(r < 0 || n > 1);
		heir_arena_release(&arena);
		close(pipes[0]);
	}
	heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
}

static void an_overlay_hides_what_is_below(void **state)
{
	struct fixture *fixture = *state;
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	struct heir_overlay_file file = {
		"/etc/file", HEIR_STR("laid"), 0640, NULL, HEIR_PLACE_NONE};
	struct heir_root *root = &fixture->kernel;
	struct heir_arena arena;
	struct heir_str text;
	struct stat st;

	heir_arena_init(&arena);
	assert_int_equal(heir_overlay_put(&overlay, &file), 0);
	root->overlay = &overlay;
	assert_int_equal(heir_file_read(root, "/etc/file", &arena, &text), 0);
	assert_true(heir_str_eqz(text, "laid"));
	assert_int_equal(heir_root_stat(root, "/etc/file", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(heir_file_read(root, "/file", &arena, &text), 0);
	assert_true(heir_str_eqz(text, "inside"));
	assert_int_equal(heir_root_find(root, "/nothing"), -ENOENT);

	/* Alone, it is all that is known: what is asked for is taken to be there, but has no text.
	 */
	overlay.alone = true;
	assert_true(heir_root_is_assumed(root));
	assert_int_equal(heir_root_find(root, "/nothing"), 0);
	assert_int_equal(heir_root_lstat(root, "/nothing", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0755);
	assert_int_equal(heir_file_read(root, "/file", &arena, &text), -ENOENT);
	assert_int_equal(heir_root_openat(root, "/file", O_RDONLY), -ENOENT);

	/* The last file of a path counts. */
	file.text = HEIR_STR("anew");
	assert_int_equal(heir_overlay_put(&overlay, &file), 0);
	assert_int_equal(overlay.n, 1);
	assert_int_equal(heir_file_read(root, "/etc/file", &arena, &text), 0);
	assert_true(heir_str_eqz(text, "anew"));
	heir_overlay_release(&overlay);
	heir_arena_release(&arena);
}

/* As deep as a path can name, and back again, with ".." and links. */
static void both_go_as_deep(void **state)
{
	static const char *const ends[] = {"", "/file", "/../file", "/../../../d/d/d/file", "/link",
		"/none", "/file/x", "/top/a/b/c/deep", "/../d/./link"};
	struct fixture *fixture = *state;
	char path[PATH_MAX] = "root", way[PATH_MAX] = "";
	int up = 0;

	for (int i = 0; i < 300; i++) {
		strcat(path, "/d");
		strcat(way, "/d");
	}
	strcat(path, "/");
	up = (int)strlen(path);
	strcpy(path + up, "file");
	tree_text(fixture->outer, path, "at the end");
	strcpy(path + up, "link");
	tree_link(fixture->outer, path, "../d/../d/file");
	strcpy(path + up, "top");
	tree_link(fixture->outer, path, "/");
	strcpy(path + up, "../file");
	tree_text(fixture->outer, path, "one above");
	up = (int)strlen(way);
	for (unsigned i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(way + up, sizeof(way) - (size_t)up, "%s", ends[i]);
		for (int back = 0; back < 2; back++) {
			struct stat a = {.st_ino = 0}, b = {.st_ino = 0};
			int r = heir_root_stat(&fixture->kernel, way, &a);

			assert_int_equal(heir_root_stat(&fixture->hand, way, &b), r);
			assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
			assert_int_equal(r, strstr(ends[i], "none")     ? -ENOENT
					    : strstr(ends[i], "file/x") ? -ENOTDIR
									: 0);
			/* All the way up, and beyond. */
			if (back == 0 && ends[i][0] == '\0')
				for (int k = 0; k < 310; k++)
					strcat(way, "/..");
		}
	}
}

/* As long as answers are kept, what changes below is not noticed, and the overlay still counts. */
static void what_was_seen_stays(void **state)
{
	const struct fixture *fixture = *state;
	struct heir_root root = fixture->kernel, dup;
	struct heir_overlay overlay = HEIR_OVERLAY_NULL;
	struct heir_overlay_file laid = {
		.path = "/later", .text = HEIR_STR("laid"), .mode = 0644, .where = HEIR_PLACE_NONE};
	struct heir_seen seen;
	struct stat st, link;

	heir_seen_init(&seen);
	root.seen = &seen;
	assert_int_equal(heir_root_stat(&root, "/later", &st), -ENOENT);
	assert_int_equal(heir_root_stat(&root, "/file", &st), 0);
	assert_int_equal(heir_root_lstat(&root, "/etc/file", &link), 0);
	tree_text(fixture->outer, "root/later", "new");
	tree_text(fixture->outer, "root/file", "longer than it was");
	assert_int_equal(heir_root_stat(&root, "/later", &st), -ENOENT);
	assert_int_equal(heir_root_find(&root, "/later"), -ENOENT);
	assert_int_equal(heir_root_stat(&root, "/file", &st), 0);
	assert_int_equal(st.st_size, strlen("inside"));
	/* lstat(2) is another question. */
	assert_int_equal(heir_root_lstat(&root, "/later", &st), 0);
	assert_int_equal(heir_overlay_put(&overlay, &laid), 0);
	root.overlay = &overlay;
	assert_int_equal(heir_root_stat(&root, "/later", &st), 0);
	assert_int_equal(st.st_size, strlen("laid"));
	heir_overlay_release(&overlay);
	root.overlay = NULL;
	assert_int_equal(heir_root_dup(&root, &dup), 0);
	assert_int_equal(heir_root_find(&dup, "/later"), 0);
	heir_root_close(&dup);
	root.seen = NULL;
	heir_seen_release(&seen);
	assert_int_equal(heir_root_find(&root, "/later"), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(both_ways_find_the_same),
		CASE(opens_with_the_flags),
		CASE(links_are_counted),
		CASE(depth_and_length_are_bounded),
		CASE(both_go_as_deep),
		cmocka_unit_test(random_forests_agree),
		CASE(survives_renames_elsewhere),
		CASE(the_machine_itself),
		CASE(roots_that_cannot_be_opened),
		CASE(files_are_read_whole),
		CASE(what_is_no_file),
		cmocka_unit_test(errors_have_words),
		CASE(reading_without_memory),
		CASE(an_overlay_hides_what_is_below),
		CASE(what_was_seen_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
