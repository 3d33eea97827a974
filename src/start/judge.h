/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of this layer: the verdict under construction, and a value that is being
 * checked. */
#ifndef HEIR_START_JUDGE_H
#define HEIR_START_JUDGE_H

#include "base/macro.h"
#include "inherit/resolve.h"

struct heir_judge {
	struct heir_resolution *res;
	const struct heir_config *config;
	struct heir_core *core;
	struct heir_root *root;
	int error; /* sticky */
	/* For files of /etc/containers: how many sources there were before them, and where to look
	 * for the next one among these. */
	uint32_t n_sources, next_source;
};

struct heir_constraint;

/* A value, or an item of a list. */
struct heir_given {
	const struct heir_constraint *row;
	struct heir_str key;     /* for messages */
	struct heir_str text;    /* of a string, else "" */
	int64_t integer;         /* of an integer */
	bool boolean;            /* of a boolean */
	bool is_set;             /* false: it is the built-in default */
	uint32_t index, n;       /* in a list: index and number of items */
	struct heir_place where; /* of the value */
};

typedef void heir_judge_fn(struct heir_judge *judge, const struct heir_given *given);

/* A row of rows.h. */
struct heir_constraint {
	enum heir_key_table table;
	struct heir_str key;
	heir_judge_fn *judge;
	const char *argument; /* for the function, or "" */
	const char *since;    /* as heir_version_has() reads it */
	const char *until;    /* the last minor that checks it, or "" */
	const char *unset;    /* the value to check if the key is not set, or NULL */
	enum heir_rule rule;
};

/* Adds a reason why CRI-O does not start. Returns NULL and sets `error` if there is no memory. */
struct heir_diag *heir_judge_stop(struct heir_judge *judge, enum heir_rule rule,
	struct heir_place where, const char *fmt, ...) _printf_(4, 5);
void heir_judge_help(struct heir_judge *judge, struct heir_diag *diag, const char *fmt, ...)
	_printf_(3, 4);

/* Adds the message `"VALUE" is not a valid KIND (expected EXAMPLE)`. */
void heir_judge_refuse(struct heir_judge *judge, const struct heir_given *given, const char *kind,
	const char *expected);

/* Returns the value of another key in the same table: "" or 0 if it is not set. */
struct heir_given heir_judge_other(
	struct heir_judge *judge, enum heir_key_table table, const char *key);

/* Returns whether this is a copy of a node's configuration without programs. Then everything that
 * CRI-O needs besides runtimes is assumed to exist. */
bool heir_judge_is_bare(struct heir_judge *judge);
/* Returns whether $PATH has an executable of that name. */
bool heir_judge_has_program(struct heir_judge *judge, const char *name);
/* Returns whether `list` (separated by commas) has the word. */
bool heir_word_is_in(struct heir_str word, const char *list, bool fold);
/* Parses a decimal integer as Go's strconv.ParseInt(text, 10, 64) does. */
bool heir_go_integer(struct heir_str text, int64_t *ret);
/* Returns whether k8s.io/utils/cpuset.Parse accepts it. */
bool heir_cpuset_is_valid(struct heir_str text);
/* Returns whether it is a host with an optional port, as in image names. */
bool heir_domain_is_valid(struct heir_str text);
/* Returns whether reference.ParseNormalizedNamed accepts it. */
bool heir_reference_is_valid(struct heir_str text);

/* values.c: single values */
heir_judge_fn heir_judge_enum, heir_judge_enum_fold, heir_judge_enum_or_empty, heir_judge_regexp,
	heir_judge_minimum, heir_judge_negative_or_minimum, heir_judge_cpuset, heir_judge_reference,
	heir_judge_length, heir_judge_named_socket, heir_judge_port, heir_judge_duration,
	heir_judge_not_negative, heir_judge_criu, heir_judge_checkpoint, heir_judge_timezone,
	heir_judge_id_map, heir_judge_tls_file, heir_judge_metrics_port;
/* items.c: items of lists */
heir_judge_fn heir_judge_ulimit, heir_judge_device, heir_judge_sysctl, heir_judge_capability,
	heir_judge_cipher, heir_judge_metrics, heir_judge_storage_option;
/* paths.c: paths of the node */
heir_judge_fn heir_judge_absolute, heir_judge_directory, heir_judge_optional_directory,
	heir_judge_network_directory, heir_judge_parent, heir_judge_pinns, heir_judge_taskset,
	heir_judge_seccomp_profile, heir_judge_blockio, heir_judge_hooks, heir_judge_tls_pair,
	heir_judge_tls_ca, heir_judge_file, heir_judge_replaceable, heir_judge_metrics_socket;

/* workloads.c */
void heir_judge_workloads(struct heir_judge *judge);
/* containers.c: files of other projects that CRI-O reads */
void heir_judge_containers_files(struct heir_judge *judge);
/* monitors.c */
void heir_judge_monitors(struct heir_judge *judge);

#endif
