/* SPDX-License-Identifier: Apache-2.0 */
/* What is said below a table or a drawing that marks handlers as pending. */
#ifndef HEIR_REPORT_PENDING_H
#define HEIR_REPORT_PENDING_H

#include "inherit/pending.h"
#include "report/out.h"

/* The mark, where a column or a line is too narrow for the word. */
#define HEIR_PENDING_MARK "*"
/* One line; `before` is what stands at its beginning. Nothing where `n`, the number of handlers
 * that are pending, is 0. */
void heir_pending_footer(struct heir_out *out, uint32_t n, const char *before);

#endif
