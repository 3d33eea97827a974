/* SPDX-License-Identifier: Apache-2.0 */
/* What runs where in a cluster: the fields of RuntimeClasses and Pods that concern runtime
 * handlers, and whose the nodes are. All text is slices of what was read; empty where it is not
 * there. */
#ifndef HEIR_KUBE_CLUSTER_H
#define HEIR_KUBE_CLUSTER_H

#include "kube/kube.h"

struct heir_runtime_class {
	const char *name;
	struct heir_str handler;
	struct heir_place where;              /* of the handler; of the name, if there is none */
	const struct heir_tree_node *selects; /* labels of nodes; NULL: all nodes */
};

struct heir_pod {
	struct heir_str namespace, name, runtime_class, node;
	bool ended; /* it has run, and never will again */
	bool waits; /* Pending: not scheduled yet, or not started */
};

/* A feature that a handler of a Node reports, and that pods ask for. */
enum heir_pod_feature {
	HEIR_POD_USER_NAMESPACES,  /* hostUsers: false */
	HEIR_POD_RECURSIVE_MOUNTS, /* recursiveReadOnly: Enabled */
	HEIR_N_POD_FEATURES,
};

/* What a Node says of itself. */
struct heir_kube_node {
	struct heir_str runtime; /* "cri-o://1.30.4-3.rhaos4.17" */
	struct heir_str crio;    /* "1.30.4-3.rhaos4.17"; empty: none, or another runtime */
	struct heir_str os;      /* osImage */
	/* Of the Machine Config Operator: names of rendered MachineConfigs, "Done" or the like. */
	struct heir_str current, desired, state;
	const struct heir_tree_node *handlers; /* status.runtimeHandlers; NULL: not reported */
};

void heir_kube_node_read(const struct heir_kube_object *object, struct heir_kube_node *ret);

/* A handler of such a list: its name (p is NULL: it has none), and for each feature 1, 0, or -1
 * where the Node does not tell. */
void heir_kube_handler_read(const struct heir_tree_node *item, struct heir_str *ret_name,
	int8_t ret_features[HEIR_N_POD_FEATURES]);

/* What a pod asks for, a bit for each feature. */
unsigned heir_pod_asks(const struct heir_kube_object *object);

/* Does a RuntimeClass let its pods onto the node? */
bool heir_runtime_class_selects(
	const struct heir_runtime_class *class, const struct heir_kube_object *node);

void heir_runtime_class_read(const struct heir_kube_object *object, struct heir_runtime_class *ret);
void heir_pod_read(const struct heir_kube_object *object, struct heir_pod *ret);

/* What a Node says that its CRI-O is, "1.30.4-3.rhaos4.17" of "cri-o://1.30.4-3.rhaos4.17"; NULL:
 * it says nothing, or runs something else. *ret_version is empty then. */
const struct heir_tree_node *heir_kube_crio_of(
	const struct heir_kube_object *node, struct heir_str *ret_version);

/* Does a MachineConfig ask for packages on top of the image of the operating system? */
bool heir_kube_is_extended(const struct heir_kube_object *config);
/* status.nodeInfo.osImage of a Node; empty where it does not tell. */
struct heir_str heir_kube_os_image_of(const struct heir_kube_object *node);
/* The stream of operating systems that a MachineConfigPool asks for, or has reached (`reached`):
 * "rhel-10"; empty where it does not tell. *ret_at (which may be NULL) is where. */
struct heir_str heir_kube_stream_of(
	const struct heir_kube_object *pool, bool reached, const struct heir_tree_node **ret_at);

/* The pool that a node belongs to, as the MCO decides: master goes before a custom one, which goes
 * before worker. Of two custom ones, and of none, NULL. Where no MachineConfigPool selects nodes
 * the labels of the roles master and worker tell. Pools that nobody could mean are not asked: those
 * behind the first 1,000, and with selectors that are not bounded. */
const char *heir_kube_pool_of(const struct heir_kube *kube, const struct heir_kube_object *node);

#endif
