/* SPDX-License-Identifier: Apache-2.0 */
/* Unit files by lines: comments, continued lines, sections, assignments. */
#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "unit/parts.h"

static bool is_ini_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct heir_str strip(struct heir_str s)
{
	while (s.len > 0 && is_ini_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_ini_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

void heir_ini_init(struct heir_ini *ini, struct heir_str text, uint32_t source)
{
	*ini = (struct heir_ini){.text = text, .source = source, .section = HEIR_STR("")};
	if (heir_str_starts(text, "\xef\xbb\xbf"))
		ini->next = 3;
}

void heir_ini_release(struct heir_ini *ini)
{
	heir_buf_release(&ini->joined);
	free(ini->pieces);
	ini->pieces = NULL;
}

/* Reads a line of the file without leading blanks. *ret_at is its offset. */
static bool read_ini_line(struct heir_ini *ini, struct heir_str *ret, size_t *ret_at)
{
	const char *p = ini->text.p;
	size_t at = ini->next, end;

	if (at >= ini->text.len)
		return false;
	for (end = at; end < ini->text.len && p[end] != '\n' && p[end] != '\r'; end++)
		;
	ini->next = end + 1;
	if (end + 1 < ini->text.len && p[end] == '\r' && p[end + 1] == '\n')
		ini->next++;
	while (at < end && is_ini_space(p[at]))
		at++;
	*ret = (struct heir_str){p + at, end - at};
	*ret_at = at;
	return true;
}

static int add_piece(struct heir_ini *ini, size_t at, size_t from)
{
	if (HEIR_RESERVE(ini->pieces, ini->n_pieces, ini->size_pieces) < 0)
		return -ENOMEM;
	ini->pieces[ini->n_pieces++] = (struct heir_ini_piece){(uint32_t)at, (uint32_t)from};
	return 0;
}

/* Returns whether the line ends in a backslash that is not escaped. */
static bool goes_on(struct heir_str line)
{
	size_t n = 0;

	while (n < line.len && line.p[line.len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

/* Joins lines continued by a backslash, which counts as a blank; comments between them are
 * skipped. Returns 1, 0 at the end of the file, or -ENOMEM. */
static int read_joined(struct heir_ini *ini, struct heir_str *ret)
{
	bool more = false;
	struct heir_str line;
	size_t at;
	int r;

	heir_buf_clear(&ini->joined);
	ini->n_pieces = 0;
	while (read_ini_line(ini, &line, &at)) {
		if (line.len > 0 && (line.p[0] == '#' || line.p[0] == ';'))
			continue;
		r = add_piece(ini, ini->joined.len, at);
		if (r < 0)
			return r;
		if (!more && !goes_on(line)) {
			*ret = line;
			return 1;
		}
		more = goes_on(line);
		heir_buf_add(&ini->joined, line.p, line.len - more);
		if (more)
			heir_buf_addc(&ini->joined, ' ');
		*ret = heir_buf_str(&ini->joined);
		if (!more)
			return heir_buf_error(&ini->joined) < 0 ? -ENOMEM : 1;
	}
	if (more)
		*ret = heir_buf_str(&ini->joined);
	return heir_buf_error(&ini->joined) < 0 ? -ENOMEM : more;
}

int heir_ini_next(struct heir_ini *ini, struct heir_ini_line *ret)
{
	struct heir_str whole, line;
	int r;

	while ((r = read_joined(ini, &whole)) > 0) {
		const char *equals;

		line = strip(whole);
		if (line.len == 0 || !heir_utf8_is_valid(line))
			continue;
		if (line.p[0] == '[') {
			/* The name must outlive the buffer. */
			if (line.p[line.len - 1] == ']' && line.p != ini->joined.p)
				ini->section = (struct heir_str){line.p + 1, line.len - 2};
			else
				ini->section = HEIR_STR("");
			continue;
		}
		equals = memchr(line.p, '=', line.len);
		if (!equals || equals == line.p)
			continue;
		ret->section = ini->section;
		ret->key = strip((struct heir_str){line.p, (size_t)(equals - line.p)});
		ret->value = strip(
			(struct heir_str){equals + 1, line.len - (size_t)(equals - line.p) - 1});
		ret->value_at = (uint32_t)(ret->value.p - whole.p);
		return 1;
	}
	return r;
}

struct heir_place heir_ini_place(
	const struct heir_ini *ini, const struct heir_ini_line *line, size_t at, size_t len)
{
	size_t begin = line->value_at + at, end;
	uint32_t low = 0, high = ini->n_pieces;

	/* Finds the last piece that begins at or before it. */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (ini->pieces[middle].at <= begin)
			low = middle;
		else
			high = middle;
	}
	end = low + 1 < ini->n_pieces ? ini->pieces[low + 1].at : begin + len;
	return (struct heir_place){ini->source,
		(uint32_t)(ini->pieces[low].from + begin - ini->pieces[low].at),
		(uint32_t)(MIN(begin + len, end) - begin)};
}
