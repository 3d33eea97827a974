/* SPDX-License-Identifier: Apache-2.0 */
/* Label selectors of Kubernetes: matchLabels, and matchExpressions with In, NotIn, Exists and
 * DoesNotExist. All parts have to match; an empty selector matches nothing, as the MCO has it. */
#ifndef HEIR_KUBE_SELECTOR_H
#define HEIR_KUBE_SELECTOR_H

#include "kube/object.h"

/* Labels: those of an object, and besides one that a pool has by itself. */
struct heir_labels {
	const struct heir_tree_node *node;          /* the map; NULL: none */
	struct heir_str more_key[2], more_value[2]; /* of which those with a key count */
};

struct heir_labels heir_labels_of(const struct heir_kube_object *object);

/* Whether it can be used at all: an operator that is none, or more parts than anybody writes, is a
 * diagnostic (`path` is where the selector stands), and *ret is false. 0 or -ENOMEM. */
int heir_selector_check(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *selector, const char *path, bool *ret);

/* Has it no more parts than that? For those whose faults are told elsewhere, or nowhere. */
bool heir_selector_is_bounded(const struct heir_tree_node *selector);

/* One that was checked, or is bounded. NULL matches nothing. */
bool heir_selector_matches(const struct heir_tree_node *selector, const struct heir_labels *labels);

#endif
