/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: the texts that values come from, by number, so that a place is two numbers. The places
 * of what CRI-O has built in are not shown as file and line. */
#ifndef HEIR_BASE_SOURCE_H
#define HEIR_BASE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"

/* The layer a file belongs to. */
enum heir_scope {
	HEIR_SCOPE_BUILTIN, /* in the CRI-O binary */
	HEIR_SCOPE_VENDOR,  /* written by packaging or the MCO: never makes a handler new */
	HEIR_SCOPE_CONF,    /* crio.conf */
	HEIR_SCOPE_DROPIN,  /* crio.conf.d */
	HEIR_SCOPE_HEIR,    /* heir.d, which CRI-O never reads */
	HEIR_SCOPE_OBJECT,  /* Kubernetes objects, which hold files */
	HEIR_SCOPE_UNIT,    /* crio.service, its drop-ins and environment files */
	HEIR_SCOPE_FLAG,    /* flags and variables of the daemon, as keys; places are the unit's */
	HEIR_SCOPE_CONTAINERS, /* /etc/containers: files of other projects that CRI-O reads */
};

/* Who wrote a file. */
enum heir_author {
	HEIR_AUTHOR_UNKNOWN,
	HEIR_AUTHOR_PACKAGE,  /* CRI-O's own */
	HEIR_AUTHOR_TEMPLATE, /* the MCO, from its templates */
	HEIR_AUTHOR_CTRCFG,   /* the MCO, for a ContainerRuntimeConfig or an upgrade */
	HEIR_AUTHOR_OPERATOR, /* another operator, such as the Node Tuning Operator */
	HEIR_AUTHOR_USER,
	HEIR_AUTHOR_RENDERED, /* a rendered-* MachineConfig, which no longer tells */
};

/* What a file is to the node, by one word: the names are those of every report. L(name, word) */
#define HEIR_LAYERS(L)                                                                         \
	L(BUILTIN, "builtin")   /* in the CRI-O binary */                                      \
	L(PACKAGE, "package")   /* a package's: CRI-O's own, or one of a vendor */             \
	L(TEMPLATE, "template") /* the MCO's, of its templates */                              \
	L(CTRCFG, "ctrcfg")     /* the MCO's, of a ContainerRuntimeConfig or for an upgrade */ \
	L(OPERATOR, "operator") /* another operator's */                                       \
	L(RENDERED, "rendered") /* the MCO's, and it no longer tells of whom */                \
	L(USER, "user")         /* a user's, or of no known author */                          \
	L(HEIR, "heir")         /* written by `heir render` */                                 \
	L(FLAG, "flag")         /* flags and variables of the daemon */
#define HEIR_LAYER_AS_ENUM(name, ...) HEIR_LAYER_##name,
enum heir_layer { HEIR_LAYERS(HEIR_LAYER_AS_ENUM) HEIR_N_LAYERS };

/* Whether `heir render` wrote a file. Only HEIR_RENDERED_OURS is left out by heir itself. */
enum heir_rendered {
	HEIR_RENDERED_NOT,
	HEIR_RENDERED_OURS,
	HEIR_RENDERED_EDITED,    /* under heir's own name, and changed since */
	HEIR_RENDERED_ELSEWHERE, /* begins like heir's, under another name */
};

#define HEIR_SOURCE_NONE UINT32_MAX

/* Where a character begins, and how many are before it in the text. */
struct heir_mark {
	uint32_t at, n;
};

/* A place: a source and a span of it. Source HEIR_SOURCE_NONE: no place at all. A span of length 0
 * at offset 0 of a faulty source stands for the file as a whole. */
struct heir_place {
	uint32_t source;
	uint32_t at, len;
};

#define HEIR_PLACE_NONE ((struct heir_place){HEIR_SOURCE_NONE, 0, 0})

struct heir_object; /* base/overlay.h */
struct heir_root;   /* base/root.h */

struct heir_source {
	const char *path; /* as the node sees it, terminated; may hold any byte but NUL */
	struct heir_str text;
	enum heir_scope scope;
	enum heir_author author;
	bool rendered; /* `heir render` wrote it: CRI-O reads it, heir itself leaves it out */
	enum heir_rendered mark;          /* what its first lines and its name say of that */
	const struct heir_object *object; /* what holds the file; NULL: a file system */
	struct heir_place held_at;        /* where in the object */
	uint32_t *lines; /* offsets at which lines start; made when first asked for */
	uint32_t n_lines;
	/* One every few KiB; made when a place in a long line is first asked for. */
	struct heir_mark *marks;
	uint32_t n_marks;
};

struct heir_sources {
	struct heir_source *items;
	uint32_t n, size;
};

/* 1-based; columns count characters. */
struct heir_position {
	uint32_t line, column;
};

void heir_sources_release(struct heir_sources *sources);

/* `path` and `text` must outlive the sources. 0 or -ENOMEM. */
int heir_sources_add(struct heir_sources *sources, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret);

/* The layer of a source, and its word. */
enum heir_layer heir_source_layer(const struct heir_source *source);
const char *heir_layer_name(enum heir_layer layer);

/* The mode of a text that may hold what any of the files says: group and others may read it only if
 * they may read all of them. What heir rendered itself does not count. */
mode_t heir_sources_mode(const struct heir_sources *sources, struct heir_root *root);

/* The position of an offset; of the end of the text at most. 0 or -ENOMEM. The first call for a
 * source indexes its lines in `arena`. */
int heir_source_locate(struct heir_source *source, struct heir_arena *arena, uint32_t offset,
	struct heir_position *ret);

/* The text of a line (1-based) without its end. Call after heir_source_locate. */
struct heir_str heir_source_line(const struct heir_source *source, uint32_t line);

#endif
