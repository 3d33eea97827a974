/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as compilers print them: the place, the words, the source line with a caret. */
#ifndef HEIR_REPORT_DIAGNOSTICS_H
#define HEIR_REPORT_DIAGNOSTICS_H

#include "report/out.h"
#include "model/finding.h"

/* Those of one of the severities ("FDE"; NULL: all), in order of file and place. 0 or -ENOMEM. */
int heir_print_diagnostics(
	const struct heir_view *view, const char *severities, struct heir_out *out);

/* "50-gpu.conf:3:11: ". 0 or -ENOMEM. */
int heir_print_place(const struct heir_view *view, struct heir_place place, struct heir_out *out);

/* The line of a place, or what is around it where the line is long. */
struct heir_excerpt {
	struct heir_str before, marked, after;
};

/* `line` is that of the place, which is in a file. */
void heir_excerpt_of(const struct heir_view *view, struct heir_place place, uint32_t line,
	struct heir_excerpt *ret);

#endif
