/* SPDX-License-Identifier: Apache-2.0 */
/* Mirrors vincent-petithory/dataurl, including what it accepts beyond RFC 2397. */
#include "kube/dataurl.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"

/* The position in the URL. */
struct reader {
	const char *p, *end;
	bool is_base64;
	const char *what; /* what is wrong */
};

static int fail_url(struct reader *reader, const char *what)
{
	reader->what = what;
	return -EINVAL;
}

/* A character of an RFC 2045 token. */
static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static struct heir_str take_token(struct reader *reader)
{
	struct heir_str token = {reader->p, 0};

	while (reader->p < reader->end && is_token(*reader->p))
		reader->p++;
	token.len = (size_t)(reader->p - token.p);
	return token;
}

static bool take_char(struct reader *reader, char c)
{
	bool there = reader->p < reader->end && *reader->p == c;

	reader->p += there;
	return there;
}

static bool is_known_type(struct heir_str type)
{
	static const char *const types[] = {"text", "image", "audio", "video", "application",
		"message", "multipart", "x-", "X-"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (heir_str_starts(type, types[i]))
			return true;
	return false;
}

static int skip_media_type(struct reader *reader)
{
	struct heir_str type = take_token(reader);

	if (!take_char(reader, '/'))
		return fail_url(reader, "the media type has no slash");
	if (!is_known_type(type))
		return fail_url(reader, "an unknown media type");
	take_token(reader);
	return 0;
}

static int skip_quoted(struct reader *reader)
{
	while (reader->p < reader->end && *reader->p != '"') {
		if (*reader->p == '\\')
			reader->p++;
		if (reader->p < reader->end)
			reader->p++;
	}
	return take_char(reader, '"') ? 0
				      : fail_url(reader, "a parameter without its closing quote");
}

/* After a semicolon: ATTRIBUTE=VALUE, or "base64", which must be the last one. */
static int skip_parameter(struct reader *reader)
{
	struct heir_str name = take_token(reader);

	if (name.len == 0)
		return fail_url(reader, "a parameter without a name");
	if (!take_char(reader, '=')) {
		reader->is_base64 = heir_str_eqz(name, "base64");
		return reader->is_base64 ? 0 : fail_url(reader, "a parameter without a value");
	}
	if (take_char(reader, '"'))
		return skip_quoted(reader);
	return take_token(reader).len > 0 ? 0 : fail_url(reader, "a parameter without a value");
}

static int skip_header(struct reader *reader)
{
	static const char prefix[] = "data:";
	size_t len = sizeof(prefix) - 1;
	int r = 0;

	if ((size_t)(reader->end - reader->p) < len || memcmp(reader->p, prefix, len) != 0)
		return fail_url(reader, "not a data URL");
	reader->p += len;
	if (reader->p < reader->end && *reader->p != ';' && *reader->p != ',')
		r = skip_media_type(reader);
	while (r == 0 && !reader->is_base64 && take_char(reader, ';'))
		r = skip_parameter(reader);
	if (r == 0 && !take_char(reader, ','))
		r = fail_url(reader, "no comma before the data");
	return r;
}

/* ---- Data ---- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Spaces, quotes and brackets must be escaped; "+" is literal. */
static bool is_allowed(char c)
{
	return c > ' ' && c < 0x7f && !strchr("<>#\"{}|\\^[]`", c);
}

/* Decodes percent-encoding. Characters that must be encoded are errors. */
static int decode_percent(struct reader *reader, char *to, size_t *ret_len)
{
	char *begin = to;

	for (; reader->p < reader->end; reader->p++) {
		if (!is_allowed(*reader->p))
			return fail_url(reader, "a character that has to be percent-encoded");
		if (*reader->p != '%') {
			*to++ = *reader->p;
			continue;
		}
		if (reader->end - reader->p < 3 || hex(reader->p[1]) < 0 || hex(reader->p[2]) < 0)
			return fail_url(reader, "a percent sign without two hexadecimal digits");
		*to++ = (char)(hex(reader->p[1]) << 4 | hex(reader->p[2]));
		reader->p += 2;
	}
	*ret_len = (size_t)(to - begin);
	return 0;
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Like Go's base64.StdEncoding: line ends are allowed anywhere, padding is required, left-over
 * bits are not checked. */
static int decode_base64(struct reader *reader, char *to, size_t *ret_len)
{
	char *begin = to;
	uint32_t bits = 0;
	unsigned n = 0, padding = 0;

	for (; reader->p < reader->end; reader->p++) {
		int value = sextet(*reader->p);

		if (*reader->p == '\n' || *reader->p == '\r')
			continue;
		if (*reader->p == '=') {
			padding++;
			continue;
		}
		if (value < 0)
			return fail_url(reader, "invalid base64 data");
		if (padding > 0)
			return fail_url(reader, "base64 data continue after the padding");
		bits = bits << 6 | (uint32_t)value;
		if (++n % 4 > 0)
			continue;
		*to++ = (char)(bits >> 16);
		*to++ = (char)(bits >> 8);
		*to++ = (char)bits;
	}
	if (n % 4 == 1 || padding != (4 - n % 4) % 4)
		return fail_url(reader, "truncated base64 data");
	if (n % 4 == 2)
		*to++ = (char)(bits >> 4);
	if (n % 4 == 3) {
		*to++ = (char)(bits >> 10);
		*to++ = (char)(bits >> 2);
	}
	*ret_len = (size_t)(to - begin);
	return 0;
}

int heir_dataurl_decode(
	struct heir_str url, struct heir_arena *arena, struct heir_str *ret, const char **ret_what)
{
	struct reader reader = {url.p, url.p + url.len, false, NULL};
	char *text = NULL;
	size_t len = 0;
	int r = skip_header(&reader);

	if (r == 0) {
		/* Neither encoding makes it longer. */
		text = heir_arena_bytes(arena, (size_t)(reader.end - reader.p) + HEIR_TEXT_PADDING);
		if (!text)
			return -ENOMEM;
		r = reader.is_base64 ? decode_base64(&reader, text, &len)
				     : decode_percent(&reader, text, &len);
	}
	if (r < 0) {
		*ret_what = reader.what;
		return r;
	}
	memset(text + len, 0, HEIR_TEXT_PADDING);
	*ret = (struct heir_str){text, len};
	return 0;
}
