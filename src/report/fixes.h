/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir check --fix` would do, or has done. */
#ifndef HEIR_REPORT_FIXES_H
#define HEIR_REPORT_FIXES_H

#include "check/fixer.h"
#include "report/out.h"
#include "model/view.h"

/* A unified diff of all files that change. 0 or -ENOMEM. */
int heir_print_patch(const struct heir_fixes *fixes, struct heir_out *out);

/* A line for each fix that has been written, and for each that is left out, in order of the
 * findings: "50-gpu.conf:3:1: fixed: ...". 0 or -ENOMEM. */
int heir_print_fixes(
	const struct heir_view *view, const struct heir_fixes *fixes, struct heir_out *out);

#endif
