/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the caller names: reports, rendered drop-ins, metrics. */
#ifndef HEIR_BASE_OUTPUT_H
#define HEIR_BASE_OUTPUT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"

struct heir_output_how {
	const char *config_dir; /* its last name is that of a directory of drop-ins; may be NULL */
	mode_t mode;            /* of a new file */
	bool is_public;         /* an old file gets that mode too, and `mask` does not count */
	mode_t mask;            /* of a file that is not public: no other bits */
};

/* Writes a file of this machine as a whole or not at all; a relative path starts at the working
 * directory. A device or a pipe is written into instead. The temporary is not in a directory of
 * drop-ins, that is in one called crio.conf.d or like the last name of `config_dir`,
 * nor below one: CRI-O reads every name there. A file that is not public gets no bits of the mode
 * that are not in `mask`. All signals of the thread are blocked while there is a temporary, so that
 * only SIGKILL and a crash leave one.
 *
 * 0, or -errno; then *ret_words says why: -ELOOP the path is a link of another user; -EPERM another
 * user may decide where the path leads (heir_way_end()), or has a file of that name in a directory
 * that several users may write. */
int heir_output_write(const char *path, const struct heir_output_how *how, struct heir_str text,
	const char **ret_words);

#endif
