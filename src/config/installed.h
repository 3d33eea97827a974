/* SPDX-License-Identifier: Apache-2.0 */
/* The release of the CRI-O that is installed on this machine. */
#ifndef HEIR_CONFIG_INSTALLED_H
#define HEIR_CONFIG_INSTALLED_H

#include "base/arena.h"
#include "base/trace.h"
#include "config/release.h"

/* What `crio --version` says, with the crio of the directories `dirs` ("/usr/bin:/bin"). `cache`:
 * the directory for answers (node/cache.h), or NULL. 0; or
 * -errno, and then *ret_error says why, in the arena, or is NULL without memory: -ENOENT there is
 * none; -EPERM others than root may write it; -ETIMEDOUT, -EFBIG; -EBADMSG it says nothing of the
 * kind; -ENOTSUP it is a release that heir does not know. */
int heir_installed_version(const char *dirs, const char *cache, struct heir_arena *arena,
	const struct heir_trace *trace, struct heir_version *ret, const char **ret_error);

/* The version in what it prints: of a line "crio version 1.34.2", without what a distribution puts
 * behind ("1.31.4-3.rhaos4.18"). *ret_text is as it stands there. False: there is none. */
bool heir_installed_parse(
	struct heir_str output, struct heir_version *ret, struct heir_str *ret_text);

#endif
