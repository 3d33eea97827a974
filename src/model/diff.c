/* SPDX-License-Identifier: Apache-2.0 */
/* Both lists are in byte order, so one walk with a finger on each finds every pair. Of a handler
 * that differs only the numbers of its fields are kept: the printers ask for the values again,
 * which is cheap, and a diff of many handlers stays small. */
#include "model/diff.h"

#include <errno.h>
#include <stdlib.h>

#include "model/bound.h"

_Static_assert(HEIR_N_SHOWN_FIELDS <= 32, "heir_diff_handler has a bit for each field");

const char *heir_change_name(enum heir_change change)
{
	static const char *const names[HEIR_N_CHANGES] = {
		[HEIR_CHANGE_NONE] = "none",
		[HEIR_CHANGE_ADDED] = "added",
		[HEIR_CHANGE_REMOVED] = "removed",
		[HEIR_CHANGE_CHANGED] = "changed",
		[HEIR_CHANGE_BROKEN] = "broken",
		[HEIR_CHANGE_FIXED] = "fixed",
	};

	return names[change];
}

bool heir_diff_is_pending(const struct heir_diff *diff, const struct heir_diff_handler *handler)
{
	return handler->handler[HEIR_RIGHT] &&
	       heir_view_is_pending(diff->view[HEIR_RIGHT], handler->handler[HEIR_RIGHT]);
}

int heir_diff_origins(const struct heir_diff *diff, const struct heir_diff_handler *handler,
	enum heir_field field, struct heir_origin ret[HEIR_N_SIDES])
{
	for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
		int r;

		ret[side] = (struct heir_origin){.kind = HEIR_KIND_UNSET};
		if (!handler->handler[side])
			continue;
		r = heir_view_field(diff->view[side], handler->handler[side], field, &ret[side]);
		if (r < 0)
			return r;
	}
	return 0;
}

int heir_diff_bound(
	const struct heir_diff *diff, size_t *room, struct heir_origin origins[HEIR_N_SIDES])
{
	int r = 0;

	for (unsigned side = 0; side < HEIR_N_SIDES && r == 0; side++)
		r = heir_bound_value(&diff->view[side]->core->values, room, &origins[side]);
	return r;
}

static bool is_nothing(const struct heir_origin *origin)
{
	return origin->kind == HEIR_KIND_UNSET || heir_value_is_zero(&origin->value);
}

static bool is_same(const struct heir_origin *a, const struct heir_origin *b)
{
	if (is_nothing(a) || is_nothing(b))
		return is_nothing(a) && is_nothing(b);
	return heir_value_equal(&a->value, &b->value);
}

/* CRI-O's own flag is a way to values; a rendered table has the values instead. */
static bool is_carried(const struct heir_diff *diff, const struct heir_diff_handler *handler)
{
	for (unsigned side = 0; side < HEIR_N_SIDES; side++)
		if (handler->handler[side] && heir_write_is_rendered(diff->view[side]->config,
						      handler->handler[side]->table))
			return true;
	return false;
}

static int compare_fields(const struct heir_diff *diff, struct heir_diff_handler *handler)
{
	for (unsigned f = 0; f < HEIR_N_SHOWN_FIELDS; f++) {
		struct heir_origin origins[HEIR_N_SIDES];
		int r;

		if (f == HEIR_FIELD_inherit_default_runtime && is_carried(diff, handler))
			continue;
		r = heir_diff_origins(diff, handler, f, origins);
		if (r < 0)
			return r;
		if (!is_same(&origins[HEIR_LEFT], &origins[HEIR_RIGHT]))
			handler->fields |= UINT32_C(1) << f;
	}
	return 0;
}

const struct heir_pod_count *heir_diff_pods(const struct heir_diff *diff,
	const struct heir_diff_handler *handler, bool classless, uint32_t *ret_n)
{
	const struct heir_resolution *res = diff->view[HEIR_LEFT]->res;

	*ret_n = 0;
	if (!classless)
		return heir_pods_of(&diff->pods, handler->name, ret_n);
	if (diff->default_differs || !heir_str_eq(res->default_runtime, handler->name))
		return diff->pods.counts;
	return heir_pods_of(&diff->pods, HEIR_STR(""), ret_n);
}

const struct heir_diag *heir_diff_reason(const struct heir_diff_handler *handler)
{
	return handler->dropped[HEIR_RIGHT] ? handler->dropped[HEIR_RIGHT]
					    : handler->dropped[HEIR_LEFT];
}

void heir_diff_reason_words(struct heir_buf *buf, const struct heir_diag *diag)
{
	heir_buf_addz(buf, diag->text);
	if (diag->rule == HEIR_RULE_PARENT_DROPPED && diag->notes) {
		heir_buf_addz(buf, " (");
		heir_buf_addz(buf, diag->notes->text);
		heir_buf_addc(buf, ')');
	}
}

static int is_same_reason(const struct heir_diag *a, const struct heir_diag *b, bool *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf left = HEIR_BUF_NULL;
	_cleanup_(heir_buf_release) struct heir_buf right = HEIR_BUF_NULL;

	heir_diff_reason_words(&left, a);
	heir_diff_reason_words(&right, b);
	*ret = heir_str_eq(heir_buf_str(&left), heir_buf_str(&right));
	return left.failed || right.failed ? -ENOMEM : 0;
}

/* Decides the change of a handler whose two sides are filled in. */
static int compare(const struct heir_diff *diff, struct heir_diff_handler *handler)
{
	const struct heir_diag *const *dropped = handler->dropped;
	bool is_left = handler->handler[HEIR_LEFT], is_right = handler->handler[HEIR_RIGHT], same;
	int r = 0;

	if (!is_left)
		handler->change = HEIR_CHANGE_ADDED;
	else if (!is_right)
		handler->change = HEIR_CHANGE_REMOVED;
	else if (!dropped[HEIR_LEFT] && dropped[HEIR_RIGHT])
		handler->change = HEIR_CHANGE_BROKEN;
	else if (dropped[HEIR_LEFT] && !dropped[HEIR_RIGHT])
		handler->change = HEIR_CHANGE_FIXED;
	else if (dropped[HEIR_LEFT]) {
		r = is_same_reason(dropped[HEIR_LEFT], dropped[HEIR_RIGHT], &same);
		if (r < 0 || same)
			return r;
		handler->change = HEIR_CHANGE_CHANGED;
	}
	r = compare_fields(diff, handler);
	if (handler->change == HEIR_CHANGE_NONE && handler->fields)
		handler->change = HEIR_CHANGE_CHANGED;
	return r;
}

static int compare_all(struct heir_diff *diff, const struct heir_map *only)
{
	struct heir_view_walk walk = {.view = {diff->view[HEIR_LEFT], diff->view[HEIR_RIGHT]}};
	struct heir_diff_handler handler = {.change = HEIR_CHANGE_NONE};

	while (heir_view_next_pair(&walk, handler.handler)) {
		struct heir_diff_handler *next = &diff->handlers[diff->n_handlers];
		int r;

		*next = handler;
		for (unsigned side = 0; side < HEIR_N_SIDES; side++) {
			const struct heir_handler *at = handler.handler[side];

			if (!at)
				continue;
			next->name = at->name;
			next->dropped[side] = heir_view_result(diff->view[side], at)->dropped;
		}
		if (only && heir_map_get(only, next->name) == HEIR_MAP_NONE)
			continue;
		r = compare(diff, next);
		heir_core_forget_values(diff->view[HEIR_LEFT]->core);
		heir_core_forget_values(diff->view[HEIR_RIGHT]->core);
		if (r < 0)
			return r;
		if (next->change == HEIR_CHANGE_NONE)
			diff->n_same++;
		else
			diff->n_handlers++;
	}
	return 0;
}

int heir_diff_init(struct heir_diff *diff, const struct heir_view *left,
	const struct heir_view *right, const struct heir_map *only)
{
	size_t most = (size_t)left->n_handlers + right->n_handlers;

	*diff = (struct heir_diff){.view = {left, right}};
	if (left->fatal || right->fatal)
		return 0;
	diff->handlers = calloc(most + 1, sizeof(*diff->handlers));
	if (!diff->handlers)
		return -ENOMEM;
	diff->default_differs =
		!only && !heir_str_eq(left->res->default_runtime, right->res->default_runtime);
	return compare_all(diff, only);
}

void heir_diff_release(struct heir_diff *diff)
{
	heir_pods_release(&diff->pods);
	free(diff->handlers);
	diff->handlers = NULL;
}

bool heir_diff_is_empty(const struct heir_diff *diff)
{
	return diff->n_handlers == 0 && !diff->default_differs && !diff->view[HEIR_LEFT]->fatal &&
	       !diff->view[HEIR_RIGHT]->fatal;
}
