/* SPDX-License-Identifier: Apache-2.0 */
/* Reads whole files: bounded in size, and never blocking on a FIFO or device. */
#ifndef HEIR_BASE_FILE_H
#define HEIR_BASE_FILE_H

#include <dirent.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/root.h"
#include "base/str.h"

/* The limit for a configuration file. A larger one is an error. */
#define HEIR_FILE_MAX ((size_t)16 << 20)

/* Every text is followed by this many NUL bytes, which are not part of its length. Parsers can
 * look ahead without checking for the end. */
enum { HEIR_TEXT_PADDING = 16 };

/* For _cleanup_: closes an open descriptor or file, and sets it to -1 or NULL. */
void heir_fd_close(int *fd);
void heir_dir_close(DIR **dir);

/* Reads `path` of the node into `arena`, followed by HEIR_TEXT_PADDING. /dev/null reads as an
 * empty file, as it does in CRI-O. Returns 0; -EFBIG if the file has more than HEIR_FILE_MAX
 * bytes; -EISDIR for a directory; -ENXIO for a FIFO, socket or device; else -errno of open() or
 * read(). */
int heir_file_read(
	struct heir_root *root, const char *path, struct heir_arena *arena, struct heir_str *ret);

/* The same for a name that a listing of the open directory `dir` reports as a regular file. It
 * opens the name at once and does not walk from the root; heir_file_read() checks the type first,
 * because opening a device can have side effects. Returns -ELOOP if the name is a link by now. */
int heir_file_read_at(int dir, const char *name, struct heir_arena *arena, struct heir_str *ret);

/* The same for a descriptor opened with O_NONBLOCK, which stays open, and at most `max` bytes. A
 * pipe, such as standard input, is read until its end. */
int heir_file_read_fd(int fd, size_t max, struct heir_arena *arena, struct heir_str *ret);

/* Appends what can be read, and stops soon after the buffer has more than `max` bytes. Returns 0,
 * -ENOMEM or -errno. */
int heir_file_read_buf(int fd, size_t max, struct heir_buf *buf);

/* Opens a file of any type that the user named, for the two functions above. Waits at most 2 s for
 * a writer of a FIFO; what it read while waiting is in the buffer and precedes the rest. Returns a
 * descriptor; -EPIPE if no process opened the FIFO for writing; -ENOMEM; -errno. */
int heir_file_open_named(const char *path, struct heir_buf *buf);

/* Copies a text into the arena, with padding. Returns 0 or -ENOMEM. */
int heir_text_copy(struct heir_str text, struct heir_arena *arena, struct heir_str *ret);

/* Describes an errno as the C library does; never NULL. Unlike strerror(), it is thread-safe. */
const char *heir_strerror(int error);
/* Describes an errno in lower case; never NULL. The codes of heir_file_read() get their own
 * wording. */
const char *heir_file_error(int error);

#endif
