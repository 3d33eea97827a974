/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir render` writes, for machines. */
#ifndef HEIR_REPORT_RENDER_JSON_H
#define HEIR_REPORT_RENDER_JSON_H

#include "render/render.h"
#include "report/out.h"
#include "model/view.h"

/* heir.render/1. 0 or -ENOMEM. */
int heir_rendering_json(
	const struct heir_view *view, const struct heir_rendering *rendering, struct heir_out *out);

#endif
