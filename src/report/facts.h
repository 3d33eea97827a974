/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a node: `heir facts`. */
#ifndef HEIR_REPORT_FACTS_H
#define HEIR_REPORT_FACTS_H

#include "node/facts.h"
#include "report/out.h"

/* heir.facts/1, which heir_facts_parse() reads again, or a table. Of facts without a source. 0 or
 * -ENOMEM. */
int heir_facts_print(const struct heir_facts *facts, struct heir_out *out);

/* A feature, or where `has_element` an element of it. */
struct heir_fact {
	const struct heir_feature *feature;
	struct heir_str element;
	bool has_element;
};

/* "FEATURE" or "FEATURE.ELEMENT", in whatever case before the element. ret->feature is NULL where
 * the facts have no such thing. 0 or -ENOMEM. */
int heir_fact_find(const struct heir_facts *facts, struct heir_str name, struct heir_fact *ret);
/* What was probably meant by such a name; of facts without a source. 0 or -ENOMEM. */
int heir_fact_nearest(const struct heir_facts *facts, struct heir_str name,
	struct heir_arena *arena, struct heir_near *ret);

/* An element is its bare value, "true" for a flag, in each instance that has it, a line each. A
 * feature is the JSON that stands for it in a document, or rows of the table. 0 or -ENOMEM. */
int heir_fact_print(const struct heir_fact *fact, struct heir_out *out);

#endif
