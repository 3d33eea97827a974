/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single values. Each function mirrors what Validate() calls for its keys. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/regex.h"
#include "config/duration.h"
#include "start/judge.h"

bool heir_word_is_in(struct heir_str word, const char *list, bool fold)
{
	while (*list) {
		size_t len = strcspn(list, ",");

		if (word.len == len && (fold ? heir_ascii_eqfold(word.p, list, len)
					     : strncmp(word.p, list, len) == 0))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

bool heir_go_integer(struct heir_str text, int64_t *ret)
{
	bool negative = text.len > 0 && text.p[0] == '-';
	size_t i = negative || (text.len > 0 && text.p[0] == '+');
	int64_t value = 0;

	if (i == text.len)
		return false;
	for (; i < text.len; i++) {
		int digit = text.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
			(negative ? __builtin_sub_overflow(value, digit, &value)
				  : __builtin_add_overflow(value, digit, &value)))
			return false;
	}
	*ret = value;
	return true;
}

/* Returns the argument of a row as a number. */
static int64_t argument_of(const struct heir_constraint *row)
{
	int64_t n = 0;

	for (const char *p = row->argument; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (*p - '0');
	return n;
}

static void refuse_word(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_diag *diag = heir_judge_stop(judge, given->row->rule, given->where,
		"%.*s: \"%.*s\" is not a valid value", HEIR_STR_ARG(given->key),
		HEIR_STR_ARG(given->text));

	heir_judge_help(judge, diag, "write one of: %s", given->row->argument);
}

void heir_judge_enum(struct heir_judge *judge, const struct heir_given *given)
{
	if (!heir_word_is_in(given->text, given->row->argument, false))
		refuse_word(judge, given);
}

void heir_judge_enum_fold(struct heir_judge *judge, const struct heir_given *given)
{
	if (!heir_word_is_in(given->text, given->row->argument, true))
		refuse_word(judge, given);
}

void heir_judge_enum_or_empty(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len > 0)
		heir_judge_enum(judge, given);
}

/* `enable_criu_support = false` sets it to "none" before it is checked. */
void heir_judge_checkpoint(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given criu = heir_judge_other(judge, HEIR_KEYS_RUNTIME, "enable_criu_support");

	if (!criu.is_set || criu.boolean)
		heir_judge_enum(judge, given);
}

void heir_judge_regexp(struct heir_judge *judge, const struct heir_given *given)
{
	const char *fault = NULL;
	int r = heir_regex_check(given->text, &fault);

	if (r < 0)
		judge->error = r;
	else if (fault)
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: \"%.*s\" is not a valid regular expression of Go: %s",
			HEIR_STR_ARG(given->key), HEIR_STR_ARG(given->text), fault);
}

void heir_judge_minimum(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->integer < argument_of(given->row))
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s is %lld, and must be at least %s", HEIR_STR_ARG(given->key),
			(long long)given->integer, given->row->argument);
}

void heir_judge_negative_or_minimum(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->integer >= 0 && given->integer < argument_of(given->row))
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s is %lld, and must be negative (no limit) or at least %s",
			HEIR_STR_ARG(given->key), (long long)given->integer, given->row->argument);
}

bool heir_cpuset_is_valid(struct heir_str text)
{
	size_t i = 0;

	if (text.len == 0)
		return true;
	while (i <= text.len) {
		size_t end = i, dash;
		int64_t from, to;

		while (end < text.len && text.p[end] != ',')
			end++;
		for (dash = i; dash < end && text.p[dash] != '-';)
			dash++;
		if (!heir_go_integer((struct heir_str){text.p + i, dash - i}, &from))
			return false;
		if (dash < end &&
			(!heir_go_integer(
				 (struct heir_str){text.p + dash + 1, end - dash - 1}, &to) ||
				from > to))
			return false;
		i = end + 1;
	}
	return true;
}

void heir_judge_cpuset(struct heir_judge *judge, const struct heir_given *given)
{
	if (!heir_cpuset_is_valid(given->text))
		heir_judge_refuse(judge, given, "set of CPUs", "\"0-3,8\"");
}

void heir_judge_reference(struct heir_judge *judge, const struct heir_given *given)
{
	if (!heir_reference_is_valid(given->text))
		heir_judge_refuse(judge, given, "image name", "\"registry.k8s.io/pause:3.10\"");
}

/* The size of sun_path in a socket address. */
void heir_judge_length(struct heir_judge *judge, const struct heir_given *given)
{
	size_t max = (size_t)argument_of(given->row);

	if (given->text.len > max)
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s: the path of a socket has at most %zu bytes, and this one has %zu",
			HEIR_STR_ARG(given->key), max, given->text.len);
}

/* CRI-O changes the mode of its socket, which must therefore be a file. */
void heir_judge_named_socket(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len == 0 || given->text.p[0] == '@')
		heir_judge_refuse(judge, given, "path of a socket", "\"/var/run/crio/crio.sock\"");
}

/* The names that Go knows without a file. */
static const char go_services[] = "domain,finger,ftp,ftps,gopher,http,https,imap2,imap3,imaps,pop3,"
				  "pop3s,smtp,submissions,ssh,telnet";

/* Returns whether it is a TCP service in /etc/services. */
static bool is_service(struct heir_judge *judge, struct heir_str name)
{
	struct heir_str text;
	int r = heir_file_read(judge->root, "/etc/services", &judge->core->arena, &text);

	if (r == -ENOMEM)
		judge->error = r;
	for (size_t i = 0; r == 0 && i < text.len;) {
		size_t line = i, end;

		while (i < text.len && text.p[i] != '\n')
			i++;
		end = i++;
		if (end - line <= name.len || memcmp(text.p + line, name.p, name.len) != 0 ||
			!heir_ascii_is_space(text.p[line + name.len]))
			continue;
		if (memmem(text.p + line, end - line, "/tcp", 4))
			return true;
	}
	return false;
}

void heir_judge_port(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_str text = given->text;
	int64_t port;
	size_t i = text.len > 0 && (text.p[0] == '-' || text.p[0] == '+');

	while (i < text.len && text.p[i] >= '0' && text.p[i] <= '9')
		i++;
	if (text.len == 0)
		return;
	if (i == text.len ? heir_go_integer(text, &port) && port >= 0 && port <= 65535
			  : heir_word_is_in(text, go_services, true) || is_service(judge, text))
		return;
	heir_judge_refuse(judge, given, "port", "a number from 0 to 65535 as a string");
}

void heir_judge_duration(struct heir_judge *judge, const struct heir_given *given)
{
	if (given->text.len > 0 && !heir_duration_is_valid(given->text))
		heir_judge_refuse(judge, given, "duration", "\"4h\" or \"30s\"");
}

/* A duration: a string, or an integer in nanoseconds. */
void heir_judge_not_negative(struct heir_judge *judge, const struct heir_given *given)
{
	bool zero = true;

	for (size_t i = 1; i < given->text.len; i++)
		zero = zero && (given->text.p[i] < '1' || given->text.p[i] > '9');
	if (given->integer < 0 || (given->text.len > 0 && given->text.p[0] == '-' && !zero))
		heir_judge_stop(judge, given->row->rule, given->where, "%.*s must not be negative",
			HEIR_STR_ARG(given->key));
}

void heir_judge_criu(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_diag *diag;

	if (!given->boolean || heir_judge_has_program(judge, "criu"))
		return;
	diag = heir_judge_stop(judge, given->row->rule, given->where,
		"enable_criu_support is true, and \"criu\" is not in $PATH");
	heir_judge_help(judge, diag, "install criu, or set enable_criu_support = false");
}

/* Returns whether the file is a compiled time zone; the directory has other files too. */
static bool is_zone(struct heir_judge *judge, const char *path)
{
	struct heir_str text;
	int r = heir_file_read(judge->root, path, &judge->core->arena, &text);

	if (r == -ENOMEM)
		judge->error = r;
	return r < 0 || heir_str_starts(text, "TZif");
}

/* Go's time.LoadLocation. */
void heir_judge_timezone(struct heir_judge *judge, const struct heir_given *given)
{
	static const char *const dirs[] = {"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/",
		"/usr/lib/locale/TZ/", "/etc/zoneinfo/"};
	struct heir_str text = given->text;
	char *z = heir_arena_strndup(&judge->core->arena, text.p, text.len);
	bool plain = z && strlen(z) == text.len && z[0] != '/' && z[0] != '\\' && !strstr(z, "..");

	if (!z)
		judge->error = -ENOMEM;
	if (!z || text.len == 0 || heir_str_eqfold(text, HEIR_STR("local")) ||
		heir_str_eqz(text, "UTC"))
		return;
	for (unsigned i = 0; plain && i < ARRAY_LEN(dirs); i++) {
		char *path = heir_arena_concat(&judge->core->arena, dirs[i], z, "");
		struct stat st;

		if (!path) {
			judge->error = -ENOMEM;
			return;
		}
		if (heir_root_is_assumed(judge->root) ||
			(heir_root_stat(judge->root, path, &st) == 0 && S_ISREG(st.st_mode) &&
				is_zone(judge, path)))
			return;
	}
	heir_judge_refuse(judge, given, "time zone", "\"Europe/Berlin\" or \"Local\"");
}

/* Parses a number of 32 bits as ParseUint does. */
static bool is_id(struct heir_str text)
{
	int64_t id;

	return text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9' && heir_go_integer(text, &id) &&
	       id <= UINT32_MAX;
}

/* Any number of triples of ids, separated by colons. */
static bool are_triples(struct heir_str text)
{
	unsigned n = 0;

	for (size_t from = 0, i = 0; i <= text.len; i++) {
		if (i < text.len && text.p[i] != ':')
			continue;
		if (!is_id((struct heir_str){text.p + from, i - from}))
			return false;
		from = i + 1;
		n++;
	}
	return n % 3 == 0;
}

/* idtools.ParseIDMap: separated by commas; empty items are ignored. */
static bool is_id_map(struct heir_str text)
{
	for (size_t from = 0, i = 0; i <= text.len; i++) {
		if (i < text.len && text.p[i] != ',')
			continue;
		if (i > from && !are_triples((struct heir_str){text.p + from, i - from}))
			return false;
		from = i + 1;
	}
	return true;
}

void heir_judge_id_map(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given other = heir_judge_other(judge, HEIR_KEYS_RUNTIME, given->row->argument);

	if (given->text.len > 0 && other.text.len > 0 && !is_id_map(given->text))
		heir_judge_refuse(judge, given, "mapping of ids", "\"0:100000:65536\"");
}

void heir_judge_tls_file(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given file = heir_judge_other(judge, HEIR_KEYS_API, given->row->argument);

	if (given->boolean && file.text.len == 0)
		heir_judge_stop(judge, given->row->rule, given->where,
			"stream_enable_tls is true, and %s is not set", given->row->argument);
}

/* Only if metrics are enabled. */
void heir_judge_metrics_port(struct heir_judge *judge, const struct heir_given *given)
{
	struct heir_given enabled = heir_judge_other(judge, HEIR_KEYS_METRICS, "enable_metrics");

	if (enabled.boolean && (given->integer < 0 || given->integer > UINT16_MAX))
		heir_judge_stop(judge, given->row->rule, given->where,
			"%.*s is %lld, and must be a port from 0 to 65535",
			HEIR_STR_ARG(given->key), (long long)given->integer);
}
