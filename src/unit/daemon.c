/* SPDX-License-Identifier: Apache-2.0 */
/* From the words of ExecStart= to the command line of CRI-O: expands variables and unwraps
 * programs that start it, such as env and sh. */
#include <errno.h>
#include <stdlib.h>

#include "unit/parts.h"

/* How deeply commands may be nested. */
enum { MAX_WRAPPERS = 8 };

/* A command whose words are known. */
struct command {
	struct heir_core *core;
	struct heir_unit *unit;
	struct heir_unit_words words;
	size_t bytes;
	bool too_long;
};

void heir_unit_doubt(struct heir_unit *unit, const char *why, struct heir_place where)
{
	if (unit->unclear)
		return;
	unit->unclear = why;
	unit->unclear_at = where;
}

static int set_command_unclear(struct command *c, struct heir_place where, const char *fmt, ...)
	_printf_(3, 4);

static int set_command_unclear(struct command *c, struct heir_place where, const char *fmt, ...)
{
	const char *why;
	va_list args;

	va_start(args, fmt);
	why = heir_arena_vmessage(&c->core->arena, fmt, args);
	va_end(args);
	if (!why)
		return -ENOMEM;
	heir_unit_doubt(c->unit, why, where);
	return 0;
}

static int add_word(struct command *c, struct heir_str text, struct heir_place where)
{
	c->bytes += text.len + 1;
	if (c->bytes > HEIR_UNIT_MAX_BYTES) {
		c->too_long = true;
		return 0;
	}
	return heir_words_add(&c->core->arena, &c->words, text, where);
}

/* ---- Variables ---- */

/* Returns whether systemd itself sets the variable, to a value that no file contains. */
static bool is_of_systemd(struct heir_str name)
{
	static const char *const names[] = {"HOME", "LANG", "USER", "LOGNAME", "SHELL", "MAINPID",
		"INVOCATION_ID", "NOTIFY_SOCKET", "SYSTEMD_EXEC_PID", "JOURNAL_STREAM",
		"CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY",
		"LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY", "WATCHDOG_USEC", "WATCHDOG_PID",
		"LISTEN_FDS", "LISTEN_PID", "TERM"};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (heir_str_eqz(name, names[i]))
			return true;
	return false;
}

/* Looks a variable up; NULL if it is not set. Records a doubt if the value is not known. */
static int look_up(struct command *c, struct heir_str name, struct heir_place where,
	const struct heir_unit_var **ret)
{
	*ret = heir_env_get(&c->unit->vars, name);
	if (*ret ? (*ret)->unknown : is_of_systemd(name))
		return set_command_unclear(
			c, where, "the value of $%.*s is not known", HEIR_STR_ARG(name));
	return 0;
}

/* Expands a word that is only $NAME to several words, none if it is not set. */
static int split_variable(struct command *c, struct heir_str name, struct heir_place where)
{
	_cleanup_(heir_buf_release) struct heir_buf word = HEIR_BUF_NULL;
	const struct heir_unit_var *var;
	size_t at = 0, from;
	int r = look_up(c, name, where, &var);

	if (r < 0 || !var)
		return r;
	while ((r = heir_word_next(var->value, &at, HEIR_WORD_RELAXED, &word, &from)) > 0) {
		r = add_word(c, heir_buf_str(&word), var->where);
		if (r < 0 || c->too_long)
			return r;
	}
	return r;
}

/* Replaces ${NAME} and $$ inside a word. */
static int replace_variables(struct command *c, const struct heir_unit_word *word)
{
	_cleanup_(heir_buf_release) struct heir_buf text = HEIR_BUF_NULL;
	struct heir_place where = word->where;
	const char *p = word->text.p;
	size_t len = word->text.len;
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i++) {
		const char *end = p[i] == '$' && p[i + 1] == '{' ? strchr(p + i, '}') : NULL;
		struct heir_str name = {p + i + 2, end ? (size_t)(end - p) - i - 2 : 0};
		const struct heir_unit_var *var;

		if (p[i] == '$' && p[i + 1] == '$') {
			heir_buf_addc(&text, '$');
			i++;
		} else if (end && heir_env_is_name(name)) {
			r = look_up(c, name, where, &var);
			if (r == 0 && var) {
				heir_buf_adds(&text, var->value);
				where = var->where;
			}
			i += name.len + 2;
		} else {
			heir_buf_addc(&text, p[i]);
		}
		if (text.len > HEIR_UNIT_MAX_BYTES) {
			c->too_long = true;
			return 0;
		}
	}
	if (r == 0)
		r = heir_buf_error(&text);
	return r == 0 ? add_word(c, heir_buf_str(&text), where) : r;
}

static int expand_words(struct command *c, const struct heir_unit_words *words, bool expand)
{
	int r = 0;

	for (uint32_t i = 0; i < words->n && r == 0 && !c->too_long; i++) {
		const struct heir_unit_word *word = &words->items[i];
		struct heir_str name = {word->text.p + 1, word->text.len ? word->text.len - 1 : 0};

		if (!expand || !memchr(word->text.p, '$', word->text.len))
			r = add_word(c, word->text, word->where);
		else if (word->text.p[0] == '$' && word->text.p[1] != '{' &&
			 word->text.p[1] != '$' && name.len > 0)
			r = split_variable(c, name, word->where);
		else
			r = replace_variables(c, word);
	}
	return r;
}

/* ---- Shells ---- */

/* The script of `sh -c`, if it has only words, quotes and variables. */
struct script {
	struct heir_str text;
	size_t i;
	struct heir_buf word;
	bool has_word; /* "" is a word too */
	bool special;  /* only a shell could interpret it */
};

static int end_word(struct command *c, struct script *s, struct heir_place where)
{
	int r = 0;

	if (s->has_word)
		r = add_word(c, heir_buf_str(&s->word), where);
	heir_buf_clear(&s->word);
	s->has_word = false;
	return r;
}

/* Expands a variable at s->i. Its value is split at blanks unless quoted. */
static int script_variable(
	struct command *c, struct script *s, bool quoted, struct heir_place where)
{
	bool braces = s->i + 1 < s->text.len && s->text.p[s->i + 1] == '{';
	size_t begin = s->i + 1 + braces, end = begin;
	const struct heir_unit_var *var;
	struct heir_str name;
	int r;

	while (end < s->text.len &&
		heir_env_is_name((struct heir_str){s->text.p + begin, end + 1 - begin}))
		end++;
	name = (struct heir_str){s->text.p + begin, end - begin};
	if (name.len == 0 || (braces && (end == s->text.len || s->text.p[end] != '}'))) {
		s->special = true;
		return 0;
	}
	s->i = end + braces;
	r = look_up(c, name, where, &var);
	for (size_t i = 0; r == 0 && var && i < var->value.len; i++) {
		char v = var->value.p[i];

		if (!quoted && strchr(" \t\n", v)) {
			r = end_word(c, s, var->where);
			continue;
		}
		s->special |= !quoted && strchr("*?[", v);
		heir_buf_addc(&s->word, v);
		s->has_word = true;
		if (s->word.len > HEIR_UNIT_MAX_BYTES || c->too_long) {
			c->too_long = true;
			return 0;
		}
	}
	return r;
}

/* Reads a quoted part of a shell word. Backquotes inside double quotes need a shell. */
static int script_quoted(struct command *c, struct script *s, char quote, struct heir_place where)
{
	int r = 0;

	s->has_word = true;
	for (s->i++; s->i < s->text.len && r == 0 && !s->special && !c->too_long;) {
		char v = s->text.p[s->i];

		if (v == quote) {
			s->i++;
			return 0;
		}
		if (quote == '"' && v == '$') {
			r = script_variable(c, s, true, where);
			continue;
		}
		s->special |= quote == '"' && v == '`';
		if (quote == '"' && v == '\\' && s->i + 1 < s->text.len &&
			strchr("\"\\`$", s->text.p[s->i + 1]))
			v = s->text.p[++s->i];
		heir_buf_addc(&s->word, v);
		s->i++;
	}
	s->special |= r == 0;
	return r;
}

/* Splits a simple script into words. Anything that only a shell can interpret sets `special`. */
static int script_words(struct command *c, struct script *s, struct heir_place where)
{
	int r = 0;

	while (s->i < s->text.len && r == 0 && !s->special && !c->too_long) {
		char v = s->text.p[s->i];

		if (v == '\'' || v == '"') {
			r = script_quoted(c, s, v, where);
			continue;
		}
		if (v == '$') {
			r = script_variable(c, s, false, where);
			continue;
		}
		s->i++;
		if (v == ' ' || v == '\t') {
			r = end_word(c, s, where);
			continue;
		}
		if (v == '\\' && s->i < s->text.len)
			v = s->text.p[s->i++];
		else
			s->special |= strchr("\n;&|<>()*?[]{}~#!`\\", v) != NULL;
		heir_buf_addc(&s->word, v);
		s->has_word = true;
	}
	if (r == 0)
		r = end_word(c, s, where);
	return r < 0 ? r : heir_buf_error(&s->word);
}

/* ---- Wrappers ---- */

static struct heir_str path_base_name(struct heir_str path)
{
	const char *slash = path.len > 0 ? memrchr(path.p, '/', path.len) : NULL;

	return slash ? (struct heir_str){slash + 1, path.len - (size_t)(slash + 1 - path.p)} : path;
}

static bool is_any(struct heir_str name, const char *const *names)
{
	for (; *names; names++)
		if (heir_str_eqz(name, *names))
			return true;
	return false;
}

/* Returns whether the word is CRI-O: its bare name, or that name in a directory of programs.
 * Option values may end in "/crio" too. */
static bool is_crio(struct heir_str word)
{
	static const char end[] = "bin/crio";

	return heir_str_eqz(word, "crio") ||
	       (word.len >= sizeof(end) - 1 &&
		       memcmp(word.p + word.len - (sizeof(end) - 1), end, sizeof(end) - 1) == 0);
}

/* Programs that run the command after their options without changing its words or environment. */
static bool is_wrapper(struct heir_str name)
{
	static const char *const names[] = {"nsenter", "kubensenter", "unshare", "nice", "ionice",
		"taskset", "chrt", "numactl", "setpriv", "prlimit", "stdbuf", "setsid", "nohup",
		"timeout", "exec", NULL};

	return is_any(name, names);
}

static bool is_shell(struct heir_str name)
{
	static const char *const names[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", NULL};

	return is_any(name, names);
}

/* Takes the words after the daemon's name as its arguments. */
static int take_args(struct command *c, uint32_t from)
{
	int r = 0;

	for (uint32_t i = from; i < c->words.n && r == 0; i++)
		r = heir_words_add(&c->core->arena, &c->unit->args, c->words.items[i].text,
			c->words.items[i].where);
	return r;
}

static void drop_words(struct command *c, uint32_t n)
{
	c->words.n -= n;
	memmove(c->words.items, c->words.items + n, c->words.n * sizeof(*c->words.items));
}

/* Reads NAME=VALUE before a command. Returns how many there are. */
static int take_assignments(struct command *c, uint32_t from, uint32_t *ret)
{
	uint32_t i = from;
	int r = 0;

	for (; i < c->words.n && r == 0; i++) {
		const struct heir_unit_word *word = &c->words.items[i];
		const char *equals = memchr(word->text.p, '=', word->text.len);

		if (!equals || !heir_env_is_name((struct heir_str){
				       word->text.p, (size_t)(equals - word->text.p)}))
			break;
		r = heir_env_assign(&c->core->arena, &c->unit->vars, word->text, word->where);
	}
	*ret = i;
	return r;
}

/* Replaces sh -c 'SCRIPT' by the words of the script. Returns 1 to continue, 0 if it is unclear
 * and reported. */
static int open_shell(struct command *c)
{
	struct script script = {.i = 0};
	struct heir_place where = c->words.items[0].where;
	uint32_t i = 1;
	int r;

	while (i < c->words.n && c->words.items[i].text.p[0] == '-' &&
		!strchr(c->words.items[i].text.p, 'c'))
		i++;
	if (i + 1 >= c->words.n || c->words.items[i].text.p[0] != '-') {
		r = set_command_unclear(c, where, "a shell script starts CRI-O");
		return r;
	}
	script.text = c->words.items[i + 1].text;
	where = c->words.items[i + 1].where;
	drop_words(c, c->words.n);
	r = script_words(c, &script, where);
	heir_buf_release(&script.word);
	if (r == 0 && script.special)
		return set_command_unclear(c, where, "only a shell can interpret this command");
	return r < 0 ? r : 1;
}

/* Unwraps env [--] NAME=VALUE... COMMAND. */
static int open_env(struct command *c)
{
	uint32_t from = c->words.n > 1 && heir_str_eqz(c->words.items[1].text, "--") ? 2 : 1;
	struct heir_place where = c->words.items[0].where;
	int r;

	if (from < c->words.n && c->words.items[from].text.p[0] == '-')
		return set_command_unclear(c, where, "env with options changes the environment");
	r = take_assignments(c, from, &from);
	if (r < 0)
		return r;
	drop_words(c, from);
	return 1;
}

/* Returns the index of the first word that is CRI-O, n if none is. */
static uint32_t find_crio(const struct command *c)
{
	uint32_t i = 1;

	while (i < c->words.n && !is_crio(c->words.items[i].text))
		i++;
	return i;
}

static uint32_t find_shell(const struct command *c)
{
	uint32_t i = 1;

	while (i < c->words.n && !is_shell(path_base_name(c->words.items[i].text)) &&
		!heir_str_eqz(path_base_name(c->words.items[i].text), "env"))
		i++;
	return i;
}

/* Unwraps one program after the other. Returns 1 to continue, 0 when done. */
static int open_command(struct command *c, bool has_argv0)
{
	struct heir_str name;
	uint32_t at;
	int r;

	if (c->words.n == 0) {
		heir_unit_doubt(c->unit, "the command is empty", HEIR_PLACE_NONE);
		return 0;
	}
	name = path_base_name(c->words.items[0].text);
	if (heir_str_eqz(name, "crio"))
		return take_args(c, has_argv0 ? 2 : 1);
	if (has_argv0)
		return set_command_unclear(c, c->words.items[0].where,
			"\"%.*s\" is started under another name",
			HEIR_STR_ARG(c->words.items[0].text));
	if (is_shell(name))
		return open_shell(c);
	if (heir_str_eqz(name, "env"))
		return open_env(c);
	r = take_assignments(c, 0, &at);
	if (r < 0 || at > 0) {
		drop_words(c, at);
		return r < 0 ? r : 1;
	}
	at = find_crio(c);
	if (at == c->words.n && is_wrapper(name))
		at = find_shell(c);
	if (at < c->words.n) {
		drop_words(c, at);
		return 1;
	}
	return set_command_unclear(c, c->words.items[0].where,
		"\"%.*s\" is not crio, and its arguments do not name crio",
		HEIR_STR_ARG(c->words.items[0].text));
}

int heir_unit_find_daemon(struct heir_core *core, const struct heir_unit_words *command,
	bool has_argv0, bool expand, struct heir_unit *unit)
{
	struct command c = {.core = core, .unit = unit};
	struct heir_place where = command->n > 0 ? command->items[0].where : HEIR_PLACE_NONE;
	int r = expand_words(&c, command, expand);

	for (unsigned i = 0; r == 0 && !c.too_long && !unit->unclear; i++) {
		r = i < MAX_WRAPPERS
			    ? open_command(&c, has_argv0 && i == 0)
			    : set_command_unclear(&c, where, "too many programs start each other");
		if (r <= 0)
			break;
		r = 0;
	}
	if (r == 0 && c.too_long)
		r = set_command_unclear(
			&c, where, "the command is longer than 2 MiB once it is expanded");
	if (unit->unclear)
		unit->args.n = 0;
	free(c.words.items);
	return r;
}
