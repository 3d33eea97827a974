/* SPDX-License-Identifier: Apache-2.0 */
/* The match expressions of Node Feature Discovery (pkg/apis/nfd/nodefeaturerule/expression.go): an
 * expression asks something of one element of a feature, a term is a feature and all that is asked
 * of it, and one term answers like evaluateFeatureMatcher() there. heir departs from it in this:
 * arity, patterns and numbers of an expression are checked before it meets a fact, not only when
 * its element is there; ON and OFF are heir's own. InRegexp: see base/regex.h. */
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
	HEIR_OP_ON = HEIR_N_NAMED_OPS, /* a flag, or an attribute that is not "false" */
	HEIR_OP_OFF,                   /* the opposite */
	HEIR_N_OPS,
};

struct heir_expr {
	struct heir_str element;
	enum heir_op op;
	bool version; /* type = "version": numbers are versions */
	const struct heir_str *values;
	size_t n_values;
	uint32_t at, len; /* its place, for the verdict */

	/* Made by heir_expr_prepare(). */
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
	/* Written as FEATURE.ELEMENT: OFF then asks that no instance has the element, where in a
	 * table it asks that of the instance which matches. */
	bool dotted;
	uint32_t at, len;
};

/* HEIR_N_OPS: no operator of that name. */
enum heir_op heir_op_find(struct heir_str name);
const char *heir_op_name(enum heir_op op);
/* The operator that was probably meant; NULL: none is near. */
const char *heir_op_nearest(struct heir_str name);

/* Checks op, version and values, which the caller has filled, and gets ready what matching needs.
 * *ret_fault is NULL when all is well, else it says what is wrong in words, and *ret_value which
 * value (n_values: none of them). 0 or -ENOMEM; release it in any case. */
int heir_expr_prepare(struct heir_expr *expr, struct heir_effort *effort, struct heir_arena *arena,
	const char **ret_fault, size_t *ret_value);
void heir_expr_release(struct heir_expr *expr);

/* Does the term hold, all its expressions being prepared? Faulty where the effort is spent. 0 or
 * -ENOMEM. */
int heir_term_match(const struct heir_term *term, const struct heir_facts *facts,
	struct heir_effort *effort, struct heir_arena *arena, struct heir_verdict *ret);

#endif
