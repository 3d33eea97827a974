/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles and state directories. A bundle is RUNROOT/DRIVER-containers/ID/userdata; a sandbox
 * without a process has one as well. crun's state is ROOT/ID/status, runc's ROOT/ID/state.json.
 * Other programs use the same directories; the annotations of the bundle tell whose container it
 * is. */
#include "apply/containers.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "node/json.h"

/* ---- Directories ---- */

/* Opens a directory of the node; *ret is NULL if it does not exist. */
static int open_node_directory(struct heir_root *root, const char *path, DIR **ret)
{
	int fd = heir_root_openat(root, path, O_RDONLY | O_DIRECTORY), r;

	*ret = NULL;
	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return fd;
	*ret = fdopendir(fd);
	if (*ret)
		return 0;
	r = -errno;
	close(fd);
	return r;
}

/* Returns the next name that does not begin with a dot. 1; 0 at the end; -errno. */
static int next_entry(DIR *dir, const char **ret)
{
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		*ret = entry->d_name;
		if (entry->d_name[0] != '.')
			return 1;
	}
}

/* Reads a JSON file; *ret is NULL if it does not exist. */
static int load_json(
	struct heir_containers *list, struct heir_root *root, const char *path, json_t **ret)
{
	struct heir_arena arena;
	struct heir_json json = {.arena = &arena};
	struct heir_str text;
	int r;

	*ret = NULL;
	heir_arena_init(&arena);
	r = heir_file_read(root, path, &arena, &text);
	if (r == 0)
		r = heir_json_load(&json, text, ret);
	if (r == -ENOENT || r == -ENOTDIR)
		r = 0;
	else if (r == -EINVAL)
		r = heir_containers_fail(list, "%s: %s", path, json.error);
	else if (r < 0 && r != -ENOMEM)
		r = heir_containers_fail(list, "%s: %s", path, heir_file_error(r));
	heir_arena_release(&arena);
	return r;
}

/* ---- All bundles ---- */

/* Reads all bundles in a directory. */
static int read_base(struct heir_containers *list, struct heir_root *root, const char *base)
{
	_cleanup_(heir_dir_close) DIR *dir = NULL;
	const char *name = NULL, *bundle;
	int r = open_node_directory(root, base, &dir);

	while (r == 0 && dir) {
		r = next_entry(dir, &name);
		if (r <= 0)
			break;
		bundle = heir_arena_printf(&list->arena, "%s/%s/userdata", base, name);
		r = bundle ? heir_containers_read_bundle(list, root, heir_str_from(name), bundle)
			   : -ENOMEM;
		r = r == -ENOENT ? 0 : r;
		if (r < 0)
			return r;
	}
	if (r < 0 && r != -ENOMEM && r != -EIO)
		return heir_containers_fail(list, "%s: %s", base, heir_file_error(r));
	return r;
}

/* Returns the directory two levels up, which has all bundles. NULL with *r 0 if the path has
 * another form. */
static const char *base_of(struct heir_containers *list, const char *bundle, int *r)
{
	size_t len = strlen(bundle);

	*r = 0;
	for (int up = 0; up < 2; up++) {
		while (len > 0 && bundle[len - 1] == '/')
			len--;
		while (len > 0 && bundle[len - 1] != '/')
			len--;
	}
	if (len <= 1)
		return NULL;
	bundle = heir_arena_strndup(&list->arena, bundle, len - 1);
	if (!bundle)
		*r = -ENOMEM;
	return bundle;
}

/* Returns whether the bundle belongs to the storage of another CRI-O: in tests, and when nodes are
 * containers. Only an explicit runroot is used for that. 1; 0; -ENOMEM. */
static int is_elsewhere(
	struct heir_containers *list, const struct heir_containers_query *query, const char *bundle)
{
	struct stat own, runroot;
	const char *base, *storage;
	int r;

	if (!query->runroot_is_set || !bundle)
		return 0;
	base = base_of(list, bundle, &r);
	if (!base)
		return r < 0 ? r : 1;
	storage = heir_arena_concat(&list->arena, base, "/..", "");
	if (!storage)
		return -ENOMEM;
	return heir_root_stat(query->root, storage, &own) < 0 ||
	       heir_root_stat(query->root, query->runroot, &runroot) < 0 ||
	       own.st_dev != runroot.st_dev || own.st_ino != runroot.st_ino;
}

/* Reads a directory of bundles, once. */
static int read_new_base(struct heir_containers *list, struct heir_root *root,
	struct heir_map *seen, const char *base)
{
	bool is_new = false;
	int r = base ? heir_map_put(seen, heir_str_from(base), 0, &(uint32_t){0}, &is_new) : 0;

	return r == 0 && is_new ? read_base(list, root, base) : r;
}

/* Reads the bundle directories of all storage drivers. */
static int read_runroot(struct heir_containers *list, struct heir_root *root, const char *runroot,
	struct heir_map *seen)
{
	static const char end[] = "-containers";
	_cleanup_(heir_dir_close) DIR *dir = NULL;
	const char *name = NULL, *base;
	int r = open_node_directory(root, runroot, &dir);

	if (r < 0)
		return heir_containers_fail(list, "%s: %s", runroot, heir_file_error(r));
	while (dir) {
		size_t len;

		r = next_entry(dir, &name);
		if (r <= 0)
			break;
		len = strlen(name);
		if (len < sizeof(end) || strcmp(name + len - (sizeof(end) - 1), end) != 0)
			continue;
		base = heir_arena_concat(&list->arena, runroot, "/", name);
		r = base ? read_new_base(list, root, seen, base) : -ENOMEM;
		if (r < 0)
			return r;
	}
	return r < 0 ? heir_containers_fail(list, "%s: %s", runroot, heir_file_error(r)) : 0;
}

/* Reads the bundle of a conmon that is in none of the directories. */
static int read_missed(struct heir_containers *list, struct heir_root *root, uint32_t at)
{
	const struct heir_container item = list->items[at];
	int r;

	if (item.pod.p || item.foreign || !item.bundle)
		return 0;
	r = heir_containers_read_bundle(list, root, item.id, item.bundle);
	if (r != -ENOENT)
		return r;
	/* It may have ended in the meantime. */
	list->items[at].running = heir_container_lives(&item);
	return 0;
}

int heir_containers_read_bundles(
	struct heir_containers *list, const struct heir_containers_query *query)
{
	uint32_t n = list->n; /* found through conmon */
	struct heir_map seen = {.entries = NULL};
	int r = read_runroot(list, query->root, query->runroot, &seen);

	for (uint32_t i = 0; i < n && r == 0; i++) {
		const char *base;

		r = is_elsewhere(list, query, list->items[i].bundle);
		list->items[i].foreign |= r > 0;
		base = r < 0 ? NULL : base_of(list, list->items[i].bundle, &r);
		if (r == 0 && !list->items[i].pod.p && !list->items[i].foreign)
			r = read_new_base(list, query->root, &seen, base);
	}
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = read_missed(list, query->root, i);
	heir_map_release(&seen);
	return r;
}

/* ---- State directories ---- */

static int64_t json_integer_of(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

/* Returns the value of "bundle=PATH" in runc's labels, or NULL. */
static const char *labelled_bundle(const json_t *json)
{
	const json_t *labels = json_object_get(json_object_get(json, "config"), "labels");
	const json_t *label;
	size_t i;

	json_array_foreach(labels, i, label)
	{
		const char *text = json_string_value(label);

		if (text && strncmp(text, "bundle=", 7) == 0)
			return text + 7;
	}
	return NULL;
}

/* Reads process and bundle from the state file. */
static void read_state(
	const json_t *json, int64_t *ret_pid, int64_t *ret_start, const char **bundle)
{
	bool runc = json_object_get(json, "init_process_pid") != NULL;

	*ret_pid = json_integer_of(json, runc ? "init_process_pid" : "pid");
	*ret_start = json_integer_of(json, runc ? "init_process_start" : "process-start-time");
	*bundle = runc ? labelled_bundle(json) : json_string_value(json_object_get(json, "bundle"));
}

static int load_state(struct heir_containers *list, struct heir_root *root, const char *dir,
	const char *id, json_t **ret)
{
	const char *path = heir_arena_printf(&list->arena, "%s/%s/status", dir, id);
	int r = path ? load_json(list, root, path, ret) : -ENOMEM;

	if (r < 0 || *ret)
		return r;
	path = heir_arena_printf(&list->arena, "%s/%s/state.json", dir, id);
	return path ? load_json(list, root, path, ret) : -ENOMEM;
}

/* Adds a container without conmon, and determines whether it is CRI-O's and running. */
static int add_state(struct heir_containers *list, const struct heir_containers_query *query,
	const char *dir, const char *id)
{
	_cleanup_(heir_json_decrefp) json_t *json = NULL;
	struct heir_str name = heir_str_from(id);
	struct heir_container *item;
	const char *bundle = NULL;
	int64_t pid = 0, start = 0;
	int r = load_state(list, query->root, dir, id, &json);

	/* Neither crun nor runc could operate it. */
	if (r < 0 || !json)
		return r;
	read_state(json, &pid, &start, &bundle);
	if (query->live && !heir_process_lives(pid, start))
		return 0;
	r = is_elsewhere(list, query, bundle);
	if (r != 0)
		return MIN(r, 0);
	r = heir_containers_add(list, name, &item);
	if (r == 0 && !item->pod.p && !item->foreign && bundle) {
		bundle = heir_arena_strndup(&list->arena, bundle, strlen(bundle));
		r = bundle ? heir_containers_read_bundle(list, query->root, name, bundle) : -ENOMEM;
		if (r == 0 || r == -ENOENT)
			r = heir_containers_add(list, name, &item);
		if (r == 0 && !item->bundle)
			item->bundle = bundle;
	}
	if (r < 0)
		return r;
	item->root = dir;
	/* Processes of another node are not on this machine. */
	item->pid = query->live ? pid : 0;
	item->start = start;
	item->running = !item->foreign;
	return 0;
}

/* Reads a runtime_root for containers that are not known as running yet. */
static int read_root(
	struct heir_containers *list, const struct heir_containers_query *query, const char *path)
{
	_cleanup_(heir_dir_close) DIR *dir = NULL;
	const char *name = NULL;
	int r = open_node_directory(query->root, path, &dir);

	while (r == 0 && dir) {
		uint32_t at;

		r = next_entry(dir, &name);
		if (r <= 0)
			break;
		at = heir_map_get(&list->by_id, heir_str_from(name));
		r = at != HEIR_MAP_NONE && (list->items[at].running || list->items[at].foreign)
			    ? 0
			    : add_state(list, query, path, name);
		if (r < 0)
			return r;
	}
	return r < 0 && r != -ENOMEM
		       ? heir_containers_fail(list, "%s: %s", path, heir_file_error(r))
		       : r;
}

/* Reads what CRI-O wrote next to the bundle: for a container whose conmon was killed and whose
 * runtime_root is in no file any more. */
static int read_own_state(
	struct heir_containers *list, const struct heir_containers_query *query, uint32_t at)
{
	_cleanup_(heir_json_decrefp) json_t *json = NULL;
	struct heir_container *item = &list->items[at];
	const char *path, *start;
	int r;

	if (item->running || item->foreign || !item->bundle)
		return 0;
	path = heir_arena_concat(&list->arena, item->bundle, "/state.json", "");
	r = path ? load_json(list, query->root, path, &json) : -ENOMEM;
	if (r < 0 || !json)
		return r;
	start = json_string_value(json_object_get(json, "initStartTime"));
	item->pid = json_integer_of(json, "initPid");
	item->start = start ? heir_digits(start) : 0;
	item->running = heir_process_lives(item->pid, item->start);
	return 0;
}

int heir_containers_read_states(
	struct heir_containers *list, const struct heir_containers_query *query)
{
	int r = 0;

	for (uint32_t i = 0; i < query->n_roots && r == 0; i++) {
		const char *path =
			heir_arena_strndup(&list->arena, query->roots[i].p, query->roots[i].len);

		r = path ? read_root(list, query, path) : -ENOMEM;
	}
	for (uint32_t i = 0; i < list->n && r == 0 && query->live; i++)
		r = read_own_state(list, query, i);
	return r;
}
