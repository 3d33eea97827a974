/* SPDX-License-Identifier: Apache-2.0 */
/* Whole nodes from bytes: the input is cut at each 0xff byte into files of a tree, which is loaded
 * and resolved as CRI-O and as heir see it, and printed in every format. Whatever the files say,
 * each call ends in one of its own answers, every place is a place of a file, and the same question
 * has the same answer. */
#include <errno.h>
#include <heir/heir.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { PATH_SIZE = 128 };

/* The first byte of the input chooses the release; then one piece for each. */
static const char *const files[] = {"etc/crio/crio.conf.d/50-a", "etc/crio/crio.conf",
	"etc/crio/crio.conf.d/00-default", "etc/crio/heir.d/h", "facts.json"};
enum { N_FILES = sizeof(files) / sizeof(files[0]), FACTS = N_FILES - 1 };

static char root[PATH_SIZE];

static const char *in_root(const char *path, char into[2 * PATH_SIZE])
{
	snprintf(into, 2 * PATH_SIZE, "%s/%s", root, path);
	return into;
}

static void remove_tree(void)
{
	static const char *const dirs[] = {
		"usr/bin", "usr", "etc/crio/crio.conf.d", "etc/crio/heir.d", "etc/crio", "etc", ""};
	char path[2 * PATH_SIZE];

	for (unsigned i = 0; i < N_FILES; i++)
		unlink(in_root(files[i], path));
	unlink(in_root("usr/bin/crun", path));
	for (unsigned i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		rmdir(in_root(dirs[i], path));
}

static void write_file(const char *name, const void *text, size_t len, mode_t mode)
{
	char path[2 * PATH_SIZE];
	FILE *file = fopen(in_root(name, path), "w");

	require(file && fwrite(text, 1, len, file) == len && fclose(file) == 0);
	require(chmod(path, mode) == 0);
}

/* In memory where there is such a file system. */
static void make_tree(void)
{
	static const char *const dirs[] = {
		"etc", "etc/crio", "etc/crio/crio.conf.d", "etc/crio/heir.d", "usr", "usr/bin"};
	char path[2 * PATH_SIZE];

	snprintf(root, sizeof(root), "%s/heir-fuzz-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	require(mkdtemp(root) != NULL);
	for (unsigned i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		require(mkdir(in_root(dirs[i], path), 0755) == 0);
	write_file("usr/bin/crun", "", 0, 0755);
	atexit(remove_tree);
}

static void write_pieces(const uint8_t *data, size_t size)
{
	for (unsigned i = 0; i < N_FILES; i++) {
		const uint8_t *end = size ? memchr(data, 0xff, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;
		char path[2 * PATH_SIZE];

		if (len > 0)
			write_file(files[i], data, len, 0644);
		else
			unlink(in_root(files[i], path));
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
}

/* ---- What is asked ---- */

struct sink {
	uint64_t hash;
	size_t len;
};

static int count(void *data, const char *text, size_t len)
{
	struct sink *sink = data;

	for (size_t i = 0; i < len; i++)
		sink->hash = (sink->hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
	sink->len += len;
	return 0;
}

static void check_location(const struct heir_location *where)
{
	if (!where->file)
		require(where->line == 0 && where->column == 0);
	else if (where->line > 0)
		require(where->column > 0 && (where->end_line > where->line ||
						     (where->end_line == where->line &&
							     where->end_column >= where->column)));
}

static void check_diagnostics(struct heir_ctx *ctx)
{
	struct heir_diagnostic diagnostic;

	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		require(heir_diagnostic_at(ctx, i, &diagnostic) == 0);
		require(diagnostic.rule && diagnostic.message && diagnostic.level);
		require(strchr("FDEWI", diagnostic.severity) != NULL);
		check_location(&diagnostic.where);
	}
	require(heir_diagnostic_at(ctx, heir_n_diagnostics(ctx), &diagnostic) == -ERANGE);
	require(!heir_fatal(ctx, &diagnostic) || diagnostic.severity == 'F');
}

static void check_field(struct heir_ctx *ctx, size_t i, size_t field)
{
	struct heir_field_value value;
	int r = heir_handler_field(ctx, i, field, &value);

	require(r == 0 || r == -ENOENT);
	if (r < 0)
		return;
	check_location(&value.where);
	require((strcmp(value.kind, "inherited") == 0) == (value.from != NULL));
	require(strcmp(value.kind, "explicit") != 0 || value.where.file);
	require(strcmp(value.kind, "path") != 0 || !value.where.file);
	require(strcmp(value.kind, "builtin") != 0 || !value.where.file);
}

static void check_handlers(struct heir_ctx *ctx)
{
	struct heir_handler_info info;
	const char *before = NULL;

	for (size_t i = 0; i < heir_n_handlers(ctx); i++) {
		require(heir_handler_at(ctx, i, &info) == 0);
		require(info.dropped == (info.reason != NULL));
		/* A NUL is told in words, which sort elsewhere. */
		if (!strstr(info.name, "\\x00")) {
			require(!before || strcmp(before, info.name) < 0);
			before = info.name;
		}
		for (size_t f = 0; f < heir_n_fields(); f++)
			check_field(ctx, i, f);
	}
}

static struct sink print_all(struct heir_ctx *ctx)
{
	static const enum heir_format formats[] = {
		HEIR_FORMAT_TEXT, HEIR_FORMAT_JSON, HEIR_FORMAT_TOML};
	struct sink sink = {UINT64_C(14695981039346656037), 0};

	for (unsigned i = 0; i < 3; i++) {
		struct heir_style style = {.size = sizeof(struct heir_style),
			.format = formats[i],
			.width = 80,
			.ascii = i > 0};
		struct heir_handler_info info;

		require(heir_report_show(ctx, NULL, 0, false, &style, count, &sink) == 0);
		require(heir_report_show(ctx, NULL, 0, true, &style, count, &sink) == 0);
		if (formats[i] == HEIR_FORMAT_TOML)
			continue;
		require(heir_report_cat(ctx, &style, count, &sink) == 0);
		/* The first: explaining resolves everything once more. */
		for (size_t h = 0; h < heir_n_handlers(ctx); h += heir_n_handlers(ctx)) {
			int r;

			require(heir_handler_at(ctx, h, &info) == 0);
			r = heir_report_explain(ctx, info.name, NULL, &style, count, &sink);
			require(r == 0 || r == -ENOENT);
			r = heir_report_explain(
				ctx, info.name, "runtime_path", &style, count, &sink);
			require(r == 0 || r == -ENOENT);
		}
	}
	require(heir_report_diagnostics(ctx, NULL,
			&(struct heir_style){.size = sizeof(struct heir_style), .width = 60}, count,
			&sink) == 0);
	return sink;
}

static struct sink ask(const char *as, const char *release)
{
	char path[2 * PATH_SIZE];
	struct heir_ctx *ctx;
	struct sink sink;

	require(heir_ctx_new(&ctx) == 0);
	require(heir_set(ctx, HEIR_ROOT, root) == 0);
	require(heir_set(ctx, HEIR_AS, as) == 0);
	require(heir_set(ctx, HEIR_CRIO_VERSION, release) == 0);
	require(heir_set(ctx, HEIR_ENV, "A=a") == 0);
	if (access(in_root(files[FACTS], path), F_OK) == 0) {
		int r = heir_set(ctx, HEIR_FACTS, path);

		require(r == 0 || r == -EINVAL);
	}
	require(heir_load(ctx) == 0);
	require(heir_resolve(ctx) == 0);
	check_diagnostics(ctx);
	check_handlers(ctx);
	sink = print_all(ctx);
	heir_ctx_unref(ctx);
	return sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const releases[] = {"1.28.2", "1.29", "1.30", "1.31.2", "1.32", "1.33",
		"1.34", "1.35.0", "1.36", "1.37"};
	const char *release;
	struct sink first, second;

	if (size == 0)
		return 0;
	if (!root[0])
		make_tree();
	release = releases[data[0] % (sizeof(releases) / sizeof(releases[0]))];
	write_pieces(data + 1, size - 1);
	first = ask("heir", release);
	second = ask("heir", release);
	require(first.hash == second.hash && first.len == second.len);
	ask("stock", release);
	return 0;
}
