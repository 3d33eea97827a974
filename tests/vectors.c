/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded answers of real CRI-Os, and those of heir's own semantics: one TAP line a case. Each
 * case is a tree on disk, asked through the public API as `heir show --format json` asks. */
#include <heir/heir.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

struct text {
	char *p;
	size_t len;
};

static int gather(void *data, const char *text, size_t len)
{
	struct text *t = data;

	t->p = realloc(t->p, t->len + len + 1);
	memcpy(t->p + t->len, text, len);
	t->len += len;
	t->p[t->len] = '\0';
	return 0;
}

/* ---- The question ---- */

static struct heir_ctx *open_node(json_t *vector, const char *root, bool stock)
{
	json_t *release = json_object_get(vector, "release"), *value;
	json_t *facts = json_object_get(vector, "facts");
	struct heir_ctx *ctx;
	const char *name;
	int r = heir_ctx_new(&ctx);

	if (r == 0)
		r = heir_set(ctx, HEIR_ROOT, root);
	if (r == 0)
		r = heir_set(ctx, HEIR_CRIO_VERSION, release ? json_string_value(release) : "1.37");
	if (r == 0)
		r = heir_set(ctx, HEIR_AS, stock ? "stock" : "heir");
	json_object_foreach(json_object_get(vector, "env"), name, value)
	{
		char line[256];

		snprintf(line, sizeof(line), "%s=%s", name, json_string_value(value));
		r = r == 0 ? heir_set(ctx, HEIR_ENV, line) : r;
	}
	if (r == 0 && facts) {
		char path[512];

		snprintf(path, sizeof(path), "%s/facts.json", root);
		json_dump_file(facts, path, 0);
		r = heir_set(ctx, HEIR_FACTS, path);
	}
	if (r < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

static json_t *show(struct heir_ctx *ctx, bool loaded)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct text text = {NULL, 0};
	json_t *json = NULL;

	if (heir_report_show(ctx, NULL, 0, loaded, &style, gather, &text) == 0)
		json = json_loads(text.p, JSON_ALLOW_NUL, NULL);
	free(text.p);
	return json;
}

/* ---- The answer ---- */

/* {"name": {"field": value}} of what heir shows. */
static json_t *simplify(json_t *shown)
{
	json_t *handlers = json_object(), *handler, *field;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_t *fields = json_object();

		if (strcmp(json_string_value(json_object_get(handler, "status")), "ok") == 0) {
			json_object_foreach(json_object_get(handler, "fields"), name, field)
				json_object_set(fields, name, json_object_get(field, "value"));
			json_object_set(handlers,
				json_string_value(json_object_get(handler, "name")), fields);
		}
		json_decref(fields);
	}
	return handlers;
}

/* 1.30 fills in container_min_memory only for a runtime that answers --version, and the binaries of
 * these recordings answered nothing: what the files said then stands for what it fills in. */
static void allow_memory(json_t *want, json_t *got)
{
	json_t *fields, *memory;
	const char *name;

	json_object_foreach(want, name, fields)
	{
		json_t *mine = json_object_get(got, name);

		memory = json_object_get(mine, "container_min_memory");
		if (json_is_string(memory) && strcmp(json_string_value(memory), "12MiB") == 0 &&
			!json_object_get(fields, "container_min_memory"))
			json_object_del(mine, "container_min_memory");
	}
}

static void differ(const char *what, json_t *want, json_t *got)
{
	char *a = json_dumps(want, JSON_ENCODE_ANY | JSON_SORT_KEYS);
	char *b = json_dumps(got, JSON_ENCODE_ANY | JSON_SORT_KEYS);

	printf("# %s\n#   want %s\n#   got  %s\n", what, a ? a : "nothing", b ? b : "nothing");
	free(a);
	free(b);
}

static bool same(const char *what, json_t *want, json_t *got)
{
	if (want && got && json_equal(want, got))
		return true;
	differ(what, want, got);
	return false;
}

/* Where CRI-O's words name a file and a line, heir names them too. */
static bool same_place(const char *words, json_t *error)
{
	const char *at = strstr(words, "configuration "), *line = strstr(words, "toml: line ");
	const char *file = json_string_value(json_object_get(error, "file"));
	char path[512];

	if (!at || sscanf(at, "configuration %511[^:]", path) != 1)
		return true;
	if (!file || strcmp(file, path) != 0)
		return false;
	return !line || json_integer_value(json_object_get(error, "line")) ==
				atoll(line + strlen("toml: line "));
}

static bool check_stage(json_t *want, json_t *shown, const char *stage)
{
	const char *version = json_string_value(json_object_get(shown, "crio_version"));
	json_t *words = json_object_get(want, "error"), *error = json_object_get(shown, "error");
	json_t *handlers;
	bool ok;

	if (words || !json_is_null(error)) {
		ok = words && json_is_object(error) && same_place(json_string_value(words), error);
		if (!ok)
			differ(stage, want, error);
		return ok;
	}
	handlers = simplify(shown);
	if (version && strncmp(version, "1.30", 4) == 0)
		allow_memory(json_object_get(want, "handlers"), handlers);
	ok = same(stage, json_object_get(want, "handlers"), handlers);
	ok &= same("default_runtime", json_object_get(want, "default_runtime"),
		json_object_get(shown, "default_runtime"));
	/* (The vectors that were recorded without monitors have no verdict.) */
	if (json_object_get(want, "starts"))
		ok &= same("starts", json_object_get(want, "starts"),
			json_object_get(shown, "starts"));
	json_decref(handlers);
	return ok;
}

/* Which handlers are dropped, not the words of the reason. */
static bool check_dropped(json_t *want, json_t *shown)
{
	json_t *names = json_object(), *wanted = json_object(), *handler, *value;
	const char *name;
	bool ok;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i,
		handler) if (strcmp(json_string_value(json_object_get(handler, "status")),
				     "dropped") == 0) json_object_set_new(names,
		json_string_value(json_object_get(handler, "name")), json_true());
	json_object_foreach(want, name, value) json_object_set_new(wanted, name, json_true());
	ok = same("dropped", wanted, names);
	json_decref(names);
	json_decref(wanted);
	return ok;
}

static bool check_parents(json_t *want, json_t *shown)
{
	json_t *parents = json_object(), *handler;
	bool ok;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i,
		handler) if (strcmp(json_string_value(json_object_get(handler, "status")), "ok") ==
			     0)
		json_object_set_new(parents, json_string_value(json_object_get(handler, "name")),
			json_pack("[O,O]", json_object_get(handler, "parent"),
				json_object_get(handler, "via")));
	ok = same("parents", want, parents);
	json_decref(parents);
	return ok;
}

static bool check_stock(json_t *expect, struct heir_ctx *ctx)
{
	json_t *resolved = json_object_get(expect, "resolved");
	json_t *shown = show(ctx, true);
	bool ok = check_stage(json_object_get(expect, "loaded"), shown, "loaded");

	json_decref(shown);
	if (!resolved)
		return ok;
	shown = show(ctx, false);
	ok &= check_stage(resolved, shown, "resolved");
	if (!json_object_get(resolved, "error"))
		ok &= check_dropped(json_object_get(expect, "dropped"), shown);
	json_decref(shown);
	return ok;
}

static bool check_heir(json_t *expect, struct heir_ctx *ctx)
{
	json_t *shown = show(ctx, false);
	bool ok = check_stage(expect, shown, "resolved");

	if (!json_object_get(expect, "error")) {
		ok &= check_parents(json_object_get(expect, "parents"), shown);
		ok &= check_dropped(json_object_get(expect, "dropped"), shown);
	}
	json_decref(shown);
	return ok;
}

static void run_case(const char *file, json_t *vector, bool stock)
{
	json_t *expect = json_object_get(vector, "expect");
	char *root = vector_tree(vector);
	struct heir_ctx *ctx = open_node(vector, root, stock);
	int loaded = heir_load(ctx);
	bool ok = false;

	if (loaded == 0 && heir_resolve(ctx) == 0)
		ok = stock ? check_stock(expect, ctx) : check_heir(expect, ctx);
	else
		printf("# %s\n", heir_error(ctx));
	tap_case(ok, file, vector_title(vector));
	heir_ctx_unref(ctx);
	tree_remove(root);
}

static void run_stock(const char *file, json_t *vector)
{
	run_case(file, vector, true);
}

static void run_heir(const char *file, json_t *vector)
{
	run_case(file, vector, false);
}

int main(int argc, char *argv[])
{
	static const char *const files[] = {"crio-named.jsonl", "crio-dialect.jsonl",
		"crio-mixed.jsonl", "crio-random.jsonl", "crio-releases.jsonl", "heir-random.jsonl",
		"heir-monitor.jsonl"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (argc < 2 || strstr(files[i], argv[1]))
			vector_each(
				files[i], strncmp(files[i], "crio", 4) == 0 ? run_stock : run_heir);
	return tap_end();
}
