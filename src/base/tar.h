/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a tar archive. Members belong to root and have no time, so equal members make equal
 * archives. Longer names use GNU tar's extension. Absolute paths become relative. */
#ifndef HEIR_BASE_TAR_H
#define HEIR_BASE_TAR_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"

void heir_tar_file(struct heir_buf *buf, const char *path, mode_t mode, struct heir_str text);
/* Adds a file of that size without data, as a sparse member, which costs one header. */
void heir_tar_hole(struct heir_buf *buf, const char *path, mode_t mode, uint64_t size);
void heir_tar_dir(struct heir_buf *buf, const char *path);
void heir_tar_link(struct heir_buf *buf, const char *path, const char *target);
void heir_tar_end(struct heir_buf *buf);

#endif
