/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a runtime handler, one row each. Everything that handles fields walks these rows.
 * First CRI-O's own (config.RuntimeHandler), then heir's. */
#ifndef HEIR_CONFIG_FIELD_H
#define HEIR_CONFIG_FIELD_H

#include <stdbool.h>

#include "base/str.h"
#include "config/release.h"

/* The type of a value. */
enum heir_type {
	HEIR_TYPE_STRING,
	HEIR_TYPE_BOOL,
	HEIR_TYPE_INTEGER,
	HEIR_TYPE_DURATION, /* Go's time.Duration: a string like "1m30s", or nanoseconds */
	HEIR_TYPE_STRV,     /* array of strings */
	HEIR_TYPE_MAP,      /* table of strings; CRI-O ignores other values */
	HEIR_TYPE_TABLE,    /* a table with its own keys */
	HEIR_TYPE_TABLES,   /* table of named tables; CRI-O ignores other values */
	HEIR_TYPE_ANY,      /* heir's keys: checked where they are used */
};

/* How a child without a value inherits its parent's. */
enum heir_travel {
	HEIR_TRAVEL_IDENTITY,   /* always, from any parent */
	HEIR_TRAVEL_ON_REQUEST, /* if inherit_fields lists it, or "all" */
	HEIR_TRAVEL_NEVER,
};

/* F(name, type, travel, since, what it is); `since` as in release.h */
#define HEIR_FIELDS(F)                                                                            \
	F(runtime_path, STRING, IDENTITY, "", "binary that runs the containers")                  \
	F(runtime_type, STRING, IDENTITY, "", "oci, vm or pod; empty is oci")                     \
	F(runtime_root, STRING, IDENTITY, "", "directory of the runtime's state")                 \
	F(runtime_config_path, STRING, IDENTITY, "", "configuration file of a vm runtime")        \
	F(monitor_path, STRING, IDENTITY, "", "binary that monitors the containers")              \
	F(inherit_default_runtime, BOOL, NEVER, "1.32 1.31.3",                                    \
		"CRI-O's own rule: copy the identity of the default handler")                     \
	F(allowed_annotations, STRV, ON_REQUEST, "", "annotations that the handler acts on")      \
	F(default_annotations, MAP, ON_REQUEST, "1.32 1.31.4",                                    \
		"annotations set on every container")                                             \
	F(privileged_without_host_devices, BOOL, ON_REQUEST, "",                                  \
		"privileged containers do not get the host's devices")                            \
	F(platform_runtime_paths, MAP, ON_REQUEST, "", "binaries by os/arch of the image")        \
	F(runtime_pull_image, BOOL, ON_REQUEST, "1.29 1.28.4", "the runtime pulls images itself") \
	F(container_min_memory, STRING, ON_REQUEST, "1.30 1.29.3", "least memory of a container") \
	F(container_create_timeout, INTEGER, ON_REQUEST, "1.35",                                  \
		"timeout for the creation of a container, in seconds")                            \
	F(monitor_cgroup, STRING, ON_REQUEST, "", "cgroup of the monitor")                        \
	F(monitor_env, STRV, ON_REQUEST, "", "environment of the monitor")                        \
	F(monitor_exec_cgroup, STRING, ON_REQUEST, "", "cgroup of exec probes")                   \
	F(no_sync_log, BOOL, ON_REQUEST, "1.31", "do not sync log files")                         \
	F(stream_websockets, BOOL, ON_REQUEST, "1.34", "stream over websockets (pod)")            \
	F(exec_cpu_affinity, STRING, ON_REQUEST, "1.34", "CPU of exec processes: \"first\"")      \
	F(seccomp_profile, STRING, ON_REQUEST, "1.34", "seccomp profile of the handler")          \
	F(disallowed_annotations, STRV, NEVER, "", "computed; settable by accident up to 1.30")   \
	F(inherit, ANY, NEVER, "", "parent: \"default\", \"none\" or a handler's name")           \
	F(inherit_fields, ANY, NEVER, "",                                                         \
		"further fields to inherit from the parent, or [\"all\"]")                        \
	F(inherit_when, ANY, NEVER, "", "conditional parents; the first match is used")           \
	F(runtime_candidates, ANY, NEVER, "", "binaries to choose from by feature, or \"auto\"")  \
	F(runtime_requires, ANY, NEVER, "", "what the chosen binary must support")

#define HEIR_FIELD_AS_ENUM(name, ...) HEIR_FIELD_##name,
enum heir_field { HEIR_FIELDS(HEIR_FIELD_AS_ENUM) HEIR_N_FIELDS };

_Static_assert(HEIR_N_FIELDS <= 32, "heir_write has a bit for each field");

/* Fields before this one are CRI-O's and are printed; those from `inherit` on are heir's. */
#define HEIR_N_SHOWN_FIELDS HEIR_FIELD_disallowed_annotations
#define HEIR_FIRST_OWN_FIELD HEIR_FIELD_inherit

#define HEIR_IS_OWN(name, type, ...) \
	&&(HEIR_TYPE_##type == HEIR_TYPE_ANY) == (HEIR_FIELD_##name >= HEIR_FIRST_OWN_FIELD)
_Static_assert(true HEIR_FIELDS(HEIR_IS_OWN), "heir's own fields come last");
_Static_assert(HEIR_N_SHOWN_FIELDS + 1 == HEIR_FIRST_OWN_FIELD, "one field is not shown");
#undef HEIR_IS_OWN

struct heir_field_row {
	struct heir_str name;
	enum heir_type type;
	enum heir_travel travel;
	const char *since;
	const char *help;
};

extern const struct heir_field_row heir_fields[HEIR_N_FIELDS];

/* Returns the field with that name in any case (as CRI-O matches keys), or HEIR_N_FIELDS.
 * *ret_exact: the spelling is exactly the field's. */
enum heir_field heir_field_by_name(struct heir_str name, bool *ret_exact);

/* Returns the key of a field in CRI-O's spelling. */
struct heir_str heir_field_key(enum heir_field field);

/* Returns whether that version of CRI-O has the field. It has none of heir's own. */
bool heir_field_is_known(enum heir_field field, struct heir_version version);

#endif
