/* SPDX-License-Identifier: Apache-2.0 */
#include "report/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "model/bound.h"

enum { PIECE = 64 << 10 };

void heir_out_init(
	struct heir_out *out, const struct heir_style *style, heir_write_fn write, void *data)
{
	*out = (struct heir_out){.style = *style,
		.write = write,
		.data = data,
		.buf = HEIR_BUF_NULL,
		.piece = PIECE,
		.room = HEIR_BOUND_ROOM};
}

static bool is_ascii_terminal(const struct heir_out *out)
{
	return out->style.ascii && out->style.escape;
}

/* What stands for a '#' that would begin a command; NULL: nothing has to. */
static const char *hash_escape(enum heir_format format)
{
	switch (format) {
	case HEIR_FORMAT_HTML:
		return NULL;
	case HEIR_FORMAT_JSON:
	case HEIR_FORMAT_SARIF:
	case HEIR_FORMAT_IGNITION:
	case HEIR_FORMAT_TOML:
	case HEIR_FORMAT_MACHINECONFIG:
		return "\\u0023";
	default:
		return "\\x23";
	}
}

/* What a CI system may skip before a command: blanks, of which Unicode has some. */
static size_t skip_blanks(struct heir_str text, size_t at)
{
	while (at < text.len && (strchr(" \t\v\f", text.p[at]) || (text.p[at] & 0x80)))
		at++;
	return at;
}

/* Where the next line begins that begins with "::". */
static size_t next_colons(struct heir_str text, size_t at)
{
	for (; at < text.len; at++) {
		size_t start = skip_blanks(text, at);

		if (start + 1 < text.len && text.p[start] == ':' && text.p[start + 1] == ':')
			return start;
		at = start + strcspn(text.p + start, "\n\r");
		while (at < text.len && text.p[at] == '\0')
			at += 1 + strcspn(text.p + at + 1, "\n\r");
	}
	return text.len;
}

static size_t next_hash(struct heir_str text, size_t at)
{
	while (at < text.len) {
		const char *p = memmem(text.p + at, text.len - at, "##", 2);
		struct heir_str rest;

		if (!p)
			break;
		rest = (struct heir_str){p + 2, text.len - (size_t)(p + 2 - text.p)};
		if (heir_str_starts(rest, "[") || heir_str_starts(rest, "vso["))
			return (size_t)(p - text.p);
		at = (size_t)(p + 1 - text.p);
	}
	return text.len;
}

/* Adds whole lines so that no CI system obeys them; nothing where none would. */
static void add_harmless(const struct heir_out *out, struct heir_str text, struct heir_buf *buf)
{
	enum heir_format format = out->style.format;
	const char *hash = hash_escape(format);
	bool has_colons = format == HEIR_FORMAT_TEXT || format == HEIR_FORMAT_WIDE;
	size_t colons = has_colons ? next_colons(text, 0) : text.len;
	size_t hashes = hash ? next_hash(text, 0) : text.len, done = 0;

	while (colons < text.len || hashes < text.len) {
		size_t at = MIN(colons, hashes);

		heir_buf_add(buf, text.p + done, at - done);
		heir_buf_addz(buf, at == colons ? "\\x3a" : hash);
		done = at + 1;
		if (at == colons)
			colons = next_colons(text, done + strcspn(text.p + done, "\n\r"));
		else
			hashes = next_hash(text, done);
	}
	if (done > 0)
		heir_buf_add(buf, text.p + done, text.len - done);
}

static int write_text(struct heir_out *out, struct heir_str text)
{
	_cleanup_(heir_buf_release) struct heir_buf plain = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf harmless = HEIR_BUF_NULL;
	int r;

	add_harmless(out, text, &harmless);
	if (harmless.failed)
		return heir_buf_error(&harmless);
	text = harmless.len > 0 ? heir_buf_str(&harmless) : text;
	if (is_ascii_terminal(out)) {
		heir_utf8_ascii(&plain, text, out->style.format == HEIR_FORMAT_TOML);
		if (plain.failed)
			return heir_buf_error(&plain);
		text = heir_buf_str(&plain);
	}
	r = out->write(out->data, text.p, text.len);
	return r < 0 ? r : 0;
}

/* Hands over so many bytes, and keeps the rest. */
static void flush(struct heir_out *out, size_t n)
{
	size_t rest = out->buf.len - n;

	if (out->buf.failed && out->error == 0)
		out->error = heir_buf_error(&out->buf);
	if (out->error == 0 && n > 0)
		out->error = write_text(out, (struct heir_str){out->buf.p, n});
	if (rest > 0)
		memmove(out->buf.p, out->buf.p + n, rest + 1);
	out->buf.len = rest;
	if (out->error < 0)
		heir_buf_clear(&out->buf);
}

/* Whole lines, because what a line is to a CI system its beginning decides. */
static void flush_lines(struct heir_out *out)
{
	const char *end = out->buf.len > 0 ? memrchr(out->buf.p, '\n', out->buf.len) : NULL;

	if (out->buf.failed || out->error < 0)
		flush(out, out->buf.len);
	else if (end)
		flush(out, (size_t)(end + 1 - out->buf.p));
	out->piece = MAX((size_t)PIECE, 2 * out->buf.len);
}

int heir_out_finish(struct heir_out *out)
{
	flush(out, out->buf.len);
	heir_buf_release(&out->buf);
	return out->error;
}

void heir_out_add(struct heir_out *out, struct heir_str s)
{
	heir_buf_adds(&out->buf, s);
	if (out->buf.len >= out->piece || out->buf.failed)
		flush_lines(out);
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
	/* An empty text in an empty buffer leaves it without memory. */
	if (out->buf.failed || out->buf.len == before)
		return 0;
	return heir_out_width(out, (struct heir_str){out->buf.p + before, out->buf.len - before});
}

void heir_out_show_lines(struct heir_out *out, struct heir_str s)
{
	while (s.len > 0) {
		size_t n = 0, end;

		while (n < s.len && s.p[n] != '\n' && s.p[n] != '\t')
			n++;
		end = n < s.len ? n + 1 : n;
		if (n > 0 && n < s.len && s.p[n] == '\n' && s.p[n - 1] == '\r')
			n--;
		heir_out_show(out, (struct heir_str){s.p, n});
		heir_out_add(out, (struct heir_str){s.p + n, end - n});
		s.p += end;
		s.len -= end;
	}
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

size_t heir_out_width(const struct heir_out *out, struct heir_str shown)
{
	return heir_utf8_width(shown, is_ascii_terminal(out));
}

size_t heir_shown_width(const struct heir_out *out, struct heir_str s)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;

	/* Nearly everything is plain ASCII, and shown as it is. */
	for (size_t i = 0;; i++) {
		if (i == s.len)
			return s.len;
		if ((uint8_t)s.p[i] < 0x20 || (uint8_t)s.p[i] >= 0x7f)
			break;
	}
	heir_utf8_show(&buf, s);
	return heir_out_width(out, heir_buf_str(&buf));
}

/* Bytes of the character at the start of `s`, with the marks that combine with it, and its columns.
 */
static size_t next_cluster(const struct heir_out *out, struct heir_str s, size_t *ret_width)
{
	size_t len = 0, width = 0;

	while (len < s.len) {
		size_t end = len + 1, more;

		while (end < s.len && (s.p[end] & 0xc0) == 0x80)
			end++;
		more = heir_out_width(out, (struct heir_str){s.p + len, end - len});
		if (len > 0 && more > 0)
			break;
		len = end;
		width += more;
	}
	*ret_width = width;
	return len;
}

/* Bytes at the start of `s` that take at most `width` columns; with `over`, at least as many. */
static size_t bytes_of(const struct heir_out *out, struct heir_str s, size_t width, bool over)
{
	size_t i = 0, taken = 0;

	while (i < s.len && (taken < width || !over)) {
		size_t more;
		size_t len = next_cluster(out, (struct heir_str){s.p + i, s.len - i}, &more);

		if (!over && taken + more > width)
			break;
		taken += more;
		i += len;
	}
	return i;
}

void heir_elide(const struct heir_out *out, struct heir_buf *buf, struct heir_str s, size_t width)
{
	_cleanup_(heir_buf_release) struct heir_buf whole = HEIR_BUF_NULL;
	const char *dots = out->style.ascii ? "..." : "\xe2\x80\xa6";
	size_t dots_width = out->style.ascii ? 3 : 1, n, head, tail, cut;
	struct heir_str text;

	heir_utf8_show(&whole, s);
	buf->failed |= whole.failed;
	text = heir_buf_str(&whole);
	n = heir_out_width(out, text);
	if (width == 0 || n <= width || width <= dots_width + 1) {
		heir_buf_adds(buf, text);
		return;
	}
	/* The end of a path tells more than its beginning. */
	head = (width - dots_width) / 3;
	tail = width - dots_width - head;
	heir_buf_add(buf, text.p, bytes_of(out, text, head, false));
	heir_buf_addz(buf, dots);
	cut = bytes_of(out, text, n - tail, true);
	heir_buf_add(buf, text.p + cut, text.len - cut);
}

void heir_url_add(struct heir_buf *buf, struct heir_str path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr("-._~/", c)))
			heir_buf_addc(buf, (char)c);
		else
			heir_buf_printf(buf, "%%%02X", c);
	}
}

static bool has_links(const struct heir_out *out)
{
	return out->style.links && out->style.color;
}

void heir_out_begin_link(struct heir_out *out, struct heir_str path)
{
	_cleanup_(heir_buf_release) struct heir_buf url = HEIR_BUF_NULL;
	bool is_absolute = path.len > 0 && path.p[0] == '/';
	const char *links = out->style.links;

	if (!has_links(out))
		return;
	heir_buf_addz(&url, "file://");
	heir_url_add(
		&url, (struct heir_str){links, is_absolute ? strcspn(links, "/") : strlen(links)});
	if (!is_absolute)
		heir_buf_addc(&url, '/');
	heir_url_add(&url, path);
	heir_out_addz(out, "\033]8;;");
	if (url.failed && out->error == 0)
		out->error = -ENOMEM;
	heir_out_add(out, heir_buf_str(&url));
	heir_out_addz(out, "\033\\");
}

void heir_out_end_link(struct heir_out *out)
{
	if (has_links(out))
		heir_out_addz(out, "\033]8;;\033\\");
}
