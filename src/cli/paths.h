/* SPDX-License-Identifier: Apache-2.0 */
/* What a path is, as far as can be seen. */
#ifndef HEIR_CLI_PATHS_H
#define HEIR_CLI_PATHS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum kind {
	IS_ROOT,
	IS_CRIO_DIR,   /* what is /etc/crio on a node */
	IS_DROPIN_DIR, /* crio.conf.d */
	IS_CONF,       /* one file */
	IS_OBJECTS,
	IS_ARCHIVE,
	IS_NODES, /* a directory with roots in it */
	IS_UNKNOWN,
	IS_LOST, /* it cannot be looked at */
};

enum kind kind_of(const char *path);
enum kind kind_of_dir(const char *path);
/* The same of what an archive was unpacked into, and where it begins: below directories that are
 * the only ones. */
enum kind kind_of_unpacked(const char *dir, char ret[static PATH_MAX]);
/* Whether files of that name are read for objects. */
bool names_objects(const char *name);
/* What can be read there, without taking it from a pipe: the number of bytes. */
size_t peek(int fd, char *text, size_t size);
/* Whether a file that begins so is a configuration of CRI-O's. */
bool is_conf_text(const char *text);
/* Whether a file that begins so is an archive, or compressed. */
bool is_archive_text(const char *text, size_t len);
/* Says what a path is that no command reads. An exit_code. */
int refuse_path(const char *path, enum kind kind);

#endif
