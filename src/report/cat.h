/* SPDX-License-Identifier: Apache-2.0 */
/* The files that count, in load order: `heir cat`. */
#ifndef HEIR_REPORT_CAT_H
#define HEIR_REPORT_CAT_H

#include "report/out.h"
#include "model/view.h"

/* As text, each under "# /path", which is valid configuration itself as long as the files are; or
 * heir.cat/1. 0 or -ENOMEM. */
int heir_cat(const struct heir_view *view, struct heir_out *out);

#endif
