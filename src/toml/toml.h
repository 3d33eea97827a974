/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader: reads text into a tree of nodes, with the span of every key and value, and a
 * list of faults. It never recurses, keeps slices of the text instead of copies, and decodes
 * values only when they are requested.
 *
 * Two dialects. HEIR_TOML_SPEC is the specification, 1.0 or 1.1. HEIR_TOML_CRIO is what CRI-O
 * reads: BurntSushi/toml, which accepts some documents that TOML forbids (a header for a table
 * made by dotted keys, dotted keys into an inline table, an array assigned twice). Each such place
 * is a fault with `tolerated` set, and the tree is the one that CRI-O gets. define.c explains the
 * differences.
 *
 * After parsing, several threads may read a document. */
#ifndef HEIR_TOML_TOML_H
#define HEIR_TOML_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum heir_toml_type {
	HEIR_TOML_NONE, /* there is no such node */
	HEIR_TOML_STRING,
	HEIR_TOML_INTEGER,
	HEIR_TOML_FLOAT,
	HEIR_TOML_BOOL,
	HEIR_TOML_DATETIME,       /* with an offset */
	HEIR_TOML_DATETIME_LOCAL, /* without */
	HEIR_TOML_DATE_LOCAL,
	HEIR_TOML_TIME_LOCAL,
	HEIR_TOML_ARRAY,
	HEIR_TOML_ARRAY_OF_TABLES, /* [[header]]s; items are tables */
	HEIR_TOML_TABLE,
	HEIR_TOML_N_TYPES,
};

enum heir_toml_dialect { HEIR_TOML_SPEC, HEIR_TOML_CRIO };
enum heir_toml_version { HEIR_TOML_1_0, HEIR_TOML_1_1 };

struct heir_toml_options {
	enum heir_toml_dialect dialect;
	enum heir_toml_version version;
	bool bare_variables; /* accept ${NAME} and ${NAME:-word} unquoted as a part of a header */
};

enum {
	/* Limit for nested tables and arrays, and for the parts of a dotted key or header. More is
	 * a fault; CRI-O would go on, in quadratic time and memory. */
	HEIR_TOML_MAX_DEPTH = 1000,
	/* Limit for reported faults per file; the rest would be consequential. */
	HEIR_TOML_MAX_FAULTS = 100,
};

/* A place in the text, in bytes. */
struct heir_toml_span {
	uint32_t at, len;
};

enum heir_toml_fault_kind {
	HEIR_TOML_SYNTAX,
	HEIR_TOML_DUPLICATE, /* `other` is the first definition */
	HEIR_TOML_ENCODING,  /* not UTF-8, or a NUL or control character */
	HEIR_TOML_VERSION,   /* TOML 1.1 syntax in a 1.0 document */
	HEIR_TOML_LIMIT,     /* too deep or too large */
};

struct heir_toml_fault {
	enum heir_toml_fault_kind kind;
	bool tolerated; /* CRI-O's reader accepts it; the tree has what CRI-O gets */
	bool has_other;
	struct heir_toml_span where; /* length at least 1, except at the end of the text */
	struct heir_toml_span other; /* also the opening bracket or quote that has no end */
	const char *message;         /* lower case, no full stop; belongs to the document */
};

/* A node, by number: 0 is none, 1 is the root table. Numbers are dense, in order of creation.
 * Replaced values and those after a faulty key have a number too, but are not reachable from the
 * root. */
typedef uint32_t heir_toml_node;

#define HEIR_TOML_ROOT ((heir_toml_node)1)

struct heir_toml_doc;

/* Parses `text`, which must outlive the document. A text of 4 GiB or more is a fault of kind
 * LIMIT. A faulty document is returned too, with the tree as far as it was understood; check
 * heir_toml_fatal(). Returns 0 or -ENOMEM. */
int heir_toml_parse(
	struct heir_str text, const struct heir_toml_options *options, struct heir_toml_doc **ret);
/* Frees the document; NULL is allowed. Returns NULL. */
struct heir_toml_doc *heir_toml_free(struct heir_toml_doc *doc);

struct heir_str heir_toml_text(const struct heir_toml_doc *doc);

/* Faults are sorted by place, except that in CRI-O's dialect the fault at which CRI-O stops is the
 * first of the fatal ones. */
size_t heir_toml_n_faults(const struct heir_toml_doc *doc);
const struct heir_toml_fault *heir_toml_fault(const struct heir_toml_doc *doc, size_t i);
/* Returns whether a fault is not tolerated. */
bool heir_toml_fatal(const struct heir_toml_doc *doc);

/* Returns the number of nodes. They are numbered from 1. */
uint32_t heir_toml_n_nodes(const struct heir_toml_doc *doc);

enum heir_toml_type heir_toml_type(const struct heir_toml_doc *doc, heir_toml_node node);
const char *heir_toml_type_name(enum heir_toml_type type); /* "string", "array of tables", … */

/* Returns the decoded key, empty for the root and items of arrays. It lives as long as the
 * document. */
struct heir_str heir_toml_key(const struct heir_toml_doc *doc, heir_toml_node node);
/* Returns where the key is written: its own part of a dotted key or header, with quotes; for an
 * item of an array its value. If several headers name a table, the first. */
struct heir_toml_span heir_toml_key_span(const struct heir_toml_doc *doc, heir_toml_node node);
/* Returns where the value is written, with quotes or brackets. For a table made by a header this
 * is the whole header "[a.b]", for one made by dotted keys the part of the key, for the root the
 * whole text. */
struct heir_toml_span heir_toml_value_span(const struct heir_toml_doc *doc, heir_toml_node node);

/* Iterate children of a table or items of an array in order of the text. A value that replaced
 * another one (tolerated) has the position of the old one. */
heir_toml_node heir_toml_first(const struct heir_toml_doc *doc, heir_toml_node node);
heir_toml_node heir_toml_next(const struct heir_toml_doc *doc, heir_toml_node node);
uint32_t heir_toml_n_children(const struct heir_toml_doc *doc, heir_toml_node node);
heir_toml_node heir_toml_parent(const struct heir_toml_doc *doc, heir_toml_node node);

#define heir_toml_foreach(node, doc, parent)                                      \
	for (heir_toml_node node = heir_toml_first((doc), (parent)); (node) != 0; \
		node = heir_toml_next((doc), (node)))

/* Returns the child with that name in constant time, or 0. */
heir_toml_node heir_toml_get(
	const struct heir_toml_doc *doc, heir_toml_node table, struct heir_str key);

/* 16 bits for the owner of the document to annotate a node (heir: which field it is). Initially
 * 0. */
uint16_t heir_toml_tag(const struct heir_toml_doc *doc, heir_toml_node node);
void heir_toml_set_tag(struct heir_toml_doc *doc, heir_toml_node node, uint16_t tag);

/* Return the value of a scalar of that type. Undefined for other types. */
bool heir_toml_bool(const struct heir_toml_doc *doc, heir_toml_node node);
int64_t heir_toml_integer(const struct heir_toml_doc *doc, heir_toml_node node);
double heir_toml_float(const struct heir_toml_doc *doc, heir_toml_node node);
/* Returns a string. Without escapes it is a slice of the text; else it is decoded into `arena` on
 * each call. .p is NULL only if there is no memory. */
struct heir_arena;
struct heir_str heir_toml_string(
	const struct heir_toml_doc *doc, heir_toml_node node, struct heir_arena *arena);

struct heir_toml_datetime {
	int16_t year;
	uint8_t month, day, hour, minute, second;
	uint32_t nanosecond;
	uint8_t n_digits; /* of the fraction; at most 9 are kept */
	int16_t offset;   /* minutes east of UTC */
};
struct heir_toml_datetime heir_toml_datetime(const struct heir_toml_doc *doc, heir_toml_node node);

#endif
