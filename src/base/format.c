/* SPDX-License-Identifier: Apache-2.0 */
/* Formatted text. The C library's printf() ends "%.*s" at the first NUL, but a TOML string may
 * contain one, and the rest of the message must not vanish. Messages also shorten long values:
 * each handler that inherits a bad value has a diagnostic that quotes it, so the output would grow
 * quadratically. */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macro.h"

/* A message quotes names and values up to this many bytes completely. */
enum { LIMIT = 512 };

/* Returns the start of the UTF-8 character at or before `n`. */
static size_t char_boundary(struct heir_str s, size_t n)
{
	size_t at = n;

	while (at > 0 && n - at < 3 && (s.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The destination. A first pass without one measures the length. */
struct sink {
	char *to; /* NULL: only measure */
	size_t n;
	bool cuts; /* shorten long text */
};

static void put_bytes(struct sink *sink, const char *p, size_t len)
{
	if (sink->to && len > 0)
		memcpy(sink->to + sink->n, p, len);
	sink->n += len;
}

static void putz(struct sink *sink, const char *z)
{
	put_bytes(sink, z, strlen(z));
}

/* Writes text with each NUL as "\x00". */
static void put_text(struct sink *sink, struct heir_str s)
{
	const char *nul;

	while (s.len > 0 && (nul = memchr(s.p, '\0', s.len))) {
		size_t n = (size_t)(nul - s.p);

		put_bytes(sink, s.p, n);
		putz(sink, "\\x00");
		s.p += n + 1;
		s.len -= n + 1;
	}
	put_bytes(sink, s.p, s.len);
}

static void put_quoted(struct sink *sink, struct heir_str s)
{
	size_t head, tail;

	if (!sink->cuts || s.len <= LIMIT) {
		put_text(sink, s);
		return;
	}
	head = char_boundary(s, LIMIT / 2);
	tail = char_boundary(s, s.len - LIMIT / 2);
	put_text(sink, (struct heir_str){s.p, head});
	putz(sink, "...");
	put_text(sink, (struct heir_str){s.p + tail, s.len - tail});
}

static void put_decimal(struct sink *sink, bool negative, size_t n)
{
	char digits[32];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	if (negative)
		digits[--i] = '-';
	put_bytes(sink, digits + i, sizeof(digits) - i);
}

enum conversion { STRING, QUOTED, CHARACTER, INT, UNSIGNED, SIZE, PERCENT, N_CONVERSIONS };

static const char *const conversions[N_CONVERSIONS] = {
	[STRING] = "%s",
	[QUOTED] = "%.*s",
	[CHARACTER] = "%c",
	[INT] = "%d",
	[UNSIGNED] = "%u",
	[SIZE] = "%zu",
	[PERCENT] = "%%",
};

/* Returns the conversion that `fmt` begins with. */
static enum conversion conversion_at(const char *fmt)
{
	unsigned c = 0;

	while (c < N_CONVERSIONS && strncmp(fmt, conversions[c], strlen(conversions[c])) != 0)
		c++;
	return (enum conversion)c;
}

/* Returns whether this file implements all conversions of the format. */
static bool is_simple_format(const char *fmt)
{
	while ((fmt = strchr(fmt, '%'))) {
		enum conversion c = conversion_at(fmt);

		if (c == N_CONVERSIONS)
			return false;
		fmt += strlen(conversions[c]);
	}
	return true;
}

/* Formats one conversion. */
static void format_one(struct sink *sink, enum conversion c, va_list *args)
{
	char letter;
	int n;

	switch (c) {
	case STRING:
		putz(sink, va_arg(*args, const char *));
		break;
	case QUOTED:
		n = va_arg(*args, int);
		put_quoted(sink, (struct heir_str){va_arg(*args, const char *), (size_t)n});
		break;
	case CHARACTER:
		letter = (char)va_arg(*args, int);
		put_bytes(sink, &letter, 1);
		break;
	case INT:
		n = va_arg(*args, int);
		put_decimal(sink, n < 0, n < 0 ? 0 - (unsigned)n : (unsigned)n);
		break;
	case UNSIGNED:
		put_decimal(sink, false, va_arg(*args, unsigned));
		break;
	case SIZE:
		put_decimal(sink, false, va_arg(*args, size_t));
		break;
	default:
		putz(sink, "%");
	}
}

/* Formats everything; other conversions are left to the C library. Returns false if that fails. */
static bool format_all(struct sink *sink, const char *fmt, va_list args) _printf_(2, 0);

/* Formats into the sink, which may only measure. Formats with other conversions go to the C
 * library and lose what is special here. */
static bool format_all(struct sink *sink, const char *fmt, va_list args)
{
	bool plain = is_simple_format(fmt);
	va_list rest;
	int n = 0;

	/* A va_list parameter may have decayed to a pointer, whose address is not a va_list *. */
	va_copy(rest, args);
	if (!plain) {
		n = vsnprintf(sink->to, sink->to ? INT_MAX : 0, fmt, rest);
		sink->n = n < 0 ? 0 : (size_t)n;
	}
	while (plain && *fmt) {
		size_t len = strcspn(fmt, "%");

		put_bytes(sink, fmt, len);
		fmt += len;
		if (*fmt) {
			enum conversion c = conversion_at(fmt);

			format_one(sink, c, &rest);
			fmt += strlen(conversions[c]);
		}
	}
	va_end(rest);
	return n >= 0;
}

void heir_buf_add_text(struct heir_buf *buf, struct heir_str s)
{
	struct sink sink = {NULL, 0, false};

	put_text(&sink, s);
	heir_buf_fill(buf, '\0', sink.n);
	if (buf->failed)
		return;
	sink = (struct sink){buf->p + buf->len - sink.n, 0, false};
	put_text(&sink, s);
}

static void format_buf(struct heir_buf *buf, bool cuts, const char *fmt, va_list args)
	_printf_(3, 0);

static void format_buf(struct heir_buf *buf, bool cuts, const char *fmt, va_list args)
{
	struct sink sink = {NULL, 0, cuts};

	if (!format_all(&sink, fmt, args))
		buf->failed = true;
	heir_buf_fill(buf, '\0', sink.n);
	if (buf->failed)
		return;
	sink = (struct sink){buf->p + buf->len - sink.n, 0, cuts};
	format_all(&sink, fmt, args);
}

void heir_buf_printf(struct heir_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	format_buf(buf, false, fmt, args);
	va_end(args);
}

void heir_buf_vmessage(struct heir_buf *buf, const char *fmt, va_list args)
{
	format_buf(buf, true, fmt, args);
}

void heir_buf_message(struct heir_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	format_buf(buf, true, fmt, args);
	va_end(args);
}

static char *format_arena(struct heir_arena *arena, bool cuts, const char *fmt, va_list args)
	_printf_(3, 0);

static char *format_arena(struct heir_arena *arena, bool cuts, const char *fmt, va_list args)
{
	struct sink sink = {NULL, 0, cuts};
	char *text = NULL;

	if (format_all(&sink, fmt, args))
		text = heir_arena_bytes(arena, sink.n + 1);
	if (!text)
		return NULL;
	sink = (struct sink){text, 0, cuts};
	format_all(&sink, fmt, args);
	text[sink.n] = '\0';
	return text;
}

char *heir_arena_printf(struct heir_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format_arena(arena, false, fmt, args);
	va_end(args);
	return text;
}

char *heir_arena_vmessage(struct heir_arena *arena, const char *fmt, va_list args)
{
	return format_arena(arena, true, fmt, args);
}

char *heir_arena_message(struct heir_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format_arena(arena, true, fmt, args);
	va_end(args);
	return text;
}
