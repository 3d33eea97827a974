/* SPDX-License-Identifier: Apache-2.0 */
/* CRI-O's own judgement on a handler, once inheritance is decided. */
#ifndef HEIR_INHERIT_VALIDATE_H
#define HEIR_INHERIT_VALIDATE_H

#include "inherit/resolve.h"

/* Drops the handler where CRI-O would, for the reason that CRI-O comes to first. Its parent was
 * judged before. Forgets values. Mirrors
 * RuntimeHandler.Validate. 0 or -ENOMEM. */
int heir_validate(struct heir_resolution *res, struct heir_result *result);

#endif
