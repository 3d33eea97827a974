/* SPDX-License-Identifier: Apache-2.0 */
#include "report/out.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { PIECE = 64 << 10 };

void heir_out_init(
	struct heir_out *out, const struct heir_style *style, heir_write_fn write, void *data)
{
	*out = (struct heir_out){*style, write, data, HEIR_BUF_NULL, 0};
}

static void flush(struct heir_out *out)
{
	if (out->buf.failed && out->error == 0)
		out->error = heir_buf_error(&out->buf);
	if (out->error == 0 && out->buf.len > 0) {
		int r = out->write(out->data, out->buf.p, out->buf.len);

		out->error = r < 0 ? r : 0;
	}
	heir_buf_clear(&out->buf);
}

int heir_out_finish(struct heir_out *out)
{
	flush(out);
	heir_buf_release(&out->buf);
	return out->error;
}

void heir_out_add(struct heir_out *out, struct heir_str s)
{
	heir_buf_adds(&out->buf, s);
	if (out->buf.len >= PIECE)
		flush(out);
}

void heir_out_addz(struct heir_out *out, const char *z)
{
	heir_out_add(out, heir_str_from(z));
}

void heir_out_printf(struct heir_out *out, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int n;

	/* For heir's own short words; foreign text goes through heir_out_show. */
	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (n > 0)
		heir_out_add(out, (struct heir_str){text, MIN((size_t)n, sizeof(text) - 1)});
}

void heir_out_fill(struct heir_out *out, char c, size_t n)
{
	heir_buf_fill(&out->buf, c, n);
}

size_t heir_out_show(struct heir_out *out, struct heir_str s)
{
	size_t before = out->buf.len;

	heir_utf8_show(&out->buf, s);
	if (out->buf.failed)
		return 0;
	return heir_utf8_count((struct heir_str){out->buf.p + before, out->buf.len - before});
}

void heir_out_color(struct heir_out *out, enum heir_color color)
{
	static const char *const codes[] = {
		[HEIR_COLOR_NONE] = "\033[0m",
		[HEIR_COLOR_BOLD] = "\033[1m",
		[HEIR_COLOR_DIM] = "\033[2m",
		[HEIR_COLOR_RED] = "\033[1;31m",
		[HEIR_COLOR_GREEN] = "\033[32m",
		[HEIR_COLOR_YELLOW] = "\033[1;33m",
		[HEIR_COLOR_CYAN] = "\033[36m",
	};

	if (out->style.color)
		heir_out_addz(out, codes[color]);
}

void heir_out_cell(struct heir_out *out, struct heir_str s, size_t width, enum heir_color color)
{
	size_t shown;

	if (color != HEIR_COLOR_NONE)
		heir_out_color(out, color);
	shown = heir_out_show(out, s);
	if (color != HEIR_COLOR_NONE)
		heir_out_color(out, HEIR_COLOR_NONE);
	if (shown < width)
		heir_out_fill(out, ' ', width - shown);
}

size_t heir_shown_width(struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	/* Nearly everything is plain ASCII, and shown as it is. */
	for (size_t i = 0;; i++) {
		if (i == s.len)
			return s.len;
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			break;
	}
	heir_utf8_show(&buf, s);
	return heir_utf8_count(heir_buf_str(&buf));
}

/* Bytes of the first `n` characters of valid UTF-8. */
static size_t bytes_of(struct heir_str s, size_t n)
{
	size_t i = 0;

	for (; n > 0 && i < s.len; n--)
		do
			i++;
		while (i < s.len && (s.p[i] & 0xc0) == 0x80);
	return i;
}

void heir_elide(struct heir_buf *buf, struct heir_str s, size_t width, bool ascii)
{
	_cleanup_(heir_buf_release) struct heir_buf whole = HEIR_BUF_NULL;
	const char *dots = ascii ? "..." : "\xe2\x80\xa6";
	size_t dots_width = ascii ? 3 : 1, n, head, tail, cut;
	struct heir_str text;

	heir_utf8_show(&whole, s);
	buf->failed |= whole.failed;
	text = heir_buf_str(&whole);
	n = heir_utf8_count(text);
	if (width == 0 || n <= width || width <= dots_width + 1) {
		heir_buf_adds(buf, text);
		return;
	}
	/* The end of a path tells more than its beginning. */
	head = (width - dots_width) / 3;
	tail = width - dots_width - head;
	heir_buf_add(buf, text.p, bytes_of(text, head));
	heir_buf_addz(buf, dots);
	cut = bytes_of(text, n - tail);
	heir_buf_add(buf, text.p + cut, text.len - cut);
}
