/* SPDX-License-Identifier: Apache-2.0 */
/* What toml-test asks of a decoder: a TOML document on stdin, the same as tagged JSON on stdout;
 * exit status 1 and the faults on stderr when the document is not valid. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "toml/toml.h"

struct decoder {
	const struct heir_toml_doc *doc;
	struct heir_arena arena;
	char text[64]; /* of a number or a date */
};

/* The shortest text that reads back as the same number. */
static void format_float(struct decoder *decoder, double value)
{
	if (isnan(value)) {
		snprintf(decoder->text, sizeof(decoder->text), "nan");
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(decoder->text, sizeof(decoder->text), "%.*g", digits, value);
		if (strtod(decoder->text, NULL) == value)
			return;
	}
}

static size_t format_date(char *to, size_t size, const struct heir_toml_datetime *t)
{
	return (size_t)snprintf(to, size, "%04d-%02u-%02u", t->year, t->month, t->day);
}

static size_t format_time(char *to, size_t size, const struct heir_toml_datetime *t)
{
	char fraction[16];
	size_t n = (size_t)snprintf(to, size, "%02u:%02u:%02u", t->hour, t->minute, t->second);

	if (t->n_digits == 0)
		return n;
	snprintf(fraction, sizeof(fraction), "%09u", t->nanosecond);
	return n + (size_t)snprintf(to + n, size - n, ".%.*s", t->n_digits, fraction);
}

static void format_datetime(struct decoder *decoder, heir_toml_node node, enum heir_toml_type type)
{
	struct heir_toml_datetime t = heir_toml_datetime(decoder->doc, node);
	int offset = abs(t.offset);
	char *to = decoder->text;
	size_t size = sizeof(decoder->text), n = 0;

	if (type != HEIR_TOML_TIME_LOCAL)
		n += format_date(to, size, &t);
	if (type == HEIR_TOML_DATE_LOCAL)
		return;
	if (n)
		to[n++] = 'T';
	n += format_time(to + n, size - n, &t);
	if (type != HEIR_TOML_DATETIME)
		return;
	if (offset == 0)
		snprintf(to + n, size - n, "Z");
	else
		snprintf(to + n, size - n, "%c%02d:%02d", t.offset < 0 ? '-' : '+', offset / 60,
			offset % 60);
}

static const char *tag_of(enum heir_toml_type type)
{
	switch (type) {
	case HEIR_TOML_STRING:
		return "string";
	case HEIR_TOML_INTEGER:
		return "integer";
	case HEIR_TOML_FLOAT:
		return "float";
	case HEIR_TOML_BOOL:
		return "bool";
	case HEIR_TOML_DATETIME:
		return "datetime";
	case HEIR_TOML_DATETIME_LOCAL:
		return "datetime-local";
	case HEIR_TOML_DATE_LOCAL:
		return "date-local";
	default:
		return "time-local";
	}
}

static json_t *scalar(struct decoder *decoder, heir_toml_node node)
{
	enum heir_toml_type type = heir_toml_type(decoder->doc, node);
	struct heir_str s = HEIR_STR_NULL;

	switch (type) {
	case HEIR_TOML_STRING:
		s = heir_toml_string(decoder->doc, node, &decoder->arena);
		if (!s.p)
			return NULL;
		break;
	case HEIR_TOML_INTEGER:
		snprintf(decoder->text, sizeof(decoder->text), "%lld",
			(long long)heir_toml_integer(decoder->doc, node));
		break;
	case HEIR_TOML_FLOAT:
		format_float(decoder, heir_toml_float(decoder->doc, node));
		break;
	case HEIR_TOML_BOOL:
		snprintf(decoder->text, sizeof(decoder->text), "%s",
			heir_toml_bool(decoder->doc, node) ? "true" : "false");
		break;
	default:
		format_datetime(decoder, node, type);
		break;
	}
	if (!s.p)
		s = heir_str_from(decoder->text);
	return json_pack("{s:s, s:s%}", "type", tag_of(type), "value", s.p, s.len);
}

static bool is_container(enum heir_toml_type type)
{
	return type == HEIR_TOML_TABLE || type == HEIR_TOML_ARRAY ||
	       type == HEIR_TOML_ARRAY_OF_TABLES;
}

static json_t *value_of(struct decoder *decoder, heir_toml_node node)
{
	enum heir_toml_type type = heir_toml_type(decoder->doc, node);

	if (type == HEIR_TOML_TABLE)
		return json_object();
	return is_container(type) ? json_array() : scalar(decoder, node);
}

static int add(struct decoder *decoder, json_t *to, heir_toml_node node, json_t *value)
{
	struct heir_str key = heir_toml_key(decoder->doc, node);

	return json_is_object(to) ? json_object_setn_new(to, key.p, key.len, value)
				  : json_array_append_new(to, value);
}

/* The document as JSON, or NULL. */
static json_t *convert(struct decoder *decoder)
{
	json_t *open[HEIR_TOML_MAX_DEPTH + 2] = {json_object()};
	heir_toml_node node = heir_toml_first(decoder->doc, HEIR_TOML_ROOT);
	size_t depth = 0;

	while (node) {
		json_t *value = value_of(decoder, node);

		/* The references are borrowed: each value belongs to the one above it. */
		if (!value || add(decoder, open[depth], node, value) < 0) {
			json_decref(open[0]);
			return NULL;
		}
		if (heir_toml_first(decoder->doc, node)) {
			open[++depth] = value;
			node = heir_toml_first(decoder->doc, node);
			continue;
		}
		while (node && !heir_toml_next(decoder->doc, node)) {
			node = heir_toml_parent(decoder->doc, node);
			if (node == HEIR_TOML_ROOT)
				return open[0];
			depth--;
		}
		node = heir_toml_next(decoder->doc, node);
	}
	return open[0];
}

static void print_faults(const struct heir_toml_doc *doc)
{
	struct heir_str text = heir_toml_text(doc);

	for (size_t i = 0; i < heir_toml_n_faults(doc); i++) {
		const struct heir_toml_fault *fault = heir_toml_fault(doc, i);
		unsigned line = 1, column = 1;

		for (uint32_t k = 0; k < fault->where.at; k++) {
			line += text.p[k] == '\n';
			column = text.p[k] == '\n' ? 1 : column + 1;
		}
		fprintf(stderr, "%u:%u: %s: %s\n", line, column,
			fault->tolerated ? "warning" : "error", fault->message);
	}
}

static int read_all(FILE *file, struct heir_buf *buf)
{
	char block[1 << 16];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		heir_buf_add(buf, block, n);
	return ferror(file) ? -EIO : heir_buf_error(buf);
}

static int decode(struct heir_str text, const struct heir_toml_options *options)
{
	struct decoder decoder = {.doc = NULL};
	struct heir_toml_doc *doc;
	json_t *json;
	int status = 1;

	if (heir_toml_parse(text, options, &doc) < 0)
		return 2;
	print_faults(doc);
	decoder.doc = doc;
	heir_arena_init(&decoder.arena);
	if (!heir_toml_fatal(doc)) {
		json = convert(&decoder);
		status = json && json_dumpf(json, stdout, JSON_INDENT(2)) == 0 ? 0 : 2;
		json_decref(json);
	}
	heir_arena_release(&decoder.arena);
	heir_toml_free(doc);
	return status;
}

int main(int argc, char **argv)
{
	struct heir_toml_options options = {.dialect = HEIR_TOML_SPEC, .version = HEIR_TOML_1_1};
	struct heir_buf text = HEIR_BUF_NULL;
	int status = 2;

	for (int i = 1; i < argc; i++) {
		const char *version = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--crio") == 0) {
			options.dialect = HEIR_TOML_CRIO;
		} else if (strcmp(argv[i], "--toml") == 0 && strcmp(version, "1.0") == 0) {
			options.version = HEIR_TOML_1_0;
			i++;
		} else if (strcmp(argv[i], "--toml") == 0 && strcmp(version, "1.1") == 0) {
			i++;
		} else {
			fprintf(stderr, "usage: toml-test-decoder [--crio] [--toml 1.0|1.1]\n");
			return 2;
		}
	}
	if (read_all(stdin, &text) == 0)
		status = decode(heir_buf_str(&text), &options);
	heir_buf_release(&text);
	return status;
}
