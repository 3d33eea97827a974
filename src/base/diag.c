/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"

void heir_diags_release(struct heir_diags *diags)
{
	free(diags->items);
	*diags = (struct heir_diags){.items = NULL};
}

void heir_diags_forget(struct heir_diags *diags, uint32_t n_made)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < diags->n; i++)
		if (diags->items[i]->number < n_made)
			diags->items[n++] = diags->items[i];
	diags->n = n;
	diags->n_made = n_made;
}

bool heir_diags_push(struct heir_diags *diags, struct heir_diag *diag)
{
	if (HEIR_RESERVE(diags->items, diags->n, diags->size) < 0) {
		diags->failed = true;
		return false;
	}
	diags->items[diags->n++] = diag;
	diags->n_sorted = 0;
	return true;
}

struct heir_diag *heir_diags_addv(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, va_list args)
{
	struct heir_diag *diag = heir_arena_new(arena, struct heir_diag);

	if (!diag)
		return NULL;
	diag->text = heir_arena_vmessage(arena, fmt, args);
	if (!diag->text)
		return NULL;
	diag->rule = rule;
	diag->where = where;
	diag->number = diags->n_made;
	if (!heir_diags_push(diags, diag))
		return NULL;
	diags->n_made++;
	return diag;
}

struct heir_diag *heir_diags_add(struct heir_diags *diags, struct heir_arena *arena,
	enum heir_rule rule, struct heir_place where, const char *fmt, ...)
{
	struct heir_diag *diag;
	va_list args;

	va_start(args, fmt);
	diag = heir_diags_addv(diags, arena, rule, where, fmt, args);
	va_end(args);
	return diag;
}

bool heir_diag_notev(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, va_list args)
{
	struct heir_note *note = heir_arena_new(arena, struct heir_note);
	struct heir_note **last = &diag->notes;

	if (!note)
		return false;
	note->text = heir_arena_vmessage(arena, fmt, args);
	if (!note->text)
		return false;
	note->where = where;
	while (*last)
		last = &(*last)->next;
	*last = note;
	return true;
}

bool heir_diag_note(struct heir_diag *diag, struct heir_arena *arena, struct heir_place where,
	const char *fmt, ...)
{
	va_list args;
	bool added;

	va_start(args, fmt);
	added = heir_diag_notev(diag, arena, where, fmt, args);
	va_end(args);
	return added;
}
