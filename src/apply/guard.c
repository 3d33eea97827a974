/* SPDX-License-Identifier: Apache-2.0 */
/* crun and runc keep a directory for each container, named by its id, in runtime_root; so does
 * everybody who is called as they are. */
#include "apply/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "check/check.h"
#include "inherit/rendered.h"

void heir_guard_release(struct heir_guard *guard)
{
	heir_arena_release(&guard->arena);
	*guard = (struct heir_guard){.roots = NULL};
}

/* ---- A directory of state ---- */

struct ids {
	const char **items;
	uint32_t n, size;
};

static int add_id(struct ids *ids, struct heir_arena *arena, const char *name)
{
	if (ids->n == ids->size) {
		uint32_t size = ids->size ? ids->size * 2 : 16;
		const char **items = reallocarray(ids->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		ids->items = items;
		ids->size = size;
	}
	ids->items[ids->n] = heir_arena_strndup(arena, name, strlen(name));
	return ids->items[ids->n++] ? 0 : -ENOMEM;
}

static bool is_directory(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int read_ids(DIR *dir, struct heir_arena *arena, struct ids *ids)
{
	for (;;) {
		const struct dirent *entry;
		int r;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		/* Nobody's id begins with a dot; crun has .cache and the like. */
		if (entry->d_name[0] == '.' || !is_directory(dir, entry))
			continue;
		r = add_id(ids, arena, entry->d_name);
		if (r < 0)
			return r;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list(struct heir_root *root, const char *path, struct heir_arena *arena, struct ids *ids)
{
	int fd = heir_root_openat(root, path, O_RDONLY | O_DIRECTORY), r;
	DIR *dir;

	/* Then nothing lives there. */
	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	r = read_ids(dir, arena, ids);
	closedir(dir);
	if (r == 0 && ids->n > 1)
		qsort(ids->items, ids->n, sizeof(*ids->items), by_name);
	return r;
}

/* ---- Handlers ---- */

static int identity(const struct heir_resolution *res, const struct heir_result *result,
	struct heir_str *ret_path, struct heir_str *ret_root)
{
	struct heir_origin path, root;
	int r = heir_result_get(res, result, HEIR_FIELD_runtime_path, &path);

	if (r == 0)
		r = heir_result_get(res, result, HEIR_FIELD_runtime_root, &root);
	if (r < 0)
		return r;
	heir_value_fill_in(res->config, HEIR_FIELD_runtime_root, &root.value);
	*ret_path = path.value.string;
	*ret_root = root.value.string;
	return 0;
}

/* Does the drop-in change where its containers live, or who looks after them? */
static int is_moved(const struct heir_applying *applying, const struct heir_result *was,
	struct heir_str *ret_root, bool *ret)
{
	const struct heir_resolution *before = &applying->before.res, *after = &applying->after.res;
	const struct heir_result *is = heir_resolution_find(after, was->handler->name);
	struct heir_str path, other_path, other_root;
	int r = identity(before, was, &path, ret_root);

	*ret = true;
	if (r < 0 || !is || is->dropped)
		return r;
	r = identity(after, is, &other_path, &other_root);
	*ret = r == 0 && (!heir_str_eq(path, other_path) || !heir_str_eq(*ret_root, other_root));
	return r;
}

static int add_root(struct heir_guard *guard, struct heir_root *node, struct heir_str handler,
	struct heir_str root, const char **ret_path)
{
	struct ids ids = {NULL, 0, 0};
	const char **kept = NULL;
	int r;

	*ret_path = heir_arena_strndup(&guard->arena, root.p, root.len);
	r = *ret_path ? list(node, *ret_path, &guard->arena, &ids) : -ENOMEM;
	if (r == 0 && ids.n > 0) {
		kept = heir_arena_zalloc(&guard->arena, ids.n, sizeof(*kept));
		r = kept ? 0 : -ENOMEM;
	}
	for (uint32_t i = 0; kept && i < ids.n; i++)
		kept[i] = ids.items[i];
	if (kept) {
		guard->roots[guard->n_roots++] =
			(struct heir_guarded){handler, heir_str_from(*ret_path), kept, ids.n};
		guard->n += ids.n;
	}
	free(ids.items);
	return r;
}

int heir_guard_init(
	struct heir_guard *guard, const struct heir_applying *applying, const char **ret_path)
{
	const struct heir_resolution *before = &applying->before.res;
	_cleanup_(heir_map_release) struct heir_map seen = {NULL, 0, 0};
	uint32_t n = before->config->n_handlers;
	int r = 0;

	*guard = (struct heir_guard){.roots = NULL};
	*ret_path = NULL;
	heir_arena_init(&guard->arena);
	if (!heir_resolution_is_usable(before))
		return 0;
	guard->roots = heir_arena_zalloc(&guard->arena, n + 1u, sizeof(*guard->roots));
	if (!guard->roots)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		const struct heir_result *was = &before->results[i];
		struct heir_str root;
		bool moved = false, is_new = false;
		uint32_t at;

		if (was->dropped)
			continue;
		r = is_moved(applying, was, &root, &moved);
		if (r == 0 && moved)
			r = heir_map_put(&seen, root, 0, &at, &is_new);
		if (r == 0 && moved && is_new)
			r = add_root(
				guard, &applying->core->root, was->handler->name, root, ret_path);
	}
	return r;
}

void heir_guard_words(const struct heir_guard *guard, struct heir_buf *buf)
{
	enum { MOST = 8 };

	for (uint32_t i = 0; i < guard->n_roots; i++) {
		const struct heir_guarded *root = &guard->roots[i];

		heir_buf_printf(buf,
			"%s%u container%s in %.*s, the runtime_root of \"%.*s\":", i ? "; " : "",
			root->n, root->n == 1 ? "" : "s", HEIR_STR_ARG(root->root),
			HEIR_STR_ARG(root->handler));
		for (uint32_t id = 0; id < root->n && id < MOST; id++)
			heir_buf_printf(buf, "%s %s", id ? "," : "", root->ids[id]);
		if (root->n > MOST)
			heir_buf_printf(buf, " and %u more", root->n - MOST);
	}
}
