/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a whole file, bounded, without ever waiting for a FIFO or a device. */
#ifndef HEIR_BASE_FILE_H
#define HEIR_BASE_FILE_H

#include <dirent.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/root.h"
#include "base/str.h"

/* A configuration file may not be larger: it is told, and not read. */
#define HEIR_FILE_MAX ((size_t)16 << 20)

/* NUL bytes that stand behind every text, and do not count. */
enum { HEIR_TEXT_PADDING = 16 };

/* For _cleanup_: close what is open, and leave -1 or NULL. */
void heir_fd_close(int *fd);
void heir_dir_close(DIR **dir);

/* Reads `path` of the node into `arena`; the text is terminated by HEIR_TEXT_PADDING.
 * /dev/null reads as an empty file, as it does for CRI-O. 0, or: -EFBIG more than HEIR_FILE_MAX
 * bytes; -EISDIR a directory; -ENXIO a FIFO, a socket or a device; else -errno of open or read. */
int heir_file_read(
	struct heir_root *root, const char *path, struct heir_arena *arena, struct heir_str *ret);

/* The same for a name that the listing of the open directory `dir` calls a regular file: it is
 * opened at once and without a walk from the root, where the other asks first, because opening a
 * device may do something. -ELOOP if it is a link by now. */
int heir_file_read_at(int dir, const char *name, struct heir_arena *arena, struct heir_str *ret);

/* The same for a descriptor that the caller opened with O_NONBLOCK and keeps, and of at most `most`
 * bytes. A pipe is read to its end: for standard input. */
int heir_file_read_fd(int fd, size_t max, struct heir_arena *arena, struct heir_str *ret);

/* Adds all that can be read, but stops soon after there are more than `most` bytes in the buffer.
 * 0, -ENOMEM or -errno. */
int heir_file_read_buf(int fd, size_t max, struct heir_buf *buf);

/* Opens a file of the user's for the two above, of whatever kind. A FIFO is waited for, but not for
 * ever: what came of it until it was sure that somebody writes is added to the buffer, and goes
 * before what is read. A descriptor, -EPIPE when nobody has opened it for writing within two
 * seconds, -ENOMEM, or -errno. */
int heir_file_open_named(const char *path, struct heir_buf *buf);

/* A copy that is terminated in the same way. 0 or -ENOMEM. */
int heir_text_copy(struct heir_str text, struct heir_arena *arena, struct heir_str *ret);

/* The errno in the words of the C library; never NULL. Safe with threads, as strerror() is not. */
const char *heir_strerror(int error);
/* The errno in words, lower case; never NULL. The codes above get their own words. */
const char *heir_file_error(int error);

#endif
