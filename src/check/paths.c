/* SPDX-License-Identifier: Apache-2.0 */
/* The binaries: those that CRI-O accepts although no pod can start with them, and those that users
 * other than root may replace. Each path is checked once, however many handlers use it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "check/check.h"
#include "inherit/late.h"

struct seen {
	struct stat st;
	int error; /* 0 or -errno of stat */
};

/* A handler's binary and the place that names it. */
struct binary {
	const struct heir_handler *handler;
	const char *path;
	struct heir_place where;
	bool own;  /* set by the handler itself */
	bool root; /* the handler's type has a runtime_root */
	struct heir_str runtime_root;
	struct heir_place root_place;
};

struct path_stats {
	struct heir_check *check;
	struct heir_map by_path, roots, judged;
	struct heir_memo paths; /* terminated */
	struct seen *seen;
	uint32_t n, size;
	struct binary *binaries; /* one per entry of `roots` */
};

static void looks_release(struct path_stats *l)
{
	heir_map_release(&l->by_path);
	heir_map_release(&l->roots);
	heir_map_release(&l->judged);
	heir_memo_release(&l->paths);
	free(l->seen);
	free(l->binaries);
}

/* Returns stat of a path; NULL if it does not exist (or there is no memory). */
static const struct stat *stat_once(struct path_stats *l, const char *path)
{
	struct heir_str key = heir_str_from(path);
	uint32_t at;
	bool is_new;

	if (key.len >= PATH_MAX)
		return NULL;
	at = heir_map_get(&l->by_path, key);
	if (at == HEIR_MAP_NONE) {
		if (HEIR_RESERVE(l->seen, l->n, l->size) < 0) {
			l->check->error = -ENOMEM;
			return NULL;
		}
		l->seen[l->n].error =
			heir_root_stat(&l->check->core->root, path, &l->seen[l->n].st);
		if (heir_map_put(&l->by_path, key, l->n, &at, &is_new) < 0) {
			l->check->error = -ENOMEM;
			return NULL;
		}
		l->n++;
	}
	return !l->seen || l->seen[at].error ? NULL : &l->seen[at].st;
}

/* Returns whether users other than root may change it. From a directory with the sticky bit they
 * cannot remove root's files. */
static bool is_writable(const struct heir_check *check, const struct stat *st)
{
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX))
		return false;
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0 || (!check->rooted && st->st_uid != 0);
}

/* Returns the first prefix of the path that others may write, or NULL. */
static const char *writable_part(struct path_stats *l, const char *path)
{
	enum { MAX_PARTS = 64 }; /* longer paths are malicious, such as "/../..." */
	size_t len = strlen(path), n_parts = 0;

	for (size_t i = 1; i <= len; i++) {
		const struct stat *st;
		char *part;

		if (path[i] != '/' && path[i] != '\0' && i > 1)
			continue;
		/* "//" and "/./" name the same directory as what precedes them. */
		if (i > 1 && (path[i - 1] == '/' || (path[i - 1] == '.' && path[i - 2] == '/')))
			continue;
		if (++n_parts > MAX_PARTS)
			return NULL;
		part = heir_arena_strndup(&l->check->core->arena, path, i);
		if (!part) {
			l->check->error = -ENOMEM;
			return NULL;
		}
		st = stat_once(l, part);
		if (!st)
			return NULL;
		if (is_writable(l->check, st))
			return part;
	}
	return NULL;
}

/* Returns the final target of a link; the path itself if it is not one, NULL without memory. */
static const char *link_target(struct path_stats *l, const char *path)
{
	struct heir_arena *arena = &l->check->core->arena;

	for (unsigned links = 0; path && links < 16; links++) {
		const char *slash = strrchr(path, '/');
		char target[PATH_MAX];
		const char *dir;
		ssize_t n = -1;
		int fd = -1;

		/* Objects provide files, not links. */
		if (!heir_root_overlaid(&l->check->core->root, path))
			fd = heir_root_openat(&l->check->core->root, path, O_PATH | O_NOFOLLOW);
		if (fd >= 0) {
			n = readlinkat(fd, "", target, sizeof(target) - 1);
			close(fd);
		}
		if (n <= 0)
			return path;
		target[n] = '\0';
		dir = slash && target[0] != '/'
			      ? heir_arena_strndup(arena, path, (size_t)(slash + 1 - path))
			      : "";
		path = dir ? heir_arena_concat(arena, dir, target, "") : NULL;
	}
	if (!path)
		l->check->error = -ENOMEM;
	return path;
}

const char *heir_runtime_of(const char *path)
{
	const char *const *runtimes = heir_oci_runtimes;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (unsigned i = 0; runtimes[i]; i++) {
		size_t n = strlen(runtimes[i]);

		if (strncmp(name, runtimes[i], n) == 0 &&
			(name[n] == '\0' || strchr("-._", name[n])))
			return runtimes[i];
	}
	return NULL;
}

/* If no file defines the handler, the place is the binary itself. */
static void set_subject(struct heir_diag *diag, const struct binary *b)
{
	heir_find_about(diag, b->handler);
	if (diag && diag->where.source == HEIR_SOURCE_NONE)
		diag->path = b->path;
}

/* Reports once per binary if users other than root can write it. */
static void judge_writable(struct path_stats *l, const struct binary *b, const char *target)
{
	const char *part;
	uint32_t at;
	bool is_new;

	if (heir_map_put(&l->judged, heir_str_from(b->path), 0, &at, &is_new) < 0)
		l->check->error = -ENOMEM;
	if (l->check->error || !is_new)
		return;
	part = writable_part(l, b->path);
	if (!part && strcmp(target, b->path) != 0)
		part = writable_part(l, target);
	if (part)
		set_subject(heir_find(l->check, HEIR_RULE_BINARY_WRITABLE, b->where,
				    "%s is writable by non-root users, and root runs %s", part,
				    strcmp(part, b->path) == 0 ? "it" : b->path),
			b);
}

static void judge_link(struct path_stats *l, const struct binary *b, const char *target)
{
	const char *says = heir_runtime_of(b->path), *is = heir_runtime_of(target);
	struct heir_diag *diag;

	if (!says || !is || strcmp(says, is) == 0)
		return;
	diag = heir_find(l->check, HEIR_RULE_PATH_NOT_CANONICAL, b->where,
		"%s is a link to another runtime, %s", b->path, target);
	set_subject(diag, b);
	heir_find_help(l->check, diag, "name the runtime that is meant: %s", target);
}

/* CRI-O refuses a path that does not exist, but tolerates any other error of stat. */
static void judge_unreachable(struct path_stats *l, const struct binary *b)
{
	uint32_t at = heir_map_get(&l->by_path, heir_str_from(b->path));
	int error = at == HEIR_MAP_NONE ? -ENAMETOOLONG : l->seen[at].error;

	if (l->check->error == 0 && error != -ENOENT)
		set_subject(heir_find(l->check, HEIR_RULE_PATH_NOT_EXECUTABLE, b->where,
				    "cannot execute %s: %s; CRI-O accepts it, and every pod fails",
				    b->path, heir_file_error(error)),
			b);
}

/* Checks one binary: absolute, existing, a file, executable, protected from other users. */
static void judge_binary(struct path_stats *l, const struct binary *b)
{
	const struct stat *st = stat_once(l, b->path);
	const char *target;
	struct heir_diag *diag;

	if (b->path[0] != '/') {
		diag = heir_find(l->check, HEIR_RULE_PATH_RELATIVE, b->where,
			"%s is a relative path: it depends on CRI-O's working directory", b->path);
		set_subject(diag, b);
		heir_find_help(l->check, diag, "write an absolute path");
	}
	if (!st) {
		judge_unreachable(l, b);
		return;
	}
	if (S_ISDIR(st->st_mode)) {
		set_subject(heir_find(l->check, HEIR_RULE_PATH_DIRECTORY, b->where,
				    "%s is a directory: CRI-O accepts it, and every pod fails",
				    b->path),
			b);
		return;
	}
	if ((st->st_mode & 0111) == 0) {
		diag = heir_find(l->check, HEIR_RULE_PATH_NOT_EXECUTABLE, b->where,
			"%s is not executable: CRI-O accepts it, and every pod fails", b->path);
		set_subject(diag, b);
		heir_find_help(l->check, diag, "chmod 0755 %s", b->path);
	}
	if (b->path[0] != '/')
		return;
	target = link_target(l, b->path);
	if (!target)
		return;
	judge_link(l, b, target);
	judge_writable(l, b, target);
}

/* ---- One root for two binaries ---- */

/* Runs another runtime, whose state is used. */
static bool is_wrapper(const char *path)
{
	const char *runtime = heir_runtime_of(path);

	if (heir_late_handler_of(heir_str_from(path)).p)
		return true;
	return runtime && strcmp(runtime, "nvidia-container-runtime") == 0;
}

static bool same_file(struct path_stats *l, const char *a, const char *b)
{
	const struct stat *st;
	dev_t dev;
	ino_t ino;

	if (a == b || strcmp(a, b) == 0)
		return true;
	st = stat_once(l, a);
	if (!st)
		return true; /* cannot be determined */
	dev = st->st_dev;
	ino = st->st_ino;
	st = stat_once(l, b);
	return !st || (st->st_dev == dev && st->st_ino == ino);
}

/* Reports different runtimes that share a runtime_root. */
static void judge_root(struct path_stats *l, const struct binary *b)
{
	const struct binary *first;
	struct heir_diag *diag;
	uint32_t at;
	bool is_new;

	/* An impossible path is shared by nothing, and each handler may inherit it. */
	if (!b->root || is_wrapper(b->path) || b->runtime_root.len >= PATH_MAX)
		return;
	if (heir_map_put(&l->roots, b->runtime_root, l->roots.n, &at, &is_new) < 0) {
		l->check->error = -ENOMEM;
		return;
	}
	if (is_new) {
		l->binaries[at] = *b;
		return;
	}
	first = &l->binaries[at];
	if (same_file(l, first->path, b->path))
		return;
	diag = heir_find(l->check, HEIR_RULE_ROOT_SHARED, b->root_place,
		"\"%.*s\" (%.*s) keeps its state in %.*s, as \"%.*s\" (%.*s) does",
		HEIR_STR_ARG(b->handler->name), HEIR_STR_ARG(heir_str_from(b->path)),
		HEIR_STR_ARG(b->runtime_root), HEIR_STR_ARG(first->handler->name),
		HEIR_STR_ARG(heir_str_from(first->path)));
	set_subject(diag, b);
	heir_find_note(l->check, diag, first->root_place, "the other one");
	heir_find_help(l->check, diag, "give each runtime a runtime_root of its own");
}

/* ---- Which binary a handler has ---- */

static bool describe_root(struct heir_check *check, const struct heir_resolution *res,
	const struct heir_result *result, struct binary *b)
{
	struct heir_origin type, root;

	if (!heir_check_get(check, res, result, HEIR_FIELD_runtime_type, &type) ||
		!heir_check_get(check, res, result, HEIR_FIELD_runtime_root, &root))
		return false;
	b->root = !heir_str_eqz(type.value.string, "vm");
	b->runtime_root = root.value.string;
	if (b->runtime_root.len == 0)
		b->runtime_root = heir_default_root(check->config);
	b->root_place = heir_origin_place(check, result->handler, &root);
	return true;
}

/* Returns the path terminated, once for all handlers that inherit it. NULL: check->error. */
static const char *terminated_path(struct path_stats *l, struct heir_str path)
{
	const struct heir_str *known = heir_memo_get(&l->paths, path.p);
	struct heir_str copy = {NULL, path.len};

	if (known && known->len == path.len)
		return known->p;
	copy.p = heir_arena_strndup(&l->check->core->arena, path.p, path.len);
	if (copy.p && heir_memo_put(&l->paths, path.p, copy) == 0)
		return copy.p;
	l->check->error = -ENOMEM;
	return NULL;
}

/* Returns false if CRI-O does not have the handler, or there is no binary to check. */
static bool describe_binary(
	struct path_stats *l, const struct heir_handler *handler, struct binary *b)
{
	struct heir_check *check = l->check;
	const struct heir_resolution *res = check->stock;
	const struct heir_result *result = heir_kept_by_stock(check, handler);
	struct heir_origin path;

	if (!result) {
		res = check->res;
		result = heir_resolution_find(res, handler->name);
	}
	if (!result || result->dropped ||
		!heir_check_get(check, res, result, HEIR_FIELD_runtime_path, &path) ||
		path.value.string.len == 0 ||
		memchr(path.value.string.p, '\0', path.value.string.len))
		return false;
	*b = (struct binary){.handler = handler,
		.own = path.kind != HEIR_KIND_INHERITED,
		.where = heir_origin_place(check, handler, &path)};
	b->path = terminated_path(l, path.value.string);
	return b->path && describe_root(check, res, result, b);
}

void heir_check_paths(struct heir_check *check)
{
	_cleanup_(looks_release) struct path_stats l = {.check = check};
	uint32_t n = check->config->n_handlers;

	l.binaries = calloc(n ? n : 1, sizeof(*l.binaries));
	if (!l.binaries)
		check->error = -ENOMEM;
	/* First those that a file names, because each binary is judged once. */
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < n && check->error == 0; i++) {
			struct binary b;

			if (!describe_binary(&l, check->config->handlers[i], &b))
				continue;
			if (b.own && (pass == 0) == (b.where.source != HEIR_SOURCE_NONE))
				judge_binary(&l, &b);
			if (pass == 1)
				judge_root(&l, &b);
		}
	/* looks_release() frees what the analyzer misses. */
} /* NOLINT(clang-analyzer-unix.Malloc) */
