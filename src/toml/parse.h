/* SPDX-License-Identifier: Apache-2.0 */
/* The parser's state and the pieces it is made of; for src/toml alone. All functions answer 0,
 * HEIR_TOML_FAULTY when the rest of the statement makes no sense any more (the fault is recorded
 * and `p` is where to go on looking), or -ENOMEM. */
#ifndef HEIR_TOML_PARSE_H
#define HEIR_TOML_PARSE_H

#include "toml/doc.h"

enum { HEIR_TOML_FAULTY = 1 };

/* An array or inline table that is still open. */
struct heir_toml_frame {
	heir_toml_node node; /* what is filled */
	uint32_t depth;      /* of node */
	uint32_t opened;     /* where in the text */
	bool table;
	bool after;              /* an item was read and no comma since */
	bool in_array;           /* this one or one around it is an array */
	bool version_reported;   /* a newline in an inline table of TOML 1.0: one fault is enough */
	uint8_t ending;          /* what is to be settled when it closes, see define.c */
	heir_toml_node existing; /* with what */
};

/* Where the value that comes next belongs. */
struct heir_toml_target {
	heir_toml_node parent;             /* 0: nowhere, something before it was wrong */
	uint32_t depth;                    /* of the value, the root's being 0 */
	const struct heir_toml_part *part; /* NULL in arrays */
	heir_toml_node obstacle;           /* a part before the last is this, which is no table */
};

struct heir_toml_parser {
	struct heir_toml_doc *doc;
	const char *text, *end;
	const char *p;
	bool crio, v1_1, variables;
	bool lost; /* after this fault, wait for a line that begins a statement */

	heir_toml_node table; /* of the last header */
	uint32_t table_depth;
	struct heir_toml_span last_key; /* the first part of the key that was read last */
	uint32_t first_fatal;           /* 1 + its index in order of discovery */

	/* "a.b." of the last header and the table it led to, for the next header. */
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

/* fault.c: recording. `other` may be NULL; the message must live as long as the document. */
int heir_toml_report(struct heir_toml_parser *parser, enum heir_toml_fault_kind kind,
	bool tolerated, struct heir_toml_span where, const struct heir_toml_span *other,
	const char *message);
/* The byte at p is not what was expected: a syntax fault there. */
int heir_toml_refuse(struct heir_toml_parser *parser, const char *p, const char *message);
/* The same, and `other` is where the thing began that has no end. */
int heir_toml_refuse_open(
	struct heir_toml_parser *parser, const char *p, uint32_t opened, const char *message);
/* The character at p; where CRI-O names another line for a newline or the end, that place. */
struct heir_toml_span heir_toml_place(const struct heir_toml_parser *parser, const char *p);
/* For the faults that CRI-O places on the line before a newline at p. */
struct heir_toml_span heir_toml_place_before(const struct heir_toml_parser *parser, const char *p);
/* A byte that may stand nowhere: recorded, 0. */
int heir_toml_report_byte(struct heir_toml_parser *parser, const char *p);
/* The node's name for messages, "a.b"; in the arena, NULL when memory ran out. */
const char *heir_toml_path(struct heir_toml_parser *parser, heir_toml_node node);
/* Deeper than HEIR_TOML_MAX_DEPTH at p. */
int heir_toml_refuse_depth(struct heir_toml_parser *parser, const char *p);
void heir_toml_sort_faults(struct heir_toml_parser *parser);

/* string.c: the string whose quote is at `p`; parser->p goes behind it. Faults inside are recorded
 * and do not end it. */
int heir_toml_scan_string(struct heir_toml_parser *parser, const char *p, bool key);
/* Decodes the string, quotes included; p of the answer is NULL when memory ran out. */
struct heir_str heir_toml_decode_string(struct heir_str raw, struct heir_arena *arena);

/* key.c: the parts of a dotted key into parts[0..n_parts), up to `stop`, '=' or ']', which is not
 * consumed. */
int heir_toml_read_key(struct heir_toml_parser *parser, char stop);

/* header.c: the header whose bracket is at parser->p. parser->table is the table it leads to; one
 * that belongs to nobody if that went wrong. */
int heir_toml_header(struct heir_toml_parser *parser);

/* define.c: what may be defined where. What is wrong there is recorded, and 0 answered: the syntax
 * is fine, so the statement is read on.
 *
 * Goes from target->parent through all parts but the last, which becomes target->part. */
int heir_toml_walk_key(struct heir_toml_parser *parser, struct heir_toml_target *target);
int heir_toml_walk_header(struct heir_toml_parser *parser, struct heir_toml_target *target,
	struct heir_toml_span header);
int heir_toml_define_scalar(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	enum heir_toml_type type, struct heir_toml_span value);
/* Pushes a frame for an array or inline table that opens at p. */
int heir_toml_define_open(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool table, const char *p);
/* Pops it; `end` is behind its bracket. */
int heir_toml_define_close(struct heir_toml_parser *parser, const char *end);
/* The table, or the next element of the array of tables, that a header names. */
int heir_toml_define_header(struct heir_toml_parser *parser, const struct heir_toml_target *target,
	bool array, struct heir_toml_span header);

/* recover.c: to the line at which to go on after a fault in the statement that began at `line`. */
void heir_toml_recover(struct heir_toml_parser *parser, const char *line);

#endif
