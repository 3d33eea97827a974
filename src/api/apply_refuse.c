/* SPDX-License-Identifier: Apache-2.0 */
/* What may not be done: reasons for which apply writes nothing. */
#include <errno.h>

#include "api/apply_run.h"
#include "apply/managed.h"
#include "apply/outcome.h"
#include "base/file.h"

/* Refuses if a MachineConfig manages the file. */
static int judge_owner(struct heir_apply_run *run)
{
	const char *path = run->applying->rendering.path;
	bool managed;
	int r = heir_managed_brings(&run->ctx->core.root, path, &managed);

	if (r < 0 || !managed)
		return r;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: a MachineConfig manages %s, and the machine-config-daemon "
		"would restore its version (" HEIR_MANAGED_CONFIG
		"); change the MachineConfig: heir "
		"render --format machineconfig",
		path);
}

/* Handlers that the old drop-in defines, and that CRI-O would no longer have. */
static int judge_lost_containers(struct heir_apply_run *run)
{
	_cleanup_(heir_buf_release) struct heir_buf names = HEIR_BUF_NULL;
	const struct heir_applying *applying = run->applying;

	if (applying->n_dropped == 0 || run->how->allow_removal)
		return 0;
	for (uint32_t i = 0; i < applying->n_dropped; i++) {
		const struct heir_result *result =
			heir_resolution_find(&run->ctx->resolution, applying->dropped[i]);

		heir_buf_printf(
			&names, "%s\"%.*s\"", i ? ", " : "", HEIR_STR_ARG(applying->dropped[i]));
		if (result && result->dropped)
			heir_buf_printf(&names, " (%s)", result->dropped->text);
	}
	if (names.failed)
		return -ENOMEM;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: CRI-O would lose handlers that %s defines: %.*s; use "
		"--allow-removal to remove them",
		applying->rendering.path, HEIR_STR_ARG(heir_buf_str(&names)));
}

static struct heir_guard_query whom_to_ask(struct heir_apply_run *run)
{
	return (struct heir_guard_query){.live = run->ctx->core.root.fd < 0,
		.fetch = run->how->fetch,
		.socket = run->reloading.socket,
		.before = run->before.known ? &run->before.live : NULL};
}

/* A line for each of the first risks, for heir_error_detail(). */
static int set_details(struct heir_ctx *ctx, const struct heir_guard *found)
{
	enum { LIMIT = 10 };
	struct heir_arena *arena = &ctx->settings_arena;
	uint32_t n = MIN(found->n, (uint32_t)LIMIT);
	const char **lines = heir_arena_zalloc(arena, LIMIT + 2, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		lines[i] = heir_risk_text(&found->items[i], arena);
		if (!lines[i])
			return -ENOMEM;
	}
	if (found->n > n) {
		lines[n] = heir_arena_printf(arena, "and %u more", found->n - n);
		if (!lines[n])
			return -ENOMEM;
	}
	ctx->details = lines;
	return 0;
}

/* Would CRI-O lose a running container? `before`: what the message begins with. 0, or -ENOTEMPTY
 * with the reason. */
int heir_apply_guard(struct heir_apply_run *run, const char *before)
{
	_cleanup_(heir_guard_release) struct heir_guard found = HEIR_GUARD_NULL;
	int r = heir_guard_init(&found, run->applying, whom_to_ask(run));

	if (r == -EIO)
		return heir_ctx_fail(run->ctx, -ENOTEMPTY,
			"%s: cannot list the running containers: %s", before, found.fault);
	if (r == 0 && found.n == 0 && run->applying->late && !run->how->dry_run) {
		r = heir_late_seed(run->applying->late, &found.containers);
		if (r < 0)
			return heir_ctx_fail(
				run->ctx, r, "%s: %s", HEIR_LATE_RECORDS, heir_file_error(r));
	}
	if (r < 0 || found.n == 0)
		return r;
	heir_ctx_fail(run->ctx, -ENOTEMPTY,
		"%s: CRI-O could no longer operate %u running container%s or pod%s", before,
		found.n, found.n == 1 ? "" : "s", found.n == 1 ? "" : "s");
	r = set_details(run->ctx, &found);
	if (r < 0)
		return r;
	json_decref(run->outcome.risks);
	run->outcome.risks = heir_outcome_risks(&found);
	return run->outcome.risks ? -ENOTEMPTY : -ENOMEM;
}

int heir_apply_warn_of_restart(struct heir_apply_run *run)
{
	_cleanup_(heir_guard_release) struct heir_guard found = HEIR_GUARD_NULL;
	int r = heir_guard_init(&found, run->applying, whom_to_ask(run));

	if (r == -EIO) {
		heir_out_addz(run->out,
			"CRI-O is not reloaded, and the running containers cannot be listed: ");
		heir_out_show(run->out, heir_str_from(found.fault));
		heir_out_addz(run->out, "\n");
		return 0;
	}
	if (r < 0 || found.n == 0)
		return r;
	heir_out_printf(run->out,
		"CRI-O is not reloaded. After its next restart it could no longer operate %u "
		"running container%s or pod%s:\n",
		found.n, found.n == 1 ? "" : "s", found.n == 1 ? "" : "s");
	r = set_details(run->ctx, &found);
	for (uint32_t i = 0; r == 0 && run->ctx->details[i]; i++) {
		heir_out_addz(run->out, "  ");
		heir_out_show(run->out, heir_str_from(run->ctx->details[i]));
		heir_out_addz(run->out, "\n");
	}
	run->ctx->details = NULL;
	if (r < 0)
		return r;
	heir_out_addz(run->out, "Drain the node before you restart it.\n");
	json_decref(run->outcome.risks);
	run->outcome.risks = heir_outcome_risks(&found);
	return run->outcome.risks ? 0 : -ENOMEM;
}

/* A SIGHUP would not do. */
static int judge_reload(struct heir_apply_run *run)
{
	const struct heir_version version = run->ctx->where.version;
	const char *fault = heir_release_of(version)->reload_fault;

	if (run->how->reload != HEIR_RELOAD_SIGHUP || !run->matters || !fault)
		return 0;
	return heir_ctx_fail(run->ctx, -ECANCELED,
		"nothing is written: a SIGHUP does not change the handlers of CRI-O 1.%u: %s; use "
		"--reload restart",
		version.minor, fault);
}

/* 0, or -ECANCELED or -ENOTEMPTY with the reason. */
int heir_apply_judge(struct heir_apply_run *run)
{
	const struct heir_applying *applying = run->applying;
	int r;

	if (applying->refused)
		return heir_ctx_fail(
			run->ctx, -ECANCELED, "nothing is written: %s", applying->refused);
	if (!run->writes && !run->matters)
		return 0;
	if (run->before.silent && run->matters && !run->how->force)
		return heir_ctx_fail(run->ctx, -ECANCELED,
			"nothing is written: cannot query the handlers of CRI-O: %s",
			run->before.silent);
	r = run->writes ? judge_owner(run) : 0;
	if (r == 0 && run->writes)
		r = judge_lost_containers(run);
	if (r == 0)
		r = judge_reload(run);
	return r == 0 && run->matters && !run->how->force
		       ? heir_apply_guard(run, "nothing is written")
		       : r;
}
