/* SPDX-License-Identifier: Apache-2.0 */
/* Environment variables, and the files of EnvironmentFile=, read as systemd reads them
 * (parse_env_file). */
#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "unit/parts.h"

bool heir_env_is_name(struct heir_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (c != '_' && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
			!(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return name.len > 0;
}

/* Returns whether the text is free of control characters other than tab and newline. */
static bool is_value(struct heir_str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return false;
	}
	return heir_utf8_is_valid(value);
}

const struct heir_unit_var *heir_env_get(const struct heir_unit_vars *vars, struct heir_str name)
{
	uint32_t at = name.p ? heir_map_get(&vars->by_name, name) : HEIR_MAP_NONE;

	return at == HEIR_MAP_NONE || vars->items[at].gone ? NULL : &vars->items[at];
}

int heir_env_set(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str name,
	struct heir_str value, struct heir_place where)
{
	struct heir_unit_var var = {
		{heir_arena_strndup(arena, name.p, name.len), name.len},
		{heir_arena_strndup(arena, value.p ? value.p : "", value.len), value.len},
		where,
		false,
		false,
	};
	bool is_new;
	uint32_t at;
	int r;

	if (!var.name.p || !var.value.p)
		return -ENOMEM;
	r = HEIR_RESERVE(vars->items, vars->n, vars->size);
	if (r == 0)
		r = heir_map_put(&vars->by_name, var.name, vars->n, &at, &is_new);
	if (r < 0)
		return r;
	vars->items[at] = var;
	vars->n += is_new;
	return 0;
}

int heir_env_merge(
	struct heir_arena *arena, struct heir_unit_vars *vars, const struct heir_unit_vars *more)
{
	int r = 0;

	for (uint32_t i = 0; i < more->n && r == 0; i++) {
		const struct heir_unit_var *var = &more->items[i];

		r = heir_env_set(arena, vars, var->name, var->value, var->where);
		if (r == 0)
			vars->items[heir_map_get(&vars->by_name, var->name)].unknown = var->unknown;
	}
	return r;
}

void heir_env_doubt(struct heir_unit_vars *vars, struct heir_str word)
{
	const char *equals = word.len > 0 ? memchr(word.p, '=', word.len) : NULL;
	uint32_t at = equals ? heir_map_get(&vars->by_name,
				       (struct heir_str){word.p, (size_t)(equals - word.p)})
			     : HEIR_MAP_NONE;

	if (at != HEIR_MAP_NONE)
		vars->items[at].unknown = true;
}

void heir_env_clear(struct heir_unit_vars *vars)
{
	heir_map_release(&vars->by_name);
	vars->n = 0;
}

int heir_env_assign(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str word,
	struct heir_place where)
{
	const char *equals = word.len > 0 ? memchr(word.p, '=', word.len) : NULL;
	struct heir_str name, value;

	if (!equals)
		return 0;
	name = (struct heir_str){word.p, (size_t)(equals - word.p)};
	value = (struct heir_str){equals + 1, word.len - name.len - 1};
	if (!heir_env_is_name(name) || !is_value(value))
		return 0;
	return heir_env_set(arena, vars, name, value, where);
}

void heir_env_unset(struct heir_unit_vars *vars, struct heir_str word)
{
	const char *equals = word.len > 0 ? memchr(word.p, '=', word.len) : NULL;
	struct heir_str name = {word.p, equals ? (size_t)(equals - word.p) : word.len};
	uint32_t at = heir_map_get(&vars->by_name, name);

	if (at == HEIR_MAP_NONE)
		return;
	if (!equals || heir_str_eq(vars->items[at].value,
			       (struct heir_str){equals + 1, word.len - name.len - 1}))
		vars->items[at].gone = true;
}

/* ---- Files ---- */

/* A text that is being read. */
struct reader {
	struct heir_str text;
	size_t i;
	struct heir_buf key, value;
	size_t kept; /* length of the value without trailing unquoted blanks */
};

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_env_space(char c)
{
	return is_newline(c) || c == ' ' || c == '\t';
}

static void keep_char(struct reader *reader, char c)
{
	heir_buf_addc(&reader->value, c);
	reader->kept = reader->value.len;
}

/* Skips a comment to the end of its line. A backslash does not continue it. */
static void skip_line(struct reader *reader)
{
	while (reader->i < reader->text.len && !is_newline(reader->text.p[reader->i]))
		reader->i++;
}

/* Reads up to '='. Returns false if the line has none or the text ends. */
static bool read_env_key(struct reader *reader)
{
	const char *p = reader->text.p;

	heir_buf_clear(&reader->key);
	for (; reader->i < reader->text.len && !is_newline(p[reader->i]); reader->i++) {
		if (p[reader->i] == '=') {
			reader->i++;
			while (reader->key.len > 0 &&
				is_env_space(reader->key.p[reader->key.len - 1]))
				reader->key.p[--reader->key.len] = '\0';
			return true;
		}
		heir_buf_addc(&reader->key, p[reader->i]);
	}
	return false;
}

/* Reads from an opening quote to after the closing one. */
static void read_quoted(struct reader *reader, char quote)
{
	const char *p = reader->text.p;

	for (; reader->i < reader->text.len && p[reader->i] != quote; reader->i++) {
		char next = reader->i + 1 < reader->text.len ? p[reader->i + 1] : '\0';

		if (quote == '\'' || p[reader->i] != '\\' || next == '\0') {
			keep_char(reader, p[reader->i]);
			continue;
		}
		reader->i++;
		if (next == '\n')
			continue;
		if (!strchr("\"\\`$", next))
			keep_char(reader, '\\');
		keep_char(reader, next);
	}
	reader->i++;
}

/* Reads unquoted text to the end of the line. Quotes inside are plain characters. */
static void read_plain(struct reader *reader)
{
	const char *p = reader->text.p;

	for (; reader->i < reader->text.len && !is_newline(p[reader->i]); reader->i++) {
		if (p[reader->i] == '\\') {
			if (++reader->i >= reader->text.len)
				return;
			if (!is_newline(p[reader->i]))
				keep_char(reader, p[reader->i]);
			continue;
		}
		heir_buf_addc(&reader->value, p[reader->i]);
		if (!is_env_space(p[reader->i]))
			reader->kept = reader->value.len;
	}
}

/* Reads the value of an assignment, which may mix quoted and unquoted parts. */
static void read_value(struct reader *reader)
{
	const char *p = reader->text.p;

	heir_buf_clear(&reader->value);
	reader->kept = 0;
	while (reader->i < reader->text.len && !is_newline(p[reader->i])) {
		char c = p[reader->i];

		if (c == '\'' || c == '"') {
			reader->i++;
			read_quoted(reader, c);
		} else if (is_env_space(c)) {
			reader->i++;
		} else {
			read_plain(reader);
		}
	}
}

static int add_read(struct heir_arena *arena, struct reader *reader, struct heir_place where,
	struct heir_unit_vars *vars)
{
	struct heir_str name = heir_buf_str(&reader->key);
	struct heir_str value = {reader->value.p, reader->kept};

	if (heir_buf_error(&reader->key) < 0 || heir_buf_error(&reader->value) < 0)
		return -ENOMEM;
	if (!heir_env_is_name(name) || !is_value(value))
		return 0;
	return heir_env_set(arena, vars, name, value, where);
}

int heir_env_read(struct heir_arena *arena, struct heir_str text, uint32_t source,
	struct heir_unit_vars *vars)
{
	struct reader reader = {.text = text};
	int r = 0;

	/* systemd ignores a file that is not UTF-8 completely. */
	if (!heir_utf8_is_valid(text))
		return 0;
	while (r == 0 && reader.i < text.len) {
		struct heir_place where = {source, (uint32_t)reader.i, 0};

		if (is_env_space(text.p[reader.i])) {
			reader.i++;
		} else if (text.p[reader.i] == '#' || text.p[reader.i] == ';') {
			skip_line(&reader);
		} else if (read_env_key(&reader)) {
			read_value(&reader);
			where.len = (uint32_t)(MIN(reader.i, text.len) - where.at);
			r = add_read(arena, &reader, where, vars);
		}
	}
	heir_buf_release(&reader.key);
	heir_buf_release(&reader.value);
	return r;
}
