/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/utf8.h"
#include "report/diagnostics.h"
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

static int print_place(const struct heir_view *view, const char *root, const struct heir_diag *diag,
	struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf path = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	struct heir_location where = {.file = NULL};
	int r = heir_finding_locate(view, diag, &root, &where);

	if (r < 0 || !where.file)
		return r;
	heir_finding_path(view, &path, root, where.file);
	heir_out_addz(out, "file=");
	heir_utf8_show(&shown, heir_buf_str(&path));
	add_escaped(out, heir_buf_str(&shown), true);
	if (where.line > 0)
		heir_out_printf(
			out, ",line=%" PRIu32 ",endLine=%" PRIu32, where.line, where.end_line);
	if (where.line > 0 && where.line == where.end_line)
		heir_out_printf(
			out, ",col=%" PRIu32 ",endColumn=%" PRIu32, where.column, where.end_column);
	heir_out_addz(out, ",");
	r = heir_buf_error(&path);
	return r < 0 ? r : heir_buf_error(&shown);
}

static int print_finding(const struct heir_view *view, const char *root,
	const struct heir_diag *diag, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;
	const char *level = heir_rule_level(diag->rule);
	int r = heir_finding_words(view, diag, &words);

	heir_utf8_show(&shown, heir_buf_str(&words));
	if (r < 0 || shown.failed)
		return -ENOMEM;
	heir_out_printf(out, "::%s ", level[0] == 'n' ? "notice" : level);
	r = print_place(view, root, diag, out);
	heir_out_printf(out, "title=%s::", heir_rules[diag->rule].id);
	add_escaped(out, heir_buf_str(&shown), false);
	heir_out_addz(out, "\n");
	return r;
}

int heir_findings_github(const struct heir_view *view, const char *root, struct heir_out *out)
{
	const struct heir_diags *diags = &view->core->diags;
	int r = 0;

	heir_sort_diagnostics(view->core);
	for (uint32_t i = 0; i < diags->n && r == 0 && out->error == 0; i++)
		r = print_finding(view, root, diags->items[i], out);
	return r;
}
