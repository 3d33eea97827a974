/* SPDX-License-Identifier: Apache-2.0 */
/* Determines the release of the CRI-O that is installed on this machine. */
#ifndef HEIR_CONFIG_INSTALLED_H
#define HEIR_CONFIG_INSTALLED_H

#include "base/arena.h"
#include "base/trace.h"
#include "config/release.h"

/* Runs `crio --version` with the crio found in the directories `dirs` ("/usr/bin:/bin"). `cache`:
 * the directory for answers (node/cache.h), or NULL. Returns 0; or -errno with the reason in
 * *ret_error (in the arena, NULL without memory): -ENOENT there is none; -EPERM users other than
 * root may write it; -ETIMEDOUT, -EFBIG; -EBADMSG there is no version in the output; -ENOTSUP heir
 * does not know the release. */
int heir_installed_version(const char *dirs, const char *cache, struct heir_arena *arena,
	const struct heir_trace *trace, struct heir_version *ret, const char **ret_error);

/* Finds the version in that output: a line "crio version 1.34.2", without a distribution's suffix
 * ("1.31.4-3.rhaos4.18"). *ret_text is the version as printed. Returns false if there is none. */
bool heir_installed_parse(
	struct heir_str output, struct heir_version *ret, struct heir_str *ret_text);

#endif
