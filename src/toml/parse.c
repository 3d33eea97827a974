/* SPDX-License-Identifier: Apache-2.0 */
/* The parser: statements and the values in them. Open arrays and inline tables are in a list of
 * frames, so depth costs no stack. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "toml/parse.h"
#include "toml/scalar.h"
#include "toml/scan.h"

/* More return values of the functions below. */
enum { POPPED = HEIR_TOML_FAULTY + 1, DONE };

/* Reads the rest of the line after '#', without the newline. */
static int read_comment(struct heir_toml_parser *parser, const char *p)
{
	const char *end = parser->end;
	int r = 0;

	if (UNLIKELY(heir_toml_skip_line(&p, end) == HEIR_TOML_AT_BAD)) {
		r = heir_toml_report_byte(parser, p);
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p : end;
	}
	parser->p = p;
	return r;
}

/* Reads a newline. Only a comment may precede it. */
static int read_line_end(struct heir_toml_parser *parser, const char *expected)
{
	const char *end = parser->end, *p = heir_toml_skip_blank(parser->p, end);
	size_t n;

	if (p < end && *p == '#') {
		int r = read_comment(parser, p);

		if (r < 0)
			return r;
		p = parser->p;
	}
	n = heir_toml_newline(p, end);
	if (n == 0 && p < end)
		return heir_toml_refuse(parser, p, expected);
	parser->p = p + n;
	return 0;
}

/* Skips white space, newlines and comments, as in arrays. */
static int skip_space(struct heir_toml_parser *parser)
{
	const char *end = parser->end, *p = parser->p;
	size_t n;

	for (;;) {
		p = heir_toml_skip_blank(p, end);
		n = heir_toml_newline(p, end);
		p += n;
		if (n == 0 && p < end && *p == '#') {
			int r = read_comment(parser, p);

			if (r < 0)
				return r;
			p = parser->p;
		} else if (n == 0) {
			break;
		}
	}
	parser->p = p;
	return 0;
}

static const char *const flaws[] = {
	[HEIR_TOML_SOUND] = "",
	[HEIR_TOML_NO_VALUE] = "expected a value; strings need quotes",
	[HEIR_TOML_BAD_NUMBER] = "malformed number",
	[HEIR_TOML_LEADING_ZERO] = "a number cannot begin with a zero",
	[HEIR_TOML_UNDERSCORE] = "an underscore in a number must be between two digits",
	[HEIR_TOML_OUT_OF_RANGE] = "number is out of range",
	[HEIR_TOML_SIGNED_PREFIX] = "a number with a prefix cannot have a sign",
	[HEIR_TOML_BAD_DATE] = "malformed date or time",
	[HEIR_TOML_NO_SECONDS] = "a time without seconds needs TOML 1.1",
	[HEIR_TOML_WIDE_OFFSET] = "time offset is out of range",
};

static_assert(ARRAY_LEN(flaws) == HEIR_TOML_N_FLAWS, "a flaw without a message");

/* Go refuses what the specification permits: a leap second, a number that becomes infinite. */
static enum heir_toml_flaw more_flaws(struct heir_str token, enum heir_toml_type type)
{
	struct heir_toml_datetime datetime;
	enum heir_toml_type ignored;

	if (type == HEIR_TOML_FLOAT && token.p[token.len - 1] != 'f')
		return isinf(heir_toml_parse_float(token)) ? HEIR_TOML_OUT_OF_RANGE
							   : HEIR_TOML_SOUND;
	if (type < HEIR_TOML_DATETIME || type > HEIR_TOML_TIME_LOCAL)
		return HEIR_TOML_SOUND;
	heir_toml_parse_datetime(token, &datetime, &ignored);
	return datetime.second == 60 ? HEIR_TOML_BAD_DATE : HEIR_TOML_SOUND;
}

static int report_flaw(struct heir_toml_parser *parser, struct heir_str token,
	enum heir_toml_flaw flaw, const char *p)
{
	bool tolerated = flaw == HEIR_TOML_WIDE_OFFSET && parser->crio;
	bool version = flaw == HEIR_TOML_NO_SECONDS;

	/* For a sign alone, the byte after it is reported. */
	if (flaw == HEIR_TOML_BAD_NUMBER && token.len == 1)
		p++;
	return heir_toml_report(parser, version ? HEIR_TOML_VERSION : HEIR_TOML_SYNTAX, tolerated,
		p == token.p ? heir_toml_span(parser, p, p + token.len)
			     : heir_toml_place(parser, p),
		NULL, flaws[flaw]);
}

/* Reads a number, date or word. A malformed one is a fault, but its end is known. */
static int read_token(
	struct heir_toml_parser *parser, const struct heir_toml_target *target, const char *p)
{
	struct heir_str token = {p, (size_t)(heir_toml_token_end(p, parser->end) - p)};
	enum heir_toml_type type = HEIR_TOML_BOOL;
	enum heir_toml_flaw flaw = HEIR_TOML_SOUND;

	if (token.len == 0)
		return heir_toml_refuse(parser, p, "expected a value");
	if (!(token.len == 4 && memcmp(p, "true", 4) == 0) &&
		!(token.len == 5 && memcmp(p, "false", 5) == 0))
		flaw = heir_toml_token_type(token, &type);
	if (flaw == HEIR_TOML_NO_SECONDS && parser->v1_1)
		flaw = HEIR_TOML_SOUND;
	if (parser->crio && flaw == HEIR_TOML_SOUND)
		flaw = more_flaws(token, type);
	if (UNLIKELY(flaw != HEIR_TOML_SOUND)) {
		int r = report_flaw(parser, token, flaw, p);

		if (r < 0)
			return r;
		if (flaw == HEIR_TOML_NO_VALUE || token.len == 1) {
			parser->p = p;
			return HEIR_TOML_FAULTY;
		}
	}
	parser->p = p + token.len;
	return heir_toml_define_scalar(parser, target, type,
		(struct heir_toml_span){heir_toml_span(parser, p, p).at, (uint32_t)token.len});
}

/* Reads a scalar, or the bracket that opens a value. */
static int read_value(struct heir_toml_parser *parser, const struct heir_toml_target *target)
{
	const char *p = heir_toml_skip_blank(parser->p, parser->end);
	int r;

	if (target->depth > HEIR_TOML_MAX_DEPTH)
		return heir_toml_refuse_depth(parser, p);
	if (p == parser->end)
		return heir_toml_refuse(parser, p, "expected a value");
	switch (*p) {
	case '"':
	case '\'':
		r = heir_toml_scan_string(parser, p, false);
		if (r != 0)
			return r;
		return heir_toml_define_scalar(
			parser, target, HEIR_TOML_STRING, heir_toml_span(parser, p, parser->p));
	case '[':
	case '{':
		parser->p = p + 1;
		return heir_toml_define_open(parser, target, *p == '{', p);
	default:
		return read_token(parser, target, p);
	}
}

static int close_frame(struct heir_toml_parser *parser)
{
	int r = heir_toml_define_close(parser, ++parser->p);

	return r < 0 ? r : POPPED;
}

/* Between the items of an array. Returns 0 if an item follows. */
static int next_item(struct heir_toml_parser *parser, struct heir_toml_target *target)
{
	struct heir_toml_frame *frame = &parser->frames[parser->n_frames - 1];
	int r = skip_space(parser);

	if (r == 0 && frame->after && parser->p < parser->end && *parser->p == ',') {
		parser->p++;
		frame->after = false;
		r = skip_space(parser);
	}
	if (r < 0)
		return r;
	if (parser->p == parser->end)
		return heir_toml_refuse_open(
			parser, parser->p, frame->opened, "array has no closing ']'");
	if (*parser->p == ']')
		return close_frame(parser);
	if (frame->after)
		return heir_toml_refuse_open(
			parser, parser->p, frame->opened, "expected ',' or ']' in the array");
	*target = (struct heir_toml_target){.parent = frame->node, .depth = frame->depth + 1};
	frame->after = true;
	return 0;
}

/* Newlines and comments in inline tables are allowed since TOML 1.1. */
static int skip_table_space(struct heir_toml_parser *parser, struct heir_toml_frame *frame)
{
	const char *end = parser->end, *p = heir_toml_skip_blank(parser->p, end);
	int r;

	parser->p = p;
	if (!parser->v1_1 && !frame->version_reported && p < end) {
		if (*p == '#') {
			r = read_comment(parser, p);
			if (r < 0)
				return r;
			p = parser->p;
		}
		if (heir_toml_newline(p, end)) {
			frame->version_reported = true;
			r = heir_toml_report(parser, HEIR_TOML_VERSION, false,
				heir_toml_place_before(parser, p), NULL,
				"a newline in an inline table needs TOML 1.1");
			if (r < 0)
				return r;
		}
	}
	return skip_space(parser);
}

static int read_dotted_key(struct heir_toml_parser *parser, struct heir_toml_target *target)
{
	int r = heir_toml_read_key(parser, '=');

	if (r != 0)
		return r;
	parser->p++;
	parser->last_key = parser->parts[0].span;
	return heir_toml_walk_key(parser, target);
}

static int close_table(struct heir_toml_parser *parser, const char *comma)
{
	if (comma && !parser->v1_1) {
		int r = heir_toml_report(parser, HEIR_TOML_VERSION, false,
			heir_toml_span(parser, comma, comma + 1), NULL,
			"a comma at the end of an inline table needs TOML 1.1");

		if (r < 0)
			return r;
	}
	return close_frame(parser);
}

/* BurntSushi's lexer reads the end after an entry, but only peeks at it where a key may follow. */
static int table_has_no_end(struct heir_toml_parser *parser, const struct heir_toml_frame *frame)
{
	static const char message[] = "inline table has no closing '}'";
	struct heir_toml_span where = heir_toml_span(parser, parser->end, parser->end);
	struct heir_toml_span other = {frame->opened, 1};
	int r;

	if (frame->after)
		return heir_toml_refuse_open(parser, parser->end, frame->opened, message);
	r = heir_toml_report(parser, HEIR_TOML_SYNTAX, false, where, &other, message);
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

/* Between the entries of an inline table. Returns 0 if a value follows. */
static int next_entry(struct heir_toml_parser *parser, struct heir_toml_target *target)
{
	struct heir_toml_frame *frame = &parser->frames[parser->n_frames - 1];
	const char *comma = NULL;
	int r = skip_table_space(parser, frame);

	if (r == 0 && frame->after && parser->p < parser->end && *parser->p == ',') {
		comma = parser->p++;
		frame->after = false;
		r = skip_table_space(parser, frame);
	}
	if (r < 0)
		return r;
	if (parser->p == parser->end)
		return table_has_no_end(parser, frame);
	if (*parser->p == '}')
		return close_table(parser, comma);
	if (frame->after)
		return heir_toml_refuse_open(parser, parser->p, frame->opened,
			"expected ',' or '}' in the inline table");
	*target = (struct heir_toml_target){.parent = frame->node, .depth = frame->depth + 1};
	frame->after = true;
	return read_dotted_key(parser, target);
}

/* Advances to the next value in the open brackets. Returns DONE if none are open. */
static int next_value(struct heir_toml_parser *parser, struct heir_toml_target *target)
{
	while (parser->n_frames > 0) {
		int r = parser->frames[parser->n_frames - 1].table ? next_entry(parser, target)
								   : next_item(parser, target);

		if (r != POPPED)
			return r;
	}
	return DONE;
}

static int read_pair(struct heir_toml_parser *parser)
{
	struct heir_toml_target target = {
		.parent = parser->table, .depth = parser->table_depth + 1};
	int r = read_dotted_key(parser, &target);

	while (r == 0) {
		r = read_value(parser, &target);
		if (r == 0)
			r = next_value(parser, &target);
	}
	return r == DONE ? read_line_end(parser, "expected a newline after the value") : r;
}

static int read_statement(struct heir_toml_parser *parser)
{
	int r;

	parser->p = heir_toml_skip_blank(parser->p, parser->end);
	if (parser->p == parser->end)
		return 0;
	switch (*parser->p) {
	case '#':
	case '\n':
	case '\r':
		return read_line_end(parser, "expected a key or a header");
	case '[':
		r = heir_toml_header(parser);
		return r != 0 ? r : read_line_end(parser, "expected a newline after the header");
	default:
		return read_pair(parser);
	}
}

static int read_statements(struct heir_toml_parser *parser)
{
	while (parser->p < parser->end) {
		const char *line = parser->p;
		int r = read_statement(parser);

		if (r < 0)
			return r;
		if (r == 0)
			continue;
		if (parser->doc->n_faults == HEIR_TOML_MAX_FAULTS)
			return 0;
		heir_toml_recover(parser, line);
	}
	return 0;
}

static bool starts(const struct heir_toml_parser *parser, const char *mark, size_t n)
{
	return (size_t)(parser->end - parser->text) >= n && memcmp(parser->text, mark, n) == 0;
}

/* Skips a byte order mark. Returns HEIR_TOML_FAULTY for UTF-16, of which nothing can be read. */
static int read_mark(struct heir_toml_parser *parser)
{
	const char *nul;
	int r = 0;

	if (starts(parser, "\xef\xbb\xbf", 3)) {
		parser->p += 3;
	} else if (parser->crio &&
		   (starts(parser, "\xff\xfe", 2) || starts(parser, "\xfe\xff", 2))) {
		r = heir_toml_report(parser, HEIR_TOML_ENCODING, true,
			(struct heir_toml_span){0, 2}, NULL,
			"the byte order mark says UTF-16, but TOML is UTF-8");
		parser->p += 2;
	}
	nul = memchr(parser->p, '\0', MIN((size_t)(parser->end - parser->p), (size_t)6));
	if (r < 0 || !nul)
		return r;
	/* CRI-O reports a NUL on line 1, wherever it is. */
	nul = parser->crio ? parser->text : nul;
	r = heir_toml_report(parser, HEIR_TOML_ENCODING, false,
		heir_toml_span(parser, nul, nul + 1), NULL,
		"the file contains NUL bytes; is it UTF-16?");
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

/* The state has about 70 KB, most of which is never touched. */
static int read_document(struct heir_toml_doc *doc, const struct heir_toml_options *options)
{
	struct heir_toml_parser parser;
	int r;

	memset(&parser, 0, offsetof(struct heir_toml_parser, frames));
	parser.doc = doc;
	parser.text = parser.p = doc->text.p;
	parser.end = doc->text.p + doc->text.len;
	parser.crio = options->dialect == HEIR_TOML_CRIO;
	parser.v1_1 = options->version == HEIR_TOML_1_1;
	parser.variables = options->bare_variables;
	parser.table = HEIR_TOML_ROOT;
	if (doc->text.len >= UINT32_MAX) {
		parser.end = parser.text;
		r = heir_toml_report(&parser, HEIR_TOML_LIMIT, false, (struct heir_toml_span){0, 0},
			NULL, "the text is 4 GiB or larger");
	} else {
		r = read_mark(&parser);
	}
	if (r == 0)
		r = read_statements(&parser);
	if (r < 0)
		return r;
	heir_toml_cell(doc, HEIR_TOML_ROOT)->value =
		heir_toml_span(&parser, parser.text, parser.end);
	heir_toml_sort_faults(&parser);
	return 0;
}

int heir_toml_parse(
	struct heir_str text, const struct heir_toml_options *options, struct heir_toml_doc **ret)
{
	struct heir_toml_doc *doc = heir_toml_doc_new(text.p ? text : HEIR_STR(""));
	int r;

	if (!doc)
		return -ENOMEM;
	r = read_document(doc, options);
	if (r < 0) {
		heir_toml_free(doc);
		return r;
	}
	*ret = doc;
	return 0;
}
