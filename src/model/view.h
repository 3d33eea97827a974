/* SPDX-License-Identifier: Apache-2.0 */
/* What every printer needs of a resolved configuration: the handlers in their order, places and
 * values in words. */
#ifndef HEIR_MODEL_VIEW_H
#define HEIR_MODEL_VIEW_H

#include "base/buf.h"
#include "config/target.h"
#include "heir/heir.h"
#include "inherit/resolve.h"

/* One of several releases that `heir check --for` asks about. */
struct heir_view_target {
	const char *name; /* "1.36", "4.20" */
	const struct heir_openshift *ocp;
	struct heir_version version;
	const char *os, *os_from; /* of the image; NULL: not known */
	bool starts;
};

struct heir_view {
	struct heir_core *core;
	const struct heir_config *config;
	const struct heir_resolution *res;    /* NULL: not resolved, only loaded */
	const struct heir_handler **handlers; /* in byte order of their names */
	uint32_t n_handlers;                  /* 0 where they could not be resolved */
	const struct heir_diag *fatal;        /* why they could not */
	const struct heir_diags *stops;       /* why CRI-O would not start, `fatal` among them */
	/* Which of them are pending, by their ids (inherit/pending.h); NULL: none, or not
	 * requested.
	 */
	const bool *pending;
	const char *config_dir; /* what names of drop-ins are shown relative to */
	/* Where diagnostics of several roots stand together: whole paths are shown, behind what the
	 * user called this root. NULL: there is but one. */
	const char *root;
	/* The releases that the diagnostics were made for, if they are several: a bit of
	 * heir_diag.targets stands for each. NULL: one, that of `config`. */
	const struct heir_view_target *targets;
	uint32_t n_targets;
};

/* Some handlers of a view, in the order in which they are printed. */
struct heir_selection {
	const struct heir_handler *const *handlers;
	uint32_t n;
};

/* 0 or -ENOMEM. */
int heir_view_init(struct heir_view *view, struct heir_core *core, const struct heir_config *config,
	const struct heir_resolution *res);
void heir_view_release(struct heir_view *view);

/* The result of a handler; NULL if it is only loaded. */
const struct heir_result *heir_view_result(
	const struct heir_view *view, const struct heir_handler *handler);

/* Two views walked together, both of them in byte order: start with {{left, right}}. */
struct heir_view_walk {
	const struct heir_view *view[2];
	uint32_t at[2];
};

/* The handlers of the next name; NULL where that side has none of it. False: there are no more. */
bool heir_view_next_pair(struct heir_view_walk *walk, const struct heir_handler *ret[2]);

/* The value of a field as this view has it: what the handler gets, or, where nothing is resolved,
 * what its own table says. 0 or -ENOMEM. */
int heir_view_field(const struct heir_view *view, const struct heir_handler *handler,
	enum heir_field field, struct heir_origin *ret);

/* Is what the view has of the handler not on the node yet? */
bool heir_view_is_pending(const struct heir_view *view, const struct heir_handler *handler);

/* "50-gpu.conf" for a file of the drop-in directory, "crio.conf", "heir.d/10.conf", else the path.
 */
const char *heir_view_short_path(const struct heir_view *view, const char *path);

/* Adds "50-gpu.conf:3:16" (without the column if `column` is false), or "(built in)" for no place.
 * 0 or -ENOMEM. */
int heir_view_place(
	const struct heir_view *view, struct heir_buf *buf, struct heir_place place, bool column);

/* Adds "50-gpu.conf:3 (user)", or "(built in)" for no place. 0 or -ENOMEM. */
int heir_view_place_and_layer(
	const struct heir_view *view, struct heir_buf *buf, struct heir_place place);

/* A place as the public header tells it. 0 or -ENOMEM. */
int heir_view_locate(
	const struct heir_view *view, struct heir_place place, struct heir_location *ret);

/* Adds whose decision a value was, without the place: "inherited from NAME", "found in $PATH". */
void heir_view_origin_words(struct heir_buf *buf, const struct heir_origin *origin);

/* The place where an origin's value is written. */
struct heir_place heir_view_origin_place(
	const struct heir_view *view, const struct heir_origin *origin);

/* Adds the verdict as one sentence without a full stop: "CRI-O 1.34 would not start: 2 reasons", or
 * "the MCO would refuse the objects: 1 reason".
 * Nothing where it would start. */
void heir_view_verdict(const struct heir_view *view, struct heir_buf *buf);

/* Adds " (1.31..1.34, 1.36)", the targets that a diagnostic holds for. Nothing if there is one. */
void heir_view_targets(const struct heir_view *view, uint64_t targets, struct heir_buf *buf);

/* Who is stopped by a fatal diagnostic, in words: "CRI-O would not start"; but heir.d is none of
 * CRI-O's files, and implicit_inherit none of its keys. */
const char *heir_view_fatal_words(const struct heir_view *view, const struct heir_diag *fatal);

/* Adds a key as TOML writes it, quoted only where it must be. */
void heir_view_key(struct heir_buf *buf, struct heir_str key);

/* Adds a value as TOML writes it. */
void heir_view_value(struct heir_buf *buf, const struct heir_value *value);

/* The text of a node's value as it stands in the file, on one line and cut after some 60
 * characters. */
void heir_view_source(
	const struct heir_view *view, struct heir_buf *buf, uint32_t source, heir_toml_node node);

/* A node's value as TOML writes it on one line, whole: tables as inline ones, without comments,
 * scalars as they stand in the file. What is more than HEIR_VIEW_DEEPEST levels below it, which no
 * key means anything by, is "...". 0 or -ENOMEM. */
enum { HEIR_VIEW_DEEPEST = 16 };
int heir_view_node(
	const struct heir_view *view, struct heir_buf *buf, uint32_t source, heir_toml_node node);

#endif
