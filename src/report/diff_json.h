/* SPDX-License-Identifier: Apache-2.0 */
/* The part of heir.diff/1 that heir.upgrade/1 has too. */
#ifndef HEIR_REPORT_DIFF_JSON_H
#define HEIR_REPORT_DIFF_JSON_H

#include "report/diff.h"
#include "report/json.h"

/* Those of `fields`, a bit each, by name: the field of heir.show/1 on the left ("old") and on the
 * right ("new"). NULL: out of memory. */
json_t *heir_diff_fields_json(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	uint32_t fields, struct heir_out *out);

#endif
