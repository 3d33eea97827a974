/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of metrics for Prometheus. */
#ifndef HEIR_REPORT_LABEL_H
#define HEIR_REPORT_LABEL_H

#include "base/buf.h"

/* Adds NAME="VALUE", behind a comma where the buffer is not empty. The format takes all of UTF-8;
 * but people read the file as well, so what a terminal would obey is shown, as anywhere. No two
 * values look alike: two samples that are the same spoil the file. */
void heir_label_add(struct heir_buf *buf, const char *name, struct heir_str value);

#endif
