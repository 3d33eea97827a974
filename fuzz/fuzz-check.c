/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check` over whole nodes that are never written anywhere: the first byte chooses release and
 * semantics, and a line "== NAME" begins a file, a drop-in unless NAME is a path. The files lie
 * over an empty directory, or stand alone. Whatever they say, the findings are in order, each place
 * has each once, every format prints each of them, and the same question has the same answer. */
#include <errno.h>
#include <heir/heir.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/context.h"
#include "base/macro.h"
#include "base/utf8.h"
#include "fuzz.h"

enum { MAX_FILES = 32 };

static const char *const releases[] = {
	"1.28.2", "1.29", "1.30", "1.31.2", "1.32", "1.33", "1.34", "1.35.0", "1.36", "1.37"};

struct input {
	const char *release, *as;
	bool alone;
	struct heir_str facts; /* p is NULL: none */
	struct heir_overlay overlay;
	struct heir_arena arena;
};

#define require(holds)                                                              \
	do {                                                                        \
		if (!(holds)) {                                                     \
			fprintf(stderr, "line %d: not so: %s\n", __LINE__, #holds); \
			abort();                                                    \
		}                                                                   \
	} while (0)

/* ---- The input ---- */

/* Absolute, and without the components that an overlay's paths do not have. */
static bool is_path(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(path + 1, "/");

		if (len == 0 || len > 255 || (len == 1 && path[1] == '.') ||
			(len == 2 && path[1] == '.' && path[2] == '.'))
			return false;
		path += 1 + len;
	}
	return *path == '\0';
}

static void add_file(struct input *input, struct heir_str name, struct heir_str text)
{
	struct heir_overlay_file file = {.mode = 0644, .where = HEIR_PLACE_NONE};
	const char *dir = name.len > 0 && name.p[0] == '/' ? "" : "/etc/crio/crio.conf.d/";

	if (heir_str_eqz(name, "facts")) {
		input->facts = text;
		return;
	}
	if (memchr(name.p, '\0', name.len) || input->overlay.n == MAX_FILES)
		return;
	file.path = heir_arena_printf(&input->arena, "%s%.*s", dir, HEIR_STR_ARG(name));
	file.text.p = heir_arena_strndup(&input->arena, text.p, text.len);
	file.text.len = text.len;
	require(file.path && file.text.p);
	if (strstr(file.path, "bin/"))
		file.mode = 0755;
	if (is_path(file.path))
		require(heir_overlay_put(&input->overlay, &file) == 0);
}

/* Where the next "== " begins a line, or the end. */
static const char *next_file(const char *p, const char *end)
{
	for (; p < end; p = memchr(p, '\n', (size_t)(end - p)), p = p ? p + 1 : end)
		if (end - p >= 3 && memcmp(p, "== ", 3) == 0)
			return p;
	return end;
}

static void read_input(struct input *input, const uint8_t *data, size_t size)
{
	const char *p = (const char *)data + 1, *end = (const char *)data + size;
	const char *next = next_file(p, end);

	*input = (struct input){.release = releases[data[0] % ARRAY_LEN(releases)],
		.as = data[0] / ARRAY_LEN(releases) % 2 ? "stock" : "heir",
		.alone = data[0] / ARRAY_LEN(releases) / 2 % 2,
		.overlay = HEIR_OVERLAY_NULL};
	heir_arena_init(&input->arena);
	add_file(input, HEIR_STR("50-first"), (struct heir_str){p, (size_t)(next - p)});
	while (next < end) {
		const char *name = next + 3, *line = memchr(name, '\n', (size_t)(end - name));

		line = line ? line : end;
		p = line < end ? line + 1 : end;
		next = next_file(p, end);
		add_file(input, (struct heir_str){name, (size_t)(line - name)},
			(struct heir_str){p, (size_t)(next - p)});
	}
	input->overlay.alone = input->alone;
}

/* ---- What is asked ---- */

struct sink {
	struct heir_buf text;
};

static int gather(void *data, const char *text, size_t len)
{
	struct sink *sink = data;

	heir_buf_add(&sink->text, text, len);
	return 0;
}

/* The directory is gone once it is open, so it stays empty. */
static struct heir_ctx *open_node(const struct input *input)
{
	char dir[] = "/tmp/heir-fuzz-XXXXXX";
	const char *error;
	struct heir_ctx *ctx;

	require(heir_ctx_new(&ctx) == 0);
	require(heir_set(ctx, HEIR_CRIO_VERSION, input->release) == 0);
	require(heir_set(ctx, HEIR_AS, input->as) == 0);
	require(heir_set(ctx, HEIR_ENV, "A=a") == 0);
	if (!input->alone) {
		require(mkdtemp(dir) != NULL);
		require(heir_set(ctx, HEIR_ROOT, dir) == 0);
		require(rmdir(dir) == 0);
	}
	if (input->facts.p) {
		struct heir_facts *facts;
		int r = heir_facts_parse(input->facts, &ctx->settings_arena, &facts, &error);

		require(r == 0 || r == -EINVAL);
		ctx->assume.facts = r == 0 ? facts : NULL;
	}
	ctx->core.root.overlay = &input->overlay;
	require(heir_load(ctx) == 0);
	require(heir_check(ctx, NULL, 0, NULL, 0) == 0);
	return ctx;
}

/* By file and place, what has no place last. */
static bool is_sorted(struct heir_place a, struct heir_place b)
{
	return a.source != b.source ? a.source < b.source : a.at <= b.at;
}

static bool is_same(const struct heir_diag *a, const struct heir_diag *b)
{
	return a->rule == b->rule && a->where.source == b->where.source &&
	       a->where.at == b->where.at && a->where.len == b->where.len &&
	       heir_str_eq(a->handler, b->handler) && strcmp(a->text, b->text) == 0 &&
	       strcmp(a->path ? a->path : "", b->path ? b->path : "") == 0;
}

static void check_findings(struct heir_ctx *ctx, bool stock)
{
	const struct heir_diags *diags = &ctx->core.diags;
	bool fatal = false;

	for (uint32_t i = 0; i < diags->n; i++) {
		struct heir_diag *const *at = &diags->items[i];

		fatal |= heir_rules[at[0]->rule].severity == 'F';
		if (i == 0)
			continue;
		require(is_sorted(at[-1]->where, at[0]->where));
		for (uint32_t j = i; j-- > 0 &&
				     diags->items[j]->where.source == at[0]->where.source &&
				     diags->items[j]->where.at == at[0]->where.at && i - j < 100;)
			require(!is_same(diags->items[j], at[0]));
	}
	/* What keeps heir from resolving need not stop CRI-O; and nobody asks the cgroup manager
	 * before the check does. */
	require(fatal || !stock || !heir_fatal(ctx, NULL));
}

static void report(struct heir_ctx *ctx, enum heir_format format, struct sink *ret)
{
	struct heir_style style = {
		.size = sizeof(struct heir_style), .format = format, .width = 80};

	heir_buf_release(&ret->text);
	ret->text = HEIR_BUF_NULL;
	require(heir_report_check(ctx, "a/node", &style, gather, ret) == 0);
	require(!ret->text.failed);
}

/* No text makes a terminal do anything. */
static void check_text(struct heir_str text)
{
	for (size_t i = 0; i < text.len; i++)
		require(text.p[i] == '\n' ||
			((unsigned char)text.p[i] >= 0x20 && text.p[i] != 0x7f));
}

static void check_json(struct heir_str text, const char *path[2], size_t n)
{
	json_t *json = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	json_t *list = json_object_get(json, path[0]);

	if (path[1])
		list = json_object_get(json_array_get(list, 0), path[1]);
	require(json && json_is_array(list) && json_array_size(list) == n);
	json_decref(json);
}

/* One command a line, whatever the files say. */
static void check_github(struct heir_str text, size_t n)
{
	size_t at = 0;

	check_text(text);
	for (; at < text.len; n--) {
		const char *line = text.p + at, *newline = memchr(line, '\n', text.len - at);

		require(newline && n > 0);
		require(strncmp(line, "::error ", 8) == 0 || strncmp(line, "::warning ", 10) == 0 ||
			strncmp(line, "::notice ", 9) == 0);
		at += (size_t)(newline - line) + 1;
	}
	require(n == 0);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

/* The page is whole, and what files say has added no element to it. */
static void check_page(struct heir_ctx *ctx, struct sink *sink)
{
	static const char *const balanced[][2] = {{"<bdi>", "</bdi>"}, {"<code", "</code>"},
		{"<section", "</section>"}, {"<details", "</details>"}, {"<table", "</table>"},
		{"<svg", "</svg>"}, {"<td", "</td>"}, {"<pre", "</pre>"}, {"<mark>", "</mark>"}};
	static const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_HTML};
	const struct heir_page_part part = {.now.ctx = ctx, .before.ctx = ctx};

	heir_buf_clear(&sink->text);
	require(heir_report_page(&part, 1, NULL, &style, gather, sink) == 0);
	require(!sink->text.failed);
	require(strlen(sink->text.p) == sink->text.len);
	require(strncmp(sink->text.p, "<!DOCTYPE html>", 15) == 0);
	require(strcmp(sink->text.p + sink->text.len - 8, "</html>\n") == 0);
	require(heir_utf8_is_valid(heir_buf_str(&sink->text)));
	check_text(heir_buf_str(&sink->text));
	require(count_of(sink->text.p, "<script") == 0);
	for (unsigned i = 0; i < ARRAY_LEN(balanced); i++)
		require(count_of(sink->text.p, balanced[i][0]) ==
			count_of(sink->text.p, balanced[i][1]));
}

static uint64_t hash_of(struct heir_str text, uint64_t hash)
{
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (uint8_t)text.p[i]) * UINT64_C(1099511628211);
	return hash;
}

static uint64_t check(const struct input *input)
{
	struct heir_ctx *ctx = open_node(input);
	size_t n = heir_n_diagnostics(ctx);
	struct sink sink = {HEIR_BUF_NULL};
	uint64_t hash;

	check_findings(ctx, strcmp(input->as, "stock") == 0);
	report(ctx, HEIR_FORMAT_TEXT, &sink);
	check_text(heir_buf_str(&sink.text));
	hash = hash_of(heir_buf_str(&sink.text), UINT64_C(14695981039346656037));
	report(ctx, HEIR_FORMAT_JSON, &sink);
	check_json(heir_buf_str(&sink.text), (const char *[]){"findings", NULL}, n);
	hash = hash_of(heir_buf_str(&sink.text), hash);
	report(ctx, HEIR_FORMAT_SARIF, &sink);
	check_json(heir_buf_str(&sink.text), (const char *[]){"runs", "results"}, n);
	hash = hash_of(heir_buf_str(&sink.text), hash);
	report(ctx, HEIR_FORMAT_GITHUB, &sink);
	check_github(heir_buf_str(&sink.text), n);
	hash = hash_of(heir_buf_str(&sink.text), hash);
	check_page(ctx, &sink);
	hash = hash_of(heir_buf_str(&sink.text), hash);
	heir_buf_release(&sink.text);
	heir_ctx_unref(ctx);
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input;

	if (size == 0)
		return 0;
	read_input(&input, data, size);
	require(check(&input) == check(&input));
	heir_overlay_release(&input.overlay);
	heir_arena_release(&input.arena);
	return 0;
}
