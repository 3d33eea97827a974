/* SPDX-License-Identifier: Apache-2.0 */
#include "model/late.h"

#include <errno.h>

int heir_seen_late_read(struct heir_seen_late *seen, const struct heir_view *view)
{
	seen->view = view;
	return heir_late_read(&view->core->root, &view->core->arena, &seen->late);
}

int heir_seen_late_of(const struct heir_seen_late *seen, const struct heir_result *result,
	const struct heir_late_target **ret, struct heir_str *ret_words)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	struct heir_arena *arena = &seen->view->core->arena;
	int r;

	*ret = NULL;
	if (!seen->view->res || !result || seen->late.n == 0)
		return 0;
	r = heir_late_now(&seen->late, seen->view->res, result, ret);
	if (r < 0 || !*ret || !ret_words)
		return r;
	heir_buf_addz(&buf, "runs ");
	heir_buf_adds(&buf, (*ret)->runtimes[0].path);
	heir_buf_addz(&buf, " now (late)");
	if (buf.failed)
		return -ENOMEM;
	*ret_words = (struct heir_str){heir_arena_strndup(arena, buf.p, buf.len), buf.len};
	return ret_words->p ? 0 : -ENOMEM;
}
