/* SPDX-License-Identifier: Apache-2.0 */
/* Seccomp profiles, as far as CRI-O looks at them when it starts. */
#ifndef HEIR_NODE_SECCOMP_H
#define HEIR_NODE_SECCOMP_H

#include "base/arena.h"
#include "base/root.h"

/* Whether the profile decodes: a JSON object with the members of containers/common's
 * seccomp.Seccomp, or null; names of actions and other members are not looked at. *ret_trouble: why
 * not, in words; NULL: it does. Mirrors the decoding of CRI-O's seccomp.LoadProfile. 0, -ENOMEM, or
 * the -errno of a file that cannot be read. */
int heir_seccomp_load(struct heir_root *root, const char *path, struct heir_arena *arena,
	const char **ret_problem);

#endif
