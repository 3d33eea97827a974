/* SPDX-License-Identifier: Apache-2.0 */
/* The match expressions of Node Feature Discovery (pkg/apis/nfd/nodefeaturerule/expression.go). An
 * expression tests one element of a feature, a term is a feature with all its expressions; a term
 * is evaluated like evaluateFeatureMatcher() does there. Differences: heir checks number of
 * values, patterns and integers of an expression when it is loaded, not when it meets a fact; ON
 * and OFF are heir's own. For InRegexp see base/regex.h. */
#ifndef HEIR_NODE_EXPR_H
#define HEIR_NODE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/effort.h"
#include "base/regex.h"
#include "base/str.h"
#include "node/facts.h"
#include "node/semver.h"
#include "node/verdict.h"

enum heir_op {
	HEIR_OP_IN,
	HEIR_OP_NOT_IN,
	HEIR_OP_IN_REGEXP,
	HEIR_OP_EXISTS,
	HEIR_OP_DOES_NOT_EXIST,
	HEIR_OP_GT,
	HEIR_OP_GE,
	HEIR_OP_LT,
	HEIR_OP_LE,
	HEIR_OP_GT_LT,
	HEIR_OP_GE_LE,
	HEIR_OP_IS_TRUE,
	HEIR_OP_IS_FALSE,
	HEIR_N_NAMED_OPS,
	HEIR_OP_ON = HEIR_N_NAMED_OPS, /* a flag, or an attribute other than "false" */
	HEIR_OP_OFF,                   /* the opposite */
	HEIR_N_OPS,
};

struct heir_expr {
	struct heir_str element;
	enum heir_op op;
	bool version; /* type = "version": values are versions */
	const struct heir_str *values;
	size_t n_values;
	uint32_t at, len; /* its place, copied into the verdict */

	/* Set by heir_expr_prepare(). */
	union {
		int64_t integers[2];
		struct heir_semver versions[2];
	};
	struct heir_regex **patterns;
	size_t n_patterns;
};

struct heir_term {
	struct heir_str feature;
	struct heir_expr *exprs;
	size_t n_exprs;
	/* Written as FEATURE.ELEMENT. Then OFF means that no instance has the element; in a table,
	 * it applies to the matching instance only. */
	bool dotted;
	uint32_t at, len;
};

/* Returns HEIR_N_OPS if no operator has that name. */
enum heir_op heir_op_find(struct heir_str name);
const char *heir_op_name(enum heir_op op);
/* Returns the operator that was probably meant, NULL if none is near. */
const char *heir_op_nearest(struct heir_str name);

/* Checks op, version and values, which the caller has set, and prepares matching. *ret_fault is
 * NULL if all is well, else it describes the fault, and *ret_value is the value at fault
 * (n_values: none). Returns 0 or -ENOMEM; release it in any case. */
int heir_expr_prepare(struct heir_expr *expr, struct heir_effort *effort, struct heir_arena *arena,
	const char **ret_fault, size_t *ret_value);
void heir_expr_release(struct heir_expr *expr);

/* Evaluates a term whose expressions are all prepared. Faulty if the effort is spent. Returns 0 or
 * -ENOMEM. */
int heir_term_match(const struct heir_term *term, const struct heir_facts *facts,
	struct heir_effort *effort, struct heir_arena *arena, struct heir_verdict *ret);

#endif
