/* SPDX-License-Identifier: Apache-2.0 */
/* YAML and JSON documents as trees in which every value has its place in the text. The readers of
 * the two languages report values to a builder. Parts of objects that heir does not use are
 * dropped at once, because lists of pods are long. */
#ifndef HEIR_KUBE_TREE_H
#define HEIR_KUBE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Limit for one input; it keeps places within 32 bits. */
#define HEIR_TREE_MAX_TEXT ((size_t)128 << 20)

enum {
	HEIR_TREE_MAX_DEPTH = 500,
	HEIR_TREE_MAX_NODES = 4 << 20,     /* kept nodes per input */
	HEIR_TREE_MAX_REPEATED = 16 << 20, /* bytes that aliases repeat, per input */
	HEIR_TREE_MAX_FAULTS = 20,         /* after this many, the rest is not read */
};

enum heir_tree_type {
	HEIR_TREE_NULL,
	HEIR_TREE_PLAIN,  /* a scalar without quotes: number, boolean or string */
	HEIR_TREE_STRING, /* a scalar with quotes */
	HEIR_TREE_MAP,
	HEIR_TREE_LIST,
};

struct heir_tree_node {
	enum heir_tree_type type;
	uint32_t at, len;     /* where the value is */
	struct heir_str key;  /* of a member of a map */
	struct heir_str text; /* of a scalar */
	const struct heir_tree_node *first, *next;
};

/* Which members of a map are kept. For a list, it applies to the items. Ends with a NULL key. */
struct heir_tree_filter {
	const char *key;
	const struct heir_tree_filter *members; /* NULL: everything below */
};

struct heir_tree_fault {
	const char *what; /* static or in the arena */
	uint32_t at, len;
};

/* Receives what was read. Functions return 0, or -ENOMEM, which ends the reading. */
struct heir_tree_receiver {
	void *data;
	/* Receives a document; `root` is not NULL. */
	int (*document)(void *data, const struct heir_tree_node *root);
	int (*fault)(void *data, const struct heir_tree_fault *fault);
};

/* Reads a stream of documents. A faulty one is skipped, and reading continues with the next YAML
 * document. Nodes are in `arena`, strings without escapes in `text`. Returns 0 or -ENOMEM. */
int heir_tree_read(struct heir_str text, struct heir_arena *arena,
	const struct heir_tree_filter *filter, const struct heir_tree_receiver *receiver);

/* Returns the member of that name, the last of several as in Go; NULL if it is missing or null, or
 * if the node is not a map. The node may be NULL. */
const struct heir_tree_node *heir_tree_get(const struct heir_tree_node *node, const char *key);
bool heir_tree_is(const struct heir_tree_node *node, enum heir_tree_type type);
bool heir_tree_is_scalar(const struct heir_tree_node *node);

/* Iterates over the children of a node, which may be NULL. */
#define heir_tree_foreach(child, node)                                                  \
	for (const struct heir_tree_node *child = (node) ? (node)->first : NULL; child; \
		child = child->next)

#endif
