/* SPDX-License-Identifier: Apache-2.0 */
/* The public face: a context holds the settings, what was read, and what came of it. */
#include "heir/heir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "base/utf8.h"
#include "report/diagnostics.h"

#define AS_TEXT(x) #x
#define VERSION_TEXT(major, minor, patch) AS_TEXT(major) "." AS_TEXT(minor) "." AS_TEXT(patch)

const char *heir_version(void)
{
	return VERSION_TEXT(HEIR_VERSION_MAJOR, HEIR_VERSION_MINOR, HEIR_VERSION_PATCH);
}

int heir_ctx_new(struct heir_ctx **ret)
{
	struct heir_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	heir_arena_init(&ctx->settings_arena);
	heir_core_init(&ctx->core);
	ctx->where.version = (struct heir_version){heir_release_newest()->minor, HEIR_PATCH_LAST};
	ctx->view = (struct heir_view){.core = &ctx->core, .config_dir = ""};
	ctx->where.getenv = heir_ctx_getenv;
	ctx->where.getenv_data = ctx;
	*ret = ctx;
	return 0;
}

/* Forgets what was read, and keeps the settings. */
static void forget(struct heir_ctx *ctx)
{
	struct heir_root root = ctx->core.root;

	heir_memo_release(&ctx->kept);
	heir_view_release(&ctx->view);
	heir_resolution_release(&ctx->resolution);
	heir_config_release(&ctx->config);
	ctx->kube = heir_kube_free(ctx->kube);
	ctx->meant_pool = NULL;
	if (root.overlay == &ctx->overlay)
		root.overlay = NULL;
	heir_overlay_release(&ctx->overlay);
	ctx->core.root = HEIR_ROOT_NULL;
	heir_core_release(&ctx->core);
	heir_core_init(&ctx->core);
	ctx->core.root = root;
	/* Questions may be asked of a context that holds nothing. */
	ctx->view = (struct heir_view){.core = &ctx->core, .config_dir = ""};
	ctx->stage = HEIR_STAGE_NEW;
	ctx->fixes.n = 0;
	ctx->checked = false;
}

struct heir_ctx *heir_ctx_free(struct heir_ctx *ctx)
{
	if (!ctx)
		return NULL;
	forget(ctx);
	heir_core_release(&ctx->core);
	heir_fixes_release(&ctx->fixes);
	heir_arena_release(&ctx->settings_arena);
	free(ctx->env);
	free(ctx->globs);
	free(ctx->inputs);
	free(ctx);
	return NULL;
}

const char *heir_error(const struct heir_ctx *ctx)
{
	return ctx->error ? ctx->error : "";
}

int heir_ctx_fail(struct heir_ctx *ctx, int error, const char *fmt, ...)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL, shown = HEIR_BUF_NULL;
	va_list args;

	va_start(args, fmt);
	heir_buf_vprintf(&text, fmt, args);
	va_end(args);
	heir_utf8_show(&shown, heir_buf_str(&text));
	shown.failed |= text.failed;
	ctx->error = shown.p && !shown.failed
			     ? heir_arena_strndup(&ctx->settings_arena, shown.p, shown.len)
			     : NULL;
	if (!ctx->error)
		ctx->error = "out of memory";
	return error;
}

int heir_ctx_no_such(struct heir_ctx *ctx, const char *words, const struct heir_near *near)
{
	if (!near->best.p)
		return heir_ctx_fail(
			ctx, -ENOENT, "%s \"%.*s\"", words, HEIR_STR_ARG(near->wanted));
	return heir_ctx_fail(ctx, -ENOENT, "%s \"%.*s\" (did you mean \"%.*s\"?)", words,
		HEIR_STR_ARG(near->wanted), HEIR_STR_ARG(near->best));
}

int heir_ctx_check_format(struct heir_ctx *ctx, const struct heir_style *style, unsigned formats)
{
	if ((unsigned)style->format < 32 && formats >> style->format & 1)
		return 0;
	return heir_ctx_fail(ctx, -EINVAL, "this report has no such format");
}

const char *heir_ctx_getenv(void *data, const char *name)
{
	const struct heir_ctx *ctx = data;
	size_t len = strlen(name);

	for (size_t i = ctx->n_env; i-- > 0;)
		if (strncmp(ctx->env[i], name, len) == 0 && ctx->env[i][len] == '=')
			return ctx->env[i] + len + 1;
	return ctx->getenv ? ctx->getenv(ctx->getenv_data, name) : NULL;
}

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

static bool is_utf8(const char *z)
{
	struct heir_str s = heir_str_from(z);

	while (s.len > 0) {
		uint32_t c;
		size_t len = heir_utf8_decode(s, &c);

		if (len == 0)
			return false;
		s.p += len;
		s.len -= len;
	}
	return true;
}

static int set_env(struct heir_ctx *ctx, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value)
		return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not NAME=VALUE", value);
	if (!is_utf8(value))
		return heir_ctx_fail(ctx, -EINVAL, "the value of \"%.*s\" is not UTF-8",
			(int)(equals - value), value);
	return heir_ctx_append(&ctx->env, &ctx->n_env, value);
}

static int set_version(struct heir_ctx *ctx, const char *value)
{
	struct heir_version version;

	if (!heir_version_parse(value, &version) || !heir_release_of(version))
		return heir_ctx_fail(ctx, -EINVAL,
			"\"%s\" is no release of CRI-O that heir knows: 1.%u to 1.%u, as in 1.%u "
			"or 1.%u.2",
			value, heir_releases[0].minor, heir_release_newest()->minor,
			heir_release_newest()->minor, heir_releases[0].minor);
	ctx->where.version = version;
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
			"\"%s\" is no pattern: a bracket has no end, or a backslash nothing behind "
			"it",
			value);
	r = heir_ctx_append(&ctx->globs, &ctx->n_globs, value);
	ctx->where.vendor_globs = ctx->globs;
	ctx->where.n_vendor_globs = ctx->n_globs;
	return r;
}

static int set_root(struct heir_ctx *ctx, const char *value)
{
	struct heir_root root;
	int r = heir_root_open(&root, value);

	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", value, heir_file_error(r));
	heir_root_close(&ctx->core.root);
	ctx->core.root = root;
	return 0;
}

static int set_facts(struct heir_ctx *ctx, const char *value)
{
	bool is_stdin = strcmp(value, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(value, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	const char *error = NULL;
	struct heir_str text = HEIR_STR_NULL;
	struct heir_facts *facts;
	int r = fd < 0 ? -errno : heir_file_read_fd(fd, HEIR_FILE_MAX, &ctx->settings_arena, &text);

	if (fd >= 0 && !is_stdin)
		close(fd);
	if (r < 0)
		return heir_ctx_fail(ctx, r, "%s: %s", value, heir_file_error(r));
	r = heir_facts_parse(text, &ctx->settings_arena, &facts, &error);
	if (r == -EINVAL)
		return heir_ctx_fail(ctx, r, "%s: %s", value, error);
	if (r == 0)
		ctx->assume.facts = facts;
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
		if (!is_utf8(copy))
			return heir_ctx_fail(ctx, -EINVAL, "\"%s\" is not UTF-8", copy);
		ctx->assume.default_runtime = copy;
		return 0;
	case HEIR_INPUT:
		return heir_ctx_add_input(ctx, copy);
	case HEIR_POOL:
		ctx->pool = copy;
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
	case HEIR_CRIO_VERSION:
		ctx->where.version =
			(struct heir_version){heir_release_newest()->minor, HEIR_PATCH_LAST};
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
	case HEIR_POOL:
		ctx->pool = NULL;
		break;
	case HEIR_N_SETTING_IDS:
		break;
	}
}

int heir_load(struct heir_ctx *ctx)
{
	int r;

	forget(ctx);
	r = heir_ctx_read_objects(ctx);
	if (r < 0 && r != -ENOMEM)
		return r;
	if (r == 0)
		r = heir_config_load(&ctx->config, &ctx->core, &ctx->where);
	/* What the MCO refuses never reaches the node. */
	if (r == 0 && ctx->kube && heir_ctx_refused(ctx))
		ctx->config.fatal = heir_ctx_refused(ctx);
	if (r == 0)
		r = heir_view_init(&ctx->view, &ctx->core, &ctx->config, NULL);
	if (r < 0) {
		forget(ctx);
		return heir_ctx_fail(ctx, r, "out of memory");
	}
	ctx->n_load_diags = ctx->core.diags.n_made;
	ctx->stage = HEIR_STAGE_LOADED;
	if (ctx->config.io_error)
		return heir_ctx_fail(
			ctx, ctx->config.io_error, "%s", heir_file_error(ctx->config.io_error));
	return 0;
}

int heir_resolve(struct heir_ctx *ctx)
{
	int r = 0;

	if (ctx->stage == HEIR_STAGE_NEW)
		return heir_ctx_fail(ctx, -EINVAL, "nothing is loaded yet");
	heir_memo_release(&ctx->kept);
	heir_view_release(&ctx->view);
	heir_resolution_release(&ctx->resolution);
	heir_diags_forget(&ctx->core.diags, ctx->n_load_diags);
	r = heir_resolve_config(&ctx->resolution, &ctx->config, &ctx->assume);
	if (r == 0)
		r = heir_view_init(&ctx->view, &ctx->core, &ctx->config, &ctx->resolution);
	if (r < 0) {
		/* Half a resolution answers nothing. */
		forget(ctx);
		return heir_ctx_fail(ctx, r, "out of memory");
	}
	ctx->stage = HEIR_STAGE_RESOLVED;
	return 0;
}
