/* SPDX-License-Identifier: Apache-2.0 */
/* What a document is made of; for src/toml alone.
 *
 * A node is a cell of 40 bytes that holds places in the text, never text. Cells live in chunks that
 * never move, so a document that grows needs no second copy of itself. The children of a cell are a
 * ring: the cell knows the last one, whose `next` is the first, so that appending and iterating
 * need one number instead of two. Small tables are searched by walking the ring and comparing
 * hashes; all larger ones share one hash of (table, key). */
#ifndef HEIR_TOML_DOC_H
#define HEIR_TOML_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/macro.h"
#include "base/str.h"
#include "toml/toml.h"

enum {
	/* Small, because a node's configuration is many small files. Larger documents get chunks
	 * in groups. */
	HEIR_TOML_CHUNK_BITS = 5,
	HEIR_TOML_CHUNK = 1 << HEIR_TOML_CHUNK_BITS,
	HEIR_TOML_SINGLE_CHUNKS = 8,
	HEIR_TOML_SLAB = 32,
	/* A table with at most this many children is searched by walking them. */
	HEIR_TOML_FEW = 8,
};

enum heir_toml_flag {
	/* BurntSushi's own marks, see define.c. */
	HEIR_TOML_IMPLICIT = 1 << 0,
	HEIR_TOML_ARRAYTYPED = 1 << 1,
	HEIR_TOML_SHADOWED = 1 << 2,
	/* The specification's marks: what defined the table. */
	HEIR_TOML_BY_HEADER = 1 << 3,
	HEIR_TOML_BY_DOTS = 1 << 4,
	HEIR_TOML_CLOSED = 1 << 5,
	/* How the cell is stored. */
	HEIR_TOML_HASHED = 1 << 6,
	HEIR_TOML_DECODED = 1 << 7, /* the key has escapes: see `decoded` */

	HEIR_TOML_DEFINED = HEIR_TOML_BY_HEADER | HEIR_TOML_BY_DOTS | HEIR_TOML_CLOSED,
};

struct heir_toml_cell {
	uint32_t next; /* the next sibling; the last one's is the first child */
	uint32_t parent;
	uint32_t last; /* the last child */
	uint32_t n;    /* number of children */
	struct heir_toml_span key;
	struct heir_toml_span value;
	uint32_t hash; /* of the decoded key */
	uint32_t type : 4, flags : 12, tag : 16;
};

static_assert(sizeof(struct heir_toml_cell) == 40, "the cell is what memory goes to");

/* A key with escapes. Sorted by node, for binary search. */
struct heir_toml_decoded {
	heir_toml_node node;
	struct heir_str key;
};

struct heir_toml_slot {
	uint32_t hash;
	heir_toml_node node; /* 0: empty */
};

struct heir_toml_doc {
	struct heir_str text;
	struct heir_toml_cell **chunks;
	uint32_t n_chunks, max_chunks;
	uint32_t n_nodes;

	struct heir_toml_slot *slots; /* their number is a power of two */
	uint32_t n_slots, n_used;
	struct heir_hash_key seed;
	bool seeded;

	struct heir_toml_decoded *decoded;
	uint32_t n_decoded, max_decoded;

	struct heir_toml_fault *faults;
	uint32_t n_faults, max_faults;
	bool fatal;

	struct heir_arena arena; /* messages and decoded keys */
};

/* A part of a key as the parser reads it. */
struct heir_toml_part {
	struct heir_str key; /* decoded */
	struct heir_toml_span span;
	uint32_t hash;
	bool decoded; /* `key` is a copy in the arena, not a slice of the text */
};

static inline struct heir_toml_cell *heir_toml_cell(
	const struct heir_toml_doc *doc, heir_toml_node node)
{
	return &doc->chunks[node >> HEIR_TOML_CHUNK_BITS][node & (HEIR_TOML_CHUNK - 1)];
}

/* Returns an empty document with its root, or NULL. */
struct heir_toml_doc *heir_toml_doc_new(struct heir_str text);

/* Adds a cell of that type, not yet a child of any other. Returns 0 if there is no memory. `part`
 * may be NULL. */
heir_toml_node heir_toml_doc_add(struct heir_toml_doc *doc, enum heir_toml_type type,
	const struct heir_toml_part *part, struct heir_toml_span value, unsigned flags);
/* Appends it as last child. Returns 0 or -ENOMEM. */
int heir_toml_doc_append(struct heir_toml_doc *doc, heir_toml_node parent, heir_toml_node node);
/* Returns the child with that key, or 0. */
heir_toml_node heir_toml_doc_find(
	const struct heir_toml_doc *doc, heir_toml_node table, uint32_t hash, struct heir_str key);
/* Removes everything below the node. The removed nodes get type NONE. */
void heir_toml_doc_drop_children(struct heir_toml_doc *doc, heir_toml_node node);
/* Moves type, value and items of `from` to `to`; `from` gets type NONE. For arrays and scalars
 * only. */
void heir_toml_doc_move(struct heir_toml_doc *doc, heir_toml_node to, heir_toml_node from);

/* Not for use outside: keys that collide are easy to construct. Tables that grow large therefore
 * use a hash with a secret key. */
uint32_t heir_toml_key_hash(struct heir_str key);

#endif
