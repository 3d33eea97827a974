/* SPDX-License-Identifier: Apache-2.0 */
/* What heir-runtime needs on the node for handlers that are bound late: a link per handler, and a
 * generation of files with the runtimes of each. A generation is a directory that a single rename
 * activates, so all handlers switch at once. */
#ifndef HEIR_APPLY_LATE_H
#define HEIR_APPLY_LATE_H

#include "apply/containers.h"
#include "base/overlay.h"
#include "inherit/late.h"

/* The files of one handler. */
struct heir_late_file {
	struct heir_str handler;
	struct heir_str target, features, version; /* contents; .p NULL: no such file */
	struct heir_str before; /* the runtime so far; .p NULL if there is none */
	struct heir_str now;    /* the new runtime */
};

struct heir_late_plan {
	struct heir_core *core;
	const char *runtime; /* the path of heir-runtime on the node */
	struct heir_late old;
	struct heir_late_file *items; /* in the order of the configuration */
	uint32_t n;
	bool links;        /* a link is missing or wrong */
	bool changes;      /* the files differ from the active generation */
	bool is_off;       /* there are files, but no handler is bound late any more */
	char previous[32]; /* the generation that was active before heir_late_commit(), or "" */
	char written[32];  /* the generation that it activated, or "" */
};

/* Decides what to write for the handlers bound by heir_late_bind(), given the active files `old`.
 * `live`: run the runtimes of this machine for versions and features. Returns 0 or -ENOMEM; the
 * texts are in the core's arena. */
int heir_late_plan_init(struct heir_late_plan *plan, const struct heir_resolution *res,
	const struct heir_late *old, const char *runtime, bool live);

/* Adds the links of handlers that are bound late to the overlay, as if they existed. Returns 0 or
 * -ENOMEM. */
int heir_late_overlay_links(const struct heir_resolution *res, struct heir_overlay *overlay);

/* Adds a line per handler whose runtime changes. */
void heir_late_plan_words(const struct heir_late_plan *plan, struct heir_buf *buf);
/* Adds a line per handler that is not bound late, with the reason, except for those with their own
 * runtime_path and type "oci". Returns 0 or -ENOMEM. */
int heir_late_refused_words(const struct heir_resolution *res, struct heir_buf *buf);

/* Adds what heir_late_link() and heir_late_commit() would write, as a file for
 * systemd-tmpfiles(8). Returns 0 or -ENOMEM. */
int heir_late_tmpfiles(const struct heir_late_plan *plan, struct heir_buf *buf);

/* Creates the links. They are not used before CRI-O has the drop-in. Returns 0 or -errno. */
int heir_late_link(const struct heir_late_plan *plan);
/* Writes a generation, activates it, and reads it back: -ESTALE if it differs. Returns 0, or
 * -errno with the old generation active. */
int heir_late_commit(struct heir_late_plan *plan);
/* Activates the previous generation again. Returns 0 or -errno. */
int heir_late_undo(struct heir_late_plan *plan);
/* Removes what is not active: the previous generation, and links of handlers that are not
 * bound. */
void heir_late_clean(const struct heir_late_plan *plan);

/* Records the creators of running containers whose handlers become bound late, in heir-runtime's
 * format. Returns 0 or -errno. */
int heir_late_seed(const struct heir_late_plan *plan, const struct heir_containers *containers);
/* Gets the runtime that created a container, in the arena. If it was created through a link of
 * heir-runtime (*ret_late), the recorded one; "" if unknown. Returns 0 or -ENOMEM. */
int heir_late_creator(struct heir_root *root, const struct heir_container *container,
	struct heir_arena *arena, struct heir_str *ret, bool *ret_late);
/* Removes everything, because no handler is bound late any more. */
void heir_late_remove(const struct heir_late_plan *plan);

/* ---- For the files of this subject ---- */

/* Intersects several documents of `runtime features`. One with .p NULL is from a runtime without
 * that command. Returns 0 or -ENOMEM. */
int heir_late_intersect(const struct heir_str *documents, uint32_t n, struct heir_arena *arena,
	struct heir_str *ret);

#endif
