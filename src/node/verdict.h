/* SPDX-License-Identifier: Apache-2.0 */
/* The result of evaluating what a handler's table requires: a condition (`when`) on the node, or a
 * requirement (`runtime_requires`) on a runtime. */
#ifndef HEIR_NODE_VERDICT_H
#define HEIR_NODE_VERDICT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum heir_answer {
	HEIR_HOLDS,
	HEIR_HOLDS_NOT,
	HEIR_FAULTY, /* it cannot be evaluated: invalid syntax, or a fact that is not a number */
};

struct heir_verdict {
	enum heir_answer answer;
	/* The entry that decided or is wrong, as a span of the document's text (struct
	 * heir_toml_span is unknown to this layer). For HEIR_HOLDS the whole table. */
	uint32_t at, len;
	/* The reason: lower case, no full stop, long values shortened. It may quote input that a
	 * printer must escape. Never NULL; in the arena or static. */
	const char *text;
};

/* Returns the beginning of a long text, cut between characters; a short text completely. */
struct heir_str heir_cut(struct heir_str text);
/* Returns the text quoted as TOML, with an ellipsis if it was cut. NULL if there is no memory. */
const char *heir_quote(struct heir_arena *arena, struct heir_str text);

#endif
