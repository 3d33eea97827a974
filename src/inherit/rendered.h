/* SPDX-License-Identifier: Apache-2.0 */
/* The drop-in that `heir render` writes, as one file among the others: where the two semantics part
 * in spite of it, and why. For those who write it and for those who judge it. */
#ifndef HEIR_INHERIT_RENDERED_H
#define HEIR_INHERIT_RENDERED_H

#include "inherit/resolve.h"

/* The fields in which two answers for one handler differ, a bit for each; values count, not where
 * they come from. inherit_default_runtime is a way to values, and none itself. 0 or -ENOMEM. */
int heir_results_differ(const struct heir_resolution *a, const struct heir_result *x,
	const struct heir_resolution *b, const struct heir_result *y, uint32_t *ret);

/* Returns the runtime_root of a handler without one: CRI-O's DefaultRuntimeRoot. */
struct heir_str heir_default_root(const struct heir_config *config);
/* Replaces a value of "" by what CRI-O uses instead. */
void heir_value_fill_in(
	const struct heir_config *config, enum heir_field field, struct heir_value *value);

/* The same of what CRI-O does: a value that it fills in differs from none only if it is another. */
int heir_results_act_differently(const struct heir_resolution *a, const struct heir_result *x,
	const struct heir_resolution *b, const struct heir_result *y, uint32_t *ret);

/* Can the handlers of a resolution be asked for? Also where only the default is at fault. */
bool heir_resolution_is_usable(const struct heir_resolution *res);

/* The drop-in's path; it belongs to the core's arena. NULL: no memory. */
const char *heir_rendered_path(const struct heir_config *config);

/* Each adds its diagnostics to `diags`. 0 or -ENOMEM.
 *
 * rendered-not-last: what another file writes, in CRI-O's order, over something rendered. */
int heir_report_later(const struct heir_config *stock, struct heir_diags *diags);
/* rendered-foreign: a file of the drop-in's path that heir did not write as it is.
 * rendered-elsewhere: a file of another path with the drop-in's first line. */
int heir_report_foreign(const struct heir_config *config, struct heir_diags *diags);
/* render-cannot-say: handlers that CRI-O keeps, from other files, and that heir drops or knows by
 * another name. */
int heir_report_kept(const struct heir_resolution *stock, const struct heir_resolution *res,
	struct heir_diags *diags);

#endif
