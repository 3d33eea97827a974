/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown for comments on pull requests and for tickets. Foreign text is escaped here and nowhere
 * else: it can begin no element, link, code, table cell or HTML tag, mention no person and refer to
 * no issue. */
#ifndef HEIR_REPORT_MARKDOWN_H
#define HEIR_REPORT_MARKDOWN_H

#include "report/out.h"

/* Foreign text: escaped as it is for terminals, then for Markdown. */
void heir_markdown_text(struct heir_out *out, struct heir_str s);
/* Foreign text as a code span, which no backtick in it ends; fit for a table. */
void heir_markdown_code(struct heir_out *out, struct heir_str s);

/* " TEXT |", the rest of a row that begins with "|". */
void heir_markdown_cell(struct heir_out *out, struct heir_str s);
/* The same with the text of `buf`, which is empty afterwards. 0 or -ENOMEM. */
int heir_markdown_buf_cell(struct heir_out *out, struct heir_buf *buf);
/* The line below the titles of a table of `n` columns. */
void heir_markdown_rule(struct heir_out *out, size_t n);

#endif
