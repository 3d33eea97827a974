/* SPDX-License-Identifier: Apache-2.0 */
/* What heir blame says of lines is tried: a line that is dead is taken out, and an unmodified CRI-O
 * must have what it had; a value is edited at its place, and must change. Over recorded trees and
 * random ones; HEIR_SEED and HEIR_CASES choose others. */
#include <heir/heir.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "support/answer.h"
#include "support/grow.h"
#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

static char why[1024];
static unsigned n_dead, n_edited, n_lines;

static bool broken(const char *what, const char *file, json_int_t line)
{
	snprintf(why, sizeof(why), "%s: %s:%lld", what, file, (long long)line);
	return false;
}

/* ---- Asking ---- */

enum question { SHOW, BLAME };

/* What a stock CRI-O of the release has, or what its lines are. */
static json_t *ask(const char *root, const char *release, enum question question)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct answer answer = {NULL, 0};
	struct heir_ctx *ctx = NULL;
	json_t *json;
	int r = heir_ctx_new(&ctx);

	if (r == 0)
		r = heir_set(ctx, HEIR_ROOT, root);
	if (r == 0)
		r = heir_set(ctx, HEIR_CRIO_VERSION, release);
	if (r == 0)
		r = heir_set(ctx, HEIR_AS, question == SHOW ? "stock" : "heir");
	/* What cannot be read is no matter of lines. */
	if (r == 0 && heir_load(ctx) == 0)
		r = heir_resolve(ctx);
	else if (r == 0) {
		heir_ctx_unref(ctx);
		return NULL;
	}
	if (r == 0)
		r = question == SHOW
			    ? heir_report_show(ctx, NULL, 0, false, &style, gather, &answer)
			    : heir_report_blame(ctx, NULL, 0, &style, gather, &answer);
	if (r < 0)
		tap_give_up(heir_error(ctx));
	heir_ctx_unref(ctx);
	json = json_loads(answer.text, JSON_ALLOW_NUL, NULL);
	if (!json)
		tap_give_up(answer.text);
	free(answer.text);
	return json;
}

static void forget_place(json_t *object)
{
	json_object_del(object, "file");
	json_object_del(object, "line");
	json_object_del(object, "column");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their words: theirs is that of the handlers' first tables. */
static json_t *sorted(json_t *stops)
{
	size_t n = json_array_size(stops), i;
	char **texts = calloc(n + 1, sizeof(*texts));
	json_t *result = json_array(), *stop;

	json_array_foreach(stops, i, stop) texts[i] = json_dumps(stop, JSON_SORT_KEYS);
	qsort(texts, n, sizeof(*texts), by_text);
	for (i = 0; i < n; i++) {
		json_array_append_new(result, json_string(texts[i]));
		free(texts[i]);
	}
	free(texts);
	return result;
}

/* What was shown without what moves when a line goes. */
static json_t *without_places(json_t *shown)
{
	json_t *handler, *field, *stop;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_object_foreach(json_object_get(handler, "fields"), name, field)
			forget_place(field);
	}
	json_array_foreach(json_object_get(shown, "stops"), i, stop) forget_place(stop);
	if (json_object_get(shown, "stops"))
		json_object_set_new(shown, "stops", sorted(json_object_get(shown, "stops")));
	/* It is the first of them. */
	json_object_del(shown, "error");
	return shown;
}

/* ---- Texts ---- */

/* NULL: it is a link out of the tree, or holds a NUL, which these functions do not read. */
static char *read_file(const char *root, const char *path)
{
	enum { LIMIT = 1 << 20 };
	char name[1024], *text = calloc(1, LIMIT + 1);
	size_t len;
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", root, path);
	file = fopen(name, "rb");
	len = file ? fread(text, 1, LIMIT, file) : 0;
	if (file)
		fclose(file);
	if (file && strlen(text) == len && len < LIMIT)
		return text;
	free(text);
	return NULL;
}

/* Where line `line` begins, 1-based; the end of the text if there are fewer. */
static char *line_at(char *text, json_int_t line)
{
	for (json_int_t i = 1; i < line && *text; i++) {
		char *end = strchr(text, '\n');

		text = end ? end + 1 : text + strlen(text);
	}
	return text;
}

static json_int_t count_lines(const char *text)
{
	json_int_t n = 0;

	while (*text) {
		const char *end = strchr(text, '\n');

		text = end ? end + 1 : text + strlen(text);
		n++;
	}
	return n;
}

/* ---- Dead lines ---- */

static const char *state_of(json_t *lines, size_t i)
{
	return json_string_value(json_object_get(json_array_get(lines, i), "state"));
}

static bool is_dead(const char *state)
{
	return strcmp(state, "counts") != 0 && strcmp(state, "unread") != 0;
}

/* Is it a header, which goes with what is below it? */
static bool is_header(char *text, json_t *lines, size_t i)
{
	char *line = line_at(text, (json_int_t)i + 1);

	line += strspn(line, " \t");
	return *line == '[' && strcmp(state_of(lines, i), "comment") != 0 &&
	       /* An array goes on below its bracket, and has a key on the line before. */
	       !(i > 0 && json_equal(json_object_get(json_array_get(lines, i), "key"),
				  json_object_get(json_array_get(lines, i - 1), "key")));
}

/* The line behind those that go with line `i`. */
static size_t end_of(char *text, json_t *lines, size_t i)
{
	size_t n = json_array_size(lines), end = i + 1;
	json_t *key = json_object_get(json_array_get(lines, i), "key");

	if (is_header(text, lines, i))
		while (end < n && !is_header(text, lines, end))
			end++;
	else if (!json_is_null(key))
		while (end < n &&
			json_equal(key, json_object_get(json_array_get(lines, end), "key")))
			end++;
	return end;
}

static bool dies_alone(const char *root, const char *release, json_t *before, const char *path,
	char *text, size_t from, size_t end)
{
	char *first = line_at(text, (json_int_t)from + 1),
	     *last = line_at(text, (json_int_t)end + 1);
	char *shorter = calloc(1, strlen(text) + 1);
	json_t *after;
	bool same;

	memcpy(shorter, text, (size_t)(first - text));
	strcpy(shorter + (first - text), last);
	tree_text(root, path, shorter);
	after = ask(root, release, SHOW);
	same = after && json_equal(before, without_places(after));
	json_decref(after);
	tree_text(root, path, text);
	if (!same)
		printf("# lines %zu to %zu of\n%s\n", from + 1, end, text);
	free(shorter);
	n_dead++;
	return same || broken("a dead line changes the answer", path, (json_int_t)from + 1);
}

static bool dead_lines_do_nothing(
	const char *root, const char *release, json_t *before, json_t *file)
{
	const char *path = json_string_value(json_object_get(file, "path"));
	json_t *lines = json_object_get(file, "lines"), *line;
	char *text = read_file(root, path);
	bool good = true, header;
	size_t i, end = 0;

	if (!text)
		return true;
	if (count_lines(text) != (json_int_t)json_array_size(lines))
		good = broken("not as many lines", path, (json_int_t)json_array_size(lines));
	json_array_foreach(lines, i, line)
	{
		json_int_t number = json_integer_value(json_object_get(line, "line"));

		n_lines++;
		if (number != (json_int_t)i + 1)
			good = broken("a line twice, or not at all", path, number);
		if (!good || !is_dead(state_of(lines, i)) || i < end)
			continue;
		header = is_header(text, lines, i);
		end = end_of(text, lines, i);
		/* A blank line, and what only heir reads in heir.d, cannot matter. */
		if (strcmp(state_of(lines, i), "comment") != 0 && !strstr(path, "/heir.d/"))
			good = dies_alone(root, release, before, path, text, i, end);
		/* The lines below a header are tried by themselves, too. */
		end = header ? 0 : end;
	}
	free(text);
	return good;
}

/* ---- Values ---- */

/* What makes another value of the one that begins at `at`; NULL: nothing simple. *ret_skip: how
 * much of it goes in front of that, *ret_cut: how much is left out. */
static const char *edit_of(const char *at, size_t *ret_skip, size_t *ret_cut)
{
	*ret_skip = 1;
	*ret_cut = 0;
	if (strncmp(at, "\"\"", 2) == 0 || strncmp(at, "''", 2) == 0)
		return NULL;
	if (*at == '"' || *at == '\'')
		return "X";
	if (*at == '[')
		return at[1] == ']' ? "\"X\"" : "\"X\", ";
	*ret_skip = 0;
	*ret_cut = *at == 't' ? 4 : 5;
	return *at == 't' ? "false" : *at == 'f' ? "true" : NULL;
}

static char *edited(char *text, json_int_t line, json_int_t column)
{
	char *at = line_at(text, line), *result;
	const char *edit;
	size_t skip, cut;

	for (json_int_t i = 1; *at && i < column; i++)
		for (at++; ((unsigned char)*at & 0xc0) == 0x80;)
			at++;
	edit = edit_of(at, &skip, &cut);
	if (!edit)
		return NULL;
	result = calloc(1, strlen(text) + 16);
	memcpy(result, text, (size_t)(at - text) + skip);
	strcat(result, edit);
	strcat(result, at + skip + cut);
	return result;
}

static json_t *handler_of(json_t *shown, json_t *name)
{
	json_t *handler;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i,
		handler) if (json_equal(json_object_get(handler, "name"), name)) return handler;
	return NULL;
}

static bool value_moves(const char *root, const char *release, json_t *handler, const char *name)
{
	json_t *field = json_object_get(json_object_get(handler, "fields"), name), *after, *value;
	const char *path = json_string_value(json_object_get(field, "file"));
	json_int_t line = json_integer_value(json_object_get(field, "line"));
	json_int_t column = json_integer_value(json_object_get(field, "column"));
	char *text, *other;
	bool same;

	if (!path || !strstr(path, "/etc/crio/"))
		return true;
	text = read_file(root, path);
	other = text ? edited(text, line, column) : NULL;
	if (!other) {
		free(text);
		return true;
	}
	tree_text(root, path, other);
	after = ask(root, release, SHOW);
	value = json_object_get(
		json_object_get(json_object_get(handler_of(after, json_object_get(handler, "name")),
					"fields"),
			name),
		"value");
	same = value && json_equal(value, json_object_get(field, "value"));
	json_decref(after);
	tree_text(root, path, text);
	free(other);
	free(text);
	n_edited++;
	return !same || broken(name, path, line);
}

static bool is_counted(json_t *blamed, const char *path, json_int_t line)
{
	json_t *file;
	size_t i;

	json_array_foreach(json_object_get(blamed, "files"), i, file)
	{
		if (strcmp(json_string_value(json_object_get(file, "path")), path) == 0)
			return strcmp(state_of(json_object_get(file, "lines"), (size_t)line - 1),
				       "counts") == 0;
	}
	return true;
}

static bool places_count(const char *root, const char *release, json_t *shown, json_t *blamed)
{
	json_t *handler, *field;
	const char *name;
	bool good = true;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_object_foreach(json_object_get(handler, "fields"), name, field)
		{
			const char *path = json_string_value(json_object_get(field, "file"));
			json_int_t line = json_integer_value(json_object_get(field, "line"));

			if (!good)
				continue;
			if (path && !is_counted(blamed, path, line))
				good = broken("a value's place does not count", path, line);
			else
				good = value_moves(root, release, handler, name);
		}
	}
	return good;
}

/* ---- Trees ---- */

static bool holds(const char *root, const char *release)
{
	json_t *shown = ask(root, release, SHOW), *before, *blamed, *file;
	bool good = true;
	size_t i;

	if (!shown)
		return true;
	blamed = ask(root, release, BLAME);
	good = places_count(root, release, shown, blamed);
	before = without_places(shown);
	json_array_foreach(json_object_get(blamed, "files"), i, file) good =
		good && dead_lines_do_nothing(root, release, before, file);
	json_decref(before);
	json_decref(blamed);
	return good;
}

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text && text[0] ? strtoull(text, NULL, 0) : otherwise;
}

static void try_vector(const char *name, json_t *vector)
{
	json_t *release = json_object_get(vector, "release");
	const char *version = release ? json_string_value(release) : "1.37";
	char *root = vector_tree(vector);

	tap_case(holds(root, version) || !printf("# %s\n", why), name, vector_title(vector));
	tree_remove(root);
}

/* One of eight, to save time: each is asked many times. HEIR_STRIDE=1 takes all, in about a minute.
 */
static void run_vector(const char *name, json_t *vector)
{
	static unsigned long long n;

	if (n++ % number("HEIR_STRIDE", 8))
		return;
	try_vector(name, vector);
}

static void run_random(void)
{
	unsigned long long seed = number("HEIR_SEED", 20261130), cases = number("HEIR_CASES", 300);
	static struct grow_tree tree;
	bool good = true;

	printf("# HEIR_SEED=%llu HEIR_CASES=%llu\n", seed, cases);
	for (unsigned long long i = 0; i < cases && good; i++) {
		char *root = tree_new();

		grow_seed(seed + i);
		if (roll(2))
			grow(&tree, roll(3) == 0);
		else
			grow_wild(&tree);
		grow_write(root, &tree);
		good = holds(root, "1.37");
		if (!good)
			printf("# HEIR_SEED=%llu HEIR_CASES=1: %s\n", seed + i, why);
		tree_remove(root);
	}
	tap_case(good, "random trees", "");
}

int main(void)
{
	static const char *const files[] = {"crio-named.jsonl", "crio-dialect.jsonl",
		"crio-mixed.jsonl", "crio-random.jsonl", "crio-releases.jsonl",
		"crio-start-named.jsonl", "crio-start.jsonl", "heir-monitor.jsonl",
		"heir-random.jsonl"};

	run_random();
	for (unsigned i = 0; i < ARRAY_LEN(files); i++)
		vector_each(files[i], run_vector);
	printf("# lines: %u, dead: %u, edited: %u\n", n_lines, n_dead, n_edited);
	tap_case(n_dead > 0 && n_edited > 0, "there were dead lines, and values to edit", "");
	return tap_end();
}
