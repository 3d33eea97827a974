/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader: text in, a tree of nodes with the span of every key and value out, faults beside
 * it. It never recurses, keeps slices of the text instead of copies, and decodes a value only when
 * somebody asks for it.
 *
 * Two dialects. HEIR_TOML_SPEC is the specification, 1.0 or 1.1. HEIR_TOML_CRIO is what CRI-O
 * reads: BurntSushi/toml, which accepts some documents that TOML forbids (a header for a table that
 * dotted keys made, dotted keys into an inline table, an array given twice...); each such place is
 * a fault with `tolerated` set, and the tree is the one that CRI-O gets. Where the two differ is
 * told in define.c.
 *
 * A document belongs to its reader; several threads may read it once it is parsed. */
#ifndef HEIR_TOML_TOML_H
#define HEIR_TOML_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum heir_toml_type {
	HEIR_TOML_NONE, /* no such node */
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
	/* Tables and arrays within one another, and parts of one dotted key or header: more is a
	 * fault, where CRI-O would go on (and take quadratic time and memory for it). */
	HEIR_TOML_MAX_DEPTH = 1000,
	/* Faults told of one file; the rest would be echoes. */
	HEIR_TOML_MAX_FAULTS = 100,
};

/* A place in the text, in bytes. */
struct heir_toml_span {
	uint32_t at, len;
};

enum heir_toml_fault_kind {
	HEIR_TOML_SYNTAX,
	HEIR_TOML_DUPLICATE, /* `other` is where the name was defined first */
	HEIR_TOML_ENCODING,  /* not UTF-8, NUL, a control character */
	HEIR_TOML_VERSION,   /* TOML 1.1 syntax in a 1.0 document */
	HEIR_TOML_LIMIT,     /* depth, size */
};

struct heir_toml_fault {
	enum heir_toml_fault_kind kind;
	bool tolerated; /* CRI-O's reader accepts it: the tree holds what CRI-O gets */
	bool has_other;
	struct heir_toml_span where; /* len is at least 1, except at the end of the text */
	struct heir_toml_span other; /* or where the bracket or quote is that has no end */
	const char *message;         /* lower case, no full stop; belongs to the document */
};

/* A node, by number; 0 is none, 1 is the root table. Numbers are dense and in order of creation.
 * What was replaced, or stands behind a faulty key, has a number too, but nobody's child leads
 * there. */
typedef uint32_t heir_toml_node;

#define HEIR_TOML_ROOT ((heir_toml_node)1)

struct heir_toml_doc;

/* Reads `text`, which the document keeps pointing to. A text of 4 GiB or more is a fault of kind
 * LIMIT. A faulty document is returned as well, with the tree as far as it was understood: ask
 * heir_toml_fatal(). 0 or -ENOMEM. */
int heir_toml_parse(
	struct heir_str text, const struct heir_toml_options *options, struct heir_toml_doc **ret);
/* Takes NULL, returns NULL. */
struct heir_toml_doc *heir_toml_free(struct heir_toml_doc *doc);

struct heir_str heir_toml_text(const struct heir_toml_doc *doc);

/* Faults in order of their place, except that in the dialect of CRI-O the first fatal one is also
 * the one at which CRI-O stops. */
size_t heir_toml_n_faults(const struct heir_toml_doc *doc);
const struct heir_toml_fault *heir_toml_fault(const struct heir_toml_doc *doc, size_t i);
/* Is there a fault that is not tolerated? */
bool heir_toml_fatal(const struct heir_toml_doc *doc);

/* How many nodes there are: numbers from 1 to this. */
uint32_t heir_toml_n_nodes(const struct heir_toml_doc *doc);

enum heir_toml_type heir_toml_type(const struct heir_toml_doc *doc, heir_toml_node node);
const char *heir_toml_type_name(enum heir_toml_type type); /* "string", "array of tables", … */

/* The decoded key; empty for the root and for items of arrays. Lives as long as the document. */
struct heir_str heir_toml_key(const struct heir_toml_doc *doc, heir_toml_node node);
/* Where the key is written (its own part of a dotted key or header, with its quotes), or for an
 * item of an array the value. The first place, where several headers name a table. */
struct heir_toml_span heir_toml_key_span(const struct heir_toml_doc *doc, heir_toml_node node);
/* Where the value is written, with its quotes or brackets. For a table that a header made the whole
 * header "[a.b]", for one made by dotted keys the key's part, for the root the whole text. */
struct heir_toml_span heir_toml_value_span(const struct heir_toml_doc *doc, heir_toml_node node);

/* Children of a table or items of an array, in order of the text; a value that replaced another one
 * (tolerated) stands where that stood. */
heir_toml_node heir_toml_first(const struct heir_toml_doc *doc, heir_toml_node node);
heir_toml_node heir_toml_next(const struct heir_toml_doc *doc, heir_toml_node node);
uint32_t heir_toml_n_children(const struct heir_toml_doc *doc, heir_toml_node node);
heir_toml_node heir_toml_parent(const struct heir_toml_doc *doc, heir_toml_node node);

#define heir_toml_foreach(node, doc, parent)                                      \
	for (heir_toml_node node = heir_toml_first((doc), (parent)); (node) != 0; \
		node = heir_toml_next((doc), (node)))

/* The child of that very name; constant time however many there are. 0: none. */
heir_toml_node heir_toml_get(
	const struct heir_toml_doc *doc, heir_toml_node table, struct heir_str key);

/* 16 bits for the owner of the document to remember something about a node (heir: which field it
 * is). 0 at first. */
uint16_t heir_toml_tag(const struct heir_toml_doc *doc, heir_toml_node node);
void heir_toml_set_tag(struct heir_toml_doc *doc, heir_toml_node node, uint16_t tag);

/* The value of a scalar of that type. Undefined for a node of another type. */
bool heir_toml_bool(const struct heir_toml_doc *doc, heir_toml_node node);
int64_t heir_toml_integer(const struct heir_toml_doc *doc, heir_toml_node node);
double heir_toml_float(const struct heir_toml_doc *doc, heir_toml_node node);
/* A string without escapes is a slice of the text; one with escapes is decoded into `arena` (each
 * time: keep the answer). p is NULL when memory runs out, never otherwise. */
struct heir_arena;
struct heir_str heir_toml_string(
	const struct heir_toml_doc *doc, heir_toml_node node, struct heir_arena *arena);

struct heir_toml_datetime {
	int16_t year;
	uint8_t month, day, hour, minute, second;
	uint32_t nanosecond;
	uint8_t n_digits; /* of the fraction, at most 9 kept */
	int16_t offset;   /* minutes east of UTC */
};
struct heir_toml_datetime heir_toml_datetime(const struct heir_toml_doc *doc, heir_toml_node node);

#endif
