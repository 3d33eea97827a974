/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of YAML or JSON as trees whose every value knows its place in the text. The readers of
 * the two languages tell a builder what comes next. What no object that heir reads has is not kept
 * at all: lists of pods are long. */
#ifndef HEIR_KUBE_TREE_H
#define HEIR_KUBE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* One input may not be longer, which also keeps places within 32 bits. */
#define HEIR_TREE_MAX_TEXT ((size_t)128 << 20)

enum {
	HEIR_TREE_MAX_DEPTH = 500,
	HEIR_TREE_MAX_NODES = 4 << 20,     /* that are kept, of one input */
	HEIR_TREE_MAX_REPEATED = 16 << 20, /* bytes of text that aliases stand for, of one input */
	HEIR_TREE_MAX_FAULTS = 20,         /* after so many the rest is not read */
};

enum heir_tree_type {
	HEIR_TREE_NULL,
	HEIR_TREE_PLAIN,  /* a scalar without quotes: a number, a boolean or a string */
	HEIR_TREE_STRING, /* a scalar with quotes */
	HEIR_TREE_MAP,
	HEIR_TREE_LIST,
};

struct heir_tree_node {
	enum heir_tree_type type;
	uint32_t at, len;     /* where the value stands */
	struct heir_str key;  /* of a member of a map */
	struct heir_str text; /* of a scalar */
	const struct heir_tree_node *first, *next;
};

/* Which members of a map are kept; a list passes it on to its items. Ends with a key of NULL. */
struct heir_tree_filter {
	const char *key;
	const struct heir_tree_filter *members; /* NULL: whatever is below it */
};

struct heir_tree_fault {
	const char *what; /* in words; lives in the arena or for ever */
	uint32_t at, len;
};

/* Who gets what was read. Either function gives 0 or -ENOMEM, which ends the reading. */
struct heir_tree_receiver {
	void *data;
	/* A document; `root` is not NULL. */
	int (*document)(void *data, const struct heir_tree_node *root);
	int (*fault)(void *data, const struct heir_tree_fault *fault);
};

/* Reads a stream of documents. A faulty one is left out, and reading goes on with the next one of
 * YAML. The nodes live in `arena`, strings without escapes in `text`. 0 or -ENOMEM. */
int heir_tree_read(struct heir_str text, struct heir_arena *arena,
	const struct heir_tree_filter *filter, const struct heir_tree_receiver *receiver);

/* The member of that name, the last if there are several, as Go takes it; NULL where there is none,
 * where it is null, and where the node is no map. The node may be NULL. */
const struct heir_tree_node *heir_tree_get(const struct heir_tree_node *node, const char *key);
bool heir_tree_is(const struct heir_tree_node *node, enum heir_tree_type type);
bool heir_tree_is_scalar(const struct heir_tree_node *node);

/* The children of a node that may be NULL. */
#define heir_tree_foreach(child, node)                                                  \
	for (const struct heir_tree_node *child = (node) ? (node)->first : NULL; child; \
		child = child->next)

#endif
