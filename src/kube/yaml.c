/* SPDX-License-Identifier: Apache-2.0 */
/* YAML through libyaml's events. libyaml's marks count characters, places count bytes. */
#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "base/macro.h"
#include "kube/build.h"

/* libyaml compares each %TAG directive with all earlier ones, and no object needs any. */
enum { MAX_DIRECTIVES = 16 };

/* libyaml goes through all open [] and {} for each token. No object comes near this limit. */
enum { MAX_FLOW_DEPTH = 64 };

struct reader {
	struct heir_tree_builder *b;
	yaml_parser_t parser;
	struct heir_str text; /* from where reading began */
	uint32_t begin;       /* its offset in the builder's text */
	size_t chars, bytes;  /* the last position that was converted */
	unsigned flow;        /* open levels of [] and {} */
};

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Converts a mark to an offset. Marks come in order, apart from a few steps back. */
static uint32_t offset_of_mark(struct reader *reader, size_t index)
{
	const char *p = reader->text.p;
	size_t len = reader->text.len;

	while (reader->chars < index && reader->bytes < len) {
		reader->bytes++;
		while (reader->bytes < len && continues(p[reader->bytes]))
			reader->bytes++;
		reader->chars++;
	}
	while (reader->chars > index && reader->bytes > 0) {
		reader->bytes--;
		while (reader->bytes > 0 && continues(p[reader->bytes]))
			reader->bytes--;
		reader->chars--;
	}
	return reader->begin + (uint32_t)reader->bytes;
}

/* Copies the name of an anchor into the arena, because it must outlive its event. */
static int keep_name(struct reader *reader, const yaml_char_t *name, struct heir_str *ret)
{
	char *copy;

	*ret = HEIR_STR_NULL;
	if (!name)
		return 0;
	*ret = heir_str_from((const char *)name);
	copy = heir_arena_strndup(reader->b->arena, ret->p, ret->len);
	ret->p = copy;
	return copy ? 0 : -ENOMEM;
}

/* Returns a slice of the text if it contains the value literally, else a copy. */
static int keep_text(struct reader *reader, const yaml_event_t *event, uint32_t at, uint32_t len,
	struct heir_str *ret)
{
	struct heir_str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
	const char *written = reader->b->text.p + at;
	char *copy;

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE && len > 0) {
		written++;
		len--;
	}
	if (value.len <= len && memcmp(value.p, written, value.len) == 0) {
		*ret = (struct heir_str){written, value.len};
		return 0;
	}
	copy = heir_arena_strndup(reader->b->arena, value.p, value.len);
	*ret = (struct heir_str){copy, value.len};
	return copy ? 0 : -ENOMEM;
}

static bool means_null(const yaml_event_t *event)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	struct heir_str value = {(const char *)event->data.scalar.value, event->data.scalar.length};

	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		if (heir_str_eqz(value, nulls[i]))
			return true;
	return false;
}

static int take_scalar(struct reader *reader, const yaml_event_t *event)
{
	uint32_t at = offset_of_mark(reader, event->start_mark.index);
	uint32_t len = offset_of_mark(reader, event->end_mark.index) - at;
	enum heir_tree_type type = HEIR_TREE_STRING;
	struct heir_str text, anchor;
	int r;

	if (!heir_build_keeps(reader->b))
		return heir_build_scalar(reader->b, type, HEIR_STR_NULL, at, len, HEIR_STR_NULL);
	if (event->data.scalar.plain_implicit)
		type = means_null(event) ? HEIR_TREE_NULL : HEIR_TREE_PLAIN;
	r = keep_text(reader, event, at, len, &text);
	if (r == 0)
		r = keep_name(reader, event->data.scalar.anchor, &anchor);
	return r == 0 ? heir_build_scalar(reader->b, type, text, at, len, anchor) : r;
}

/* Opens a map or list. Nested flow collections are limited, because libyaml's cost grows with
 * their depth. */
static int take_open(struct reader *reader, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	bool is_flow = is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
			      : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	struct heir_str anchor;
	int r;

	reader->flow += is_flow || reader->flow > 0;
	if (reader->flow > MAX_FLOW_DEPTH)
		return heir_build_fail(reader->b, "[ and { are nested more deeply than heir reads",
			offset_of_mark(reader, event->start_mark.index), 1);
	r = keep_name(reader,
		is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
		&anchor);

	return r < 0 ? r
		     : heir_build_open(reader->b, is_map ? HEIR_TREE_MAP : HEIR_TREE_LIST,
			       offset_of_mark(reader, event->start_mark.index), anchor);
}

static int take_alias(struct reader *reader, const yaml_event_t *event)
{
	uint32_t at = offset_of_mark(reader, event->start_mark.index);

	return heir_build_alias(reader->b, heir_str_from((const char *)event->data.alias.anchor),
		at, offset_of_mark(reader, event->end_mark.index) - at);
}

/* Passes one event of libyaml on to the builder. */
static int take_event(
	struct reader *reader, const yaml_event_t *event, const struct heir_tree_receiver *receiver)
{
	struct heir_tree_builder *b = reader->b;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		heir_build_begin(b);
		return 0;
	case YAML_DOCUMENT_END_EVENT:
		return b->root ? receiver->document(receiver->data, b->root) : 0;
	case YAML_SCALAR_EVENT:
		return take_scalar(reader, event);
	case YAML_ALIAS_EVENT:
		return take_alias(reader, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return take_open(reader, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		reader->flow -= reader->flow > 0;
		return heir_build_close(b, offset_of_mark(reader, event->end_mark.index));
	default:
		return 0;
	}
}

/* Records the error that libyaml found. */
static int refuse_yaml(struct reader *reader)
{
	const yaml_parser_t *p = &reader->parser;
	struct heir_tree_builder *b = reader->b;
	const char *what;
	uint32_t at;

	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	at = p->error == YAML_READER_ERROR
		     ? reader->begin + (uint32_t)MIN(p->problem_offset, reader->text.len)
		     : offset_of_mark(reader, p->problem_mark.index);
	what = heir_arena_printf(b->arena, "%s%s%s", p->context ? p->context : "",
		p->context ? ", " : "", p->problem ? p->problem : "not YAML");
	return what ? heir_build_fail(b, what, at, at < b->text.len) : -ENOMEM;
}

static int check_directives(struct heir_tree_builder *b, struct heir_str text)
{
	const char *p = text.p, *end = text.p + text.len;
	uint32_t n = 0;

	while (p && p < end) {
		if (*p == '%' && ++n > MAX_DIRECTIVES)
			return heir_build_fail(
				b, "more directives than heir reads", (uint32_t)(p - b->text.p), 1);
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	return 0;
}

static int take_events(struct reader *reader, const struct heir_tree_receiver *receiver)
{
	bool ended = false;
	int r = 0;

	while (r == 0 && !ended) {
		yaml_event_t event;

		if (!yaml_parser_parse(&reader->parser, &event))
			return refuse_yaml(reader);
		ended = event.type == YAML_STREAM_END_EVENT;
		r = take_event(reader, &event, receiver);
		yaml_event_delete(&event);
	}
	return r;
}

int heir_build_yaml(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at)
{
	struct reader reader = {.b = b, .begin = *at};
	int r;

	reader.text = (struct heir_str){b->text.p + *at, b->text.len - *at};
	r = check_directives(b, reader.text);
	if (r < 0)
		return r;
	if (!yaml_parser_initialize(&reader.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&reader.parser, (const unsigned char *)reader.text.p, reader.text.len);
	r = take_events(&reader, receiver);
	yaml_parser_delete(&reader.parser);
	if (r == 0)
		*at = (uint32_t)b->text.len;
	return r;
}
