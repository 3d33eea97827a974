/* SPDX-License-Identifier: Apache-2.0 */
/* Plans what heir-runtime needs: the contents of all files. */
#include "apply/late.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "node/probe.h"

/* A runtime of the node, run once. */
struct runtime_info {
	struct heir_str path, kind, version, features; /* .p NULL: not reported */
	bool there;
};

/* For one plan. */
struct reader {
	struct heir_core *core;
	struct runtime_info items[64];
	uint32_t n;
	bool live;
};

/* ---- Asking runtimes ---- */

static int probe_output(struct reader *reader, int fd, const char *path, const char *what,
	size_t max, struct heir_str *ret)
{
	const char *const args[] = {path, what, NULL};
	int r = heir_probe_run(fd, args, max, &reader->core->arena, ret);

	if (r != 0)
		*ret = HEIR_STR_NULL;
	return r == -ENOMEM ? r : 0;
}

/* Returns the kind by name, if the runtime cannot be run. */
static struct heir_str kind_by_name(struct heir_str path)
{
	const char *slash = memrchr(path.p, '/', path.len);
	struct heir_str name = {slash + 1, path.len - (size_t)(slash + 1 - path.p)};

	if (heir_str_eqz(name, "crun") || heir_str_eqz(name, "runc") || heir_str_eqz(name, "youki"))
		return name;
	return HEIR_STR("-");
}

static struct heir_str first_word(struct heir_str text)
{
	size_t n = 0;

	while (n < text.len && text.p[n] > ' ' && text.p[n] < 0x7f && text.p[n] != '/')
		n++;
	return n > 0 && n < 32 ? (struct heir_str){text.p, n} : HEIR_STR("-");
}

static int probe_runtime(struct reader *reader, struct runtime_info *one, const char *path)
{
	enum { MAX_VERSION = 4096, MAX_FEATURES = 1 << 20 };
	_cleanup_(heir_fd_close) int fd = heir_probe_open(path);
	int r = 0;

	if (fd < 0)
		return fd == -ENOMEM ? fd : 0;
	r = probe_output(reader, fd, path, "--version", MAX_VERSION, &one->version);
	if (r == 0)
		r = probe_output(reader, fd, path, "features", MAX_FEATURES, &one->features);
	if (r == 0 && one->version.p)
		one->kind = first_word(one->version);
	return r;
}

/* *ret is NULL if there is no room for more. */
static int find_runtime_info(
	struct reader *reader, struct heir_str path, const struct runtime_info **ret)
{
	struct runtime_info *one;
	char *z;
	int r;

	for (uint32_t i = 0; i < reader->n; i++) {
		if (heir_str_eq(reader->items[i].path, path)) {
			*ret = &reader->items[i];
			return 0;
		}
	}
	*ret = NULL;
	if (reader->n == ARRAY_LEN(reader->items))
		return 0;
	z = heir_arena_strndup(&reader->core->arena, path.p, path.len);
	if (!z)
		return -ENOMEM;
	one = &reader->items[reader->n++];
	*one = (struct runtime_info){.path = path, .kind = kind_by_name(path)};
	r = heir_root_find(&reader->core->root, z);
	one->there = r == 0;
	if (r == 0 && reader->live)
		r = probe_runtime(reader, one, z);
	*ret = one;
	return r == -ENOMEM ? r : 0;
}

/* ---- The texts ---- */

struct list {
	const struct runtime_info *items[HEIR_LATE_MAX_RUNTIMES];
	uint32_t n;
};

static int add_late_target(
	struct reader *reader, struct list *list, struct heir_str path, bool current)
{
	const struct runtime_info *one;
	int r;

	if (path.len == 0 || path.p[0] != '/' || memchr(path.p, '\n', path.len))
		return 0;
	for (uint32_t i = 0; i < list->n; i++)
		if (heir_str_eq(list->items[i]->path, path))
			return 0;
	if (list->n == HEIR_LATE_MAX_RUNTIMES)
		return 0;
	r = find_runtime_info(reader, path, &one);
	if (r == 0 && one && (one->there || current))
		list->items[list->n++] = one;
	return r;
}

/* Collects the current runtime, its predecessors, and those of other handlers on this node: one of
 * them may own a container without a record, or become the next default. */
static int collect_runtimes(struct reader *reader, struct list *list,
	const struct heir_resolution *res, const struct heir_late_bound *bound,
	const struct heir_late_target *old)
{
	int r = add_late_target(reader, list, bound->path, true);

	for (uint32_t i = 0; old && i < old->n && r == 0; i++)
		r = add_late_target(reader, list, old->runtimes[i].path, false);
	for (uint32_t i = 0; i < res->config->n_handlers && r == 0; i++) {
		const struct heir_result *other = &res->results[i];
		struct heir_origin type, path;

		if (other->dropped || other->late)
			continue;
		r = heir_result_get(res, other, HEIR_FIELD_runtime_type, &type);
		if (r == 0)
			r = heir_result_get(res, other, HEIR_FIELD_runtime_path, &path);
		if (r == 0 && (type.kind == HEIR_KIND_UNSET || type.value.string.len == 0 ||
				      heir_str_eqz(type.value.string, "oci")))
			r = add_late_target(reader, list, path.value.string, false);
	}
	return r;
}

static int keep_late_text(struct heir_arena *arena, struct heir_buf *buf, struct heir_str *ret)
{
	if (heir_buf_error(buf) < 0)
		return -ENOMEM;
	ret->len = buf->len;
	ret->p = heir_arena_strndup(arena, buf->p, buf->len);
	return ret->p ? 0 : -ENOMEM;
}

static int write_target(const struct list *list, const struct heir_late_bound *bound,
	struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, "heir-late 1\n");
	for (uint32_t i = 0; i < list->n; i++) {
		heir_buf_addz(&buf, "runtime ");
		heir_buf_adds(&buf, list->items[i]->kind);
		heir_buf_addc(&buf, ' ');
		heir_buf_adds(&buf, list->items[i]->path);
		heir_buf_addc(&buf, '\n');
	}
	heir_buf_addz(&buf, "root ");
	heir_buf_adds(&buf, bound->root);
	heir_buf_addc(&buf, '\n');
	return keep_late_text(arena, &buf, ret);
}

/* "heir-runtime for: crun version 1.8.1, runc version 1.1.5" */
static int write_version(const struct list *list, struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	heir_buf_addz(&buf, "heir-runtime for: ");
	for (uint32_t i = 0; i < list->n; i++) {
		struct heir_str version = list->items[i]->version;
		const char *end = version.p ? memchr(version.p, '\n', version.len) : NULL;

		heir_buf_addz(&buf, i > 0 ? ", " : "");
		if (end)
			version.len = (size_t)(end - version.p);
		heir_utf8_show(&buf, version.p ? version : list->items[i]->path);
	}
	heir_buf_addc(&buf, '\n');
	return keep_late_text(arena, &buf, ret);
}

static int plan_one(struct reader *reader, struct heir_late_plan *plan,
	const struct heir_resolution *res, const struct heir_result *result)
{
	const struct heir_late_target *old = heir_late_find(&plan->old, result->handler->name);
	struct heir_late_file *file = &plan->items[plan->n++];
	struct heir_str documents[HEIR_LATE_MAX_RUNTIMES];
	struct heir_arena *arena = &plan->core->arena;
	struct list list = {.n = 0};
	int r = collect_runtimes(reader, &list, res, result->late, old);

	*file = (struct heir_late_file){
		.handler = result->handler->name, .now = result->late->path};
	if (old)
		file->before = old->runtimes[0].path;
	if (r == 0)
		r = write_target(&list, result->late, arena, &file->target);
	if (r < 0 || !reader->live)
		return r;
	for (uint32_t i = 0; i < list.n; i++)
		documents[i] = list.items[i]->features;
	r = heir_late_intersect(documents, list.n, arena, &file->features);
	return r < 0 ? r : write_version(&list, arena, &file->version);
}

/* ---- What differs ---- */

static int same_file(struct heir_late_plan *plan, const char *what, struct heir_str name,
	struct heir_str text, bool *ret)
{
	struct heir_arena arena;
	struct heir_str there;
	char path[PATH_MAX];
	int r;

	heir_arena_init(&arena);
	snprintf(path, sizeof(path), HEIR_LATE_DIR "/now/%s/%.*s", what, HEIR_STR_ARG(name));
	r = heir_file_read(&plan->core->root, path, &arena, &there);
	*ret = text.p ? r == 0 && heir_str_eq(there, text) : r == -ENOENT;
	heir_arena_release(&arena);
	return r == -ENOMEM ? r : 0;
}

static int compare_late_plan(struct heir_late_plan *plan)
{
	plan->changes = plan->n != plan->old.n;
	for (uint32_t i = 0; i < plan->n; i++) {
		const struct heir_late_file *file = &plan->items[i];
		bool same[3];
		char link[PATH_MAX], to[PATH_MAX];
		_cleanup_(heir_fd_close) int fd = -1;
		ssize_t n;
		int r = same_file(plan, "target", file->handler, file->target, &same[0]);

		if (r == 0)
			r = same_file(plan, "features", file->handler, file->features, &same[1]);
		if (r == 0)
			r = same_file(plan, "version", file->handler, file->version, &same[2]);
		if (r < 0)
			return r;
		plan->changes = plan->changes || !same[0] || !same[1] || !same[2];
		snprintf(link, sizeof(link), "%.*s", HEIR_STR_ARG(file->handler));
		fd = heir_root_openat(
			&plan->core->root, HEIR_LATE_DIR "/bin", O_RDONLY | O_DIRECTORY);
		n = fd < 0 ? -1 : readlinkat(fd, link, to, sizeof(to) - 1);
		to[n > 0 ? n : 0] = '\0';
		plan->links = plan->links || strcmp(to, plan->runtime) != 0;
	}
	return 0;
}

int heir_late_plan_init(struct heir_late_plan *plan, const struct heir_resolution *res,
	const struct heir_late *old, const char *runtime, bool live)
{
	struct reader reader = {.core = res->core, .live = live};
	uint32_t n = res->config->n_handlers;
	int r = 0;

	*plan = (struct heir_late_plan){.core = res->core, .runtime = runtime, .old = *old};
	plan->items = heir_arena_zalloc(&res->core->arena, n + 1, sizeof(*plan->items));
	if (!plan->items)
		return -ENOMEM;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		if (res->results[i].late)
			r = plan_one(&reader, plan, res, &res->results[i]);
		heir_core_forget_values(res->core);
	}
	plan->is_off = plan->n == 0 && old->n > 0;
	return r < 0 ? r : compare_late_plan(plan);
}

int heir_late_overlay_links(const struct heir_resolution *res, struct heir_overlay *overlay)
{
	int r = 0;

	for (uint32_t i = 0; i < res->config->n_handlers && r == 0; i++) {
		const struct heir_late_bound *bound = res->results[i].late;
		struct heir_overlay_file link = {.text = HEIR_STR(""), .mode = 0755};

		if (!bound)
			continue;
		link.path = bound->link.p;
		r = heir_overlay_put(overlay, &link);
	}
	return r;
}

void heir_late_plan_words(const struct heir_late_plan *plan, struct heir_buf *buf)
{
	for (uint32_t i = 0; i < plan->n; i++) {
		const struct heir_late_file *file = &plan->items[i];

		if (file->before.p && heir_str_eq(file->before, file->now))
			continue;
		heir_utf8_show(buf, file->handler);
		heir_buf_addz(buf, ": ");
		if (file->before.p) {
			heir_utf8_show(buf, file->before);
			heir_buf_addz(buf, " -> ");
		}
		heir_utf8_show(buf, file->now);
		heir_buf_addz(buf, " (late)\n");
	}
}

/* Returns why a handler is not bound; NULL if it is, or if it does not inherit its runtime_path. 0
 * or -ENOMEM. */
static int reason_not_bound(
	const struct heir_resolution *res, const struct heir_result *result, const char **ret)
{
	struct heir_origin type;
	enum heir_late_kind kind;
	int r;

	*ret = NULL;
	if (result->late || result->dropped)
		return 0;
	r = heir_late_judge(res, result, &kind, ret);
	if (r == 0)
		r = heir_result_get(res, result, HEIR_FIELD_runtime_type, &type);
	if (r < 0 || kind != HEIR_LATE_OWN_PATH)
		return r;
	*ret = heir_str_eqz(type.value.string, "vm") || heir_str_eqz(type.value.string, "pod")
		       ? "its runtime_type is not \"oci\""
		       : NULL;
	return 0;
}

int heir_late_refused_words(const struct heir_resolution *res, struct heir_buf *buf)
{
	for (uint32_t i = 0; i < res->config->n_handlers; i++) {
		const char *why;
		int r = reason_not_bound(res, &res->results[i], &why);

		if (r < 0)
			return r;
		if (why) {
			heir_utf8_show(buf, res->results[i].handler->name);
			heir_buf_addz(buf, ": not bound late: ");
			heir_buf_addz(buf, why);
			heir_buf_addc(buf, '\n');
		}
		heir_core_forget_values(res->core);
	}
	return heir_buf_error(buf);
}
