/* SPDX-License-Identifier: Apache-2.0 */
/* Would this CRI-O start, and with which handlers: the recorded verdicts of ten releases, one TAP
 * line a case. And the commands agree with each other: none says that CRI-O starts where another
 * says that it does not. What only running a monitor could tell is skipped with a word. */
#include <errno.h>
#include <heir/heir.h>
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/program.h"
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
	if (!t->p)
		tap_give_up("no memory");
	memcpy(t->p + t->len, text, len);
	t->len += len;
	t->p[t->len] = '\0';
	return 0;
}

/* ---- The node ---- */

static void add_quoted(FILE *unit, const char *text, bool expands)
{
	fputc('"', unit);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', unit);
		if (*text == '%' || (expands && *text == '$'))
			fputc(*text, unit);
		if (*text == '\n')
			fputs("\\n", unit);
		else if (*text == '\t')
			fputs("\\t", unit);
		else
			fputc(*text, unit);
	}
	fputc('"', unit);
}

/* Flags and variables come as crio.service gives them. */
static void add_unit(const char *root, json_t *vector)
{
	json_t *cli = json_object_get(vector, "cli"), *word, *value;
	json_t *environ = json_object_get(vector, "environ");
	char *text = NULL;
	const char *name;
	size_t size, i;
	FILE *unit;

	if (json_array_size(cli) == 0 && json_object_size(environ) == 0)
		return;
	unit = open_memstream(&text, &size);
	fputs("[Service]\n", unit);
	json_object_foreach(environ, name, value)
	{
		char *line = NULL;

		if (asprintf(&line, "%s=%s", name, json_string_value(value)) < 0)
			tap_give_up("no memory");
		fputs("Environment=", unit);
		add_quoted(unit, line, false);
		fputc('\n', unit);
		free(line);
	}
	fputs("ExecStart=/usr/bin/crio", unit);
	json_array_foreach(cli, i, word)
	{
		fputc(' ', unit);
		add_quoted(unit, json_string_value(word), true);
	}
	fputc('\n', unit);
	fclose(unit);
	tree_text(root, "etc/systemd/system/crio.service", text);
	free(text);
}

static bool is_listed(json_t *list, const char *path)
{
	json_t *item;
	size_t i;

	json_array_foreach(
		list, i, item) if (strcmp(json_string_value(item), path) == 0) return true;
	return false;
}

static char *make_node(json_t *vector)
{
	char *root = vector_tree(vector);
	json_t *content;
	const char *path;

	tree_file(root, "usr/bin/nsenter", "#!/bin/sh\n", 10, 0755);
	json_object_foreach(json_object_get(vector, "contents"), path, content)
		tree_file(root, path, json_string_value(content), json_string_length(content),
			is_listed(json_object_get(vector, "bins"), path) ? 0755 : 0644);
	add_unit(root, vector);
	return root;
}

/* ---- The answers ---- */

static struct heir_ctx *open_node(
	json_t *vector, const char *root, const char *release, const char *as)
{
	struct heir_ctx *ctx;
	int r = heir_ctx_new(&ctx);

	if (r == 0)
		r = heir_set(ctx, HEIR_ROOT, root);
	if (r == 0)
		r = heir_set(ctx, HEIR_CRIO_VERSION, release);
	if (r == 0)
		r = heir_set(ctx, HEIR_AS, as);
	/* As recorded, unless the daemon had one of its own. */
	if (r == 0 && !json_object_get(json_object_get(vector, "environ"), "PATH"))
		r = heir_set(ctx, HEIR_PATH,
			"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	if (r < 0)
		tap_give_up(heir_error(ctx));
	heir_load(ctx);
	if (heir_resolve(ctx) < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

static json_t *parsed(struct text *text, int r)
{
	json_t *json = r == 0 ? json_loads(text->p, JSON_ALLOW_NUL, NULL) : NULL;

	free(text->p);
	if (!json)
		tap_give_up("no JSON");
	return json;
}

static json_t *show(struct heir_ctx *ctx)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct text text = {NULL, 0};

	return parsed(&text, heir_report_show(ctx, NULL, 0, false, &style, gather, &text));
}

static bool says_starts(json_t *document)
{
	return json_is_true(json_object_get(document, "starts"));
}

/* A command that disagrees is named. */
static bool agrees(const char *command, bool says, bool starts)
{
	if (says != starts)
		printf("# %s says that CRI-O %s\n", command, says ? "starts" : "does not start");
	return says == starts;
}

/* The document of a command, whose name is at the beginning of its schema. */
static bool document_agrees(const char *command, struct text *text, int r, bool starts)
{
	json_t *document = parsed(text, r);
	bool same = agrees(command, says_starts(document), starts);

	json_decref(document);
	return same;
}

static bool explain_agrees(struct heir_ctx *ctx, json_t *shown, bool starts)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	json_t *handler = json_array_get(json_object_get(shown, "handlers"), 0);
	const char *name = json_string_value(json_object_get(handler, "name"));
	struct text text = {NULL, 0};
	int r;

	/* Where no handler could be resolved there is none to explain. */
	if (!name)
		return agrees("explain", !heir_fatal(ctx, NULL), starts);
	r = heir_report_explain(ctx, name, NULL, &style, gather, &text);
	return document_agrees("explain", &text, r, starts);
}

static bool diff_agrees(struct heir_ctx *ctx, bool starts)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct heir_diff_side side = {ctx, NULL};
	struct text text = {NULL, 0};
	int r = heir_report_diff(&side, &side, NULL, 0, &style, gather, &text);
	json_t *document = parsed(&text, r < 0 ? r : 0);
	bool same = agrees("diff", says_starts(json_object_get(document, "left")), starts) &&
		    agrees("diff", says_starts(json_object_get(document, "right")), starts);

	json_decref(document);
	return same;
}

static bool graph_agrees(struct heir_ctx *ctx, bool starts)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct text text = {NULL, 0};
	int r = heir_report_graph(ctx, NULL, 0, &style, gather, &text);

	return document_agrees("graph", &text, r, starts);
}

/* Replaces the diagnostics. */
static bool check_agrees(struct heir_ctx *ctx, bool starts)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct text text = {NULL, 0};
	struct heir_diagnostic d;
	bool fatal = false;

	if (heir_check(ctx, NULL, 0, NULL, 0) < 0)
		tap_give_up(heir_error(ctx));
	for (size_t i = 0; heir_diagnostic_at(ctx, i, &d) == 0; i++)
		fatal |= d.severity == 'F';
	return agrees("check", !fatal, starts) &&
	       document_agrees("check --format json", &text,
		       heir_report_check(ctx, NULL, &style, gather, &text), starts);
}

/* After check. */
static bool report_agrees(struct heir_ctx *ctx, bool starts)
{
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_HTML};
	struct heir_page_part part = {.now = {ctx, NULL}};
	struct text text = {NULL, 0};
	bool same;

	if (heir_report_page(&part, 1, NULL, &style, gather, &text) < 0)
		tap_give_up(heir_error(ctx));
	same = agrees("report", !strstr(text.p, "would not start"), starts);
	free(text.p);
	return same;
}

/* What render refuses is heir's own verdict, of the files with what it would write. */
static bool render_agrees(json_t *vector, const char *root, const char *release)
{
	struct heir_ctx *ctx = open_node(vector, root, release, "heir");
	struct heir_style style = {.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TOML};
	bool starts = !heir_fatal(ctx, NULL), same;
	struct text text = {NULL, 0};
	int r = heir_report_render(ctx, NULL, NULL, &style, gather, &text);

	if (r < 0 && r != -ECANCELED)
		tap_give_up(heir_error(ctx));
	same = agrees("render", r == 0 && text.len > 0, starts);
	free(text.p);
	heir_ctx_unref(ctx);
	return same;
}

static bool agree(struct heir_ctx *ctx, json_t *shown, bool starts)
{
	return agrees("library", !heir_fatal(ctx, NULL), starts) &&
	       agrees("library", heir_n_stops(ctx) == 0, starts) &&
	       agrees("library", heir_verdict(ctx)[0] == '\0', starts) &&
	       explain_agrees(ctx, shown, starts) && graph_agrees(ctx, starts) &&
	       diff_agrees(ctx, starts) && check_agrees(ctx, starts) && report_agrees(ctx, starts);
}

/* ---- The cases ---- */

/* {"name": {"field": value}} of the handlers that CRI-O keeps, zero values left out. */
static json_t *kept(json_t *shown)
{
	json_t *handlers = json_object(), *handler, *field, *value;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_t *fields = json_object();

		json_object_foreach(json_object_get(handler, "fields"), name, field)
		{
			value = json_object_get(field, "value");
			json_object_set(fields, name, value);
		}
		if (strcmp(json_string_value(json_object_get(handler, "status")), "ok") == 0)
			json_object_set(handlers,
				json_string_value(json_object_get(handler, "name")), fields);
		json_decref(fields);
	}
	return handlers;
}

static json_t *dropped(json_t *shown)
{
	json_t *names = json_object(), *handler;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		if (strcmp(json_string_value(json_object_get(handler, "status")), "dropped") == 0)
			json_object_set_new(names,
				json_string_value(json_object_get(handler, "name")), json_true());
	}
	return names;
}

static bool same_names(json_t *want, json_t *got)
{
	const char *name;
	json_t *value;
	bool same = json_object_size(want) == json_object_size(got);

	json_object_foreach(want, name, value) same &= json_object_get(got, name) != NULL;
	return same;
}

static void differ(const char *what, json_t *want, json_t *got)
{
	char *a = json_dumps(want, JSON_ENCODE_ANY | JSON_SORT_KEYS);
	char *b = json_dumps(got, JSON_ENCODE_ANY | JSON_SORT_KEYS);

	printf("# %s\n#   want %s\n#   got  %s\n", what, a ? a : "nothing", b ? b : "nothing");
	free(a);
	free(b);
}

/* Of a start that succeeds: everything that the vector tells of it. */
static bool same_handlers(json_t *expect, json_t *shown)
{
	json_t *handlers, *gone, *want = json_object_get(expect, "handlers");
	bool same;

	if (!json_object_get(expect, "default_runtime"))
		return true;
	handlers = kept(shown);
	gone = dropped(shown);
	same = json_equal(json_object_get(expect, "default_runtime"),
		       json_object_get(shown, "default_runtime")) &&
	       json_equal(want, handlers) && same_names(json_object_get(expect, "dropped"), gone);
	if (!same) {
		differ("handlers", want, handlers);
		differ("dropped", json_object_get(expect, "dropped"), gone);
	}
	json_decref(handlers);
	json_decref(gone);
	return same;
}

static bool is_by_running(const char *words)
{
	static const char pattern[] =
		"get conmon version: (exit status|No Major)|exec format error|version output too "
		"short|parse conmon version|unmarshal result|option parsing failed";
	regex_t regex;
	bool is;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		tap_give_up("a pattern that does not compile");
	is = regexec(&regex, words, 0, NULL, 0) == 0;
	regfree(&regex);
	return is;
}

static void judge(const char *file, const char *title, json_t *vector, const char *root,
	const char *release, json_t *start, json_t *expect)
{
	const char *words = json_string_value(json_object_get(start, "error"));
	bool starts = json_is_string(start) && strcmp(json_string_value(start), "ok") == 0, ok;
	struct heir_ctx *ctx;
	json_t *shown;

	if (words && is_by_running(words)) {
		tap_skip(file, title, "only running the monitor could tell");
		return;
	}
	ctx = open_node(vector, root, release, "stock");
	shown = show(ctx);
	ok = says_starts(shown) == starts;
	if (!ok)
		differ("start", start, json_object_get(shown, "stops"));
	if (ok && starts)
		ok = same_handlers(expect, shown);
	ok = ok && agree(ctx, shown, starts) && render_agrees(vector, root, release);
	json_decref(shown);
	tap_case(ok, file, title);
	heir_ctx_unref(ctx);
}

static void run_one(const char *file, json_t *vector)
{
	json_t *expect = json_object_get(vector, "expect");
	char *root = make_node(vector);

	judge(file, vector_title(vector), vector, root,
		json_string_value(json_object_get(vector, "release")),
		json_object_get(expect, "start"), expect);
	tree_remove(root);
}

/* One value, and a verdict of each release. */
static void run_row(const char *file, json_t *vector)
{
	char *root = make_node(vector), title[256];
	const char *release;
	json_t *start;

	json_object_foreach(json_object_get(vector, "expect"), release, start)
	{
		snprintf(title, sizeof(title), "%s @%s", vector_title(vector), release);
		judge(file, title, vector, root, release, start, NULL);
	}
	tree_remove(root);
}

int main(int argc, char *argv[])
{
	static const char *const files[] = {
		"crio-start-named.jsonl", "crio-start.jsonl", "crio-start-matrix.jsonl"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (argc < 2 || strstr(files[i], argv[1]))
			vector_each(files[i], strstr(files[i], "matrix") ? run_row : run_one);
	return tap_end();
}
