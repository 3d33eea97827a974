/* SPDX-License-Identifier: Apache-2.0 */
/* How to call a handler's runtime. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "node/probe.h"

/* The options of runc and crun that stand before the command and take a value. */
static const char *const with_value[] = {
	"root", "log", "log-format", "log-level", "criu", "rootless", "cgroup-manager"};

/* An option's name without its dashes, and up to its "="; empty for what is none. */
static struct heir_str option_name(const char *arg)
{
	struct heir_str name = {arg, 0};

	if (arg[0] != '-')
		return name;
	name.p += arg[1] == '-' ? 2 : 1;
	name.len = strcspn(name.p, "=");
	return name;
}

/* Whether --root is among the options before the command: what follows the command is another's,
 * of a process in the container even. */
static bool has_root(const char *const *args, size_t n)
{
	for (size_t i = 0; i < n && args[i][0] == '-'; i++) {
		struct heir_str name = option_name(args[i]);

		if (heir_str_eqz(name, "root"))
			return true;
		for (size_t k = 0; name.p[name.len] == '\0' && k < ARRAY_LEN(with_value); k++)
			if (heir_str_eqz(name, with_value[k])) {
				i++;
				break;
			}
	}
	return false;
}

/* A field that is a string, terminated; "" for none. */
static int get_string(struct heir_ctx *ctx, const struct heir_result *result, enum heir_field field,
	const char **ret)
{
	struct heir_origin origin;
	int r = heir_result_get(&ctx->resolution, result, field, &origin);
	struct heir_str text =
		r == 0 && origin.kind != HEIR_KIND_UNSET ? origin.value.string : HEIR_STR("");

	if (r < 0)
		return r;
	if (text.len > 0 && memchr(text.p, '\0', text.len))
		return heir_ctx_fail(ctx, -ENOTSUP, "the %s of the handler contains a NUL byte",
			heir_fields[field].name.p);
	*ret = heir_arena_strndup(&ctx->core.arena, text.len ? text.p : "", text.len);
	return *ret ? 0 : -ENOMEM;
}

/* What an empty runtime_root is to CRI-O: that of the runtime which is built in as the default. */
static int default_root(struct heir_ctx *ctx, const char **ret)
{
	const struct heir_write *write = ctx->config.settings[HEIR_SETTING_default_runtime];
	struct heir_str name;

	while (write->replaced)
		write = write->replaced;
	name = heir_config_string(&ctx->config, write->source, write->node);
	*ret = name.p ? heir_arena_printf(&ctx->core.arena, "/run/%.*s", HEIR_STR_ARG(name)) : NULL;
	return *ret ? 0 : -ENOMEM;
}

/* 0, or why it cannot be called. */
static int judge(struct heir_ctx *ctx, const char *name, const struct heir_result *result)
{
	const char *type;
	int r;

	if (result->dropped)
		return heir_ctx_fail(ctx, -ENOTSUP, "CRI-O drops the handler \"%s\": %s", name,
			result->dropped->text);
	r = get_string(ctx, result, HEIR_FIELD_runtime_type, &type);
	if (r == 0 && strcmp(type, "vm") == 0)
		return heir_ctx_fail(ctx, -ENOTSUP,
			"the handler \"%s\" is of runtime_type \"vm\": its binary is a shim that "
			"CRI-O talks to over a socket, not an OCI runtime",
			name);
	if (r == 0 && strcmp(type, "pod") == 0)
		return heir_ctx_fail(ctx, -ENOTSUP,
			"the handler \"%s\" is of runtime_type \"pod\": its containers belong to "
			"the conmon-rs of their pod, and only that may call the runtime",
			name);
	return r;
}

/* The path, then --root and its value where `root` is not NULL, then the arguments. */
static int compose(struct heir_ctx *ctx, const char *root, const char *const *args, size_t n,
	struct heir_invocation *ret)
{
	const char **argv = heir_arena_zalloc(&ctx->core.arena, n + 4, sizeof(*argv));
	size_t at = 0;

	if (!argv)
		return -ENOMEM;
	argv[at++] = ret->path;
	if (root) {
		argv[at++] = "--root";
		argv[at++] = root;
	}
	for (size_t i = 0; i < n; i++) {
		argv[at] = heir_arena_strndup(&ctx->core.arena, args[i], strlen(args[i]));
		if (!argv[at++])
			return -ENOMEM;
	}
	ret->argv = argv;
	return 0;
}

static int invoke(struct heir_ctx *ctx, const struct heir_result *result, const char *const *args,
	size_t n, struct heir_invocation *ret)
{
	struct heir_invocation call;
	const char *root = NULL;
	int r = get_string(ctx, result, HEIR_FIELD_runtime_path, &call.path);

	/* A relative one starts where CRI-O works. */
	if (r == 0 && call.path[0] != '/') {
		call.path = heir_arena_concat(&ctx->core.arena, "/", call.path, "");
		r = call.path ? 0 : -ENOMEM;
	}
	if (r == 0 && !has_root(args, n)) {
		r = get_string(ctx, result, HEIR_FIELD_runtime_root, &root);
		if (r == 0 && root[0] == '\0')
			r = default_root(ctx, &root);
	}
	if (r == 0)
		r = compose(ctx, root, args, n, &call);
	if (r == 0)
		*ret = call;
	return r;
}

int heir_handler_invocation(struct heir_ctx *ctx, const char *handler, const char *const *args,
	size_t n, struct heir_invocation *ret)
{
	const struct heir_handler *found;
	const struct heir_result *result;
	int r;

	if (ctx->stage != HEIR_STAGE_RESOLVED)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is resolved yet");
	if (ctx->resolution.fatal)
		return heir_ctx_fail(
			ctx, -ENOTSUP, "CRI-O would not start: %s", ctx->resolution.fatal->text);
	found = heir_config_handler(&ctx->config, heir_str_from(handler));
	if (!found)
		return heir_ctx_no_such_handler(ctx, handler);
	result = heir_view_result(&ctx->view, found);
	r = judge(ctx, handler, result);
	if (r == 0)
		r = invoke(ctx, result, args, n, ret);
	heir_core_forget_values(&ctx->core);
	return r == -ENOMEM ? heir_ctx_fail(ctx, r, "out of memory") : r;
}

int heir_judge_program(struct heir_ctx *ctx, const char *path, const char *dirs)
{
	int fd = path[0] == '/' ? heir_probe_open_own(path, dirs) : -EINVAL;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	return heir_ctx_fail(ctx, fd, "%s: %s", path,
		fd == -EPERM
			? "writable by another user (or its interpreter or a parent directory is)"
			: heir_file_error(fd));
}
