/* SPDX-License-Identifier: Apache-2.0 */
/* The start verdict: whether CRI-O would start, and every reason why not. Handlers are resolved
 * first; then the other values of the configuration are judged by a table (rows.h), and the
 * monitors of the handlers that are left. Mirrors Config.Validate(true) and what main() and
 * server.New() check of the configuration before CRI-O serves. */
#ifndef HEIR_START_START_H
#define HEIR_START_START_H

#include "inherit/resolve.h"
#include "inherit/stock.h"

/* Adds every reason that is not about handlers to the `stops` of what heir_resolve_config() made.
 * What only running a program could tell is taken to be fine. 0, -ENOMEM, or the -errno of a file
 * that could not be looked at. */
int heir_start_judge(struct heir_resolution *res, const struct heir_config *config);

/* Both: resolves and judges. Release `res` in any case. */
int heir_start_resolve(struct heir_resolution *res, const struct heir_config *config,
	const struct heir_assume *assume);

/* Reads the documents of `config` once more as an unmodified CRI-O does, and resolves them like
 * that. Release in any case, before `config`. */
int heir_start_stock(struct heir_stock *stock, const struct heir_config *config,
	const struct heir_assume *assume);

#endif
