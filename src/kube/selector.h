/* SPDX-License-Identifier: Apache-2.0 */
/* Label selectors: matchLabels, and matchExpressions with In, NotIn, Exists and DoesNotExist. All
 * parts must match. An empty selector matches nothing, as in the MCO. */
#ifndef HEIR_KUBE_SELECTOR_H
#define HEIR_KUBE_SELECTOR_H

#include "kube/object.h"

/* The labels of an object, and implicit ones of a pool. */
struct heir_labels {
	const struct heir_tree_node *node;          /* the map, or NULL */
	struct heir_str more_key[2], more_value[2]; /* ignored if the key is empty */
};

struct heir_labels heir_labels_of(const struct heir_kube_object *object);

/* Checks a selector: an unknown operator, or far too many parts, is a diagnostic and *ret is
 * false. `path` is the path of the selector. Returns 0 or -ENOMEM. */
int heir_selector_check(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *selector, const char *path, bool *ret);

/* Returns whether the number of parts is acceptable, for selectors that are checked elsewhere or
 * not at all. */
bool heir_selector_is_bounded(const struct heir_tree_node *selector);

/* Matches a selector of an object that was checked or is bounded. NULL matches nothing. Each label
 * that is looked at is charged to the core; once its budget is spent, nothing matches any more, and
 * the object that spent it is a diagnostic. */
bool heir_selector_matches(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *selector, const struct heir_labels *labels);
/* Finds the value of a label in the same way. Returns false if it is missing. */
bool heir_selector_find(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_labels *labels, struct heir_str key, struct heir_str *ret);

#endif
