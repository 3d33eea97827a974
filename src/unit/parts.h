/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations shared by the files of this layer. */
#ifndef HEIR_UNIT_PARTS_H
#define HEIR_UNIT_PARTS_H

#include "base/buf.h"
#include "unit/unit.h"

enum {
	/* Limit for a command line and for an environment after expansion, like the kernel's. */
	HEIR_UNIT_MAX_BYTES = 2 << 20,
	HEIR_UNIT_MAX_NAMES = 16, /* crio.service and its aliases */
};

/* ---- ini.c: lines ---- */

/* Where a part of a joined line is in its file. */
struct heir_ini_piece {
	uint32_t at;   /* in the joined text */
	uint32_t from; /* in the file */
};

/* A file that is read by the rules of systemd.syntax(7). */
struct heir_ini {
	struct heir_str text;
	uint32_t source;
	size_t next;
	struct heir_buf joined;
	struct heir_ini_piece *pieces;
	uint32_t n_pieces, size_pieces;
	struct heir_str section; /* "" before the first */
};

/* An assignment; valid until the next is read. */
struct heir_ini_line {
	struct heir_str section, key, value;
	uint32_t value_at; /* in the joined text */
};

void heir_ini_init(struct heir_ini *ini, struct heir_str text, uint32_t source);
void heir_ini_release(struct heir_ini *ini);
/* Reads the next assignment. Returns 1, 0 if there is none, or -ENOMEM. */
int heir_ini_next(struct heir_ini *ini, struct heir_ini_line *ret);
/* Returns the place of a part of the value. */
struct heir_place heir_ini_place(
	const struct heir_ini *ini, const struct heir_ini_line *line, size_t at, size_t len);

/* ---- words.c: quotes, specifiers, lists ---- */

enum heir_word_style {
	HEIR_WORD_C,       /* ExecStart=, Environment=: quotes and C escapes */
	HEIR_WORD_RELAXED, /* the value of $VAR: quotes; invalid ones are tolerated */
};

/* Reads the next word from *at on. Returns 1 with the word in *ret and its beginning in *ret_from;
 * 0 if there is none; -EINVAL for an unterminated quote or an invalid escape; -ENOMEM. */
int heir_word_next(struct heir_str text, size_t *at, enum heir_word_style style,
	struct heir_buf *ret, size_t *ret_from);

/* Replaces the specifiers as for crio.service. Returns 0; 1 if a specifier depends on something
 * unknown (*ret_bad is its letter); -ENOMEM. */
int heir_word_specify(struct heir_str word, const char *path, struct heir_buf *ret, char *ret_bad);

/* Appends a copy of the text. Returns 0 or -ENOMEM. */
int heir_words_add(struct heir_arena *arena, struct heir_unit_words *words, struct heir_str text,
	struct heir_place where);

/* ---- env.c: variables ---- */

bool heir_env_is_name(struct heir_str name);
/* Sets a variable, replacing an earlier value. Copies both. Returns 0 or -ENOMEM. */
int heir_env_set(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str name,
	struct heir_str value, struct heir_place where);
/* Sets all variables of `more`. Returns 0 or -ENOMEM. */
int heir_env_merge(
	struct heir_arena *arena, struct heir_unit_vars *vars, const struct heir_unit_vars *more);
/* Marks the value set by NAME=VALUE as not known. */
void heir_env_doubt(struct heir_unit_vars *vars, struct heir_str word);
void heir_env_clear(struct heir_unit_vars *vars);
/* Sets NAME=VALUE. Anything that is not an assignment is ignored. */
int heir_env_assign(struct heir_arena *arena, struct heir_unit_vars *vars, struct heir_str word,
	struct heir_place where);
/* Removes what UnsetEnvironment= names: NAME, or NAME=VALUE. */
void heir_env_unset(struct heir_unit_vars *vars, struct heir_str word);
const struct heir_unit_var *heir_env_get(const struct heir_unit_vars *vars, struct heir_str name);
/* Adds the variables of an EnvironmentFile=. Returns 0 or -ENOMEM. */
int heir_env_read(struct heir_arena *arena, struct heir_str text, uint32_t source,
	struct heir_unit_vars *vars);

/* ---- find.c: files ---- */

/* The files of a unit in the order in which they are applied: the unit file, then drop-ins. */
struct heir_unit_files {
	uint32_t *sources;
	uint32_t n, size;
	const char *unreadable; /* the first that cannot be read */
	int error;
};

void heir_unit_files_release(struct heir_unit_files *files);
/* Finds the files; n is 0 if there is no unit. Returns 0 or -ENOMEM. */
int heir_unit_find(struct heir_core *core, struct heir_unit_files *ret);

/* Reads a file of the node and adds it as a source. Returns 0, -ENOMEM, or -errno of reading. */
int heir_unit_add_source(struct heir_core *core, const char *path, uint32_t *ret);

/* Expands a path with wildcards in its last part, in byte order. Returns 0 or -ENOMEM. */
int heir_unit_glob(struct heir_core *core, const char *path, struct heir_unit_words *ret);

/* ---- daemon.c: which of the words is CRI-O ---- */

/* Finds the daemon in a command line, unwrapping programs that start it. Sets args of `unit` and
 * adds the variables that wrappers set, or records what is unclear. `expand`: the words may
 * contain $VAR. Returns 0 or -ENOMEM. */
int heir_unit_find_daemon(struct heir_core *core, const struct heir_unit_words *command,
	bool has_argv0, bool expand, struct heir_unit *unit);

/* Records why something is unclear, unless a reason is recorded already. */
void heir_unit_doubt(struct heir_unit *unit, const char *why, struct heir_place where);

#endif
