/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a tar archive: members belong to root and have no time, so that equal members make equal
 * archives. Names longer than a header takes stand before it as GNU tar has them. Paths are
 * absolute, and relative in the archive. */
#ifndef HEIR_BASE_TAR_H
#define HEIR_BASE_TAR_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"

void heir_tar_file(struct heir_buf *buf, const char *path, mode_t mode, struct heir_str text);
/* A file of that size that is one hole: a sparse member, which takes a header in the archive. */
void heir_tar_hole(struct heir_buf *buf, const char *path, mode_t mode, uint64_t size);
void heir_tar_dir(struct heir_buf *buf, const char *path);
void heir_tar_link(struct heir_buf *buf, const char *path, const char *target);
void heir_tar_end(struct heir_buf *buf);

#endif
