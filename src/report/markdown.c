/* SPDX-License-Identifier: Apache-2.0 */
#include "report/markdown.h"

#include <errno.h>
#include <string.h>

/* What GitHub and GitLab make of text after they have rendered it, when escapes no longer count:
 * people to notify, and issues. A zero-width space behind the sign prevents it. */
static const char referring[] = "@#";

/* Adds the text as a terminal may have it. */
static int add_shown(struct heir_out *out, struct heir_str s, struct heir_buf *shown)
{
	heir_elide(out, shown, s, 0);
	if (shown->failed && out->error == 0)
		out->error = -ENOMEM;
	return heir_buf_error(shown);
}

void heir_markdown_text(struct heir_out *out, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	if (add_shown(out, s, &shown) < 0)
		return;
	for (size_t i = 0; i < shown.len; i++) {
		if (strchr("\\`*_{}[]<>()#+!|~&$@", shown.p[i]))
			heir_out_addz(out, "\\");
		heir_out_add(out, (struct heir_str){shown.p + i, 1});
		if (strchr(referring, shown.p[i]))
			heir_out_addz(out, "&#8203;");
	}
}

/* The longest run of backticks. */
static size_t longest_fence(struct heir_str s)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		most = MAX(most, run);
	}
	return most;
}

void heir_markdown_code(struct heir_out *out, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	size_t fence;
	bool padded;

	if (add_shown(out, s, &shown) < 0 || shown.len == 0)
		return;
	fence = longest_fence(heir_buf_str(&shown)) + 1;
	/* Renderers take one blank away at each end. */
	padded = fence > 1 || shown.p[0] == ' ' || shown.p[shown.len - 1] == ' ';
	heir_out_fill(out, '`', fence);
	heir_out_addz(out, padded ? " " : "");
	for (size_t i = 0; i < shown.len; i++) {
		/* A table is cut into cells before code is found. */
		if (shown.p[i] == '|')
			heir_out_addz(out, "\\");
		heir_out_add(out, (struct heir_str){shown.p + i, 1});
	}
	heir_out_addz(out, padded ? " " : "");
	heir_out_fill(out, '`', fence);
}

void heir_markdown_cell(struct heir_out *out, struct heir_str s)
{
	heir_out_addz(out, " ");
	heir_markdown_text(out, s);
	heir_out_addz(out, " |");
}

int heir_markdown_buf_cell(struct heir_out *out, struct heir_buf *buf)
{
	int r = heir_buf_error(buf);

	if (r == 0)
		heir_markdown_cell(out, heir_buf_str(buf));
	heir_buf_clear(buf);
	return r;
}

void heir_markdown_rule(struct heir_out *out, size_t n)
{
	heir_out_addz(out, "|");
	for (size_t i = 0; i < n; i++)
		heir_out_addz(out, "---|");
	heir_out_addz(out, "\n");
}
