/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: when the document is read, their end is found and their escapes are checked; they are
 * decoded when requested. */
#include <errno.h>

#include "base/utf8.h"
#include "toml/parse.h"
#include "toml/scan.h"

struct scan {
	const char *open;
	bool multiline;
	bool reported;         /* one fault per string is enough */
	const char *postponed; /* see report_value */
};

static bool is_blank_char(char c)
{
	return c == ' ' || c == '\t';
}

/* A fault that BurntSushi detects once it has the whole string: it reports the line on which the
 * string ends, and nothing if the string has no end. */
static int report_value(struct heir_toml_parser *parser, struct scan *scan, const char *p, size_t n,
	const char *what)
{
	if (scan->reported || scan->postponed)
		return 0;
	if (parser->crio) {
		scan->postponed = what;
		return 0;
	}
	scan->reported = true;
	return heir_toml_report(parser, HEIR_TOML_SYNTAX, false,
		heir_toml_span(parser, p, MIN(p + n, parser->end)), NULL, what);
}

static int report_here(struct heir_toml_parser *parser, struct scan *scan,
	enum heir_toml_fault_kind kind, const char *p, const char *what)
{
	if (scan->reported)
		return 0;
	scan->reported = true;
	return heir_toml_report(parser, kind, false, heir_toml_place(parser, p), NULL, what);
}

/* Returns the end of the white space after a backslash at the end of a line, or NULL if no newline
 * follows. */
static const char *skip_line_ending(const char *p, const char *end)
{
	const char *q = heir_toml_skip_blank(p, end);

	if (!heir_toml_newline(q, end))
		return NULL;
	while (q < end && (is_blank_char(*q) || heir_toml_newline(q, end)))
		q += MAX(heir_toml_newline(q, end), (size_t)1);
	return q;
}

static size_t n_hex(char c)
{
	return c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

static uint32_t read_hex(const char *p, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 4 | heir_ascii_digit(p[i]);
	return value;
}

static int scan_hex(struct heir_toml_parser *parser, struct scan *scan, const char **at)
{
	const char *p = *at + 2;
	size_t n = n_hex((*at)[1]), i = 0;
	uint32_t code;

	while (i < n && p + i < parser->end && heir_toml_is(p[i], HEIR_TOML_HEX))
		i++;
	*at = p + i;
	if (i < n)
		return report_here(parser, scan, HEIR_TOML_SYNTAX, p + i,
			n == 2   ? "expected two hexadecimal digits after '\\x'"
			: n == 4 ? "expected four hexadecimal digits after '\\u'"
				 : "expected eight hexadecimal digits after '\\U'");
	code = read_hex(p, n);
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return report_value(
			parser, scan, p - 2, n + 2, "the escape is not a Unicode character");
	return 0;
}

/* Checks the escape at *at and moves after it. */
static int scan_escape(struct heir_toml_parser *parser, struct scan *scan, const char **at)
{
	const char *p = *at + 1, *stop;

	*at = p;
	if (p == parser->end)
		return 0;
	if (scan->multiline && (stop = skip_line_ending(p, parser->end))) {
		*at = stop;
		return 0;
	}
	if (is_blank_char(*p))
		return report_value(
			parser, scan, p - 1, 2, "a backslash cannot precede white space");
	if ((*p == 'e' || *p == 'x') && !parser->v1_1) {
		int r = report_here(parser, scan, HEIR_TOML_VERSION, p,
			*p == 'e' ? "the escape '\\e' needs TOML 1.1"
				  : "the escape '\\x' needs TOML 1.1");

		if (r < 0)
			return r;
	}
	if (n_hex(*p)) {
		*at = p - 1;
		return scan_hex(parser, scan, at);
	}
	if (strchr("btnfre\"\\", *p) && *p) {
		*at = p + 1;
		return 0;
	}
	if ((unsigned char)*p >= 0x80 || heir_toml_is_odd(*p))
		return heir_toml_newline(p, parser->end) || (unsigned char)*p >= 0x80
			       ? report_here(parser, scan, HEIR_TOML_SYNTAX, p, "unknown escape")
			       : 0;
	return report_here(parser, scan, HEIR_TOML_SYNTAX, p, "unknown escape");
}

/* Three to five quotes at p end a multi-line string. */
static int scan_quotes(
	struct heir_toml_parser *parser, struct scan *scan, const char **at, bool *closed)
{
	const char *p = *at;
	size_t n = 0;

	while (p + n < parser->end && p[n] == *scan->open)
		n++;
	*at = p + n;
	*closed = n >= 3;
	if (n > 5)
		return report_here(parser, scan, HEIR_TOML_SYNTAX, p + 5,
			"too many quotes at the end of a multi-line string");
	return 0;
}

static int no_end(struct heir_toml_parser *parser, struct scan *scan, const char *p)
{
	bool basic = *scan->open == '"';
	struct heir_toml_span other = heir_toml_span(parser, scan->open, scan->open + 1);
	int r = 0;

	parser->p = scan->multiline ? scan->open : p;
	parser->lost |= scan->multiline;
	if (!scan->reported && p < parser->end)
		r = heir_toml_report(parser, HEIR_TOML_SYNTAX, false,
			heir_toml_place_before(parser, p), &other,
			basic ? "string has no closing '\"'" : "string has no closing \"'\"");
	else if (!scan->reported)
		r = heir_toml_report(parser, HEIR_TOML_SYNTAX, false, heir_toml_place(parser, p),
			&other,
			scan->multiline ? basic ? "string has no closing '\"\"\"'"
						: "string has no closing \"'''\""
			: basic         ? "string has no closing '\"'"
					: "string has no closing \"'\"");
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

static int finish_string(struct heir_toml_parser *parser, struct scan *scan, const char *p)
{
	parser->p = p;
	if (!scan->postponed || scan->reported)
		return 0;
	return heir_toml_report(parser, HEIR_TOML_SYNTAX, false, heir_toml_span(parser, p - 1, p),
		NULL, scan->postponed);
}

/* Handles a byte at *at that is not plain text. Returns 0 to continue there. */
static int scan_odd(struct heir_toml_parser *parser, struct scan *scan, const char **at)
{
	const char *p = *at;
	int r;

	switch (heir_toml_classify(at, parser->end)) {
	case HEIR_TOML_AT_NEWLINE:
		if (!scan->multiline)
			return no_end(parser, scan, p);
		*at = p + heir_toml_newline(p, parser->end);
		return 0;
	case HEIR_TOML_AT_END:
		return no_end(parser, scan, p);
	case HEIR_TOML_AT_BAD:
		r = scan->reported ? 0 : heir_toml_report_byte(parser, p);
		scan->reported = true;
		*at = p + 1;
		return r;
	default:
		return 0;
	}
}

static int scan_slowly(struct heir_toml_parser *parser, struct scan *scan, const char *p)
{
	char quote = *scan->open;
	bool closed = false;
	int r;

	for (;;) {
		p = quote == '"' ? heir_toml_skip_basic(p, parser->end)
				 : heir_toml_skip_literal(p, parser->end);
		if (p < parser->end && *p == quote) {
			if (!scan->multiline)
				return finish_string(parser, scan, p + 1);
			r = scan_quotes(parser, scan, &p, &closed);
			if (r == 0 && closed)
				return finish_string(parser, scan, p);
		} else if (p < parser->end && *p == '\\' && quote == '"') {
			r = scan_escape(parser, scan, &p);
		} else {
			r = scan_odd(parser, scan, &p);
		}
		if (r != 0)
			return r;
	}
}

int heir_toml_scan_string(struct heir_toml_parser *parser, const char *p, bool key)
{
	const char *end = parser->end, *stop;
	struct scan scan = {.open = p};

	stop = *p == '"' ? heir_toml_skip_basic(p + 1, end) : heir_toml_skip_literal(p + 1, end);
	if (LIKELY(stop < end && *stop == *p)) {
		if (stop > p + 1 || stop + 1 == end || stop[1] != *p) {
			parser->p = stop + 1;
			return 0;
		}
		if (key)
			return heir_toml_refuse(
				parser, stop + 1, "a multi-line string cannot be a key");
		scan.multiline = true;
		stop = p + 3;
	}
	return scan_slowly(parser, &scan, stop);
}

/* In a string with a fault, anything may follow a backslash; it is copied. */
static const char *decode_escape(const char *p, const char *end, bool multiline, char **to)
{
	static const char letters[] = "btnfre\"\\", values[] = "\b\t\n\f\r\x1b\"\\";
	const char *stop = multiline ? skip_line_ending(p, end) : NULL, *letter;
	size_t n;

	if (stop)
		return stop;
	if (p == end)
		return p;
	n = n_hex(*p);
	if (n && (size_t)(end - p) > n) {
		uint32_t code = read_hex(p + 1, n);

		if (code <= 0x10ffff)
			*to += heir_utf8_encode(*to, code);
		return p + 1 + n;
	}
	letter = *p ? strchr(letters, *p) : NULL;
	*(*to)++ = letter ? values[letter - letters] : *p;
	return p + 1;
}

static struct heir_str add_string_part(struct heir_str raw, bool *multiline)
{
	size_t skip = 1;

	*multiline = raw.len >= 6 && raw.p[1] == raw.p[0] && raw.p[2] == raw.p[0];
	if (*multiline)
		skip = 3;
	raw.p += skip;
	raw.len -= 2 * skip;
	if (*multiline) {
		size_t n = heir_toml_newline(raw.p, raw.p + raw.len);

		raw.p += n;
		raw.len -= n;
	}
	return raw;
}

struct heir_str heir_toml_decode_string(struct heir_str raw, struct heir_arena *arena)
{
	bool multiline, literal = *raw.p == '\'';
	struct heir_str s = add_string_part(raw, &multiline);
	const char *p = s.p, *end = p + s.len;
	char *out, *to;

	if (literal || s.len == 0 || !memchr(p, '\\', s.len))
		return s;
	out = to = heir_arena_bytes(arena, s.len);
	if (!out)
		return HEIR_STR_NULL;
	while (p < end) {
		if (*p == '\\')
			p = decode_escape(p + 1, end, multiline, &to);
		else
			*to++ = *p++;
	}
	return (struct heir_str){out, (size_t)(to - out)};
}

struct heir_str heir_toml_string(
	const struct heir_toml_doc *doc, heir_toml_node node, struct heir_arena *arena)
{
	struct heir_toml_span span = heir_toml_value_span(doc, node);

	return heir_toml_decode_string((struct heir_str){doc->text.p + span.at, span.len}, arena);
}
