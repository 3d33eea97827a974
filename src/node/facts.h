/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about a node, as `heir facts` prints them and `--facts FILE` reads them:
 *
 *    {"schema": "heir.facts/1", "features": {NAME: FEATURE}, "runtimes": {PATH: FEATURES | null}}
 *
 * Each key may be missing; others are an error. Names, kinds and elements of features are those of
 * Node Feature Discovery. A FEATURE is an array of strings (flags: names without a value), an
 * object of strings (attributes; true, false and integers count as text), an array of objects
 * (instances), or, if it has several kinds, an object with only "flags" (an array), "attributes"
 * (an object) and "instances" (an array). An empty array is an available feature without flags or
 * instances, whichever Node Feature Discovery has for that name. For FEATURES see features.h.
 *
 * Facts belong to the arena they were parsed into; several threads may read them. Facts with a
 * source are gathered on demand (gather.h) and are for one thread. */
#ifndef HEIR_NODE_FACTS_H
#define HEIR_NODE_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/trace.h"
#include "node/features.h"

/* All strings in facts are terminated and have no NUL. All arrays except instances are sorted by
 * name in byte order, without duplicates. */
struct heir_instance {
	const struct heir_pair *attributes;
	size_t n_attributes;
};

struct heir_feature {
	struct heir_str name; /* in lower case (ASCII), as Node Feature Discovery compares it */
	bool has_flags, has_attributes, has_instances;
	const struct heir_str *flags;
	size_t n_flags;
	const struct heir_pair *attributes;
	size_t n_attributes;
	const struct heir_instance *instances; /* in document order */
	size_t n_instances;
};

enum heir_runtime_state {
	HEIR_RUNTIME_OLD,     /* it has no `features` command */
	HEIR_RUNTIME_ANSWERS, /* it reported its features */
	HEIR_RUNTIME_FAILED,  /* it could not be run or did not finish: not known */
};

struct heir_runtime_facts {
	struct heir_str path;
	const struct heir_features *features; /* NULL: not known */
	enum heir_runtime_state state;
	/* Only for runtimes of this machine (runtimes.h). */
	const char *problem; /* why there are no features; NULL: there are, or it was not run */
	const char *version; /* output of `--version` of a runtime without the command, or NULL */
	bool cached;         /* from the cache: the file has not changed */
};

/* Called once for each feature and runtime that is requested from a facts document. For one
 * thread. */
struct heir_facts_watch {
	const struct heir_trace *trace;
	struct heir_map reported;
};

/* A source of features that are looked up on demand. */
struct heir_facts_source {
	/* Gets a feature by name, ignoring case; *ret is NULL if it is not available. Returns 0 or
	 * -ENOMEM. */
	int (*get)(struct heir_facts_source *source, struct heir_str name,
		const struct heir_feature **ret);
	/* Gets what the binary at that path reports; *ret is NULL if it cannot be run. Returns 0
	 * or -ENOMEM. */
	int (*get_runtime)(struct heir_facts_source *source, struct heir_str path,
		const struct heir_runtime_facts **ret);
};

struct heir_facts {
	const struct heir_feature *features;
	size_t n_features;
	const struct heir_runtime_facts *runtimes;
	size_t n_runtimes;
	/* NULL: the arrays below are complete. Otherwise they are empty. */
	struct heir_facts_source *source;
	struct heir_facts_watch *watch; /* or NULL */
};

/* Parses a document of at most HEIR_JSON_MAX_SIZE bytes. Returns 0; -ENOMEM; -EINVAL with
 * *ret_error saying what is wrong and where ("features.pci.device[2].vendor is not a string"). */
int heir_facts_parse(struct heir_str json, struct heir_arena *arena, struct heir_facts **ret,
	const char **ret_error);

/* Gets a feature by name, ignoring case; *ret is NULL if it is not available. Gathers it if the
 * facts have a source. Returns 0 or -ENOMEM. */
int heir_facts_ask(
	const struct heir_facts *facts, struct heir_str name, const struct heir_feature **ret);
/* The same without gathering, for names that no source has. */
const struct heir_feature *heir_facts_feature(const struct heir_facts *facts, struct heir_str name);
/* Returns the answer to `PATH features`, NULL if it is not known or the binary has no such
 * command. */
const struct heir_features *heir_facts_runtime(
	const struct heir_facts *facts, struct heir_str path);
/* Gets everything that is known about a binary; *ret is NULL if nothing is. Runs it if the facts
 * have a source. Returns 0 or -ENOMEM. */
int heir_facts_ask_runtime(const struct heir_facts *facts, struct heir_str path,
	const struct heir_runtime_facts **ret);

bool heir_feature_has_flag(const struct heir_feature *feature, struct heir_str name);
/* Returns the value of an attribute (case-sensitive), or NULL. */
const struct heir_str *heir_feature_attribute(
	const struct heir_feature *feature, struct heir_str name);
const struct heir_str *heir_instance_attribute(
	const struct heir_instance *instance, struct heir_str name);

/* Compares names, ignoring case. */
bool heir_feature_name_is(struct heir_str name, const char *wanted);
/* Returns whether Node Feature Discovery or heir has a feature of that name, ignoring case. */
bool heir_feature_known(struct heir_str name);
/* Returns the feature, known or in the facts, that was probably meant; NULL if none is near. */
const char *heir_feature_nearest(
	const struct heir_facts *facts, struct heir_str name, struct heir_effort *effort);

#endif
