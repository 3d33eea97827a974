/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: what is wrong with the user's files, collected, never printed here. The machine's
 * own failures are return codes instead. */
#ifndef HEIR_BASE_DIAG_H
#define HEIR_BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rule.h"
#include "base/source.h"

struct heir_fix; /* check/fix.h */

/* A second place that a diagnostic is about: "first defined here". */
struct heir_note {
	struct heir_place where;
	const char *text;
	struct heir_note *next;
};

struct heir_diag {
	uint32_t number; /* in order of their making, whatever order they are in later */
	enum heir_rule rule;
	struct heir_place where;
	const char *text;        /* lower case, no full stop, names in double quotes */
	const char *help;        /* the one obvious fix, or NULL */
	struct heir_str handler; /* the handler it is about; p is NULL for none */
	/* Of a finding that speaks of several, which has no `handler`: all of them. */
	const struct heir_str *handlers;
	uint32_t n_handlers;
	struct heir_note *notes;
	bool stops; /* CRI-O does not start for it */
	/* It is about this file as a whole; `where` has at most its source. */
	const char *path;
	const struct heir_fix *fix; /* check/fix.h; NULL: only a person can fix it */
	uint64_t targets; /* a bit for each of several releases that it holds for; 0: of one */
};

struct heir_diags {
	struct heir_diag **items;
	uint32_t n, size;
	uint32_t n_made;
	uint32_t n_sorted; /* are all of them in the order of a report? then their number */
	bool failed;       /* heir_diags_push() found no memory */
};

void heir_diags_release(struct heir_diags *diags);
/* Forgets those from number `n_made` on. */
void heir_diags_forget(struct heir_diags *diags, uint32_t n_made);

/* Adds a diagnostic whose text is formatted into `arena`; NULL when memory runs out. The caller may
 * fill in help, handler and notes. */
struct heir_diag *heir_diags_add(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, ...) _printf_(5, 6);
struct heir_diag *heir_diags_addv(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, va_list args) _printf_(5, 0);

/* Appends one that is there already; false when memory runs out. */
bool heir_diags_push(struct heir_diags *diags, struct heir_diag *diag);

/* Appends a note; false when memory runs out. */
bool heir_diag_note(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
bool heir_diag_notev(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, va_list args) _printf_(4, 0);

#endif
