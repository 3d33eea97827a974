/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit's XML, as most CI systems read it: a suite a node, a case a finding, and a failure for each
 * that is an error. */
#include <errno.h>
#include <inttypes.h>

#include "base/utf8.h"
#include "model/finding.h"
#include "report/findings.h"

/* Text of XML 1.0: what heir_utf8_show() leaves has no character that it forbids. */
static int add(struct heir_out *out, struct heir_str text)
{
	_cleanup_(heir_buf_release) struct heir_buf shown = HEIR_BUF_NULL;

	heir_utf8_show(&shown, text);
	for (size_t i = 0; i < shown.len; i++) {
		char c = shown.p[i];

		if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
			heir_out_printf(out, "&#%d;", c);
		else
			heir_out_add(out, (struct heir_str){&shown.p[i], 1});
	}
	return heir_buf_error(&shown);
}

static int print_finding(const struct heir_view *view, const char *root,
	const struct heir_diag *diag, struct heir_out *out)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf line = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf path = HEIR_BUF_NULL;
	const struct heir_location *open = &finding.spot.open;
	int r = heir_finding_read(view, diag, &finding);
	bool fails = finding.level[0] == 'e';

	if (r == 0)
		r = heir_finding_line(view, &finding, &line);
	if (r < 0)
		return r;
	if (open->file)
		heir_spot_path(view, &finding.spot, root, &path);
	if (open->line > 0)
		heir_buf_printf(&path, ":%" PRIu32 ":%" PRIu32, open->line, open->column);
	heir_out_addz(out, "  <testcase classname=\"");
	r = add(out, heir_buf_str(&path));
	heir_out_printf(out, "\" name=\"%s\">", finding.rule);
	heir_out_printf(
		out, fails ? "<failure type=\"%s\" message=\"" : "<system-out>%s: ", finding.level);
	if (r == 0)
		r = add(out, heir_buf_str(&line));
	heir_out_addz(out, fails ? "\"/></testcase>\n" : "</system-out></testcase>\n");
	return r;
}

/* "heir check ROOT", "heir check pool gpu". */
static int begin_suite(const struct heir_findings_part *part, struct heir_out *out)
{
	const char *name = part->root && part->root[0] ? part->root : part->pool;

	heir_out_addz(out, " <testsuite name=\"heir check");
	if (!name)
		return 0;
	heir_out_addz(out, name == part->root ? " " : " pool ");
	return add(out, heir_str_from(name));
}

/* The suite of a root that could not be read. */
static int print_error(const struct heir_findings_part *part, struct heir_out *out)
{
	int r = begin_suite(part, out);

	heir_out_addz(out, "\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
			   "  <testcase classname=\"heir\" name=\"check\"><error message=\"");
	if (r == 0)
		r = add(out, heir_str_from(part->error));
	heir_out_addz(out, "\"/></testcase>\n </testsuite>\n");
	return r;
}

static int print_part(const struct heir_findings_part *part, struct heir_out *out)
{
	const struct heir_diags *diags = &part->view->core->diags;
	int r;

	if (part->error)
		return print_error(part, out);
	heir_findings_sort(part->view->core);
	r = begin_suite(part, out);
	heir_out_printf(out, "\" tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"0\">\n",
		diags->n ? diags->n : 1, heir_findings_count(diags).errors);
	/* A suite without a case is a mistake to some readers. */
	if (diags->n == 0)
		heir_out_addz(out, "  <testcase classname=\"heir\" name=\"check\"/>\n");
	for (uint32_t i = 0; i < diags->n && r == 0 && out->error == 0; i++)
		r = print_finding(part->view, part->root, diags->items[i], out);
	heir_out_addz(out, " </testsuite>\n");
	return r;
}

static void begin(const struct heir_findings_frame *frame, struct heir_out *out)
{
	(void)frame;
	heir_out_addz(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

static void end(const struct heir_findings_frame *frame, struct heir_out *out)
{
	(void)frame;
	heir_out_addz(out, "</testsuites>\n");
}

const struct heir_findings_format heir_findings_junit = {
	.format = HEIR_FORMAT_JUNIT,
	.part = print_part,
	.begin = begin,
	.end = end,
};
