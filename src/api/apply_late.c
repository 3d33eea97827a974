/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers that are bound late: their links and targets, before and after CRI-O is restarted. */
#include <errno.h>

#include "api/apply_run.h"
#include "base/file.h"

bool heir_apply_late_changes(const struct heir_applying *applying)
{
	const struct heir_late_plan *late = applying->late;

	return late && (late->changes || late->links || late->is_off);
}

void heir_apply_print_late(const struct heir_apply_run *run)
{
	_cleanup_(heir_buf_release) struct heir_buf words = HEIR_BUF_NULL;

	if (!run->applying->late)
		return;
	heir_late_plan_words(run->applying->late, &words);
	if (run->how->late == HEIR_LATE_ON &&
		heir_late_refused_words(&run->ctx->resolution, &words) < 0)
		words.failed = true;
	run->out->buf.failed |= words.failed;
	heir_out_add(run->out, heir_buf_str(&words));
}

/* What heir-runtime needs, before CRI-O is restarted. */
int heir_apply_write_late(struct heir_ctx *ctx, struct heir_applying *applying)
{
	struct heir_late_plan *late = applying->late;
	int r = 0;

	if (!late || late->n == 0)
		return 0;
	if (late->links)
		r = heir_late_link(late);
	if (r == 0 && late->changes)
		r = heir_late_commit(late);
	return r < 0 ? heir_ctx_fail(ctx, r == -EINVAL ? -EIO : r, "cannot write %s: %s",
			       HEIR_LATE_DIR, heir_file_error(r))
		     : 0;
}

/* After all went well, or not: if the drop-in does not exist, nothing leads to the new targets. */
void heir_apply_end_late(struct heir_applying *applying, int r)
{
	struct heir_late_plan *late = applying->late;

	if (!late)
		return;
	if (r >= 0 && late->is_off)
		heir_late_remove(late);
	else if (r >= 0)
		heir_late_clean(late);
	else if (heir_applying_verify(applying) < 0)
		heir_late_undo(late);
}

/* Only the targets change: CRI-O needs not know. */
int heir_apply_move_late(struct heir_apply_run *run)
{
	int r = heir_apply_write_late(run->ctx, run->applying);

	if (r < 0)
		return r;
	heir_apply_print_late(run);
	heir_out_addz(run->out,
		"CRI-O is not restarted: new containers of these handlers follow at once\n");
	return 0;
}

/* Reads what is in force, and binds the handlers that can be, where that is wanted. With `overlay`
 * in place their links count as files that exist. */
int heir_apply_bind_late(struct heir_ctx *ctx, const struct heir_apply_how *how,
	struct heir_late_plan *plan, struct heir_overlay *overlay)
{
	struct heir_late old;
	uint32_t n = 0;
	int r = heir_late_read(&ctx->core.root, &ctx->core.arena, &old);
	bool on = how->late == HEIR_LATE_ON || (how->late == HEIR_LATE_KEEP && old.n > 0);

	if (r < 0)
		return r;
	if (on && (!how->runtime || heir_root_find(&ctx->core.root, how->runtime) < 0))
		return heir_ctx_fail(ctx, -ECANCELED, "nothing is written: %s does not exist",
			how->runtime ? how->runtime : "heir-runtime");
	if (on)
		r = heir_late_bind(&ctx->resolution, &old, &n);
	if (r == 0 && how->late == HEIR_LATE_ON && n == 0)
		return heir_ctx_fail(ctx, -ECANCELED,
			"nothing is written: no handler can be bound late: none of type \"oci\" "
			"inherits "
			"its runtime_path");
	if (r == 0)
		r = heir_late_plan_init(
			plan, &ctx->resolution, &old, how->runtime, ctx->core.root.fd < 0);
	if (r == 0)
		r = heir_late_overlay_links(&ctx->resolution, overlay);
	return r;
}
