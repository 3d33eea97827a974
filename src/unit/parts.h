/* SPDX-License-Identifier: Apache-2.0 */
/* For the files of this layer. */
#ifndef HEIR_UNIT_PARTS_H
#define HEIR_UNIT_PARTS_H

#include "base/buf.h"
#include "unit/unit.h"

enum {
	/* Of a command line and of an environment after expansion: what the kernel would take. */
	HEIR_UNIT_MAX_BYTES = 2 << 20,
	HEIR_UNIT_MAX_NAMES = 16, /* crio.service and its aliases */
};

/* ---- ini.c: lines ---- */

/* Where a part of a joined line stands in its file. */
struct heir_ini_piece {
	uint32_t at;   /* in the joined text */
	uint32_t from; /* in the file */
};

/* A file as systemd.syntax(7) divides it. */
struct heir_ini {
	struct heir_str text;
	uint32_t source;
	size_t next;
	struct heir_buf joined;
	struct heir_ini_piece *pieces;
	uint32_t n_pieces, size_pieces;
	struct heir_str section; /* "" before the first */
};

/* One assignment; valid until the next is read. */
struct heir_ini_line {
	struct heir_str section, key, value;
	uint32_t value_at; /* in the joined text */
};

void heir_ini_init(struct heir_ini *ini, struct heir_str text, uint32_t source);
void heir_ini_release(struct heir_ini *ini);
/* 1: an assignment; 0: there is none left; -ENOMEM. */
int heir_ini_next(struct heir_ini *ini, struct heir_ini_line *ret);
/* The place of a part of the value. */
struct heir_place heir_ini_place(
	const struct heir_ini *ini, const struct heir_ini_line *line, size_t at, size_t len);

/* ---- words.c: quotes, specifiers, lists ---- */

enum heir_word_style {
	HEIR_WORD_C,       /* ExecStart=, Environment=: quotes and C escapes */
	HEIR_WORD_RELAXED, /* what $VAR stands for: quotes; what is wrong with them is passed over
			    */
};

/* The next word of a text from *at on. 1: *ret has it, and *ret_from says where it begins; 0: none
 * is left; -EINVAL: an unterminated quote or an invalid escape; -ENOMEM. */
int heir_word_next(struct heir_str text, size_t *at, enum heir_word_style style,
	struct heir_buf *ret, size_t *ret_from);

/* Replaces the specifiers of crio.service. 0; 1: one of them depends on what is not known, *ret_bad
 * is its letter; -ENOMEM. */
int heir_word_specify(struct heir_str word, const char *path, struct heir_buf *ret, char *ret_bad);

/* Copies the text. 0 or -ENOMEM. */
int heir_words_add(struct heir_arena *arena, struct heir_unit_words *words, struct heir_str text,
	struct heir_place where);

/* ---- env.c: variables ---- */

bool heir_env_is_name(struct heir_str name);
/* Sets a variable: an earlier value is gone. Copies both. 0 or -ENOMEM. */
int heir_env_set(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str name,
	struct heir_str value, struct heir_place where);
/* Sets all of `more`. 0 or -ENOMEM. */
int heir_env_merge(
	struct heir_arena *arena, struct heir_unit_vars *vars, const struct heir_unit_vars *more);
/* The value that NAME=VALUE set is not known. */
void heir_env_doubt(struct heir_unit_vars *vars, struct heir_str word);
void heir_env_clear(struct heir_unit_vars *vars);
/* Sets what NAME=VALUE says; what is no assignment is passed over. */
int heir_env_assign(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str word,
	struct heir_place where);
/* Takes away what UnsetEnvironment= names: NAME, or NAME=VALUE. */
void heir_env_unset(struct heir_unit_vars *vars, struct heir_str word);
const struct heir_unit_var *heir_env_get(const struct heir_unit_vars *vars, struct heir_str name);
/* Adds what an EnvironmentFile= holds. 0 or -ENOMEM. */
int heir_env_read(struct heir_arena *arena, struct heir_str text, uint32_t source,
	struct heir_unit_vars *vars);

/* ---- find.c: files ---- */

/* The texts of a unit, the unit file first, in the order in which they are applied. */
struct heir_unit_files {
	uint32_t *sources;
	uint32_t n, size;
	const char *unreadable; /* the first that cannot be read, which stands for all */
	int error;
};

void heir_unit_files_release(struct heir_unit_files *files);
/* 0, also where there is no unit (n is 0 then), or -ENOMEM. */
int heir_unit_find(struct heir_core *core, struct heir_unit_files *ret);

/* Reads a file of the node and makes a source of it. 0, -ENOMEM, or -errno of reading. */
int heir_unit_add_source(struct heir_core *core, const char *path, uint32_t *ret);

/* The files that a path with wildcards in its last part means, in byte order. 0 or -ENOMEM. */
int heir_unit_glob(struct heir_core *core, const char *path, struct heir_unit_words *ret);

/* ---- daemon.c: which of the words is CRI-O ---- */

/* Finds the daemon in a command line, seeing through wrappers: sets args of `unit`, and adds to its
 * vars what a wrapper sets; or says what is unclear. `expand`: it may hold $VAR. 0 or -ENOMEM. */
int heir_unit_find_daemon(struct heir_core *core, const struct heir_unit_words *command,
	bool has_argv0, bool expand, struct heir_unit *unit);

/* Says why, if nothing was said before. */
void heir_unit_doubt(struct heir_unit *unit, const char *why, struct heir_place where);

#endif
