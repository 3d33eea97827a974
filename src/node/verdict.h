/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to something that a handler's table asks: a condition (`when`) of the node, or a
 * requirement (`runtime_requires`) of a runtime. */
#ifndef HEIR_NODE_VERDICT_H
#define HEIR_NODE_VERDICT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum heir_answer {
	HEIR_HOLDS,
	HEIR_HOLDS_NOT,
	HEIR_FAULTY, /* it cannot be answered: it is written wrongly, or a fact is no number */
};

struct heir_verdict {
	enum heir_answer answer;
	/* Which entry decided or is wrong, in bytes of the document's text: the members of a struct
	 * heir_toml_span, which this layer does not know. For HEIR_HOLDS the whole table. */
	uint32_t at, len;
	/* Why, in words for people: lower case, no full stop, long values cut short. It may quote
	 * bytes of the input that a printer has to escape. Never NULL; lives in the arena or for
	 * ever. */
	const char *text;
};

/* For words: the beginning of a long text, which ends between characters; a short text whole. */
struct heir_str heir_cut(struct heir_str text);
/* The text in quotes as TOML writes it, with an ellipsis where it was cut. NULL: no memory. */
const char *heir_quote(struct heir_arena *arena, struct heir_str text);

#endif
