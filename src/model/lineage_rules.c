/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule decided a field, and why the others did not: the rulings of inherit/rulings.h, in
 * words. */
#include "inherit/rulings.h"

#include "model/lineage_parts.h"

static const char *ruling_words(struct heir_lineage_build *b, const struct heir_ruling *ruling)
{
	const char *words = heir_reason_words(ruling->reason);

	switch (ruling->reason) {
	case HEIR_REASON_PARENT_LACKS:
	case HEIR_REASON_NAMED_LACKS:
		return HEIR_LINEAGE_WORDS(
			b, "%s\"%.*s\" has none", words, HEIR_STR_ARG(ruling->name));
	case HEIR_REASON_NOT_FOUND:
		return HEIR_LINEAGE_WORDS(
			b, "%s\"%.*s\" is not in $PATH", words, HEIR_STR_ARG(ruling->name));
	case HEIR_REASON_WITHHELD:
		return HEIR_LINEAGE_WORDS(b, "%s\"%.*s\" has %s", words, HEIR_STR_ARG(ruling->name),
			heir_lineage_value(b, &ruling->value));
	case HEIR_REASON_NEVER_VENDOR:
		return HEIR_LINEAGE_WORDS(b, "%s(%s)", words,
			heir_view_short_path(
				b->view, b->view->core->sources.items[ruling->place.source].path));
	case HEIR_REASON_NEVER_SET:
		return HEIR_LINEAGE_WORDS(b, "%s%.*s is set", words, HEIR_STR_ARG(ruling->name));
	case HEIR_REASON_OFF:
		return HEIR_LINEAGE_WORDS(b, "%s%s", words, heir_lineage_place(b, ruling->place));
	default:
		return words;
	}
}

void heir_lineage_rulings(struct heir_lineage_build *b, struct heir_lineage_field *f)
{
	struct heir_ruling rulings[HEIR_MAX_RULINGS];
	uint32_t n;
	int r = heir_rulings(b->view->res, b->result, f->field, &f->origin, rulings, &n);

	if (r < 0)
		b->error = r;
	else
		f->rulings = heir_lineage_alloc(b, n, sizeof(*f->rulings));
	for (uint32_t i = 0; b->error == 0 && i < n; i++) {
		const struct heir_ruling *ruling = &rulings[i];
		enum heir_ruled outcome = heir_reason_outcome(ruling->reason);

		f->rulings[f->n_rulings++] = (struct heir_lineage_ruling){
			ruling->rule, outcome, ruling_words(b, ruling)};
		if (outcome == HEIR_RULED_DECIDES)
			f->decided_by = ruling->rule;
		f->withheld |= ruling->reason == HEIR_REASON_WITHHELD && !f->origin.by_setting &&
			       !heir_value_equal(&ruling->value, &f->origin.value);
	}
}
