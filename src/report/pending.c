/* SPDX-License-Identifier: Apache-2.0 */
#include "report/pending.h"

#include <stdio.h>

#include "report/explain_grid.h"

void heir_pending_footer(struct heir_out *out, uint32_t n, const char *before)
{
	char line[128];

	if (n == 0)
		return;
	snprintf(line, sizeof(line), "%spending: " HEIR_PENDING_WORDS " (heir apply, heir render)",
		before);
	heir_grid_wrap(out, 0, heir_str_from(line), HEIR_COLOR_NONE);
	heir_out_addz(out, "\n");
}
