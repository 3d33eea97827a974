/* SPDX-License-Identifier: Apache-2.0 */
/* What the source of a file in an Ignition config holds: a data URL, as the MCO's reader
 * (vincent-petithory/dataurl) takes it, and compressed or not. */
#ifndef HEIR_KUBE_DATAURL_H
#define HEIR_KUBE_DATAURL_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Decodes a URL into the arena, likewise terminated. 0; -EINVAL, and
 * *ret_what says what is wrong with it; -ENOMEM. */
int heir_dataurl_decode(
	struct heir_str url, struct heir_arena *arena, struct heir_str *ret, const char **ret_what);

#endif
