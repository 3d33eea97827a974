/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: what is wrong with the user's files. They are collected here and printed by
 * src/report. Failures of the machine are return codes instead. */
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
	uint32_t number; /* sequence number, kept when the list is sorted */
	enum heir_rule rule;
	struct heir_place where;
	const char *text;        /* lower case, no full stop, names in double quotes */
	const char *help;        /* the one obvious fix, or NULL */
	struct heir_str handler; /* the handler it is about; p is NULL for none */
	/* If a finding is about several handlers, all of them; then `handler` is empty. */
	const struct heir_str *handlers;
	uint32_t n_handlers;
	struct heir_note *notes;
	bool stops; /* CRI-O does not start because of it */
	/* The finding is about this file as a whole; `where` then has at most a source. */
	const char *path;
	const struct heir_fix *fix; /* check/fix.h; NULL if no edit fixes it */
	uint64_t targets; /* with several releases, one bit for each that it applies to; 0: there is
			     only one */
};

struct heir_diags {
	struct heir_diag **items;
	uint32_t n, size;
	uint32_t n_made;
	uint32_t n_sorted; /* how many are in report order: 0 or all */
	bool failed;       /* heir_diags_push() ran out of memory */
};

void heir_diags_release(struct heir_diags *diags);
/* Drops the diagnostics from number `n_made` on. */
void heir_diags_forget(struct heir_diags *diags, uint32_t n_made);

/* Adds a diagnostic and formats its text into `arena`. The caller may then set help, handler and
 * notes. Returns NULL if there is no memory. */
struct heir_diag *heir_diags_add(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, ...) _printf_(5, 6);
struct heir_diag *heir_diags_addv(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, va_list args) _printf_(5, 0);

/* Appends an existing diagnostic. Returns false if there is no memory. */
bool heir_diags_push(struct heir_diags *diags, struct heir_diag *diag);

/* Appends a note. Returns false if there is no memory. */
bool heir_diag_note(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, ...) _printf_(4, 5);
bool heir_diag_notev(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, va_list args) _printf_(4, 0);

#endif
