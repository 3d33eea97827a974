/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as compilers print them: the place, the words, the source line with a caret. */
#ifndef HEIR_REPORT_DIAGNOSTICS_H
#define HEIR_REPORT_DIAGNOSTICS_H

#include "report/out.h"
#include "report/view.h"

/* Those of one of the severities ("FDE"; NULL: all), in order of file and place. 0 or -ENOMEM. */
int heir_print_diagnostics(
	const struct heir_view *view, const char *severities, struct heir_out *out);

/* Sorts by source and place, what has no place last. */
void heir_sort_diagnostics(struct heir_core *core);

/* The message of a diagnostic with its handler: 'handler "x" is dropped: REASON'. 0 or -ENOMEM. */
int heir_diagnostic_words(const struct heir_diag *diag, struct heir_buf *buf);

#endif
