/* SPDX-License-Identifier: Apache-2.0 */
/* The edits are known, so nothing is searched for: each takes some whole lines with it, a block;
 * blocks whose contexts touch share a hunk. */
#include "report/udiff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { CONTEXT = 3 };

struct block {
	size_t from, to;      /* whole lines of the old text */
	uint32_t line;        /* number of the first of them, from 0 */
	uint32_t n_old;       /* lines that go */
	struct heir_buf text; /* what comes */
};

struct differ {
	struct heir_out *out;
	struct heir_str before;
	struct block *blocks;
	uint32_t n;
	int64_t shift; /* lines that the hunks so far have added */
};

static void differ_release(struct differ *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		heir_buf_release(&d->blocks[i].text);
	free(d->blocks);
}

/* ---- Blocks ---- */

static size_t start_of_line(struct heir_str text, size_t at)
{
	const char *newline = memrchr(text.p, '\n', at);

	return newline ? (size_t)(newline + 1 - text.p) : 0;
}

/* Behind the newline of the line that holds `at`. */
static size_t end_of_line(struct heir_str text, size_t at)
{
	const char *newline = memchr(text.p + at, '\n', text.len - at);

	return newline ? (size_t)(newline + 1 - text.p) : text.len;
}

/* A last line without a newline is one too. */
static uint32_t count_lines(struct heir_str text)
{
	uint32_t n = 0;

	for (size_t at = 0; at < text.len; at = end_of_line(text, at))
		n++;
	return n;
}

/* Where the lines end that the edit touches. */
static size_t end_of_edit(struct heir_str text, const struct heir_edit *edit)
{
	size_t end = (size_t)edit->at + edit->len;
	bool whole = edit->text.len == 0 && edit->len > 0 && text.p[end - 1] == '\n' &&
		     start_of_line(text, edit->at) == edit->at;

	return whole ? end : end_of_line(text, end);
}

static void add_text(struct differ *d, struct block *block, size_t from, size_t to)
{
	heir_buf_add(&block->text, d->before.p + from, to - from);
}

/* The block that begins with edit number `i`; returns the number behind its last edit. */
static uint32_t make_block(
	struct differ *d, const struct heir_edit *edits, uint32_t i, uint32_t n, size_t *counted)
{
	struct block *last = d->n ? &d->blocks[d->n - 1] : NULL, *block = &d->blocks[d->n++];
	size_t at;

	block->text = HEIR_BUF_NULL;
	block->from = at = start_of_line(d->before, edits[i].at);
	block->to = block->from;
	block->line = last ? last->line : 0;
	block->line +=
		count_lines((struct heir_str){d->before.p + *counted, block->from - *counted});
	*counted = block->from;
	do {
		size_t end = end_of_edit(d->before, &edits[i]);

		block->to = end > block->to ? end : block->to;
		add_text(d, block, at, edits[i].at);
		heir_buf_adds(&block->text, edits[i].text);
		at = (size_t)edits[i].at + edits[i].len;
	} while (++i < n && edits[i].at < block->to);
	add_text(d, block, at, block->to);
	block->n_old =
		count_lines((struct heir_str){d->before.p + block->from, block->to - block->from});
	return i;
}

static int make_blocks(struct differ *d, const struct heir_edit *edits, uint32_t n)
{
	size_t counted = 0;

	d->blocks = calloc(n, sizeof(*d->blocks));
	if (!d->blocks)
		return -ENOMEM;
	for (uint32_t i = 0; i < n;) {
		i = make_block(d, edits, i, n, &counted);
		if (heir_buf_error(&d->blocks[d->n - 1].text))
			return -ENOMEM;
	}
	return 0;
}

/* ---- Printing ---- */

static void print_lines(struct heir_out *out, char mark, struct heir_str text)
{
	enum heir_color color = mark == '-'   ? HEIR_COLOR_RED
				: mark == '+' ? HEIR_COLOR_GREEN
					      : HEIR_COLOR_NONE;

	while (text.len > 0) {
		size_t end = end_of_line(text, 0);
		bool ends = text.p[end - 1] == '\n';

		if (color != HEIR_COLOR_NONE)
			heir_out_color(out, color);
		heir_out_add(out, (struct heir_str){&mark, 1});
		if (out->style.escape)
			heir_out_show_lines(out, (struct heir_str){text.p, end - ends});
		else
			heir_out_add(out, (struct heir_str){text.p, end - ends});
		if (color != HEIR_COLOR_NONE)
			heir_out_color(out, HEIR_COLOR_NONE);
		heir_out_addz(out, ends ? "\n" : "\n\\ No newline at end of file\n");
		text.p += end;
		text.len -= end;
	}
}

/* Up to CONTEXT lines before a place, and behind it, but not beyond `limit`. */
static struct heir_str context_before(struct heir_str text, size_t at, size_t limit)
{
	size_t from = at;

	for (int i = 0; i < CONTEXT && from > limit; i++)
		from = start_of_line(text, from - 1);
	return (struct heir_str){text.p + from, at - from};
}

static struct heir_str context_behind(struct heir_str text, size_t at)
{
	size_t to = at;

	for (int i = 0; i < CONTEXT && to < text.len; i++)
		to = end_of_line(text, to);
	return (struct heir_str){text.p + at, to - at};
}

/* Do the contexts of two blocks touch? */
static bool is_near(const struct block *a, const struct block *b)
{
	return b->line - (a->line + a->n_old) <= 2 * CONTEXT;
}

/* Of no lines the number is that of the line before. */
static void print_range(struct heir_out *out, char mark, int64_t line, uint32_t n)
{
	heir_out_printf(out, " %c%" PRId64 ",%" PRIu32, mark, line + (n > 0), n);
}

static uint32_t print_hunk(struct differ *d, uint32_t first)
{
	struct block *blocks = d->blocks;
	size_t limit = first ? blocks[first - 1].to : 0;
	struct heir_str head = context_before(d->before, blocks[first].from, limit), tail;
	uint32_t end = first + 1, n_old, n_new = 0, n_head = count_lines(head);

	while (end < d->n && is_near(&blocks[end - 1], &blocks[end]))
		end++;
	tail = context_behind(d->before, blocks[end - 1].to);
	n_old = blocks[end - 1].line + blocks[end - 1].n_old - blocks[first].line + n_head +
		count_lines(tail);
	for (uint32_t i = first; i < end; i++)
		n_new += count_lines(heir_buf_str(&blocks[i].text)) - blocks[i].n_old;
	n_new += n_old;
	heir_out_color(d->out, HEIR_COLOR_CYAN);
	heir_out_addz(d->out, "@@");
	print_range(d->out, '-', (int64_t)blocks[first].line - n_head, n_old);
	print_range(d->out, '+', (int64_t)blocks[first].line - n_head + d->shift, n_new);
	heir_out_addz(d->out, " @@");
	heir_out_color(d->out, HEIR_COLOR_NONE);
	heir_out_addz(d->out, "\n");
	d->shift += (int64_t)n_new - n_old;
	print_lines(d->out, ' ', head);
	for (uint32_t i = first; i < end; i++) {
		size_t next = i + 1 < end ? blocks[i + 1].from : blocks[i].to;

		print_lines(d->out, '-',
			(struct heir_str){
				d->before.p + blocks[i].from, blocks[i].to - blocks[i].from});
		print_lines(d->out, '+', heir_buf_str(&blocks[i].text));
		print_lines(d->out, ' ',
			(struct heir_str){d->before.p + blocks[i].to, next - blocks[i].to});
	}
	print_lines(d->out, ' ', tail);
	return end;
}

/* Can a terminal be shown the character at `p`? */
static bool is_harmless(const char *p, size_t *ret_len)
{
	uint32_t c;
	size_t len = heir_utf8_decode((struct heir_str){p, strnlen(p, 4)}, &c);

	*ret_len = len ? len : 1;
	return len > 0 && !heir_utf8_is_dangerous(c);
}

/* "--- a/etc/crio/..."; a name with blanks ends with a tab, for patch(1). */
static void print_name(struct heir_out *out, const char *mark, const char *path)
{
	bool quoted = strpbrk(path, "\"\\") != NULL;
	size_t len;

	for (const char *p = path; *p; p += len)
		quoted |= !is_harmless(p, &len);
	heir_out_color(out, HEIR_COLOR_BOLD);
	heir_out_printf(out, "%s%s/", quoted ? "\"" : "", mark);
	for (const char *p = path + strspn(path, "/"); *p; p += len) {
		bool harmless = is_harmless(p, &len);

		for (size_t i = 0; i < len && !harmless; i++)
			heir_out_printf(out, "\\%03o", (unsigned char)p[i]);
		if (*p == '"' || *p == '\\')
			heir_out_addz(out, "\\");
		if (harmless)
			heir_out_add(out, (struct heir_str){p, len});
	}
	heir_out_addz(out, quoted ? "\"" : strchr(path, ' ') ? "\t" : "");
	heir_out_color(out, HEIR_COLOR_NONE);
	heir_out_addz(out, "\n");
}

int heir_udiff(struct heir_out *out, const char *path, struct heir_str before,
	const struct heir_edit *edits, uint32_t n)
{
	_cleanup_(differ_release) struct differ d = {out, before, NULL, 0, 0};
	int r = n > 0 ? make_blocks(&d, edits, n) : 0;

	if (r < 0 || n == 0)
		return r;
	heir_out_addz(out, "--- ");
	print_name(out, "a", path);
	heir_out_addz(out, "+++ ");
	print_name(out, "b", path);
	for (uint32_t i = 0; i < d.n && out->error == 0;)
		i = print_hunk(&d, i);
	return 0;
}
