/* SPDX-License-Identifier: Apache-2.0 */
/* Works on lines and does not parse, because a file with syntax errors must be redacted as
 * well. */
#include "base/redact.h"

#include <string.h>

#include "base/macro.h"

#define WORD "REDACTED"
enum { MIN_TOKEN = 32 };

struct redactor {
	struct heir_buf *buf;
	bool in_key; /* between BEGIN and END of a private key */
	bool in_env; /* inside an array of variables */
};

static bool has_word(struct heir_str text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n <= text.len && i <= text.len - n; i++)
		if (heir_ascii_eqfold(text.p + i, word, n))
			return true;
	return false;
}

/* Returns whether the value of a variable or key of this name is confidential. */
static bool is_secret_name(struct heir_str name)
{
	static const char *const words[] = {"token", "secret", "passw", "passphrase", "credential",
		"apikey", "api_key", "private", "access_key", "auth_key", "_pwd", "bearer"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (has_word(name, words[i]))
			return true;
	return false;
}

static bool is_crio_name(struct heir_str name)
{
	return heir_str_starts(name, "CONTAINER_") || heir_str_starts(name, "CRIO_") ||
	       heir_str_eqz(name, "PATH");
}

static bool is_name_char(char c)
{
	return heir_ascii_is_letter(c) || heir_ascii_is_digit(c) || c == '_' || c == '-' ||
	       c == '.';
}

static bool is_token_char(char c)
{
	return heir_ascii_is_letter(c) || heir_ascii_is_digit(c) || c == '_' || c == '-' ||
	       c == '+' || c == '=' || c == '/';
}

/* Returns whether the word looks like a token: long, with digits and letters and few slashes.
 * Digests are not. */
static bool is_token(struct heir_str text, size_t at)
{
	static const char digest[] = "sha256:";
	bool digits = false, letters = false;
	size_t slashes = 0;

	if (text.len < MIN_TOKEN ||
		(at >= sizeof(digest) - 1 &&
			memcmp(text.p - (sizeof(digest) - 1), digest, sizeof(digest) - 1) == 0))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		digits |= heir_ascii_is_digit(text.p[i]);
		letters |= heir_ascii_is_letter(text.p[i]);
		slashes += text.p[i] == '/';
	}
	return digits && letters && text.p[0] != '/' && slashes <= text.len / 16;
}

/* Returns the end of a value that begins at `at`: the closing quote, else the next blank. */
static size_t end_of_value(struct heir_str line, size_t at, char quote)
{
	for (; at < line.len; at++) {
		if (line.p[at] == '\\' && quote != '\'' && at + 1 < line.len)
			at++;
		else if (quote ? line.p[at] == quote : heir_ascii_is_space(line.p[at]))
			break;
	}
	return MIN(at, line.len);
}

static const char *const array_keys[] = {
	"monitor_env", "conmon_env", "default_env", "plugin_env", "Environment"};

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool is_array_key(struct heir_str name)
{
	for (size_t i = 0; i < ARRAY_LEN(array_keys); i++)
		if (name.len == strlen(array_keys[i]) &&
			heir_ascii_eqfold(name.p, array_keys[i], name.len))
			return true;
	return false;
}

/* Finds the value of "NAME=VALUE" or "NAME: VALUE" at `at`. *ret is its beginning. Returns its
 * end, or 0 if it may stay. */
static size_t secret_value(const struct redactor *r, struct heir_str line, size_t at, size_t *ret)
{
	char quote = at > 0 && is_quote(line.p[at - 1]) ? line.p[at - 1] : '\0';
	struct heir_str name = {line.p + at, 0};
	size_t value;

	while (at + name.len < line.len && is_name_char(name.p[name.len]))
		name.len++;
	value = at + name.len;
	while (value < line.len && (line.p[value] == ' ' || (quote && line.p[value] == quote))) {
		/* The quote belongs to the name. */
		if (line.p[value] == quote)
			quote = '\0';
		value++;
	}
	if (name.len == 0 || value >= line.len || (line.p[value] != '=' && line.p[value] != ':'))
		return 0;
	if (!is_secret_name(name) && (!r->in_env || line.p[value] != '=' || is_array_key(name)))
		return 0;
	for (value++; !quote && value < line.len && strchr(" \"'[", line.p[value]); value++)
		if (is_quote(line.p[value]))
			quote = line.p[value];
	*ret = value;
	return end_of_value(line, value, quote);
}

/* Returns the position of the "@" of "//USER:PASSWORD@", 0 if there is none. `at` is after the
 * slashes. */
static size_t user_of_url(struct heir_str line, size_t at)
{
	for (size_t i = at; i < line.len && !heir_ascii_is_space(line.p[i]) && line.p[i] != '"' &&
			    line.p[i] != '/';
		i++)
		if (line.p[i] == '@')
			return i;
	return 0;
}

/* Finds and replaces all secret values in a line. */
static void redact_line(struct redactor *r, struct heir_str line)
{
	size_t at = 0;

	while (at < line.len) {
		bool begins = at == 0 || !is_name_char(line.p[at - 1]);
		size_t end, value;

		if (begins && (end = secret_value(r, line, at, &value)) > value) {
			heir_buf_add(r->buf, line.p + at, value - at);
			heir_buf_addz(r->buf, WORD);
			at = end;
			continue;
		}
		if (at >= 2 && line.p[at - 1] == '/' && line.p[at - 2] == '/' &&
			(end = user_of_url(line, at)) > at) {
			heir_buf_addz(r->buf, WORD);
			at = end;
			continue;
		}
		for (end = at; end < line.len && is_token_char(line.p[end]);)
			end++;
		if ((at == 0 || !is_token_char(line.p[at - 1])) &&
			is_token((struct heir_str){line.p + at, end - at}, at)) {
			heir_buf_addz(r->buf, WORD);
			at = end;
			continue;
		}
		heir_buf_addc(r->buf, line.p[at++]);
	}
}

/* Tracks whether the line begins an array of variables, or Environment= of a unit. */
static void follow_arrays(struct redactor *r, struct heir_str line)
{
	for (size_t i = 0; i < line.len; i++) {
		struct heir_str name = {line.p + i, 0};

		while (i + name.len < line.len && is_name_char(line.p[i + name.len]))
			name.len++;
		i += name.len;
		if (!is_array_key(name))
			continue;
		while (i < line.len &&
			(line.p[i] == ' ' || line.p[i] == '\t' || is_quote(line.p[i])))
			i++;
		r->in_env |= i < line.len && line.p[i] == '=';
	}
}

/* A line of a unit continues after a backslash; an array continues to its bracket. */
static bool goes_on(struct heir_str line)
{
	if (memchr(line.p, ']', line.len))
		return false;
	while (line.len > 0 && heir_ascii_is_space(line.p[line.len - 1]))
		line.len--;
	return line.len > 0 &&
	       (line.p[line.len - 1] == '\\' || line.p[line.len - 1] == '[' ||
		       line.p[line.len - 1] == ',' || is_quote(line.p[line.len - 1]));
}

/* Handles a NAME=VALUE line of an environment file. */
static void redact_variable(struct redactor *r, struct heir_str line)
{
	const char *equals = memchr(line.p, '=', line.len);
	struct heir_str name = line;

	while (name.len > 0 && heir_ascii_is_space(name.p[0]))
		name.p++, name.len--;
	if (!equals || (name.len > 0 && (name.p[0] == '#' || name.p[0] == ';'))) {
		/* A continued or commented-out line may have a secret as well. */
		if (equals)
			heir_buf_addz(r->buf, "# " WORD);
		else if (name.len > 0)
			heir_buf_addz(r->buf, name.p[0] == '#' || name.p[0] == ';' ? "#" : WORD);
		return;
	}
	name.len = (size_t)(equals - name.p);
	if (is_crio_name(name)) {
		redact_line(r, line);
		return;
	}
	heir_buf_add(r->buf, line.p, (size_t)(equals + 1 - line.p));
	heir_buf_addz(r->buf, WORD);
}

void heir_redact(struct heir_str text, bool environment, struct heir_buf *buf)
{
	struct redactor r = {.buf = buf};

	while (text.len > 0) {
		const char *newline = memchr(text.p, '\n', text.len);
		struct heir_str line = {text.p, newline ? (size_t)(newline - text.p) : text.len};
		bool is_key = has_word(line, "PRIVATE KEY");

		if (is_key || r.in_key) {
			r.in_key = is_key ? has_word(line, "BEGIN") : true;
			heir_buf_addz(buf, "# " WORD);
		} else if (environment) {
			redact_variable(&r, line);
		} else {
			follow_arrays(&r, line);
			redact_line(&r, line);
			r.in_env = r.in_env && goes_on(line);
		}
		if (newline)
			heir_buf_addc(buf, '\n');
		text.p += line.len + (newline != NULL);
		text.len -= line.len + (newline != NULL);
	}
}
