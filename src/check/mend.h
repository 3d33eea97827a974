/* SPDX-License-Identifier: Apache-2.0 */
/* Mends: what could be written instead of what a finding is about. Each is an offer only: whether
 * it changes what a handler gets is proved by check/fix.h, for all that are taken together. */
#ifndef HEIR_CHECK_MEND_H
#define HEIR_CHECK_MEND_H

#include "base/edit.h"
#include "check/check.h"

enum heir_mend_kind {
	HEIR_MEND_SPELL,   /* the key is written as `text` */
	HEIR_MEND_REMOVE,  /* the key goes, with its value and its line */
	HEIR_MEND_REPLACE, /* `text` comes instead of key and value */
	HEIR_MEND_ADD,     /* `text` comes behind the item of an array */
};

struct heir_mend {
	enum heir_mend_kind kind;
	uint32_t source;
	heir_toml_node node;
	struct heir_str text;
	const char *why; /* it is known already that it would change something; NULL: it may do */
};

/* Adds a mend to a finding, unless no simple edit makes it (the key is a table's, or stands in an
 * inline table that is not all on one line). Does nothing for NULL. */
void heir_find_mend(struct heir_check *check, struct heir_diag *diag, const struct heir_mend *mend);

/* The edits that make these mends, which are all of one document, sorted; room for one a mend.
 * Where two are about one key the REPLACE counts. *ret_n: how many. 0 or -ENOMEM. */
int heir_mends_edit(const struct heir_toml_doc *doc, const struct heir_mend *const *mends,
	uint32_t n, struct heir_edit *edits, uint32_t *ret_n);

#endif
