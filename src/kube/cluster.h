/* SPDX-License-Identifier: Apache-2.0 */
/* What runs where in a cluster: the fields of RuntimeClasses, Pods and Nodes that concern runtime
 * handlers, and the pool of each node. All text is slices of the input, empty if missing. */
#ifndef HEIR_KUBE_CLUSTER_H
#define HEIR_KUBE_CLUSTER_H

#include "kube/kube.h"

struct heir_runtime_class {
	const struct heir_kube_object *object;
	const char *name;
	struct heir_str handler;
	struct heir_place where;              /* of the handler, else of the name */
	const struct heir_tree_node *selects; /* labels of nodes; NULL: all nodes */
};

struct heir_pod {
	struct heir_str namespace, name, runtime_class, node;
	bool ended; /* it has finished for good */
	bool waits; /* Pending: not scheduled, or not started */
};

/* A feature that a Node reports per handler and that pods can require. */
enum heir_pod_feature {
	HEIR_POD_USER_NAMESPACES,  /* hostUsers: false */
	HEIR_POD_RECURSIVE_MOUNTS, /* recursiveReadOnly: Enabled */
	HEIR_N_POD_FEATURES,
};

/* What a Node reports. */
struct heir_kube_node {
	struct heir_str runtime; /* "cri-o://1.30.4-3.rhaos4.17" */
	struct heir_str crio;    /* "1.30.4-3.rhaos4.17"; empty: none, or another runtime */
	struct heir_str os;      /* osImage */
	/* Set by the Machine Config Operator: names of rendered MachineConfigs, and a state such
	 * as "Done". */
	struct heir_str current, desired, state;
	const struct heir_tree_node *handlers; /* status.runtimeHandlers; NULL if not reported */
};

void heir_kube_node_read(const struct heir_kube_object *object, struct heir_kube_node *ret);

/* Reads an item of that list: its name (.p is NULL if it has none), and per feature 1, 0, or -1 if
 * not reported. */
void heir_kube_handler_read(const struct heir_tree_node *item, struct heir_str *ret_name,
	int8_t ret_features[HEIR_N_POD_FEATURES]);

/* Returns the features that a pod requires, one bit each. */
unsigned heir_pod_asks(const struct heir_kube_object *object);

/* Returns whether a RuntimeClass allows its pods on the node. The labels that are looked at are
 * charged to the core, as for a selector. */
bool heir_runtime_class_selects(struct heir_core *core, const struct heir_runtime_class *class,
	const struct heir_kube_object *node);

void heir_runtime_class_read(const struct heir_kube_object *object, struct heir_runtime_class *ret);
void heir_pod_read(const struct heir_kube_object *object, struct heir_pod *ret);

/* Returns the node's CRI-O version, "1.30.4-3.rhaos4.17" of "cri-o://1.30.4-3.rhaos4.17". Returns
 * NULL, and *ret_version empty, if it reports none or another runtime. */
const struct heir_tree_node *heir_kube_crio_of(
	const struct heir_kube_object *node, struct heir_str *ret_version);

/* Returns whether a MachineConfig installs packages on top of the operating system image. */
bool heir_kube_is_extended(const struct heir_kube_object *config);
/* Returns status.nodeInfo.osImage of a Node, or empty. */
struct heir_str heir_kube_os_image_of(const struct heir_kube_object *node);
/* Returns the operating system stream that a MachineConfigPool requests, or has reached
 * (`reached`): "rhel-10", or empty. *ret_at is its place, and may be NULL. */
struct heir_str heir_kube_stream_of(
	const struct heir_kube_object *pool, bool reached, const struct heir_tree_node **ret_at);

/* Returns the pool of a node by the MCO's rules: master precedes a custom pool, which precedes
 * worker. NULL for none, and for two custom pools. If no MachineConfigPool selects nodes, the role
 * labels master and worker decide. Ignores pools after the first 1,000 and selectors that are too
 * large. */
const char *heir_kube_pool_of(const struct heir_kube *kube, const struct heir_kube_object *node);

#endif
