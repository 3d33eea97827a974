/* SPDX-License-Identifier: Apache-2.0 */
/* How heir recognizes its own drop-in: by path, first line, and a digest of the content. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "config/config.h"

#define DIGEST_LINE "# The FNV-1a of what follows is "

enum { DIGITS = 16 };

static bool take_line(struct heir_str *text, struct heir_str line)
{
	if (text->len < line.len || memcmp(text->p, line.p, line.len) != 0)
		return false;
	text->p += line.len;
	text->len -= line.len;
	return true;
}

static bool take_end(struct heir_str *text)
{
	return text->len == 0 || take_line(text, HEIR_STR("\n")) ||
	       take_line(text, HEIR_STR("\r\n"));
}

static void format_digest(struct heir_str content, char ret[static DIGITS + 1])
{
	snprintf(ret, DIGITS + 1, "%016" PRIx64, heir_digest_add(HEIR_DIGEST_START, content));
}

void heir_rendered_begin(struct heir_buf *buf)
{
	heir_buf_addz(buf, HEIR_RENDERED_LINE "\n" DIGEST_LINE "0000000000000000.\n");
}

void heir_rendered_seal(struct heir_buf *buf)
{
	const size_t at = strlen(HEIR_RENDERED_LINE "\n" DIGEST_LINE), from = at + DIGITS + 2;
	char digest[DIGITS + 1];

	if (buf->failed || buf->len < from)
		return;
	format_digest((struct heir_str){buf->p + from, buf->len - from}, digest);
	memcpy(buf->p + at, digest, DIGITS);
}

enum heir_rendered heir_rendered_judge(struct heir_str text, bool is_own_path)
{
	char digest[DIGITS + 1];
	struct heir_str given;

	if (!take_line(&text, HEIR_STR(HEIR_RENDERED_LINE)) || !take_end(&text))
		return HEIR_RENDERED_NOT;
	if (!is_own_path)
		return HEIR_RENDERED_ELSEWHERE;
	/* heir 0.1.0 wrote no digest. */
	if (!take_line(&text, HEIR_STR(DIGEST_LINE)))
		return HEIR_RENDERED_OURS;
	given = (struct heir_str){text.p, MIN(text.len, (size_t)DIGITS)};
	text.p += given.len;
	text.len -= given.len;
	if (!take_line(&text, HEIR_STR(".\n")))
		return HEIR_RENDERED_EDITED;
	format_digest(text, digest);
	return heir_str_eq(given, heir_str_from(digest)) ? HEIR_RENDERED_OURS
							 : HEIR_RENDERED_EDITED;
}
