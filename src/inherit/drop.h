/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping a handler, with the reason. For the files of this layer. */
#ifndef HEIR_INHERIT_DROP_H
#define HEIR_INHERIT_DROP_H

#include "inherit/resolve.h"

/* Drops `result` unless it is dropped already. The text is the reason alone ("/usr/bin/x does not
 * exist"); printers name the handler. NULL when memory runs out. */
struct heir_diag *heir_drop(struct heir_resolution *res, struct heir_result *result,
	enum heir_rule rule, struct heir_place where, const char *fmt, ...) _printf_(5, 6);

/* The place of a field's value in the handler's own table; of the table's header where it has none.
 */
struct heir_place heir_field_place(
	const struct heir_resolution *res, const struct heir_result *result, enum heir_field field);

/* Where its parent is named; the name of its table where nothing names it. */
struct heir_place heir_via_place(
	const struct heir_resolution *res, const struct heir_result *result);

#endif
