/* SPDX-License-Identifier: Apache-2.0 */
/* `heir check --fix`, a TAP line a case. Of all recorded cases and of random files: stock and heir
 * resolve every handler as before, a second time there is nothing to fix, and the diff, applied by
 * this program, makes of the old files the new ones. Random files are written twice, with and
 * without faults: fixed they are byte for byte the ones without. HEIR_SEED and HEIR_CASES choose
 * others. */
#include <dirent.h>
#include <heir/heir.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "config/annotation.h"
#include "support/tap.h"
#include "support/tree.h"
#include "support/vector.h"

struct text {
	char *p;
	size_t len;
};

static void add(struct text *text, const char *p, size_t len)
{
	text->p = realloc(text->p, text->len + len + 1);
	memcpy(text->p + text->len, p, len);
	text->len += len;
	text->p[text->len] = '\0';
}

static int gather(void *data, const char *p, size_t len)
{
	add(data, p, len);
	return 0;
}

static char why[512];

static bool broken(const char *what)
{
	snprintf(why, sizeof(why), "%s", what);
	return false;
}

/* ---- A node ---- */

/* A vector is a node and how to ask it; NULL: as the program does. */
static struct heir_ctx *open_node(const char *root, json_t *vector, const char *as)
{
	json_t *release = json_object_get(vector, "release"), *value;
	json_t *facts = json_object_get(vector, "facts");
	struct heir_ctx *ctx;
	const char *name;
	int r = heir_ctx_new(&ctx);

	r = r ? r : heir_set(ctx, HEIR_ROOT, root);
	r = r ? r : heir_set(ctx, HEIR_AS, as);
	r = r ? r : heir_set(ctx, HEIR_CRIO_VERSION, release ? json_string_value(release) : "1.37");
	json_object_foreach(json_object_get(vector, "env"), name, value)
	{
		char line[256];

		snprintf(line, sizeof(line), "%s=%s", name, json_string_value(value));
		r = r ? r : heir_set(ctx, HEIR_ENV, line);
	}
	if (facts) {
		char path[512];

		snprintf(path, sizeof(path), "%s/facts.json", root);
		json_dump_file(facts, path, 0);
		r = r ? r : heir_set(ctx, HEIR_FACTS, path);
	}
	if (r < 0)
		tap_give_up(heir_error(ctx));
	return ctx;
}

/* A fix may add the other name of an annotation: what counts is which features are allowed. */
static void by_feature(json_t *values)
{
	json_t *name;
	uint64_t bits = 0;
	size_t i;

	json_array_foreach(json_object_get(values, "allowed_annotations"), i, name) bits |=
		heir_annotation_bit(heir_str_from(json_string_value(name)));
	json_object_set_new(values, "allowed_annotations", json_integer((json_int_t)bits));
}

/* What CRI-O takes for the same is the same here. */
static void fill_in(json_t *fields, const char *name, const char *value)
{
	const char *given = json_string_value(json_object_get(fields, name));

	if (!given || !given[0])
		json_object_set_new(fields, name, json_string(value));
}

/* {"name": {"field": value}} and what else is not to change. */
static json_t *resolve(const char *root, json_t *vector, const char *as)
{
	static const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_JSON};
	struct heir_ctx *ctx = open_node(root, vector, as);
	json_t *answer = json_object(), *shown, *handler, *field;
	struct text text = {NULL, 0};
	const char *name;
	bool old;
	size_t i;

	heir_load(ctx);
	if (heir_resolve(ctx) < 0 ||
		heir_report_show(ctx, NULL, 0, false, &style, gather, &text) < 0)
		tap_give_up(heir_error(ctx));
	shown = json_loads(text.p, JSON_ALLOW_NUL, NULL);
	old = strcmp(json_string_value(json_object_get(shown, "crio_version")), "1.31") < 0;
	json_object_set(answer, "default", json_object_get(shown, "default_runtime"));
	json_object_set_new(
		answer, "fatal", json_boolean(json_is_object(json_object_get(shown, "error"))));
	json_array_foreach(json_object_get(shown, "handlers"), i, handler)
	{
		json_t *values = json_object();

		json_object_set(values, "status", json_object_get(handler, "status"));
		if (strcmp(json_string_value(json_object_get(handler, "status")), "ok") == 0) {
			json_object_foreach(json_object_get(handler, "fields"), name, field)
				json_object_set(values, name, json_object_get(field, "value"));
			fill_in(values, "runtime_type", "oci");
			fill_in(values, "runtime_root", old ? "/run/runc" : "/run/crun");
			json_object_del(values, "inherit_default_runtime");
			by_feature(values);
		}
		json_object_set_new(
			answer, json_string_value(json_object_get(handler, "name")), values);
	}
	json_decref(shown);
	free(text.p);
	heir_ctx_unref(ctx);
	return answer;
}

/* Every file below a directory of the node, by its path. */
static void read_files(const char *root, const char *dir, json_t *files)
{
	char full[1024], path[512];
	struct dirent *entry;
	DIR *open;

	snprintf(full, sizeof(full), "%s%s", root, dir);
	open = opendir(full);
	while (open && (entry = readdir(open))) {
		struct stat st;
		FILE *file;
		char *text;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		snprintf(full, sizeof(full), "%s%s", root, path);
		if (lstat(full, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			read_files(root, path, files);
		if (!S_ISREG(st.st_mode))
			continue;
		file = fopen(full, "r");
		text = malloc((size_t)st.st_size + 1);
		st.st_size = (off_t)fread(text, 1, (size_t)st.st_size, file);
		fclose(file);
		/* Texts may be no UTF-8: one character a byte. */
		json_object_set_new(files, path, json_stringn_nocheck(text, (size_t)st.st_size));
		free(text);
	}
	if (open)
		closedir(open);
}

static json_t *files_of(const char *root)
{
	json_t *files = json_object();

	read_files(root, "/etc/crio", files);
	return files;
}

/* ---- The diff, applied ---- */

struct lines {
	const char *p, *end;
};

/* The next line with its newline; what has none is told by the line after it. */
static bool next_line(struct lines *lines, struct lines *ret)
{
	const char *newline = memchr(lines->p, '\n', (size_t)(lines->end - lines->p));

	if (lines->p == lines->end)
		return false;
	ret->p = lines->p;
	ret->end = lines->p = newline ? newline + 1 : lines->end;
	return true;
}

/* One file of the diff onto its text. False: it does not fit. */
static bool apply_file(struct lines *patch, struct lines old, struct text *ret)
{
	struct lines line, mine;
	unsigned at = 1, from, n_old, to, n_new;

	while (patch->p < patch->end && strncmp(patch->p, "@@ ", 3) == 0) {
		if (!next_line(patch, &line) ||
			sscanf(line.p, "@@ -%u,%u +%u,%u @@", &from, &n_old, &to, &n_new) != 4)
			return false;
		for (from += n_old == 0; at < from; at++) {
			if (!next_line(&old, &mine))
				return false;
			add(ret, mine.p, (size_t)(mine.end - mine.p));
		}
		while (n_old + n_new > 0) {
			size_t len;
			bool open;
			char mark;

			if (!next_line(patch, &line))
				return false;
			mark = line.p[0];
			open = strncmp(line.end, "\\ No newline", 12) == 0;
			len = (size_t)(line.end - line.p) - 1 - open;
			if (open)
				next_line(patch, &mine);
			n_old -= mark != '+';
			n_new -= mark != '-';
			at += mark != '+';
			if (mark != '+' &&
				(!next_line(&old, &mine) || (size_t)(mine.end - mine.p) != len ||
					memcmp(mine.p, line.p + 1, len) != 0))
				return false;
			if (mark != '-')
				add(ret, line.p + 1, len);
		}
	}
	add(ret, old.p, (size_t)(old.end - old.p));
	return true;
}

/* Does the diff make of the files `before` those of `after`? */
static bool patch_is_right(const struct text *text, json_t *before, json_t *after)
{
	struct lines patch = {text->p ? text->p : "", NULL}, line;
	json_t *made = json_copy(before);
	bool right = true;

	patch.end = patch.p + text->len;
	while (right && patch.p < patch.end) {
		struct text file = {NULL, 0};
		char path[512];
		json_t *old;

		right = next_line(&patch, &line) && sscanf(line.p, "--- a%511[^\n\t]", path) == 1 &&
			next_line(&patch, &line) && sscanf(line.p, "+++ b%511[^\n\t]", path) == 1;
		old = right ? json_object_get(made, path) : NULL;
		if (!old || !apply_file(&patch,
				    (struct lines){json_string_value(old),
					    json_string_value(old) + json_string_length(old)},
				    &file))
			right = false;
		else
			json_object_set_new(made, path, json_stringn_nocheck(file.p, file.len));
		free(file.p);
	}
	right = right && json_equal(made, after);
	json_decref(made);
	return right || broken("the diff makes other files");
}

/* ---- The laws ---- */

/* Fixes all that can be, by these rules. Returns how many fixes were made. */
static size_t fix(const char *root, json_t *vector, const char *const *rules, size_t n_rules,
	struct text *patch)
{
	static const struct heir_style style = {
		.size = sizeof(struct heir_style), .format = HEIR_FORMAT_TEXT};
	struct heir_ctx *ctx = open_node(root, vector, "heir");
	struct heir_fix_info info;
	size_t made = 0;
	int r;

	heir_load(ctx);
	r = heir_check(ctx, rules, n_rules, NULL, 0);
	r = r ? r : heir_fix(ctx);
	r = r ? r : heir_report_patch(ctx, &style, gather, patch);
	r = r ? r : heir_write_fixes(ctx);
	if (r < 0)
		tap_give_up(heir_error(ctx));
	for (size_t i = 0; heir_fix_at(ctx, i, &info) == 0; i++)
		made += info.reason == NULL;
	heir_ctx_unref(ctx);
	return made;
}

static size_t n_fixed;

/* All that must hold for a node. */
static bool check_node(const char *root, json_t *vector)
{
	json_t *stock = resolve(root, vector, "stock"), *heir = resolve(root, vector, "heir");
	json_t *files = files_of(root), *fixed, *stock_after, *heir_after;
	struct text patch = {NULL, 0}, nothing = {NULL, 0};
	size_t n = fix(root, vector, NULL, 0, &patch);
	bool ok = true;

	fixed = files_of(root);
	stock_after = resolve(root, vector, "stock");
	heir_after = resolve(root, vector, "heir");
	if (!json_equal(stock, stock_after) || !json_equal(heir, heir_after))
		ok = broken("a handler is not what it was");
	if ((n == 0) != (patch.len == 0) || (n == 0) != (bool)json_equal(files, fixed))
		ok = broken("fixes, diff and files do not agree");
	ok = ok && patch_is_right(&patch, files, fixed);
	if (ok && fix(root, vector, NULL, 0, &nothing) != 0)
		ok = broken("there is more to fix the second time");
	n_fixed += n;
	free(patch.p);
	free(nothing.p);
	json_decref(stock);
	json_decref(heir);
	json_decref(files);
	json_decref(fixed);
	json_decref(stock_after);
	json_decref(heir_after);
	return ok;
}

static void check_vector(const char *file, json_t *vector)
{
	char *root = vector_tree(vector);
	bool ok = check_node(root, vector);

	tap_case(ok, file, vector_title(vector));
	if (!ok)
		printf("# %s\n", why);
	tree_remove(root);
}

/* ---- Random files, with and without faults ---- */

static uint64_t state;

static unsigned roll(unsigned n)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = state;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((z ^ (z >> 31)) >> 33) % n;
}

#define PICK(list) ((list)[roll(ARRAY_LEN(list))])

/* The same file twice. */
struct twins {
	struct text clean, faulty;
	const char *newline;
};

static void say(struct twins *t, const char *clean, const char *faulty)
{
	add(&t->clean, clean, strlen(clean));
	add(&t->faulty, faulty, strlen(faulty));
}

static void end_line(struct twins *t, bool in_clean)
{
	static const char *const comments[] = {"", " ", " # why", "\t# caf\u00e9 = \"#\"", ""};
	const char *comment = PICK(comments);

	say(t, in_clean ? comment : "", comment);
	say(t, in_clean ? t->newline : "", t->newline);
}

/* Capitals here and there: "rUntime_path". */
static void spell(const char *key, char ret[64])
{
	size_t i, len = strlen(key);

	snprintf(ret, 64, "%s", key);
	for (i = roll(3) ? roll((unsigned)len) : 0; i < len; i += 1 + roll(4))
		if (ret[i] >= 'a' && ret[i] <= 'z')
			ret[i] = (char)(ret[i] - 'a' + 'A');
	if (strcmp(ret, key) == 0)
		ret[0] = (char)(ret[0] - 'a' + 'A');
}

static void say_key(struct twins *t, const char *key, const char *value)
{
	static const char *const befores[] = {"", "", "  ", "\t"};
	static const char *const equals[] = {" = ", "=", "  =\t"};
	const char *before = PICK(befores), *equal = PICK(equals);
	char faulty[64], quoted[80];

	snprintf(faulty, sizeof(faulty), "%s", key);
	if (roll(3) == 0)
		spell(key, faulty);
	/* A fix takes the quotes off, so the twin has none. */
	snprintf(quoted, sizeof(quoted), strcmp(faulty, key) == 0 || roll(2) ? "%s" : "\"%s\"",
		faulty);
	say(t, before, before);
	say(t, key, quoted);
	say(t, equal, equal);
	say(t, value, value);
	end_line(t, true);
}

/* A key that no release knows, and that is near no other, with its lines. */
static void say_dead(struct twins *t)
{
	static const char *const keys[] = {"zzz_zzz", "  qqqq-4711", "'x y z w v u'",
		"\"\\u0071qqqqqqqq\"", "wwww . vvvvvvvv"};
	static const char *const values[] = {"1", "\"# no comment\"", "'''\nx = 1\n# y\n'''",
		"[ 1, # one\n  [2, {a = 3}],\n]", "{ a = { b = 1 } }", "\"\"\"\\\n  \"\"\"",
		"07:32:00"};
	static unsigned n;
	char line[256];

	/* Each once in a table; a dotted key is a table's, which nobody removes. */
	snprintf(line, sizeof(line), "%s = %s", keys[n++ % 4], PICK(values));
	say(t, "", line);
	end_line(t, false);
}

static void say_comment(struct twins *t)
{
	static const char *const lines[] = {"", "# comment", "   # zzz_zzz = 1", "\t"};
	const char *line = PICK(lines);

	say(t, line, line);
	say(t, t->newline, t->newline);
}

static void say_inline(struct twins *t, const char *name)
{
	static const char *const pairs[] = {"runtime_path = \"/usr/bin/crun\"",
		"monitor_env=[\"A=b\"]", "no_sync_log =  false"};
	static const char *const dead[] = {"zzzz = 1", "yyyyyy = [{x = 2}]", "\"w w w w w\" = 'v'"};
	static const char *const commas[] = {", ", ",", " , ", ",\t"};
	const char *comma = PICK(commas);
	bool used[3] = {false};
	unsigned n = roll(3) + 1, kept = 0, all = 0;

	say(t, name, name);
	say(t, " = { ", " = { ");
	for (unsigned i = 0; i < n; i++) {
		unsigned d = roll(3);

		if (roll(2) && !used[d]) {
			used[d] = true;
			say(t, "", all++ ? comma : "");
			say(t, "", dead[d]);
		}
		if (i == 0 || roll(2)) {
			say(t, kept++ ? comma : "", all++ ? comma : "");
			say(t, pairs[i], pairs[i]);
		}
	}
	say(t, " }", " }");
	end_line(t, true);
}

static void say_handler(struct twins *t, const char *name)
{
	char header[64];

	snprintf(header, sizeof(header), "[crio.runtime.runtimes.%s]", name);
	say(t, header, header);
	end_line(t, true);
	if (roll(2))
		say_comment(t);
	if (roll(3) == 0)
		say_dead(t);
	say_key(t, "runtime_path", roll(2) ? "\"/usr/bin/crun\"" : "'/usr/bin/runc'");
	if (roll(2))
		say_key(t, "runtime_root", roll(2) ? "\"/run/crun\"" : "\"/run/other\"");
	if (roll(3) == 0)
		say_key(t, "runtime_type", roll(2) ? "\"oci\"" : "\"\"");
	if (roll(4) == 0)
		say_dead(t);
	if (roll(3) == 0)
		say_key(t, "allowed_annotations", "[\n\t\"cpu-quota.crio.io\", # one\n]");
	/* Not the default's, which would be its own parent. */
	if (roll(4) == 0 && strcmp(name, "crun") != 0)
		say_key(t, "inherit", roll(2) ? "\"default\"" : "\"none\"");
	if (roll(4) == 0)
		say_comment(t);
}

static void say_settings(struct twins *t)
{
	say(t, "[crio.runtime]", "[crio.runtime]");
	end_line(t, true);
	if (roll(2))
		say_key(t, "log_level", "\"info\"");
	if (roll(3) == 0)
		say_dead(t);
	if (roll(3) == 0)
		say_key(t, "default_runtime", "\"crun\"");
	if (roll(3) == 0)
		say_key(t, "implicit_inherit", roll(2) ? "true" : "false");
	say(t, "[crio.runtime.runtimes]", "[crio.runtime.runtimes]");
	end_line(t, true);
	if (roll(2))
		say_inline(t, "in1");
	if (roll(2))
		say_inline(t, "in2");
}

static void write_twins(struct twins *t, const char *newline, const char *names[3])
{
	*t = (struct twins){{NULL, 0}, {NULL, 0}, newline};
	if (roll(4) == 0)
		say(t, "\xef\xbb\xbf", "\xef\xbb\xbf");
	if (roll(2))
		say_comment(t);
	if (roll(2))
		say_settings(t);
	for (unsigned i = 0; i < 3; i++)
		if (roll(3))
			say_handler(t, names[i]);
	say(t, "", "");
	/* No newline at the end. */
	if (roll(3) == 0 && t->clean.len > 3 && t->faulty.len > 3) {
		size_t n = strlen(newline);

		t->clean.len -= n;
		t->faulty.len -= n;
		t->clean.p[t->clean.len] = t->faulty.p[t->faulty.len] = '\0';
	}
}

static json_t *twin_files(const struct twins twins[2], bool clean)
{
	static const char *const paths[] = {
		"/etc/crio/crio.conf", "/etc/crio/crio.conf.d/50-x y.conf"};
	json_t *files = json_object();

	for (unsigned i = 0; i < 2; i++) {
		const struct text *text = clean ? &twins[i].clean : &twins[i].faulty;

		json_object_set_new(files, paths[i], json_stringn_nocheck(text->p, text->len));
	}
	return files;
}

static char *twin_tree(json_t *files)
{
	char *root = tree_new();
	const char *path;
	json_t *text;

	tree_file(root, "usr/bin/crun", "", 0, 0755);
	tree_file(root, "usr/bin/runc", "", 0, 0755);
	json_object_foreach(files, path, text)
		tree_file(root, path, json_string_value(text), json_string_length(text), 0644);
	return root;
}

static bool check_twins(const struct twins twins[2])
{
	static const char *const rules[] = {"key-case", "key-unknown", "key-removed"};
	json_t *faulty = twin_files(twins, false), *clean = twin_files(twins, true), *fixed;
	struct text patch = {NULL, 0};
	char *root = twin_tree(faulty);
	bool ok;

	fix(root, NULL, rules, ARRAY_LEN(rules), &patch);
	fixed = files_of(root);
	ok = json_equal(fixed, clean) || broken("fixed files are not the clean ones");
	if (!ok)
		printf("# faulty: %s\n# clean:  %s\n# fixed: %s\n",
			json_dumps(faulty, JSON_SORT_KEYS), json_dumps(clean, JSON_SORT_KEYS),
			json_dumps(fixed, JSON_SORT_KEYS));
	tree_remove(root);
	root = twin_tree(faulty);
	ok = ok && check_node(root, NULL);
	tree_remove(root);
	json_decref(faulty);
	json_decref(clean);
	json_decref(fixed);
	free(patch.p);
	return ok;
}

static void check_random(uint64_t seed)
{
	static const char *names[2][3] = {{"a", "b", "crun"}, {"b", "\"c c\"", "d"}};
	struct twins twins[2];
	char name[32];
	bool ok;

	state = seed;
	for (unsigned i = 0; i < 2; i++)
		write_twins(&twins[i], roll(2) ? "\n" : "\r\n", names[i]);
	ok = check_twins(twins);
	snprintf(name, sizeof(name), "%llu", (unsigned long long)seed);
	tap_case(ok, "random:", name);
	if (!ok)
		printf("# HEIR_SEED=%s HEIR_CASES=1: %s\n", name, why);
	for (unsigned i = 0; i < 2; i++) {
		free(twins[i].clean.p);
		free(twins[i].faulty.p);
	}
}

int main(int argc, char *argv[])
{
	static const char *const files[] = {"crio-named.jsonl", "crio-mixed.jsonl",
		"crio-dialect.jsonl", "crio-random.jsonl", "crio-releases.jsonl",
		"heir-random.jsonl"};
	const char *seed = getenv("HEIR_SEED"), *cases = getenv("HEIR_CASES");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
	uint64_t n = cases ? strtoull(cases, NULL, 10) : 150;

	umask(0022);
	/* Every fix ends with an fsync, which a real disk takes its time for. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	for (uint64_t i = 0; i < n; i++)
		check_random(first + i);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (argc < 2 || strstr(files[i], argv[1]))
			vector_each(files[i], check_vector);
	tap_case(n_fixed > 100, "there was something to fix", "");
	return tap_end();
}
