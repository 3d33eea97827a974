/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a context: each is judged when it is given, not when it is used. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "base/utf8.h"

void heir_set_getenv(
	struct heir_ctx *ctx, const char *(*get)(void *data, const char *name), void *data)
{
	ctx->getenv = get;
	ctx->getenv_data = data;
}

int heir_ctx_append(const char ***list, size_t *n, const char *value)
{
	const char **longer = reallocarray(*list, *n + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	*list = longer;
	longer[(*n)++] = value;
	return 0;
}

static int set_env(struct heir_ctx *ctx, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not NAME=VALUE", value);
	if (!heir_utf8_is_valid(heir_str_from(value)))
		return heir_ctx_fail(ctx, -EINVAL, "the value of \"%.*s\" is not UTF-8",
			(int)(equals - value), value);
	return heir_ctx_append(&ctx->env, &ctx->n_env, value);
}

/* The release that is installed here, or of objects that of their Nodes: asked when all is loaded.
 */
static int set_version_auto(struct heir_ctx *ctx)
{
	if (ctx->n_inputs == 0 && ctx->core.root.fd >= 0)
		return heir_ctx_fail(ctx, -EINVAL,
			"\"auto\" queries the CRI-O of this machine and cannot be used for another "
			"node: name the release");
	ctx->version_from = ctx->n_inputs > 0 ? HEIR_VERSION_NODES : HEIR_VERSION_MACHINE;
	return 0;
}

static int set_version(struct heir_ctx *ctx, const char *value)
{
	struct heir_version version;

	if (strcmp(value, "auto") == 0)
		return set_version_auto(ctx);
	if (!heir_version_parse(value, &version) || !heir_release_of(version))
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%s\" is not a release of CRI-O that heir knows: 1.%u to 1.%u, as in "
			"1.%u "
			"or 1.%u.2",
			value, heir_releases[0].minor, heir_release_newest()->minor,
			heir_release_newest()->minor, heir_releases[0].minor);
	ctx->where.version = version;
	ctx->where.version_assumed = false;
	ctx->targets = NULL;
	ctx->n_targets = 0;
	ctx->version_from = HEIR_VERSION_NAMED;
	ctx->ocp = NULL;
	return 0;
}

static int set_semantics(struct heir_ctx *ctx, const char *value)
{
	if (strcmp(value, "heir") != 0 && strcmp(value, "stock") != 0)
		return heir_ctx_fail(
			ctx, -EINVAL, "\"%s\" is neither \"heir\" nor \"stock\"", value);
	ctx->where.as = value[0] == 's' ? HEIR_AS_STOCK : HEIR_AS_HEIR;
	return 0;
}

/* Whether each bracket of a glob has an end: to fnmatch one that has none is a character. The first
 * in a set is of it, "]" too, as is all of "[:alpha:]". */
static bool is_glob(const char *p)
{
	while ((p = strpbrk(p, "[\\"))) {
		if (*p == '\\') {
			if (p[1] == '\0')
				return false;
			p += 2;
			continue;
		}
		p += p[1] == '!' || p[1] == '^' ? 2 : 1;
		for (bool first = true; first || *p != ']'; first = false) {
			const char *end = NULL;
			char kind = p[0] == '[' ? p[1] : '\0';
			char close[] = {kind, ']', '\0'};

			if (*p == '\0')
				return false;
			if (*p == '\\' && p[1])
				p++;
			if (kind == ':' || kind == '.' || kind == '=')
				end = strstr(p + 2, close);
			p = end ? end + 2 : p + 1;
		}
		p++;
	}
	return true;
}

static int add_glob(struct heir_ctx *ctx, const char *value)
{
	int r;

	if (value[0] == '\0')
		return heir_ctx_fail(ctx, -EINVAL, "the pattern is empty, and matches no file");
	if (!is_glob(value))
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%s\" is not a valid pattern: a bracket is not closed, or it ends with a "
			"backslash",
			value);
	r = heir_ctx_append(&ctx->globs, &ctx->n_globs, value);
	ctx->where.vendor_globs = ctx->globs;
	ctx->where.n_vendor_globs = ctx->n_globs;
	return r;
}

/* A repository keeps the configuration of its nodes, and not their programs. */
static bool lacks_programs(const struct heir_root *root)
{
	static const char *const of_programs[] = {
		"usr", "bin", "sbin", "opt", "lib", "sysroot", "ostree", "home", "var"};

	if (faccessat(root->fd, "etc/crio", F_OK, 0) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(of_programs); i++)
		if (faccessat(root->fd, of_programs[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return false;
	return true;
}

static int add_without(struct heir_ctx *ctx, const char *value)
{
	int r = heir_ctx_append(&ctx->without, &ctx->n_without, value);

	ctx->where.without = ctx->without;
	ctx->where.n_without = ctx->n_without;
	return r;
}

static void forget_collected(struct heir_ctx *ctx)
{
	if (ctx->facts_of_root)
		ctx->assume.facts = NULL;
	ctx->facts_of_root = false;
	ctx->root_version = (struct heir_version){.minor = 0};
}

/* What `heir collect` added to the files. */
static int read_collected(struct heir_ctx *ctx, struct heir_root *root)
{
	struct heir_arena *arena = &ctx->settings_arena;
	struct heir_str text = HEIR_STR_NULL, word = HEIR_STR_NULL;
	struct heir_version version;
	struct heir_facts *facts;
	const char *error = NULL;
	int r = heir_file_read(root, HEIR_COLLECTED_FACTS, arena, &text);

	forget_collected(ctx);
	if (r == 0)
		r = heir_facts_parse(text, arena, &facts, &error);
	if (r == -EINVAL && error)
		return heir_ctx_fail(ctx, r, "%s: %s", &HEIR_COLLECTED_FACTS[1], error);
	if (r == 0 && !ctx->assume.facts) {
		ctx->assume.facts = facts;
		ctx->facts_of_root = true;
	}
	if (r != -ENOMEM)
		r = heir_file_read(root, HEIR_COLLECTED_RELEASE, arena, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	word = (struct heir_str){text.p, strcspn(text.p, "\n")};
	if (word.len < 16 &&
		heir_version_parse(heir_arena_strndup(arena, word.p, word.len), &version) &&
		heir_release_of(version))
		ctx->root_version = version;
	return 0;
}

static int set_root(struct heir_ctx *ctx, const char *value)
{
	const char *dir = heir_archive_dir(ctx, value);
	struct heir_root root;
	int r;

	if (ctx->version_from == HEIR_VERSION_MACHINE && strcmp(value, "/") != 0)
		return heir_ctx_fail(ctx, -EINVAL,
			"%s: --crio-version auto is for this machine only: name the release",
			value);
	r = heir_root_open(&root, dir ? dir : value);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", value, heir_file_error(r));
	r = read_collected(ctx, &root);
	if (r < 0) {
		heir_root_close(&root);
		return r;
	}
	heir_root_close(&ctx->core.root);
	ctx->core.root = root;
	if (lacks_programs(&root))
		ctx->core.root.only = "/etc";
	return 0;
}

int heir_ctx_read_named(struct heir_arena *arena, const char *path, struct heir_str *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf buf = HEIR_BUF_NULL;
	_cleanup_(heir_fd_close) int fd = heir_file_open_named(path, &buf);
	int r;

	if (fd < 0 || buf.len == 0)
		return fd < 0 ? fd : heir_file_read_fd(fd, HEIR_FILE_MAX, arena, ret);
	r = heir_file_read_buf(fd, HEIR_FILE_MAX, &buf);
	if (r == 0 && buf.len > HEIR_FILE_MAX)
		r = -EFBIG;
	return r == 0 ? heir_text_copy(heir_buf_str(&buf), arena, ret) : r;
}

static int set_facts(struct heir_ctx *ctx, const char *value)
{
	struct heir_arena *arena = &ctx->settings_arena;
	struct heir_str text = HEIR_STR_NULL;
	const char *error = NULL;
	struct heir_facts *facts;
	uint64_t begun = heir_trace_begin(&ctx->trace);
	int r = strcmp(value, "-") == 0
			? heir_file_read_fd(STDIN_FILENO, HEIR_FILE_MAX, arena, &text)
			: heir_ctx_read_named(arena, value, &text);

	heir_trace_report_read(&ctx->trace, begun, HEIR_TRACE_facts, value, r, text.len);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", value, heir_file_error(r));
	r = heir_facts_parse(text, arena, &facts, &error);
	if (r == -EINVAL)
		return heir_ctx_fail(ctx, r, "%s: %s", value, error);
	if (r == 0) {
		ctx->assume.facts = facts;
		ctx->facts_of_root = false;
	}
	return r;
}

int heir_set(struct heir_ctx *ctx, enum heir_setting_id id, const char *value)
{
	char *copy;

	if ((unsigned)id >= HEIR_N_SETTING_IDS || !value)
		return heir_ctx_fail(ctx, -EINVAL, "no such setting, or no value");
	copy = heir_arena_strndup(&ctx->settings_arena, value, strlen(value));
	if (!copy)
		return -ENOMEM;
	switch (id) {
	case HEIR_ROOT:
		return set_root(ctx, copy);
	case HEIR_PATH:
		ctx->assume.path = copy;
		return 0;
	case HEIR_CONFIG:
		ctx->where.config = copy;
		return 0;
	case HEIR_CONFIG_DIR:
		ctx->where.config_dir = copy;
		return 0;
	case HEIR_SOURCE_DIR:
		ctx->where.source_dir = copy;
		return 0;
	case HEIR_CRIO_VERSION:
		return set_version(ctx, copy);
	case HEIR_AS:
		return set_semantics(ctx, copy);
	case HEIR_FACTS:
		return set_facts(ctx, copy);
	case HEIR_ENV:
		return set_env(ctx, copy);
	case HEIR_DEFAULT_RUNTIME:
		if (!heir_utf8_is_valid(heir_str_from(copy)))
			return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not UTF-8", copy);
		ctx->assume.default_runtime = copy;
		return 0;
	case HEIR_INPUT:
		return heir_ctx_add_input(ctx, copy);
	case HEIR_ABOUT:
		ctx->about = copy;
		return 0;
	case HEIR_POOL:
		ctx->pool = copy;
		return 0;
	case HEIR_CACHE:
		if (copy[0] != '/')
			return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not an absolute path", copy);
		ctx->cache = copy;
		return 0;
	case HEIR_CRIO_ARGS:
		if (!heir_utf8_is_valid(heir_str_from(copy)))
			return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not UTF-8", copy);
		ctx->where.crio_args = copy;
		return 0;
	case HEIR_NO_UNIT:
		ctx->where.no_unit = true;
		return 0;
	case HEIR_FLATTEN:
		ctx->flatten = true;
		return 0;
	case HEIR_KNOWN:
		ctx->core.root.only = copy;
		return 0;
	case HEIR_WITHOUT:
		return add_without(ctx, copy);
	case HEIR_OCP:
		return heir_ctx_set_ocp(ctx, copy);
	case HEIR_OS:
		return heir_ctx_set_os(ctx, copy);
	case HEIR_FOR:
		return heir_ctx_set_targets(ctx, copy);
	case HEIR_LATE:
		if (copy[0] != '/')
			return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not an absolute path", copy);
		ctx->late_runtime = copy;
		return 0;
	default:
		return add_glob(ctx, copy);
	}
}

void heir_unset(struct heir_ctx *ctx, enum heir_setting_id id)
{
	switch (id) {
	case HEIR_ROOT:
		heir_root_close(&ctx->core.root);
		forget_collected(ctx);
		break;
	case HEIR_PATH:
		ctx->assume.path = NULL;
		break;
	case HEIR_CONFIG:
		ctx->where.config = NULL;
		break;
	case HEIR_CONFIG_DIR:
		ctx->where.config_dir = NULL;
		break;
	case HEIR_SOURCE_DIR:
		ctx->where.source_dir = NULL;
		break;
	case HEIR_FOR:
	case HEIR_CRIO_VERSION:
	case HEIR_OCP:
		ctx->targets = NULL;
		ctx->n_targets = 0;
		ctx->ocp = NULL;
		ctx->version_from = HEIR_VERSION_UNSET;
		heir_ctx_assume_release(ctx);
		break;
	case HEIR_AS:
		ctx->where.as = HEIR_AS_HEIR;
		break;
	case HEIR_FACTS:
		ctx->assume.facts = NULL;
		break;
	case HEIR_ENV:
		ctx->n_env = 0;
		break;
	case HEIR_DEFAULT_RUNTIME:
		ctx->assume.default_runtime = NULL;
		break;
	case HEIR_VENDOR_GLOB:
		ctx->n_globs = ctx->where.n_vendor_globs = 0;
		break;
	case HEIR_INPUT:
		ctx->n_inputs = 0;
		break;
	case HEIR_ABOUT:
		ctx->about = NULL;
		break;
	case HEIR_POOL:
		ctx->pool = NULL;
		break;
	case HEIR_CACHE:
		ctx->cache = NULL;
		break;
	case HEIR_CRIO_ARGS:
		ctx->where.crio_args = NULL;
		break;
	case HEIR_NO_UNIT:
		ctx->where.no_unit = false;
		break;
	case HEIR_FLATTEN:
		ctx->flatten = false;
		break;
	case HEIR_KNOWN:
		ctx->core.root.only = NULL;
		break;
	case HEIR_WITHOUT:
		ctx->n_without = ctx->where.n_without = 0;
		break;
	case HEIR_OS:
		ctx->os_named = NULL;
		break;
	case HEIR_LATE:
		ctx->late_runtime = NULL;
		break;
	case HEIR_N_SETTING_IDS:
		break;
	}
}
