/* SPDX-License-Identifier: Apache-2.0 */
#include "report/diagnostics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "report/findings.h"

/* Of a longer line only this much around the place is shown. */
enum { WINDOW = 160, BEFORE = 60 };

/* A stretch of source text: tabs become blanks, so that the caret stands right. */
static size_t show_source(struct heir_out *out, struct heir_str text)
{
	size_t width = 0;

	while (text.len > 0) {
		const char *tab = memchr(text.p, '\t', text.len);
		size_t n = tab ? (size_t)(tab - text.p) : text.len;

		width += heir_out_show(out, (struct heir_str){text.p, n});
		text.p += n;
		text.len -= n;
		if (tab) {
			heir_out_addz(out, " ");
			width++;
			text.p++;
			text.len--;
		}
	}
	return width;
}

/* The start of the character in whose middle `at` may be; bytes that are none have no other. */
static size_t character_start(struct heir_str text, size_t at)
{
	for (int back = 0; back < 3 && at > 0 && (text.p[at] & 0xc0) == 0x80; back++)
		at--;
	return at;
}

void heir_excerpt_of(const struct heir_view *view, struct heir_place place, uint32_t line,
	struct heir_excerpt *ret)
{
	const struct heir_source *source = &view->core->sources.items[place.source];
	struct heir_str text = heir_source_line(source, line);
	size_t at = MIN((size_t)(source->text.p + place.at - text.p), text.len);
	size_t len = MIN((size_t)place.len, text.len - at), from = at > BEFORE ? at - BEFORE : 0;

	from = character_start(text, from);
	text.p += from;
	text.len -= from;
	if (text.len > WINDOW)
		text.len = character_start(text, WINDOW);
	at -= from;
	len = MIN(len, text.len - MIN(at, text.len));
	ret->before = (struct heir_str){text.p, at};
	ret->marked = (struct heir_str){text.p + at, len};
	ret->after = (struct heir_str){text.p + at + len, text.len - at - len};
}

/* The line of a place with the place underlined. */
static void print_excerpt(
	const struct heir_view *view, struct heir_place place, uint32_t line, struct heir_out *out)
{
	struct heir_excerpt excerpt;
	size_t before, marked;

	heir_excerpt_of(view, place, line, &excerpt);
	heir_out_printf(out, "%5" PRIu32 " | ", line);
	before = show_source(out, excerpt.before);
	marked = show_source(out, excerpt.marked);
	show_source(out, excerpt.after);
	heir_out_addz(out, "\n      | ");
	heir_out_fill(out, ' ', before);
	heir_out_color(out, HEIR_COLOR_GREEN);
	heir_out_addz(out, "^");
	heir_out_fill(out, '~', marked > 1 ? marked - 1 : 0);
	heir_out_color(out, HEIR_COLOR_NONE);
	heir_out_addz(out, "\n");
}

/* Adds the path of a file of the node, or of the node itself (NULL), as one opens it here. */
static void add_path(const struct heir_view *view, const char *path, struct heir_buf *buf)
{
	size_t len = view->root ? strlen(view->root) : 0;

	if (!view->root || (len == 0 && !path)) {
		heir_buf_addz(buf, path ? path : "heir");
		return;
	}
	while (len > 1 && view->root[len - 1] == '/')
		len--;
	heir_buf_add(buf, view->root, len);
	if (path && (len == 0 || view->root[len - 1] != '/'))
		heir_buf_addc(buf, '/');
	while (path && path[0] == '/')
		path++;
	heir_buf_addz(buf, path ? path : "");
}

static void print_path(const struct heir_view *view, const char *path, struct heir_out *out)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	add_path(view, path, &buf);
	if (buf.failed && out->error == 0)
		out->error = -ENOMEM;
	heir_out_show(out, heir_buf_str(&buf));
}

/* "50-gpu.conf", or "gpu.yaml (MachineConfig 99-gpu, /etc/crio/crio.conf.d/50-gpu.conf)". */
static void print_file(
	const struct heir_view *view, const struct heir_location *where, struct heir_out *out)
{
	const struct heir_holder *holder = &where->holder;

	if (!holder->input) {
		print_path(view, view->root ? where->file : heir_view_short_path(view, where->file),
			out);
		return;
	}
	heir_out_show(out, heir_str_from(holder->input));
	heir_out_printf(out, " (%s ", holder->kind);
	heir_out_show(out, heir_str_from(holder->name));
	heir_out_addz(out, ", ");
	heir_out_show(out, heir_str_from(where->file));
	heir_out_addz(out, ")");
}

/* Is the file in an object, and is it known where in the input that is? */
static bool is_held(const struct heir_location *where)
{
	return where->holder.input && where->holder.line > 0;
}

/* Adds the path that a terminal may open: nothing where the place has none, or is in a root that
 * has no name here. */
static void add_link(
	const struct heir_view *view, const struct heir_spot *spot, struct heir_buf *buf)
{
	const char *file = spot->open.file;

	if (!file || (spot->is_input && strcmp(file, "-") == 0))
		return;
	if (spot->is_input)
		heir_buf_addz(buf, file);
	else if (view->root || view->core->root.fd < 0)
		add_path(view, file, buf);
}

/* Where an editor goes to: of a file in an object that is the object. A path of which nothing but
 * itself is known is not shortened. */
static void print_spot(
	const struct heir_view *view, const struct heir_spot *spot, struct heir_out *out)
{
	const struct heir_location *where = &spot->where, *open = &spot->open;
	_cleanup_(heir_buf_release) struct heir_buf link = HEIR_BUF_NULL;

	if (out->style.links)
		add_link(view, spot, &link);
	if (link.failed && out->error == 0)
		out->error = -ENOMEM;
	heir_out_color(out, HEIR_COLOR_BOLD);
	if (link.len > 0)
		heir_out_begin_link(out, heir_buf_str(&link));
	if (is_held(where) || (open->file && spot->is_input && !where->holder.input))
		heir_out_show(out, heir_str_from(open->file));
	else if (where->holder.input || where->line > 0)
		print_file(view, where, out);
	else
		print_path(view, where->file, out);
	if (open->line > 0)
		heir_out_printf(out, ":%" PRIu32 ":%" PRIu32, open->line, open->column);
	if (link.len > 0)
		heir_out_end_link(out);
	heir_out_addz(out, ": ");
	heir_out_color(out, HEIR_COLOR_NONE);
}

/* " (line 3 of /etc/crio/crio.conf.d/50-gpu.conf, MachineConfig 99-gpu)", behind the words. */
static void print_held(const struct heir_location *where, struct heir_out *out)
{
	if (!is_held(where))
		return;
	heir_out_addz(out, " (");
	if (where->line > 0)
		heir_out_printf(out, "line %" PRIu32 " of ", where->line);
	heir_out_show(out, heir_str_from(where->file));
	heir_out_printf(out, ", %s ", where->holder.kind);
	heir_out_show(out, heir_str_from(where->holder.name));
	heir_out_addz(out, ")");
}

int heir_print_place(const struct heir_view *view, struct heir_place place, struct heir_out *out)
{
	struct heir_spot spot;
	int r = heir_spot_of(view, place, &spot);

	if (r == 0)
		print_spot(view, &spot, out);
	return r;
}

static int print_notes(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_out *out)
{
	for (const struct heir_note *note = diag->notes; note; note = note->next) {
		struct heir_spot spot;
		int r = heir_spot_of(view, note->where, &spot);

		if (r < 0)
			return r;
		/* Of no file, unlike a finding that is about the node as a whole. */
		if (spot.where.file)
			print_spot(view, &spot, out);
		else
			heir_out_addz(out, "(built in): ");
		heir_out_color(out, HEIR_COLOR_CYAN);
		heir_out_addz(out, "note: ");
		heir_out_color(out, HEIR_COLOR_NONE);
		heir_out_show(out, heir_str_from(note->text));
		print_held(&spot.where, out);
		heir_out_addz(out, "\n");
	}
	return 0;
}

static int print_diagnostic(
	const struct heir_view *view, const struct heir_diag *diag, struct heir_out *out)
{
	_cleanup_(heir_finding_release) struct heir_finding finding;
	_cleanup_(heir_buf_release) struct heir_buf targets = HEIR_BUF_NULL;
	const struct heir_location *where = &finding.spot.where;
	int r = heir_finding_read(view, diag, &finding);

	if (r < 0)
		return r;
	print_spot(view, &finding.spot, out);
	heir_out_color(out, finding.level[0] == 'e' ? HEIR_COLOR_RED : HEIR_COLOR_YELLOW);
	heir_out_addz(out, finding.level);
	heir_out_addz(out, ": ");
	heir_out_color(out, HEIR_COLOR_NONE);
	heir_out_show(out, heir_buf_str(&finding.words));
	heir_out_printf(out, " [%s]", finding.rule);
	heir_view_targets(view, diag->targets, &targets);
	heir_out_add(out, heir_buf_str(&targets));
	print_held(where, out);
	heir_out_addz(out, "\n");
	if (where->line > 0)
		print_excerpt(view, diag->where, where->line, out);
	r = print_notes(view, diag, out);
	if (diag->help) {
		heir_out_addz(out, "help: ");
		heir_out_show(out, heir_str_from(diag->help));
		heir_out_addz(out, "\n");
	}
	return r;
}

int heir_print_diagnostics(
	const struct heir_view *view, const char *severities, struct heir_out *out)
{
	struct heir_diags *diags = &view->core->diags;
	int r = 0;

	heir_findings_sort(view->core);
	for (uint32_t i = 0; i < diags->n && r == 0 && out->error == 0; i++) {
		const struct heir_diag *diag = diags->items[i];

		/* A reason of heir's own is not an 'F', but stops it as well. */
		if (!severities || diag->stops ||
			strchr(severities, heir_rules[diag->rule].severity))
			r = print_diagnostic(view, diag, out);
	}
	return r;
}

static int print_text_part(const struct heir_findings_part *part, struct heir_out *out)
{
	return heir_print_diagnostics(part->view, part->severities, out);
}

const struct heir_findings_format heir_findings_text = {
	.format = HEIR_FORMAT_TEXT,
	.part = print_text_part,
};
