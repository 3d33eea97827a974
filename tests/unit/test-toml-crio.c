/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of CRI-O against what a real CRI-O said of the same files: which file it refuses and
 * on which line, and what the handlers' strings are where it accepts. Reads
 * $HEIR_VECTORS/crio-*.jsonl. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/macro.h"
#include "base/str.h"
#include "toml/toml.h"

#define CONFIG "etc/crio/crio.conf"
#define DROPINS "etc/crio/crio.conf.d/"

enum { MAX_FILES = 32 };

struct file {
	const char *path;
	struct heir_toml_doc *doc;
};

struct vector {
	const char *set;
	unsigned line;
	json_t *json;
	struct file files[MAX_FILES]; /* in the order in which CRI-O reads them */
	size_t n_files;
	struct heir_buf bytes; /* of files in base64 */
};

static void fail_vector(const struct vector *v, const char *path, const char *what)
{
	fail_msg("%s:%u: %s: %s", v->set, v->line, path, what);
}

/* Go's filepath.Walk: entries of a directory in byte order, so a slash comes before all else. */
static int compare_paths(const void *a, const void *b)
{
	const unsigned char *x = (const unsigned char *)((const struct file *)a)->path;
	const unsigned char *y = (const unsigned char *)((const struct file *)b)->path;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	return (*x == '/' ? 1 : *x) - (*y == '/' ? 1 : *y);
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = strchr(digits, c);

	return c && p ? (int)(p - digits) : -1;
}

static void add_base64(struct heir_buf *buf, const char *text)
{
	uint32_t bits = 0;
	int n = 0;

	for (; base64_digit(*text) >= 0; text++) {
		bits = bits << 6 | (uint32_t)base64_digit(*text);
		n += 6;
		if (n >= 8) {
			n -= 8;
			heir_buf_addc(buf, (char)(bits >> n));
		}
	}
}

static struct heir_toml_doc *parse(const struct vector *v, struct heir_str text)
{
	const char *release = json_string_value(json_object_get(v->json, "release"));
	struct heir_toml_options options = {.dialect = HEIR_TOML_CRIO, .version = HEIR_TOML_1_1};
	struct heir_toml_doc *doc;

	/* The last patch release of 1.35 reads TOML 1.1. */
	if (release && atoi(release + 2) < 35)
		options.version = HEIR_TOML_1_0;
	assert_int_equal(heir_toml_parse(text, &options, &doc), 0);
	return doc;
}

static void add_file(struct vector *v, const char *path, struct heir_str text)
{
	assert_true(v->n_files < MAX_FILES);
	v->files[v->n_files++] = (struct file){path, parse(v, text)};
}

static bool is_read(const char *path)
{
	return strcmp(path, CONFIG) == 0 || strncmp(path, DROPINS, strlen(DROPINS)) == 0;
}

/* What a path holds: text, or bytes, or the link's target. False: nothing that could be read. */
static bool contents(struct vector *v, const char *path, struct heir_str *ret)
{
	json_t *text = json_object_get(json_object_get(v->json, "files"), path);
	json_t *bytes = json_object_get(json_object_get(v->json, "files_base64"), path);

	if (text) {
		*ret = (struct heir_str){json_string_value(text), json_string_length(text)};
	} else if (bytes) {
		size_t from = v->bytes.len;

		add_base64(&v->bytes, json_string_value(bytes));
		assert_int_equal(heir_buf_error(&v->bytes), 0);
		*ret = (struct heir_str){v->bytes.p + from, v->bytes.len - from};
	}
	return text || bytes;
}

/* Where a link at `path` leads, without the slash at the root. */
static void resolve(char *to, size_t size, const char *path, const char *target)
{
	size_t n = target[0] == '/' ? 0 : (size_t)(strrchr(path, '/') - path);

	target += target[0] == '/';
	for (; strncmp(target, "../", 3) == 0; target += 3) {
		while (n > 0 && path[--n] != '/')
			;
	}
	snprintf(to, size, "%.*s%s%s", (int)n, path, n ? "/" : "", target);
}

static void open_vector(struct vector *v)
{
	static const char *const keys[] = {"files", "files_base64", "links"};
	const char *path;
	json_t *value;

	v->n_files = 0;
	heir_buf_clear(&v->bytes);
	/* Slices of a buffer that grows would dangle. */
	heir_buf_fill(&v->bytes, ' ', 1 << 20);
	v->bytes.len = 0;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		json_object_foreach(json_object_get(v->json, keys[i]), path, value)
		{
			char target[256];
			struct heir_str text;

			if (!is_read(path))
				continue;
			snprintf(target, sizeof(target), "%s", path);
			if (i == 2) {
				if (json_object_get(json_object_get(v->json, "files"), path))
					continue;
				resolve(target, sizeof(target), path, json_string_value(value));
			}
			if (contents(v, target, &text))
				add_file(v, path, text);
		}
	}
	qsort(v->files, v->n_files, sizeof(v->files[0]), compare_paths);
}

static void close_vector(struct vector *v)
{
	for (size_t i = 0; i < v->n_files; i++)
		heir_toml_free(v->files[i].doc);
	json_decref(v->json);
}

static unsigned line_of(struct heir_str text, uint32_t at)
{
	unsigned line = 1;

	for (uint32_t i = 0; i < at; i++)
		line += text.p[i] == '\n';
	return line;
}

static const struct heir_toml_fault *first_fatal(const struct heir_toml_doc *doc)
{
	for (size_t i = 0; i < heir_toml_n_faults(doc); i++) {
		if (!heir_toml_fault(doc, i)->tolerated)
			return heir_toml_fault(doc, i);
	}
	return NULL;
}

static bool is_type_error(const char *error)
{
	return strstr(error, "incompatible types") || strstr(error, "type mismatch") ||
	       strstr(error, "expected table but found");
}

static void check_sound(const struct vector *v, const struct file *file)
{
	const struct heir_toml_fault *fault = first_fatal(file->doc);

	assert_int_equal(fault != NULL, heir_toml_fatal(file->doc));
	if (fault)
		fail_vector(v, file->path, fault->message);
}

static void check_refused(const struct vector *v, const struct file *file, const char *error)
{
	const struct heir_toml_fault *fault = first_fatal(file->doc);
	const char *at = strstr(error, "toml: line ");
	char message[1024];
	unsigned line;

	if (!fault)
		fail_vector(v, file->path, error);
	line = line_of(heir_toml_text(file->doc), fault->where.at);
	if (at && line == strtoul(at + strlen("toml: line "), NULL, 10))
		return;
	snprintf(message, sizeof(message), "line %u (%s), but CRI-O: %s", line, fault->message,
		error);
	fail_vector(v, file->path, message);
}

/* The handler's table in a document, or 0. */
static heir_toml_node handler(const struct heir_toml_doc *doc, const char *name)
{
	static const char *const way[] = {"crio", "runtime", "runtimes"};
	heir_toml_node node = HEIR_TOML_ROOT;

	for (size_t i = 0; i < ARRAY_LEN(way); i++)
		node = heir_toml_get(doc, node, heir_str_from(way[i]));
	node = heir_toml_get(doc, node, heir_str_from(name));
	return heir_toml_type(doc, node) == HEIR_TOML_TABLE ? node : 0;
}

/* The last file that names a handler decides; a missing field is the empty string. */
static void check_handler(const struct vector *v, const char *name, json_t *fields)
{
	static const char *const keys[] = {"runtime_path", "runtime_root", "runtime_config_path"};
	const struct heir_toml_doc *doc = NULL;
	struct heir_arena arena;
	heir_toml_node node = 0;

	for (size_t i = v->n_files; i > 0 && !node; i--) {
		doc = v->files[i - 1].doc;
		node = handler(doc, name);
	}
	if (!node)
		return;
	heir_toml_foreach (child, doc, node) {
		struct heir_str key = heir_toml_key(doc, child);

		/* Another spelling of a key is the decoder's matter, not the reader's. */
		for (size_t i = 0; i < key.len; i++) {
			if (key.p[i] >= 'A' && key.p[i] <= 'Z')
				return;
		}
	}
	heir_arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *want = json_string_value(json_object_get(fields, keys[i]));
		heir_toml_node value = heir_toml_get(doc, node, heir_str_from(keys[i]));
		struct heir_str got = value ? heir_toml_string(doc, value, &arena) : HEIR_STR_NULL;

		if (!heir_str_eqz(got, want))
			fail_vector(v, name, keys[i]);
	}
	heir_arena_release(&arena);
}

static void check_accepted(const struct vector *v, json_t *loaded)
{
	const char *name;
	json_t *fields;

	for (size_t i = 0; i < v->n_files; i++)
		check_sound(v, &v->files[i]);
	json_object_foreach(json_object_get(loaded, "handlers"), name, fields)
		check_handler(v, name, fields);
}

/* 1 when CRI-O refuses the case because of its TOML. */
static unsigned check_vector(const struct vector *v)
{
	json_t *loaded = json_object_get(json_object_get(v->json, "expect"), "loaded");
	const char *error = json_string_value(json_object_get(loaded, "error"));

	if (!error) {
		check_accepted(v, loaded);
		return 0;
	}
	if (!strstr(error, "toml:"))
		return 0;
	for (size_t i = 0; i < v->n_files; i++) {
		char named[256];

		snprintf(named, sizeof(named), "/%s: toml:", v->files[i].path);
		if (!strstr(error, named)) {
			check_sound(v, &v->files[i]);
			continue;
		}
		if (is_type_error(error)) {
			check_sound(v, &v->files[i]);
			return 0;
		}
		check_refused(v, &v->files[i], error);
		return 1;
	}
	fail_vector(v, "no file", error);
	return 0;
}

static void run_set(void **state)
{
	const char *set = *state, *dir = getenv("HEIR_VECTORS");
	struct vector v = {.set = set, .bytes = HEIR_BUF_NULL};
	unsigned n_refused = 0;
	char *line = NULL, path[4096];
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.jsonl", dir ? dir : "tests/vectors", set);
	file = fopen(path, "r");
	if (!file)
		skip();
	while (getline(&line, &size, file) > 0) {
		v.line++;
		v.json = json_loads(line, JSON_ALLOW_NUL, NULL);
		assert_non_null(v.json);
		open_vector(&v);
		n_refused += check_vector(&v);
		close_vector(&v);
	}
	fclose(file);
	free(line);
	heir_buf_release(&v.bytes);
	assert_true(v.line > 0);
	assert_true(n_refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"crio-dialect", run_set, NULL, NULL, (void *)"crio-dialect"},
		{"crio-mixed", run_set, NULL, NULL, (void *)"crio-mixed"},
		{"crio-random", run_set, NULL, NULL, (void *)"crio-random"},
		{"crio-releases", run_set, NULL, NULL, (void *)"crio-releases"},
	};

	return cmocka_run_group_tests_name("crio", tests, NULL, NULL);
}
