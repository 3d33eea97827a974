/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

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

/* How many bytes at the start of s are printable ASCII, which nearly everything is. */
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
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
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
			heir_buf_printf(buf, "\\u%04x", (unsigned)c);
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
