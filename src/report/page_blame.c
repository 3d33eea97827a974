/* SPDX-License-Identifier: Apache-2.0 */
/* The files as they are, with what an unmodified CRI-O makes of each line: `heir blame` as a
 * section of the page. Each file can be unfolded. */
#include "base/macro.h"
#include "report/blame.h"
#include "model/bound.h"
#include "report/html.h"
#include "report/page.h"

struct totals {
	uint32_t counts, dead;
};

static struct totals totals_of(const struct heir_blame_file *file)
{
	struct totals totals = {0, 0};

	for (uint32_t i = 0; i < file->n_lines; i++) {
		enum heir_blame_state state = file->lines[i].state;

		totals.counts += state == HEIR_BLAME_COUNTS || state == HEIR_BLAME_HEIR_ONLY;
		totals.dead += state > HEIR_BLAME_COMMENT && state < HEIR_BLAME_HEIR_ONLY;
	}
	return totals;
}

static void print_summary(struct heir_page_printer *p, const struct heir_blame_file *file)
{
	const struct heir_source *source = &p->part->view->core->sources.items[file->source];
	const struct heir_object *object = source->object;
	struct totals totals = totals_of(file);

	heir_out_addz(p->out, "<details class=\"file\">\n<summary><h4>");
	heir_html_element(p->out, "code", NULL, heir_str_from(source->path));
	heir_out_printf(p->out, "</h4> <span class=\"dim\">(%s",
		heir_layer_name(heir_source_layer(source)));
	if (object) {
		heir_out_printf(p->out, "; %s ", object->kind);
		heir_html_name(p->out, heir_str_from(object->name));
	}
	if (object && object->created.len > 0) {
		heir_out_addz(p->out, ", created ");
		heir_html_text(p->out, object->created);
	}
	heir_out_printf(p->out, ") %u of ", totals.counts);
	heir_page_count(p->out, totals.counts + totals.dead, "line counts", "lines count");
	heir_out_addz(p->out, "</span></summary>\n");
}

/* The beginning of a line that is too long for a page. */
static void print_text(struct heir_out *out, struct heir_str text)
{
	size_t len = MIN(text.len, (size_t)HEIR_BOUND_LONG);

	/* At the start of a character. */
	while (len > 0 && len < text.len && ((unsigned char)text.p[len] & 0xc0) == 0x80)
		len--;
	heir_html_blanked(out, (struct heir_str){text.p, len}, '\t');
	if (len < text.len)
		heir_out_printf(out, " \xe2\x80\xa6 and %zu more bytes", text.len - len);
}

static int print_line(
	struct heir_page_printer *p, const struct heir_blame_file *file, uint32_t number)
{
	_cleanup_(heir_buf_release) struct heir_buf label = HEIR_BUF_NULL;
	const struct heir_blame_line *line = &file->lines[number - 1];
	bool is_dead = line->state < HEIR_BLAME_HEIR_ONLY;
	int r = heir_blame_label(p->part->view, line, &label);

	if (r < 0)
		return r;
	heir_out_printf(
		p->out, "<tr%s><th scope=\"row\">%u</th>", is_dead ? " class=\"dim\"" : "", number);
	heir_html_element(p->out, "td", heir_page_class(heir_blame_color(line->state)),
		label.len > 0 ? heir_buf_str(&label) : HEIR_STR(""));
	heir_out_addz(p->out, "<td><code>");
	print_text(p->out,
		heir_source_line(&p->part->view->core->sources.items[file->source], number));
	heir_out_addz(p->out, "</code></td></tr>\n");
	return 0;
}

static int print_file(struct heir_page_printer *p, const struct heir_blame_file *file)
{
	uint32_t n = MIN(file->n_lines, HEIR_PAGE_MAX_LINES - p->n_lines);
	int r = 0;

	print_summary(p, file);
	if (n > 0)
		heir_out_addz(p->out,
			"<table class=\"source\">\n<thead><tr><th scope=\"col\">Line</th>"
			"<th scope=\"col\">State</th><th scope=\"col\">Text</th></tr></thead>\n"
			"<tbody>\n");
	for (uint32_t i = 1; i <= n && r == 0 && p->out->error == 0; i++)
		r = print_line(p, file, i);
	if (n > 0)
		heir_out_addz(p->out, "</tbody>\n</table>\n");
	p->n_lines += n;
	if (n < file->n_lines)
		heir_out_printf(p->out,
			"<p>%u more lines: <code>heir blame</code> shows them.</p>\n",
			file->n_lines - n);
	else if (n == 0)
		heir_out_addz(p->out, "<p>The file is empty.</p>\n");
	heir_out_addz(p->out, "</details>\n");
	return r;
}

int heir_page_blame(struct heir_page_printer *p)
{
	const struct heir_config *config = p->part->stock_config;
	struct heir_blame blame;
	uint32_t n_files = 0;
	int r;

	if (!config)
		return 0;
	heir_page_heading(p, "files", "Files");
	r = heir_blame_init(&blame, config, p->part->stock_res, HEIR_SOURCE_NONE);
	for (uint32_t s = 0; s < config->n_docs && r == 0 && p->out->error == 0; s++) {
		struct heir_blame_file file;

		if (!blame.verdicts[s])
			continue;
		if (n_files++ == 0)
			heir_out_addz(p->out, "<p>Which lines an unmodified CRI-O uses, and which "
					      "other line replaces the ones that it does not "
					      "use.</p>\n");
		r = heir_blame_lines(&blame, s, &file);
		if (r == 0)
			r = print_file(p, &file);
		heir_blame_file_release(&file);
	}
	if (n_files == 0)
		heir_out_addz(p->out, "<p>There are no configuration files.</p>\n");
	heir_blame_release(&blame);
	heir_page_end(p);
	return r;
}
