/* SPDX-License-Identifier: Apache-2.0 */
/* Label selectors. Unlike in Kubernetes an empty selector matches nothing, because the MCO ignores
 * objects with one. */
#include "kube/selector.h"

#include <errno.h>
#include <inttypes.h>

/* Limit of parts, because each selector is matched against many objects. */
enum { MAX_PARTS = 1000 };

struct heir_labels heir_labels_of(const struct heir_kube_object *object)
{
	return (struct heir_labels){
		.node = heir_tree_get(heir_tree_get(object->root, "metadata"), "labels")};
}

/* Takes the steps from the budget. What spends it is reported once. */
static bool take_steps(struct heir_core *core, const struct heir_kube_object *object, uint64_t n)
{
	bool was_left = core->selecting > 0;

	if (heir_effort_take(&core->selecting, n))
		return true;
	if (was_left)
		heir_object_fault(core, object, HEIR_RULE_OBJECT_UNSUPPORTED, NULL,
			"its selectors take too long to match: the selectors of all objects "
			"compare more than %" PRIu64 " labels",
			HEIR_SELECTING);
	return false;
}

bool heir_selector_find(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_labels *labels, struct heir_str key, struct heir_str *ret)
{
	bool found = false;
	uint64_t n = 1;

	if (core->selecting == 0)
		return false;

	for (size_t i = 0; i < ARRAY_LEN(labels->more_key); i++)
		if (labels->more_key[i].len > 0 && heir_str_eq(labels->more_key[i], key)) {
			*ret = labels->more_value[i];
			found = true;
		}
	heir_tree_foreach(label, labels->node)
	{
		n++;
		if (heir_str_eq(label->key, key)) {
			*ret = heir_node_text(label);
			found = true;
		}
	}
	return take_steps(core, object, n) && found;
}

static bool is_among(const struct heir_tree_node *values, struct heir_str value)
{
	heir_tree_foreach(item, values) if (heir_str_eq(heir_node_text(item), value)) return true;
	return false;
}

static bool expression_holds(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *expression, const struct heir_labels *labels)
{
	struct heir_str op = heir_node_text(heir_tree_get(expression, "operator"));
	const struct heir_tree_node *values = heir_tree_get(expression, "values");
	struct heir_str value;
	bool there = heir_selector_find(
		core, object, labels, heir_node_text(heir_tree_get(expression, "key")), &value);

	if (heir_str_eqz(op, "In"))
		return there && is_among(values, value);
	if (heir_str_eqz(op, "NotIn"))
		return !there || !is_among(values, value);
	return heir_str_eqz(op, "Exists") ? there : !there;
}

bool heir_selector_matches(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *selector, const struct heir_labels *labels)
{
	const struct heir_tree_node *wanted = heir_tree_get(selector, "matchLabels");
	const struct heir_tree_node *expressions = heir_tree_get(selector, "matchExpressions");
	struct heir_str value;

	heir_tree_foreach(
		label, wanted) if (!heir_selector_find(core, object, labels, label->key, &value) ||
				   !heir_str_eq(value, heir_node_text(label))) return false;
	heir_tree_foreach(expression,
		expressions) if (!expression_holds(core, object, expression, labels)) return false;
	return core->selecting > 0 &&
	       ((wanted && wanted->first) || (expressions && expressions->first));
}

static bool is_operator(struct heir_str op)
{
	return heir_str_eqz(op, "In") || heir_str_eqz(op, "NotIn") || heir_str_eqz(op, "Exists") ||
	       heir_str_eqz(op, "DoesNotExist");
}

/* Counts up to MAX_PARTS + 1. */
static uint32_t count_children(const struct heir_tree_node *node)
{
	uint32_t n = 0;

	heir_tree_foreach(child, node) if (++n > MAX_PARTS) break;
	return n;
}

bool heir_selector_is_bounded(const struct heir_tree_node *selector)
{
	uint32_t n = count_children(heir_tree_get(selector, "matchLabels"));

	heir_tree_foreach(expression, heir_tree_get(selector, "matchExpressions"))
	{
		n += 1 + count_children(heir_tree_get(expression, "values"));
		if (n > MAX_PARTS)
			return false;
	}
	return n <= MAX_PARTS;
}

int heir_selector_check(struct heir_core *core, const struct heir_kube_object *object,
	const struct heir_tree_node *selector, const char *path, bool *ret)
{
	const struct heir_tree_node *expressions = heir_tree_get(selector, "matchExpressions");
	bool bounded = heir_selector_is_bounded(selector);
	const struct heir_tree_node *bad = NULL;

	heir_tree_foreach(expression,
		expressions) if (!bad && !is_operator(heir_node_text(heir_tree_get(expression,
						 "operator")))) bad = expression;
	*ret = !bad && bounded;
	if (bad && !heir_object_fault(core, object, HEIR_RULE_OBJECT_INVALID, bad,
			   "%s.matchExpressions: the operator is not one of In, NotIn, Exists, "
			   "DoesNotExist",
			   path))
		return -ENOMEM;
	if (!bounded && !heir_object_fault(core, object, HEIR_RULE_OBJECT_UNSUPPORTED, selector,
				"%s: more than %d parts", path, (int)MAX_PARTS))
		return -ENOMEM;
	return 0;
}
