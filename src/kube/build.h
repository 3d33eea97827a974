/* SPDX-License-Identifier: Apache-2.0 */
/* How the readers of YAML and JSON make a tree: they tell what comes next. Each function gives 0;
 * -EINVAL, and then the builder has the fault; or -ENOMEM. */
#ifndef HEIR_KUBE_BUILD_H
#define HEIR_KUBE_BUILD_H

#include "base/map.h"
#include "kube/tree.h"

/* A map or list that is open. */
struct heir_tree_frame {
	struct heir_tree_node *node;
	const struct heir_tree_node **last;    /* where the next child goes */
	const struct heir_tree_filter *filter; /* of its members; NULL: all are kept */
	const struct heir_tree_filter *below;  /* of what is below the member that comes next */
	struct heir_str key;                   /* of that member; p is NULL before it is told */
	bool skips;                            /* that member is not kept */
	bool merges;                           /* it has a merge key */
	struct heir_str anchor;
	uint64_t repeated; /* what aliases within it repeat */
};

/* What an alias may stand for. */
struct heir_tree_anchor {
	const struct heir_tree_node *node;
	uint64_t repeated; /* bytes that an alias to it repeats */
};

struct heir_tree_builder {
	struct heir_str text;
	struct heir_arena *arena;
	const struct heir_tree_filter *filter;
	struct heir_tree_fault fault;

	/* Of the document. */
	const struct heir_tree_node *root;
	struct heir_tree_frame frames[HEIR_TREE_MAX_DEPTH];
	uint32_t depth, skipped;   /* open ones that are kept; and within them, that are not */
	struct heir_map anchor_of; /* numbers of anchors by name */
	struct heir_tree_anchor *anchors;
	uint32_t n_anchors, anchors_size;

	/* Of the whole text. */
	uint32_t n_nodes;
	uint64_t repeated;
};

/* Forgets the document before. */
void heir_build_begin(struct heir_tree_builder *b);

/* Is what comes next kept? Text of other scalars need not be decoded. */
bool heir_build_keeps(const struct heir_tree_builder *b);

/* `anchor` is its name, or empty. */
int heir_build_open(
	struct heir_tree_builder *b, enum heir_tree_type type, uint32_t at, struct heir_str anchor);
int heir_build_close(struct heir_tree_builder *b, uint32_t end);
/* A key where a key is due, else a value. */
int heir_build_scalar(struct heir_tree_builder *b, enum heir_tree_type type, struct heir_str text,
	uint32_t at, uint32_t len, struct heir_str anchor);
int heir_build_alias(struct heir_tree_builder *b, struct heir_str name, uint32_t at, uint32_t len);

/* Notes the fault; -EINVAL. `what` must live. */
int heir_build_fail(struct heir_tree_builder *b, const char *what, uint32_t at, uint32_t len);

/* The readers: from *at on, until the end (YAML) or what is not JSON. */
int heir_build_yaml(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at);
int heir_build_json(
	struct heir_tree_builder *b, const struct heir_tree_receiver *receiver, uint32_t *at);

#endif
