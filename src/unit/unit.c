/* SPDX-License-Identifier: Apache-2.0 */
/* Composes the unit: applies what each of its files assigns, in their order. */
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/vec.h"
#include "unit/parts.h"

/* A command of ExecStart=: a range of the words. */
struct exec {
	uint32_t from, n;
	bool has_argv0; /* '@': the second word is argv[0] */
	bool as_is;     /* ':': variables are not expanded */
	struct heir_place where;
};

struct env_file {
	struct heir_unit_word path;
	bool optional;
};

struct composer {
	struct heir_core *core;
	struct heir_unit *unit;
	struct heir_unit_words words; /* of all commands */
	struct exec *execs;
	uint32_t n_execs, size_execs;
	/* Why the commands are not known. */
	const char *unclear;
	struct heir_place unclear_at;
	struct heir_unit_vars set; /* set by Environment= */
	struct env_file *files;
	uint32_t n_files, size_files;
	struct heir_unit_words unset;
	struct heir_buf search; /* the value of ExecSearchPath= */
	struct heir_place search_at;
	struct heir_buf word, specified;
};

void heir_unit_release(struct heir_unit *unit)
{
	free(unit->args.items);
	free(unit->vars.items);
	heir_map_release(&unit->vars.by_name);
	*unit = HEIR_UNIT_NULL;
}

const struct heir_unit_var *heir_unit_var(const struct heir_unit *unit, struct heir_str name)
{
	return heir_env_get(&unit->vars, name);
}

static void release_composer(struct composer *c)
{
	free(c->words.items);
	free(c->execs);
	free(c->set.items);
	heir_map_release(&c->set.by_name);
	free(c->files);
	free(c->unset.items);
	heir_buf_release(&c->search);
	heir_buf_release(&c->word);
	heir_buf_release(&c->specified);
}

/* Records why the command is not known, unless a reason is recorded already. */
static int set_unclear(struct composer *c, struct heir_place where, const char *fmt, ...)
	_printf_(3, 4);

static int set_unclear(struct composer *c, struct heir_place where, const char *fmt, ...)
{
	va_list args;

	if (c->unclear)
		return 0;
	va_start(args, fmt);
	c->unclear = heir_arena_vmessage(&c->core->arena, fmt, args);
	va_end(args);
	c->unclear_at = where;
	return c->unclear ? 0 : -ENOMEM;
}

/* Replaces the specifiers of a word, in c->specified. Returns 1; 0 if one is not known, which is
 * recorded; -ENOMEM. */
static int expand_specifiers(struct composer *c, struct heir_str word, struct heir_place where)
{
	char bad = '\0';
	int r;

	heir_buf_clear(&c->specified);
	r = heir_word_specify(word, c->unit->path, &c->specified, &bad);
	if (r == 1)
		r = set_unclear(c, where, "the specifier %%%c depends on the machine", bad);
	else if (r == 0)
		r = 1;
	return r;
}

/* ---- Environment ---- */

/* Applies Environment=, whose words are NAME=VALUE. */
static int add_environment(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	size_t at = 0, from;
	int r;

	if (line->value.len == 0)
		heir_env_clear(&c->set);
	while ((r = heir_word_next(line->value, &at, HEIR_WORD_C, &c->word, &from)) > 0) {
		struct heir_place where = heir_ini_place(ini, line, from, at - from);
		char bad;
		int known;

		heir_buf_clear(&c->specified);
		known = heir_word_specify(
			heir_buf_str(&c->word), c->unit->path, &c->specified, &bad);
		if (known < 0)
			return known;
		r = heir_env_assign(&c->core->arena, &c->set,
			heir_buf_str(known == 0 ? &c->specified : &c->word), where);
		if (r < 0)
			return r;
		if (known == 1)
			heir_env_doubt(&c->set, heir_buf_str(&c->word));
	}
	/* systemd ignores the rest of a line after an invalid quote or escape. */
	return r == -EINVAL ? 0 : r;
}

/* Notes a file of EnvironmentFile=; an empty value resets the list. */
static int add_env_file(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	struct heir_place where = heir_ini_place(ini, line, 0, line->value.len);
	bool optional = heir_str_starts(line->value, "-");
	struct heir_str path = {line->value.p + optional, line->value.len - optional};
	char *copy;
	int r;

	if (line->value.len == 0) {
		c->n_files = 0;
		return 0;
	}
	r = expand_specifiers(c, path, where);
	if (r <= 0)
		return r;
	path = heir_buf_str(&c->specified);
	if (path.len == 0 || path.p[0] != '/')
		return 0;
	if (HEIR_RESERVE(c->files, c->n_files, c->size_files) < 0)
		return -ENOMEM;
	copy = heir_arena_strndup(&c->core->arena, path.p, path.len);
	if (!copy)
		return -ENOMEM;
	c->files[c->n_files++] = (struct env_file){{{copy, path.len}, where}, optional};
	return 0;
}

/* Applies UnsetEnvironment=; an empty value resets the list. */
static int add_unset(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	size_t at = 0, from;
	int r;

	if (line->value.len == 0)
		c->unset.n = 0;
	while ((r = heir_word_next(line->value, &at, HEIR_WORD_C, &c->word, &from)) > 0) {
		struct heir_place where = heir_ini_place(ini, line, from, at - from);

		r = expand_specifiers(c, heir_buf_str(&c->word), where);
		if (r > 0)
			r = heir_words_add(
				&c->core->arena, &c->unset, heir_buf_str(&c->specified), where);
		if (r < 0)
			return r;
	}
	return r == -EINVAL ? 0 : r;
}

static int add_search(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	struct heir_place where = heir_ini_place(ini, line, 0, line->value.len);
	int r;

	if (line->value.len == 0) {
		heir_buf_clear(&c->search);
		return 0;
	}
	r = expand_specifiers(c, line->value, where);
	if (r <= 0)
		return r;
	if (c->search.len > 0)
		heir_buf_addc(&c->search, ':');
	heir_buf_adds(&c->search, heir_buf_str(&c->specified));
	c->search_at = where;
	return heir_buf_error(&c->search);
}

/* ---- ExecStart ---- */

static int begin_exec(struct composer *c, struct exec **ret)
{
	if (HEIR_RESERVE(c->execs, c->n_execs, c->size_execs) < 0)
		return -ENOMEM;
	*ret = &c->execs[c->n_execs++];
	**ret = (struct exec){.from = c->words.n, .where = HEIR_PLACE_NONE};
	return 0;
}

/* Strips the prefixes of the first word. */
static struct heir_str strip_prefixes(struct heir_str word, struct exec *exec)
{
	while (word.len > 0 && strchr("-@:+!|", word.p[0])) {
		exec->has_argv0 |= word.p[0] == '@';
		exec->as_is |= word.p[0] == ':';
		word.p++;
		word.len--;
	}
	return word;
}

/* Adds a word of a command. A single ";" ends the command. */
static int add_exec_word(
	struct composer *c, struct exec **exec, struct heir_str raw, struct heir_place where)
{
	struct heir_str word = heir_buf_str(&c->word);
	int r;

	if (heir_str_eqz(raw, ";")) {
		*exec = NULL;
		return 0;
	}
	if (heir_str_eqz(raw, "\\;"))
		word = HEIR_STR(";");
	if (!*exec) {
		r = begin_exec(c, exec);
		if (r < 0)
			return r;
		(*exec)->where = where;
		word = strip_prefixes(word, *exec);
	}
	r = expand_specifiers(c, word, where);
	if (r <= 0)
		return r;
	(*exec)->n++;
	return heir_words_add(&c->core->arena, &c->words, heir_buf_str(&c->specified), where);
}

/* Applies ExecStart=; an empty value resets the list. */
static int add_exec(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	struct exec *exec = NULL;
	size_t at = 0, from = 0;
	int r = 0;

	if (line->value.len == 0) {
		c->n_execs = c->words.n = 0;
		c->unclear = NULL;
		return 0;
	}
	while (r == 0) {
		struct heir_str rest;
		struct heir_str raw;

		while (at < line->value.len && strchr(" \t\n\r", line->value.p[at]))
			at++;
		rest = (struct heir_str){line->value.p + at, line->value.len - at};
		raw = (struct heir_str){rest.p, 0};
		while (raw.len < rest.len && !strchr(" \t\n\r", rest.p[raw.len]))
			raw.len++;
		if (heir_str_eqz(raw, "\\;")) {
			from = at;
			at += 2;
			r = 1;
		} else {
			r = heir_word_next(line->value, &at, HEIR_WORD_C, &c->word, &from);
		}
		if (r <= 0)
			break;
		r = add_exec_word(c, &exec, raw, heir_ini_place(ini, line, from, at - from));
	}
	return r == -EINVAL ? set_unclear(c, heir_ini_place(ini, line, 0, line->value.len),
				      "ExecStart= has an unterminated quote or an invalid escape")
			    : r;
}

/* ---- Files ---- */

/* Applies one assignment. Only the keys of [Service] in this table matter. */
static int add_line(
	struct composer *c, const struct heir_ini *ini, const struct heir_ini_line *line)
{
	static const struct {
		const char *key;
		int (*add)(struct composer *c, const struct heir_ini *ini,
			const struct heir_ini_line *line);
	} keys[] = {
		{"ExecStart", add_exec},
		{"Environment", add_environment},
		{"EnvironmentFile", add_env_file},
		{"UnsetEnvironment", add_unset},
		{"ExecSearchPath", add_search},
	};

	if (!heir_str_eqz(line->section, "Service"))
		return 0;
	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		if (heir_str_eqz(line->key, keys[i].key))
			return keys[i].add(c, ini, line);
	return 0;
}

static int add_file(struct composer *c, uint32_t source)
{
	_cleanup_(heir_ini_release) struct heir_ini ini;
	struct heir_ini_line line;
	int r;

	heir_ini_init(&ini, c->core->sources.items[source].text, source);
	while ((r = heir_ini_next(&ini, &line)) > 0) {
		r = add_line(c, &ini, &line);
		if (r < 0)
			return r;
	}
	return r;
}

/* ---- What comes of it ---- */

/* Reads one environment file. A missing one is only an error if it is not optional and the node's
 * files are known. */
static int read_env_file(struct composer *c, const char *path, const struct env_file *file)
{
	uint32_t source;
	int r = heir_unit_add_source(c->core, path, &source);

	if (r == -ENOMEM)
		return r;
	if (r == 0)
		return heir_env_read(&c->core->arena, c->core->sources.items[source].text, source,
			&c->unit->vars);
	if (r == -ENOENT || r == -ENOTDIR) {
		if (!file->optional && !heir_root_is_assumed(&c->core->root) && !c->unit->missing) {
			c->unit->missing = file->path.text.p;
			c->unit->missing_at = file->path.where;
		}
		return 0;
	}
	return set_unclear(c, file->path.where, "%s cannot be read: %s", path, heir_file_error(r));
}

/* Expands wildcards in the last part of the path, as systemd does, and reads the files. */
static int read_env_files(struct composer *c, const struct env_file *file)
{
	struct heir_unit_words found = {NULL, 0, 0};
	const char *path = file->path.text.p;
	int r;

	if (!strpbrk(path, "*?["))
		return read_env_file(c, path, file);
	if (strpbrk(path, "*?[") < strrchr(path, '/'))
		return set_unclear(
			c, file->path.where, "EnvironmentFile= has a wildcard in a directory");
	r = heir_unit_glob(c->core, path, &found);
	if (r == 0 && found.n == 0 && !file->optional && !heir_root_is_assumed(&c->core->root) &&
		!c->unit->missing) {
		c->unit->missing = path;
		c->unit->missing_at = file->path.where;
	}
	for (uint32_t i = 0; i < found.n && r == 0; i++)
		r = read_env_file(c, found.items[i].text.p, file);
	free(found.items);
	return r;
}

static int compose_environment(struct composer *c)
{
	const struct heir_str path = HEIR_STR("PATH");
	struct heir_unit_vars *vars = &c->unit->vars;
	int r = 0;

	if (c->search.len > 0)
		r = heir_env_set(
			&c->core->arena, vars, path, heir_buf_str(&c->search), c->search_at);
	if (r == 0)
		r = heir_env_merge(&c->core->arena, vars, &c->set);
	for (uint32_t i = 0; i < c->n_files && r == 0; i++)
		r = read_env_files(c, &c->files[i]);
	for (uint32_t i = 0; i < c->unset.n && r == 0; i++)
		heir_env_unset(vars, c->unset.items[i].text);
	return r;
}

/* Chooses the command that starts CRI-O; of several, the one that names it. */
static int choose_exec(struct composer *c)
{
	struct heir_unit *unit = c->unit;
	int r = 0;

	if (c->n_execs == 0) {
		heir_unit_doubt(unit, "it has no ExecStart=", HEIR_PLACE_NONE);
		return 0;
	}
	for (uint32_t i = 0; i < c->n_execs && r == 0; i++) {
		const struct exec *exec = &c->execs[i];
		struct heir_unit_words command = {c->words.items + exec->from, exec->n, exec->n};

		unit->unclear = NULL;
		r = heir_unit_find_daemon(c->core, &command, exec->has_argv0, !exec->as_is, unit);
		if (!unit->unclear)
			break;
	}
	return r;
}

static int compose_unit(struct composer *c, const struct heir_unit_files *files)
{
	int r = 0;

	for (uint32_t i = 0; i < files->n && r == 0; i++)
		r = add_file(c, files->sources[i]);
	if (r == 0)
		r = compose_environment(c);
	if (r == 0 && c->unclear)
		heir_unit_doubt(c->unit, c->unclear, c->unclear_at);
	return r == 0 && !c->unit->unclear ? choose_exec(c) : r;
}

int heir_unit_read(struct heir_core *core, struct heir_unit *ret)
{
	_cleanup_(heir_unit_files_release) struct heir_unit_files files;
	struct composer c = {.core = core, .unit = ret};
	int r = heir_unit_find(core, &files);

	*ret = HEIR_UNIT_NULL;
	if (r < 0)
		return r;
	if (files.unreadable) {
		ret->path = files.unreadable;
		ret->unclear = heir_arena_printf(&core->arena, "%s cannot be read: %s",
			files.unreadable, heir_file_error(files.error));
		ret->unclear_at = HEIR_PLACE_NONE;
		return ret->unclear ? 0 : -ENOMEM;
	}
	if (files.n == 0)
		return 0;
	ret->path = core->sources.items[files.sources[0]].path;
	if (core->sources.items[files.sources[0]].text.len == 0) {
		heir_unit_doubt(ret, "it is masked: systemd does not start it",
			(struct heir_place){files.sources[0], 0, 0});
		return 0;
	}
	r = compose_unit(&c, &files);
	release_composer(&c);
	return r;
}

int heir_unit_from_words(
	struct heir_core *core, const char *name, struct heir_str text, struct heir_unit *ret)
{
	_cleanup_(heir_buf_release) struct heir_buf word = HEIR_BUF_NULL;
	size_t at = 0, from;
	uint32_t source;
	int r;

	*ret = (struct heir_unit){.path = name};
	r = heir_sources_add(&core->sources, name, text, HEIR_SCOPE_UNIT, &source);
	if (r < 0)
		return r;
	while ((r = heir_word_next(text, &at, HEIR_WORD_C, &word, &from)) > 0) {
		r = heir_words_add(&core->arena, &ret->args, heir_buf_str(&word),
			(struct heir_place){source, (uint32_t)from, (uint32_t)(at - from)});
		if (r < 0)
			return r;
	}
	if (r == -EINVAL)
		heir_unit_doubt(ret, "unterminated quote or invalid escape",
			(struct heir_place){source, (uint32_t)from, 0});
	return r == -EINVAL ? 0 : r;
}

/* ---- A process ---- */

/* Makes a text with one word per line. */
static int add_lines(struct heir_core *core, const char *name, struct heir_str words, uint32_t *ret)
{
	struct heir_str text;
	int r = heir_text_copy(words, &core->arena, &text);

	for (size_t i = 0; r == 0 && i < text.len; i++)
		if (text.p[i] == '\0')
			((char *)(uintptr_t)text.p)[i] = '\n';
	return r == 0 ? heir_sources_add(&core->sources, name, text, HEIR_SCOPE_UNIT, ret) : r;
}

/* Reads the next word. Returns false if there is none. */
static bool next_unit_word(struct heir_str words, size_t *at, struct heir_str *ret)
{
	const char *end;

	if (*at >= words.len)
		return false;
	end = memchr(words.p + *at, '\0', words.len - *at);
	*ret = (struct heir_str){
		words.p + *at, end ? (size_t)(end - words.p) - *at : words.len - *at};
	*at += ret->len + 1;
	return true;
}

int heir_unit_from_process(struct heir_core *core, const char *name, struct heir_str cmdline,
	struct heir_str environ, struct heir_unit *ret)
{
	const char *names[2] = {heir_arena_concat(&core->arena, name, "/cmdline", ""),
		heir_arena_concat(&core->arena, name, "/environ", "")};
	uint32_t sources[2] = {0, 0};
	struct heir_str word;
	size_t at = 0;
	int r;

	*ret = (struct heir_unit){.path = name};
	if (!names[0] || !names[1])
		return -ENOMEM;
	r = add_lines(core, names[0], cmdline, &sources[0]);
	if (r == 0)
		r = add_lines(core, names[1], environ, &sources[1]);
	while (r == 0 && next_unit_word(cmdline, &at, &word)) {
		struct heir_place where = {
			sources[0], (uint32_t)(word.p - cmdline.p), (uint32_t)word.len};

		if (word.p > cmdline.p)
			r = heir_words_add(&core->arena, &ret->args, word, where);
	}
	at = 0;
	while (r == 0 && next_unit_word(environ, &at, &word)) {
		struct heir_place where = {
			sources[1], (uint32_t)(word.p - environ.p), (uint32_t)word.len};

		r = heir_env_assign(&core->arena, &ret->vars, word, where);
	}
	return r;
}
