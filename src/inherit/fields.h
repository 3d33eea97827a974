/* SPDX-License-Identifier: Apache-2.0 */
/* Which handler lends which field (section 4.1 and 4.2 of the design). */
#ifndef HEIR_INHERIT_FIELDS_H
#define HEIR_INHERIT_FIELDS_H

#include "inherit/resolve.h"

/* Decides the identity fields and what inherit_fields asks for, of a handler whose parent has been
 * decided. Drops it where that cannot be told. 0 or -ENOMEM. */
int heir_fields_decide(struct heir_resolution *res, struct heir_result *result);

/* The nearest on the way up that has a field which is not identity; the handler itself unless
 * inherit_fields asks for it. 0 or -ENOMEM. */
int heir_field_holder(const struct heir_resolution *res, const struct heir_result *result,
	enum heir_field field, const struct heir_result **ret);

#endif
