/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON reader that keeps the place of each value, which jansson does not. libyaml cannot do it,
 * because it does not know surrogate pairs, limits keys to 1,024 characters, and requires a
 * separator between documents. */
#include <errno.h>
#include <string.h>

#include "base/macro.h"
#include "base/utf8.h"
#include "kube/build.h"

enum awaits {
	VALUE,
	VALUE_OR_END, /* after [ */
	KEY,
	KEY_OR_END, /* after { */
	COLON,
	COMMA_OR_END,
	NOTHING, /* the document is complete */
};

struct reader {
	struct heir_tree_builder *b;
	const char *p, *end;
	enum awaits awaits;
	uint32_t depth;
	bool in_map[HEIR_TREE_MAX_DEPTH + 1];
};

static uint32_t offset_here(const struct reader *reader, const char *p)
{
	return (uint32_t)(p - reader->b->text.p);
}

static int fail_json(struct reader *reader, const char *what)
{
	return heir_build_fail(
		reader->b, what, offset_here(reader, reader->p), reader->p < reader->end);
}

static bool is_json_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void after_value(struct reader *reader)
{
	reader->awaits = reader->depth > 0 ? COMMA_OR_END : NOTHING;
}

/* ---- Strings ---- */

/* Returns the value of the four digits after \u, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t value = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		unsigned digit = heir_ascii_digit(p[i]);

		if (digit >= 16)
			return -1;
		value = value << 4 | (int32_t)digit;
	}
	return value;
}

/* A lone surrogate becomes U+FFFD, as in Go. */
static const char *unescape_unicode(const char *p, const char *end, char **to)
{
	int32_t c = hex4(p, end), low;

	p += 4;
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		low = hex4(p + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			*to += heir_utf8_encode(*to, 0x10000 + (((uint32_t)c - 0xd800) << 10) +
							     ((uint32_t)low - 0xdc00));
			return p + 6;
		}
	}
	*to += heir_utf8_encode(*to, c >= 0xd800 && c < 0xe000 ? 0xfffd : (uint32_t)c);
	return p;
}

/* Escapes were checked already. Decoded text is never longer than written text. */
static int decode_json_escapes(struct reader *reader, struct heir_str raw, struct heir_str *ret)
{
	static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
	char *copy = heir_arena_bytes(reader->b->arena, raw.len + 1), *to = copy;
	const char *p = raw.p, *end = raw.p + raw.len;

	if (!copy)
		return -ENOMEM;
	while (p < end) {
		const char *letter;

		if (*p != '\\') {
			*to++ = *p++;
			continue;
		}
		p++;
		if (*p == 'u') {
			p = unescape_unicode(p + 1, end, &to);
			continue;
		}
		letter = strchr(letters, *p);
		*to++ = letter ? controls[letter - letters] : *p;
		p++;
	}
	*to = '\0';
	*ret = (struct heir_str){copy, (size_t)(to - copy)};
	return 0;
}

/* Scans from after the quote to the closing one. Returns 0 or -EINVAL. */
static int scan_string(struct reader *reader, bool *escapes)
{
	for (*escapes = false; reader->p < reader->end; reader->p++) {
		unsigned char c = (unsigned char)*reader->p;

		if (c == '"')
			return 0;
		if (c < 0x20)
			return fail_json(reader, "a control character in a string");
		if (c != '\\')
			continue;
		*escapes = true;
		reader->p++;
		if (reader->p == reader->end)
			break;
		if (*reader->p == 'u' ? hex4(reader->p + 1, reader->end) < 0
				      : !*reader->p || !strchr("\"\\/bfnrt", *reader->p))
			return fail_json(reader, "an escape that JSON does not know");
	}
	return fail_json(reader, "unterminated string");
}

static int take_string(struct reader *reader)
{
	uint32_t at = offset_here(reader, reader->p);
	struct heir_str text = {++reader->p, 0};
	bool escapes;
	int r = scan_string(reader, &escapes);

	if (r < 0)
		return r;
	text.len = (size_t)(reader->p++ - text.p);
	if (escapes && heir_build_keeps(reader->b))
		r = decode_json_escapes(reader, text, &text);
	return r < 0 ? r
		     : heir_build_scalar(reader->b, HEIR_TREE_STRING, text, at,
			       offset_here(reader, reader->p) - at, HEIR_STR_NULL);
}

/* ---- Values ---- */

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
	       c == '+' || c == '.';
}

/* Reads a number, true, false or null. Numbers are not validated; heir_node_integer() does
 * that. */
static int take_word(struct reader *reader)
{
	struct heir_str word = {reader->p, 0};
	enum heir_tree_type type = HEIR_TREE_PLAIN;

	while (word.p + word.len < reader->end && is_word(word.p[word.len]))
		word.len++;
	if (heir_str_eqz(word, "null"))
		type = HEIR_TREE_NULL;
	else if (word.len == 0 ||
		 (!(*word.p >= '0' && *word.p <= '9') && *word.p != '-' &&
			 !heir_str_eqz(word, "true") && !heir_str_eqz(word, "false")))
		return fail_json(reader, "expected a value");
	reader->p += word.len;
	return heir_build_scalar(reader->b, type, word, offset_here(reader, word.p),
		(uint32_t)word.len, HEIR_STR_NULL);
}

static int open_value(struct reader *reader)
{
	bool is_map = *reader->p == '{';
	int r = heir_build_open(reader->b, is_map ? HEIR_TREE_MAP : HEIR_TREE_LIST,
		offset_here(reader, reader->p), HEIR_STR_NULL);

	if (r < 0)
		return r;
	reader->in_map[++reader->depth] = is_map;
	reader->awaits = is_map ? KEY_OR_END : VALUE_OR_END;
	reader->p++;
	return 0;
}

static int close_value(struct reader *reader)
{
	int r;

	if (*reader->p != (reader->in_map[reader->depth] ? '}' : ']'))
		return fail_json(reader, "expected a comma or a closing bracket");
	reader->p++;
	reader->depth--;
	r = heir_build_close(reader->b, offset_here(reader, reader->p));
	after_value(reader);
	return r;
}

static int take_value(struct reader *reader)
{
	int r;

	if (*reader->p == '{' || *reader->p == '[')
		return open_value(reader);
	r = *reader->p == '"' ? take_string(reader) : take_word(reader);
	after_value(reader);
	return r;
}

/* Reads the next token that the current state allows. */
static int read_next(struct reader *reader)
{
	char c = *reader->p;
	int r;

	if ((reader->awaits == VALUE_OR_END || reader->awaits == KEY_OR_END) &&
		(c == ']' || c == '}'))
		return close_value(reader);
	switch (reader->awaits) {
	case KEY:
	case KEY_OR_END:
		r = c == '"' ? take_string(reader) : fail_json(reader, "expected a key in quotes");
		reader->awaits = COLON;
		return r;
	case COLON:
		if (c != ':')
			return fail_json(reader, "expected a colon");
		reader->p++;
		reader->awaits = VALUE;
		return 0;
	case COMMA_OR_END:
		if (c != ',')
			return close_value(reader);
		reader->p++;
		reader->awaits = reader->in_map[reader->depth] ? KEY : VALUE;
		return 0;
	default:
		return take_value(reader);
	}
}

static int read_json_document(struct reader *reader)
{
	int r = 0;

	heir_build_begin(reader->b);
	reader->awaits = VALUE;
	reader->depth = 0;
	while (r == 0 && reader->awaits != NOTHING) {
		while (reader->p < reader->end && is_json_space(*reader->p))
			reader->p++;
		r = reader->p < reader->end ? read_next(reader)
					    : fail_json(reader, "unexpected end of the text");
	}
	return r;
}

int heir_build_json(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at)
{
	struct reader reader = {.b = b, .p = b->text.p + *at, .end = b->text.p + b->text.len};
	int r = read_json_document(&reader);

	if (r == 0)
		r = receiver->document(receiver->data, b->root);
	*at = offset_here(&reader, reader.p);
	return r;
}
