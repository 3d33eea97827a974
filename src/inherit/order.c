/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody has one parent at most, so from each handler there is one way up: it ends at a handler
 * that was put in order before, at one without a parent, or at a handler of this very way: a
 * cycle. */
#include "inherit/order.h"

#include <errno.h>

#include "base/buf.h"
#include "inherit/drop.h"

enum { SHOWN = 6 };

struct heir_result *heir_result_base(const struct heir_result *result)
{
	return result->parent == result && result->via == HEIR_VIA_INHERIT_DEFAULT_RUNTIME
		       ? NULL
		       : result->parent;
}

/* The cycle from the point of view of one of its members: "a -> b -> a". */
static int drop_member(struct heir_resolution *res, struct heir_result *member)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	const struct heir_result *at = member;
	struct heir_diag *diag;
	int n = 0;

	do {
		heir_buf_message(&buf, "\"%.*s\" -> ", HEIR_STR_ARG(at->handler->name));
		at = at->parent;
	} while (at != member && ++n < SHOWN);
	if (at != member)
		heir_buf_addz(&buf, "... -> ");
	heir_buf_message(&buf, "\"%.*s\"", HEIR_STR_ARG(member->handler->name));
	if (buf.failed)
		return -ENOMEM;
	diag = heir_drop(res, member, HEIR_RULE_INHERIT_CYCLE, heir_via_place(res, member),
		"inherits from itself: %s", buf.p);
	member->lost = true;
	return diag ? 0 : -ENOMEM;
}

int heir_order(struct heir_resolution *res)
{
	uint32_t n = res->config->n_handlers, done = 0, way = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct heir_result *at = &res->results[i];
		uint32_t first = done;

		for (way++; at && at->mark == 0; at = heir_result_base(at)) {
			at->mark = way;
			res->order[done++] = at;
		}
		if (at && at->mark == way) {
			struct heir_result *member = at;

			do {
				int r = drop_member(res, member);

				if (r < 0)
					return r;
				member = member->parent;
			} while (member != at);
		}
		/* The way went up: turn it round. */
		for (uint32_t low = first, high = done; low + 1 < high; low++) {
			struct heir_result *swap = res->order[low];

			res->order[low] = res->order[--high];
			res->order[high] = swap;
		}
	}
	return 0;
}
