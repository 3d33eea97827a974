/* SPDX-License-Identifier: Apache-2.0 */
/* An object, access to its fields with their places, and diagnostics that name the object and the
 * path of the field. */
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

/* The format of a HEIR_KUBE_CONFIG. */
enum heir_kube_form {
	HEIR_KUBE_FORM_MCO,      /* a MachineConfig */
	HEIR_KUBE_FORM_IGNITION, /* a bare Ignition config */
	HEIR_KUBE_FORM_BUTANE,   /* a Butane config */
};

struct heir_kube_object {
	enum heir_kube_kind kind;
	struct heir_object id;   /* for messages */
	struct heir_place where; /* of its name, else of the object */
	struct heir_place whole; /* the object */
	struct heir_str text;    /* as written */
	const struct heir_tree_node *root;
	enum heir_kube_form form;
	const struct heir_tree_node *config; /* the Ignition config; NULL: none */
	const char *hosted_by; /* the HyperShift ConfigMap that contains it, or NULL */
	bool any_pool;         /* applies to every pool, without a role */
};

/* Which parts of objects are kept. */
extern const struct heir_tree_filter heir_kube_filter[];

/* Returns the path of the Ignition config in the object: "$.spec.config", or "$". */
const char *heir_object_config_path(const struct heir_kube_object *object);

struct heir_place heir_object_place(
	const struct heir_kube_object *object, const struct heir_tree_node *node);

/* Adds a diagnostic about a field: "KIND "NAME", TEXT", where TEXT begins with the path of the
 * field. Returns NULL if there is no memory. */
struct heir_diag *heir_object_fault(struct heir_core *core, const struct heir_kube_object *object,
	enum heir_rule rule, const struct heir_tree_node *node, const char *fmt, ...)
	_printf_(5, 6);

#define HEIR_KUBE_ROLE "machineconfiguration.openshift.io/role"

/* Returns a label of its metadata, or empty. */
struct heir_str heir_object_label(const struct heir_kube_object *object, const char *name);

/* Returns the text of a scalar, empty for anything else. */
struct heir_str heir_node_text(const struct heir_tree_node *node);
/* Parses an integer as YAML 1.1 and so kubectl do: 420, 0644, 0o644, 0x1a4. */
bool heir_node_integer(const struct heir_tree_node *node, int64_t *ret);
bool heir_node_bool(const struct heir_tree_node *node, bool *ret);
/* Returns whether the node is valid as a string. A scalar without quotes that reads as a number or
 * boolean is not. */
bool heir_node_is_string(const struct heir_tree_node *node);

#endif
