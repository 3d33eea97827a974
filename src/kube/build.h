/* SPDX-License-Identifier: Apache-2.0 */
/* The interface between the readers of YAML and JSON and the tree that they build: the readers
 * report what comes next. Functions return 0; -EINVAL, and the builder then has the fault; or
 * -ENOMEM. */
#ifndef HEIR_KUBE_BUILD_H
#define HEIR_KUBE_BUILD_H

#include "base/map.h"
#include "kube/tree.h"

/* An open map or list. */
struct heir_tree_frame {
	struct heir_tree_node *node;
	const struct heir_tree_node **last;    /* where to link the next child */
	const struct heir_tree_filter *filter; /* for its members; NULL: all are kept */
	const struct heir_tree_filter *below;  /* for what is below the next member */
	struct heir_str key;                   /* of that member; .p is NULL before it is known */
	bool skips;                            /* that member is dropped */
	bool merges;                           /* it has a merge key */
	struct heir_str anchor;
	uint64_t repeated; /* bytes that aliases within it repeat */
};

/* The target of an alias. */
struct heir_tree_anchor {
	const struct heir_tree_node *node;
	uint64_t repeated; /* bytes that an alias to it repeats */
};

struct heir_tree_builder {
	struct heir_str text;
	struct heir_arena *arena;
	const struct heir_tree_filter *filter;
	struct heir_tree_fault fault;

	/* Of the current document. */
	const struct heir_tree_node *root;
	struct heir_tree_frame frames[HEIR_TREE_MAX_DEPTH];
	uint32_t depth, skipped;   /* open levels that are kept; and below them, dropped ones */
	struct heir_map anchor_of; /* from names to indices of anchors */
	struct heir_tree_anchor *anchors;
	uint32_t n_anchors, anchors_size;

	/* Of the whole text. */
	uint32_t n_nodes;
	uint64_t repeated;
};

/* Starts a new document. */
void heir_build_begin(struct heir_tree_builder *b);

/* Returns whether the next value is kept. The text of others need not be decoded. */
bool heir_build_keeps(const struct heir_tree_builder *b);

/* Opens a map or list. `anchor` is its name, or empty. */
int heir_build_open(
	struct heir_tree_builder *b, enum heir_tree_type type, uint32_t at, struct heir_str anchor);
int heir_build_close(struct heir_tree_builder *b, uint32_t end);
/* Adds a scalar: a key if one is due, else a value. */
int heir_build_scalar(struct heir_tree_builder *b, enum heir_tree_type type, struct heir_str text,
	uint32_t at, uint32_t len, struct heir_str anchor);
int heir_build_alias(struct heir_tree_builder *b, struct heir_str name, uint32_t at, uint32_t len);

/* Records a fault and returns -EINVAL. `what` must be static. */
int heir_build_fail(struct heir_tree_builder *b, const char *what, uint32_t at, uint32_t len);

/* The readers. They start at *at and read to the end (YAML), or to what is not JSON. */
int heir_build_yaml(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at);
int heir_build_json(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at);

#endif
