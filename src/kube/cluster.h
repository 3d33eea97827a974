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
};

void heir_runtime_class_read(const struct heir_kube_object *object, struct heir_runtime_class *ret);
void heir_pod_read(const struct heir_kube_object *object, struct heir_pod *ret);

/* What a Node says that its CRI-O is, "1.30.4-3.rhaos4.17" of "cri-o://1.30.4-3.rhaos4.17"; NULL:
 * it says nothing, or runs something else. *ret_version is empty then. */
const struct heir_tree_node *heir_kube_crio_of(
	const struct heir_kube_object *node, struct heir_str *ret_version);

/* The pool that a node belongs to, as the MCO decides: master goes before a custom one, which goes
 * before worker. Of two custom ones, and of none, NULL. Where no MachineConfigPool selects nodes
 * the labels of the roles master and worker tell. Pools that nobody could mean are not asked: those
 * behind the first 1,000, and with selectors that are not bounded. */
const char *heir_kube_pool_of(const struct heir_kube *kube, const struct heir_kube_object *node);

#endif
