/* SPDX-License-Identifier: Apache-2.0 */
/* The start verdict: whether CRI-O would start, and every reason why not. First handlers are
 * resolved, then other values are checked by a table (rows.h), then the monitors of the remaining
 * handlers. Mirrors Config.Validate(true) and the checks of main() and server.New() before CRI-O
 * serves. */
#ifndef HEIR_START_START_H
#define HEIR_START_START_H

#include "inherit/resolve.h"
#include "inherit/stock.h"

/* Adds every reason that is not about handlers to the `stops` of heir_resolve_config(). What could
 * only be determined by running a program is assumed to be fine. Returns 0, -ENOMEM, or -errno of
 * a file that could not be read. */
int heir_start_judge(struct heir_resolution *res, const struct heir_config *config);

/* Resolves handlers and checks the rest. Release `res` in any case. */
int heir_start_resolve(struct heir_resolution *res, const struct heir_config *config,
	const struct heir_assume *assume);

/* Decodes the documents of `config` again as an unmodified CRI-O would, and resolves them like
 * that. Release it in any case, before `config`. */
int heir_start_stock(struct heir_stock *stock, const struct heir_config *config,
	const struct heir_assume *assume);

#endif
