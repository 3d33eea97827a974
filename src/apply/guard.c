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

#include "apply/fetch.h"
#include "apply/living.h"
#include "check/check.h"

void heir_guard_release(struct heir_guard *guard)
{
	heir_arena_release(&guard->arena);
	*guard = (struct heir_guard){.items = NULL};
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

/* Does the drop-in change where the containers of `was` live, or who looks after them, if `name` is
 * who has them then? */
static int is_moved(const struct heir_applying *applying, const struct heir_result *was,
	struct heir_str name, struct heir_str *ret_root, bool *ret)
{
	const struct heir_resolution *before = &applying->before.res, *after = &applying->after.res;
	const struct heir_result *is = heir_resolution_find(after, name);
	struct heir_str path, other_path, other_root;
	int r = identity(before, was, &path, ret_root);

	*ret = true;
	if (r < 0 || !is || is->dropped)
		return r;
	r = identity(after, is, &other_path, &other_root);
	*ret = r == 0 && (!heir_str_eq(path, other_path) || !heir_str_eq(*ret_root, other_root));
	return r;
}

/* ---- Looking ---- */

struct looking {
	struct heir_guard *guard;
	const struct heir_applying *applying;
	struct heir_living living; /* no pod: nobody answered */
	bool *moved;               /* by the handlers' ids before */
	bool default_moved;
	bool unknown;          /* the files as they are give no handler a binary */
	struct heir_map seen;  /* roots that were looked into */
	struct heir_map named; /* ids that were told */
};

/* Whose a pod is that names no handler is whose the default is. */
static bool is_pod_moved(const struct looking *looking, const struct heir_living_item *pod,
	struct heir_str *ret_handler)
{
	const struct heir_resolution *before = &looking->applying->before.res;
	const struct heir_result *was;

	*ret_handler = HEIR_STR_NULL;
	if (looking->unknown)
		return true;
	*ret_handler = pod->of.len > 0 ? pod->of : before->default_runtime;
	if (pod->of.len == 0)
		return looking->default_moved;
	was = heir_resolution_find(before, pod->of);
	return was && looking->moved[was - before->results];
}

/* Adds those of `ids` that count; they are sorted. */
static int keep(struct looking *looking, struct heir_str handler, struct heir_str root,
	const struct ids *ids)
{
	struct heir_guard *guard = looking->guard;
	const char **kept = heir_arena_zalloc(&guard->arena, ids->n + 1u, sizeof(*kept));
	uint32_t n = 0;

	if (!kept)
		return -ENOMEM;
	for (uint32_t i = 0; i < ids->n; i++) {
		struct heir_str id = heir_str_from(ids->items[i]), whose;
		const struct heir_living_item *pod = heir_living_pod(&looking->living, id);
		uint32_t at;
		bool is_new;
		int r;

		if (pod && !is_pod_moved(looking, pod, &whose))
			continue;
		r = heir_map_put(&looking->named, id, 0, &at, &is_new);
		if (r < 0)
			return r;
		if (is_new)
			kept[n++] = ids->items[i];
	}
	if (n > 0)
		guard->items[guard->n_items++] = (struct heir_guarded){handler, root, kept, n};
	guard->n += n;
	return 0;
}

static int look_into(struct looking *looking, struct heir_str handler, struct heir_str root,
	const char **ret_path)
{
	struct heir_arena *arena = &looking->guard->arena;
	struct ids ids = {NULL, 0, 0};
	int r;

	*ret_path = heir_arena_strndup(arena, root.p, root.len);
	r = *ret_path ? list(&looking->applying->core->root, *ret_path, arena, &ids) : -ENOMEM;
	if (r == 0)
		r = keep(looking, handler, heir_str_from(*ret_path), &ids);
	free(ids.items);
	return r;
}

/* The directories of state of all handlers that move. */
static int look_into_roots(struct looking *looking, const char **ret_path)
{
	const struct heir_resolution *before = &looking->applying->before.res;
	int r = 0;

	for (uint32_t i = 0; i < before->config->n_handlers && r == 0; i++) {
		const struct heir_result *was = &before->results[i];
		struct heir_str path, root;
		bool is_new = false;
		uint32_t at;

		if (!looking->moved[i])
			continue;
		r = identity(before, was, &path, &root);
		if (r == 0)
			r = heir_map_put(&looking->seen, root, 0, &at, &is_new);
		if (r == 0 && is_new)
			r = look_into(looking, was->handler->name, root, ret_path);
	}
	return r;
}

/* ---- Asking ---- */

static int add_listed(struct looking *looking, struct ids *ids, const struct heir_living_item *item,
	struct heir_str *ret_handler)
{
	struct heir_str handler;
	const struct heir_living_item *pod = heir_living_pod(&looking->living, item->id);
	const char *id;

	if (item->ended || !pod || !is_pod_moved(looking, pod, &handler))
		return 0;
	/* An id may hold anything; a NUL ends it. */
	id = heir_arena_strndup(&looking->guard->arena, item->id.p, item->id.len);
	if (ids->n == 0)
		*ret_handler = handler;
	return id ? add_id(ids, &looking->guard->arena, id) : -ENOMEM;
}

/* What CRI-O lists and no directory had: virtual machines keep theirs elsewhere. */
static int look_at_list(struct looking *looking)
{
	const struct heir_living *living = &looking->living;
	struct heir_str handler = HEIR_STR("");
	struct ids ids = {NULL, 0, 0};
	int r = 0;

	for (uint32_t i = 0; i < living->n_pods && r == 0; i++)
		r = add_listed(looking, &ids, &living->pods[i], &handler);
	for (uint32_t i = 0; i < living->n_containers && r == 0; i++)
		r = add_listed(looking, &ids, &living->containers[i], &handler);
	if (ids.n > 1)
		qsort(ids.items, ids.n, sizeof(*ids.items), by_name);
	if (r == 0)
		r = keep(looking, handler, HEIR_STR_NULL, &ids);
	free(ids.items);
	return r;
}

static int ask_for(struct looking *looking, struct heir_guard_asked asked,
	enum heir_fetch_what what, struct heir_str *ret)
{
	const struct heir_trace *trace = looking->applying->core->trace;
	uint64_t begun = heir_trace_begin(trace);
	const char *error;
	int r = heir_fetch(
		asked.fetch, asked.socket, what, &looking->guard->arena, trace, ret, &error);

	heir_trace_tell_read(
		trace, begun, HEIR_TRACE_probe, asked.socket, r, r == 0 ? ret->len : 0);
	return r;
}

/* Who does not answer, or not as CRI-O does, is not there. */
static int ask(struct looking *looking, struct heir_guard_asked asked)
{
	struct heir_str pods, containers;
	int r;

	if (!asked.fetch || !asked.socket)
		return 0;
	r = ask_for(looking, asked, HEIR_FETCH_PODS, &pods);
	if (r == 0)
		r = ask_for(looking, asked, HEIR_FETCH_CONTAINERS, &containers);
	if (r == 0)
		r = heir_living_init(&looking->living, pods, containers, &looking->guard->arena);
	if (r < 0) {
		heir_living_release(&looking->living);
		looking->living = HEIR_LIVING_NULL;
	}
	return r == -ENOMEM ? r : 0;
}

/* ---- The guard ---- */

/* Which handlers move; *ret: any does. */
static int find_moved(struct looking *looking, bool *ret)
{
	const struct heir_resolution *before = &looking->applying->before.res;
	const struct heir_result *standard = before->default_result;
	struct heir_str root;
	int r = 0;

	*ret = false;
	for (uint32_t i = 0; i < before->config->n_handlers && r == 0; i++) {
		const struct heir_result *was = &before->results[i];

		if (was->dropped)
			continue;
		r = is_moved(looking->applying, was, was->handler->name, &root, &looking->moved[i]);
		*ret |= looking->moved[i];
	}
	if (r == 0 && standard && !standard->dropped)
		r = is_moved(looking->applying, standard,
			looking->applying->after.res.default_runtime, &root,
			&looking->default_moved);
	*ret |= looking->default_moved;
	return r;
}

int heir_guard_init(struct heir_guard *guard, const struct heir_applying *applying,
	struct heir_guard_asked asked, const char **ret_path)
{
	const struct heir_resolution *before = &applying->before.res;
	struct looking looking = {guard, applying, .living = HEIR_LIVING_NULL};
	uint32_t n = before->config->n_handlers;
	bool any = false;
	int r = 0;

	*guard = (struct heir_guard){.items = NULL};
	*ret_path = NULL;
	heir_arena_init(&guard->arena);
	/* A CRI-O that runs has other files than these, and whose containers it has nobody knows.
	 */
	looking.unknown = before->fatal != NULL;
	if (looking.unknown)
		n = 0;
	/* One for CRI-O's own list. */
	guard->items = heir_arena_zalloc(&guard->arena, n + 1u, sizeof(*guard->items));
	looking.moved = heir_arena_zalloc(&guard->arena, n + 1u, sizeof(*looking.moved));
	if (!guard->items || !looking.moved)
		return -ENOMEM;
	if (!looking.unknown)
		r = find_moved(&looking, &any);
	if (r == 0 && (any || looking.unknown))
		r = ask(&looking, asked);
	if (r == 0 && any)
		r = look_into_roots(&looking, ret_path);
	if (r == 0 && (any || looking.unknown))
		r = look_at_list(&looking);
	heir_living_release(&looking.living);
	heir_map_release(&looking.seen);
	heir_map_release(&looking.named);
	return r;
}

static void add_words(const struct heir_guarded *item, struct heir_buf *buf)
{
	enum { MOST = 8 };

	heir_buf_printf(buf, "%u container%s ", item->n, item->n == 1 ? "" : "s");
	if (item->root.p)
		heir_buf_message(buf,
			"in %.*s, the runtime_root of \"%.*s\":", HEIR_STR_ARG(item->root),
			HEIR_STR_ARG(item->handler));
	else if (item->handler.p)
		heir_buf_message(buf, "of \"%.*s\" that CRI-O lists:", HEIR_STR_ARG(item->handler));
	else
		heir_buf_addz(buf, "that CRI-O lists, on files on which it would not start anew:");
	for (uint32_t id = 0; id < item->n && id < MOST; id++)
		heir_buf_printf(buf, "%s %s", id ? "," : "", item->ids[id]);
	if (item->n > MOST)
		heir_buf_printf(buf, " and %u more", item->n - MOST);
}

void heir_guard_words(const struct heir_guard *guard, struct heir_buf *buf)
{
	for (uint32_t i = 0; i < guard->n_items; i++) {
		if (i > 0)
			heir_buf_addz(buf, "; ");
		add_words(&guard->items[i], buf);
	}
}
