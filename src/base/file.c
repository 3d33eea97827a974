/* SPDX-License-Identifier: Apache-2.0 */
/* Before a file is opened its type is checked, and again on the descriptor: opening a FIFO would
 * block, opening a device can have side effects. Files of known size are read straight into the
 * arena, others (pipes, /proc) through a buffer that grows. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

/* Returns 0 if the file can be read, 1 for /dev/null, else -errno. */
static int check_readable(const struct stat *st, size_t max)
{
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		return 1;
	if (!S_ISREG(st->st_mode))
		return -ENXIO;
	return st->st_size > (off_t)max ? -EFBIG : 0;
}

void heir_fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void heir_dir_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
	*dir = NULL;
}

/* If the size is known, the file is read directly into the arena. */
static int read_sized(int fd, size_t size, struct heir_arena *arena, struct heir_str *ret)
{
	char *text = heir_arena_bytes(arena, size + HEIR_TEXT_PADDING);
	size_t len = 0;

	if (!text)
		return -ENOMEM;
	while (len < size) {
		ssize_t n = read(fd, text + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) /* the file has shrunk since */
			break;
		len += (size_t)n;
	}
	memset(text + len, 0, size - len + HEIR_TEXT_PADDING);
	*ret = (struct heir_str){text, len};
	return 0;
}

int heir_file_read_buf(int fd, size_t max, struct heir_buf *buf)
{
	char chunk[CHUNK];

	while (buf->len <= max && !buf->failed) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		heir_buf_add(buf, chunk, (size_t)n);
	}
	return heir_buf_error(buf);
}

/* For pipes, and for files in /proc whose size is 0. */
static int read_growing(int fd, size_t max, struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	int r = heir_file_read_buf(fd, max, &buf);

	if (r < 0)
		return r;
	return buf.len > max ? -EFBIG : heir_text_copy(heir_buf_str(&buf), arena, ret);
}

/* Reads an open file that was checked to be safe to read. */
static int read_open(
	int fd, const struct stat *st, size_t max, struct heir_arena *arena, struct heir_str *ret)
{
	int r = check_readable(st, max);

	*ret = HEIR_STR("");
	if (r != 0)
		return r < 0 ? r : 0;
	return st->st_size > 0 ? read_sized(fd, (size_t)st->st_size, arena, ret)
			       : read_growing(fd, max, arena, ret);
}

/* Closes the descriptor in any case. A negative one is an error that is returned. */
static int read_and_close(int opened, struct heir_arena *arena, struct heir_str *ret)
{
	_cleanup_(heir_fd_close) int fd = opened;
	struct stat st;

	if (fd < 0)
		return fd;
	return fstat(fd, &st) < 0 ? -errno : read_open(fd, &st, HEIR_FILE_MAX, arena, ret);
}

int heir_file_read(
	struct heir_root *root, const char *path, struct heir_arena *arena, struct heir_str *ret)
{
	const struct heir_overlay_file *overlaid = heir_root_overlaid(root, path);
	struct stat st;
	int r = heir_root_stat(root, path, &st);

	*ret = overlaid ? overlaid->text : HEIR_STR("");
	if (overlaid)
		return 0;
	if (r == 0)
		r = check_readable(&st, HEIR_FILE_MAX);
	if (r != 0)
		return r < 0 ? r : 0;
	return read_and_close(
		heir_root_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY), arena, ret);
}

int heir_file_read_at(int dir, const char *name, struct heir_arena *arena, struct heir_str *ret)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return read_and_close(fd < 0 ? -errno : fd, arena, ret);
}

int heir_file_read_fd(int fd, size_t max, struct heir_arena *arena, struct heir_str *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? read_open(fd, &st, max, arena, ret)
							  : read_growing(fd, max, arena, ret);
}

/* Waits until a process has opened the other end. Only read() can distinguish "no writer yet" from
 * "nothing written yet", and it may return data, which is kept. */
static int wait_for_writer(int fd, struct heir_buf *buf)
{
	enum { STEP_MS = 20, STEPS = 100 };
	struct pollfd end = {.fd = fd, .events = POLLIN};
	char chunk[1024];

	for (int i = 0; i < STEPS; i++) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n > 0)
			heir_buf_add(buf, chunk, (size_t)n);
		if (n > 0 || (n < 0 && errno == EAGAIN))
			return heir_buf_error(buf);
		if (n < 0 && errno != EINTR)
			return -errno;
		/* A writer opened the FIFO, wrote nothing and closed it. */
		if (poll(&end, 1, STEP_MS) == 1 && end.revents == POLLHUP)
			return 0;
	}
	return -EPIPE;
}

int heir_file_open_named(const char *path, struct heir_buf *buf)
{
	_cleanup_(heir_fd_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r = 0, opened;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISFIFO(st.st_mode))
		r = wait_for_writer(fd, buf);
	if (r == 0 && fcntl(fd, F_SETFL, 0) < 0)
		r = -errno;
	if (r < 0)
		return r;
	opened = fd;
	fd = -1;
	return opened;
}

int heir_text_copy(struct heir_str text, struct heir_arena *arena, struct heir_str *ret)
{
	char *copy = heir_arena_bytes(arena, text.len + HEIR_TEXT_PADDING);

	if (!copy)
		return -ENOMEM;
	if (text.len > 0)
		memcpy(copy, text.p, text.len);
	memset(copy + text.len, 0, HEIR_TEXT_PADDING);
	*ret = (struct heir_str){copy, text.len};
	return 0;
}

const char *heir_strerror(int error)
{
	const char *words;

#ifdef __GLIBC__
	words = strerrordesc_np(error < 0 ? -error : error);
#else
	/* musl's strerror() is a table too, and thread-safe. */
	words = strerror(error < 0 ? -error : error);
#endif
	return words ? words : "unknown error";
}

const char *heir_file_error(int error)
{
	switch (error < 0 ? -error : error) {
	case EFBIG:
		return "larger than 16 MiB, the most that heir reads of one file";
	case ENXIO:
		return "neither a file nor a directory (a FIFO, socket or device): CRI-O would "
		       "wait for it";
	case EPIPE:
		return "a FIFO without a writer";
	case EISDIR:
		return "is a directory";
	case ENOTDIR:
		return "not a directory";
	case ENAMETOOLONG:
		return "path too long";
	case ELOOP:
		return "too many symbolic links, or a loop of them";
	case ENOENT:
		return "no such file or directory";
	case EACCES:
		return "permission denied";
	case ENOMEM:
		return "out of memory";
	case ECHILD:
		return "the caller reaps all of its children, so the exit status is lost";
	}
	return heir_strerror(error);
}
