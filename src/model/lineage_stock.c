/* SPDX-License-Identifier: Apache-2.0 */
/* What an unmodified CRI-O would make of the same files. */
#include "model/lineage_parts.h"

const char *heir_stock_state_name(enum heir_stock_state state)
{
	static const char *const names[] = {
		[HEIR_STOCK_IS_IT] = "itself",
		[HEIR_STOCK_SAME] = "same",
		[HEIR_STOCK_DIFFERS] = "differs",
		[HEIR_STOCK_DROPS] = "drops",
		[HEIR_STOCK_KEEPS] = "keeps",
		[HEIR_STOCK_UNKNOWN] = "unknown",
		[HEIR_STOCK_NO_START] = "no-start",
	};

	return names[state];
}

static void compare_field(struct heir_lineage_build *b, const struct heir_view *stock,
	const struct heir_result *other, enum heir_field field)
{
	struct heir_lineage_stock *s = &b->lineage->stock;
	struct heir_origin ours, theirs = {.kind = HEIR_KIND_UNSET};
	int r = heir_result_get(b->view->res, b->result, field, &ours);

	if (r == 0)
		r = heir_result_get(stock->res, other, field, &theirs);
	if (r < 0) {
		b->error = r;
		return;
	}
	if (heir_value_equal(&ours.value, &theirs.value))
		return;
	s->fields[s->n_fields++] = (struct heir_stock_field){field,
		theirs.kind == HEIR_KIND_UNSET ? NULL : heir_lineage_value(b, &theirs.value),
		theirs.value, theirs.kind};
}

static void compare_fields(struct heir_lineage_build *b, const struct heir_view *stock,
	const struct heir_result *other)
{
	const struct heir_lineage *lineage = b->lineage;
	struct heir_lineage_stock *s = &b->lineage->stock;
	/* A rendered table has the values instead of the flag. */
	bool is_carried = heir_write_is_rendered(stock->config, other->handler->table);

	s->fields = heir_lineage_alloc(b, HEIR_N_SHOWN_FIELDS, sizeof(*s->fields));
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS && b->error == 0; f++)
		if ((lineage->whole || lineage->fields[0].field == f) &&
			(f != HEIR_FIELD_inherit_default_runtime || !is_carried))
			compare_field(b, stock, other, f);
	s->state = s->n_fields ? HEIR_STOCK_DIFFERS : HEIR_STOCK_SAME;
}

static void find_ignored(struct heir_lineage_build *b)
{
	struct heir_lineage_stock *s = &b->lineage->stock;

	for (unsigned f = HEIR_FIRST_OWN_FIELD; f < HEIR_N_FIELDS; f++)
		if (heir_table_field(b->config, b->result->handler->table, f))
			s->ignores[s->n_ignores++] = f;
}

void heir_lineage_stock(struct heir_lineage_build *b, const struct heir_view *stock)
{
	struct heir_lineage_stock *s = &b->lineage->stock;
	const struct heir_result *other;

	if (!stock) {
		s->state = HEIR_STOCK_IS_IT;
		return;
	}
	find_ignored(b);
	/* Where neither starts, what each makes of the handler still says something. */
	if (stock->res->fatal || (stock->stops->n > 0 && b->view->stops->n == 0)) {
		s->state = HEIR_STOCK_NO_START;
		s->reason = stock->res->fatal ? stock->res->fatal : stock->stops->items[0];
		return;
	}
	other = heir_resolution_find(stock->res, b->result->handler->name);
	if (!other) {
		s->state = HEIR_STOCK_UNKNOWN;
	} else if (other->dropped) {
		s->state = b->lineage->dropped ? HEIR_STOCK_SAME : HEIR_STOCK_DROPS;
		s->reason = other->dropped;
	} else if (b->lineage->dropped || b->lineage->unresolved) {
		s->state = HEIR_STOCK_KEEPS;
		compare_fields(b, stock, other);
		s->state = HEIR_STOCK_KEEPS;
	} else {
		compare_fields(b, stock, other);
	}
}
