/* SPDX-License-Identifier: Apache-2.0 */
/* Edits of a file as a unified diff, which patch(1) and git apply take. */
#ifndef HEIR_REPORT_UDIFF_H
#define HEIR_REPORT_UDIFF_H

#include "base/edit.h"
#include "report/out.h"

/* Of the node's file `path`, as "a/etc/..." and "b/etc/...", with three lines of context. The lines
 * are printed byte for byte; the path is quoted as git does it where it must be. Nothing for no
 * edits. 0 or -ENOMEM. */
int heir_udiff(struct heir_out *out, const char *path, struct heir_str before,
	const struct heir_edit *edits, uint32_t n);

#endif
