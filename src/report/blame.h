/* SPDX-License-Identifier: Apache-2.0 */
/* `heir blame`: the files as they are, with what an unmodified CRI-O makes of each line. */
#ifndef HEIR_REPORT_BLAME_H
#define HEIR_REPORT_BLAME_H

#include <jansson.h>

#include "blame/blame.h"
#include "model/depends.h"
#include "report/out.h"
#include "model/view.h"

struct heir_blame_request {
	const struct heir_view *view; /* resolved, by the semantics that was asked for */
	struct heir_blame *blame;
	uint32_t source; /* HEIR_SOURCE_NONE: all */
	uint32_t line;   /* 0: all */
	/* Of that line; NULL: of all. */
	const struct heir_depends *depends;
};

/* TEXT or JSON (heir.blame/1). 0 or -ENOMEM. */
int heir_blame_print(const struct heir_blame_request *request, struct heir_out *out);

/* ---- For blame*.c ---- */

struct heir_blame_printer {
	const struct heir_blame_request *request;
	const struct heir_view *view;
	struct heir_out *out;
	struct heir_buf cell;
};

/* "crio.runtime.runtimes.gpu.runtime_path" into an empty buffer, as TOML writes it; nothing for a
 * key deeper than any that CRI-O has. */
void heir_blame_key(struct heir_buf *buf, const struct heir_toml_doc *doc, heir_toml_node node);
/* The handler in whose table a node stands; p NULL: in none's. */
struct heir_str heir_blame_handler(const struct heir_toml_doc *doc, heir_toml_node node);

/* "replaced by 99-x.conf:3" into a buffer; nothing for a comment. 0 or -errno. */
int heir_blame_label(
	const struct heir_view *view, const struct heir_blame_line *line, struct heir_buf *buf);
enum heir_color heir_blame_color(enum heir_blame_state state);

int heir_blame_text(struct heir_blame_printer *p, const struct heir_blame_file *file);
void heir_blame_depends_text(struct heir_blame_printer *p, const struct heir_blame_file *file);
int heir_blame_json(struct heir_blame_printer *p, const struct heir_blame_file *file, bool first);
/* A member "depends" of the document; NULL where memory ran out. */
json_t *heir_blame_depends_json(struct heir_blame_printer *p);

#endif
