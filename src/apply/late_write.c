/* SPDX-License-Identifier: Apache-2.0 */
/* Writes generations and links. A generation is complete and on disk before the link "now" points
 * to it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/late.h"
#include "base/file.h"

#define NEW_LINK ".new"

static const char *const kinds[] = {"target", "features", "version"};

/* Opens a directory of the node, creating it and its parents if necessary. */
static int make_directories(struct heir_root *root, const char *path)
{
	char above[PATH_MAX];
	_cleanup_(heir_fd_close) int dir = -1;
	const char *slash = strrchr(path, '/');
	int fd = heir_root_openat(root, path, O_RDONLY | O_DIRECTORY);

	if (fd != -ENOENT || slash == path)
		return fd;
	/* The path is ours and short. */
	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	dir = make_directories(root, above);
	if (dir < 0)
		return dir;
	if (mkdirat(dir, slash + 1, 0755) < 0 && errno != EEXIST)
		return -errno;
	return heir_root_openat(root, path, O_RDONLY | O_DIRECTORY);
}

/* Replaces whatever has that name by a link. */
static int put_link(int dir, const char *name, const char *to)
{
	unlinkat(dir, NEW_LINK, 0);
	if (symlinkat(to, dir, NEW_LINK) < 0)
		return -errno;
	if (renameat(dir, NEW_LINK, dir, name) < 0)
		return -errno;
	return fsync(dir) < 0 ? -errno : 0;
}

int heir_late_link(const struct heir_late_plan *plan)
{
	_cleanup_(heir_fd_close) int dir =
		make_directories(&plan->core->root, HEIR_LATE_DIR "/bin");
	char name[NAME_MAX + 1];
	int r = dir < 0 ? dir : 0;

	for (uint32_t i = 0; i < plan->n && r == 0; i++) {
		snprintf(name, sizeof(name), "%.*s", HEIR_STR_ARG(plan->items[i].handler));
		r = put_link(dir, name, plan->runtime);
	}
	return r;
}

/* ---- A generation ---- */

static int write_file(int dir, struct heir_str name, struct heir_str text)
{
	char z[NAME_MAX + 1];
	_cleanup_(heir_fd_close) int fd = -1;

	snprintf(z, sizeof(z), "%.*s", HEIR_STR_ARG(name));
	fd = openat(dir, z, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < text.len;) {
		ssize_t n = write(fd, text.p + at, text.len - at);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static struct heir_str text_of(const struct heir_late_file *file, unsigned kind)
{
	return kind == 0 ? file->target : kind == 1 ? file->features : file->version;
}

static int write_kind(const struct heir_late_plan *plan, int generation, unsigned kind)
{
	_cleanup_(heir_fd_close) int dir = -1;
	int r = 0;

	if (mkdirat(generation, kinds[kind], 0755) < 0)
		return -errno;
	dir = openat(generation, kinds[kind], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return -errno;
	for (uint32_t i = 0; i < plan->n && r == 0; i++) {
		struct heir_str text = text_of(&plan->items[i], kind);

		if (text.p)
			r = write_file(dir, plan->items[i].handler, text);
	}
	return r < 0 ? r : fsync(dir) < 0 ? -errno : 0;
}

/* Removes a generation, a directory for each kind of file. */
static void remove_generation(int late, const char *name)
{
	_cleanup_(heir_fd_close) int generation =
		openat(late, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (generation < 0)
		return;
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
		int fd = openat(
			generation, kinds[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		struct dirent *entry;

		while (dir && (entry = readdir(dir)))
			unlinkat(dirfd(dir), entry->d_name, 0);
		if (dir)
			closedir(dir);
		else if (fd >= 0)
			close(fd);
		unlinkat(generation, kinds[i], AT_REMOVEDIR);
	}
	unlinkat(late, name, AT_REMOVEDIR);
}

/* Returns "gen-7" after "gen-6". */
static void next_generation(const char *previous, char ret[32])
{
	uint64_t n = 0;

	if (strncmp(previous, "gen-", 4) == 0) {
		for (const char *p = previous + 4; *p >= '0' && *p <= '9' && n < UINT32_MAX; p++)
			n = n * 10 + (uint64_t)(*p - '0');
	}
	snprintf(ret, 32, "gen-%" PRIu64, n + 1);
}

static int write_generation(const struct heir_late_plan *plan, int late, const char *name)
{
	_cleanup_(heir_fd_close) int generation = -1;
	int r = 0;

	/* It was never activated. */
	remove_generation(late, name);
	if (mkdirat(late, name, 0755) < 0)
		return -errno;
	generation = openat(late, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (generation < 0)
		return -errno;
	for (unsigned i = 0; i < ARRAY_LEN(kinds) && r == 0; i++)
		r = write_kind(plan, generation, i);
	return r < 0 ? r : fsync(generation) < 0 ? -errno : 0;
}

static int read_back(const struct heir_late_plan *plan)
{
	struct heir_arena arena;
	struct heir_late there;
	int r;

	heir_arena_init(&arena);
	r = heir_late_read(&plan->core->root, &arena, &there);
	if (r == 0 && there.n != plan->n)
		r = -ESTALE;
	for (uint32_t i = 0; i < plan->n && r == 0; i++) {
		const struct heir_late_target *target =
			heir_late_find(&there, plan->items[i].handler);

		if (!target || !heir_str_eq(target->runtimes[0].path, plan->items[i].now))
			r = -ESTALE;
	}
	heir_arena_release(&arena);
	return r;
}

int heir_late_commit(struct heir_late_plan *plan)
{
	_cleanup_(heir_fd_close) int late = make_directories(&plan->core->root, HEIR_LATE_DIR);
	char name[32];
	ssize_t n;
	int r;

	if (late < 0)
		return late;
	n = readlinkat(late, "now", plan->previous, sizeof(plan->previous) - 1);
	plan->previous[n > 0 ? n : 0] = '\0';
	next_generation(plan->previous, name);
	r = write_generation(plan, late, name);
	if (r == 0)
		r = put_link(late, "now", name);
	if (r == 0) {
		memcpy(plan->written, name, sizeof(name));
		r = read_back(plan);
		if (r < 0)
			heir_late_undo(plan);
	}
	return r;
}

int heir_late_undo(struct heir_late_plan *plan)
{
	_cleanup_(heir_fd_close) int late = -1;
	int r = 0;

	if (!plan->written[0])
		return 0;
	late = make_directories(&plan->core->root, HEIR_LATE_DIR);
	if (late < 0)
		return late;
	if (plan->previous[0])
		r = put_link(late, "now", plan->previous);
	else if (unlinkat(late, "now", 0) < 0)
		r = -errno;
	if (r < 0)
		return r;
	remove_generation(late, plan->written);
	plan->written[0] = '\0';
	return 0;
}

void heir_late_clean(const struct heir_late_plan *plan)
{
	_cleanup_(heir_fd_close) int late = make_directories(&plan->core->root, HEIR_LATE_DIR);
	DIR *dir;
	int fd;
	struct dirent *entry;

	if (late < 0)
		return;
	if (plan->written[0] && plan->previous[0])
		remove_generation(late, plan->previous);
	fd = openat(late, "bin", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		bool bound = entry->d_name[0] == '.';

		for (uint32_t i = 0; i < plan->n && !bound; i++)
			bound = heir_str_eqz(plan->items[i].handler, entry->d_name);
		if (!bound)
			unlinkat(fd, entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

void heir_late_remove(const struct heir_late_plan *plan)
{
	_cleanup_(heir_fd_close) int late =
		heir_root_openat(&plan->core->root, HEIR_LATE_DIR, O_RDONLY | O_DIRECTORY);
	char now[32];
	ssize_t n;

	if (late < 0)
		return;
	n = readlinkat(late, "now", now, sizeof(now) - 1);
	now[n > 0 ? n : 0] = '\0';
	if (strncmp(now, "gen-", 4) == 0) {
		unlinkat(late, "now", 0);
		remove_generation(late, now);
	}
	heir_late_clean(plan);
	fsync(late);
}
