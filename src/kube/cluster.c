/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/cluster.h"

#include <string.h>

#include "kube/selector.h"

#define NODE_ROLE "node-role.kubernetes.io/"
#define CRIO_SCHEME "cri-o://"

/* That are asked for each node. */
#define MOST_POOLS UINT32_C(1000)

static const struct heir_tree_node *spec_of(const struct heir_kube_object *object)
{
	return heir_tree_get(object->root, "spec");
}

void heir_runtime_class_read(const struct heir_kube_object *object, struct heir_runtime_class *ret)
{
	const struct heir_tree_node *handler = heir_tree_get(object->root, "handler");
	const struct heir_tree_node *scheduling = heir_tree_get(object->root, "scheduling");

	*ret = (struct heir_runtime_class){
		.name = object->id.name,
		.handler = heir_node_text(handler),
		.where = heir_object_place(object, handler),
		.selects = heir_tree_get(scheduling, "nodeSelector"),
	};
}

void heir_pod_read(const struct heir_kube_object *object, struct heir_pod *ret)
{
	const struct heir_tree_node *metadata = heir_tree_get(object->root, "metadata");
	struct heir_str phase =
		heir_node_text(heir_tree_get(heir_tree_get(object->root, "status"), "phase"));

	*ret = (struct heir_pod){
		.namespace = heir_node_text(heir_tree_get(metadata, "namespace")),
		.name = heir_str_from(object->id.name),
		.runtime_class = heir_node_text(heir_tree_get(spec_of(object), "runtimeClassName")),
		.node = heir_node_text(heir_tree_get(spec_of(object), "nodeName")),
		.ended = heir_str_eqz(phase, "Succeeded") || heir_str_eqz(phase, "Failed"),
	};
}

const struct heir_tree_node *heir_kube_crio_of(
	const struct heir_kube_object *node, struct heir_str *ret_version)
{
	const struct heir_tree_node *info =
		heir_tree_get(heir_tree_get(node->root, "status"), "nodeInfo");
	const struct heir_tree_node *runtime = heir_tree_get(info, "containerRuntimeVersion");
	struct heir_str text = heir_node_text(runtime);

	*ret_version = HEIR_STR("");
	if (!heir_str_starts(text, CRIO_SCHEME))
		return NULL;
	ret_version->p = text.p + strlen(CRIO_SCHEME);
	ret_version->len = text.len - strlen(CRIO_SCHEME);
	return runtime;
}

static const char *pool_by_role(const struct heir_kube_object *node)
{
	const struct heir_tree_node *labels = heir_labels_of(node).node;
	const char *pool = NULL;

	heir_tree_foreach(label, labels)
	{
		if (heir_str_eqz(label->key, NODE_ROLE "master"))
			return "master";
		if (heir_str_eqz(label->key, NODE_ROLE "worker"))
			pool = "worker";
	}
	return pool;
}

const char *heir_kube_pool_of(const struct heir_kube *kube, const struct heir_kube_object *node)
{
	struct heir_labels labels = heir_labels_of(node);
	const char *custom = NULL, *worker = NULL;
	bool several = false;

	for (uint32_t i = 0; i < MIN(heir_kube_n(kube, HEIR_KUBE_POOL), MOST_POOLS); i++) {
		const struct heir_kube_object *pool = heir_kube_at(kube, HEIR_KUBE_POOL, i);
		const struct heir_tree_node *selector =
			heir_tree_get(spec_of(pool), "nodeSelector");
		const char *name = pool->id.name;

		if (!heir_selector_is_bounded(selector) ||
			!heir_selector_matches(selector, &labels))
			continue;
		if (strcmp(name, "master") == 0)
			return name;
		if (strcmp(name, "worker") == 0) {
			worker = name;
			continue;
		}
		several |= custom != NULL;
		custom = name;
	}
	if (custom)
		return several ? NULL : custom;
	return worker ? worker : pool_by_role(node);
}
