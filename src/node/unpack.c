/* SPDX-License-Identifier: Apache-2.0 */
/* The side of heir: starts heir-unpack, reads its records, sends commands. Everything is bounded
 * by time, because the other process works on hostile input. */
#include "node/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "node/probe.h"

static_assert(
	(int)HEIR_UNPACK_FD == (int)HEIR_PROBE_MORE_FD, "where heir-unpack finds the archive");

/* How often waiting is reported, and how long removing may take. */
enum { SLICE_MS = 200, REMOVE_MS = 60000 };

/* ---- Records ---- */

struct listener {
	struct heir_unpacked *unpacked;
	const char *name; /* of the archive, for messages */
	struct heir_arena *arena;
	const struct heir_trace *trace;
	char text[2048]; /* bytes of records that are not consumed yet */
	size_t len;
};

static int ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)((now.tv_sec - start->tv_sec) * 1000 +
		     (now.tv_nsec - start->tv_nsec) / 1000000);
}

/* Reads more records. Returns 1, 0 at the end, or -errno. */
static int read_more(struct listener *l, const struct timespec *start, int ms)
{
	struct pollfd fd = {.fd = l->unpacked->records, .events = POLLIN};
	ssize_t n;
	int r;

	if (l->len == sizeof(l->text))
		return -EBADMSG;
	do {
		heir_trace_wait(l->trace, "unpacking %s", l->name);
		if (ms_since(start) > ms)
			return -ETIMEDOUT;
		r = poll(&fd, 1, SLICE_MS);
	} while (r == 0 || (r < 0 && errno == EINTR));
	if (r < 0)
		return -errno;
	n = read(fd.fd, l->text + l->len, sizeof(l->text) - l->len);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	l->len += (size_t)n;
	return 1;
}

/* Gets the next record, in the arena. Returns 0, -EPIPE if there is none, or -errno. */
static int next_record(struct listener *l, const struct timespec *start, int ms, const char **ret)
{
	char *end;
	size_t len;

	while (!(end = memchr(l->text, '\0', l->len))) {
		int r = read_more(l, start, ms);

		if (r <= 0)
			return r < 0 ? r : -EPIPE;
	}
	len = (size_t)(end - l->text);
	*ret = heir_arena_strndup(l->arena, l->text, len);
	l->len -= len + 1;
	memmove(l->text, end + 1, l->len);
	return *ret ? 0 : -ENOMEM;
}

/* Splits "REASON\nMEMBER"; returns the member. */
static const char *split_record(char *text)
{
	char *newline = strchr(text, '\n');

	if (!newline)
		return "";
	*newline = '\0';
	return newline + 1;
}

/* Formats a failure: archive, member, reason. */
static int format_failure(const struct listener *l, char *text, const char **ret_error)
{
	const char *member = split_record(text);

	*ret_error = member[0] ? heir_arena_message(
					 l->arena, "%s: member \"%s\": %s", l->name, member, text)
			       : heir_arena_message(l->arena, "%s: %s", l->name, text);
	return *ret_error ? -EBADMSG : -ENOMEM;
}

/* Reads records until everything is unpacked or a command is carried out. */
static int receive_until_done(struct listener *l, int ms, const char **ret_error)
{
	struct timespec start;
	const char *record;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((r = next_record(l, &start, ms, &record)) == 0) {
		char *text = heir_arena_strndup(
			l->arena, record[0] ? record + 1 : "", record[0] ? strlen(record) - 1 : 0);
		const char *member;

		if (!text)
			return -ENOMEM;
		switch (record[0]) {
		case 'D':
			l->unpacked->dir = text;
			break;
		case 'S':
			member = split_record(text);
			heir_trace_report(l->trace, 0, HEIR_TRACE_objects,
				heir_arena_printf(l->arena, "%s: %s", l->name, member), "skipped",
				"%s", text);
			break;
		case 'K':
			return 0;
		case 'E':
			return format_failure(l, text, ret_error);
		default:
			break;
		}
	}
	return r;
}

/* ---- The program ---- */

static int start_unpacker(
	struct heir_unpacked *unpacked, int program, const char *tmp, int fd, bool objects)
{
	const char *const args[] = {
		"heir-unpack", tmp, objects ? HEIR_UNPACK_OBJECTS : HEIR_UNPACK_ALL, NULL};
	_cleanup_(heir_fd_close) int in = -1, out = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	unpacked->control = ends[1];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	unpacked->records = ends[0];
	out = ends[1];
	return heir_probe_start(program, args, in, out, fd, &unpacked->pid);
}

int heir_unpack(const char *program, const char *tmp, const char *name, int fd, bool objects,
	struct heir_arena *arena, const struct heir_trace *trace, struct heir_unpacked *ret,
	const char **ret_error)
{
	struct heir_unpacked unpacked = HEIR_UNPACKED_NULL;
	struct listener l = {
		.unpacked = &unpacked, .name = name, .arena = arena, .trace = trace, .len = 0};
	_cleanup_(heir_fd_close) int to_run = -1;
	int r;

	*ret_error = NULL;
	to_run = program[0] == '/' ? heir_probe_open_own(program, NULL) : -EINVAL;
	if (to_run < 0) {
		*ret_error =
			heir_arena_printf(arena, "%s: %s", program, heir_probe_own_error(to_run));
		return *ret_error ? to_run : -ENOMEM;
	}
	r = start_unpacker(&unpacked, to_run, tmp, fd, objects);
	if (r == 0)
		r = receive_until_done(&l, HEIR_UNPACK_MS + 10000, ret_error);
	if (r == 0) {
		*ret = unpacked;
		return 0;
	}
	heir_unpack_close(&unpacked);
	if (!*ret_error && r != -ENOMEM)
		*ret_error = heir_arena_printf(arena, "%s: %s", name,
			r == -EPIPE ? "heir-unpack ended without an answer" : heir_file_error(r));
	return *ret_error ? r : -ENOMEM;
}

int heir_unpack_links(struct heir_unpacked *unpacked, const char *name, struct heir_arena *arena,
	const struct heir_trace *trace)
{
	struct listener l = {
		.unpacked = unpacked, .name = name, .arena = arena, .trace = trace, .len = 0};
	static const char command = HEIR_UNPACK_LINKS;
	const char *error = NULL;
	ssize_t n = write(unpacked->control, &command, 1);

	return n == 1 ? receive_until_done(&l, HEIR_UNPACK_MS, &error) : -errno;
}

void heir_unpack_close(struct heir_unpacked *unpacked)
{
	struct pollfd fd = {.fd = unpacked->records, .events = POLLIN};
	struct timespec start;
	char rest[512];

	heir_fd_close(&unpacked->control);
	clock_gettime(CLOCK_MONOTONIC, &start);
	/* It closes its end after removing everything. */
	while (unpacked->records >= 0 && unpacked->pid > 0 && ms_since(&start) < REMOVE_MS)
		if (poll(&fd, 1, SLICE_MS) > 0 && read(fd.fd, rest, sizeof(rest)) <= 0)
			break;
	heir_fd_close(&unpacked->records);
	while (unpacked->pid > 0 && waitpid(unpacked->pid, NULL, WNOHANG) == 0 &&
		ms_since(&start) < REMOVE_MS)
		poll(NULL, 0, 1);
	unpacked->pid = -1;
}
