/* SPDX-License-Identifier: Apache-2.0 */
/* A fix: the one edit of a document that would remove the cause of a finding. Rules offer it beside
 * the finding; check/fixer.h then decides which fixes `heir check --fix` makes, by proving that all
 * of them together change no handler. */
#ifndef HEIR_CHECK_FIX_H
#define HEIR_CHECK_FIX_H

#include "base/edit.h"
#include "check/check.h"

enum heir_fix_kind {
	HEIR_FIX_SPELL,   /* writes the key as `text` */
	HEIR_FIX_REMOVE,  /* removes the key with its value and its line */
	HEIR_FIX_REPLACE, /* replaces key and value by `text` */
	HEIR_FIX_ADD,     /* inserts `text` after the item of an array */
};

struct heir_fix {
	enum heir_fix_kind kind;
	uint32_t source;
	heir_toml_node node;
	struct heir_str text;
	const char *why; /* why it must not be made; NULL: the fixer decides */
};

/* Attaches a copy of `fix` to a finding, unless one edit cannot make it: the key is the header of a
 * table, or is in an inline table that has more than entries, blanks and commas. Does nothing if
 * `diag` is NULL. Running out of memory sets check->error. */
void heir_find_fix(struct heir_check *check, struct heir_diag *diag, const struct heir_fix *fix);

/* Translates the fixes of one document into sorted edits of its text. `edits` has room for n;
 * *ret_n is how many were needed. If a SPELL and a REPLACE are about the same key, the REPLACE
 * wins. Returns 0 or -ENOMEM. */
int heir_fixes_to_edits(const struct heir_toml_doc *doc, const struct heir_fix *const *fixes,
	uint32_t n, struct heir_edit *edits, uint32_t *ret_n);

#endif
