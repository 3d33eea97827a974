/* SPDX-License-Identifier: Apache-2.0 */
/* The running CRI-O: what it answers, and how that differs from the files. */
#include "apply/drift.h"
#include "apply/fetch.h"
#include "apply/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"

int heir_read_live(struct heir_ctx *ctx, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	struct heir_str text = HEIR_STR_NULL;
	int r = fd < 0 ? -errno : heir_file_read_fd(fd, HEIR_FILE_MAX, &ctx->settings_arena, &text);
	const char *name = heir_arena_strndup(&ctx->settings_arena, path, strlen(path));

	heir_trace_report_read(&ctx->trace, 0, HEIR_TRACE_file, path, r, text.len);
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (r == 0 && !name)
		r = -ENOMEM;
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", path, heir_file_error(r));
	ctx->live_text = text;
	ctx->live_name = name;
	ctx->live_fetch = NULL;
	return 0;
}

static int read_of_process(struct heir_ctx *ctx, pid_t pid, const char *name, struct heir_str *ret)
{
	enum { LIMIT = 2 << 20 };
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = heir_file_read_buf(fd, LIMIT, &buf);
	close(fd);
	return r < 0 ? r : heir_text_copy(heir_buf_str(&buf), &ctx->settings_arena, ret);
}

/* Is the first word the daemon? */
static bool is_crio(struct heir_str cmdline)
{
	const char *slash = strrchr(cmdline.p, '/');

	return strcmp(slash ? slash + 1 : cmdline.p, "crio") == 0;
}

/* A daemon that runs is compared with the flags and the environment that it was started with, not
 * with those of crio.service, which may have been edited or not be its own. 0 or -errno. */
static int load_as_started(struct heir_ctx *ctx)
{
	struct heir_process *process = heir_arena_new(&ctx->settings_arena, struct heir_process);
	pid_t pid = 0;
	bool resolved = ctx->stage == HEIR_STAGE_RESOLVED;
	int r;

	if (!process)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	/* The caller's word, and what cannot be read, leave it as it is. */
	if (ctx->where.crio_args || ctx->where.no_unit ||
		heir_process_of(ctx->live_name, &pid) < 0 || pid <= 1 ||
		read_of_process(ctx, pid, "cmdline", &process->cmdline) < 0 ||
		process->cmdline.len == 0 || !is_crio(process->cmdline) ||
		read_of_process(ctx, pid, "environ", &process->environ) < 0)
		return 0;
	process->name = heir_arena_printf(&ctx->settings_arena, "/proc/%d", (int)pid);
	if (!process->name)
		return heir_ctx_fail(ctx, -ENOMEM, "out of memory");
	ctx->where.process = process;
	r = heir_load(ctx);
	if (r == 0 && resolved)
		r = heir_resolve(ctx);
	return r;
}

int heir_fetch_live(struct heir_ctx *ctx, const char *program, const char *socket)
{
	struct heir_str text = HEIR_STR_NULL;
	const char *error = NULL;
	uint64_t begun;
	int r;

	if (ctx->stage == HEIR_STAGE_NEW)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded yet");
	if (ctx->core.root.fd >= 0 || ctx->core.root.overlay)
		return heir_ctx_fail(ctx, -EINVAL, "only the CRI-O of this machine can be queried");
	socket = socket ? heir_arena_strndup(&ctx->settings_arena, socket, strlen(socket))
			: heir_fetch_socket(&ctx->config);
	begun = heir_trace_begin(&ctx->trace);
	r = socket ? heir_fetch(program, socket, HEIR_FETCH_CONFIG, &ctx->settings_arena,
			     &ctx->trace, &text, &error)
		   : -ENOMEM;
	heir_trace_report_read(
		&ctx->trace, begun, HEIR_TRACE_probe, socket ? socket : "", r, text.len);
	if (r == 0)
		socket = heir_arena_strndup(&ctx->settings_arena, socket, strlen(socket));
	if (r < 0 || !socket)
		return heir_ctx_fail(
			ctx, r < 0 ? r : -ENOMEM, "%s", error ? error : "out of memory");
	ctx->live_text = text;
	ctx->live_name = socket;
	ctx->live_fetch = heir_arena_strndup(&ctx->settings_arena, program, strlen(program));
	return ctx->live_fetch ? load_as_started(ctx)
			       : heir_ctx_fail(ctx, -ENOMEM, "out of memory");
}

static int print(const struct heir_drift *drift, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	struct heir_out out;
	int r, finished;

	heir_out_init(&out, style, write, data);
	r = style->format == HEIR_FORMAT_JSON ? heir_drift_json(drift, &out)
					      : heir_drift_text(drift, &out);
	finished = heir_out_finish(&out);
	return r < 0 ? r : finished;
}

static void remember(struct heir_ctx *ctx, const struct heir_drift *drift)
{
	heir_drift_sum(drift, &ctx->drift);
	/* Nothing can be said of handlers where CRI-O would not start. */
	ctx->drift.known = !drift->view->fatal;
	ctx->drifted = heir_drift_is_empty(drift) ? HEIR_DRIFT_SAME : HEIR_DRIFT_DIFFERS;
}

int heir_report_drift(struct heir_ctx *ctx, const char *root, const struct heir_style *style,
	heir_write_fn write, void *data)
{
	_cleanup_(heir_live_release) struct heir_live live = HEIR_LIVE_NULL;
	_cleanup_(heir_drift_release) struct heir_drift drift = {.handlers = NULL};
	_cleanup_(heir_running_release) struct heir_running running = HEIR_RUNNING_NULL;
	int r;

	ctx->drift.known = false;
	if (ctx->stage != HEIR_STAGE_RESOLVED || !ctx->live_name)
		return heir_ctx_fail(
			ctx, -EINVAL, "nothing is resolved yet, or CRI-O has not been queried");
	r = heir_ctx_check_format(ctx, style, HEIR_FORMAT_BIT(TEXT) | HEIR_FORMAT_BIT(JSON));
	if (r < 0)
		return r;
	r = heir_live_init(&live, ctx->live_text, ctx->where.version);
	if (r == -EBADMSG)
		return heir_ctx_fail(ctx, r, "%s is not a configuration as CRI-O prints it: %s",
			ctx->live_name, live.error);
	if (r == 0)
		r = heir_drift_init(&drift, &ctx->view, &ctx->resolution, &live);
	if (r == 0 && ctx->live_fetch && !ctx->view.fatal) {
		r = heir_running_init(
			&running, &ctx->config, &live, ctx->live_fetch, ctx->live_name);
		heir_drift_add_running(&drift, &running);
	}
	if (r == 0)
		remember(ctx, &drift);
	drift.live_name = ctx->live_name;
	drift.root = root;
	if (r == 0)
		r = print(&drift, style, write, data);
	if (r == -ENOMEM)
		return heir_ctx_fail(ctx, r, "out of memory");
	if (r == 0 && running.fault) {
		ctx->drifted = heir_drift_is_empty(&drift) ? HEIR_DRIFT_FAILED : ctx->drifted;
		heir_ctx_fail(
			ctx, -EIO, "cannot compare the running containers: %s", running.fault);
		return -EIO;
	}
	return r < 0 ? r : !heir_drift_is_empty(&drift);
}
