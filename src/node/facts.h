/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a node, as `heir facts` prints it and `--facts FILE` reads it:
 *
 *   {"schema": "heir.facts/1", "features": {NAME: FEATURE}, "runtimes": {PATH: FEATURES | null}}
 *
 * Each key may be missing, others are refused. Names, kinds and elements of features are those of
 * Node Feature Discovery. A FEATURE is an array of strings (flags: names without a value), an
 * object of strings (attributes; true, false and integers count as their text), an array of
 * objects (instances), or, where it is of several kinds at once, an object of nothing but "flags"
 * (an array), "attributes" (an object) and "instances" (an array). An empty array is a feature
 * that is available and has no flags or, by what Node Feature Discovery says of that name (of
 * another: and), no instances. FEATURES are told in features.h.
 *
 * Facts belong to the arena that they were parsed into, and several threads may read them. Those
 * with a source are gathered while they are asked for (gather.h), and for one thread. */
#ifndef HEIR_NODE_FACTS_H
#define HEIR_NODE_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/trace.h"
#include "node/features.h"

/* All strings of facts are terminated and hold no NUL. All arrays but the instances are sorted by
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
	const struct heir_instance *instances; /* in the order of the text */
	size_t n_instances;
};

enum heir_runtime_state {
	HEIR_RUNTIME_OLD,     /* it has no such command */
	HEIR_RUNTIME_ANSWERS, /* it told its features */
	HEIR_RUNTIME_FAILED,  /* it was not run, or not to its end: nobody knows */
};

struct heir_runtime_facts {
	struct heir_str path;
	const struct heir_features *features; /* NULL: not told */
	enum heir_runtime_state state;
	/* Of a runtime of this machine (runtimes.h). */
	const char *problem; /* why there are no features, in words; NULL: nobody asked it */
	const char *version; /* what `--version` says of one without the command; NULL: nothing */
	bool cached;         /* it was asked earlier, and is the same file since */
};

/* Told of each feature and runtime that somebody asks a document of facts about, once. For one
 * thread. */
struct heir_facts_watch {
	const struct heir_trace *trace;
	struct heir_map told;
};

/* Where features come from that are looked up when somebody asks. */
struct heir_facts_source {
	/* The feature of that name, in whatever case; *ret is NULL where it is not available. 0 or
	 * -ENOMEM. */
	int (*get)(struct heir_facts_source *source, struct heir_str name,
		const struct heir_feature **ret);
	/* What the binary at that path tells; *ret is NULL where nobody can ask it. 0 or -ENOMEM.
	 */
	int (*get_runtime)(struct heir_facts_source *source, struct heir_str path,
		const struct heir_runtime_facts **ret);
};

struct heir_facts {
	const struct heir_feature *features;
	size_t n_features;
	const struct heir_runtime_facts *runtimes;
	size_t n_runtimes;
	/* NULL: what is here is all. Else there is nothing here. */
	struct heir_facts_source *source;
	struct heir_facts_watch *watch; /* NULL: nobody wants to know what is asked */
};

/* Parses the text (at most HEIR_JSON_MAX_SIZE bytes). 0; -ENOMEM; or -EINVAL, and then *ret_error
 * says in words what is wrong and where ("features.pci.device[2].vendor is not a string"). What
 * is not answered is left untouched. */
int heir_facts_parse(struct heir_str json, struct heir_arena *arena, struct heir_facts **ret,
	const char **ret_error);

/* The feature of that name, in whatever case; NULL in *ret: not available. Gathers it, where the
 * facts have a source. 0 or -ENOMEM. */
int heir_facts_ask(
	const struct heir_facts *facts, struct heir_str name, const struct heir_feature **ret);
/* The same of what is here already: for names that no source would know. */
const struct heir_feature *heir_facts_feature(const struct heir_facts *facts, struct heir_str name);
/* What `PATH features` answered; NULL: nothing is known of that binary, or it knows no features. */
const struct heir_features *heir_facts_runtime(
	const struct heir_facts *facts, struct heir_str path);
/* The same with what else is known of it; NULL in *ret: nothing. Asks the binary, where the facts
 * have a source. 0 or -ENOMEM. */
int heir_facts_ask_runtime(const struct heir_facts *facts, struct heir_str path,
	const struct heir_runtime_facts **ret);

bool heir_feature_has_flag(const struct heir_feature *feature, struct heir_str name);
/* The value of an attribute of that name (case matters); NULL: none. */
const struct heir_str *heir_feature_attribute(
	const struct heir_feature *feature, struct heir_str name);
const struct heir_str *heir_instance_attribute(
	const struct heir_instance *instance, struct heir_str name);

/* Is that the name, in whatever case? */
bool heir_feature_name_is(struct heir_str name, const char *wanted);
/* Is this the name of a feature that Node Feature Discovery or heir knows, in whatever case? */
bool heir_feature_known(struct heir_str name);
/* The known feature, or the one in the facts, that was probably meant; NULL: none is near. */
const char *heir_feature_nearest(
	const struct heir_facts *facts, struct heir_str name, struct heir_effort *effort);

#endif
