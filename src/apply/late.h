/* SPDX-License-Identifier: Apache-2.0 */
/* What heir-runtime needs on the node for the handlers that are bound late: a link per handler, and
 * a generation of files that says which runtimes each of them has. A generation is a directory that
 * one rename puts in force, so all handlers move at once. */
#ifndef HEIR_APPLY_LATE_H
#define HEIR_APPLY_LATE_H

#include "apply/containers.h"
#include "base/overlay.h"
#include "inherit/late.h"

/* What to write for one handler. */
struct heir_late_file {
	struct heir_str handler;
	struct heir_str target, features, version; /* texts; p NULL: no such file */
	struct heir_str before; /* the runtime in force until now; p NULL: none */
	struct heir_str now;    /* the runtime from now on */
};

struct heir_late_plan {
	struct heir_core *core;
	const char *runtime; /* heir-runtime, as the node sees it */
	struct heir_late old;
	struct heir_late_file *items; /* in the order of the files */
	uint32_t n;
	bool links;        /* a link is missing or leads elsewhere */
	bool changes;      /* the files differ from those in force */
	bool is_off;       /* there are files, and no handler is bound late any more */
	char previous[32]; /* the generation in force before heir_late_commit(); "": none */
	char written[32];  /* the one that it put in force; "": none */
};

/* Decides what to write for the handlers that heir_late_bind() bound, with `old` in force. `live`:
 * runtimes of this machine are asked for their version and features. 0 or -ENOMEM; the texts are in
 * the core's arena. */
int heir_late_plan_init(struct heir_late_plan *plan, const struct heir_resolution *res,
	const struct heir_late *old, const char *runtime, bool live);

/* Lays the links of the handlers that are bound late over the node, as if they had been made. 0 or
 * -ENOMEM. */
int heir_late_overlay_links(const struct heir_resolution *res, struct heir_overlay *overlay);

/* Adds a line per handler whose runtime changes. */
void heir_late_plan_words(const struct heir_late_plan *plan, struct heir_buf *buf);
/* Adds a line per handler that stays as it is, other than for having a runtime_path of its own and
 * the type "oci": why. 0 or -ENOMEM. */
int heir_late_refused_words(const struct heir_resolution *res, struct heir_buf *buf);

/* Adds what heir_late_link() and heir_late_commit() would write as a file of systemd-tmpfiles(8). 0
 * or -ENOMEM. */
int heir_late_tmpfiles(const struct heir_late_plan *plan, struct heir_buf *buf);

/* Makes the links. Nothing uses them until CRI-O does. 0 or -errno. */
int heir_late_link(const struct heir_late_plan *plan);
/* Writes the generation, puts it in force, and reads it back: -ESTALE if it is not what was
 * written. 0 or -errno: then the one before is in force. */
int heir_late_commit(struct heir_late_plan *plan);
/* Puts the generation before in force again. 0 or -errno. */
int heir_late_undo(struct heir_late_plan *plan);
/* Removes what is not in force: the generation before, and links of handlers that are not bound. */
void heir_late_clean(const struct heir_late_plan *plan);

/* Records the creators of living containers whose handlers are bound late from now on, as
 * heir-runtime does it. 0 or -errno. */
int heir_late_seed(const struct heir_late_plan *plan, const struct heir_containers *containers);
/* The runtime that created a container, in the arena: of one that was created through a link of
 * heir-runtime (*ret_late) the one that is recorded; "" if unknown. 0 or -ENOMEM. */
int heir_late_creator(struct heir_root *root, const struct heir_container *container,
	struct heir_arena *arena, struct heir_str *ret, bool *ret_late);
/* Takes everything away: no handler is bound late any more. */
void heir_late_remove(const struct heir_late_plan *plan);

/* ---- For the files of this subject ---- */

/* What all of the documents that `runtime features` printed have in common, as a document; one of
 * them with p NULL is a runtime without that command. 0 or -ENOMEM. */
int heir_late_intersect(const struct heir_str *documents, uint32_t n, struct heir_arena *arena,
	struct heir_str *ret);

#endif
