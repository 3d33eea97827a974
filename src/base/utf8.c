/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <utf8proc.h>

size_t heir_utf8_decode(struct heir_str s, uint32_t *ret)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *p = (const uint8_t *)s.p;
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc0 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf8 ? 4
				   : 0;
	uint32_t c;

	if (len == 0 || len > s.len)
		return 0;
	if (len == 1) {
		*ret = p[0];
		return 1;
	}
	c = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

size_t heir_utf8_encode(char *to, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		to[0] = (char)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)((0xf0 << (4 - n) & 0xff) | c);
	return n;
}

/* Counts the printable ASCII bytes at the start of s, which is nearly always all of it. */
static size_t plain_ascii(struct heir_str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

size_t heir_utf8_count(struct heir_str s)
{
	size_t n = plain_ascii(s);

	if (n == s.len)
		return n;
	s.p += n;
	s.len -= n;
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		len = len ? len : 1;
		s.p += len;
		s.len -= len;
		n++;
	}
	return n;
}

/* The width of a character as heir_utf8_ascii() writes it. */
static size_t escaped_width(uint32_t c)
{
	size_t n = sizeof("\\u{}") - 1;

	for (; c > 0; c >>= 4)
		n++;
	return n;
}

/* The width of a printable character as terminals show it. Unlike utf8proc says, spacing marks
 * take one column, and the vowels and finals of Hangul syllables take none. */
static size_t char_width(uint32_t c)
{
	const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c);

	if (property->category == UTF8PROC_CATEGORY_MC)
		return 1;
	if (property->boundclass == UTF8PROC_BOUNDCLASS_V ||
		property->boundclass == UTF8PROC_BOUNDCLASS_T)
		return 0;
	return property->charwidth;
}

size_t heir_utf8_width(struct heir_str s, bool ascii)
{
	size_t width = plain_ascii(s);

	if (width == s.len)
		return width;
	s.p += width;
	s.len -= width;
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			width++;
		else if (ascii && c >= 0x80)
			width += escaped_width(c);
		else
			width += char_width(c);
		len = len ? len : 1;
		s.p += len;
		s.len -= len;
	}
	return width;
}

bool heir_utf8_is_valid(struct heir_str s)
{
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			return false;
		s.p += len;
		s.len -= len;
	}
	return true;
}

bool heir_utf8_is_dangerous(uint32_t c)
{
	const utf8proc_property_t *property;

	if (c < 0x7f)
		return c < 0x20;
	property = utf8proc_get_property((utf8proc_int32_t)c);
	switch (property->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return property->ignorable;
	}
}

void heir_utf8_show(struct heir_buf *buf, struct heir_str s)
{
	while (s.len > 0) {
		uint32_t c;
		size_t len = plain_ascii(s);

		if (len > 0) {
			heir_buf_add(buf, s.p, len);
			s.p += len;
			s.len -= len;
			continue;
		}
		len = heir_utf8_decode(s, &c);

		if (len == 0)
			heir_buf_printf(buf, "\\x%02x", (uint8_t)s.p[0]);
		else if (!heir_utf8_is_dangerous(c))
			heir_buf_add(buf, s.p, len);
		else if (c < 0x80)
			heir_buf_printf(buf, "\\x%02x", (unsigned)c);
		else
			heir_buf_printf(buf, "\\u{%x}", (unsigned)c);
		len = len ? len : 1;
		s.p += len;
		s.len -= len;
	}
}

/* Writes the escape of TOML strings. */
static void add_toml_escape(struct heir_buf *buf, uint32_t c)
{
	heir_buf_printf(buf, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
}

void heir_utf8_ascii(struct heir_buf *buf, struct heir_str s, bool toml)
{
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			heir_buf_printf(buf, "\\x%02x", (uint8_t)s.p[0]);
		else if (c < 0x80)
			heir_buf_addc(buf, (char)c);
		else if (toml)
			add_toml_escape(buf, c);
		else
			heir_buf_printf(buf, "\\u{%x}", (unsigned)c);
		len = len ? len : 1;
		s.p += len;
		s.len -= len;
	}
}

/* Appends a character inside a TOML basic string, escaped if necessary. */
static void quote_char(struct heir_buf *buf, const char *p, size_t len, uint32_t c)
{
	switch (c) {
	case '"':
		heir_buf_addz(buf, "\\\"");
		break;
	case '\\':
		heir_buf_addz(buf, "\\\\");
		break;
	case '\n':
		heir_buf_addz(buf, "\\n");
		break;
	case '\t':
		heir_buf_addz(buf, "\\t");
		break;
	case '\r':
		heir_buf_addz(buf, "\\r");
		break;
	default:
		if (heir_utf8_is_dangerous(c))
			add_toml_escape(buf, c);
		else
			heir_buf_add(buf, p, len);
	}
}

void heir_utf8_quote(struct heir_buf *buf, struct heir_str s)
{
	heir_buf_addc(buf, '"');
	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			heir_buf_printf(buf, "\\x%02x", (uint8_t)s.p[0]);
		else
			quote_char(buf, s.p, len, c);
		len = len ? len : 1;
		s.p += len;
		s.len -= len;
	}
	heir_buf_addc(buf, '"');
}
