/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes the source of a file in an Ignition config: a data URL as the MCO's reader
 * (vincent-petithory/dataurl) accepts it. */
#ifndef HEIR_KUBE_DATAURL_H
#define HEIR_KUBE_DATAURL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Decodes a URL into the arena, with padding. Returns 0; -EINVAL with the reason in *ret_what;
 * -ENOMEM. */
int heir_dataurl_decode(
	struct heir_str url, struct heir_arena *arena, struct heir_str *ret, const char **ret_what);

#endif
