/* SPDX-License-Identifier: Apache-2.0 */
/* The laws of `heir render`, for every recorded vector and for random trees: the files with the
 * rendered one, read as an unmodified CRI-O reads them, give each handler that heir finds ok
 * exactly heir's fields; and rendering again writes the same bytes, wherever the first rendering
 * lies. What a drop-in cannot say is told. HEIR_SEED and HEIR_CASES as in properties.c. */
#include <errno.h>
#include <heir/heir.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "support/answer.h"
#include "support/fail-alloc.h"
#include "support/grow.h"
#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

#define OUTPUT "etc/crio/crio.conf.d/zz-heir.conf"
#define MOVE "etc/crio/crio.conf.d/zzz-move.conf"

/* What is asked of a tree besides its files. */
struct question {
	const char *release, *facts, *what_if;
	bool bare; /* the tree has all programs that CRI-O shall find, or none */
	json_t *env;
};

/* What rendering it told. */
struct told {
	bool later, foreign; /* rendered-not-last, rendered-foreign */
	json_t *kept;        /* render-cannot-say: the handlers */
};

static char why[1024], refusal[512];

static bool broken(const char *what, const char *name)
{
	snprintf(why, sizeof(why), "%s: %s", what, name ? name : "");
	return false;
}

/* ---- Asking ---- */

static struct heir_ctx *open_tree(const char *dir, const struct question *question, const char *as)
{
	struct heir_ctx *ctx;
	const char *name;
	json_t *value;
	int r = heir_ctx_new(&ctx);

	if (r == 0)
		r = heir_set(ctx, HEIR_ROOT, dir);
	if (r == 0)
		r = heir_set(ctx, HEIR_AS, as);
	if (r == 0 && question->release)
		r = heir_set(ctx, HEIR_CRIO_VERSION, question->release);
	if (r == 0 && question->facts)
		r = heir_set(ctx, HEIR_FACTS, question->facts);
	if (r == 0 && question->what_if && as[0] == 'h')
		r = heir_set(ctx, HEIR_DEFAULT_RUNTIME, question->what_if);
	json_object_foreach(question->env, name, value)
	{
		char line[256];

		snprintf(line, sizeof(line), "%s=%s", name, json_string_value(value));
		r = r == 0 ? heir_set(ctx, HEIR_ENV, line) : r;
	}
	if (r < 0)
		tap_give_up(heir_error(ctx));
	heir_load(ctx);
	if (heir_resolve(ctx) < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

static json_t *show(struct heir_ctx *ctx)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct answer answer = {NULL, 0};
	json_t *json;

	if (heir_report_show(ctx, NULL, 0, false, &style, gather, &answer) < 0)
		tap_give_up(heir_error(ctx));
	json = json_loads(answer.text, JSON_ALLOW_NUL, NULL);
	if (!json)
		tap_give_up(answer.text);
	free(answer.text);
	return json;
}

/* No text where it is refused, or where CRI-O would not start. */
static struct answer render(struct heir_ctx *ctx)
{
	const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TOML};
	struct answer answer = {NULL, 0};
	int r = heir_report_render(ctx, NULL, NULL, &style, gather, &answer);

	if (r < 0 && r != -ECANCELED)
		tap_give_up(heir_error(ctx));
	if (r == -ECANCELED && answer.text)
		tap_give_up("refused, and written");
	snprintf(refusal, sizeof(refusal), "%s", r < 0 ? heir_error(ctx) : "");
	return answer;
}

static bool starts(json_t *shown)
{
	return json_is_true(json_object_get(shown, "starts"));
}

static struct told hear(struct heir_ctx *ctx)
{
	struct told told = {.kept = json_object()};

	for (size_t i = 0; i < heir_n_diagnostics(ctx); i++) {
		struct heir_diagnostic d;

		if (heir_diagnostic_at(ctx, i, &d) < 0)
			tap_give_up("no diagnostic");
		told.later |= strcmp(d.rule, "rendered-not-last") == 0;
		told.foreign |= strcmp(d.rule, "rendered-foreign") == 0;
		if (strcmp(d.rule, "render-cannot-say") != 0)
			continue;
		if (strstr(d.message, "cannot be written"))
			broken(d.message, NULL);
		json_object_set_new(told.kept, d.handler, json_string(d.message));
	}
	return told;
}

/* ---- The laws ---- */

/* The handlers that are ok, as {"name": {"field": value}}. CRI-O's flag is a way to values. */
static json_t *values(json_t *shown)
{
	json_t *all = json_object(), *handler, *field;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_t *fields = json_object(), *key = json_object_get(handler, "name");

		json_object_foreach(json_object_get(handler, "fields"), name,
			field) if (strcmp(name, "inherit_default_runtime") != 0)
			json_object_set(fields, name, json_object_get(field, "value"));
		if (strcmp(json_string_value(json_object_get(handler, "status")), "ok") == 0)
			json_object_setn_new(
				all, json_string_value(key), json_string_length(key), fields);
		else
			json_decref(fields);
	}
	return all;
}

static bool has(json_t *object, void *at)
{
	return json_object_getn(object, json_object_iter_key(at), json_object_iter_key_len(at));
}

/* Is the handler among those that a finding names? Findings show a NUL escaped. */
static bool is_reported(json_t *kept, void *at)
{
	const char *name = json_object_iter_key(at);
	char shown[256] = "";
	size_t n = 0;

	for (size_t i = 0; i < json_object_iter_key_len(at) && n + 5 < sizeof(shown); i++)
		n += (size_t)snprintf(
			shown + n, sizeof(shown) - n, name[i] ? "%c" : "\\x00", name[i]);
	return json_object_get(kept, shown);
}

/* Law 2, and that what it does not cover was told. */
static bool same_for_stock(json_t *heir, json_t *stock, const struct told *told)
{
	json_t *ours = values(heir), *theirs = values(stock), *fields;
	bool good = true;
	void *at;

	/* Whoever overrides the rendered file has been told of. */
	if (!told->later && !json_is_null(json_object_get(stock, "error")))
		good = broken("CRI-O does not start",
			json_string_value(
				json_object_get(json_object_get(stock, "error"), "message")));
	for (at = json_object_iter(ours); at && good && !told->later;
		at = json_object_iter_next(ours, at)) {
		fields = json_object_getn(
			theirs, json_object_iter_key(at), json_object_iter_key_len(at));
		if (!fields || !json_equal(fields, json_object_iter_value(at)))
			good = broken("CRI-O gives it something else", json_object_iter_key(at));
	}
	if (good && !told->later &&
		!json_equal(json_object_get(heir, "default_runtime"),
			json_object_get(stock, "default_runtime")))
		good = broken("another default", NULL);
	for (at = json_object_iter(theirs); at && good; at = json_object_iter_next(theirs, at))
		if (!has(ours, at) && !is_reported(told->kept, at))
			good = broken(
				"CRI-O keeps it, and nobody says so", json_object_iter_key(at));
	for (at = json_object_iter(told->kept); at && good;
		at = json_object_iter_next(told->kept, at))
		if (has(ours, at))
			good = broken("told, and not so", json_object_iter_key(at));
	json_decref(ours);
	json_decref(theirs);
	return good;
}

static bool same_bytes(const char *dir, const struct question *question, const struct answer *first,
	const char *what)
{
	struct heir_ctx *ctx = open_tree(dir, question, "heir");
	struct answer again = render(ctx);
	bool same = again.len == first->len && memcmp(again.text, first->text, first->len) == 0;

	heir_ctx_unref(ctx);
	free(again.text);
	return same || broken("rendered again, it is another", what);
}

/* ---- The default moves ---- */

static const char *const taken[] = {
	"runtime_path", "runtime_type", "runtime_root", "runtime_config_path"};

static unsigned n_followers;

static json_t *find_ok(json_t *shown, json_t *name)
{
	json_t *handler;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i,
		handler) if (json_equal(json_object_get(handler, "name"), name) &&
			     strcmp(json_string_value(json_object_get(handler, "status")), "ok") ==
				     0) return handler;
	return NULL;
}

static json_t *field_of(json_t *handler, const char *name)
{
	return json_object_get(json_object_get(handler, "fields"), name);
}

/* Whether it has the default for a parent and sets none of the four fields itself. */
static bool takes_all(json_t *handler, json_t *name_of_default)
{
	if (!json_equal(json_object_get(handler, "parent"), name_of_default))
		return false;
	for (size_t f = 0; f < ARRAY_LEN(taken); f++) {
		json_t *field = field_of(handler, taken[f]);

		if (field && strcmp(json_string_value(json_object_get(field, "kind")), "inherited"))
			return false;
	}
	return true;
}

static bool same_identity(json_t *a, json_t *b)
{
	for (size_t f = 0; f < ARRAY_LEN(taken); f++) {
		json_t *x = json_object_get(field_of(a, taken[f]), "value");
		json_t *y = json_object_get(field_of(b, taken[f]), "value");

		if (x != y && !(x && y && json_equal(x, y)))
			return false;
	}
	return true;
}

/* A handler that could be the default instead: it needs no parent. */
static json_t *other_default(json_t *shown)
{
	json_t *handler, *name;
	size_t i;

	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		name = json_object_get(handler, "name");
		if (json_is_null(json_object_get(handler, "parent")) && find_ok(shown, name) &&
			!json_equal(name, json_object_get(shown, "default_runtime")) &&
			!strpbrk(json_string_value(name), "'\n\t") &&
			strlen(json_string_value(name)) == json_string_length(name))
			return name;
	}
	return NULL;
}

static json_t *show_dir(const char *dir, const struct question *question, const char *as)
{
	struct heir_ctx *ctx = open_tree(dir, question, as);
	json_t *shown = show(ctx);

	heir_ctx_unref(ctx);
	return shown;
}

/* default_runtime is changed behind the drop-in, which stays as it is. CRI-O gives each handler
 * that takes all of its identity from the default what heir gives it then. */
static bool moves_along(const char *dir, const struct question *question, json_t *before)
{
	json_t *name = json_object_get(before, "default_runtime"), *other = other_default(before);
	json_t *heir, *stock, *handler;
	char text[512], path[512];
	bool good = true;
	size_t i;

	if (!other)
		return true;
	snprintf(text, sizeof(text), "[crio.runtime]\ndefault_runtime = '%s'\n",
		json_string_value(other));
	tree_text(dir, MOVE, text);
	heir = show_dir(dir, question, "heir");
	stock = show_dir(dir, question, "stock");
	/* (heir.d may have the last word about the default, for heir only.) */
	json_array_foreach(json_object_get(before, "handlers"), i, handler)
	{
		json_t *key = json_object_get(handler, "name");
		json_t *mine = find_ok(heir, key), *theirs = find_ok(stock, key);

		if (!good || !mine || json_equal(key, other) || !takes_all(handler, name) ||
			!json_equal(json_object_get(heir, "default_runtime"), other) ||
			!json_equal(json_object_get(mine, "parent"), other))
			continue;
		n_followers++;
		if (!theirs || !same_identity(mine, theirs))
			good = broken("does not follow the default", json_string_value(key));
	}
	json_decref(heir);
	json_decref(stock);
	snprintf(path, sizeof(path), "%s/%s", dir, MOVE);
	unlink(path);
	return good;
}

/* Whether the release has inherit_default_runtime. */
static bool has_flag(const struct question *question)
{
	static const char *const without[] = {"1.28", "1.29", "1.30"};

	for (size_t i = 0; i < ARRAY_LEN(without); i++)
		if (question->release && strncmp(question->release, without[i], 4) == 0)
			return false;
	return true;
}

/* The directories are there before the first look: some vector has one for a runtime_path. */
static void make_directories(const char *dir)
{
	static const char *const names[] = {
		"etc", "etc/crio", "etc/crio/crio.conf.d", "etc/crio/heir.d"};
	char path[512];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		mkdir(path, 0755);
	}
}

static void write_without_digest(const char *dir, const char *text)
{
	const char *first = strchr(text, '\n'), *second = first ? strchr(first + 1, '\n') : NULL;
	char *old = second ? strdup(text) : NULL;

	if (old)
		memmove(old + (first + 1 - text), second + 1, strlen(second + 1) + 1);
	tree_text(dir, OUTPUT, old ? old : text);
	free(old);
}

/* Without these CRI-O starts on no tree, and nothing would be rendered. */
static void make_programs(const char *dir)
{
	static const char *const names[] = {"usr/bin/conmon", "usr/bin/pinns", "usr/bin/nsenter"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		tree_file(dir, names[i], "#!/bin/sh\n", 10, 0755);
}

/* Both laws for a tree on disk. Where CRI-O would not start nothing is rendered. */
static bool holds(const char *dir, const struct question *question, unsigned *n_rendered)
{
	struct heir_ctx *ctx;
	struct answer first;
	struct told told;
	json_t *ours, *theirs, *before;
	bool good;

	make_directories(dir);
	if (!question->bare)
		make_programs(dir);
	ctx = open_tree(dir, question, "heir");
	first = render(ctx);
	told = hear(ctx);
	ours = show(ctx);
	heir_ctx_unref(ctx);
	/* Refused is only what would not start; that may be for a later file, or a handler that
	 * CRI-O keeps although heir drops it. */
	if (json_is_object(json_object_get(ours, "error")) || !first.text) {
		good = first.len == 0 &&
		       (!starts(ours) || told.later || json_object_size(told.kept) > 0);
		if (!good)
			broken("rendered what does not start, or did not render", refusal);
	} else {
		++*n_rendered;
		before = show_dir(dir, question, "stock");
		tree_text(dir, OUTPUT, first.text);
		theirs = show_dir(dir, question, "stock");
		good = why[0] == '\0' && same_for_stock(ours, theirs, &told);
		/* Law 4. */
		if (good && starts(before) && !starts(theirs))
			good = broken("CRI-O started before", NULL);
		/* (What CRI-O keeps although heir drops it may stop CRI-O, and that was told.) */
		if (good && !told.later && json_object_size(told.kept) == 0 &&
			starts(ours) != starts(theirs))
			good = broken("heir and stock do not agree whether CRI-O starts", NULL);
		json_decref(before);
		if (good && !told.later && has_flag(question) && !question->what_if)
			good = moves_along(dir, question, ours);
		good = good && same_bytes(dir, question, &first, "in its place");
		/* Nor is that of heir 0.1.0 an input, which has no digest. */
		write_without_digest(dir, first.text);
		good = good && same_bytes(dir, question, &first, "without a digest");
		json_decref(theirs);
	}
	json_decref(ours);
	json_decref(told.kept);
	free(first.text);
	return good;
}

/* ---- Vectors ---- */

static unsigned n_rendered;

static void run_vector(json_t *vector, const char *file, const char *release)
{
	json_t *facts = json_object_get(vector, "facts");
	char *root = vector_tree(vector), path[512], label[160];
	struct question question = {.release = release,
		.env = json_object_get(vector, "env"),
		.bare = strcmp(file, "heir-monitor.jsonl") == 0};

	why[0] = '\0';
	snprintf(path, sizeof(path), "%s/facts.json", root);
	if (facts) {
		json_dump_file(facts, path, 0);
		question.facts = path;
	}
	snprintf(label, sizeof(label), "%s %s", vector_title(vector), release ? release : "");
	if (!tap_case(holds(root, &question, &n_rendered), file, label))
		printf("# %s\n", why);
	tree_remove(root);
}

/* Those of heir's own semantics are tried on several releases: what a release knows and fills in
 * is not the same. */
static void run_any(const char *file, json_t *vector)
{
	static const char *const others[] = {"1.28", "1.30", "1.32.0", "1.34"};
	json_t *release = json_object_get(vector, "release");
	static unsigned turn;

	run_vector(vector, file, release ? json_string_value(release) : "1.37");
	if (!release)
		run_vector(vector, file, others[turn++ % ARRAY_LEN(others)]);
}

/* ---- Random trees ---- */

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text && text[0] ? strtoull(text, NULL, 0) : otherwise;
}

static void run_random(void)
{
	static const char *const releases[] = {
		NULL, "1.28", "1.29", "1.30", "1.31.3", "1.33", "1.35.0", "1.36"};
	static const char *const defaults[] = {"crun", "runc", "a", "wild"};
	unsigned long long seed = number("HEIR_SEED", 20261122), cases = number("HEIR_CASES", 900);
	static struct grow_tree tree;
	unsigned rendered = 0;
	bool good = true;

	printf("# HEIR_SEED=%llu HEIR_CASES=%llu\n", seed, cases);
	for (unsigned long long i = 0; i < cases && good; i++) {
		struct question question = {.env = NULL};
		char *dir = tree_new();

		grow_seed(seed + i);
		if (roll(3))
			grow_wild(&tree);
		else
			grow(&tree, false);
		grow_write(dir, &tree);
		question.release = releases[roll(ARRAY_LEN(releases))];
		if (roll(6) == 0)
			question.what_if = defaults[roll(ARRAY_LEN(defaults))];
		why[0] = '\0';
		good = holds(dir, &question, &rendered);
		tree_remove(dir);
		if (good)
			continue;
		printf("# HEIR_SEED=%llu HEIR_CASES=1 (%s, default %s): %s\n", seed + i,
			question.release ? question.release : "newest",
			question.what_if ? question.what_if : "as it is", why);
		for (unsigned f = 0; f < tree.n; f++)
			printf("# == %s\n%s", tree.files[f].path, tree.files[f].text);
	}
	tap_case(good, "random trees", "");
	tap_case(rendered * 8 > cases || cases < 20, "many of them start", "");
	printf("# %u rendered\n", rendered);
}

/* ---- Memory ---- */

static int discard(void *data, const char *text, size_t len)
{
	(void)data;
	(void)text;
	(void)len;
	return 0;
}

/* The n-th allocation fails, for every n: an error is returned or the whole is there. */
static void check_memory(const char *root)
{
	static const enum heir_format formats[] = {HEIR_FORMAT_TOML, HEIR_FORMAT_JSON,
		HEIR_FORMAT_MACHINECONFIG, HEIR_FORMAT_IGNITION};
	bool done = false, ok = true;
	unsigned long n;

	for (n = 0; !done && ok; n++) {
		struct question question = {.env = NULL};
		struct heir_ctx *ctx = open_tree(root, &question, "heir");
		int r = 0;

		heir_test_fail_alloc(n);
		for (size_t f = 0; f < ARRAY_LEN(formats) && r == 0; f++) {
			struct heir_style style = {
				.size = sizeof(struct heir_style), .format = formats[f]};

			r = heir_report_render(ctx, NULL, NULL, &style, discard, NULL);
		}
		done = heir_test_alloc_count() <= n;
		heir_test_fail_alloc(HEIR_TEST_NEVER_FAIL);
		ok = done ? r == 0 : r == -ENOMEM;
		heir_ctx_unref(ctx);
	}
	tap_case(ok, "every allocation may fail:", root);
	if (!ok)
		printf("# at allocation %lu\n", n);
}

int main(int argc, char *argv[])
{
	static const char *const files[] = {"heir-random.jsonl", "heir-monitor.jsonl",
		"crio-named.jsonl", "crio-dialect.jsonl", "crio-mixed.jsonl", "crio-random.jsonl",
		"crio-releases.jsonl"};
	static const char *const examples[] = {"ocp-worker", "debian-node"};
	const char *source = getenv("HEIR_SOURCE");
	char path[512];

	run_random();
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		snprintf(path, sizeof(path), "%s/examples/%s", source ? source : ".", examples[i]);
		check_memory(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (argc < 2 || strstr(files[i], argv[1]))
			vector_each(files[i], run_any);
	tap_case(n_rendered > 500 || argc > 1, "there was something to render", "");
	tap_case(n_followers > 200 || argc > 1, "there were handlers that follow", "");
	printf("# %u followers\n", n_followers);
	return tap_end();
}
