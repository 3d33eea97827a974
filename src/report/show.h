/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers and what they get: `heir show`. */
#ifndef HEIR_REPORT_SHOW_H
#define HEIR_REPORT_SHOW_H

#include "report/out.h"
#include "model/view.h"

/* One line a handler. 0 or -ENOMEM. */
int heir_show_table(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out);
/* heir.show/1, with every other key of the release or without. */
int heir_show_json(const struct heir_view *view, struct heir_selection selection, bool all_keys,
	struct heir_out *out);
/* The tables of the handlers alone. */
int heir_show_toml_handlers(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out);
/* Every key of the release; of handlers all. */
int heir_show_all(const struct heir_view *view, struct heir_out *out);
/* A crio.conf that says it all, each value with a comment on its origin. */
int heir_show_toml(
	const struct heir_view *view, struct heir_selection selection, struct heir_out *out);

/* What a user would write to get this path: the word for its origin. */
const char *heir_show_via(const struct heir_result *result, const struct heir_origin *path);
/* Where the path comes from: the parent, the line that sets it, or the table that leaves it open;
 * fit for a terminal. 0 or -ENOMEM. */
int heir_show_from(const struct heir_view *view, const struct heir_handler *handler,
	const struct heir_origin *path, struct heir_buf *buf);

#endif
