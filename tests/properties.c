/* SPDX-License-Identifier: Apache-2.0 */
/* Laws that hold for every tree, tried on random ones. HEIR_SEED and HEIR_CASES choose others; a
 * case that fails is printed with the seed that makes it again. */
#include <heir/heir.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/macro.h"
#include "support/answer.h"
#include "support/grow.h"
#include "support/tap.h"
#include "support/tree.h"
#include "toml/toml.h"

static struct grow_tree tree, other;

/* ---- Asking ---- */

/* The tree's show in JSON; a new string. */
static char *show_dir(const char *dir, const char *as)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct answer answer = {NULL, 0};
	struct heir_ctx *ctx = NULL;
	int r = heir_ctx_new(&ctx);

	if (r == 0)
		r = heir_set(ctx, HEIR_ROOT, dir);
	if (r == 0)
		r = heir_set(ctx, HEIR_AS, as);
	if (r == 0)
		r = heir_load(ctx);
	if (r == 0)
		r = heir_resolve(ctx);
	if (r == 0)
		r = heir_report_show(ctx, NULL, 0, false, &style, gather, &answer);
	if (r < 0)
		tap_give_up(heir_error(ctx));
	heir_ctx_unref(ctx);
	return answer.text;
}

static char *show(const struct grow_tree *t, const char *as)
{
	char *dir = tree_new(), *text;

	grow_write(dir, t);
	text = show_dir(dir, as);
	tree_remove(dir);
	return text;
}

static json_t *show_json(const struct grow_tree *t, const char *as)
{
	char *text = show(t, as);
	json_t *json = json_loads(text, JSON_ALLOW_NUL, NULL);

	if (!json)
		tap_give_up(text);
	free(text);
	return json;
}

/* ---- The laws: true, or why not in `why` ---- */

static char why[1024];

static bool broken(const char *what, const char *handler, const char *field)
{
	snprintf(why, sizeof(why), "%s: %s %s", what, handler ? handler : "", field ? field : "");
	return false;
}

/* The answer without the values' places, which moved text may change. */
static json_t *without_places(json_t *shown)
{
	json_t *copy = json_deep_copy(shown), *handler, *field;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(copy, "handlers"), i, handler)
	{
		json_object_foreach(json_object_get(handler, "fields"), name, field)
		{
			json_object_del(field, "file");
			json_object_del(field, "line");
			json_object_del(field, "column");
			/* They repeat the value, each with its place. */
			json_object_del(field, "items");
		}
	}
	json_object_del(json_object_get(copy, "error"), "file");
	json_object_del(json_object_get(copy, "error"), "line");
	json_object_del(json_object_get(copy, "error"), "column");
	/* The reasons stand in the order of the files. */
	json_object_del(copy, "stops");
	return copy;
}

static bool same_values(const char *what, json_t *a, json_t *b)
{
	json_t *x = without_places(a), *y = without_places(b);
	bool same = json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return same || broken(what, NULL, NULL);
}

/* Law 1 of the design: no key of heir's, no new handler without a path: both semantics agree. */
static bool law_one(const struct grow_tree *t)
{
	char *heir, *stock, *at;
	bool same;

	if (!t->plain)
		return true;
	heir = show(t, "heir");
	stock = show(t, "stock");
	at = strstr(stock, "\"stock\"");
	same = at && strncmp(heir, stock, (size_t)(at - stock)) == 0 &&
	       strcmp(heir + (at - stock) + strlen("\"heir\""), at + strlen("\"stock\"")) == 0;
	free(heir);
	free(stock);
	return same || broken("stock and heir differ", NULL, NULL);
}

static bool asking_twice(const struct grow_tree *t)
{
	char *dir = tree_new(), *first, *second;
	bool same;

	grow_write(dir, t);
	first = show_dir(dir, "heir");
	second = show_dir(dir, "heir");
	same = strcmp(first, second) == 0;
	tree_remove(dir);
	free(first);
	free(second);
	return same || broken("two answers to one question", NULL, NULL);
}

/* Names sorted, chains that begin with the handler, name its parent next and end. */
static bool well_formed(const struct grow_tree *t)
{
	json_t *shown = show_json(t, "heir"), *handler;
	const char *before = "";
	bool good = true;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		const char *name = json_string_value(json_object_get(handler, "name"));
		json_t *chain = json_object_get(handler, "chain");
		json_t *parent = json_object_get(handler, "parent");
		bool dropped = strcmp(json_string_value(json_object_get(handler, "status")),
				       "dropped") == 0;

		if (i > 0 && strcmp(before, name) >= 0)
			good = broken("handlers are not sorted", name, NULL);
		if (!json_equal(json_array_get(chain, 0), json_object_get(handler, "name")))
			good = broken("the chain begins elsewhere", name, NULL);
		if (json_array_size(chain) > 1 && !json_equal(json_array_get(chain, 1), parent))
			good = broken("the chain goes elsewhere", name, NULL);
		if (json_array_size(chain) > GROW_HANDLERS + 1)
			good = broken("the chain has no end", name, NULL);
		if (dropped == json_is_null(json_object_get(handler, "reason")))
			good = broken("dropped without a reason, or one too many", name, NULL);
		if (!dropped &&
			!json_object_get(json_object_get(handler, "fields"), "runtime_path"))
			good = broken("ok without a runtime_path", name, NULL);
		before = name;
	}
	json_decref(shown);
	return good;
}

/* The text of the tree at a place, as a slice of its file; p NULL: there is no such place. */
static struct heir_str text_at(
	const struct grow_tree *t, const char *path, json_int_t line, json_int_t column)
{
	for (unsigned i = 0; i < t->n; i++) {
		const char *p = t->files[i].text;

		if (strcmp(t->files[i].path, path + 1) != 0)
			continue;
		for (json_int_t n = 1; p && n < line; n++)
			p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL;
		/* Columns count characters. */
		for (json_int_t n = 1; p && *p && n < column; n++)
			for (p++; ((unsigned char)*p & 0xc0) == 0x80;)
				p++;
		return heir_str_from(p);
	}
	return HEIR_STR_NULL;
}

/* Whether a node is the value, or for a list one that holds nothing that the value lacks. */
static bool is_value(const struct heir_toml_doc *doc, heir_toml_node node, json_t *value,
	struct heir_arena *arena)
{
	struct heir_str text;
	json_t *got;
	bool same = true;

	switch (heir_toml_type(doc, node)) {
	case HEIR_TOML_STRING:
		text = heir_toml_string(doc, node, arena);
		got = json_stringn(text.p, text.len);
		break;
	case HEIR_TOML_BOOL:
		got = json_boolean(heir_toml_bool(doc, node));
		break;
	case HEIR_TOML_INTEGER:
		got = json_integer(heir_toml_integer(doc, node));
		break;
	default:
		heir_toml_foreach (item, doc, node) {
			json_t *member;
			size_t i;
			bool found = false;

			if (json_is_object(value)) {
				text = heir_toml_key(doc, item);
				member = json_object_getn(value, text.p, text.len);
				found = member && is_value(doc, item, member, arena);
			}
			json_array_foreach(value, i, member) found |=
				is_value(doc, item, member, arena);
			same &= found;
		}
		return same;
	}
	same = json_equal(got, value);
	json_decref(got);
	return same;
}

/* What stands at the place reads as the value. */
static bool stands_there(struct heir_str at, json_t *value)
{
	const struct heir_toml_options options = {HEIR_TOML_CRIO, HEIR_TOML_1_1, false};
	struct heir_toml_doc *doc = NULL;
	struct heir_arena arena;
	char *text;
	bool same = false;

	if (!at.p)
		return false;
	text = calloc(1, at.len + 32);
	heir_arena_init(&arena);
	memcpy(text, "k = ", 4);
	memcpy(text + 4, at.p, at.len);
	/* What follows the value belongs to somebody else: a second "k" is never a key of it. */
	if (heir_toml_parse(heir_str_from(text), &options, &doc) == 0) {
		heir_toml_node node = heir_toml_get(doc, HEIR_TOML_ROOT, HEIR_STR("k"));

		same = node && is_value(doc, node, value, &arena);
	}
	heir_toml_free(doc);
	heir_arena_release(&arena);
	free(text);
	return same;
}

static bool places_hold_their_values(const struct grow_tree *t)
{
	json_t *shown = show_json(t, "heir"), *handler, *field;
	const char *name;
	bool good = true;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_object_foreach(json_object_get(handler, "fields"), name, field)
		{
			json_t *file = json_object_get(field, "file");
			const char *kind = json_string_value(json_object_get(field, "kind"));

			if (json_is_null(file) != json_is_null(json_object_get(field, "line")))
				good = broken("half a place", name, NULL);
			if (json_is_null(file) && strcmp(kind, "explicit") == 0)
				good = broken("explicit, and written nowhere", name, NULL);
			if ((strcmp(kind, "inherited") == 0) ==
				json_is_null(json_object_get(field, "from")))
				good = broken("inherited from nobody, or not", name, NULL);
			if (!json_is_null(file) &&
				!stands_there(
					text_at(t, json_string_value(file),
						json_integer_value(json_object_get(field, "line")),
						json_integer_value(
							json_object_get(field, "column"))),
					json_object_get(field, "value")))
				good = broken("another value stands there",
					json_string_value(json_object_get(handler, "name")), name);
		}
	}
	json_decref(shown);
	return good;
}

/* Comments, blank lines and CRLF change no value. */
static bool layout_does_not_matter(const struct grow_tree *t)
{
	json_t *before = show_json(t, "heir"), *after;
	bool same;

	other.n = t->n;
	for (unsigned i = 0; i < t->n; i++) {
		const char *p = t->files[i].text;
		struct grow_file *file = &other.files[i];
		bool crlf = roll(2);

		memcpy(file->path, t->files[i].path, sizeof(file->path));
		file->text[0] = '\0';
		grow_say(file, roll(2) ? "\xef\xbb\xbf" : "");
		while (*p) {
			size_t len = strcspn(p, "\n");
			char line[512];

			if (roll(3) == 0)
				grow_say(file, roll(2) ? "# [crio] x = 1\n" : "\t \n");
			snprintf(line, sizeof(line), "%.*s%s%s", (int)len, p,
				roll(3) ? "" : " # \"end", crlf ? "\r\n" : "\n");
			grow_say(file, line);
			p += len + (p[len] == '\n');
		}
	}
	after = show_json(&other, "heir");
	same = same_values("layout changes a value", before, after);
	json_decref(before);
	json_decref(after);
	return same;
}

/* Other handlers, and files that say nothing, change nothing. */
static bool others_do_not_matter(const struct grow_tree *t)
{
	json_t *before = show_json(t, "heir"), *after, *list;
	bool same;
	size_t i = 0;

	memcpy(&other, t, sizeof(other));
	if (other.n == GROW_MAX_FILES)
		other.n--;
	snprintf(other.files[other.n].path, sizeof(other.files[0].path), "etc/crio/crio.conf.d/%s",
		roll(2) ? "00-zz" : "zz/zz");
	other.files[other.n].text[0] = '\0';
	/* Where a file had to go, what is compared is without it too. */
	json_decref(before);
	before = show_json(&other, "heir");
	grow_handler(&other.files[other.n], "unrelated", roll(2));
	grow_handler(&other.files[other.n], "\"un related\"", roll(2));
	other.n++;
	after = show_json(&other, "heir");
	list = json_object_get(after, "handlers");
	while (i < json_array_size(list)) {
		json_t *name = json_object_get(json_array_get(list, i), "name");

		if (strncmp(json_string_value(name), "un", 2) == 0)
			json_array_remove(list, i);
		else
			i++;
	}
	/* But for the start of CRI-O, which the monitor of any handler can prevent. */
	json_object_del(before, "starts");
	json_object_del(after, "starts");
	same = same_values("an unrelated handler changes a value", before, after);
	json_decref(before);
	json_decref(after);
	return same;
}

/* Files are read in the order of their names: other names in the same order change nothing. (None
 * that a vendor's file would bear.) */
static bool names_of_files_do_not_matter(const struct grow_tree *t)
{
	json_t *before = show_json(t, "heir"), *after;
	bool same;

	memcpy(&other, t, sizeof(other));
	for (unsigned i = 0; i < other.n; i++)
		if (!strstr(other.files[i].path, "crio.conf") ||
			strstr(other.files[i].path, "00-default"))
			continue;
		else if (strstr(other.files[i].path, "crio.conf.d/"))
			snprintf(other.files[i].path, sizeof(other.files[i].path),
				"etc/crio/crio.conf.d/%c%s%u", 'a' + (int)i,
				roll(2) ? "/" : ".bak-", i);
	after = show_json(&other, "heir");
	same = same_values("names of files change a value", before, after);
	json_decref(before);
	json_decref(after);
	return same;
}

/* ---- The program ---- */

static const struct {
	const char *name;
	bool (*holds)(const struct grow_tree *tree);
} laws[] = {
	{"stock and heir agree where nothing is heir's", law_one},
	{"the same answer twice", asking_twice},
	{"handlers are sorted, chains end, reasons are told", well_formed},
	{"what stands at a value's place is the value", places_hold_their_values},
	{"comments, blank lines and CRLF change no value", layout_does_not_matter},
	{"unrelated handlers change nothing", others_do_not_matter},
	{"files may be called otherwise", names_of_files_do_not_matter},
};

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text && text[0] ? strtoull(text, NULL, 0) : otherwise;
}

static void print_tree(const struct grow_tree *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		printf("# == %s\n", t->files[i].path);
		for (const char *p = t->files[i].text; *p;) {
			size_t len = strcspn(p, "\n");

			printf("# %.*s\n", (int)len, p);
			p += len + (p[len] == '\n');
		}
	}
}

int main(void)
{
	unsigned long long seed = number("HEIR_SEED", 20261122), cases = number("HEIR_CASES", 400);
	unsigned plain = 0;

	printf("# HEIR_SEED=%llu HEIR_CASES=%llu\n", seed, cases);
	for (unsigned l = 0; l < ARRAY_LEN(laws); l++) {
		bool holds = true;

		for (unsigned long long i = 0; i < cases && holds; i++) {
			grow_seed(seed + i);
			grow(&tree, roll(3) == 0);
			plain += tree.plain;
			holds = laws[l].holds(&tree);
			if (!holds) {
				printf("# HEIR_SEED=%llu HEIR_CASES=1: %s\n", seed + i, why);
				print_tree(&tree);
			}
		}
		tap_case(holds, laws[l].name, "");
	}
	/* A law about plain trees says nothing when there are none. */
	tap_case(plain || cases < 20, "there were plain trees", "");
	return tap_end();
}
