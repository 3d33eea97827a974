/* SPDX-License-Identifier: Apache-2.0 */
/* heir.toml: what a repository says of its nodes. It names a release, paths in the repository and
 * rules; nothing in it names a program or a file to write. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/context.h"
#include "base/file.h"
#include "toml/toml.h"

enum { MAX_SIZE = 64 << 10, MAX_ITEMS = 1000 };

/* A key: where its value goes, as an offset into struct heir_project. */
struct key_row {
	const char *name;
	enum { A_STRING, STRINGS, PATHS, A_FLAG } type;
	size_t at;
};

#define AT(member) offsetof(struct heir_project, member)
static const struct key_row rows[] = {
	{"crio-version", A_STRING, AT(crio_version)},
	{"ocp", A_STRING, AT(ocp)},
	{"os", A_STRING, AT(os)},
	{"roots", PATHS, AT(roots)},
	{"inputs", PATHS, AT(inputs)},
	{"pools", STRINGS, AT(pools)},
	{"skip", STRINGS, AT(skip)},
	{"strict", A_FLAG, AT(strict)},
};

struct reader {
	struct heir_ctx *ctx;
	const char *path;
	struct heir_toml_doc *doc;
};

static void reader_release(struct reader *r)
{
	heir_toml_free(r->doc);
}

static unsigned line_at(const struct reader *r, uint32_t at)
{
	struct heir_str text = heir_toml_text(r->doc);
	unsigned line = 1;

	for (uint32_t i = 0; i < at && i < text.len; i++)
		line += text.p[i] == '\n';
	return line;
}

static int fail_at(const struct reader *r, uint32_t at, const char *what, struct heir_str word)
{
	return heir_ctx_fail(r->ctx, -EINVAL, "%s:%u: %s \"%.*s\"", r->path, line_at(r, at), what,
		HEIR_STR_ARG(word));
}

static int fail_of(const struct reader *r, heir_toml_node node, const char *what)
{
	struct heir_str key = heir_toml_key(r->doc, node);

	return fail_at(r, heir_toml_value_span(r->doc, node).at, what, key);
}

/* Nothing outside the directory of heir.toml is meant: not absolute, and no "..". */
static bool stays_inside(const char *path)
{
	if (path[0] == '/' || path[0] == '\0' || path[0] == '-')
		return false;
	for (const char *p = path; *p; p += strcspn(p, "/"), p += *p == '/')
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return false;
	return true;
}

static int read_string(const struct reader *r, heir_toml_node node, const char **ret)
{
	struct heir_arena *arena = &r->ctx->settings_arena;
	struct heir_str text;

	text = heir_toml_string(r->doc, node, arena);
	if (!text.p)
		return heir_ctx_fail(r->ctx, -ENOMEM, "out of memory");
	if (text.len == 0 || memchr(text.p, '\0', text.len))
		return fail_at(r, heir_toml_value_span(r->doc, node).at, "invalid value:", text);
	*ret = heir_arena_strndup(arena, text.p, text.len);
	return *ret ? 0 : heir_ctx_fail(r->ctx, -ENOMEM, "out of memory");
}

static int read_list(
	const struct reader *r, heir_toml_node node, bool paths, struct heir_project_list *ret)
{
	uint32_t n = 0, total = 0;
	int error = 0;

	if (heir_toml_type(r->doc, node) != HEIR_TOML_ARRAY)
		return fail_of(r, node, "expected an array of strings for");
	total = heir_toml_n_children(r->doc, node);
	if (total > MAX_ITEMS)
		return fail_of(r, node, "more than 1000 items in");
	ret->words = heir_arena_zalloc(&r->ctx->settings_arena, total + 1, sizeof(*ret->words));
	if (!ret->words)
		return heir_ctx_fail(r->ctx, -ENOMEM, "out of memory");
	heir_toml_foreach (item, r->doc, node) {
		if (heir_toml_type(r->doc, item) != HEIR_TOML_STRING)
			return fail_of(r, node, "expected an array of strings for");
		error = read_string(r, item, &ret->words[n]);
		if (error < 0)
			return error;
		if (paths && !stays_inside(ret->words[n]))
			return fail_at(r, heir_toml_value_span(r->doc, item).at,
				"a path must be relative and stay in the directory of heir.toml:",
				heir_str_from(ret->words[n]));
		n++;
	}
	ret->n = n;
	return 0;
}

static int read_key(const struct reader *r, heir_toml_node node, struct heir_project *ret)
{
	struct heir_str key = heir_toml_key(r->doc, node);
	const struct key_row *row = NULL;
	char *to;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (heir_str_eqz(key, rows[i].name))
			row = &rows[i];
	if (!row)
		return fail_at(r, heir_toml_key_span(r->doc, node).at, "unknown key", key);
	to = (char *)ret + row->at;
	switch (row->type) {
	case A_STRING:
		if (heir_toml_type(r->doc, node) != HEIR_TOML_STRING)
			return fail_of(r, node, "expected a string for");
		return read_string(r, node, (const char **)(void *)to);
	case A_FLAG:
		if (heir_toml_type(r->doc, node) != HEIR_TOML_BOOL)
			return fail_of(r, node, "expected true or false for");
		*(bool *)to = heir_toml_bool(r->doc, node);
		return 0;
	default:
		return read_list(
			r, node, row->type == PATHS, (struct heir_project_list *)(void *)to);
	}
}

/* The text of a file that is small, and the caller's or root's own. */
static int read_own(struct heir_ctx *ctx, const char *path, struct heir_str *ret)
{
	_cleanup_(heir_fd_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0 && !S_ISREG(st.st_mode))
		return heir_ctx_fail(ctx, -EINVAL, "%s is not a regular file", path);
	if (r == 0 && st.st_uid != geteuid() && st.st_uid != 0)
		return heir_ctx_fail(ctx, -EPERM, "%s belongs to another user", path);
	if (r == 0)
		r = heir_file_read_fd(fd, MAX_SIZE, &ctx->settings_arena, ret);
	return r < 0 ? heir_ctx_fail(ctx, r, "%s: %s", path, heir_file_error(r)) : 0;
}

int heir_read_project(struct heir_ctx *ctx, const char *path, struct heir_project *ret)
{
	_cleanup_(reader_release) struct reader r = {.ctx = ctx, .path = path};
	static const struct heir_toml_options options = {HEIR_TOML_SPEC, HEIR_TOML_1_0, false};
	struct heir_project project = {.crio_version = NULL};
	struct heir_str text = HEIR_STR_NULL;
	int error = read_own(ctx, path, &text);

	if (error < 0)
		return error;
	error = heir_toml_parse(text, &options, &r.doc);
	if (error < 0)
		return heir_ctx_fail(ctx, error, "out of memory");
	if (heir_toml_fatal(r.doc))
		return heir_ctx_fail(ctx, -EINVAL, "%s:%u: %s", path,
			line_at(&r, heir_toml_fault(r.doc, 0)->where.at),
			heir_toml_fault(r.doc, 0)->message);
	heir_toml_foreach (node, r.doc, HEIR_TOML_ROOT) {
		error = read_key(&r, node, &project);
		if (error < 0)
			return error;
	}
	if (project.crio_version && project.ocp)
		return heir_ctx_fail(
			ctx, -EINVAL, "%s: crio-version and ocp cannot be combined", path);
	*ret = project;
	return 0;
}
