/* SPDX-License-Identifier: Apache-2.0 */
/* `heir explain KEY`: a key of crio.conf, its value, and every place that set it. */
#ifndef HEIR_REPORT_EXPLAIN_KEY_H
#define HEIR_REPORT_EXPLAIN_KEY_H

#include "model/key_lineage.h"
#include "report/out.h"

/* TEXT or JSON (heir.key/1). 0 or -ENOMEM. */
int heir_explain_key(
	const struct heir_view *view, const struct heir_key_found *found, struct heir_out *out);
int heir_explain_key_json(const struct heir_key_lineage *lineage, struct heir_out *out);

#endif
