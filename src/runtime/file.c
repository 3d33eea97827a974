/* SPDX-License-Identifier: Apache-2.0 */
/* Target files and records share one format: lines "runtime KIND PATH", and in records "creator
 * PID START". Files must belong to the effective user and be writable by no other, because they
 * decide what root runs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/runtime.h"

int heir_file_open(int dir, const char *path)
{
	struct stat st;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & (S_IWGRP | S_IWOTH))) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

/* Reads up to size - 1 bytes and ends them with a NUL. -EFBIG: there are more. */
static ssize_t read_text(int fd, char *text, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len == size)
		return -EFBIG;
	text[len] = '\0';
	return (ssize_t)len;
}

/* "KIND PATH", which it cuts in two. */
static int read_runtime(char *s, struct heir_list *list)
{
	char *path = strchr(s, ' ');

	if (!path || path == s || path[1] != '/' || strlen(path + 1) >= HEIR_PATH_SIZE)
		return -EBADMSG;
	*path++ = '\0';
	if (list->n < HEIR_N_RUNTIMES)
		list->runtimes[list->n++] = (struct heir_runtime){s, path};
	return 0;
}

/* "PID START" */
static int read_creator(const char *s, struct heir_list *list)
{
	char *end;
	long pid = strtol(s, &end, 10);

	if (end == s || *end != ' ' || pid < 0 || (pid_t)pid != pid)
		return -EBADMSG;
	s = end + 1;
	list->creator_start = strtoull(s, &end, 10);
	list->creator = (pid_t)pid;
	return end == s || *end ? -EBADMSG : 0;
}

/* The lines of list->text. Lines that begin with another word are for people. */
static int read_lines(struct heir_list *list)
{
	char *line = list->text, *end;
	unsigned n = 0;

	for (; (end = strchr(line, '\n')); line = end + 1, n++) {
		int r = 0;

		*end = '\0';
		if (n == 0)
			r = strcmp(line, "heir-late 1") == 0 ? 0 : -EBADMSG;
		else if (strncmp(line, "runtime ", 8) == 0)
			r = read_runtime(line + 8, list);
		else if (strncmp(line, "creator ", 8) == 0)
			r = read_creator(line + 8, list);
		if (r < 0)
			return r;
	}
	/* A last line without its end was cut off. */
	return *line || list->n == 0 ? -EBADMSG : 0;
}

int heir_list_read(int dir, const char *path, struct heir_list *list)
{
	struct stat st;
	ssize_t len;
	int r;

	list->n = 0;
	list->creator = 0;
	list->creator_start = 0;
	list->fd = heir_file_open(dir, path);
	if (list->fd < 0)
		return list->fd;
	len = read_text(list->fd, list->text, sizeof(list->text));
	if (len >= 0 && fstat(list->fd, &st) < 0)
		len = -errno;
	r = len < 0 ? (int)len : strlen(list->text) != (size_t)len ? -EBADMSG : read_lines(list);
	if (r < 0) {
		close(list->fd);
		list->fd = -1;
		return r;
	}
	list->dev = st.st_dev;
	list->ino = st.st_ino;
	return 0;
}

int heir_process_start(pid_t pid, unsigned long long *ret)
{
	char path[64], text[2048], state;
	const char *s;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	len = read_text(fd, text, sizeof(text));
	close(fd);
	if (len < 0)
		return (int)len;
	/* The name, in parentheses, may contain anything. */
	s = strrchr(text, ')');
	if (!s || sscanf(s + 1,
			  " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d"
			  " %*d %llu",
			  &state, ret) != 2)
		return -EBADMSG;
	return state == 'Z' || state == 'X' ? -ESRCH : 0;
}

bool heir_list_creator_runs(const struct heir_list *list)
{
	unsigned long long start = 0;
	int r;

	if (list->creator == 0)
		return false;
	r = heir_process_start(list->creator, &start);
	if (r == -ESRCH)
		return false;
	/* If it is not known, assume that it is running: the record is kept. */
	return r < 0 || list->creator_start == 0 || start == list->creator_start;
}
