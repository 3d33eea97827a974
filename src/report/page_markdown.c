/* SPDX-License-Identifier: Apache-2.0 */
/* The page for a comment on a pull request: of each part the verdict, what changes, and the
 * findings folded below it. The lineage of every value is on the page of HTML alone. */
#include <errno.h>
#include <inttypes.h>

#include "model/finding.h"
#include "report/markdown.h"
#include "report/page.h"

/* A comment has room for 65,536 characters. */
enum { MAX_FINDINGS = 100 };

static int print_finding(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_out *out)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	const struct heir_location *where = &finding.spot.where;
	int r = heir_finding_read(view, diag, &finding);

	if (r < 0)
		return r;
	heir_out_addz(out, "|");
	heir_markdown_cell(out, heir_str_from(finding.level));
	r = heir_markdown_buf_cell(out, &finding.words);
	heir_out_printf(out, " %s |", finding.rule);
	if (where->file)
		heir_buf_addz(&place, heir_view_short_path(view, where->file));
	if (where->line > 0)
		heir_buf_printf(&place, ":%" PRIu32, where->line);
	if (r == 0)
		r = heir_markdown_buf_cell(out, &place);
	heir_out_addz(out, "\n");
	return r;
}

static int print_findings(const struct heir_view *view, struct heir_out *out)
{
	const struct heir_diags *diags = &view->core->diags;
	uint32_t shown = MIN(diags->n, (uint32_t)MAX_FINDINGS);
	int r = 0;

	if (diags->n == 0)
		return 0;
	heir_findings_sort(view->core);
	heir_out_printf(out, "\n<details><summary>%" PRIu32 " finding%s</summary>\n\n", diags->n,
		diags->n == 1 ? "" : "s");
	heir_out_addz(out, "| level | finding | rule | place |\n");
	heir_markdown_rule(out, 4);
	for (uint32_t i = 0; i < shown && r == 0; i++)
		r = print_finding(view, diags->items[i], out);
	if (shown < diags->n)
		heir_out_printf(
			out, "\nand %" PRIu32 " more: see `heir check`\n", diags->n - shown);
	heir_out_addz(out, "\n</details>\n");
	return r;
}

static int print_part(const struct heir_page_node *part, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	int r;

	if (part->pool) {
		heir_out_addz(out, "\n## Pool ");
		heir_markdown_text(out, heir_str_from(part->pool));
		heir_out_addz(out, part->is_new ? " (new)\n" : "\n");
	}
	if (!part->view) {
		heir_out_addz(out, "\nThis pool is removed.\n");
		return 0;
	}
	heir_page_verdict(part, &words);
	if (words.failed)
		return -ENOMEM;
	heir_out_addz(out, "\n**");
	heir_markdown_text(out, heir_buf_str(&words));
	heir_out_addz(out, part->diff ? "**\n\n" : "**\n");
	r = part->diff ? heir_diff_markdown(part->diff, out) : 0;
	return r < 0 ? r : print_findings(part->view, out);
}

int heir_page_markdown(const struct heir_page *page, struct heir_out *out)
{
	int r = 0;

	heir_out_addz(out, "# ");
	heir_markdown_text(
		out, heir_str_from(page->title ? page->title : "CRI-O's runtime handlers"));
	heir_out_addz(out, "\n");
	for (size_t i = 0; i < page->n && r == 0 && out->error == 0; i++)
		r = print_part(&page->parts[i], out);
	heir_out_printf(out, "\nMade by heir %s.\n", page->version);
	return r;
}
