/* SPDX-License-Identifier: Apache-2.0 */
/* Parents before children, and no cycles. */
#ifndef HEIR_INHERIT_ORDER_H
#define HEIR_INHERIT_ORDER_H

#include "inherit/resolve.h"

/* Fills res->order, and drops every member of a cycle. Linear in the number of handlers. 0 or
 * -ENOMEM. */
int heir_order(struct heir_resolution *res);

/* The parent that comes before a result; NULL also for the default that inherits from itself by
 * CRI-O's own rule, which means nothing. */
struct heir_result *heir_result_base(const struct heir_result *result);

#endif
