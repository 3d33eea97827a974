/* SPDX-License-Identifier: Apache-2.0 */
/* What stops CRI-O, and what handlers are lost for, as findings of SARIF: each once, with all the
 * targets that it holds for. */
#include <errno.h>
#include <string.h>

#include "report/findings.h"
#include "report/upgrade.h"

/* Adds the finding, or the target to the one that says the same. */
static int add(struct heir_upgrade_part *part, struct heir_diags *found,
	const struct heir_diag *diag, const char *target)
{
	struct heir_arena *arena = &part->core->arena;
	struct heir_diag *copy;

	for (uint32_t i = 0; i < found->n; i++) {
		struct heir_diag *other = found->items[i];
		size_t n = strlen(diag->text);

		if (other->rule != diag->rule || other->where.source != diag->where.source ||
			other->where.at != diag->where.at ||
			strncmp(other->text, diag->text, n) != 0 || other->text[n] != ' ')
			continue;
		other->text = heir_arena_printf(
			arena, "%.*s, %s)", (int)(strlen(other->text) - 1), other->text, target);
		return other->text ? 0 : -ENOMEM;
	}
	copy = heir_arena_new(arena, struct heir_diag);
	if (!copy)
		return -ENOMEM;
	*copy = *diag;
	copy->text = heir_arena_printf(arena, "%s (%s)", diag->text, target);
	return copy->text && heir_diags_push(found, copy) ? 0 : -ENOMEM;
}

static int add_case(
	struct heir_upgrade_part *part, struct heir_diags *found, const struct heir_upgrade_case *c)
{
	_cleanup_(heir_buf_release) struct heir_buf target = HEIR_BUF_NULL;
	int r;

	heir_upgrade_release_words(&target, &c->target->release);
	if (c->os)
		heir_buf_printf(&target, " on %s", c->os->name);
	r = heir_buf_error(&target);
	for (uint32_t i = 0; i < c->view.stops->n && r == 0; i++)
		r = add(part, found, c->view.stops->items[i], target.p);
	for (uint32_t i = 0; i < c->n_handlers && r == 0; i++)
		if (c->handlers[i].change == HEIR_UPGRADE_LOST &&
			c->handlers[i].diff->dropped[HEIR_RIGHT])
			r = add(part, found, c->handlers[i].diff->dropped[HEIR_RIGHT], target.p);
	return r;
}

static void add_counts(struct heir_finding_counts *counts, const struct heir_diags *found)
{
	struct heir_finding_counts more = heir_findings_count(found);

	counts->errors += more.errors;
	counts->warnings += more.warnings;
	counts->notes += more.notes;
}

static int print_part(const struct heir_upgrade *upgrade, size_t p, const char **between,
	struct heir_finding_counts *counts, struct heir_out *out)
{
	struct heir_upgrade_part *part = &upgrade->parts[p];
	struct heir_diags found = {.items = NULL}, before;
	int r = 0;

	for (size_t t = 0; t < upgrade->n_targets && r == 0; t++)
		r = add_case(part, &found, heir_upgrade_at(upgrade, t, p));
	if (r == 0 && found.n > 0) {
		add_counts(counts, &found);
		heir_out_addz(out, *between);
		*between = heir_findings_sarif.between;
		before = part->core->diags;
		part->core->diags = found;
		/* One of several, so an absolute root is printed too. */
		part->view.root = part->root;
		r = heir_findings_sarif.part(
			&(struct heir_findings_part){.view = &part->view, .root = part->root}, out);
		part->view.root = NULL;
		found = part->core->diags;
		part->core->diags = before;
	}
	heir_diags_release(&found);
	return r;
}

int heir_upgrade_sarif(
	const struct heir_upgrade *upgrade, const char *version, struct heir_out *out)
{
	struct heir_findings_frame frame = {.version = version};
	const char *between = "";
	int r = 0;

	heir_findings_sarif.begin(&frame, out);
	for (size_t p = 0; p < upgrade->n_parts && r == 0; p++)
		r = print_part(upgrade, p, &between, &frame.counts, out);
	heir_findings_sarif.end(&frame, out);
	return r;
}
