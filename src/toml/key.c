/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: bare, quoted, dotted, and the variables that heir allows in headers of its own files. */
#include <errno.h>

#include "toml/parse.h"
#include "toml/scan.h"

/* Returns the end of ${NAME} or ${NAME:-word} at p, or NULL. */
static const char *skip_variable(const char *p, const char *end)
{
	const char *name = p + 2;

	if (end - p < 4 || p[0] != '$' || p[1] != '{')
		return NULL;
	p = name;
	while (p < end && *p != '-' && heir_toml_is(*p, HEIR_TOML_BARE))
		p++;
	if (p == name || (*name >= '0' && *name <= '9'))
		return NULL;
	if (end - p > 2 && p[0] == ':' && p[1] == '-') {
		enum heir_toml_stop stop;

		p += 2;
		do {
			while (p < end && *p != '}' && !heir_toml_is_odd(*p))
				p++;
			if (p < end && *p == '}')
				break;
			stop = heir_toml_classify(&p, end);
		} while (stop == HEIR_TOML_AT_OTHER);
	}
	return p < end && *p == '}' ? p + 1 : NULL;
}

static const char *skip_bare(const struct heir_toml_parser *parser, const char *p, bool header)
{
	const char *stop;

	p = heir_toml_skip_class(p, parser->end, HEIR_TOML_BARE);
	if (LIKELY(!parser->variables || !header))
		return p;
	while ((stop = skip_variable(p, parser->end)))
		p = heir_toml_skip_class(stop, parser->end, HEIR_TOML_BARE);
	return p;
}

static int read_quoted(struct heir_toml_parser *parser, const char *p, struct heir_toml_part *part)
{
	int r = heir_toml_scan_string(parser, p, true);
	size_t n;

	if (r != 0)
		return r;
	n = (size_t)(parser->p - p);
	part->key = (struct heir_str){p + 1, n - 2};
	part->decoded = *p == '"' && memchr(p, '\\', n);
	if (part->decoded) {
		part->key = heir_toml_decode_string((struct heir_str){p, n}, &parser->doc->arena);
		if (!part->key.p)
			return -ENOMEM;
	}
	return 0;
}

static int read_part(struct heir_toml_parser *parser, const char *p, bool header)
{
	struct heir_toml_part *part = &parser->parts[parser->n_parts];
	const char *stop = skip_bare(parser, p, header);

	if (LIKELY(stop > p)) {
		part->key = (struct heir_str){p, (size_t)(stop - p)};
		part->decoded = false;
		parser->p = stop;
	} else if (*p == '"' || *p == '\'') {
		int r = read_quoted(parser, p, part);

		if (r != 0)
			return r;
	} else {
		return heir_toml_refuse(
			parser, p, header ? "expected the name of a table" : "expected a key");
	}
	part->span = heir_toml_span(parser, p, parser->p);
	part->hash = heir_toml_key_hash(part->key);
	parser->n_parts++;
	return 0;
}

/* BurntSushi's lexer only peeks at the end here, so the line is still the last one. */
static int refuse_end(struct heir_toml_parser *parser, const char *message)
{
	struct heir_toml_span where = heir_toml_span(parser, parser->end, parser->end);
	int r = heir_toml_report(parser, HEIR_TOML_SYNTAX, false, where, NULL, message);

	parser->p = parser->end;
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

static const char *no_end(bool header)
{
	return header ? "expected '.' or ']' after the name of the table"
		      : "expected '=' after the key";
}

int heir_toml_read_key(struct heir_toml_parser *parser, char stop)
{
	const char *end = parser->end, *p = parser->p;
	bool header = stop == ']';
	int r;

	parser->n_parts = 0;
	for (;; p++) {
		p = heir_toml_skip_blank(p, end);
		if (p == end)
			return refuse_end(
				parser, header ? "header has no closing ']'" : "expected a key");
		if (parser->n_parts == HEIR_TOML_MAX_DEPTH)
			return heir_toml_refuse_depth(parser, p);
		r = read_part(parser, p, header);
		if (r != 0)
			return r;
		p = heir_toml_skip_blank(parser->p, end);
		if (p < end && *p == stop)
			break;
		if (p == end || *p != '.')
			return heir_toml_refuse(parser, p, no_end(header));
	}
	parser->p = p;
	return 0;
}
