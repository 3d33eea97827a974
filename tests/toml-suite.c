/* SPDX-License-Identifier: Apache-2.0 */
/* toml-test: every case of its lists for TOML 1.0 and 1.1 through the decoder program, one line of
 * TAP a case. $HEIR_TOML_TEST is the suite, $HEIR_TOML_TEST_DECODER the program. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "support/tap.h"

extern char **environ;

struct suite {
	const char *dir, *decoder, *version;
};

/* Runs the decoder on a file. Its exit status, -1 when it did not exit; *ret_out is what it wrote.
 */
static int run_decoder(const struct suite *suite, const char *path, FILE **ret_out)
{
	char *argv[] = {(char *)suite->decoder, (char *)"--toml", (char *)suite->version, NULL};
	posix_spawn_file_actions_t actions;
	FILE *out = tmpfile();
	pid_t pid;
	int r, status = -1;

	if (!out)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	r = posix_spawn(&pid, suite->decoder, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r != 0 || waitpid(pid, &status, 0) != pid) {
		fclose(out);
		return -1;
	}
	rewind(out);
	*ret_out = out;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_scalar(const json_t *value)
{
	return json_is_object(value) && json_object_size(value) == 2 &&
	       json_is_string(json_object_get(value, "type")) &&
	       json_is_string(json_object_get(value, "value"));
}

/* A time as the suite compares it: T as the separator, Z for no offset, no zeros at the end of the
 * fraction. */
static void normalize_time(char *to, size_t size, const char *from)
{
	size_t n = 0, digits = 0;
	bool fraction = false;

	for (; *from && n + 2 < size; from++) {
		char c = *from == ' ' || *from == 't' ? 'T' : *from == 'z' ? 'Z' : *from;

		if (fraction && (c < '0' || c > '9')) {
			while (digits > 0 && to[n - 1] == '0') {
				n--;
				digits--;
			}
			n -= digits == 0;
			fraction = false;
		}
		digits = c == '.' ? 0 : digits + 1;
		fraction |= c == '.';
		to[n++] = c;
	}
	while (fraction && to[n - 1] == '0')
		n--;
	n -= fraction && to[n - 1] == '.';
	to[n] = '\0';
	if (n > 6 && (strcmp(to + n - 6, "+00:00") == 0 || strcmp(to + n - 6, "-00:00") == 0))
		memcpy(to + n - 6, "Z", 2);
}

static bool same_scalar(const json_t *a, const json_t *b)
{
	const char *type = json_string_value(json_object_get(a, "type"));
	const char *x = json_string_value(json_object_get(a, "value"));
	const char *y = json_string_value(json_object_get(b, "value"));
	char u[64], v[64];

	if (strcmp(type, json_string_value(json_object_get(b, "type"))) != 0)
		return false;
	if (strcmp(type, "float") == 0) {
		double p = strtod(x, NULL), q = strtod(y, NULL);

		return p == q || (isnan(p) && isnan(q));
	}
	if (strncmp(type, "datetime", 8) == 0 || strcmp(type, "time-local") == 0) {
		normalize_time(u, sizeof(u), x);
		normalize_time(v, sizeof(v), y);
		return strcmp(u, v) == 0;
	}
	return json_equal(json_object_get(a, "value"), json_object_get(b, "value"));
}

/* The suite's own files are not deep. */
static bool same(const json_t *a, const json_t *b)
{
	const char *key;
	size_t len, i;
	json_t *value;

	if (is_scalar(a) || is_scalar(b))
		return is_scalar(a) && is_scalar(b) && same_scalar(a, b);
	if (json_is_array(a)) {
		if (!json_is_array(b) || json_array_size(a) != json_array_size(b))
			return false;
		json_array_foreach(
			a, i, value) if (!same(value, json_array_get(b, i))) return false;
		return true;
	}
	if (!json_is_object(a) || !json_is_object(b) || json_object_size(a) != json_object_size(b))
		return false;
	json_object_keylen_foreach((json_t *)a, key, len,
		value) if (!same(value, json_object_getn(b, key, len))) return false;
	return true;
}

/* jansson reads no NUL in a key, and the suite has one: a character that nobody uses stands in. */
static json_t *load(FILE *file)
{
	char *text = NULL, *p;
	size_t size = 0;
	ssize_t n = getdelim(&text, &size, '\0', file);
	json_t *json = NULL;

	for (p = text; n > 0 && (p = strchr(p, '\\')); p += 2) {
		if (strncmp(p, "\\u0000", 6) == 0)
			memcpy(p, "\\uf8ff", 6);
	}
	if (n > 0)
		json = json_loadb(text, (size_t)n, 0, NULL);
	free(text);
	return json;
}

static const char *check_valid(const char *path, int status, FILE *out)
{
	char expected[4096];
	json_t *want = NULL, *got;
	FILE *file;
	bool equal;

	if (status != 0)
		return "refused";
	snprintf(expected, sizeof(expected), "%.*s.json", (int)strlen(path) - 5, path);
	file = fopen(expected, "r");
	if (file) {
		want = load(file);
		fclose(file);
	}
	got = load(out);
	equal = want && got && same(want, got);
	json_decref(want);
	json_decref(got);
	return equal ? NULL : "decoded to something else";
}

static void run_case(struct suite *suite, const char *name)
{
	bool valid = strncmp(name, "valid/", 6) == 0;
	const char *wrong = NULL;
	FILE *out = NULL;
	char path[4096];
	int status;

	snprintf(path, sizeof(path), "%s/%s", suite->dir, name);
	status = run_decoder(suite, path, &out);
	if (status < 0)
		wrong = "the decoder died or could not be run";
	else if (valid)
		wrong = check_valid(path, status, out);
	else if (status != 1)
		wrong = "accepted";
	if (out)
		fclose(out);
	if (!tap_case(!wrong, suite->version, name))
		printf("# %s\n", wrong);
}

static bool run_list(struct suite *suite, const char *version)
{
	char path[4096], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *list;

	suite->version = version;
	snprintf(path, sizeof(path), "%s/files-toml-%s.0", suite->dir, version);
	list = fopen(path, "r");
	if (!list)
		return false;
	while ((n = getline(&line, &size, list)) > 0) {
		if (line[n - 1] == '\n')
			line[--n] = '\0';
		if (n > 5 && strcmp(line + n - 5, ".toml") == 0)
			run_case(suite, line);
	}
	free(line);
	fclose(list);
	return true;
}

int main(void)
{
	struct suite suite = {
		.dir = getenv("HEIR_TOML_TEST"), .decoder = getenv("HEIR_TOML_TEST_DECODER")};

	if (!suite.dir || access(suite.dir, R_OK) != 0) {
		printf("1..0 # SKIP toml-test is not there\n");
		return 0;
	}
	if (!suite.decoder || !run_list(&suite, "1.0") || !run_list(&suite, "1.1"))
		tap_give_up("no decoder or no list of cases");
	return tap_end();
}
