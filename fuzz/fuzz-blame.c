/* SPDX-License-Identifier: Apache-2.0 */
/* What `heir blame` and `heir explain KEY` make of files: the input is cut at each 0xff byte into
 * the files of a tree; one of them may also be read through a link. Each line is classified
 * exactly once, whatever the files say, what replaces it is a line of a file, and the question what
 * depends on a line has an answer for each. The first byte chooses release, semantics and link. */
#include <errno.h>
#include <heir/heir.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { PATH_SIZE = 128 };

static const char *const files[] = {
	"etc/crio/crio.conf", "etc/crio/crio.conf.d/50-a", "etc/crio/crio.conf.d/60-b"};
enum { N_FILES = sizeof(files) / sizeof(files[0]) };
static const char *const dirs[] = {"etc", "etc/crio", "etc/crio/crio.conf.d"};
enum { N_DIRS = sizeof(dirs) / sizeof(dirs[0]) };
static const char again[] = "etc/crio/crio.conf.d/55-link";

static char root[PATH_SIZE];

static const char *in_root(const char *path, char into[2 * PATH_SIZE])
{
	snprintf(into, 2 * PATH_SIZE, "%s/%s", root, path);
	return into;
}

static void remove_tree(void)
{
	char path[2 * PATH_SIZE];

	for (unsigned i = 0; i < N_FILES; i++)
		unlink(in_root(files[i], path));
	unlink(in_root(again, path));
	for (unsigned i = N_DIRS; i-- > 0;)
		rmdir(in_root(dirs[i], path));
	rmdir(root);
}

/* In memory where there is such a file system. */
static void make_tree(void)
{
	char path[2 * PATH_SIZE];

	snprintf(root, sizeof(root), "%s/heir-fuzz-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	require(mkdtemp(root) != NULL);
	for (unsigned i = 0; i < N_DIRS; i++)
		require(mkdir(in_root(dirs[i], path), 0755) == 0);
	atexit(remove_tree);
}

static void write_pieces(const uint8_t *data, size_t size)
{
	for (unsigned i = 0; i < N_FILES; i++) {
		const uint8_t *end = size ? memchr(data, 0xff, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;
		char path[2 * PATH_SIZE];
		FILE *file = fopen(in_root(files[i], path), "w");

		require(file && fwrite(data, 1, len, file) == len && fclose(file) == 0);
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
}

/* ---- What is asked ---- */

struct text {
	char *p;
	size_t len;
};

static int gather(void *data, const char *piece, size_t len)
{
	struct text *text = data;
	char *p = realloc(text->p, text->len + len + 1);

	require(p != NULL);
	memcpy(p + text->len, piece, len);
	p[text->len += len] = '\0';
	text->p = p;
	return 0;
}

static bool is_state(const char *state)
{
	static const char *const states[] = {"comment", "unread", "no-effect", "discarded",
		"replaced", "overridden", "heir-only", "counts"};

	for (unsigned i = 0; state && i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(state, states[i]) == 0)
			return true;
	return false;
}

static bool has_by(const char *state)
{
	return strcmp(state, "discarded") == 0 || strcmp(state, "replaced") == 0 ||
	       strcmp(state, "overridden") == 0;
}

static void check_lines(struct heir_ctx *ctx, json_t *file)
{
	static const struct heir_style json = {.size = sizeof(json), .format = HEIR_FORMAT_JSON},
				       text = {.size = sizeof(text), .width = 80};
	const char *path = json_string_value(json_object_get(file, "path"));
	json_t *lines = json_object_get(file, "lines"), *line;
	struct text ignored = {NULL, 0};
	size_t i;

	json_array_foreach(lines, i, line)
	{
		const char *state = json_string_value(json_object_get(line, "state"));
		json_t *by = json_object_get(line, "by");

		require(json_integer_value(json_object_get(line, "line")) == (json_int_t)i + 1);
		require(is_state(state));
		require(json_is_null(by) || has_by(state));
		require(json_is_null(by) || json_integer_value(json_object_get(by, "line")) > 0);
		/* Some of many. */
		if (i < 8 || i % 64 == 0)
			require(heir_report_blame(ctx, path, (unsigned)i + 1, i % 2 ? &json : &text,
					gather, &ignored) == 0);
	}
	require(heir_report_blame(ctx, path, (unsigned)json_array_size(lines) + 1, &json, gather,
			&ignored) == -ERANGE);
	free(ignored.p);
}

static void ask_keys(struct heir_ctx *ctx)
{
	static const char *const keys[] = {"log_level", "crio.runtime.runtimes.a.runtime_path",
		"crio.runtime.workloads.a.resources", "crio.runtim.log_levle", "\"a.b\".'c'",
		"runtimes.crnu.runtime_pth", "........", ""};
	static const struct heir_style text = {.size = sizeof(text), .width = 80};
	struct text ignored = {NULL, 0};

	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int r = heir_report_explain_key(ctx, keys[i], &text, gather, &ignored);

		require(r == 0 || (r == -ENOENT && heir_error(ctx)[0]));
	}
	require(heir_report_show_all(ctx, false, &text, gather, &ignored) == 0);
	free(ignored.p);
}

static void ask(const char *as, const char *release)
{
	static const struct heir_style json = {.size = sizeof(json), .format = HEIR_FORMAT_JSON};
	struct text text = {NULL, 0};
	struct heir_ctx *ctx;
	json_t *answer, *file;
	size_t i;

	require(heir_ctx_new(&ctx) == 0);
	require(heir_set(ctx, HEIR_ROOT, root) == 0);
	require(heir_set(ctx, HEIR_AS, as) == 0);
	require(heir_set(ctx, HEIR_CRIO_VERSION, release) == 0);
	require(heir_load(ctx) == 0 && heir_resolve(ctx) == 0);
	require(heir_report_blame(ctx, NULL, 0, &json, gather, &text) == 0);
	answer = json_loads(text.p, JSON_ALLOW_NUL, NULL);
	require(answer != NULL);
	json_array_foreach(json_object_get(answer, "files"), i, file) check_lines(ctx, file);
	json_decref(answer);
	free(text.p);
	ask_keys(ctx);
	heir_ctx_unref(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const releases[] = {"1.28.2", "1.31.2", "1.34", "1.37"};
	char path[2 * PATH_SIZE];

	if (size == 0)
		return 0;
	if (!root[0])
		make_tree();
	write_pieces(data + 1, size - 1);
	unlink(in_root(again, path));
	if (data[0] & 8)
		require(symlink("../crio.conf", path) == 0);
	ask(data[0] & 4 ? "stock" : "heir", releases[data[0] & 3]);
	return 0;
}
