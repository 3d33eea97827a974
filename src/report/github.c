/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/utf8.h"
#include "model/finding.h"
#include "report/findings.h"

/* What a workflow command would take for its own syntax; of a property ':' and ',' too. */
static void add_escaped(struct heir_out *out, struct heir_str s, bool property)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			heir_out_printf(out, "%%%02X", (unsigned char)c);
		else
			heir_out_add(out, (struct heir_str){s.p + i, 1});
	}
}

static int print_place(const struct heir_view *view, const char *root, const struct heir_spot *spot,
	struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf path = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	const struct heir_location *open = &spot->open;
	int r;

	if (!open->file)
		return 0;
	heir_spot_path(view, spot, root, &path);
	heir_out_addz(out, "file=");
	heir_utf8_show(&shown, heir_buf_str(&path));
	add_escaped(out, heir_buf_str(&shown), true);
	if (open->line > 0)
		heir_out_printf(
			out, ",line=%" PRIu32 ",endLine=%" PRIu32, open->line, open->end_line);
	if (open->line > 0 && open->line == open->end_line)
		heir_out_printf(
			out, ",col=%" PRIu32 ",endColumn=%" PRIu32, open->column, open->end_column);
	heir_out_addz(out, ",");
	r = heir_buf_error(&path);
	return r < 0 ? r : heir_buf_error(&shown);
}

static int print_finding(const struct heir_view *view, const char *root,
	const struct heir_diag *diag, struct heir_out *out)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	int r = heir_finding_read(view, diag, &finding);

	if (r == 0)
		r = heir_finding_line(view, &finding, &line);
	heir_utf8_show(&shown, heir_buf_str(&line));
	if (r < 0 || shown.failed)
		return -ENOMEM;
	heir_out_printf(out, "::%s ", finding.level[0] == 'n' ? "notice" : finding.level);
	r = print_place(view, root, &finding.spot, out);
	heir_out_printf(out, "title=%s::", finding.rule);
	add_escaped(out, heir_buf_str(&shown), false);
	heir_out_addz(out, "\n");
	return r;
}

static int print_part(const struct heir_findings_part *part, struct heir_out *out)
{
	const struct heir_diags *diags = &part->view->core->diags;
	int r = 0;

	if (part->error)
		return 0;
	heir_findings_sort(part->view->core);
	for (uint32_t i = 0; i < diags->n && r == 0 && out->error == 0; i++)
		r = print_finding(part->view, part->root, diags->items[i], out);
	return r;
}

const struct heir_findings_format heir_findings_github = {
	.format = HEIR_FORMAT_GITHUB,
	.part = print_part,
};
