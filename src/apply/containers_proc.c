/* SPDX-License-Identifier: Apache-2.0 */
/* Processes. conmon is recognized by its arguments, because monitor_path may give it any name.
 * Only processes of root (or the caller) count, so that no user can fake one. */
#include "apply/containers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { MAX_CMDLINE = 128 << 10 };

int64_t heir_digits(const char *text)
{
	int64_t ret = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (ret > (INT64_MAX - 9) / 10)
			return 0;
		ret = ret * 10 + (*text - '0');
	}
	return ret;
}

/* ---- A command line ---- */

/* Returns the value of option `name` at *arg, as "NAME VALUE" or "NAME=VALUE"; NULL for another
 * option. */
static const char *option_value(const char **arg, const char *end, const char *name)
{
	size_t len = strlen(name);
	const char *next = *arg + strlen(*arg) + 1;

	if (strncmp(*arg, name, len) != 0)
		return NULL;
	if ((*arg)[len] == '=')
		return *arg + len + 1;
	if ((*arg)[len] != '\0' || next >= end)
		return NULL;
	*arg = next;
	return next;
}

/* Of the runtime's arguments only --root matters, which may be one word or two. */
static void read_runtime_arg(const char *arg, bool *after_root, struct heir_conmon *ret)
{
	if (*after_root)
		ret->root = arg;
	else if (strncmp(arg, "--root=", 7) == 0)
		ret->root = arg + 7;
	*after_root = !*after_root && strcmp(arg, "--root") == 0;
}

bool heir_conmon_read(struct heir_str cmdline, struct heir_conmon *ret)
{
	static const struct {
		const char *name;
		size_t offset;
	} options[] = {
		{"-b", offsetof(struct heir_conmon, bundle)},
		{"--bundle", offsetof(struct heir_conmon, bundle)},
		{"-c", offsetof(struct heir_conmon, id)},
		{"--cid", offsetof(struct heir_conmon, id)},
		{"-r", offsetof(struct heir_conmon, creator)},
		{"--runtime", offsetof(struct heir_conmon, creator)},
	};
	const char *end = cmdline.p + cmdline.len, *arg = cmdline.p;
	bool after_root = false;

	*ret = (struct heir_conmon){.name = cmdline.p};
	/* Without a NUL at its end it is truncated. */
	if (cmdline.len == 0 || end[-1] != '\0')
		return false;
	for (arg += strlen(arg) + 1; arg < end; arg += strlen(arg) + 1) {
		const char *value = option_value(&arg, end, "--runtime-arg");

		if (value)
			read_runtime_arg(value, &after_root, ret);
		for (size_t i = 0; i < ARRAY_LEN(options) && !value; i++) {
			value = option_value(&arg, end, options[i].name);
			if (value)
				*(const char **)((char *)ret + options[i].offset) = value;
		}
	}
	return ret->id && ret->id[0] && ret->creator && ret->creator[0] == '/' && ret->bundle &&
	       ret->bundle[0] == '/';
}

/* ---- /proc ---- */

static int read_at(int dir, const char *name, size_t max, struct heir_buf *buf)
{
	_cleanup_(heir_fd_close) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	heir_buf_clear(buf);
	return fd < 0 ? -errno : heir_file_read_buf(fd, max, buf);
}

/* Returns whether the process ended. Then it is not a running container. */
static bool is_gone(int r)
{
	return r == -ENOENT || r == -ESRCH;
}

static int add_conmon(
	struct heir_containers *list, const struct heir_conmon *conmon, const char *pid)
{
	struct heir_container *item;
	int r = heir_containers_add(list, heir_str_from(conmon->id), &item);

	if (r < 0)
		return r;
	item->creator = heir_arena_strndup(&list->arena, conmon->creator, strlen(conmon->creator));
	item->bundle = heir_arena_strndup(&list->arena, conmon->bundle, strlen(conmon->bundle));
	if (conmon->root)
		item->root = heir_arena_strndup(&list->arena, conmon->root, strlen(conmon->root));
	item->monitor = (int)heir_digits(pid);
	item->running = true;
	return item->creator && item->bundle && (item->root || !conmon->root) ? 0 : -ENOMEM;
}

/* Adds the container of a process if that is a conmon of root or of the caller. A process that
 * ends during the check is skipped. */
static int read_process(
	struct heir_containers *list, int proc, const char *pid, struct heir_buf *buf)
{
	struct heir_conmon conmon;
	char name[64];
	struct stat st;
	int r;

	snprintf(name, sizeof(name), "%.32s/cmdline", pid);
	r = read_at(proc, name, MAX_CMDLINE, buf);
	if (r == 0 && (buf->len > MAX_CMDLINE || !heir_conmon_read(heir_buf_str(buf), &conmon)))
		return 0;
	if (is_gone(r) || r == -ENOMEM)
		return r == -ENOMEM ? r : 0;
	if (r < 0)
		return heir_containers_fail(list, "/proc/%s/cmdline: %s", pid, heir_file_error(r));
	if (fstatat(proc, pid, &st, 0) < 0)
		return is_gone(-errno) ? 0
				       : heir_containers_fail(list, "/proc/%s: %s", pid,
						 heir_file_error(-errno));
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return 0;
	return add_conmon(list, &conmon, pid);
}

int heir_containers_read_proc(
	struct heir_containers *list, const struct heir_containers_query *query)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	_cleanup_(heir_dir_close) DIR *dir = opendir("/proc");
	const struct dirent *entry;
	int r;

	(void)query;
	if (!dir)
		return heir_containers_fail(list, "/proc: %s", heir_file_error(-errno));
	/* If processes of other users are hidden, so is process 1. */
	r = read_at(dirfd(dir), "1/cmdline", MAX_CMDLINE, &buf);
	if (r < 0)
		return r == -ENOMEM ? r
				    : heir_containers_fail(list,
					      "the processes of others cannot be read: "
					      "/proc/1/cmdline: %s",
					      heir_file_error(r));
	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (!entry && errno)
			return heir_containers_fail(list, "/proc: %s", heir_file_error(-errno));
		if (!entry)
			return 0;
		r = heir_ascii_is_digit(entry->d_name[0])
			    ? read_process(list, dirfd(dir), entry->d_name, &buf)
			    : 0;
		if (r < 0)
			return r;
	}
}

/* ---- Does it live? ---- */

/* Reads fields 3 and 22 of "PID (NAME) STATE PPID ...". */
static bool read_stat(const struct heir_buf *buf, char *ret_state, int64_t *ret_start)
{
	const char *p = buf->p ? strrchr(buf->p, ')') : NULL;

	if (!p || p[1] != ' ' || !p[2])
		return false;
	*ret_state = p[2];
	p++;
	for (int field = 3; field <= 22; field++) {
		p = strchr(p, ' ');
		if (!p)
			return false;
		p++;
	}
	*ret_start = heir_digits(p);
	return true;
}

bool heir_process_lives(int64_t pid, int64_t start)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int64_t began = 0;
	char name[64], state = 0;

	if (pid <= 0)
		return false;
	snprintf(name, sizeof(name), "/proc/%" PRId64 "/stat", pid);
	/* If it cannot be read, assume that it is running. */
	switch (read_at(AT_FDCWD, name, 4096, &buf)) {
	case -ENOENT:
	case -ESRCH:
		return false;
	case 0:
		break;
	default:
		return true;
	}
	if (!read_stat(&buf, &state, &began))
		return true;
	return state != 'Z' && state != 'X' && (start == 0 || began == start);
}

static bool is_conmon_of(int monitor, struct heir_str id)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_conmon conmon;
	char name[64];
	int r;

	snprintf(name, sizeof(name), "/proc/%d/cmdline", monitor);
	r = read_at(AT_FDCWD, name, MAX_CMDLINE, &buf);
	if (r < 0)
		return !is_gone(r);
	return heir_conmon_read(heir_buf_str(&buf), &conmon) && heir_str_eqz(id, conmon.id);
}

bool heir_container_lives(const struct heir_container *container)
{
	if (container->monitor && is_conmon_of(container->monitor, container->id))
		return true;
	if (container->pid)
		return heir_process_lives(container->pid, container->start);
	return container->monitor == 0;
}

/* ---- Since when? ---- */

/* Returns when this machine was booted, in seconds since 1970; 0 if unknown. */
static int64_t boot_time(void)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	const char *p;

	/* Before it are a line per processor and a long one about interrupts. */
	if (read_at(AT_FDCWD, "/proc/stat", 1 << 20, &buf) < 0 || !buf.p)
		return 0;
	p = strstr(buf.p, "\nbtime ");
	return p ? heir_digits(p + 7) : 0;
}

int64_t heir_process_began(int64_t pid)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int64_t boot = boot_time(), ticks = 0;
	long per_second = sysconf(_SC_CLK_TCK);
	char name[64], state;

	snprintf(name, sizeof(name), "/proc/%" PRId64 "/stat", pid);
	if (boot == 0 || per_second <= 0 || read_at(AT_FDCWD, name, 4096, &buf) < 0 ||
		!read_stat(&buf, &state, &ticks))
		return 0;
	return boot + ticks / per_second;
}

int64_t heir_container_began(const struct heir_container *container)
{
	return container->monitor ? heir_process_began(container->monitor) : 0;
}
