/* SPDX-License-Identifier: Apache-2.0 */
/* What an unmodified CRI-O makes of each line of the files: whether it has an effect, and if not,
 * which other line overrides it. First values get verdicts, once per document (verdicts.c); then
 * lines get the verdicts of the values on them (lines.c).
 *
 * A line without effect is dead: CRI-O would have the same configuration without it. A table's
 * header is dead only if all lines up to the next header are; the lines of one value share a
 * verdict. */
#ifndef HEIR_BLAME_BLAME_H
#define HEIR_BLAME_BLAME_H

#include "inherit/resolve.h"

/* S(name, the word in heir.blame/1, what it means) */
#define HEIR_BLAME_STATES(S)                                                                     \
	S(COMMENT, "comment", "a comment or a blank line")                                       \
	S(UNREAD, "unread", "in a file that CRI-O cannot read")                                  \
	S(NO_EFFECT, "no-effect", "an unknown key, or the value that CRI-O has without it")      \
	S(DISCARDED, "discarded", "in a table that another one replaces, which does not set it") \
	S(REPLACED, "replaced", "another line sets the same key")                                \
	S(OVERRIDDEN, "overridden", "a flag or a variable of CRI-O sets the same key")           \
	S(HEIR_ONLY, "heir-only", "only heir reads it")                                          \
	S(COUNTS, "counts", "CRI-O uses it")

/* In this order: of several values on a line, the last in this list decides. */
#define HEIR_BLAME_AS_ENUM(name, ...) HEIR_BLAME_##name,
enum heir_blame_state { HEIR_BLAME_STATES(HEIR_BLAME_AS_ENUM) HEIR_N_BLAME_STATES };

/* "counts", … */
const char *heir_blame_state_name(enum heir_blame_state state);

/* The verdict on a value or table: its state, and what replaces it. */
struct heir_blame_verdict {
	uint32_t by_source;
	heir_toml_node by_node; /* 0: none */
	uint8_t state;          /* enum heir_blame_state */
	bool is_judged;
};

/* Sources that are the same file, which CRI-O reads more than once because of links or several
 * names. A line of it counts if it counts in any reading. */
struct heir_same {
	struct heir_same_file {
		uint32_t first; /* the first source that is the same file */
		bool is_again;  /* for that first source: another one is the same file */
		bool *alive;    /* the lines that count; computed when first needed */
		uint32_t n_alive;
	} * files; /* by source */
	uint32_t n;
};

struct heir_blame {
	const struct heir_config *config;  /* as an unmodified CRI-O reads it */
	const struct heir_resolution *res; /* resolved likewise; may have no results */
	/* By source and node; NULL for sources that are not judged. */
	struct heir_blame_verdict **verdicts;
	uint32_t n_verdicts;
	struct heir_same same;
};

struct heir_blame_line {
	enum heir_blame_state state;
	heir_toml_node node;  /* the value or table on the line, or 0 */
	struct heir_place by; /* what replaces it, or HEIR_PLACE_NONE */
};

struct heir_blame_file {
	uint32_t source;
	struct heir_blame_line *lines; /* lines[0] is the first line */
	uint32_t n_lines;
};

/* Returns whether a source has lines to blame: crio.conf, a drop-in, or heir.d. */
bool heir_blame_has(const struct heir_config *config, uint32_t source);

/* Returns 0 or -ENOMEM; release in any case. */
int heir_same_init(struct heir_same *same, const struct heir_config *config);
void heir_same_release(struct heir_same *same);
/* Returns whether two sources are the same file. With `same` NULL: the same source. */
bool heir_is_same_file(const struct heir_same *same, uint32_t a, uint32_t b);

/* Judges the values of all such sources, or of one file (HEIR_SOURCE_NONE: all). `config` and
 * `res` must have stock semantics and outlive it. Returns 0 or -ENOMEM; release in any case. */
int heir_blame_init(struct heir_blame *blame, const struct heir_config *config,
	const struct heir_resolution *res, uint32_t source);
void heir_blame_release(struct heir_blame *blame);

/* Computes the lines of one of those sources. Returns 0 or -ENOMEM. */
int heir_blame_lines(struct heir_blame *blame, uint32_t source, struct heir_blame_file *ret);
void heir_blame_file_release(struct heir_blame_file *file);

#endif
