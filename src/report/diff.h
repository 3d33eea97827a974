/* SPDX-License-Identifier: Apache-2.0 */
/* The printers of `heir diff`. */
#ifndef HEIR_REPORT_DIFF_H
#define HEIR_REPORT_DIFF_H

#include "model/diff.h"
#include "report/out.h"

/* Like `diff -u`: two lines on what is compared, then each handler with its fields, then a count. 0
 * or -ENOMEM. */
int heir_diff_text(const struct heir_diff *diff, struct heir_out *out);
/* For a comment on a pull request: tables, folded details, the graph as Mermaid. 0 or -ENOMEM. */
int heir_diff_markdown(const struct heir_diff *diff, struct heir_out *out);
/* heir.diff/1 */
int heir_diff_json(const struct heir_diff *diff, struct heir_out *out);

#endif
