/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked while a handler was resolved, and what was answered: written down by the code that
 * decides (link.c, candidates.c), so that explaining a result asks nothing a second time. */
#ifndef HEIR_INHERIT_RECORD_H
#define HEIR_INHERIT_RECORD_H

#include "node/verdict.h"
#include "toml/toml.h"

/* An entry of inherit_when that was reached. */
struct heir_condition_record {
	heir_toml_node entry; /* of the document of the handler's table */
	struct heir_verdict verdict;
	bool lacks_facts; /* it could not be answered, as nothing is known of the node */
};

#endif
