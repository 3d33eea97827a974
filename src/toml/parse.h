/* SPDX-License-Identifier: Apache-2.0 */
/* The parser's state and its parts, for src/toml only. Functions return 0; HEIR_TOML_FAULTY if the
 * rest of the statement cannot be read (the fault is recorded, and `p` is where recovery starts);
 * or -ENOMEM. */
#ifndef HEIR_TOML_PARSE_H
#define HEIR_TOML_PARSE_H

#include "toml/doc.h"

enum { HEIR_TOML_FAULTY = 1 };

/* An array or inline table that is still open. */
struct heir_toml_frame {
	heir_toml_node node; /* the node that is filled */
	uint32_t depth;      /* of the node */
	uint32_t opened;     /* offset of the bracket */
	bool table;
	bool after;              /* an item was read, but no comma since */
	bool in_array;           /* this frame or one around it is an array */
	bool version_reported;   /* a newline in an inline table of TOML 1.0 is reported once */
	uint8_t ending;          /* what to do at the end; see define.c */
	heir_toml_node existing; /* the node that `ending` is about */
};

/* Where the next value belongs. */
struct heir_toml_target {
	heir_toml_node parent;             /* 0: outside the tree, because of a fault before it */
	uint32_t depth;                    /* of the value; the root has 0 */
	const struct heir_toml_part *part; /* NULL in arrays */
	/* the part of the path before the last that is not a table */
	heir_toml_node obstacle;
};

struct heir_toml_parser {
	struct heir_toml_doc *doc;
	const char *text, *end;
	const char *p;
	bool crio, v1_1, variables;
	bool lost; /* skip lines until one begins a statement */

	heir_toml_node table; /* of the last header */
	uint32_t table_depth;
	struct heir_toml_span last_key; /* the first part of the most recent key */
	uint32_t first_fatal;           /* 1 + its index, in order of discovery */

	/* "a.b." of the last header and the table that it leads to. */
	const char *prefix;
	size_t prefix_len;
	heir_toml_node prefix_node; /* 0: none */
	uint32_t prefix_depth;

	size_t n_frames, n_parts;
	struct heir_toml_frame frames[HEIR_TOML_MAX_DEPTH + 1];
	struct heir_toml_part parts[HEIR_TOML_MAX_DEPTH + 1];
};

static inline struct heir_toml_span heir_toml_span(
	const struct heir_toml_parser *parser, const char *from, const char *to)
{
	return (struct heir_toml_span){(uint32_t)(from - parser->text), (uint32_t)(to - from)};
}

/* fault.c: records a fault. `other` may be NULL. The message must live as long as the document. */
int heir_toml_report(struct heir_toml_parser *parser, enum heir_toml_fault_kind kind,
	bool tolerated, struct heir_toml_span where, const struct heir_toml_span *other,
	const char *message);
/* Records a syntax fault at p: this byte was not expected. */
int heir_toml_refuse(struct heir_toml_parser *parser, const char *p, const char *message);
/* The same for a construct without end; it began at `other`. */
int heir_toml_refuse_open(
	struct heir_toml_parser *parser, const char *p, uint32_t opened, const char *message);
/* Returns the place of the character at p, or the place that CRI-O names for a newline or the
 * end. */
struct heir_toml_span heir_toml_place(const struct heir_toml_parser *parser, const char *p);
/* The same for faults that CRI-O reports on the line before the newline at p. */
struct heir_toml_span heir_toml_place_before(const struct heir_toml_parser *parser, const char *p);
/* Records a byte that is not allowed anywhere. Returns 0 or -ENOMEM. */
int heir_toml_report_byte(struct heir_toml_parser *parser, const char *p);
/* Returns the node's path for messages, "a.b", in the arena, or NULL if there is no memory. */
const char *heir_toml_path(struct heir_toml_parser *parser, heir_toml_node node);
/* Records that p is deeper than HEIR_TOML_MAX_DEPTH. */
int heir_toml_refuse_depth(struct heir_toml_parser *parser, const char *p);
void heir_toml_sort_faults(struct heir_toml_parser *parser);

/* string.c: scans the string whose quote is at `p` and moves parser->p after it. Faults inside are
 * recorded and do not end the string. */
int heir_toml_scan_string(struct heir_toml_parser *parser, const char *p, bool key);
/* Decodes the string `raw` with its quotes. .p of the result is NULL if there is no memory. */
struct heir_str heir_toml_decode_string(struct heir_str raw, struct heir_arena *arena);

/* key.c: reads the parts of a dotted key into parts[0..n_parts) up to `stop` ('=' or ']'), which
 * is not consumed. */
int heir_toml_read_key(struct heir_toml_parser *parser, char stop);

/* header.c: reads the header whose bracket is at parser->p. Afterwards parser->table is its table,
 * or one outside the tree after a fault. */
int heir_toml_header(struct heir_toml_parser *parser);

/* define.c: what may be defined where. Faults are recorded and 0 is returned: the syntax is fine,
 * so reading goes on.
 *
 * Walks from target->parent through all parts but the last, which becomes target->part. */
int heir_toml_walk_key(struct heir_toml_parser *parser, struct heir_toml_target *target);
int heir_toml_walk_header(struct heir_toml_parser *parser, struct heir_toml_target *target,
	struct heir_toml_span header);
int heir_toml_define_scalar(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	enum heir_toml_type type, struct heir_toml_span value);
/* Pushes a frame for the array or inline table that opens at p. */
int heir_toml_define_open(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool table, const char *p);
/* Pops it. `end` is after the closing bracket. */
int heir_toml_define_close(struct heir_toml_parser *parser, const char *end);
/* Defines the table, or adds the element of the array of tables, that a header names. */
int heir_toml_define_header(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool array, struct heir_toml_span header);

/* recover.c: moves to the line at which to continue after a fault in the statement that began at
 * `line`. */
void heir_toml_recover(struct heir_toml_parser *parser, const char *line);

#endif
