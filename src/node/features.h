/* SPDX-License-Identifier: Apache-2.0 */
/* What an OCI runtime reports about itself: the output of `BIN features` (features.md of the OCI
 * runtime specification, since 1.1.0). Only what `runtime_requires` can refer to is kept.
 *
 * Values are three-valued: a property that is missing or null is unknown, which differs from false
 * and empty, and an unknown value meets no requirement. Unknown properties are ignored; a wrong
 * type is an error. */
#ifndef HEIR_NODE_FEATURES_H
#define HEIR_NODE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "node/verdict.h"

struct heir_pair {
	struct heir_str name, value;
};

enum heir_tristate { HEIR_UNKNOWN, HEIR_NO, HEIR_YES };

/* Sorted in byte order, without duplicates. */
struct heir_features_list {
	bool known;
	const struct heir_str *items;
	size_t n_items;
};

enum heir_features_list_id {
	HEIR_MOUNT_OPTIONS,   /* mountOptions */
	HEIR_NAMESPACES,      /* linux.namespaces */
	HEIR_CAPABILITIES,    /* linux.capabilities */
	HEIR_SECCOMP_ACTIONS, /* linux.seccomp.actions */
	HEIR_N_FEATURES_LISTS,
};

enum heir_features_switch_id {
	HEIR_IDMAP,     /* linux.mountExtensions.idmap.enabled */
	HEIR_CGROUP_V2, /* linux.cgroup.v2 */
	HEIR_N_FEATURES_SWITCHES,
};

struct heir_features {
	struct heir_str oci_version_min, oci_version_max; /* .p is NULL: unknown */
	struct heir_features_list lists[HEIR_N_FEATURES_LISTS];
	enum heir_tristate switches[HEIR_N_FEATURES_SWITCHES];
	bool annotations_known;
	const struct heir_pair *annotations; /* sorted by name */
	size_t n_annotations;
};

/* Parses the output of `BIN features` into the arena. Returns 0; -ENOMEM; -EINVAL with a message
 * in *ret_error ("linux.cgroup.v2 is not a boolean"). */
int heir_features_parse(struct heir_str json, struct heir_arena *arena, struct heir_features **ret,
	const char **ret_error);

/* Evaluate one requirement each. `features` is NULL for a runtime without that command. They set
 * answer and text of the verdict, not its place. Return 0 or -ENOMEM. HEIR_FAULTY only if the
 * requested version is not a version. */
int heir_features_ask_version(const struct heir_features *features, struct heir_str version,
	struct heir_arena *arena, struct heir_verdict *ret);
int heir_features_ask_item(const struct heir_features *features, enum heir_features_list_id list,
	struct heir_str item, struct heir_arena *arena, struct heir_verdict *ret);
int heir_features_ask_switch(const struct heir_features *features,
	enum heir_features_switch_id which, struct heir_arena *arena, struct heir_verdict *ret);
int heir_features_ask_annotation(const struct heir_features *features, struct heir_str name,
	struct heir_str value, struct heir_arena *arena, struct heir_verdict *ret);

/* For facts.c: reads an object that is parsed already, inside another document. */
struct json_t;
struct heir_json_place;
struct heir_json;
int heir_features_read(struct heir_json *json, const struct heir_json_place *place,
	struct json_t *object, struct heir_features **ret);

#endif
