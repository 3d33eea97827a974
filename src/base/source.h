/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: the texts that values come from. They are numbered, so that a place is a number and a
 * span. Places in CRI-O's built-in defaults are not shown as file and line. */
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
	HEIR_SCOPE_VENDOR,  /* written by packaging or the MCO; never makes a handler count as the
			       user's */
	HEIR_SCOPE_CONF,    /* crio.conf */
	HEIR_SCOPE_DROPIN,  /* crio.conf.d */
	HEIR_SCOPE_HEIR,    /* heir.d, which CRI-O never reads */
	HEIR_SCOPE_OBJECT,  /* Kubernetes objects, which contain files */
	HEIR_SCOPE_UNIT,    /* crio.service, its drop-ins and environment files */
	HEIR_SCOPE_FLAG, /* flags and variables of the daemon, translated to TOML; places are those
			    of the unit */
	HEIR_SCOPE_CONTAINERS, /* /etc/containers: files of other projects that CRI-O reads as well
				*/
};

/* Who wrote a file. */
enum heir_author {
	HEIR_AUTHOR_UNKNOWN,
	HEIR_AUTHOR_PACKAGE,  /* CRI-O's own */
	HEIR_AUTHOR_TEMPLATE, /* the MCO, from its templates */
	HEIR_AUTHOR_CTRCFG,   /* the MCO, for a ContainerRuntimeConfig or an upgrade */
	HEIR_AUTHOR_OPERATOR, /* another operator, such as the Node Tuning Operator */
	HEIR_AUTHOR_USER,
	HEIR_AUTHOR_RENDERED, /* a rendered-* MachineConfig, in which the author is no longer
				 visible */
};

/* What a file is to the node, in one word, as all reports print it. L(name, word) */
#define HEIR_LAYERS(L)                                                                         \
	L(BUILTIN, "builtin")   /* in the CRI-O binary */                                      \
	L(PACKAGE, "package")   /* from a package: CRI-O's own or a vendor's */                \
	L(TEMPLATE, "template") /* from the MCO's templates */                                 \
	L(CTRCFG, "ctrcfg")     /* from the MCO, for a ContainerRuntimeConfig or an upgrade */ \
	L(OPERATOR, "operator") /* from another operator */                                    \
	L(RENDERED, "rendered") /* from the MCO, original author unknown */                    \
	L(USER, "user")         /* from a user, or of unknown author */                        \
	L(HEIR, "heir")         /* from `heir render` */                                       \
	L(FLAG, "flag")         /* flags and variables of the daemon */
#define HEIR_LAYER_AS_ENUM(name, ...) HEIR_LAYER_##name,
enum heir_layer { HEIR_LAYERS(HEIR_LAYER_AS_ENUM) HEIR_N_LAYERS };

/* Whether `heir render` wrote a file. Only HEIR_RENDERED_OURS is ignored by heir itself. */
enum heir_rendered {
	HEIR_RENDERED_NOT,
	HEIR_RENDERED_OURS,
	HEIR_RENDERED_EDITED,    /* has heir's own name, and was changed since */
	HEIR_RENDERED_ELSEWHERE, /* begins like heir's file, but has another name */
};

#define HEIR_SOURCE_NONE UINT32_MAX

/* A position at which a character begins, and how many characters precede it. */
struct heir_mark {
	uint32_t at, n;
};

/* A place: a source and a span. HEIR_SOURCE_NONE means no place. A span of length 0 at offset 0 of
 * a faulty source means the whole file. */
struct heir_place {
	uint32_t source;
	uint32_t at, len;
};

#define HEIR_PLACE_NONE ((struct heir_place){HEIR_SOURCE_NONE, 0, 0})

struct heir_object; /* base/overlay.h */
struct heir_root;   /* base/root.h */

struct heir_source {
	const char *path; /* as the node sees it, terminated; any byte but NUL is possible */
	struct heir_str text;
	enum heir_scope scope;
	enum heir_author author;
	bool rendered; /* `heir render` wrote it: CRI-O reads it, heir itself ignores it */
	enum heir_rendered mark; /* what its first lines and its name say about that */
	/* the object that contains the file; NULL: it is in the file system */
	const struct heir_object *object;
	struct heir_place held_at; /* where in that object */
	uint32_t *lines;           /* offsets of line starts; computed when first needed */
	uint32_t n_lines;
	/* One per few KiB; computed when a place in a long line is first needed. */
	struct heir_mark *marks;
	uint32_t n_marks;
};

struct heir_sources {
	struct heir_source *items;
	uint32_t n, size;
};

/* Starts at 1; columns count characters. */
struct heir_position {
	uint32_t line, column;
};

void heir_sources_release(struct heir_sources *sources);

/* Adds a source. `path` and `text` must outlive the sources. Returns 0 or -ENOMEM. */
int heir_sources_add(struct heir_sources *sources, const char *path, struct heir_str text,
	enum heir_scope scope, uint32_t *ret);

/* The layer of a source, and its word for reports. */
enum heir_layer heir_source_layer(const struct heir_source *source);
const char *heir_layer_name(enum heir_layer layer);

/* Returns the mode of a file that may quote any source: group and others may read it only if they
 * may read all of them. Files rendered by heir do not count. */
mode_t heir_sources_mode(const struct heir_sources *sources, struct heir_root *root);

/* Computes line and column of an offset (at most the end of the text). The first call for a source
 * indexes its lines in `arena`. Returns 0 or -ENOMEM. */
int heir_source_locate(struct heir_source *source, struct heir_arena *arena, uint32_t offset,
	struct heir_position *ret);

/* Returns the text of a line (from 1) without its end. Call it after heir_source_locate(). */
struct heir_str heir_source_line(const struct heir_source *source, uint32_t line);

#endif
