/* SPDX-License-Identifier: Apache-2.0 */
/* Records say which runtime created a container. The directory of a root is locked while a record
 * is created or removed; records are replaced by rename, so readers need no lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/runtime.h"

/* Names of our own in a root's directory begin with ".": a record's never does. */
#define NEW_RECORD ".new"
#define SWEPT ".swept"

enum {
	SWEEP_SECONDS = 60,
	LOCK_TRIES = 1000,
	LOCK_NANOSECONDS = 10 * 1000 * 1000,
};

/* The name of the directory of the call's root: "run%crun" for /run/crun, also where that is
 * written
 * "/run//crun/"; "@" where no root was given. */
static int root_name(const struct heir_call *call, char *ret)
{
	const char *s = call->root;
	size_t n = 0, len;

	if (!s) {
		strcpy(ret, "@");
		return 0;
	}
	for (s += strspn(s, "/"); *s; s += len, s += strspn(s, "/")) {
		len = strcspn(s, "/");
		if (len == 1 && s[0] == '.')
			continue;
		if ((len == 2 && memcmp(s, "..", 2) == 0) || memchr(s, '%', len) || s[0] == '@')
			return -EINVAL;
		if (n + len + 2 > HEIR_NAME_SIZE)
			return -ENAMETOOLONG;
		if (n > 0)
			ret[n++] = '%';
		memcpy(ret + n, s, len);
		n += len;
	}
	ret[n] = '\0';
	return n > 0 ? 0 : -EINVAL;
}

/* The kinds whose containers have ROOT/ID, and the file in it that proves the kind, most certain
 * first. */
static const struct {
	const char *kind, *file;
} forms[] = {
	{"crun", "status"},
	{"youki", "youki_config.json"},
	{"runc", "state.json"},
};

/* The state directory of the call's container, where its runtime is of this kind. */
static int state_dir(const struct heir_call *call, const char *kind, char *ret, size_t size)
{
	int n = -1;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].kind, kind) != 0)
			continue;
		if (call->root)
			n = snprintf(ret, size, "%s/%s", call->root, call->id);
		else
			n = snprintf(ret, size, "/run/%s/%s", kind, call->id);
	}
	return n < 0 || (size_t)n >= size ? -EINVAL : 0;
}

const char *heir_state_kind(const struct heir_call *call)
{
	char dir[HEIR_PATH_SIZE], file[HEIR_PATH_SIZE + HEIR_NAME_SIZE];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (state_dir(call, forms[i].kind, dir, sizeof(dir)) < 0)
			continue;
		snprintf(file, sizeof(file), "%s/%s", dir, forms[i].file);
		if (access(file, F_OK) == 0)
			return forms[i].kind;
	}
	return NULL;
}

enum presence { GONE, PRESENT, UNKNOWN };

/* Whether the call's container has a state directory, where its runtime is of this kind. */
static enum presence find_state(const struct heir_call *call, const char *kind)
{
	char dir[HEIR_PATH_SIZE];
	struct stat st;

	if (state_dir(call, kind, dir, sizeof(dir)) < 0)
		return UNKNOWN;
	if (lstat(dir, &st) == 0)
		return PRESENT;
	return errno == ENOENT || errno == ENOTDIR ? GONE : UNKNOWN;
}

enum life { LIVES, BEGINS, OVER };

/* What became of the container of a record. The creator comes first: a container that is made
 * between two looks belongs to a creator that still ran at the first. Under the lock nothing else
 * makes one. */
static enum life find_container(const struct heir_call *call, const struct heir_list *record)
{
	bool is_created = heir_list_creator_runs(record);

	if (find_state(call, record->runtimes[0].kind) != GONE)
		return LIVES;
	return is_created ? BEGINS : OVER;
}

int heir_record_read(
	const struct heir_place *place, const struct heir_call *call, struct heir_list *ret)
{
	char path[HEIR_PATH_SIZE + 2 * HEIR_NAME_SIZE], root[HEIR_NAME_SIZE];
	int r = root_name(call, root);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s/%s", place->records, root, call->id);
	return heir_list_read(AT_FDCWD, path, ret);
}

/* Opens the directory name below dir, which only its owner, the effective user, can write. */
static int open_owned_dir(int dir, const char *name, bool create)
{
	struct stat st;
	int fd;

	if (create && mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

/* Opens and locks the directory of records of the call's root. The lock is held for a few system
 * calls; it goes with the descriptor. */
static int open_root(const struct heir_place *place, const struct heir_call *call, bool create)
{
	static const struct timespec pause = {.tv_nsec = LOCK_NANOSECONDS};
	char name[HEIR_NAME_SIZE], parent[HEIR_PATH_SIZE];
	int top, fd, r = root_name(call, name);

	if (r < 0)
		return r;
	if (create) {
		strcpy(parent, place->records);
		*strrchr(parent, '/') = '\0';
		if (mkdir(parent, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	top = open_owned_dir(AT_FDCWD, place->records, create);
	if (top < 0)
		return top;
	fd = open_owned_dir(top, name, create);
	close(top);
	if (fd < 0)
		return fd;
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || i == LOCK_TRIES) {
			r = -errno;
			close(fd);
			return r;
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}

/* Removes the record called name if its container is gone and is not being created. */
static void sweep_one(int dir, const struct heir_call *call, const char *name)
{
	struct heir_call other = {.root = call->root, .id = name};
	struct heir_list record;

	if (name[0] == '.' || strcmp(name, call->id) == 0)
		return;
	/* Below a given root the kind makes no difference, and nearly all containers exist. */
	if (call->root && find_state(&other, "crun") == PRESENT)
		return;
	if (heir_list_read(dir, name, &record) < 0)
		return;
	close(record.fd);
	if (find_container(&other, &record) == OVER)
		unlinkat(dir, name, 0);
}

/* Removes the records of containers that are gone, at most once a minute. */
static void sweep_records(int dir, const struct heir_call *call)
{
	struct {
		unsigned long long ino, off;
		unsigned short reclen;
		unsigned char type;
		char name[];
	} const *entry;
	_Alignas(8) char buf[8192];
	struct stat st;
	time_t now = time(NULL);
	int list, stamp, r;
	long n;

	if (fstatat(dir, SWEPT, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime <= now &&
		now - st.st_mtime < SWEEP_SECONDS)
		return;
	stamp = openat(dir, SWEPT, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (stamp < 0)
		return;
	r = futimens(stamp, NULL);
	close(stamp);
	if (r < 0)
		return;
	list = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (list < 0)
		return;
	/* By hand: opendir() allocates. */
	while ((n = syscall(SYS_getdents64, list, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n; at += entry->reclen) {
			entry = (const void *)(buf + at);
			sweep_one(dir, call, entry->name);
		}
	}
	close(list);
}

/* Writes the record as a new file beside it, then renames it: it is never seen half. */
static int write_record(int dir, const char *name, const struct heir_place *place,
	const struct heir_runtime *runtime)
{
	char text[HEIR_TEXT_SIZE];
	unsigned long long start = 0;
	int fd, n, r = 0;

	if (heir_process_start(getpid(), &start) < 0)
		start = 0;
	n = snprintf(text, sizeof(text),
		"heir-late 1\nruntime %s %s\ncreator %ld %llu\nhandler %s\n", runtime->kind,
		runtime->path, (long)getpid(), start, place->handler);
	if (n < 0 || (size_t)n >= sizeof(text))
		return -ENAMETOOLONG;
	fd = openat(dir, NEW_RECORD,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return -errno;
	for (int done = 0; done < n && r == 0;) {
		ssize_t part = write(fd, text + done, (size_t)(n - done));

		if (part < 0 && errno != EINTR)
			r = -errno;
		else if (part > 0)
			done += (int)part;
	}
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	close(fd);
	if (r == 0 && renameat(dir, NEW_RECORD, dir, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, NEW_RECORD, 0);
	return r;
}

int heir_record_claim(const struct heir_place *place, const struct heir_call *call,
	const struct heir_runtime *runtime)
{
	int dir = open_root(place, call, true), r;
	struct heir_list old;

	if (dir < 0)
		return dir;
	r = heir_list_read(dir, call->id, &old);
	if (r == 0) {
		static const int errors[] = {[LIVES] = -EEXIST, [BEGINS] = -EBUSY, [OVER] = 0};

		close(old.fd);
		r = errors[find_container(call, &old)];
	} else {
		r = find_state(call, runtime->kind) == PRESENT || heir_state_kind(call) ? -EEXIST
											: 0;
	}
	if (r == 0)
		r = write_record(dir, call->id, place, runtime);
	if (r == 0)
		sweep_records(dir, call);
	close(dir);
	return r;
}

void heir_record_remove(const struct heir_place *place, const struct heir_call *call,
	const struct heir_list *record, bool ours)
{
	int dir = open_root(place, call, false);
	bool is_created;
	struct stat st;

	if (dir < 0)
		return;
	/* Of a kind that is not known, the runtime's own word counts. */
	is_created = !ours && heir_list_creator_runs(record);
	if (fstatat(dir, call->id, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == record->dev &&
		st.st_ino == record->ino && !is_created &&
		find_state(call, record->runtimes[0].kind) != PRESENT)
		unlinkat(dir, call->id, 0);
	close(dir);
}
