/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says of a handler that is bound late: the runtime that its new containers get now,
 * whatever its runtime_path is. */
#ifndef HEIR_MODEL_LATE_H
#define HEIR_MODEL_LATE_H

#include "inherit/late.h"
#include "model/view.h"

struct heir_seen_late {
	struct heir_late late;
	const struct heir_view *view;
};

/* Reads what is in force on the view's node. 0 or -ENOMEM. */
int heir_seen_late_read(struct heir_seen_late *seen, const struct heir_view *view);

/* The target of a handler, NULL in *ret where it is not bound late; and "runs PATH now (late)", in
 * the view's arena, where `ret_words` is not NULL. 0 or -ENOMEM. */
int heir_seen_late_of(const struct heir_seen_late *seen, const struct heir_result *result,
	const struct heir_late_target **ret, struct heir_str *ret_words);

#endif
