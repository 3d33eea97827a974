/* SPDX-License-Identifier: Apache-2.0 */
/* Splits and unquotes words as systemd.syntax(7) says, and expands the specifiers of
 * systemd.unit(5). */
#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"
#include "base/utf8.h"
#include "unit/parts.h"

static bool is_word_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int heir_words_add(struct heir_arena *arena, struct heir_unit_words *words, struct heir_str text,
	struct heir_place where)
{
	const char *copy;

	if (HEIR_RESERVE(words->items, words->n, words->size) < 0)
		return -ENOMEM;
	copy = heir_arena_strndup(arena, text.p ? text.p : "", text.len);
	if (!copy)
		return -ENOMEM;
	words->items[words->n++] = (struct heir_unit_word){{copy, text.len}, where};
	return 0;
}

/* ---- Escapes ---- */

/* Reads exactly `n` digits of a base. Returns false if there are fewer. */
static bool read_digits(struct heir_str s, size_t n, unsigned base, uint32_t *ret)
{
	*ret = 0;
	if (s.len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned d = heir_ascii_digit(s.p[i]);

		if (d >= base)
			return false;
		*ret = *ret * base + d;
	}
	return true;
}

/* Decodes \xHH, \uHHHH, \UHHHHHHHH and \OOO. */
static size_t unescape_number(struct heir_str s, struct heir_buf *ret)
{
	static const struct {
		char letter;
		uint8_t n, base;
	} forms[] = {{'x', 2, 16}, {'u', 4, 16}, {'U', 8, 16}};
	char utf8[4];
	uint32_t c;

	for (unsigned i = 0; i < ARRAY_LEN(forms); i++) {
		if (s.p[0] != forms[i].letter)
			continue;
		if (!read_digits(
			    (struct heir_str){s.p + 1, s.len - 1}, forms[i].n, forms[i].base, &c) ||
			c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000 && i > 0))
			return 0;
		/* "\x" is a byte, the others are characters. */
		if (i == 0)
			heir_buf_addc(ret, (char)c);
		else
			heir_buf_add(ret, utf8, heir_utf8_encode(utf8, c));
		return 1 + forms[i].n;
	}
	if (!read_digits(s, 3, 8, &c) || c == 0 || c > 255)
		return 0;
	heir_buf_addc(ret, (char)c);
	return 3;
}

/* Decodes an escape after its backslash. Returns its length, 0 if it is invalid. */
static size_t decode_escape(struct heir_str s, struct heir_buf *ret)
{
	static const char letters[] = "abfnrtv\\\"'s", means[] = "\a\b\f\n\r\t\v\\\"' ";
	const char *found = s.len > 0 && s.p[0] ? strchr(letters, s.p[0]) : NULL;

	if (s.len == 0)
		return 0;
	if (!found)
		return unescape_number(s, ret);
	heir_buf_addc(ret, means[found - letters]);
	return 1;
}

/* ---- Words ---- */

/* Handles the backslash at *i. Returns false if it is invalid. */
static bool take_escape(
	struct heir_str text, size_t *i, enum heir_word_style style, struct heir_buf *ret)
{
	struct heir_str rest = {text.p + *i + 1, text.len - *i - 1};
	size_t n;

	if (style == HEIR_WORD_RELAXED) {
		if (rest.len > 0)
			heir_buf_addc(ret, rest.p[0]);
		*i += rest.len > 0 ? 2 : 1;
		return true;
	}
	n = decode_escape(rest, ret);
	*i += 1 + n;
	return n > 0;
}

int heir_word_next(struct heir_str text, size_t *at, enum heir_word_style style,
	struct heir_buf *ret, size_t *ret_from)
{
	char quote = '\0';
	size_t i = *at;

	while (i < text.len && is_word_space(text.p[i]))
		i++;
	heir_buf_clear(ret);
	*ret_from = i;
	if (i == text.len) {
		*at = i;
		return 0;
	}
	while (i < text.len && (quote || !is_word_space(text.p[i]))) {
		char c = text.p[i];

		if (c == '\\') {
			if (!take_escape(text, &i, style, ret))
				return -EINVAL;
			continue;
		}
		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? '\0' : c;
		else
			heir_buf_addc(ret, c);
		i++;
	}
	if (quote && style == HEIR_WORD_C)
		return -EINVAL;
	*at = i;
	return heir_buf_error(ret) < 0 ? -ENOMEM : 1;
}

/* ---- Specifiers ---- */

/* Returns the meaning of a letter for crio.service, which is not an instance; NULL if it has
 * none. */
static const char *specifier(char letter, const char *path)
{
	switch (letter) {
	case 'n':
		return "crio.service";
	case 'N':
	case 'p':
	case 'P':
	case 'j':
	case 'J':
		return "crio";
	case 'i':
	case 'I':
		return "";
	case 'f':
		return "/crio";
	case 't':
		return "/run";
	case 'S':
		return "/var/lib";
	case 'C':
		return "/var/cache";
	case 'L':
		return "/var/log";
	case 'E':
		return "/etc";
	case 'T':
		return "/tmp";
	case 'V':
		return "/var/tmp";
	case 'y':
		return path;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

int heir_word_specify(struct heir_str word, const char *path, struct heir_buf *ret, char *ret_bad)
{
	/* Specifiers that depend on the machine, the user or the boot. */
	static const char unknown[] = "aAbBdDgGhHlmMoqsuUvwWY";

	for (size_t i = 0; i < word.len; i++) {
		char letter = i + 1 < word.len ? word.p[i + 1] : '\0';
		const char *means = word.p[i] == '%' ? specifier(letter, path) : NULL;

		if (word.p[i] == '%' && !means && letter && strchr(unknown, letter)) {
			*ret_bad = letter;
			return 1;
		}
		if (means) {
			heir_buf_addz(ret, means);
			i++;
		} else {
			heir_buf_addc(ret, word.p[i]);
		}
	}
	return heir_buf_error(ret);
}
