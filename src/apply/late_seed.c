/* SPDX-License-Identifier: Apache-2.0 */
/* Writes records for containers that were created before their handler was bound late, in the
 * format of src/runtime/. If one cannot be written, heir-runtime recognizes the runtime by the
 * container's state. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/late.h"
#include "base/file.h"

/* Returns the directory of records for a root: "run%crun" for /run/crun. -EINVAL if it has
 * none. */
static int root_name(const char *root, char ret[NAME_MAX + 1])
{
	size_t n = 0, len;

	for (const char *s = root + strspn(root, "/"); *s; s += len, s += strspn(s, "/")) {
		len = strcspn(s, "/");
		if (len == 1 && s[0] == '.')
			continue;
		if ((len == 2 && s[0] == '.' && s[1] == '.') || memchr(s, '%', len) ||
			s[0] == '@' || n + len + 1 > NAME_MAX)
			return -EINVAL;
		if (n > 0)
			ret[n++] = '%';
		memcpy(ret + n, s, len);
		n += len;
	}
	ret[n] = '\0';
	return root[0] == '/' && n > 0 ? 0 : -EINVAL;
}

/* Opens a name below dir, creating it if necessary. */
static int make_directory(int dir, const char *name, mode_t mode)
{
	int fd;

	if (mkdirat(dir, name, mode) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

static int open_records(struct heir_root *root, const char *name)
{
	_cleanup_(heir_fd_close) int run = heir_root_openat(root, "/run", O_RDONLY | O_DIRECTORY);
	_cleanup_(heir_fd_close) int heir = run < 0 ? run : make_directory(run, "heir", 0755);
	_cleanup_(heir_fd_close) int late = heir < 0 ? heir : make_directory(heir, "late", 0700);

	return late < 0 ? late : make_directory(late, name, 0700);
}

static const char *state_kind(struct heir_root *root, const char *state, struct heir_str id)
{
	static const char *const forms[][2] = {
		{"crun", "status"}, {"youki", "youki_config.json"}, {"runc", "state.json"}};
	char path[PATH_MAX];

	for (unsigned i = 0; i < ARRAY_LEN(forms); i++) {
		snprintf(path, sizeof(path), "%s/%.*s/%s", state, HEIR_STR_ARG(id), forms[i][1]);
		if (heir_root_find(root, path) == 0)
			return forms[i][0];
	}
	return "-";
}

static int seed_record(
	struct heir_root *root, const struct heir_container *container, const char *state)
{
	char name[NAME_MAX + 1], text[PATH_MAX + 64];
	_cleanup_(heir_fd_close) int dir = -1, fd = -1;
	int r = root_name(state, name), n;

	if (r < 0)
		return 0;
	dir = open_records(root, name);
	if (dir < 0)
		return dir;
	n = snprintf(text, sizeof(text), "heir-late 1\nruntime %s %s\ncreator 0 0\n",
		state_kind(root, state, container->id), container->creator);
	if (n >= (int)sizeof(text) || container->id.len > NAME_MAX || container->id.p[0] == '.')
		return 0;
	snprintf(name, sizeof(name), "%.*s", HEIR_STR_ARG(container->id));
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	if (write(fd, text, (size_t)n) == n)
		return 0;
	/* A truncated record is worthless. */
	r = errno ? -errno : -ENOSPC;
	unlinkat(dir, name, 0);
	return r;
}

/* Returns the plan's file of a handler that becomes bound late, or NULL. */
static const struct heir_late_file *find_new(
	const struct heir_late_plan *plan, struct heir_str handler)
{
	for (uint32_t i = 0; i < plan->n; i++)
		if (!plan->items[i].before.p && heir_str_eq(plan->items[i].handler, handler))
			return &plan->items[i];
	return NULL;
}

int heir_late_seed(const struct heir_late_plan *plan, const struct heir_containers *containers)
{
	for (uint32_t i = 0; i < containers->n; i++) {
		const struct heir_container *container = &containers->items[i];
		const struct heir_crio_pod *pod = heir_containers_pod(containers, container->pod);
		int r;

		if (!container->running || !container->creator || !container->root || !pod ||
			!pod->handler.p || !find_new(plan, pod->handler) ||
			heir_late_handler_of(heir_str_from(container->creator)).p)
			continue;
		r = seed_record(&plan->core->root, container, container->root);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Reads the record of a container below its runtime_root. `ret` is unchanged if there is none.
 * Returns 0 or -ENOMEM. */
static int read_record(struct heir_root *root, const char *state, struct heir_str id,
	struct heir_arena *arena, struct heir_str *ret)
{
	char name[NAME_MAX + 1], path[PATH_MAX];
	struct heir_str text;
	const char *line, *end, *blank;
	int r = root_name(state, name);

	if (r < 0 || id.len > NAME_MAX || memchr(id.p, '/', id.len))
		return 0;
	snprintf(path, sizeof(path), "%s/%s/%.*s", HEIR_LATE_RECORDS, name, HEIR_STR_ARG(id));
	r = heir_file_read(root, path, arena, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* "runtime KIND PATH" is the second line. */
	line = memchr(text.p, '\n', text.len);
	if (!line || strncmp(line + 1, "runtime ", 8) != 0)
		return 0;
	blank = strchr(line + 9, ' ');
	end = strchr(line + 9, '\n');
	if (blank && end && blank < end)
		*ret = (struct heir_str){blank + 1, (size_t)(end - blank - 1)};
	return 0;
}

int heir_late_creator(struct heir_root *root, const struct heir_container *container,
	struct heir_arena *arena, struct heir_str *ret, bool *ret_late)
{
	*ret = container->creator ? heir_str_from(container->creator) : HEIR_STR("");
	*ret_late = heir_late_handler_of(*ret).p != NULL;
	if (!*ret_late)
		return 0;
	*ret = HEIR_STR("");
	return read_record(root, container->root ? container->root : "", container->id, arena, ret);
}
