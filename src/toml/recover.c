/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery after a fault. Usually it continues with the next line. Inside brackets and multi-line
 * strings the next line is probably part of the same value, so lines are skipped until one looks
 * like a statement: better to miss a fault than to report a false one. */
#include "toml/parse.h"
#include "toml/scan.h"

static const char *line_end(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline : end;
}

static const char *skip_part(const char *p, const char *end)
{
	const char *close;

	if (p < end && (*p == '"' || *p == '\'')) {
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		return close ? close + 1 : p;
	}
	while (p < end && (heir_toml_is(*p, HEIR_TOML_BARE) || strchr("${}:", *p)))
		p++;
	return p;
}

/* Returns the end of a dotted key, or NULL. */
static const char *skip_key(const char *p, const char *end)
{
	for (;; p++) {
		const char *part = heir_toml_skip_blank(p, end);

		p = skip_part(part, end);
		if (p == part)
			return NULL;
		p = heir_toml_skip_blank(p, end);
		if (p == end || *p != '.')
			return p;
	}
}

/* Returns whether this is [name] or [[name]] and nothing but a comment. */
static bool is_header(const char *p, const char *end)
{
	bool array = end - p > 1 && p[1] == '[';

	p = skip_key(p + 1 + array, end);
	if (!p || end - p < 1 + array || *p != ']' || (array && p[1] != ']'))
		return false;
	p = heir_toml_skip_blank(p + 1 + array, end);
	return p == end || *p == '#' || *p == '\r';
}

/* Returns whether this is a key and '='. An entry of an inline table, which ends in a comma, does
 * not count. */
static bool is_key(const char *p, const char *end)
{
	p = skip_key(p, end);
	if (!p || p == end || *p != '=')
		return false;
	while (end > p && (heir_toml_is_odd(end[-1]) || end[-1] == ' '))
		end--;
	return end[-1] != ',';
}

static bool begins_statement(const char *p, const char *end)
{
	end = line_end(p, end);
	p = heir_toml_skip_blank(p, end);
	if (p == end)
		return false;
	return *p == '[' ? is_header(p, end) : is_key(p, end);
}

static const char *next_line(const char *p, const char *end)
{
	p = line_end(p, end);
	return p < end ? p + 1 : end;
}

void heir_toml_recover(struct heir_toml_parser *parser, const char *line)
{
	const char *end = parser->end, *p = MIN(parser->p, end);
	bool lost = parser->lost || parser->n_frames > 0;

	parser->lost = false;
	parser->n_frames = 0;
	if (lost && p > line) {
		const char *newline = memrchr(line, '\n', (size_t)(p - line));

		/* What was not expected may be the next statement. */
		if (newline && begins_statement(newline + 1, end)) {
			parser->p = newline + 1;
			return;
		}
	}
	p = next_line(p, end);
	while (lost && p < end && !begins_statement(p, end))
		p = next_line(p, end);
	parser->p = p;
}
