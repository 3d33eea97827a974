/* SPDX-License-Identifier: Apache-2.0 */
/* Each line behind its number and its verdict, in columns. */
#include <errno.h>

#include "base/utf8.h"
#include "report/blame.h"

static const struct {
	const char *words;
	enum heir_color color;
} states[HEIR_N_BLAME_STATES] = {
	[HEIR_BLAME_COMMENT] = {"", HEIR_COLOR_DIM},
	[HEIR_BLAME_UNREAD] = {"unread", HEIR_COLOR_RED},
	[HEIR_BLAME_NO_EFFECT] = {"no effect", HEIR_COLOR_DIM},
	[HEIR_BLAME_DISCARDED] = {"discarded", HEIR_COLOR_YELLOW},
	[HEIR_BLAME_REPLACED] = {"replaced", HEIR_COLOR_YELLOW},
	[HEIR_BLAME_OVERRIDDEN] = {"overridden", HEIR_COLOR_YELLOW},
	[HEIR_BLAME_HEIR_ONLY] = {"heir only", HEIR_COLOR_CYAN},
	[HEIR_BLAME_COUNTS] = {"counts", HEIR_COLOR_GREEN},
};

int heir_blame_label(
	const struct heir_view *view, const struct heir_blame_line *line, struct heir_buf *buf)
{
	_cleanup_(heir_buf_release) struct heir_buf place = HEIR_BUF_NULL;
	int r = 0;

	heir_buf_addz(buf, states[line->state].words);
	if (line->by.source != HEIR_SOURCE_NONE) {
		r = heir_view_place(view, &place, line->by, false);
		heir_buf_addz(buf, " by ");
		heir_buf_adds(buf, heir_buf_str(&place));
	}
	return r < 0 ? r : heir_buf_error(buf);
}

enum heir_color heir_blame_color(enum heir_blame_state state)
{
	return states[state].color;
}

static int fill_label(struct heir_blame_printer *p, const struct heir_blame_line *line)
{
	heir_buf_clear(&p->cell);
	return heir_blame_label(p->view, line, &p->cell);
}

static bool is_asked(const struct heir_blame_printer *p, uint32_t i)
{
	return p->request->line == 0 || i + 1 == p->request->line;
}

static int measure(struct heir_blame_printer *p, const struct heir_blame_file *file, size_t *ret)
{
	size_t width = 0;

	for (uint32_t i = 0; i < file->n_lines; i++) {
		size_t n;
		int r;

		if (!is_asked(p, i))
			continue;
		r = fill_label(p, &file->lines[i]);
		if (r < 0)
			return r;
		n = heir_shown_width(p->out, heir_buf_str(&p->cell));
		width = n > width ? n : width;
	}
	*ret = width;
	return 0;
}

/* "# /etc/crio/crio.conf.d/50-gpu.conf (user): MachineConfig 99-gpu, created 2025-01-31..." */
static void print_head(struct heir_blame_printer *p, const struct heir_source *source)
{
	const struct heir_object *object = source->object;

	heir_out_color(p->out, HEIR_COLOR_BOLD);
	heir_out_addz(p->out, "# ");
	heir_out_show(p->out, heir_str_from(source->path));
	heir_out_color(p->out, HEIR_COLOR_NONE);
	heir_out_printf(p->out, " (%s)", heir_layer_name(heir_source_layer(source)));
	if (object) {
		heir_out_printf(p->out, ": %s ", object->kind);
		heir_out_show(p->out, heir_str_from(object->name));
	}
	if (object && object->created.len > 0) {
		heir_out_addz(p->out, ", created ");
		heir_out_show(p->out, object->created);
	}
	heir_out_addz(p->out, "\n");
}

static unsigned digits(uint32_t n)
{
	unsigned count = 1;

	for (; n >= 10; n /= 10)
		count++;
	return count;
}

static int print_line(
	struct heir_blame_printer *p, const struct heir_blame_file *file, uint32_t i, size_t width)
{
	const struct heir_source *source = &p->view->core->sources.items[file->source];
	const struct heir_blame_line *line = &file->lines[i];
	struct heir_str text = heir_source_line(source, i + 1);
	int r = fill_label(p, line);

	if (r < 0)
		return r;
	heir_out_printf(p->out, "%*u", (int)digits(file->n_lines), i + 1);
	if (text.len == 0 && p->cell.len == 0) {
		heir_out_addz(p->out, "\n");
		return 0;
	}
	heir_out_addz(p->out, "  ");
	heir_out_cell(p->out, heir_buf_str(&p->cell), width, states[line->state].color);
	heir_out_addz(p->out, "  ");
	if (line->state < HEIR_BLAME_HEIR_ONLY)
		heir_out_color(p->out, HEIR_COLOR_DIM);
	heir_out_show_lines(p->out, text);
	if (line->state < HEIR_BLAME_HEIR_ONLY)
		heir_out_color(p->out, HEIR_COLOR_NONE);
	heir_out_addz(p->out, "\n");
	return 0;
}

int heir_blame_text(struct heir_blame_printer *p, const struct heir_blame_file *file)
{
	size_t width = 0;
	int r = measure(p, file, &width);

	print_head(p, &p->view->core->sources.items[file->source]);
	for (uint32_t i = 0; i < file->n_lines && r == 0; i++)
		if (is_asked(p, i))
			r = print_line(p, file, i, width);
	return r;
}

/* ---- What depends on a line ---- */

static void print_handlers(struct heir_blame_printer *p, const struct heir_depends *depends)
{
	for (uint32_t i = 0; i < depends->n_handlers; i++) {
		const struct heir_depend *depend = &depends->handlers[i];
		const char *before = ": ";

		heir_out_addz(p->out, i ? "              " : "handlers      ");
		heir_out_show(p->out,
			depend->handler->name.len ? depend->handler->name : HEIR_STR("\"\""));
		for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
			if (!(depend->fields >> f & 1))
				continue;
			heir_out_addz(p->out, before);
			heir_out_add(p->out, heir_fields[f].name);
			before = ", ";
		}
		heir_out_addz(p->out, "\n");
	}
}

static void print_names(
	struct heir_blame_printer *p, const char *title, const char *const *names, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		heir_out_addz(p->out, i ? ", " : title);
		heir_out_show(p->out, heir_str_from(names[i]));
	}
	heir_out_addz(p->out, n ? "\n" : "");
}

static void print_pods(struct heir_blame_printer *p, const struct heir_depends *depends)
{
	for (uint32_t i = 0; i < depends->n_pods; i++) {
		heir_out_addz(p->out, i ? ", " : "pods          ");
		heir_out_show(p->out, depends->pods[i].namespace);
		heir_out_printf(p->out, ": %u", depends->pods[i].n);
	}
	heir_out_addz(p->out, depends->n_pods ? "\n" : "");
}

void heir_blame_depends_text(struct heir_blame_printer *p, const struct heir_blame_file *file)
{
	const struct heir_depends *depends = p->request->depends;
	const struct heir_blame_line *line = &file->lines[p->request->line - 1];

	heir_out_addz(p->out, "\n");
	if (depends->n_handlers == 0)
		heir_out_addz(p->out, line->state == HEIR_BLAME_COUNTS
					      ? "no handler depends on this line\n"
					      : "nothing depends on this line\n");
	print_handlers(p, depends);
	print_names(p, "RuntimeClass  ", depends->classes, depends->n_classes);
	print_names(p, "pools         ", depends->pools, depends->n_pools);
	print_pods(p, depends);
}
