/* SPDX-License-Identifier: Apache-2.0 */
/* Writes files that the caller names: reports, rendered drop-ins, metrics. */
#ifndef HEIR_BASE_OUTPUT_H
#define HEIR_BASE_OUTPUT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"

struct heir_output_how {
	const char *config_dir; /* a directory of drop-ins (only its last name matters), or NULL */
	mode_t mode;            /* for a new file */
	bool is_public;         /* an existing file gets `mode` as well, and `mask` is ignored */
	mode_t mask;            /* if not public, the mode is reduced to these bits */
};

/* Writes a file of this machine completely or not at all. A relative path starts at the working
 * directory. A device or pipe is written to directly. The temporary is never created in or below a
 * directory of drop-ins, that is one called crio.conf.d or like the last name of `config_dir`,
 * because CRI-O reads every name there. All signals of the thread are blocked while the temporary
 * exists, so only SIGKILL or a crash can leave one.
 *
 * Returns 0, or -errno with the reason in *ret_words: -ELOOP if the path is another user's link;
 * -EPERM if another user can change where the path leads (heir_way_end()), or owns a file of that
 * name in a directory that several users may write. */
int heir_output_write(const char *path, const struct heir_output_how *how, struct heir_str text,
	const char **ret_words);

#endif
