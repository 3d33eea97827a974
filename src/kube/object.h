/* SPDX-License-Identifier: Apache-2.0 */
/* An object, and what is asked of each: its fields with their places, and diagnostics that name the
 * object and the path of the field. */
#ifndef HEIR_KUBE_OBJECT_H
#define HEIR_KUBE_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core.h"
#include "base/macro.h"
#include "base/overlay.h"
#include "kube/tree.h"

/* R(enumerator, kind, API group): the objects that are kept. */
#define HEIR_KUBE_KINDS(R)                                                        \
	R(CONFIG, "MachineConfig", "machineconfiguration.openshift.io/")          \
	R(POOL, "MachineConfigPool", "machineconfiguration.openshift.io/")        \
	R(CTRCFG, "ContainerRuntimeConfig", "machineconfiguration.openshift.io/") \
	R(CLASS, "RuntimeClass", "node.k8s.io/")                                  \
	R(POD, "Pod", "v1")                                                       \
	R(NODE_POOL, "NodePool", "hypershift.openshift.io/")                      \
	R(NODE, "Node", "v1")

#define HEIR_KUBE_AS_ENUM(name, kind, group) HEIR_KUBE_##name,
enum heir_kube_kind { HEIR_KUBE_KINDS(HEIR_KUBE_AS_ENUM) HEIR_KUBE_N_KINDS };

/* What a HEIR_KUBE_CONFIG is written as. */
enum heir_kube_form {
	HEIR_KUBE_FORM_MCO,      /* a MachineConfig */
	HEIR_KUBE_FORM_IGNITION, /* an Ignition config by itself */
	HEIR_KUBE_FORM_BUTANE,   /* what butane makes one of */
};

struct heir_kube_object {
	enum heir_kube_kind kind;
	struct heir_object id;   /* as messages name it */
	struct heir_place where; /* its name; the object, where it has none */
	struct heir_place whole; /* the object */
	struct heir_str text;    /* as it was written */
	const struct heir_tree_node *root;
	enum heir_kube_form form;
	const struct heir_tree_node *config; /* the Ignition config; NULL: none */
	const char *hosted_by; /* the ConfigMap of HyperShift that holds it, or NULL */
	bool any_pool;         /* no role is needed: it is for every pool */
};

/* What of objects is kept. */
extern const struct heir_tree_filter heir_kube_filter[];

/* The path of the Ignition config in the object: "$.spec.config", or "$". */
const char *heir_object_config_path(const struct heir_kube_object *object);

struct heir_place heir_object_place(
	const struct heir_kube_object *object, const struct heir_tree_node *node);

/* A diagnostic about a field: "KIND "NAME", TEXT", where the text begins with the field's path.
 * NULL: no memory. */
struct heir_diag *heir_object_fault(struct heir_core *core, const struct heir_kube_object *object,
	enum heir_rule rule, const struct heir_tree_node *node, const char *fmt, ...)
	_printf_(5, 6);

#define HEIR_KUBE_ROLE "machineconfiguration.openshift.io/role"

/* Of metadata; the text is empty where it is not there. */
struct heir_str heir_object_label(const struct heir_kube_object *object, const char *name);

/* The text of a scalar, empty for anything else. */
struct heir_str heir_node_text(const struct heir_tree_node *node);
/* A whole number as YAML 1.1 writes it, which is what kubectl reads: 420, 0644, 0o644, 0x1a4. */
bool heir_node_integer(const struct heir_tree_node *node, int64_t *ret);
bool heir_node_bool(const struct heir_tree_node *node, bool *ret);
/* May the node stand where a string belongs? One without quotes that reads as a number or a boolean
 * may not. */
bool heir_node_is_string(const struct heir_tree_node *node);

#endif
