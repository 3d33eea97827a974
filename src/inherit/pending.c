/* SPDX-License-Identifier: Apache-2.0 */
#include "inherit/pending.h"

#include <errno.h>

#include "inherit/late.h"
#include "inherit/rendered.h"

/* May CRI-O make something else of the handler? Not where neither its table nor its parent is
 * heir's. */
static bool may_differ(const struct heir_resolution *res, const struct heir_result *result)
{
	const struct heir_write *table = result->handler->table;

	return !result->dropped &&
	       (result->via == HEIR_VIA_IMPLICIT || table->fields >> HEIR_FIRST_OWN_FIELD ||
		       res->core->sources.items[table->source].scope == HEIR_SCOPE_HEIR);
}

static int compare(const struct heir_resolution *res, const struct heir_resolution *stock,
	const struct heir_result *mine, bool *ret)
{
	const struct heir_result *theirs = heir_resolution_find(stock, mine->handler->name);
	uint32_t fields = 0;
	int r = 0;

	if (theirs && !theirs->dropped)
		r = heir_results_act_differently(res, mine, stock, theirs, &fields);
	*ret = !theirs || theirs->dropped || fields;
	heir_core_forget_values(res->core);
	return r;
}

bool heir_pending_may_be(const struct heir_resolution *res)
{
	if (res->config->where.as != HEIR_AS_HEIR || !heir_resolution_is_usable(res))
		return false;
	for (uint32_t i = 0; i < res->config->n_handlers; i++)
		if (may_differ(res, &res->results[i]))
			return true;
	return false;
}

static int compare_all(
	const struct heir_resolution *res, const struct heir_resolution *stock, const bool **ret)
{
	uint32_t n = res->config->n_handlers, n_pending = 0;
	bool *pending = heir_arena_alloc(&res->core->arena, n * sizeof(*pending));
	int r = pending ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		pending[i] = false;
		if (may_differ(res, &res->results[i]))
			r = compare(res, stock, &res->results[i], &pending[i]);
		n_pending += pending[i];
	}
	if (r == 0)
		*ret = n_pending > 0 ? pending : NULL;
	return r;
}

int heir_pending_find(
	const struct heir_resolution *res, const struct heir_resolution *stock, const bool **ret)
{
	struct heir_resolution bound = *res;
	struct heir_late late;
	int r;

	*ret = NULL;
	if (!heir_resolution_is_usable(stock))
		return 0;
	r = heir_late_read(&res->core->root, &res->core->arena, &late);
	if (r == 0)
		r = heir_late_bind_current(&bound, &late);
	if (r == 0)
		r = compare_all(&bound, stock, ret);
	heir_late_unbind(&bound);
	return r;
}
