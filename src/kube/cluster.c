/* SPDX-License-Identifier: Apache-2.0 */
/* Reads RuntimeClasses, Pods and Nodes, and assigns nodes to pools as the MCO does. */
#include "kube/cluster.h"

#include <string.h>

#include "kube/selector.h"
#include "kube/store.h"

#define NODE_ROLE "node-role.kubernetes.io/"
#define CRIO_SCHEME "cri-o://"
#define MCO_ANNOTATION "machineconfiguration.openshift.io/"

/* Limit of pools that are checked per node. */
#define MAX_POOLS UINT32_C(1000)
/* Limit of parts in the selector of a RuntimeClass. */
enum { MAX_PARTS = 100 };

static const struct heir_tree_node *spec_of(const struct heir_kube_object *object)
{
	return heir_tree_get(object->root, "spec");
}

void heir_runtime_class_read(const struct heir_kube_object *object, struct heir_runtime_class *ret)
{
	const struct heir_tree_node *handler = heir_tree_get(object->root, "handler");
	const struct heir_tree_node *scheduling = heir_tree_get(object->root, "scheduling");

	*ret = (struct heir_runtime_class){
		.object = object,
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
		.waits = heir_str_eqz(phase, "Pending"),
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

static struct heir_str annotation_of(const struct heir_kube_object *object, const char *name)
{
	const struct heir_tree_node *metadata = heir_tree_get(object->root, "metadata");

	return heir_node_text(heir_tree_get(heir_tree_get(metadata, "annotations"), name));
}

void heir_kube_node_read(const struct heir_kube_object *object, struct heir_kube_node *ret)
{
	const struct heir_tree_node *status = heir_tree_get(object->root, "status");
	const struct heir_tree_node *info = heir_tree_get(status, "nodeInfo");
	const struct heir_tree_node *handlers = heir_tree_get(status, "runtimeHandlers");

	*ret = (struct heir_kube_node){
		.runtime = heir_node_text(heir_tree_get(info, "containerRuntimeVersion")),
		.os = heir_node_text(heir_tree_get(info, "osImage")),
		.current = annotation_of(object, MCO_ANNOTATION "currentConfig"),
		.desired = annotation_of(object, MCO_ANNOTATION "desiredConfig"),
		.state = annotation_of(object, MCO_ANNOTATION "state"),
		.handlers = heir_tree_is(handlers, HEIR_TREE_LIST) ? handlers : NULL,
	};
	heir_kube_crio_of(object, &ret->crio);
}

void heir_kube_handler_read(const struct heir_tree_node *item, struct heir_str *ret_name,
	int8_t ret_features[HEIR_N_POD_FEATURES])
{
	static const char *const names[HEIR_N_POD_FEATURES] = {
		[HEIR_POD_USER_NAMESPACES] = "userNamespaces",
		[HEIR_POD_RECURSIVE_MOUNTS] = "recursiveReadOnlyMounts",
	};
	const struct heir_tree_node *name = heir_tree_get(item, "name");
	const struct heir_tree_node *features = heir_tree_get(item, "features");
	bool value;

	/* Go omits the empty name, which is that of the default handler. */
	*ret_name = heir_tree_is(item, HEIR_TREE_MAP) ? heir_node_text(name) : HEIR_STR_NULL;
	if (!ret_name->p && heir_tree_is(item, HEIR_TREE_MAP))
		*ret_name = HEIR_STR("");
	for (unsigned f = 0; f < HEIR_N_POD_FEATURES; f++)
		ret_features[f] = heir_node_bool(heir_tree_get(features, names[f]), &value)
					  ? (int8_t)value
					  : -1;
}

static bool mounts_recursively(const struct heir_tree_node *containers)
{
	heir_tree_foreach(container, containers)
	{
		heir_tree_foreach(mount, heir_tree_get(container, "volumeMounts"))
		{
			if (heir_str_eqz(heir_node_text(heir_tree_get(mount, "recursiveReadOnly")),
				    "Enabled"))
				return true;
		}
	}
	return false;
}

unsigned heir_pod_asks(const struct heir_kube_object *object)
{
	const struct heir_tree_node *spec = spec_of(object);
	unsigned asks = 0;
	bool host_users;

	if (heir_node_bool(heir_tree_get(spec, "hostUsers"), &host_users) && !host_users)
		asks |= 1u << HEIR_POD_USER_NAMESPACES;
	if (mounts_recursively(heir_tree_get(spec, "containers")) ||
		mounts_recursively(heir_tree_get(spec, "initContainers")))
		asks |= 1u << HEIR_POD_RECURSIVE_MOUNTS;
	return asks;
}

bool heir_runtime_class_selects(struct heir_core *core, const struct heir_runtime_class *class,
	const struct heir_kube_object *node)
{
	struct heir_labels labels = heir_labels_of(node);
	struct heir_str value;
	uint32_t n = 0;

	heir_tree_foreach(wanted, class->selects)
	{
		if (++n > MAX_PARTS ||
			!heir_selector_find(core, class->object, &labels, wanted->key, &value) ||
			!heir_str_eq(value, heir_node_text(wanted)))
			return false;
	}
	return true;
}

bool heir_kube_is_extended(const struct heir_kube_object *config)
{
	const struct heir_tree_node *list =
		heir_tree_get(heir_tree_get(config->root, "spec"), "extensions");

	return list && list->first;
}

struct heir_str heir_kube_os_image_of(const struct heir_kube_object *node)
{
	return heir_node_text(heir_tree_get(
		heir_tree_get(heir_tree_get(node->root, "status"), "nodeInfo"), "osImage"));
}

struct heir_str heir_kube_stream_of(
	const struct heir_kube_object *pool, bool reached, const struct heir_tree_node **ret_at)
{
	const struct heir_tree_node *part =
		reached ? heir_tree_get(pool->root, "status") : spec_of(pool);
	const struct heir_tree_node *name =
		heir_tree_get(heir_tree_get(part, "osImageStream"), "name");

	if (ret_at)
		*ret_at = name;
	return heir_node_text(name);
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

	for (uint32_t i = 0; i < MIN(heir_kube_n(kube, HEIR_KUBE_POOL), MAX_POOLS); i++) {
		const struct heir_kube_object *pool = heir_kube_at(kube, HEIR_KUBE_POOL, i);
		const struct heir_tree_node *selector =
			heir_tree_get(spec_of(pool), "nodeSelector");
		const char *name = pool->id.name;

		if (!heir_selector_is_bounded(selector) ||
			!heir_selector_matches(kube->core, pool, selector, &labels))
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
