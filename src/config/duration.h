/* SPDX-License-Identifier: Apache-2.0 */
/* Go's notations for durations and sizes. */
#ifndef HEIR_CONFIG_DURATION_H
#define HEIR_CONFIG_DURATION_H

#include <stdbool.h>

#include "base/str.h"

/* Returns whether Go's time.ParseDuration accepts it: "300ms", "-1.5h", "2h45m", "0". */
bool heir_duration_is_valid(struct heir_str s);

/* Returns whether go-units' RAMInBytes accepts it: "12MiB", "1.5 g", "100", "1e3". */
bool heir_size_is_valid(struct heir_str s);
/* Converts it to whole bytes. Returns false if it is not valid. */
bool heir_size_read(struct heir_str s, double *ret);

#endif
