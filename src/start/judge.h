/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this layer share: a verdict that is being reached, and a value at judgement. */
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
};

struct heir_constraint;

/* A value, or one item of a list. */
struct heir_given {
	const struct heir_constraint *row;
	struct heir_str key;     /* as messages name it */
	struct heir_str text;    /* of a string; "" for anything else */
	int64_t integer;         /* of an integer */
	bool boolean;            /* of a boolean */
	bool is_set;             /* no: it is the built-in default */
	uint32_t index, n;       /* in a list: which item of how many */
	struct heir_place where; /* of the value */
};

typedef void heir_judge_fn(struct heir_judge *judge, const struct heir_given *given);

/* One row of rows.h. */
struct heir_constraint {
	enum heir_key_table table;
	struct heir_str key;
	heir_judge_fn *judge;
	const char *argument; /* what the function wants to know; "" for none */
	const char *since;    /* as heir_version_has() reads it */
	const char *until;    /* the last minor that checks it; "" for none */
	const char *unset;    /* judged where the key is not set; NULL: nothing is */
	enum heir_rule rule;
};

/* Adds a reason why CRI-O does not start. NULL where memory runs out, which `error` has then. */
struct heir_diag *heir_judge_stop(struct heir_judge *judge, enum heir_rule rule,
	struct heir_place where, const char *fmt, ...) _printf_(4, 5);
void heir_judge_help(struct heir_judge *judge, struct heir_diag *diag, const char *fmt, ...)
	_printf_(3, 4);

/* The given value as a message names it: `"VALUE" is not a valid KIND (expected EXAMPLE)`. */
void heir_judge_refuse(struct heir_judge *judge, const struct heir_given *given, const char *kind,
	const char *expected);

/* The value of another key of the same table: "" or 0 where it is not set. */
struct heir_given heir_judge_other(
	struct heir_judge *judge, enum heir_key_table table, const char *key);

/* Is it a copy of a node's configuration without any program? Then what CRI-O needs beside the
 * runtimes is taken to be there. */
bool heir_judge_is_bare(struct heir_judge *judge);
/* Is there an executable of that name in $PATH? */
bool heir_judge_has_program(struct heir_judge *judge, const char *name);
/* Does `list` (words with commas between) hold the word? */
bool heir_word_is_in(struct heir_str word, const char *list, bool fold);
/* A decimal integer as Go's strconv.ParseInt(text, 10, 64) reads it. */
bool heir_go_integer(struct heir_str text, int64_t *ret);
/* What k8s.io/utils/cpuset.Parse accepts. */
bool heir_cpuset_is_valid(struct heir_str text);
/* A host with a port or none, as names of images begin with one. */
bool heir_domain_is_valid(struct heir_str text);
/* What reference.ParseNormalizedNamed accepts. */
bool heir_reference_is_valid(struct heir_str text);

/* values.c: one value */
heir_judge_fn heir_judge_enum, heir_judge_enum_fold, heir_judge_enum_or_empty, heir_judge_regexp,
	heir_judge_minimum, heir_judge_negative_or_minimum, heir_judge_cpuset, heir_judge_reference,
	heir_judge_length, heir_judge_named_socket, heir_judge_port, heir_judge_duration,
	heir_judge_not_negative, heir_judge_criu, heir_judge_checkpoint, heir_judge_timezone,
	heir_judge_id_map, heir_judge_tls_file, heir_judge_metrics_port;
/* items.c: an item of a list */
heir_judge_fn heir_judge_ulimit, heir_judge_device, heir_judge_sysctl, heir_judge_capability,
	heir_judge_cipher, heir_judge_metrics, heir_judge_storage_option;
/* paths.c: a path of the node */
heir_judge_fn heir_judge_absolute, heir_judge_directory, heir_judge_optional_directory,
	heir_judge_network_directory, heir_judge_parent, heir_judge_pinns, heir_judge_taskset,
	heir_judge_seccomp_profile, heir_judge_blockio, heir_judge_hooks, heir_judge_tls_pair,
	heir_judge_tls_ca, heir_judge_file, heir_judge_replaceable, heir_judge_metrics_socket;

/* workloads.c */
void heir_judge_workloads(struct heir_judge *judge);
/* containers.c: the files of other projects that CRI-O reads */
void heir_judge_containers_files(struct heir_judge *judge);
/* monitors.c */
void heir_judge_monitors(struct heir_judge *judge);

#endif
