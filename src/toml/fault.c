/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: their places, their order, and the names in their messages.
 *
 * In CRI-O's dialect a fault is reported on the line that CRI-O's own message names. BurntSushi's
 * lexer counts a newline once it has read it, so an unexpected newline is reported on the next
 * line, and at the end of the text it goes one line back. */
#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "toml/parse.h"
#include "toml/scan.h"

enum {
	FIRST_FAULTS = 8,
	/* Limits for the path of a key in a message. */
	PATH_SIZE = 256,
	PATH_PARTS = 16,
};

static int grow_faults(struct heir_toml_doc *doc)
{
	uint32_t max = MIN(
		MAX(doc->max_faults * 2, (uint32_t)FIRST_FAULTS), (uint32_t)HEIR_TOML_MAX_FAULTS);
	void *grown = realloc(doc->faults, max * sizeof(doc->faults[0]));

	if (!grown)
		return -ENOMEM;
	doc->faults = grown;
	doc->max_faults = max;
	return 0;
}

int heir_toml_report(struct heir_toml_parser *parser, enum heir_toml_fault_kind kind,
	bool tolerated, struct heir_toml_span where, const struct heir_toml_span *other,
	const char *message)
{
	struct heir_toml_doc *doc = parser->doc;

	if (doc->n_faults == HEIR_TOML_MAX_FAULTS) {
		/* The first fatal fault must not be lost among tolerated ones. */
		if (tolerated || doc->fatal)
			return 0;
		doc->n_faults--;
	}
	if (doc->n_faults == doc->max_faults && grow_faults(doc) < 0)
		return -ENOMEM;
	doc->faults[doc->n_faults++] = (struct heir_toml_fault){
		.kind = kind,
		.tolerated = tolerated,
		.has_other = other != NULL,
		.where = where,
		.other = other ? *other : (struct heir_toml_span){0, 0},
		.message = message,
	};
	if (!tolerated && !doc->fatal) {
		doc->fatal = true;
		parser->first_fatal = doc->n_faults;
	}
	return 0;
}

struct heir_toml_span heir_toml_place(const struct heir_toml_parser *parser, const char *p)
{
	const char *end = parser->end;
	size_t n = 1;
	uint32_t c;

	if (parser->crio && p < end && *p == '\n')
		p++;
	else if (parser->crio && p == end) {
		const char *last = memrchr(parser->text, '\n', (size_t)(end - parser->text));

		p = last ? last : end;
	}
	if (p == end)
		n = 0;
	else if ((unsigned char)*p >= 0x80)
		n = MAX(heir_utf8_decode((struct heir_str){p, (size_t)(end - p)}, &c), (size_t)1);
	return heir_toml_span(parser, p, p + n);
}

/* For CR LF, BurntSushi goes back one line too far. */
struct heir_toml_span heir_toml_place_before(const struct heir_toml_parser *parser, const char *p)
{
	if (parser->crio && *p == '\r') {
		const char *last = memrchr(parser->text, '\n', (size_t)(p - parser->text));

		p = last ? last : p;
	}
	return heir_toml_span(parser, p, p + 1);
}

static int refuse_token(struct heir_toml_parser *parser, const char *p,
	const struct heir_toml_span *other, const char *message)
{
	const char *after = p;
	int r;

	parser->p = p;
	if (heir_toml_classify(&after, parser->end) == HEIR_TOML_AT_BAD)
		r = heir_toml_report_byte(parser, p);
	else
		r = heir_toml_report(parser, HEIR_TOML_SYNTAX, false, heir_toml_place(parser, p),
			other, message);
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

int heir_toml_refuse(struct heir_toml_parser *parser, const char *p, const char *message)
{
	return refuse_token(parser, p, NULL, message);
}

int heir_toml_refuse_open(
	struct heir_toml_parser *parser, const char *p, uint32_t opened, const char *message)
{
	struct heir_toml_span other = {opened, 1};

	return refuse_token(parser, p, &other, message);
}

int heir_toml_report_byte(struct heir_toml_parser *parser, const char *p)
{
	struct heir_toml_span where = heir_toml_span(parser, p, p + 1);
	const char *message;

	if ((unsigned char)*p >= 0x80)
		message = heir_arena_printf(
			&parser->doc->arena, "byte 0x%02x is not UTF-8", (unsigned char)*p);
	else if (*p == '\r')
		message = "carriage return without a newline after it";
	else
		message = heir_arena_printf(&parser->doc->arena,
			"control character U+%04X is not allowed", (unsigned char)*p);
	if (!message)
		return -ENOMEM;
	return heir_toml_report(parser, HEIR_TOML_ENCODING, false, where, NULL, message);
}

struct text {
	char bytes[PATH_SIZE];
	size_t n;
	bool full;
};

static void add_path_text(struct text *text, struct heir_str s)
{
	if (text->full)
		return;
	if (s.len > sizeof(text->bytes) - text->n - 4) {
		text->full = true;
		s = HEIR_STR("...");
	}
	memcpy(text->bytes + text->n, s.p, s.len);
	text->n += s.len;
}

/* As it is written, so that no escape can put a control character into a message. */
static void add_key(struct heir_toml_parser *parser, struct text *text, struct heir_toml_span span)
{
	struct heir_str raw = {parser->text + span.at, span.len};

	if (raw.len && (*raw.p == '"' || *raw.p == '\'')) {
		raw.p++;
		raw.len -= 2;
	}
	if (text->n)
		add_path_text(text, HEIR_STR("."));
	add_path_text(text, raw);
}

const char *heir_toml_path(struct heir_toml_parser *parser, heir_toml_node node)
{
	struct heir_toml_span above[PATH_PARTS];
	struct text text = {.n = 0};
	size_t n = 0;

	for (; node && n < PATH_PARTS; node = heir_toml_cell(parser->doc, node)->parent) {
		above[n] = heir_toml_cell(parser->doc, node)->key;
		n += above[n].len > 0;
	}
	while (n)
		add_key(parser, &text, above[--n]);
	return heir_arena_strndup(&parser->doc->arena, text.bytes, text.n);
}

int heir_toml_refuse_depth(struct heir_toml_parser *parser, const char *p)
{
	int r = heir_toml_report(parser, HEIR_TOML_LIMIT, false, heir_toml_place(parser, p), NULL,
		"nested too deeply (at most 1000 levels)");

	parser->p = p;
	return r < 0 ? r : HEIR_TOML_FAULTY;
}

/* Sorts by place. In CRI-O's dialect the fatal fault that was found first is also first in the
 * list, because CRI-O stops there, even if a fault about a key before it was found later. */
void heir_toml_sort_faults(struct heir_toml_parser *parser)
{
	struct heir_toml_doc *doc = parser->doc;
	struct heir_toml_fault *faults = doc->faults, first;
	uint32_t at = parser->first_fatal;

	if (parser->crio && at) {
		first = faults[--at];
		doc->n_faults--;
		memmove(&faults[at], &faults[at + 1], (doc->n_faults - at) * sizeof(faults[0]));
	}
	for (uint32_t i = 1; i < doc->n_faults; i++) {
		struct heir_toml_fault fault = faults[i];
		uint32_t k = i;

		for (; k > 0 && faults[k - 1].where.at > fault.where.at; k--)
			faults[k] = faults[k - 1];
		faults[k] = fault;
	}
	if (!parser->crio || !parser->first_fatal)
		return;
	for (at = 0; at < doc->n_faults; at++) {
		if (!faults[at].tolerated || faults[at].where.at > first.where.at)
			break;
	}
	memmove(&faults[at + 1], &faults[at], (doc->n_faults - at) * sizeof(faults[0]));
	faults[at] = first;
	doc->n_faults++;
}

size_t heir_toml_n_faults(const struct heir_toml_doc *doc)
{
	return doc->n_faults;
}

const struct heir_toml_fault *heir_toml_fault(const struct heir_toml_doc *doc, size_t i)
{
	return i < doc->n_faults ? &doc->faults[i] : NULL;
}

bool heir_toml_fatal(const struct heir_toml_doc *doc)
{
	return doc->fatal;
}
