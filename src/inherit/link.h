/* SPDX-License-Identifier: Apache-2.0 */
/* Who is whose parent, and by which rule (section 4.1 of the design). */
#ifndef HEIR_INHERIT_LINK_H
#define HEIR_INHERIT_LINK_H

#include "inherit/rulings.h"

/* Finds the parent of every handler. Those whose parent cannot be told are dropped and `lost`. 0 or
 * -ENOMEM. */
int heir_link(struct heir_resolution *res);

/* Whether implicit inheritance concerns the handler: no vendor layer defines it, it is not the
 * default, and it does not bear the name of an OCI runtime. */
bool heir_is_new(const struct heir_resolution *res, const struct heir_result *result);

/* Whether the handler, which no key gives a parent, inherits implicitly: the ruling's reason is
 * OF_DEFAULT, or else why it does not. 0 or -ENOMEM. */
int heir_link_implicit(const struct heir_resolution *res, const struct heir_result *result,
	struct heir_ruling *ret);

#endif
