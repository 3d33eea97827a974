/* SPDX-License-Identifier: Apache-2.0 */
/* Where each value of a handler comes from: `heir explain`. */
#ifndef HEIR_REPORT_EXPLAIN_H
#define HEIR_REPORT_EXPLAIN_H

#include "report/out.h"
#include "model/view.h"

struct heir_explain_request {
	const struct heir_view *view;
	const struct heir_view
		*stock; /* the same files under HEIR_AS_STOCK; NULL: the view is stock */
	const struct heir_handler *handler;
	enum heir_field field; /* HEIR_N_FIELDS: the whole handler */
};

/* Text or heir.explain/1. 0 or -ENOMEM. */
int heir_explain(const struct heir_explain_request *request, struct heir_out *out);

#endif
