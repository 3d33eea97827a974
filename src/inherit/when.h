/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler's table asks: of the node (`when`, in an `inherit_when`) and of a runtime
 * (`runtime_requires`). Here TOML is read; what it means is in node/expr.h and node/features.h.
 *
 * An entry of `when` is "FEATURE.ATTRIBUTE" = EXPRESSION, where the last dot parts the two, or
 * "FEATURE" = {ATTRIBUTE = EXPRESSION}, which also reaches attributes with a dot in their names
 * ("system.osrelease" = {"VERSION_ID.major" = "9"}). All entries of such a table must match in one
 * and the same instance of the feature (or all as flags and attributes); an empty table asks that
 * there is something at all.
 *
 * An EXPRESSION is { op = "Ge", value = "5", type = "version" } with the operators of Node Feature
 * Discovery (value: a string or an integer, or an array of those; type is optional), or in short
 *   "x" or 5      In [it]
 *   ["x", "y"]    In
 *   true          it exists; for an attribute: and is not "false"
 *   false         the opposite, but see below; of instances: none of them has it
 *
 * A feature that the facts lack is no match, whatever is asked of it, DoesNotExist and `false`
 * included: it was not looked up, so it is unknown (Node Feature Discovery does so too). A feature
 * that is present and empty, as `heir facts` writes those that it did not find, lets both hold. */
#ifndef HEIR_INHERIT_WHEN_H
#define HEIR_INHERIT_WHEN_H

#include "base/arena.h"
#include "base/effort.h"
#include "config/field.h"
#include "node/facts.h"
#include "node/features.h"
#include "node/verdict.h"
#include "toml/toml.h"

/* Do all entries of the table hold? They are evaluated in order of the text, and all of them: the
 * first that is faulty decides wherever it stands, else the first that does not hold. A fault is
 * found whether or not the node has the feature, but for a value of the facts that is no number.
 * `facts` is not NULL. Once the effort is spent every condition is faulty. 0 or -ENOMEM. */
int heir_when_eval(const struct heir_toml_doc *doc, heir_toml_node when,
	const struct heir_facts *facts, struct heir_effort *effort, struct heir_arena *arena,
	struct heir_verdict *ret);

/* The same where nothing is known of the node: that it is faulty is all that counts. */
int heir_when_check(const struct heir_toml_doc *doc, heir_toml_node when,
	struct heir_effort *effort, struct heir_arena *arena, struct heir_verdict *ret);

/* Does the runtime meet every entry of the table `runtime_requires`? `features` is NULL for one
 * without the command, which meets nothing that is asked. Unknown is not met.
 *   oci_version = "1.1.0"      ociVersionMin <= it <= ociVersionMax, pre-releases before releases
 *   mount_options, namespaces, capabilities, seccomp_actions = [...]    a subset of the runtime's
 *   idmap, cgroup_v2 = true    supported; false asks nothing
 *   annotations = { name = "value" }    the runtime has them all, with that value
 * Faulty and unmet entries decide as in heir_when_eval(). 0 or -ENOMEM. */
int heir_features_meet(const struct heir_features *features, const struct heir_toml_doc *doc,
	heir_toml_node requires, struct heir_arena *arena, struct heir_verdict *ret);

/* What runtime_requires may ask for. */
struct heir_requirement {
	const char *name;
	enum heir_type type;
	const char *help;
};

/* The i-th; NULL behind the last. */
const struct heir_requirement *heir_requirement_at(size_t i);

static inline struct heir_toml_span heir_verdict_span(const struct heir_verdict *verdict)
{
	return (struct heir_toml_span){verdict->at, verdict->len};
}

#endif
