/* SPDX-License-Identifier: Apache-2.0 */
/* The user's files. Of those in a directory, only files that may contain objects are kept in
 * memory. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "kube/store.h"

/* Size of the buffer that is kept between files. */
enum { KEPT_BUFFER = 1 << 20 };

/* A walk of a directory tree: what remains to be read, the next path last. */
struct walker {
	struct heir_kube *kube;
	struct heir_buf buf;     /* for the current file */
	const char *from, *name; /* paths in `from` are shown as paths in `name` */
	const char **paths;
	size_t n, size;
};

static void walker_release(struct walker *walker)
{
	heir_buf_release(&walker->buf);
	free(walker->paths);
}

static int push_path(struct walker *walker, const char *path)
{
	if (!path)
		return -ENOMEM;
	if (HEIR_RESERVE(walker->paths, walker->n, walker->size) < 0)
		return -ENOMEM;
	walker->paths[walker->n++] = path;
	return 0;
}

/* Returns a path as shown to users, or NULL if there is no memory. */
static const char *shown_path(const struct walker *walker, const char *path)
{
	return walker->from == walker->name
		       ? path
		       : heir_arena_concat(&walker->kube->core->arena, walker->name, "",
				 path + strlen(walker->from));
}

static int take_text(struct walker *walker, const char *path, bool in_directory)
{
	struct heir_core *core = walker->kube->core;
	struct heir_str text = heir_buf_str(&walker->buf);
	const char *name = shown_path(walker, path);
	char *copy;

	copy = heir_arena_strndup(&core->arena, text.p ? text.p : "", text.len);
	/* The memory of a large file is needed for its objects. */
	if (walker->buf.size > KEPT_BUFFER)
		heir_buf_release(&walker->buf);
	return copy && name ? heir_kube_read_text(walker->kube, name, path,
				      (struct heir_str){copy, text.len}, in_directory)
			    : -ENOMEM;
}

static bool has_suffix(const char *path)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".json", ".bu"};

	return heir_str_ends_any(heir_str_from(path), suffixes, ARRAY_LEN(suffixes));
}

static int compare_down(const void *a, const void *b)
{
	return strcmp(*(const char *const *)b, *(const char *const *)a);
}

/* Adds the names of the directory, so that the first in byte order is read next. */
static int list_directory(struct walker *walker, const char *path)
{
	_cleanup_(heir_dir_close) DIR *dir = opendir(path);
	const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
	struct heir_arena *arena = &walker->kube->core->arena;
	size_t begin = walker->n;
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = push_path(walker, heir_arena_concat(arena, path, slash, entry->d_name));
	if (r == 0 && errno > 0)
		r = -errno;
	if (r == 0 && walker->n > begin)
		qsort(walker->paths + begin, walker->n - begin, sizeof(*walker->paths),
			compare_down);
	return r;
}

/* Reads one file. In a directory, a file without a known kind is skipped before it is parsed. */
static int read_file(struct walker *walker, const char *path, bool in_directory)
{
	const struct heir_trace *trace = walker->kube->core->trace;
	uint64_t begun = heir_trace_begin(trace);
	_cleanup_(heir_fd_close) int fd = -1;
	int r;

	heir_buf_clear(&walker->buf);
	fd = heir_file_open_named(path, &walker->buf);
	r = MIN(fd, 0);
	/* A size beyond the limit is reported by heir_tree_read(). */
	if (r == 0)
		r = heir_file_read_buf(fd, HEIR_TREE_MAX_TEXT, &walker->buf);
	if (r == 0 && in_directory && !heir_kube_may_hold(heir_buf_str(&walker->buf))) {
		heir_trace_report(trace, begun, HEIR_TRACE_objects, shown_path(walker, path),
			"skipped", "it contains no object of a kind that heir reads");
		return 0;
	}
	heir_trace_report_read(
		trace, begun, HEIR_TRACE_objects, shown_path(walker, path), r, walker->buf.len);
	return r == 0 ? take_text(walker, path, in_directory) : r;
}

/* Reads what was found in a directory. */
static int read_found(struct walker *walker, const char *path)
{
	struct stat st;

	heir_trace_wait(walker->kube->core->trace, "objects: %s", path);
	if (lstat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return list_directory(walker, path);
	if (!has_suffix(path)) {
		heir_trace_report(walker->kube->core->trace, 0, HEIR_TRACE_objects,
			shown_path(walker, path), "skipped", "neither .yaml, .yml, .json nor .bu");
		return 0;
	}
	if (S_ISLNK(st.st_mode) && stat(path, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? read_file(walker, path, true) : 0;
}

int heir_kube_read_path(
	struct heir_kube *kube, const char *path, const char *name, const char **ret_failed)
{
	const char *at = heir_arena_strndup(&kube->core->arena, path, strlen(path));
	_cleanup_(walker_release) struct walker walker = {
		.kube = kube, .buf = HEIR_BUF_NULL, .from = path, .name = name ? name : path};
	struct stat st;
	int r;

	if (!at)
		return -ENOMEM;
	*ret_failed = walker.name;
	if (stat(at, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return read_file(&walker, at, false);
	r = list_directory(&walker, at);
	while (r == 0 && walker.n > 0) {
		at = walker.paths[--walker.n];
		r = read_found(&walker, at);
	}
	*ret_failed = shown_path(&walker, at);
	return *ret_failed ? r : -ENOMEM;
}
