/* SPDX-License-Identifier: Apache-2.0 */
/* HTML, and SVG in it. What is text is escaped here and nowhere else: a file can add no element, no
 * attribute and no character that a browser obeys. */
#ifndef HEIR_REPORT_HTML_H
#define HEIR_REPORT_HTML_H

#include "report/out.h"

/* Foreign text: escaped as it is for terminals, then for HTML; fit for attributes in double quotes
 * too. */
void heir_html_text(struct heir_out *out, struct heir_str s);
void heir_html_textz(struct heir_out *out, const char *z);
/* The same, in which that character becomes a blank. */
void heir_html_blanked(struct heir_out *out, struct heir_str s, char c);

/* <TAG class="CLASS">TEXT</TAG>; `class` may be NULL. */
void heir_html_element(
	struct heir_out *out, const char *tag, const char *class, struct heir_str text);
void heir_html_elementz(struct heir_out *out, const char *tag, const char *class, const char *text);

/* What another printer writes, as text of the page. */
struct heir_html_pipe {
	struct heir_out text; /* for the printer: TEXT, no colour, no edge */
	struct heir_out *out;
};

void heir_html_pipe_init(struct heir_html_pipe *pipe, struct heir_out *out);
/* Errors become those of the page. */
void heir_html_pipe_finish(struct heir_html_pipe *pipe);

/* A name as such: "" as two quotes, so that there is something to see, kept from turning around
 * what stands beside it. */
void heir_html_name(struct heir_out *out, struct heir_str name);

#endif
