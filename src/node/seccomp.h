/* SPDX-License-Identifier: Apache-2.0 */
/* Checks seccomp profiles as CRI-O does when it starts. */
#ifndef HEIR_NODE_SECCOMP_H
#define HEIR_NODE_SECCOMP_H

#include "base/arena.h"
#include "base/root.h"

/* Checks whether the profile decodes: a JSON object with the members of containers/common's
 * seccomp.Seccomp, or null. Names of actions and unknown members are not checked. *ret_problem
 * says why not, NULL if it does. Mirrors the decoding in CRI-O's seccomp.LoadProfile. Returns 0,
 * -ENOMEM, or -errno of reading the file. */
int heir_seccomp_load(struct heir_root *root, const char *path, struct heir_arena *arena,
	const char **ret_problem);

#endif
